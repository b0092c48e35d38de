"""Spreads of outcomes against SciPy's distributions, and what every spread has to keep."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from workbench.business_case.reference_spreads import Hump, MeanAlone, Mixture, Spread, Tail, with_tail
from workbench.errors import NoSolutionError

TOP = 4.0
WHOLES = {
    "hump": Hump(-1.0, 2.0, 0.3, 7.0),
    "endless tail": Tail(0.5, 1.6),
    "ending tail": Tail(2.0, 2.0, high=TOP),
    "mean alone": MeanAlone(0.55),
    "mean alone below an end": MeanAlone(0.2, high=1.0),
    "mean alone near an end": MeanAlone(0.9, high=1.0),
    "mean in the middle": MeanAlone(0.5, high=1.0),
    "mixture": Mixture(((0.7, Hump(-1.0, 1.0, -0.1, 9.0)), (0.3, Tail(1.0, 2.5)))),
}


def steep(mean: float) -> float:
    """The rate of an exponential cut at 1 that has this mean, by halving."""
    low, high = -200.0, 200.0
    while high - low > 1e-12:
        rate = (low + high) / 2
        found = 0.5 if rate == 0 else 1 / rate - 1 / math.expm1(rate)
        low, high = (rate, high) if found > mean else (low, rate)
    return low


@pytest.mark.parametrize("excess", [-0.9, -0.2, 0.0, 0.4, 1.9])
def test_a_hump_is_a_beta_distribution(excess: float) -> None:
    place = 1.3 / 3
    oracle = stats.beta(7 * place, 7 * (1 - place), loc=-1, scale=3)
    assert WHOLES["hump"].share_below(excess) == pytest.approx(oracle.cdf(excess))
    assert WHOLES["hump"].quantile(0.8) == pytest.approx(oracle.ppf(0.8))


@pytest.mark.parametrize("excess", [0.4, 0.5, 0.9, 6.0, 900.0])
def test_an_endless_tail_is_a_pareto_distribution(excess: float) -> None:
    oracle = stats.pareto(1.6, scale=0.5)
    assert WHOLES["endless tail"].share_below(excess) == pytest.approx(oracle.cdf(excess))
    assert WHOLES["endless tail"].mean == pytest.approx(oracle.mean())


@pytest.mark.parametrize("excess", [1.0, 2.0, 2.5, 4.0, 5.0])
def test_an_ending_tail_is_a_pareto_distribution_cut(excess: float) -> None:
    oracle = stats.truncpareto(2.0, TOP / 2, scale=2)
    assert WHOLES["ending tail"].share_below(excess) == pytest.approx(oracle.cdf(excess))
    assert WHOLES["ending tail"].mean == pytest.approx(oracle.mean())


@pytest.mark.parametrize("mean", [0.02, 0.2, 0.44, 0.499999, 0.56, 0.97])
def test_a_mean_alone_is_an_exponential_cut(mean: float) -> None:
    found = MeanAlone(mean, high=1.0)
    assert found.rate == pytest.approx(steep(mean), abs=1e-4)
    area, _error = integrate.quad(found.quantile, 0, 1, limit=200)
    assert area == pytest.approx(mean, rel=1e-4)


def test_a_mean_alone_without_an_end_is_exponential() -> None:
    oracle = stats.expon(scale=0.55)
    assert WHOLES["mean alone"].quantile(0.8) == pytest.approx(oracle.ppf(0.8))
    assert WHOLES["mean alone"].share_below(0.3) == pytest.approx(oracle.cdf(0.3))


@pytest.mark.parametrize("name", WHOLES)
@given(share=st.floats(0.001, 0.999))
@settings(max_examples=15, deadline=None)
def test_quantiles_and_shares_are_two_sides_of_one_thing(name: str, share: float) -> None:
    spread: Spread = WHOLES[name]
    assert spread.share_below(spread.quantile(share)) == pytest.approx(share, abs=1e-9)
    assert spread.quantile(share) <= spread.quantile(min(share + 0.0005, 0.9995))


@given(rest=st.floats(-0.09, 0.05), swans=st.floats(0.08, 0.2), begins=st.floats(0.8, 2.0), near=st.floats(0.15, 0.3))
@settings(max_examples=15, deadline=None)
def test_a_whole_keeps_its_mean_its_tail_and_its_middle(rest: float, swans: float, begins: float, near: float) -> None:
    tail = Tail(begins, 2.0, high=2 * begins)
    mean = (1 - swans) * rest + swans * tail.mean
    whole = with_tail(mean, swans, tail, 0.1, near)
    assert whole.mean == pytest.approx(mean)
    assert 1 - whole.share_below(begins) == pytest.approx(swans)
    assert whole.share_below(0.1) - whole.share_below(-0.1) == pytest.approx(near)


def test_what_cannot_be_is_refused() -> None:
    """With a tail of 10% at 200%, the others of a mean of 90% would overrun by 78%: they cannot end near the plan."""
    with pytest.raises(NoSolutionError, match="outside the tail"):
        with_tail(0.9, 0.1, Tail(1.0, 2.0), 0.1, 0.6)
