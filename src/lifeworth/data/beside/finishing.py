"""What is formed rather than read in tables beside orders: scores, times told as durations, words brought to a few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
from ibis.expr.types import Column

from lifeworth.data.beside.layout import REASON, REASON_FIELD, REASON_VALUE, as_they_are

PURPOSES: dict[str, tuple[str, ...]] = {
    "acquisition": ("acquisition", "acquire", "prospecting", "new customers", "new", "new customer acquisition", "awareness", "conversion", "conversions"),
    "retention": ("retention", "retain", "loyalty", "crm", "existing", "existing customers", "re-engagement", "reengagement", "winback", "win-back", "reactivation"),
}  # fmt: skip
ARMS: dict[str, tuple[str, ...]] = {
    "control": ("control", "holdout", "hold-out", "held out", "hold out", "no e-mail", "no email", "none", "untreated", "c"),
    "treated": ("treated", "treatment", "test", "exposed", "variant", "t", "sent"),
}  # fmt: skip
KINDS_OF_FEEDBACK: dict[str, tuple[str, ...]] = {
    "nps": ("nps", "net promoter score", "relationship", "likelihood to recommend"),
    "csat": ("csat", "satisfaction", "customer satisfaction"),
    "ces": ("ces", "effort", "customer effort", "customer effort score"),
    "review": ("review", "rating", "stars", "product review"),
}
_GOOD, _BAD = ("good", "good with comment", "goodwithcomment", "satisfied", "positive"), ("bad", "bad with comment", "badwithcomment", "dissatisfied", "negative")  # fmt: skip
_NO_SCORE = ("offered", "unoffered", "not offered", "none", "n/a")


def brought(word: Column, words: Mapping[str, tuple[str, ...]]) -> Column:
    """A word of a system as one of ours; one nobody knows stays, in small letters."""
    text = word.lower().strip()
    return ibis.cases(*((text.isin(known), name) for name, known in words.items()), else_=text)


def marketing_spend(has: Mapping[str, Column]) -> dict[str, Column]:
    """What was spent for, in two words."""
    ours = as_they_are(has)
    return ours | ({"purpose": brought(ours["purpose"], PURPOSES)} if "purpose" in ours else {})


def assignments(has: Mapping[str, Column]) -> dict[str, Column]:
    """Who was treated and who held out, in two words."""
    ours = as_they_are(has)
    return ours | ({"arm": brought(ours["arm"], ARMS)} if "arm" in ours else {})


def feedback(has: Mapping[str, Column]) -> dict[str, Column]:
    """The score and what it is of; where no column says that, the name of the score's own column does."""
    ours = {name: has[name] for name in ("feedback_id", "customer_id", "given_at", "scale_max", "text") if name in has}
    named = [name for name in ("nps", "csat", "ces", "stars") if name in has]
    scores = [has[name] for name in ("score", *named) if name in has]
    if scores:
        ours["score"] = ibis.coalesce(*scores)
    if "kind" in has:
        ours["kind"] = brought(has["kind"], KINDS_OF_FEEDBACK)
    elif named:
        of = {"stars": "review"}
        ours["kind"] = ibis.cases(
            *((has[name].notnull(), of.get(name, name)) for name in named), else_=of.get(named[0], named[0])
        )
    return ours


def tickets(has: Mapping[str, Column]) -> dict[str, Column]:
    """Times that are told as durations are added to the opening; "good" and "bad" are 5 and 1 of 5."""
    durations = (
        ("first_reply_at", "first_reply_minutes", 60), ("first_reply_at", "first_reply_hours", 3600),
        ("resolved_at", "resolution_minutes", 60), ("resolved_at", "resolution_hours", 3600),
    )  # fmt: skip
    spare = {"status", "reopens", *(field for _, field, _ in durations)}
    ours = {name: column for name, column in as_they_are(has).items() if name not in spare}
    for column, field, seconds in durations:
        if field in has and column not in ours:
            ours[column] = has["opened_at"] + (has[field] * seconds).round().cast("int64").as_interval("s")
    if "reopens" in has and "reopened" not in ours:
        ours["reopened"] = has["reopens"] > 0
    if "csat" in has:
        ours |= _csat(has["csat"])
    if "status" in has:
        gone = has["status"].lower() == "deleted"
        ours |= _first(ours, (gone, "deleted", "status", has["status"]))
    return ours


def _csat(word: Column) -> dict[str, Column]:
    text = word.cast("string").strip().lower()
    number = text.try_cast("float64")
    whole: Any = ibis.ifelse(number == number.round(), number.try_cast("int64"), None)
    score = ibis.cases((text.isin(_GOOD), 5), (text.isin(_BAD), 1), (text.isin(_NO_SCORE), None), else_=whole)
    wrong = text.notnull() & score.isnull() & ~text.isin(_NO_SCORE)
    return {"csat": score} | _first({}, (wrong, "number_unreadable", "csat", word))


def _first(ours: Mapping[str, Column], case: tuple[Column, str, str, Column]) -> dict[str, Column]:
    """A reason beside one that may be there already; the earlier one stays."""
    null = ibis.null("string")
    hit, *values = case
    return {
        name: ibis.coalesce(ours[name], ibis.ifelse(hit, value, null))
        if name in ours
        else ibis.ifelse(hit, value, null)
        for name, value in zip((REASON, REASON_FIELD, REASON_VALUE), values, strict=True)
    }
