"""Dates as people write them, read one way for a whole column.

Year first is clear. Of day/month and month/day a first number above 12 decides, then the order of the rows, then the
as-of date; what stays open is asked with both readings shown, never guessed. The clock stays the shop's: an offset behind
a time is left out, as it is in the shop's own reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

import ibis
from ibis.expr.types import Column, StringColumn

from lifeworth.engine.base import Engine

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day-first", "month-first", "year-first"

_ZONE = r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)"
_TIME = rf"(?P<gap>,?[ T]\s*|, )(?P<h>\d{{1,2}}):(?P<m>\d{{2}})(?P<s>:\d{{2}})?(?P<f>[.,]\d{{1,9}})?(?P<p>\s?[AaPp]\.?[Mm]\.?)?(?P<z>{_ZONE})?"
_ISO = re.compile(
    rf"(\d{{4}})([-/])(\d{{1,2}})\2(\d{{1,2}})(?:[ T]\d{{1,2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?({_ZONE})?)?"
)
_NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[/.\-])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}|\d{{2}})(?:{_TIME})?")
_YEAR_DOT = re.compile(rf"\d{{4}}\.\d{{1,2}}\.\d{{1,2}}(?:{_TIME})?")
_MONTH = "(?P<month>[A-Za-z]{3,9})"
_NAMED = (
    (re.compile(rf"(?P<wd>[A-Za-z]{{3,9}},? )?\d{{1,2}}(?P<s1>[ \-/.])\s?{_MONTH}\.?(?P<s2>[ \-/.,])\s?(?P<y>\d{{4}}|\d{{2}})(?:{_TIME})?"), "dmy"),
    (re.compile(rf"(?P<wd>[A-Za-z]{{3,9}},? )?{_MONTH}\.?(?P<s1>[ \-/])\d{{1,2}}(?P<s2>, ?|[ \-/])(?P<y>\d{{4}}|\d{{2}})(?:{_TIME})?"), "mdy"),
    (re.compile(rf"(?P<y>\d{{4}})(?P<s1>[ \-/]){_MONTH}(?P<s2>[ \-/])\d{{1,2}}(?:{_TIME})?"), "ymd"),
)  # fmt: skip
_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_SHORT = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
_LONG = {"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateForm:
    """How the dates of a column are written.

    `forms` are strptime forms, tried one after the other; `iso` is the common case, read without one. `number` reads
    numerals as "seconds" or "millis" since 1970 or as "serial" days of a spreadsheet. `zone` says that an offset may
    stand behind the time.
    """

    iso: bool = True
    forms: tuple[str, ...] = ()
    number: str | None = None
    zone: bool = False


@dataclass(slots=True)
class Shape:
    """The writing of one value: its strptime form with the order of day and month left open (`%{1}`, `%{2}`, `%{3}`)."""

    form: str
    parts: tuple[int, int, int] | None = None
    zone: bool = False


@dataclass(slots=True)
class Evidence:
    """What the values of a column say about how its dates are written."""

    iso: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    fixed: dict[str, int] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    parts: list[tuple[int, str, tuple[int, int, int]]] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    zone: bool = False
    seen: int = 0


def weigh(values: Iterable[tuple[int, str | None]]) -> Evidence:
    """Sort the values of a column by how they are written; each is (row, text)."""
    found = Evidence()
    for row, value in values:
        text = (value or "").strip()
        if not text:
            continue
        found.seen += 1
        if _ISO.fullmatch(text):
            found.iso += 1
            continue
        if (number := _number_kind(text)) is not None:
            found.numbers[number] = found.numbers.get(number, 0) + 1
            continue
        shape = shape_of(text)
        if shape is None:
            found.unreadable.append((row, text))
            continue
        found.zone = found.zone or shape.zone
        if shape.parts is None:
            found.fixed[shape.form] = found.fixed.get(shape.form, 0) + 1
        else:
            found.open[shape.form] = found.open.get(shape.form, 0) + 1
            found.parts.append((row, text, shape.parts))
    return found


def shape_of(text: str) -> Shape | None:
    """The writing of one value, or None where it is no date that can be read."""
    if match := _NUMERIC.fullmatch(text):
        a, b, year = match["a"], match["b"], match["y"]
        sep = match["sep"]
        form = f"%{{1}}{sep}%{{2}}{sep}%{{3}}{_time_form(match)}"
        if len(year) == 4:
            form = form.replace("%{3}", "%Y")
        return Shape(form, (int(a), int(b), int(year)), match["z"] is not None)
    if match := _YEAR_DOT.fullmatch(text):
        return Shape(f"%Y.%m.%d{_time_form(match)}", None, match["z"] is not None)
    for pattern, order in _NAMED:
        if match := pattern.fullmatch(text):
            return _named(match, order, text)
    return None


def _named(match: re.Match[str], order: str, text: str) -> Shape | None:
    month = match["month"].lower()
    if month not in _SHORT and month not in _LONG:
        return None
    name = "%b" if month in _SHORT else "%B"
    dot = "." if f"{match['month']}." in text and order != "ymd" and not match["s2"].startswith(".") else ""
    year = "%Y" if len(match["y"]) == 4 else "%y"
    s1, s2 = match["s1"], match["s2"]
    weekday = ""
    if order != "ymd" and match["wd"]:
        weekday = match["wd"].replace(match["wd"].rstrip(", "), "%a" if len(match["wd"].rstrip(", ")) == 3 else "%A")
    if order == "dmy":
        blank = " " if s1 != " " and text[match.start("month") - 1] == " " else ""
        after = " " if s2 != " " and text[match.end("s2") : match.end("s2") + 1] == " " else ""
        form = f"{weekday}%d{s1}{blank}{name}{dot}{s2}{after}{year}"
    elif order == "mdy":
        form = f"{weekday}{name}{dot}{s1}%d{s2}{year}"
    else:
        form = f"%Y{s1}{name}{s2}%d"
    return Shape(form + _time_form(match), None, match["z"] is not None)


def _time_form(match: re.Match[str]) -> str:
    if match["h"] is None:
        return ""
    seconds = ":%S" if match["s"] else ""
    fraction = f"{match['f'][0]}%f" if match["f"] else ""
    half = match["p"] or ""
    hour = "%I" if half else "%H"
    marker = ("" if not half else " %p" if half[0].isspace() else "%p") if "." not in half else None
    if marker is None:
        return "\0"  # "p.m." has no form; the value stays unread
    return f"{match['gap']}{hour}:%M{seconds}{fraction}{marker}"


def _number_kind(text: str) -> str | None:
    whole, _, part = text.partition(".")
    if not whole.isdecimal() or not whole.isascii() or (part and not part.isdecimal()):
        return None
    if len(whole) in _COMPACT and not part and whole[:2] in {"19", "20", "21"} and _is_day(whole[:8]):
        return _COMPACT[len(whole)]
    if len(whole) == 10:
        return "seconds"
    if len(whole) == 13:
        return "millis"
    if len(whole) == 5 and "15000" <= whole <= "80000":
        return "serial"
    return None


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def form_of(found: Evidence, order: str | None) -> DateForm:
    """The form of a column, with day and month in the order that was decided."""
    forms = list(found.fixed)
    forms += [ordered(form, order or DAY_FIRST) for form in found.open]
    numbers = [kind for kind in found.numbers if not kind.startswith("%")]
    forms += [kind for kind in found.numbers if kind.startswith("%")]
    number = max(numbers, key=lambda kind: found.numbers[kind]) if numbers else None
    return DateForm(found.iso > 0 or not (forms or number), tuple(forms), number, found.zone)


def ordered(form: str, order: str) -> str:
    """An open form with its places filled: "%{1}/%{2}/%Y" day-first is "%d/%m/%Y"."""
    if "%{3}" not in form:
        first, second = ("%d", "%m") if order == DAY_FIRST else ("%m", "%d")
        return form.replace("%{1}", first).replace("%{2}", second)
    places = {DAY_FIRST: "dmy", MONTH_FIRST: "mdy", YEAR_FIRST: "ymd"}[order]
    for position, place in enumerate(places, start=1):
        form = form.replace(f"%{{{position}}}", f"%{place}")
    return form


def read_parts(parts: tuple[int, int, int], order: str) -> date | None:
    """The day that three numbers mean in an order, or None."""
    a, b, c = parts
    day, month, year = {DAY_FIRST: (a, b, c), MONTH_FIRST: (b, a, c), YEAR_FIRST: (c, b, a)}[order]
    if year < 100:
        year += 2000 if year < 69 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse(engine: Engine, text: StringColumn, form: DateForm) -> Column:
    """Text to timestamp; null where it fits none of the forms."""
    readings: list[Column] = []
    if form.iso:
        readings.append(engine.iso_time(text))
    # Only behind a time is "-0400" an offset; behind a day it may be a year.
    bare = text.re_replace(rf"(:\d{{2}}(?:[.,]\d+)?(?:\s?[AaPp][Mm])?){_ZONE}$", r"\1") if form.zone else text
    readings += [engine.parse_time(bare, pattern) for pattern in form.forms]
    if form.number in {"seconds", "millis"}:
        scale = 1 if form.number == "seconds" else 1000
        readings.append(_since(text, datetime(1970, 1, 1), 86_400 * scale))  # noqa: DTZ001
    elif form.number == "serial":
        readings.append(_since(text, datetime(1899, 12, 30), 1))  # noqa: DTZ001
    return readings[0] if len(readings) == 1 else ibis.coalesce(*readings)


def _since(text: StringColumn, origin: datetime, per_day: int) -> Column:
    seconds = (text.try_cast("float64") * (86_400 / per_day)).round().cast("int64")
    return ibis.literal(origin) + seconds.as_interval("s")


def spoken(day: date) -> str:
    """A date no reader can take for another: 3 April 2025."""
    return f"{day.day} {day:%B %Y}"


def runs_one_way(days: list[date | None]) -> bool:
    """Whether days stand in order, forwards or backwards, each of them read."""
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return False
    steps = [later - earlier for earlier, later in pairwise(known)]
    zero = timedelta(0)
    return all(step >= zero for step in steps) or all(step <= zero for step in steps)
