"""Texts read as numbers and dates by the engine, alike on every one of them; what is neither becomes empty."""

from __future__ import annotations

from typing import Any

import ibis

_TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.]\d+)?)?)?(?:Z|[+]00:?00)?"
_FORMS = {
    "year-month-day": (r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME + "$", (1, 2, 3)),
    "day-month-year": (r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _TIME + "$", (3, 2, 1)),
    "month-day-year": (r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _TIME + "$", (3, 1, 2)),
}
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
    bare = text.strip()
    if order == "year-month-day":
        packed = bare.re_search(r"^\d{8}$")
        dashed = bare.substr(0, 4) + "-" + bare.substr(4, 2) + "-" + bare.substr(6, 2)
        month = bare.re_search(r"^\d{4}-\d{2}$")
        bare = ibis.cases((packed, dashed), (month, bare + "-01"), else_=bare)
    form, (year, month_, day) = _FORMS[order]
    sound = bare.re_search(form)
    parts = [
        _part(ibis.ifelse(sound, bare, ibis.null("string")), form, index) for index in (year, month_, day, 4, 5, 6)
    ]
    exists = sound & _exists(*parts)
    month_text, day_text, *time = map(_two, parts[1:])
    iso = _century(parts[0]).cast("string") + "-" + month_text + "-" + day_text + " " + time[0]
    iso = iso + ":" + time[1] + ":" + time[2]
    return ibis.ifelse(exists, iso, ibis.null("string")).cast("timestamp")


def _part(text: Any, form: str, index: int) -> Any:
    return text.re_extract(form, index).nullif("").fill_null("0").cast("int64")


def _two(part: Any) -> Any:
    return ibis.ifelse(part < 10, "0" + part.cast("string"), part.cast("string"))


def _century(year: Any) -> Any:
    """A year of two figures: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999, as POSIX has it."""
    return ibis.cases((year < 69, year + 2000), (year < 100, year + 1900), else_=year)


def _exists(year: Any, month: Any, day: Any, hour: Any, minute: Any, second: Any) -> Any:
    full = _century(year)
    leap = ((full % 4 == 0) & (full % 100 != 0)) | (full % 400 == 0)
    longest = ibis.cases(
        (month == 2, ibis.ifelse(leap, 29, 28)), (month.isin([4, 6, 9, 11]), ibis.literal(30)), else_=31
    )
    of_day = (hour < 24) & (minute < 60) & (second < 60)
    return (full >= 1000) & month.between(1, 12) & (day >= 1) & (day <= longest) & of_day
