"""Reading one cell the way that people write numbers, dates, answers and lists.

A writing can have more than one reading: ``1,234`` is one thousand to some and one point two to others. Every valid
reading is found first; where two of them differ, the program's locale decides, and without one the cell is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeVar

from workbench.errors import Problem
from workbench.language import gettext as _
from workbench.program import currencies, labels
from workbench.program.columns import Column, Kind
from workbench.program.profiles import Profile, ProfileError

Mark = TypeVar("Mark")
Reading = TypeVar("Reading")

LARGEST_WHOLE = 2**53
SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
LIST_MARKS = re.compile(r"[;|\n]")
_TRUE = {"true", "yes", "y", "1", "x", "si", "sí", "s", "verdadero", "v"}
_FALSE = {"false", "no", "n", "0", "falso", "f"}
_NUMBER = {
    mark: re.compile(rf"[+-]?(?:[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+)?(?:{re.escape(mark)}\d+)?(?:[eE][+-]?\d+)?")
    for mark, group in ((".", "[,' ]"), (",", "[.' ]"))
}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?Z?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")


@dataclass(frozen=True)
class Culture:
    """How a program writes its figures.

    Attributes
    ----------
    locale : str, optional
        Decides between two readings of a number or a date; without it such a cell is refused.
    currency : str
        ISO 4217 code that may stand beside an amount.
    """

    locale: str | None = None
    currency: str = "EUR"

    @property
    def decimal_mark(self) -> str | None:
        """The locale's decimal mark, or None without a locale."""
        from babel.numbers import get_decimal_symbol

        return get_decimal_symbol(self.locale) if self.locale else None

    @property
    def day_first(self) -> bool | None:
        """Whether the locale writes the day before the month, or None without a locale."""
        from babel.dates import get_date_format

        if not self.locale:
            return None
        pattern = get_date_format("short", self.locale).pattern.lower()
        return pattern.index("d") < pattern.index("m")


class SpreadsheetError(str):
    """What a cell shows when its formula failed, for example ``#REF!``."""

    __slots__ = ()


class Unreadable(ValueError):
    """A cell that cannot be read; carries the problem without its place."""

    def __init__(self, found: str, expected: str = "", remedy: str = "") -> None:
        self.problem = Problem(found, expected, remedy)
        super().__init__(found)


def read(value: Any, column: Column, culture: Culture, say: Callable[[str], str] = str) -> Any:
    """The value of a cell, typed as its column says and within the column's bounds.

    Parameters
    ----------
    value : object
        Text from a CSV file, or what a workbook's cell holds.
    column : Column
        What the column declares.
    culture : Culture
        How the program writes its figures.
    say : callable
        What a choice is called where the cell stands, for messages.

    Returns
    -------
    object
        None for an empty cell without a default.

    Raises
    ------
    Unreadable
        When the cell does not hold what the column declares.
    """
    if is_blank(value):
        return column.default
    if isinstance(value, SpreadsheetError):
        found = _("The cell shows the error {value}.").format(value=value)
        raise Unreadable(found, _("a value"), _("Mend its formula in the spreadsheet."))
    _check_signs(value)
    typed = _READERS[column.kind](value, culture)
    if column.items is Kind.NUMBER:
        # Kept with points, so that nothing after this needs to know the locale.
        typed = tuple(_plain(number(item, culture)) for item in typed)
    _within_bounds(typed, column)
    return _chosen(typed, column, say) if column.choices else typed


def _check_signs(value: Any) -> None:
    """Refuse what no file and no database can keep: the sign zero, and halves of signs."""
    for text in value if isinstance(value, tuple | list) else (value,):
        if isinstance(text, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
            raise Unreadable(_("The text holds a sign that cannot be kept."), _("a text"), _("Type it anew."))


def is_blank(value: Any) -> bool:
    """Whether a cell holds nothing that can be seen."""
    return value is None or (isinstance(value, str) and not tidy(value))


def tidy(text: str) -> str:
    """Text without outer spaces, and without the spaces and line ends that cannot be told from plain ones."""
    return re.sub("\r\n?", "\n", text).replace("\u00a0", " ").replace("\ufeff", "").strip()


def suggestion(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A sentence that offers the nearest known word, or "" when none is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.7)
    return _("Perhaps {word} is meant.").format(word=near[0]) if near else ""


def number(value: Any, culture: Culture) -> float:
    """A number from a cell.

    Examples
    --------
    >>> number("1.234,5", Culture())
    1234.5
    >>> number("1,234", Culture("en_GB")), number("1,234", Culture("es_ES"))
    (1234.0, 1.234)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unreadable(_("“{value}” is no number.").format(value=value), _("a number"))
    if isinstance(value, int | float):
        return _finite(float(value), str(value))
    bare, divisor = _bare_number(value, culture)
    found = {mark: _finite(_to_float(bare, mark), value) for mark, form in _NUMBER.items() if _matches(form, bare)}
    if not found:
        raise _no_number(value, culture.currency)
    return _decide(value, found, culture.decimal_mark, _plain) / divisor


def _no_number(text: str, currency: str) -> Unreadable:
    other = currencies.another_than(text, currency)
    if not other:
        is_formula = text.lstrip().startswith("=") or "*" in text
        remedy = _("Write the figure itself; formulas stand in the costs and benefits.") if is_formula else ""
        return Unreadable(_("“{value}” is no number.").format(value=text), _("a number"), remedy)
    found = _("“{value}” is in {other}; the program is in {currency}.")
    told = found.format(value=text, other=other, currency=currency)
    return Unreadable(told, _("an amount in {currency}").format(currency=currency), _("Convert the amount."))


def _bare_number(text: str, culture: Culture) -> tuple[str, float]:
    from babel.numbers import get_currency_symbol

    bare = SPACES.sub(" ", tidy(text)).replace("\u2212", "-")
    divisor = 100.0 if bare.endswith("%") else 1.0
    bare = bare.removesuffix("%").strip()
    for sign in (culture.currency, get_currency_symbol(culture.currency, locale=culture.locale or "en")):
        bare = bare.removeprefix(sign).removesuffix(sign).strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1].strip()
    return bare, divisor


def _matches(form: re.Pattern[str], bare: str) -> bool:
    return bool(form.fullmatch(bare)) and any(sign.isdigit() for sign in bare)


def _to_float(bare: str, mark: str) -> float:
    return float(re.sub(rf"[^\d{re.escape(mark)}eE+-]", "", bare).replace(mark, "."))


def _finite(value: float, text: str) -> float:
    if value != value or value in (float("inf"), float("-inf")):
        raise Unreadable(_("“{value}” is no finite number.").format(value=text), _("a number"))
    return value


def _plain(value: float) -> str:
    return f"{value:.15g}"


def _decide(text: str, found: dict[Mark, Reading], preferred: Mark | None, write: Callable[[Reading], str]) -> Reading:
    """The one reading of a text, or the one that the locale prefers."""
    readings = list(dict.fromkeys(found.values()))
    if len(readings) == 1:
        return readings[0]
    if preferred in found:
        return found[preferred]
    raise Unreadable(
        _("“{value}” can be read as {first} or as {second}.").format(
            value=text, first=write(readings[0]), second=write(readings[1])
        ),
        _("a writing with one reading"),
        _("Set locale in program.yaml (for example es_ES or en_GB): it decides."),
    )


def _integer(value: Any, culture: Culture) -> int:
    exact = number(value, culture)
    if abs(exact) > LARGEST_WHOLE or exact != int(exact):
        raise Unreadable(_("“{value}” is no whole number.").format(value=value), _("a whole number"))
    return int(exact)


def day(value: Any, culture: Culture) -> datetime:
    """A date from a cell: ISO, day or month first, or with the month's name in English or Spanish.

    ISO texts and spreadsheets may give a time of day too.

    Examples
    --------
    >>> day("15 de marzo de 2026", Culture()).date(), day("3/4/2026", Culture("es_ES")).date()
    (datetime.date(2026, 3, 15), datetime.date(2026, 4, 3))
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int | float):
        return _spreadsheet_day(value)
    text = tidy(str(value))
    found = _numeric_days(text) or _named_day(text)
    if not found:
        raise _no_date(value)
    return _decide(text, found, culture.day_first, lambda moment: moment.strftime("%Y-%m-%d"))


def _no_date(value: Any) -> Unreadable:
    return Unreadable(
        _("“{value}” is no date.").format(value=value),
        _("a date, for example 2026-03-15"),
        _("Write it as year-month-day."),
    )


def _spreadsheet_day(value: float) -> datetime:
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, bool) or not 1 <= value < 2958466:
        raise _no_date(value)
    moment: datetime = from_excel(value)
    return moment


def _numeric_days(text: str) -> dict[bool, datetime]:
    if match := _YEAR_FIRST.fullmatch(text):
        *moment, fraction = match.groups()
        microseconds = (fraction or "")[:6].ljust(6, "0")
        return _valid({True: tuple(int(part or 0) for part in (*moment, microseconds))})
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = map(int, match.groups())
        return _valid({True: (_full(year), second, first), False: (_full(year), first, second)})
    return {}


def _named_day(text: str) -> dict[bool, datetime]:
    words = [word for word in re.split(r"[^\w]+", text.casefold()) if word not in ("", "de", "del", "of")]
    months = [_month_numbers()[word] for word in words if word in _month_numbers()]
    figures = [int(match[1]) for word in words if (match := re.fullmatch(r"(\d{1,4})(st|nd|rd|th)?", word))]
    if len(words) != 3 or len(months) != 1 or len(figures) != 2:
        return {}
    number_of_day, year = figures if figures[1] > 31 or figures[0] <= 31 else figures[::-1]
    return _valid({True: (_full(year), months[0], number_of_day)})


def _full(year: int) -> int:
    """A year with its century: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999, as POSIX has it."""
    return year if year >= 100 else year + (2000 if year < 69 else 1900)


def _valid(candidates: dict[bool, tuple[int, ...]]) -> dict[bool, datetime]:
    valid = {}
    for order, parts in candidates.items():
        try:
            year, month, number_of_day, hour, minute, second, microsecond = (*parts, 0, 0, 0, 0)[:7]
            valid[order] = datetime(year, month, number_of_day, hour, minute, second, microsecond)
        except ValueError:
            continue
    return valid


@lru_cache
def _month_numbers() -> dict[str, int]:
    from babel.dates import get_month_names

    return {
        name.casefold().rstrip("."): month
        for locale in ("en", "es")
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for month, name in get_month_names(width, context, locale).items()
    }


def _boolean(value: Any, culture: Culture) -> bool:
    if isinstance(value, bool):
        return value
    word = text_of(value).casefold()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise Unreadable(_("“{value}” is neither yes nor no.").format(value=value), _("yes or no"))


def text_of(value: Any) -> str:
    """The text that a cell shows: a whole number without its point, a date as ISO."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else value.isoformat()
    return tidy(str(value))


def items(text: str) -> tuple[str, ...]:
    """The items of a list cell: between semicolons, bars or line breaks; between commas when there is none of those."""
    marks = LIST_MARKS if LIST_MARKS.search(text) else re.compile(",")
    return tuple(dict.fromkeys(item for item in map(str.strip, marks.split(text)) if item))


def _formula(value: Any, culture: Culture) -> str:
    """A formula; one that is a plain number is read as numbers are, and what looks like a date is refused."""
    text = text_of(value)
    if isinstance(value, date) or _YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text):
        found = _("“{value}” looks like a date.").format(value=text)
        raise Unreadable(found, _("arithmetic over assumptions"), _("Write spaces around the signs of a subtraction."))
    if isinstance(value, str) and not any(_matches(form, _bare_number(text, culture)[0]) for form in _NUMBER.values()):
        return text
    return _plain(number(value, culture))


def _profile_figure(text: str, culture: Culture) -> float:
    if "," in text and culture.decimal_mark != ",":
        raise Unreadable(_("“{value}” has a comma between figures.").format(value=text), _("spaces between figures"))
    return number(text, culture)


def _profile(value: Any, culture: Culture) -> str:
    text = text_of(value)
    try:
        # Written back with points, so that nothing after this needs to know the locale.
        return str(Profile.parse(text, lambda figure: _profile_figure(figure, culture)))
    except ProfileError as error:
        raise Unreadable(error.found, error.expected) from error


def _name(value: Any, culture: Culture) -> str:
    from workbench.program.formulas import is_name, normalised

    name = normalised(text_of(value))
    if not is_name(name):
        raise Unreadable(
            _("“{value}” cannot be used in a formula.").format(value=value),
            _("letters, digits and _, not starting with a digit"),
            _("For example calls_per_month."),
        )
    return name


def _within_bounds(value: Any, column: Column) -> None:
    if column.minimum is not None and value < column.minimum:
        _out_of_bounds(value, column)
    if column.maximum is not None and value > column.maximum:
        _out_of_bounds(value, column)


def _out_of_bounds(value: float, column: Column) -> None:
    least, most = column.minimum, column.maximum
    expected = (
        _("a number not below {least}").format(least=_plain(least or 0))
        if most is None
        else _("a number from {least} to {most}").format(least=_plain(least or 0), most=_plain(most))
    )
    raise Unreadable(_("{value} is out of bounds.").format(value=_plain(value)), expected)


def _chosen(value: str, column: Column, say: Callable[[str], str]) -> str:
    choice = labels.recognised(value, column.choices)
    if choice:
        return choice
    said = tuple(map(say, column.choices))
    raise Unreadable(
        _("“{value}” is not among the choices.").format(value=value),
        ", ".join(said),
        suggestion(value if said != column.choices else re.sub(r"[\s-]+", "_", value.casefold()), said),
    )


_READERS: dict[Kind, Callable[[Any, Culture], Any]] = {
    Kind.TEXT: lambda value, culture: text_of(value),
    Kind.NAME: _name,
    Kind.INTEGER: _integer,
    Kind.NUMBER: number,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: day,
    Kind.LIST: lambda value, culture: items(
        ";".join((*value, "")) if isinstance(value, tuple | list) else text_of(value)
    ),
    Kind.FORMULA: _formula,
    Kind.PROFILE: _profile,
}
