"""Texts read as numbers and dates by the engine, alike on every one of them; what is neither becomes empty."""

from __future__ import annotations

from typing import Any

import ibis

_MONTH, _DAY = r"(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
_SHORT = r"([1-9]\d{3}|\d{2})"
_MARK = "[-/.]"
_TIME = r"(?:[T ]+([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.]\d+)?)?)?(?:Z|[+]00:?00)?"
_FORMS = {
    "year-month-day": (rf"^([1-9]\d{{3}}){_MARK}?{_MONTH}(?:{_MARK}?{_DAY})?{_TIME}$", (1, 2, 3)),
    "day-month-year": (f"^{_DAY}{_MARK}{_MONTH}{_MARK}{_SHORT}{_TIME}$", (3, 2, 1)),
    "month-day-year": (f"^{_MONTH}{_MARK}{_DAY}{_MARK}{_SHORT}{_TIME}$", (3, 1, 2)),
}
_YEAR_FIRST = rf"^(\d{{8}}|\d{{4}}-\d{{2}}|\d{{4}}{_MARK}\d{{1,2}}{_MARK}\d.*)$"
_EVERY_YEAR = r"\d{4}-(?:\d\d-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_LEAP_DAY = r"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_IN_THE_CALENDAR = f"^(?:{_EVERY_YEAR}|{_LEAP_DAY}) "
_NUMBER = r"^[+-]?(\d{1,40}|\d{1,3}(GROUP\d{3})+)?(MARK\d*)?([eE][+-]?\d{1,2})?$"


def number_of(text: Any, decimal: str = ".") -> Any:
    """The number that a text writes; empty where it writes none.

    Parameters
    ----------
    text : ibis string value
        For example ``1,234.50``.
    decimal : str
        The mark before decimals; the other one may stand between thousands.
    """
    mark, group = ("[.]", "[,]") if decimal == "." else ("[,]", "[.]")
    bare = text.strip()
    sound = bare.re_search(_NUMBER.replace("MARK", mark).replace("GROUP", group)) & bare.re_search(r"^[^eE]*\d")
    plain = bare.re_replace(group, "")
    if decimal == ",":
        plain = plain.re_replace("[,]", ".")
    # Nothing but a number ever reaches the cast: one engine would stop at it, another go on.
    return ibis.ifelse(sound, plain, ibis.null("string")).cast("float64")


def day_of(text: Any, order: str = "year-month-day") -> Any:
    """The moment that a text writes; empty where it writes none.

    Parameters
    ----------
    text : ibis string value
        For example ``2026-03-15``, ``2026-03-15 08:26:00``, ``20260315`` or ``15/3/2026 8:26``.
    order : str
        ``year-month-day``, ``day-month-year`` or ``month-day-year``.
    """
    # What comes of it stays short: engines plan a statement that repeats itself for longer than they compute it.
    bare = text.strip()
    form, (year, month_, day) = _FORMS[order]
    full = bare.re_extract(form, year) if order == "year-month-day" else _century(bare.re_extract(form, year))
    iso = full + "-" + _two(bare, form, month_) + "-" + _two(bare, form, day, "1")
    iso = iso + " " + _two(bare, form, 4) + ":" + _two(bare, form, 5) + ":" + _two(bare, form, 6)
    exists = iso.re_search(_IN_THE_CALENDAR)
    if order == "year-month-day":
        exists = exists & bare.re_search(_YEAR_FIRST)
    return ibis.ifelse(exists, iso, ibis.null("string")).cast("timestamp")


def _two(text: Any, form: str, index: int, absent: str = "0") -> Any:
    """A part of the text in two figures."""
    return ("0" + text.re_extract(form, index).fill_null("").re_replace("^$", absent)).right(2)


def _century(year: Any) -> Any:
    """A year of two figures: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999, as POSIX has it."""
    return ibis.cases((year.length() == 4, year), (year < "69", "20" + year), else_="19" + year)
