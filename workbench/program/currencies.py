"""Money of another currency than the program's, known by its code or its sign in a text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from workbench.program.unit_words import ADVERBS, BY, SCALES

DOLLARS = (
    "USD AUD CAD NZD HKD SGD TWD MXN ARS CLP COP UYU DOP CUP "
    "BSD BBD BMD BND BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD"
)
SIGNS: dict[str, frozenset[str]] = {
    "€": frozenset({"EUR"}),
    "$": frozenset(DOLLARS.split()),
    "£": frozenset("GBP EGP FKP GIP LBP SDG SHP SSP SYP".split()),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
}
"""Signs and the currencies that are written with them."""

_CODE = re.compile(r"(?<![^\W_])[A-Z]{3}(?![^\W_])")
_WORD = re.compile(r"[/%]|[^\W_]+")
_JOINING = frozenset("and or of y o de".split())
_ARTICLES = frozenset("for la el".split())


def another_than(text: str, currency: str) -> str:
    """The first currency in a text that cannot be this one, as a code or a sign; "" when there is none.

    A code counts where an amount's unit stands: alone, first before “a”, “per”, “/” and the like, or after a number or
    “thousand”. Three capitals elsewhere are mostly words, as in “ALL users”. Codes of currencies that are no longer in
    use do not count.

    Parameters
    ----------
    text : str
        A unit, or the text of an amount.
    currency : str
        ISO 4217 code.

    Examples
    --------
    >>> another_than("USD a month", "EUR"), another_than("€/h", "EUR"), another_than("$ an hour", "MXN")
    ('USD', '', '')
    >>> another_than("ALL users", "EUR"), another_than("thousand ALL", "EUR")
    ('', 'ALL')
    """
    codes = [code for code in _codes_as_units(text) if code != currency]
    signs = [sign for sign in text if currency not in SIGNS.get(sign, {currency})]
    return next(iter((*codes, *signs)), "")


def named_in(text: str, currency: str) -> bool:
    """Whether a text names this currency, by its code or its sign.

    Examples
    --------
    >>> named_in("€/h", "EUR"), named_in("EUR an hour", "EUR"), named_in("hours", "EUR")
    (True, True, False)
    """
    return currency in _CODE.findall(text) or any(currency in SIGNS.get(sign, ()) for sign in text)


def _codes_as_units(text: str) -> list[str]:
    words = [word for word in _WORD.findall(text) if _plain(word) not in _JOINING]
    return [word for at, word in enumerate(words) if _is_currency(word) and _is_unit(words, at)]


def _is_unit(words: list[str], at: int) -> bool:
    """Whether a code stands where the unit of an amount does."""
    before, after = words[:at], words[at + 1 :]
    if before and _plain(before[-1]) in SCALES:
        return True
    return all(map(_is_amount, before)) and (not after or _follows_a_unit(after))


def _is_amount(word: str) -> bool:
    return word[0].isdigit() or _plain(word) in SCALES or _is_currency(word)


def _follows_a_unit(after: list[str]) -> bool:
    first = _plain(after[0])
    # “USD monthly” is an amount, and “ALL monthly users” is none.
    return _is_amount(after[0]) or first in BY - _ARTICLES or (first in ADVERBS and len(after) == 1)


def _plain(word: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return bare.casefold()


def _is_currency(code: str) -> bool:
    return code in _in_use()


@lru_cache(maxsize=1)
def _in_use() -> frozenset[str]:
    """Legal tender somewhere, with no day on which it ends."""
    from babel.core import get_global

    everywhere = get_global("territory_currencies").values()
    return frozenset(
        code for currencies in everywhere for code, _start, end, is_tender in currencies if is_tender and end is None
    )
