"""The calculator: the simple formula, worked out at once and without a run."""

from __future__ import annotations

from lifeworth.api.call import Answer, Call, Route
from lifeworth.api.schema import SPEC
from lifeworth.asked import asked, given
from lifeworth.clv.actions import calc
from lifeworth.report.spec import plain


def calculator(call: Call) -> Answer:
    """The simple CLV of the terms in the address."""
    return Answer({"as_of": None, "run_id": None, "answer": plain(calc(**given(calc, call.texts)))})


ROUTES = (
    Route(
        "GET", "/calculator", "calculator",
        "The simple CLV calculator: average purchase value × purchase frequency × customer lifespan × margin, every term shown.\n\n"
        "It needs no data: `?average_purchase_value=40&purchase_frequency=3&lifespan=4&margin=0.5&change=margin=+10%25`.",
        calculator, "Questions", SPEC, asks=asked(calc), quick=True,
    ),
)  # fmt: skip
