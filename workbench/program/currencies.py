"""Money of another currency than the program's, known by its code or its sign in a text."""

from __future__ import annotations

import re

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


def another_than(text: str, currency: str) -> str:
    """The first code or sign in a text that cannot be this currency; "" when there is none.

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
    """
    codes = [code for code in _CODE.findall(text) if code != currency and _is_currency(code)]
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


def _is_currency(code: str) -> bool:
    from babel import Locale

    return code in Locale("en").currencies
