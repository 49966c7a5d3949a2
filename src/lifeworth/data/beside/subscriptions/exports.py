"""The kinds of subscription export that are known, each by its headers, the plain table last.

Definitions: Stripe's API and dashboard export, Recharge's subscriptions, the import sheet of Baremetrics. Whatever else names a
customer, a beginning and an amount is read as the plain table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import ibis
from ibis.expr.types import Column

from lifeworth.data.beside.layout import Finish, Layout, kinds_of
from lifeworth.data.beside.subscriptions.finish import KINDS, MONEY_FIELDS, finish, prepare, said
from lifeworth.data.beside.subscriptions.monthly import RULE, monthly
from lifeworth.data.beside.synonyms import words_of
from lifeworth.data.contract import MONEY
from lifeworth.data.further import SUBSCRIPTIONS
from lifeworth.data.sources.minor_units import in_units_of
from lifeworth.data.sources.plan import TEXT

_NEEDS = (("customer_id",), ("started_at",), MONEY_FIELDS)
_WORDS = words_of("subscriptions")


def _export(
    name: str,
    words: Mapping[str, str],
    recognises: Callable[[Collection[str]], bool],
    finishing: Finish,
    saying: Callable[[Collection[str]], Mapping[str, str]] = said,
    remarks: Mapping[str, str] | None = None,
) -> Layout:
    """A known export: its own headers, and none of the plain table's; the person may still map every field."""
    headers = dict.fromkeys(_WORDS, ()) | {field: tuple(text.split()) for field, text in words.items()}
    kinds = kinds_of(SUBSCRIPTIONS) | KINDS | dict.fromkeys(remarks or {}, TEXT)
    return Layout(SUBSCRIPTIONS, name, headers, kinds, _NEEDS, recognises, finishing, saying, prepare, remarks or {})


# -- Stripe -----------------------------------------------------------------------------------------------------------
def _stripe_api(has: Mapping[str, Column]) -> dict[str, Column]:
    """A bill of an item comes to `billed` after discounts; the discount, too, is of a bill and becomes one of a month."""
    ours = finish(has)
    if "discount" in ours and "billed" in has:
        ours["discount"] = monthly(has["discount"], ours["interval"], ours["interval_count"])
    return ours


STRIPE_API = _export(
    "Stripe's API",
    {
        "subscription_id": "stripeitem", "customer_id": "stripecustomer", "plan": "plan", "interval": "interval",
        "interval_count": "intervalcount", "quantity": "quantity", "started_at": "started", "trial_ends_at": "trialend",
        "ended_at": "ended", "canceled_at": "canceled", "status": "status", "ended_by": "endedby",
        "cancel_reason": "cancelreason", "billed": "amount", "discount": "discount", "discount_lasts": "discountlasts",
        "metered": "metered", "currency": "currency", "discount_untold": "discountnottold", "discount_once": "discountonce",
    },
    lambda names: {"stripesubscription", "stripeitem"} <= set(names),
    _stripe_api,
    remarks={
        "discount_untold": "carry a discount of which only the number is told; it is not taken off (expand discounts.coupon)",
        "discount_once": "carry a discount of one bill, which lowers nothing that recurs; it is not taken off",
    },
)  # fmt: skip


def _stripe_dashboard(has: Mapping[str, Column]) -> dict[str, Column]:
    """What is canceled without an end of its own ended when it was canceled."""
    if {"status", "ended_at", "canceled_at"} <= set(has):
        over = has["status"].lower().isin(("canceled", "cancelled"))
        last = ibis.coalesce(has["ended_at"], has["canceled_at"])
        return finish({**has, "ended_at": ibis.ifelse(over, last, has["ended_at"])})
    return finish(has)


STRIPE_DASHBOARD = _export(
    "Stripe's dashboard",
    {
        "subscription_id": "id subscriptionid", "customer_id": "customerid customeremail", "plan": "plan planname product productname",
        "quantity": "quantity", "currency": "currency", "interval": "interval", "interval_count": "intervalcount",
        "price": "amount", "status": "status", "cancel_reason": "cancellationreason",
        "started_at": "startdateutc startdate createdutc created startutc start", "trial_ends_at": "trialendutc trialend",
        "ended_at": "endedatutc endedat", "canceled_at": "canceledatutc canceledat", "coupon": "coupon",
    },
    lambda names: {"customerid", "amount", "interval", "status"} <= set(names)
    and bool({"createdutc", "startdateutc", "startutc", "currentperiodendutc", "canceledatutc"} & set(names)),
    _stripe_dashboard,
    remarks={"coupon": "carry a coupon; the export does not say what it takes off, so mrr is before it"},
)  # fmt: skip


# -- Recharge ---------------------------------------------------------------------------------------------------------
def _recharge(has: Mapping[str, Column]) -> dict[str, Column]:
    """It is charged every `interval_count` units; what ran out without a day of its own ended when it was last changed."""
    if {"status", "ended_at", "updated_at"} <= set(has):
        out = has["status"].lower() == "expired"
        last = ibis.coalesce(has["ended_at"], has["updated_at"].date())
        return finish({**has, "ended_at": ibis.ifelse(out, last, has["ended_at"])})
    return finish(has)


RECHARGE = _export(
    "Recharge",
    {
        "subscription_id": "subscriptionid id", "customer_id": "customerid customeremail email", "plan": "producttitle",
        "quantity": "quantity", "price": "price", "currency": "presentmentcurrency currency", "interval": "orderintervalunit",
        "interval_count": "chargeintervalfrequency orderintervalfrequency", "started_at": "createdat",
        "ended_at": "cancelledat canceledat", "status": "status", "cancel_reason": "cancellationreason",
        "updated_at": "updatedat", "deleted_in_source": "fivetrandeleted",
    },
    lambda names: {"orderintervalunit", "price", "createdat"} <= set(names),
    _recharge,
)  # fmt: skip


# -- Baremetrics ------------------------------------------------------------------------------------------------------
def _baremetrics(has: Mapping[str, Column]) -> dict[str, Column]:
    """The price of a seat stands in hundredths, or whatever the smallest part of its currency is."""
    if "price" in has:
        return finish(
            {**has, "price": in_units_of(has["price"], has.get("currency")).cast("decimal(38, 4)").cast(MONEY)}
        )
    return finish(has)


def _in_hundredths(fields: Collection[str]) -> Mapping[str, str]:
    money = "{price} ÷ 100 × {quantity}" if "quantity" in fields else "{price} ÷ 100"
    return {"mrr": f"{money} a {{interval}} ({RULE})"} if "price" in fields else said(fields)


BAREMETRICS = _export(
    "Baremetrics",
    {
        "subscription_id": "subscriptionoid", "customer_id": "customeroid", "plan": "planname planoid", "price": "planamount",
        "currency": "plancurrency", "interval": "planinterval", "interval_count": "planintervalcount",
        "quantity": "subscriptionquantity", "started_at": "subscriptionstartedat", "ended_at": "subscriptioncanceledat",
    },
    lambda names: {"subscriptionoid", "customeroid", "planamount"} <= set(names),
    _baremetrics,
    _in_hundredths,
)  # fmt: skip

PLAIN = Layout(
    SUBSCRIPTIONS,
    SUBSCRIPTIONS.name,
    _WORDS,
    kinds_of(SUBSCRIPTIONS) | KINDS,
    _NEEDS,
    lambda _: True,
    finish,
    said,
    prepare,
)

EXPORTS = (STRIPE_API, STRIPE_DASHBOARD, RECHARGE, BAREMETRICS, PLAIN)
"""In the order they are looked for."""
