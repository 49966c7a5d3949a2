"""Earlier runs of a workspace as dated snapshots: what was known, believed and expected on each day.

A run keeps its histories and its fitted models, so whatever it expected can be worked out again at any time, for any length of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from lifeworth.clv.bridge import Snapshot
from lifeworth.clv.bridge_contracts import Contracts
from lifeworth.clv.margin import Margin
from lifeworth.clv.value import Fits, Terms
from lifeworth.engine.connect import connect
from lifeworth.errors import DataError, LifeworthError, OptionError
from lifeworth.evaluation.level import Level
from lifeworth.features.levels import Levels
from lifeworth.units import Period, Rate, TimeUnit
from lifeworth.workspace import Workspace

STATUS = "Status"
GROUPS = {
    "Tier": ("customers_scored", "value_tier"),
    "Channel": ("customers", "acquisition_channel"),
    STATUS: ("customers_scored", "lifecycle_status"),
}
"""Ways to tell customers apart, with the table and the column that says so."""
LOST = "Lost"
AGAIN = "Run again when newer orders have come: lifeworth run ORDERS --workspace FOLDER"


@dataclass(frozen=True, slots=True)
class Kept:
    """A run on disk by name, and the last day its figures know about."""

    run_id: str
    as_of: date


def kept(ws: Workspace) -> tuple[Kept, ...]:
    """All runs that are still on disk, the earliest as-of day first, of one day the earlier run first."""
    if ws.store is None:
        return ()
    found = []
    for folder in (ws.store.root / "runs").iterdir():
        if folder.is_dir() and not folder.is_symlink() and folder.name[0] != ".":
            with connect() as engine:
                try:
                    earlier = Workspace.open(ws.store.root, engine=engine, run_id=folder.name)
                except LifeworthError:
                    continue  # a run that cannot be read is no snapshot; `Workspace.open` says why where it is asked for
                found.append(Kept(folder.name, earlier.as_of))
    return tuple(sorted(found, key=lambda one: (one.as_of, one.run_id)))


def before(ws: Workspace, since: str | None = None) -> Kept:
    """The run to compare with.

    Args:
        ws: The workspace as its current run left it.
        since: The name of a run, or a date: the latest run that knew no more than that day. Without it, the latest run with an
            earlier as-of day.

    Raises:
        OptionError: if no run is called so.
        DataError: if there is no earlier run.
    """
    runs = kept(ws)
    if since is not None:
        named = next((one for one in runs if one.run_id == since), None)
        if named is not None:
            return named
        try:
            day = date.fromisoformat(since)
        except ValueError:
            raise OptionError(
                f'"{since}" is neither a run nor a date.',
                allowed=[one.run_id for one in runs],
                hint="--since 2026-03-31",
            ) from None
        held = [one for one in runs if one.as_of <= day]
        if not held:
            first = f" The earliest is of {runs[0].as_of}." if runs else ""
            raise DataError(f"No run on disk is of {day} or earlier.{first}", hint=AGAIN)
        return held[-1]
    earlier = [one for one in runs if one.as_of < ws.as_of]
    if not earlier:
        raise DataError("There is no earlier run to compare with: all are of the same day.", hint=AGAIN)
    return earlier[-1]


@contextmanager
def opened(ws: Workspace, run: Kept) -> Iterator[Workspace]:
    """An earlier run of the same workspace, open."""
    assert ws.store is not None  # noqa: S101 - `kept` found it there
    with connect() as engine, Workspace.open(ws.store.root, engine=engine, run_id=run.run_id) as earlier:
        yield earlier


def snapshot(ws: Workspace) -> Snapshot:
    """What customer equity rests on in a run.

    Raises:
        DataError: if the run predicted no value.
    """
    fits = fits_of(ws)
    said, value = ws.facts["settings"], ws.facts["value"]
    rows = ws.engine.arrow(ws.table("history").order_by("customer_id"))
    margin = Margin(
        value["margin"],
        value["margin_source"],
        known=value["value_of"] == "margin",
        of_orders=value["margin_of_orders"],
    )
    terms = Terms(
        as_of=ws.as_of,
        horizon=Period.parse(said["horizon"]),
        discount=Rate(float(said["discount"])),
        margin=margin,
        unit=TimeUnit(said["time_unit"]),
        lifespan=None,
        simple=None,
        why_no_simple="",
        has_money=not value["no_money"],
    )
    return Snapshot(rows, fits, terms, contracts(ws), _share(ws))


def contracts(ws: Workspace) -> Contracts | None:
    """What running contracts are worth in a run; none where it has no subscriptions."""
    if not ws.has("subscription_value"):
        return None
    worth = ws.table("subscription_value")
    rows = ws.engine.arrow(worth.select("customer_id", mrr=worth["mrr"].cast("float64"), value=worth["subscription_clv"].fill_null(0.0)))  # fmt: skip
    known = ws.table("customer_value" if ws.has("customer_value") else "subscriptions")
    ids = ws.engine.arrow(known.filter(known["customer_id"].notnull()).select("customer_id").distinct())
    return Contracts(rows, ids["customer_id"].combine_chunks(), float(ws.facts["value"]["margin"]))


def _share(ws: Workspace) -> pa.Table | None:
    """The part of what each customer orders that is no renewal; none where renewals do not stand among the orders."""
    said = (ws.facts.get("subscriptions") or {}).get("renewals_in_orders") or {}
    if not said.get("in_orders") or not ws.has("customer_value"):
        return None
    rows = ws.table("customer_value")
    rows = rows.filter(rows["ordered"] & rows["order_clv"].notnull() & (rows["order_model_clv"] > 0))
    return ws.engine.arrow(rows.select("customer_id", share=rows["order_clv"] / rows["order_model_clv"]))


def fits_of(ws: Workspace) -> Fits:
    """The fitted models of a run, with the level and the covariates they were used with.

    Raises:
        DataError: if the run fitted none.
    """
    said: dict[str, Any] | None = ws.facts["model"]
    orders = ws.model("orders")
    if said is None:
        raise DataError(ws.facts.get("choice") or "This run has no model.")
    spend = ws.model("spend") if said["spend"] is not None else None
    return Fits(
        orders,
        spend,
        first_order=bool(said["spend"] and said["spend"]["first_order"]),
        level=Level(factor=float(said["level"])),
        covariates=tuple(Levels.from_dict(one) for one in said["covariates"]),
    )


def groups(ws: Workspace) -> dict[str, pa.Table]:
    """Of each way to tell customers apart that a run knows: `customer_id` and `group`."""
    found = {}
    for title, (table, column) in GROUPS.items():
        if ws.has(table) and column in ws.table(table).columns:
            rows = ws.table(table)
            found[title] = ws.engine.arrow(rows.select("customer_id", group=rows[column]))
    return found


def both(then: pa.Table | None, now: pa.Table) -> pa.Table:
    """The groups of the later date, and of the earlier one for who is not there any more."""
    if then is None:
        return now
    gone = then.filter(pc.invert(pc.is_in(then["customer_id"], value_set=now["customer_id"].combine_chunks())))
    return pa.concat_tables([now, gone])


def newly_lost(then: pa.Table | None, now: pa.Table | None) -> pa.Array:
    """Customers who are lost by their own rhythm now and were not then."""
    if then is None or now is None:
        return pa.array([], pa.string())
    standing = then.filter(pc.fill_null(pc.not_equal(then["group"], LOST), fill_value=True))
    lost = now.filter(pc.fill_null(pc.equal(now["group"], LOST), fill_value=False))
    fresh = pc.is_in(lost["customer_id"], value_set=standing["customer_id"].combine_chunks())
    return lost["customer_id"].filter(fresh).combine_chunks()


def came_since(ws: Workspace, day: date, until: date) -> pa.Table:
    """What each customer did after a day, up to another one inclusive, as the current run knows it: `customer_id`, `orders`, `value`."""
    days = ws.table("purchase_days")
    later = days.filter((days["day"] > ibis.literal(day)) & (days["day"] <= ibis.literal(until)))
    return ws.engine.arrow(later.group_by("customer_id").agg(orders=later.count(), value=later["value"].sum()))
