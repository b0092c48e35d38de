"""The language that a person reads: messages, numbers, money and dates.

One language is in use at a time in a process (a report is one process). English is the language of the source;
the catalogues in ``workbench/locale`` hold the others.
"""

from __future__ import annotations

import gettext as gettext_module
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

LANGUAGES = ("en", "es")
CATALOGUES = Path(__file__).parent / "locale"
TOO_LARGE_TO_SPELL_OUT = 1e15
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Language:
    """The language, locale and currency in use.

    Attributes
    ----------
    code : str
        ``en`` or ``es``.
    locale : str
        Locale of numbers and dates, for example ``es_MX``.
    currency : str
        ISO 4217 code of all amounts.
    """

    code: str = "en"
    locale: str = "en"
    currency: str = "EUR"


def _from_environment() -> Language:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return Language(code, code)
    return Language()


_current = _from_environment()


def current() -> Language:
    """The language in use."""
    return _current


def use(code: str, locale: str | None = None, currency: str = "EUR") -> None:
    """Speak this language from here on.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.
    locale : str, optional
        Locale of numbers and dates; the language's own by default.
    currency : str
        ISO 4217 code of all amounts.

    Raises
    ------
    ValueError
        When there is no catalogue for the language.
    """
    global _current
    if code not in LANGUAGES:
        raise ValueError(f"no catalogue for {code!r}; there are {', '.join(LANGUAGES)}")
    _current = Language(code, locale or code, currency)


@contextmanager
def using(code: str, locale: str | None = None, currency: str = "EUR") -> Iterator[None]:
    """Speak this language inside the block, then go back."""
    global _current
    before = _current
    use(code, locale, currency)
    try:
        yield
    finally:
        _current = before


class _Catalogue(gettext_module.NullTranslations):
    """A PO file as `workbench.locale.update` writes it; read here because compiling it takes as long as `--help`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        entries = map(_entry, path.read_text(encoding="utf-8").split("\n\n"))
        self._forms = {message: forms for message, *forms in filter(None, entries)}

    def gettext(self, message: str) -> str:
        return (self._forms.get(message) or [message])[0] or message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._forms.get(msgid1, [])
        # English and Spanish count alike: one, and all others.
        return (forms[n != 1] if len(forms) == 2 else "") or super().ngettext(msgid1, msgid2, n)


def _entry(text: str) -> list[str]:
    """A message and its translations; nothing for a text of comments alone."""
    fields: list[str] = []
    plurals = 0
    for line in text.splitlines():
        word, quote, rest = line.partition('"')
        if word.startswith("#") or not quote:
            continue
        # A text is escaped in PO as it is in JSON.
        piece = json.loads(quote + rest)
        if word:
            fields.append(piece)
            plurals += word.startswith("msgid_plural")
        else:
            fields[-1] += piece
    return fields[:1] + fields[1 + plurals :]


@lru_cache
def _translations(code: str) -> gettext_module.NullTranslations:
    path = CATALOGUES / code / "LC_MESSAGES" / "workbench.po"
    return gettext_module.NullTranslations() if code == "en" or not path.exists() else _Catalogue(path)


def gettext(message: str) -> str:
    """The message in the language in use."""
    return _translations(_current.code).gettext(message) if message else ""


def mark(message: str) -> str:
    """The message as it is, marked for the catalogues: for texts declared once and translated where they are shown."""
    return message


def ngettext(singular: str, plural: str, count: int) -> str:
    """The message for so many, in the language in use; fill in ``{count}`` yourself."""
    return _translations(_current.code).ngettext(singular, plural, count)


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, in the locale's writing.

    Examples
    --------
    >>> with using("es"):
    ...     number(1234567.891)
    '1.230.000'
    """
    return _format(_rounded(value, digits) or 0, "#,##0.######")


def exact(value: float, decimals: int = 0) -> str:
    """A number with so many decimals, in the locale's writing: for tables, where sums must be seen to add up."""
    shown = value if round(value, decimals) else 0  # No sign before a zero.
    return _format(shown, "#,##0." + "0" * decimals if decimals else "#,##0")


def money(value: float, currency: str | None = None, digits: int = 3) -> str:
    r"""An amount with three significant digits and its currency, in millions where it is that large.

    Examples
    --------
    >>> with using("en", currency="EUR"):
    ...     money(1234567.891)
    '1.23\xa0M\xa0€'
    """
    rounded = _rounded(value, digits)
    if abs(rounded) >= 1e6:
        return NO_BREAK_SPACE.join((number(float(rounded) / 1e6, digits), "M", symbol(currency)))
    return number(float(rounded), digits) + NO_BREAK_SPACE + symbol(currency)


def symbol(currency: str | None = None) -> str:
    """The sign of a currency as the locale writes it; the currency in use by default."""
    from babel.numbers import get_currency_symbol

    return get_currency_symbol(currency or _current.currency, locale=_current.locale)


def percent(share: float, digits: int = 3) -> str:
    """A share as a percentage.

    Examples
    --------
    >>> with using("en"):
    ...     percent(0.1234)
    '12.3%'
    """
    space = NO_BREAK_SPACE if _current.code == "es" else ""
    return f"{number(100 * share, digits)}{space}%"


def day(value: date, form: Literal["long", "medium"] = "long") -> str:
    """A date in words; medium shortens the month, for tables."""
    from babel.dates import format_date

    return format_date(value, format=form, locale=_current.locale)


def listed(items: list[str]) -> str:
    """Items as a sentence lists them: commas, and an “and” before the last."""
    from babel.lists import format_list

    return format_list(items, locale=_current.locale)


def either(items: Sequence[str]) -> str:
    """Items to choose from: commas, and an “or” before the last."""
    from babel.lists import format_list

    return format_list(items, style="or", locale=_current.locale)


def quoted(text: str) -> str:
    """A text between the language's quotation marks."""
    return gettext("“{text}”").format(text=text)


def _rounded(value: float, digits: int) -> Decimal:
    return Decimal(f"{value:.{digits}g}")


def _format(value: float | Decimal, pattern: str) -> str:
    from babel.numbers import format_decimal

    if abs(float(value)) >= TOO_LARGE_TO_SPELL_OUT:
        return f"{value:.3g}"
    return format_decimal(value, format=pattern, locale=_current.locale)
