"""Rates of return: published figures, known roots, another library, and the definition itself."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workbench.business_case.rates_of_return import signs_around
from workbench.business_case.returns import (
    dated_internal_rate_of_return,
    internal_rates_of_return,
    modified_internal_rate_of_return,
    net_present_value,
    present_value,
)
from workbench.errors import DataError, NoSolutionError

DATED = (
    [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)],
    [-10000, 2750, 4250, 3250, 2750],
)


def test_the_spreadsheets_dated_example() -> None:
    """The example in the manual of a spreadsheet's XIRR."""
    assert dated_internal_rate_of_return(*DATED) == pytest.approx(0.373362535, abs=1e-8)


def test_the_spreadsheets_modified_example() -> None:
    """The example in the manual of a spreadsheet's MIRR."""
    rate = modified_internal_rate_of_return([-120000, 39000, 30000, 21000, 37000, 46000], 0.10, 0.12)
    assert rate == pytest.approx(0.12609, abs=5e-6)


def test_several_published_roots() -> None:
    rates = internal_rates_of_return([-50, -100, 600, 300, -100])
    assert rates == pytest.approx((-0.769, 1.85), abs=0.005)


def flows_with_roots(*rates: float) -> list[float]:
    """Flows whose value is zero at exactly these rates: the product of (x − 1/(1 + r)) over x = 1/(1 + rate)."""
    return list(np.poly([1 / (1 + rate) for rate in rates])[::-1])


@pytest.mark.parametrize(
    "rates",
    [
        (0.1,),
        (0.1, 0.2),
        (0.1, 0.1),
        (-0.5, 0.0, 0.5, 3.0),
        (0.05, 0.1, 0.15, 0.2, 0.25),
        (0.2, 0.2, 0.2),
        (-0.9, 9.0),
        (0.0, 0.0, 1.0),
    ],
)
def test_all_known_roots_are_found(rates: tuple[float, ...]) -> None:
    found = internal_rates_of_return(flows_with_roots(*rates))
    distinct = sorted(set(rates))
    assert len(found) >= len(distinct)
    for rate in distinct:
        assert min(abs(rate - other) for other in found) < 1e-4
    for other in found:
        assert min(abs(rate - other) for rate in distinct) < 1e-4


@given(st.lists(st.floats(-0.8, 4), min_size=1, max_size=4).filter(lambda rates: _apart(rates) > 0.05))
@settings(max_examples=60, deadline=None)
def test_any_distinct_roots_are_found(rates: list[float]) -> None:
    assert internal_rates_of_return(flows_with_roots(*rates)) == pytest.approx(sorted(rates), abs=1e-5)


def _apart(rates: list[float]) -> float:
    points = sorted(1 / (1 + rate) for rate in rates)
    return min((b - a for a, b in pairwise(points)), default=1.0)


CONVENTIONAL = st.tuples(
    st.floats(1, 1e6),
    st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=40),
)


@given(CONVENTIONAL)
@settings(deadline=None)
def test_conventional_flows_have_one_rate_and_another_library_finds_it(case: tuple[float, list[float]]) -> None:
    flows = [-case[0], *case[1]]
    assume(sum(case[1]) > 0.2 * case[0])
    rates = internal_rates_of_return(flows)
    expected = pyxirr.irr(flows, guess=rates[0], silent=True)
    assert len(rates) == 1
    assert expected is None or rates[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=12))
@settings(max_examples=200, deadline=None)
def test_the_value_is_zero_at_every_rate_and_no_crossing_is_missed(flows: list[int]) -> None:
    try:
        rates = internal_rates_of_return(flows)
    except NoSolutionError:
        rates = ()
    for rate in rates:
        size = present_value(np.abs(flows), rate)
        assert abs(net_present_value(flows, rate)) <= 1e-8 * size
    grid = np.expm1(np.linspace(-6, 6, 400))
    signs = np.sign([net_present_value(flows, rate) for rate in grid])
    crossed = grid[:-1][signs[1:] * signs[:-1] < 0], grid[1:][signs[1:] * signs[:-1] < 0]
    for low, high in zip(*crossed, strict=True):
        assert any(low - 1e-9 <= rate <= high + 1e-9 for rate in rates)


@pytest.mark.parametrize("factor", [1e-200, 1e-9, 1, 1e9, 1e200])
def test_rates_do_not_depend_on_the_currency(factor: float) -> None:
    flows = np.array([-50, -100, 600, 300, -100]) * factor
    assert internal_rates_of_return(flows) == pytest.approx(internal_rates_of_return(flows / factor))


def test_monthly_flows_over_fifty_years() -> None:
    flows = [-1000.0] + [10.0] * 600
    (rate,) = internal_rates_of_return(flows)
    assert (1 - (1 + rate) ** -600) / rate == pytest.approx(100)


def test_leading_and_trailing_zeros_change_nothing() -> None:
    assert internal_rates_of_return([0, 0, -100, 110, 0]) == pytest.approx((0.1,))


@pytest.mark.parametrize(
    ("flows", "word"),
    [
        ([0, 0], "zero"),
        ([100, 0, 5], "negative in no year"),
        ([-100, -5], "positive in no year"),
        ([-1e-300, 1e300], "too large"),
        ([-1e300, 1e-300], "too near −100%"),
        ([100, -100, 100], "At no rate"),
    ],
)
def test_why_there_is_no_rate(flows: list[float], word: str) -> None:
    with pytest.raises(NoSolutionError, match=word):
        internal_rates_of_return(flows)


def test_a_large_rate_that_a_float_can_hold_is_given() -> None:
    """10 in a year for 10⁻³⁰⁰ today is a rate of 10³⁰¹."""
    assert internal_rates_of_return([-1e-300, 10.0]) == pytest.approx((1e301,), rel=1e-9)


def test_signs_around_all_rates() -> None:
    """Zeros at 10%, 20% (twice) and 30%: the sign turns at the first and the last, and at 900% it can be computed."""
    flows = flows_with_roots(0.1, 0.2, 0.2, 0.3)
    signs = signs_around(flows, [0.1, 0.2, 0.3])
    assert signs[0] == -signs[1] == -signs[2] == signs[3] == np.sign(net_present_value(flows, 9.0))


def test_modified_rate_needs_both_signs() -> None:
    with pytest.raises(NoSolutionError):
        modified_internal_rate_of_return([100, 100], 0.1, 0.1)
    with pytest.raises(DataError):
        modified_internal_rate_of_return([-100, 110], -3, 0.1)


def test_modified_rate_has_its_closed_form() -> None:
    rate = modified_internal_rate_of_return([-100, 60, 60], 0.05, 0.08)
    assert rate == pytest.approx(((60 * 1.08 + 60) / 100) ** 0.5 - 1)


def test_dated_flows_in_any_order_and_on_the_same_day() -> None:
    days = [date(2026, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    assert dated_internal_rate_of_return(days, [60, -100, 60]) == pytest.approx(0.2)


def test_dated_flows_with_several_rates_are_refused() -> None:
    days = [date(2025 + year, 1, 1) for year in range(3)]
    with pytest.raises(NoSolutionError, match="2 internal rates"):
        dated_internal_rate_of_return(days, [-100, 230, -132])


def test_dated_flows_need_a_date_each() -> None:
    with pytest.raises(DataError, match="2 dates and 1 flows"):
        dated_internal_rate_of_return([date(2025, 1, 1), date(2026, 1, 1)], [-100])
