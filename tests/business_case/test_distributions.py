"""Distributions against SciPy's, and against the percentiles that they are asked for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.business_case.distribution_families import FAMILIES
from workbench.business_case.distributions import Distribution, distributions
from workbench.errors import DataError
from workbench.language import using

SHARES = np.array([1e-6, 0.001, 0.05, 0.185, 0.3, 0.5, 0.7, 0.9, 0.95, 0.999, 1 - 1e-6])


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["assumption_id", "low", "base", "high", "distribution"])


def one(low: float, base: float, high: float, kind: str) -> Distribution:
    return distributions(table(("x", low, base, high, kind)))["x"]


def sigma(low: float, high: float) -> float:
    return (high - low) / (stats.norm.ppf(0.95) - stats.norm.ppf(0.05))


ORACLES = [
    ("triangular", 2, 3, 7, stats.triang(1 / 5, 2, 5)),
    ("triangular", 2, 2, 7, stats.triang(0, 2, 5)),
    ("triangular", -2, 7, 7, stats.triang(1, -2, 9)),
    ("pert", 2, 3, 7, stats.beta(1.8, 4.2, 2, 5)),
    ("pert", 0, 0, 1, stats.beta(1, 5)),
    ("pert", 10, 20, 20, stats.beta(5, 1, 10, 10)),
    ("uniform", 2, 3, 7, stats.uniform(2, 5)),
    ("normal", 2, 3, 7, stats.norm(4.5, sigma(2, 7))),
    ("lognormal", 2, 3, 7, stats.lognorm(sigma(math.log(2), math.log(7)), scale=math.sqrt(14))),
]


@pytest.mark.parametrize(("kind", "low", "base", "high", "oracle"), ORACLES, ids=[f"{o[0]}{o[1:4]}" for o in ORACLES])
def test_quantiles_and_moments_are_scipys(kind: str, low: float, base: float, high: float, oracle: Any) -> None:
    spread = one(low, base, high, kind)
    assert spread.quantile(SHARES) == pytest.approx(oracle.ppf(SHARES), rel=1e-9, abs=1e-9 * (high - low))
    assert (spread.mean, spread.standard_deviation) == pytest.approx((oracle.mean(), oracle.std()), rel=1e-12)


@pytest.mark.parametrize("kind", ["normal", "lognormal", "beta"])
def test_low_and_high_are_the_5th_and_95th_percentiles(kind: str) -> None:
    assert one(0.06, 0.12, 0.31, kind).quantile(np.array([0.05, 0.95])) == pytest.approx([0.06, 0.31], rel=1e-9)


@given(st.floats(0.001, 0.9), st.floats(0.01, 0.99))
@settings(max_examples=60, deadline=None)
def test_a_beta_is_found_for_any_two_shares(low: float, place: float) -> None:
    high = low + place * (0.999 - low)
    spread = one(low, low, high, "beta")
    assert spread.quantile(np.array([0.05, 0.95])) == pytest.approx([low, high], rel=1e-6)
    shares = (np.arange(200_000) + 0.5) / 200_000
    drawn = spread.quantile(shares)
    assert (drawn.mean(), drawn.std()) == pytest.approx((spread.mean, spread.standard_deviation), rel=0.01)


def test_a_bernoulli_has_its_base_as_mean() -> None:
    fails = one(math.nan, 0.2, math.nan, "bernoulli")
    assert fails.quantile(np.array([0.1, 0.79, 0.81, 0.9])).tolist() == [0, 0, 1, 1]
    assert (fails.mean, fails.standard_deviation) == pytest.approx((0.2, 0.4))
    two = one(10, 16, 18, "bernoulli")
    assert two.quantile(np.array([0.24, 0.26])).tolist() == [10, 18]
    assert two.mean == 16


def test_a_discrete_distribution_has_the_published_weights() -> None:
    # Keefer and Bodily (1983): 0.185 at the 5th percentile, 0.630 at the median, 0.185 at the 95th.
    three = one(10, 12, 20, "discrete")
    assert three.quantile(np.array([0.184, 0.186, 0.814, 0.816])).tolist() == [10, 12, 12, 20]
    assert three.mean == pytest.approx(0.185 * 10 + 0.63 * 12 + 0.185 * 20)
    assert three.standard_deviation**2 == pytest.approx(0.185 * 100 + 0.63 * 144 + 0.185 * 400 - three.mean**2)


@pytest.mark.parametrize(
    "row",
    [("x", 1, 2, 3, ""), ("x", 1, 2, 3, None), ("x", 2, 2, 2, "pert"), ("x", math.nan, 2, math.nan, "")],
    ids=["empty", "none", "equal", "no range"],
)
def test_without_a_spread_it_is_a_constant(row: tuple[Any, ...]) -> None:
    spread = distributions(table(row))["x"]
    assert not spread.varies
    assert spread.quantile(SHARES).tolist() == [2.0] * len(SHARES)
    assert (spread.mean, spread.standard_deviation) == (2.0, 0.0)


@given(st.sampled_from(list(FAMILIES)), st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True))
@settings(max_examples=100, deadline=None)
def test_quantiles_rise_and_the_ends_hold(kind: str, figures: list[float]) -> None:
    low, base, high = sorted(figures)
    drawn = one(low, base, high, kind).quantile(np.linspace(0.001, 0.999, 301))
    assert (np.diff(drawn) >= 0).all()
    if kind in ("triangular", "pert", "uniform", "bernoulli", "discrete"):
        assert low <= drawn[0] <= drawn[-1] <= high


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = table(
        ("turned", 5.0, 3.0, 7.0, "pert"),
        ("above", 1.0, 9.0, 7.0, ""),
        ("half", 5.0, 6.0, math.nan, "uniform"),
        ("debt", -1.0, 6.0, 7.0, "lognormal"),
        ("share", 0.1, 0.5, 1.0, "beta"),
        ("odd", 0.1, 0.5, 1.0, "cauchy"),
    )
    with using("en"), pytest.raises(DataError) as raised:
        distributions(wrong)
    told = [str(problem) for problem in raised.value.problems]
    assert [text.split()[2] for text in told] == ["turned", "above", "half", "debt", "share", "odd"]
    assert "low ≤ base ≤ high" in told[0]
    assert "above 0 and below 1" in told[4]
