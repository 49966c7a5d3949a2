"""Numbers as people write them: "1,234.50", "1.234,50 €", "1 234,50", "(12.00)". Read one way for a whole column.

A value decides when only one reading fits it ("12.50", "1.234,5"); "1,234" alone decides nothing. What a column leaves
open the other columns of the file may settle; what stays open is asked, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import Column, StringColumn

from lifeworth.data.contract import MONEY
from lifeworth.errors import AmbiguityError

POINT, COMMA = "point", "comma"
SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
    "R$": "BRL", "US$": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "$": "USD", "₺": "TRY", "₪": "ILS", "฿": "THB", "Fr.": "CHF", "₫": "VND", "₴": "UAH", "₱": "PHP",
}  # fmt: skip
"""Currency signs and the currency each is read as; a bare "$" is the US dollar unless the settings say otherwise."""

CODES = frozenset({
    "AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "GHS", "HKD", "HRK", "HUF", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KES", "KRW", "KWD",
    "LKR", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD",
    "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "XAF", "XOF", "ZAR",
})  # fmt: skip
"""Currency codes that may stand beside a number."""

_SPACES = " \u00a0\u202f\u2009\t'’"
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_SURE = re.compile(r"[+-]?\d+(\.(\d{1,2}|\d{4,}))?")
_DRESS = re.compile(
    r"^[\s(+\-−]*([^\d\s,()+\-−'’]{1,4})?[\s+\-−]*([\d.,\s'’\u00a0\u202f\u2009]*\d[.,]?)\s*([^\d\s,()+\-−]{1,4})?[\s)\-−]*$"
)
_FITS = {
    POINT: re.compile(r"^(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?$"),
    COMMA: re.compile(r"^(\d+|\d{1,3}(\.\d{2,3})*\.\d{3})?(,\d*)?$"),
}


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How the numbers of a column are written.

    `dressed` says that there is more than digits, a sign and a point; `marks` are the currency signs and codes found.
    """

    decimal: str = POINT
    dressed: bool = False
    marks: tuple[str, ...] = ()


@dataclass(slots=True)
class Evidence:
    """What the values of a column say about how they are written; each list holds (row, value)."""

    point: list[tuple[int, str]] = field(default_factory=list)
    comma: list[tuple[int, str]] = field(default_factory=list)
    open: list[tuple[int, str]] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    plain: int = 0
    seen: int = 0

    @property
    def dressed(self) -> bool:
        """Whether any readable value is more than digits, a sign and a point."""
        return self.plain < self.seen - len(self.unreadable)


def weigh(values: Iterable[tuple[int, str | None]]) -> Evidence:
    """Sort the values of a column by the readings that fit them."""
    found = Evidence()
    for row, value in values:
        text = (value or "").strip()
        if not text:
            continue
        found.seen += 1
        if _SURE.fullmatch(text):
            # Most values of most columns: digits and no more than a point that cannot part thousands.
            found.plain += 1
            if "." in text:
                found.point.append((row, text))
            continue
        match = _DRESS.match(text)
        if _PLAIN.fullmatch(text):
            found.plain += 1
            core = text.lstrip("+-")
        elif match is None or not _is_mark(match[1]) or not _is_mark(match[3]):
            found.unreadable.append((row, text))
            continue
        else:
            found.marks |= {mark for mark in (match[1], match[3]) if mark}
            core = re.sub(f"[{_SPACES}]", "", match[2])
        fits = {reading for reading, pattern in _FITS.items() if pattern.match(core)}
        if not fits and not _PLAIN.fullmatch(text):
            found.unreadable.append((row, text))
        elif "." not in core and "," not in core:
            continue
        elif len(fits) == 2 and not core.startswith("0"):
            found.open.append((row, text))
        elif COMMA in fits and (POINT not in fits or "," in core):
            found.comma.append((row, text))
        else:
            found.point.append((row, text))
    return found


def _is_mark(text: str | None) -> bool:
    return text is None or text in SIGNS or text.upper() in CODES or text in {"kr", "kr.", "Kr", "Kr."}


def parse(text: StringColumn, form: NumberForm, kind: dt.DataType = MONEY) -> Column:
    """Text to money, or to numbers of another kind; null where it does not fit the form."""
    if not form.dressed:
        return text.try_cast(kind)
    marks = "|".join(re.escape(mark) for mark in sorted(form.marks, key=len, reverse=True))
    trimmed = text.strip()
    negative = trimmed.re_search(r"^[^0-9]*[-−(]") | trimmed.re_search(r"[-−)]$")
    bare = trimmed.re_replace(rf"[\s()+\-−'’\x{{00a0}}\x{{202f}}\x{{2009}}]{'|' + marks if marks else ''}", "")
    fits = bare.re_search(_FITS[form.decimal].pattern)
    digits = bare.replace(",", "") if form.decimal == POINT else bare.replace(".", "").replace(",", ".")
    amount = digits.try_cast(kind)
    return ibis.ifelse(fits, ibis.ifelse(negative, -amount, amount), None).cast(kind)


def decide(
    evidence: dict[str, Evidence], setting: str, where: str, more: Callable[[str], Evidence]
) -> tuple[dict[str, NumberForm], list[str]]:
    """The form of every number column of a file, and notes about what was settled.

    Args:
        evidence: What a sample of each column says.
        setting: "auto", or what the person said: "point" or "comma".
        where: How messages name the file.
        more: Looks through all rows of a column for values that decide.

    Raises:
        AmbiguityError: if a column has two readings and nothing in the file decides.
    """
    own: dict[str, str] = {}
    for column, found in evidence.items():
        if found.open and not found.point and not found.comma and setting == "auto":
            found = more(column)
        if setting != "auto":
            own[column] = setting if (found.open or found.comma or found.point) else POINT
        elif found.point or found.comma:
            own[column] = POINT if len(found.point) >= len(found.comma) else COMMA
    decided = set(own.values())
    forms: dict[str, NumberForm] = {}
    notes: list[str] = []
    for column, found in evidence.items():
        reading = own.get(column)
        if reading is None and found.open:
            if len(decided) != 1:
                raise _ambiguous(where, column, found)
            reading = next(iter(decided))
            row, value = found.open[0]
            notes.append(
                f'{where}, "{column}": {value} in row {row} is read with a decimal {reading}, as the other columns are'
            )
        if reading == COMMA and setting == "auto" and found.comma:
            row, value = found.comma[0]
            notes.append(f'{where}, "{column}": read with a decimal comma (row {row}: "{value}")')
        reading = reading or POINT
        forms[column] = NumberForm(reading, found.dressed or reading == COMMA, tuple(sorted(found.marks)))
    return forms, notes


def _ambiguous(where: str, column: str, found: Evidence) -> AmbiguityError:
    row, value = found.open[0]
    whole, part = value.replace(",", "").replace(".", ""), value.replace(",", ".")
    return AmbiguityError(
        f'{where}, column "{column}": {len(found.open):,} numbers read with a decimal point and with a decimal comma '
        f'(first: row {row}, "{value}": {whole} or {part}).',
        hint=f"Say which: lifeworth run {where} --decimal point   or   --decimal comma",
        allowed=["point", "comma"],
    )
