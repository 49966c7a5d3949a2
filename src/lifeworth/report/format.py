"""Values as people read them: a value and its kind become text, the same on a page and in a terminal.

Amounts are never turned into binary fractions on the way: a `Decimal` is rounded as a decimal, half to even, and a float
is rounded from the value it really holds. What is missing reads "–", with the reason where one is given.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from numbers import Integral, Real

from lifeworth.report.spec import Kind, Value

NONE = "–"
MINUS = "−"

SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$", "VND": "₫",
}  # fmt: skip
"""Signs that stand for one currency only; every other currency is written with its code."""

WHOLE = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
"""Currencies without a minor unit (ISO 4217)."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_STEPS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def text(
    value: Value,
    kind: Kind = "text",
    currency: str = "",
    *,
    compact: bool = False,
    places: int | None = None,
    unit: bool = True,
    missing: str = "",
) -> str:
    """A value as a person reads it.

    Args:
        value: What to write; percent is a fraction (0.1 is ten percent), a date may be its ISO text.
        kind: How it reads.
        currency: ISO code of the money, for example "GBP"; empty where it is not known.
        compact: Shorten large figures to three digits and a letter ("£1.24 M"), for cards.
        places: Digits after the point; by default as many as the kind needs.
        unit: Whether the unit is written; tables put it in the column's head instead.
        missing: The reason there is no value, written after the dash.

    Returns:
        One line of plain text; "–" for None and NaN.
    """
    if value is None or (isinstance(value, float | Decimal) and math.isnan(value)):
        return f"{NONE} ({missing})" if missing else NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _iso(value) if kind == "date" else value
    if isinstance(value, date):
        return _moment(value, clock=kind != "date")
    number = _number(value)
    if kind == "percent":
        number = _times_hundred(number)
    if places is None:
        places = _places(number, kind, currency, compact=compact)
    digits = _digits(number, places, compact=compact and kind in {"money", "count", "number"})
    return _with_unit(digits, kind, currency) if unit else digits


def interval(low: Value, high: Value, kind: Kind, currency: str = "", *, compact: bool = False) -> str:
    """Two ends of an interval: "£1.02 M to £1.31 M"; empty where an end is missing."""
    if low is None or high is None:
        return ""
    return f"{text(low, kind, currency, compact=compact)} to {text(high, kind, currency, compact=compact)}"


def unit_of(kind: Kind, currency: str = "") -> str:
    """What a column of this kind is counted in, for its head: "£", "days", or nothing."""
    if kind == "money":
        return SYMBOLS.get(currency, currency)
    return kind if kind in {"days", "years"} else ""


def column_places(values: Iterable[Value], kind: Kind, currency: str = "") -> int | None:
    """Digits after the point that all values of a column share, so that their points stand under one another.

    Enough for four digits of the smallest value, at most four after the point; None where the values are no numbers.
    """
    numbers = [_number(value) for value in values if _is_finite(value)]
    if not numbers or kind in {"text", "date"}:
        return None
    if kind == "percent":
        numbers = [_times_hundred(number) for number in numbers]
    return max(_places(number, kind, currency, compact=False) for number in numbers)


def scale_labels(values: Iterable[float], kind: Kind, currency: str = "") -> list[str]:
    """The values of an axis, written alike: one letter for all ("£5 k", "£10 k") and as many digits as tell them apart."""
    numbers = [Decimal(repr(float(value))) for value in values]
    if kind == "percent":
        numbers = [number * 100 for number in numbers]
    largest = max((abs(number) for number in numbers), default=Decimal(0))
    factor, letter = Decimal(1), ""
    if largest >= 10_000 and kind in {"money", "count", "number"}:
        factor, letter = next(step for step in _STEPS if largest >= step[0])
    shares = [number / factor for number in numbers]
    places = max((_needed(share) for share in shares), default=0)
    if kind == "money" and not letter and places and currency not in WHOLE:
        places = max(places, 2)
    suffix = f" {letter}" if letter else ""
    return ["0" if share == 0 else _with_unit(_digits(share, places) + suffix, kind, currency) for share in shares]


def short(value: float, kind: Kind, currency: str = "", *, unit: bool = True) -> str:
    """A value for narrow places: three digits and a letter from ten thousand on ("£13.1 k"), whole money from a hundred."""
    if kind in {"money", "count", "number"} and 9_999.5 <= abs(value) < 999_500:
        digits = f"{_digits(_three(_number(value)) / 1000, 0 if abs(value) >= 99_950 else 1)} k"
        return _with_unit(digits, kind, currency) if unit else digits
    places = 0 if kind == "money" and (abs(value) >= 100 or float(value).is_integer()) else None
    return text(value, kind, currency, compact=True, places=places, unit=unit)


def raw(value: object) -> str:
    """A value for machines (sorting, CSV): full precision, ISO dates, no unit, empty where there is none."""
    if value is None or (isinstance(value, float | Decimal) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    if isinstance(value, Integral):
        return str(int(value))
    return repr(float(value)) if isinstance(value, Real) else str(value)


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Integral):
        return Decimal(int(value))
    if isinstance(value, Real):
        return Decimal(float(value))
    raise TypeError(f"{value!r} is not a value a page can show")


def _is_finite(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real | Decimal) and math.isfinite(value)


def _times_hundred(number: Decimal) -> Decimal:
    return number.scaleb(2) if number.is_finite() else number


def _places(number: Decimal, kind: Kind, currency: str, *, compact: bool) -> int:
    """Digits after the point that one value of a kind asks for."""
    if not number.is_finite():
        return 0
    size, whole = abs(number), number == number.to_integral_value()
    match kind:
        case "money":
            return 0 if currency in WHOLE or (compact and size >= 10_000) else 2
        case "percent":
            return 2 if 0 < size < Decimal("0.1") else 1
        case "ratio":
            return 2
        case "years" | "days" | "count":
            return 0 if whole or size >= 1000 else 1
    return 0 if whole else max(0, min(4, 3 - size.adjusted()))


def _digits(number: Decimal, places: int, *, compact: bool = False) -> str:
    """Thousands separated, sign in front, a zero without one; with a letter for what is a million or more."""
    if not number.is_finite():
        return f"{MINUS if number < 0 else ''}∞"
    letter = ""
    if compact and abs(number) >= 999_500:
        number = _three(number)
        factor, letter = next(step for step in _STEPS if abs(number) >= step[0])
        number /= factor
        places = max(0, 2 - number.adjusted())
    shape = ".2e" if abs(number) >= Decimal(10) ** 18 else f",.{places}f"
    digits = f"{abs(number):{shape}}"
    sign = MINUS if number < 0 and any(digit in "123456789" for digit in digits) else ""
    return f"{sign}{digits} {letter}" if letter else f"{sign}{digits}"


def _three(number: Decimal) -> Decimal:
    """Rounded to three significant digits."""
    try:
        return number.quantize(Decimal(1).scaleb(number.adjusted() - 2))
    except InvalidOperation:
        return number


def _with_unit(digits: str, kind: Kind, currency: str) -> str:
    match kind:
        case "money":
            return _money(digits, currency)
        case "percent":
            return f"{digits} %"
        case "days" | "years":
            return f"{digits} {kind[:-1] if digits == '1' else kind}"
    return digits


def _money(digits: str, currency: str) -> str:
    """The sign of the currency before the number, the code with a space, the minus before all."""
    if not currency:
        return digits
    sign, digits = (MINUS, digits[1:]) if digits.startswith(MINUS) else ("", digits)
    return f"{sign}{SYMBOLS[currency]}{digits}" if currency in SYMBOLS else f"{sign}{currency} {digits}"


def _needed(number: Decimal) -> int:
    """Digits after the point that write a number of an axis out, at most six."""
    if number.adjusted() > 15:
        return 0
    exponent = round(number, 6).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _iso(value: str) -> str:
    try:
        return _moment(datetime.fromisoformat(value), clock=False)
    except ValueError:
        return value


def _moment(value: date, *, clock: bool) -> str:
    day = f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    if clock and isinstance(value, datetime) and (value.hour or value.minute):
        return f"{day} {value.hour:02d}:{value.minute:02d}"
    return day
