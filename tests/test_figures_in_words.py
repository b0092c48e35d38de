"""Figures in words that are easily got wrong: what is zero has no sign."""

from __future__ import annotations

import pytest

from workbench import language


@pytest.mark.parametrize("value", [0.0, -0.0])
def test_zero_has_no_sign(value: float) -> None:
    with language.using("en", currency="EUR"):
        assert (language.number(value), language.percent(value), language.exact(value, 1)) == ("0", "0%", "0.0")
        assert language.money(value) == "0\xa0€"


def test_what_rounds_to_zero_has_no_sign_in_a_table() -> None:
    with language.using("es"):
        assert [language.exact(value, 1) for value in (-0.04, -0.06, 0.04)] == ["0,0", "-0,1", "0,0"]
