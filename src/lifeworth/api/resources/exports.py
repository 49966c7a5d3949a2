"""Customers as a file: all that match, streamed."""

from __future__ import annotations

from lifeworth.api import files
from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.filters import conditions, order_of
from lifeworth.api.resources.customers import LIST
from lifeworth.api.schema import FILE
from lifeworth.errors import NotFoundError
from lifeworth.serving import customers

ASKS = tuple(one for one in LIST if one.name in {"order", "q"})
OURS = frozenset(one.name for one in ASKS)


def export(call: Call) -> Answer:
    """Customers that match the filters, as a file."""
    name, _, form = call.path["file"].partition(".")
    if name != "customers" or form not in files.MEDIA:
        allowed = [f"customers.{one}" for one in files.MEDIA]
        raise NotFoundError(f"There is no export {call.path['file'][:80]}.", hint=f"There are: {', '.join(allowed)}.")
    run, personal = call.house.desk.run(), call.personal
    where = conditions(run, call.texts, OURS, personal=personal)
    order = order_of(run, call.said.get("order", ""), personal=personal)
    if form == "xlsx":
        files.refuse_large_sheet(customers.page(run, where=where, limit=1, personal=personal).total)
    schema, batches = customers.export(run, where=where, order=order, personal=personal)
    asked = {key: text for key, text in call.texts.items() if key != "order"}
    call.note("customers.export", call.path["file"], filters=asked, run_id=run.run_id)
    shown = customers.columns(run, personal=personal)
    headers = {
        "Content-Disposition": f'attachment; filename="customers-{run.as_of.isoformat()}.{form}"',
        "X-As-Of": run.as_of.isoformat(),
        "X-Run-Id": run.run_id,
        "X-Currency": run.currency,
    }
    return Answer(
        stream=files.stream(form, schema, batches, shown, run.currency), media_type=files.MEDIA[form], headers=headers
    )


ROUTES = (
    Route(
        "GET", "/exports/{file}", "export_customers",
        "Customers as a file: `customers.csv`, `.parquet`, `.arrow` (a stream), `.jsonl` or `.xlsx`, with the filters of the list.\n\n"
        "CSV is UTF-8; a text that a spreadsheet would read as a formula has an apostrophe before it. The headers `X-As-Of`, "
        "`X-Run-Id` and `X-Currency` say what the figures are of.",
        export, "Exports", FILE, asks=ASKS, open_ended=True, tied="none", media=tuple(files.MEDIA.values()),
    ),
)  # fmt: skip
