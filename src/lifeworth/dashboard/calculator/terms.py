"""The terms of the simple formula and the drivers of the model as they stand in an address, and what moving them does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lifeworth.clv.simple import TERMS, SimpleCLV
from lifeworth.errors import OptionError

SHORT = {"average_purchase_value": "apv", "purchase_frequency": "pfr", "lifespan": "years", "margin": "margin"}
"""Name of each term in an address; `now_apv` is today's, `apv` the what-if's."""
LEVERS = ("frequency", "retention", "basket", "margin", "acquisition")
WIDEST = 30.0
"""Percent a driver may be moved: an elasticity is the slope at today's point, and further off it says little."""
PLAIN = SimpleCLV(50.0, 2.0, 3.0, 0.4)
"""An example to begin with, where no run says anything."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a driver moved by some percent does to customer equity, by the model's reading."""

    name: str
    percent: float
    share: float
    money: float | None


def simple_now(value: Mapping[str, Any]) -> SimpleCLV | None:
    """The terms of the run's own simple CLV; nothing where the run wrote none down.

    Args:
        value: `facts["value"]`.
    """
    simple = value.get("simple") or {}
    apv, pfr, span = (simple.get(name) for name in ("average_purchase_value", "purchase_frequency", "lifespan_years"))
    if apv is None or pfr is None or span is None:
        return None
    margin = value.get("margin")
    return SimpleCLV(float(apv), float(pfr), float(span), 1.0 if margin is None else min(1.0, float(margin)))


def from_address(said: Mapping[str, str], known: SimpleCLV) -> tuple[SimpleCLV, SimpleCLV]:
    """Today's terms and the what-if's: what the address says, and for the rest what is known.

    Raises:
        OptionError: if a number cannot be read or is out of range.
    """
    faults: list[str] = []

    def read(prefix: str, base: SimpleCLV) -> dict[str, float]:
        found = {}
        for term, short in SHORT.items():
            text = said.get(prefix + short)
            found[term] = getattr(base, term)
            if text is None:
                continue
            try:
                number = float(text)
            except ValueError:
                number = math.nan
            if not math.isfinite(number) or number < 0:
                faults.append(f'{prefix + short}: "{text[:40]}" is not a number of at least 0')
            else:
                found[term] = number
        return found

    now_terms = read("now_", known)
    now = SimpleCLV(**now_terms) if not faults else known
    after_terms = read("", now)
    if faults:
        raise OptionError("Some numbers of this address cannot be used:", hint="; ".join(faults))
    return now, SimpleCLV(**after_terms)


def to_address(now: SimpleCLV, after: SimpleCLV, known: SimpleCLV) -> dict[str, str]:
    """What an address has to say so that the same calculator opens again: only what differs."""
    pairs = {}
    for term, short in SHORT.items():
        if not math.isclose(getattr(now, term), getattr(known, term), rel_tol=1e-9):
            pairs[f"now_{short}"] = _plain(getattr(now, term))
        if not math.isclose(getattr(after, term), getattr(now, term), rel_tol=1e-9):
            pairs[short] = _plain(getattr(after, term))
    return pairs


def moved(elasticities: Mapping[str, Any], percents: Mapping[str, float]) -> tuple[tuple[Moved, ...], float]:
    """What drivers moved by some percent do, each alone, and all together.

    Each driver changes equity by the power law its elasticity is the slope of, E′ = E · (1 + p)^e; together the powers multiply. At
    one percent this is what the elasticity says; further off it is the model's reading of a small change carried on.

    Args:
        elasticities: `facts["value"]["elasticities"]`.
        percents: Driver to percent, such as `{"retention": 5}`.

    Returns:
        The drivers, and the equity after all of them.

    Raises:
        OptionError: if a driver is unknown or moved too far.
    """
    known = {lever["name"]: lever["elasticity"] for lever in elasticities["levers"]}
    equity, factor, found = float(elasticities["equity"]), 1.0, []
    for name, percent in percents.items():
        if name not in known:
            raise OptionError(f'"{name}" is no driver.', allowed=known)
        if not -WIDEST <= percent <= WIDEST:
            raise OptionError(
                f"{name}: {percent} % is further than the model's slope carries.", hint=f"Up to {WIDEST:.0f} %."
            )
        if known[name] is None:
            continue
        own = math.exp(known[name] * math.log1p(percent / 100))
        factor *= own
        found.append(Moved(name, percent, own - 1, equity * (own - 1) if elasticities.get("in_money") else None))
    return tuple(found), equity * factor


def percents_of(said: Mapping[str, str]) -> dict[str, float]:
    """The drivers an address moves: `?d_retention=5`; what cannot be read, or lies too far off, stands still."""
    found = {}
    for name in LEVERS:
        try:
            percent = float(said.get(f"d_{name}", "0"))
        except ValueError:
            percent = 0.0
        found[name] = percent if math.isfinite(percent) and abs(percent) <= WIDEST else 0.0
    return found


def titles() -> dict[str, str]:
    """Terms in words."""
    return {
        "average_purchase_value": "Average purchase value",
        "purchase_frequency": "Purchases a year",
        "lifespan": "Years as a customer",
        "margin": "Margin",
    }


def meanings() -> Mapping[str, str]:
    """How each term is made."""
    return TERMS


def _plain(number: float) -> str:
    return f"{number:.10g}"
