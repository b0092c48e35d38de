"""Variance shares against published indices, closed forms, and all orders worked out one by one."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.business_case.correlation import correlations
from workbench.business_case.shapley_effects import shapley_effects
from workbench.business_case.sobol_indices import sobol_indices
from workbench.business_case.valuation import Valuation, valuation
from workbench.business_case.variance_shares import variance_shares
from workbench.errors import SettingsError
from workbench.language import using


def ishigami(points: Any) -> Any:
    one, two, three = (2 * points.T - 1) * np.pi
    return np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)


def shapley_by_hand(weights: Any, covariance: Any) -> Any:
    """Shapley effects of a weighted sum of Gaussian inputs, over all groups, from the conditional variances."""
    inputs = range(len(weights))

    def left(group: tuple[int, ...]) -> float:
        """The variance that is left when all inputs outside the group are known."""
        here, held = list(group), [at for at in inputs if at not in group]
        inner = covariance[np.ix_(here, here)]
        if held and here:
            across = covariance[np.ix_(here, held)]
            inner = inner - across @ np.linalg.solve(covariance[np.ix_(held, held)], across.T)
        return float(weights[here] @ inner @ weights[here])

    effects = np.zeros(len(weights))
    for one in inputs:
        others = [at for at in inputs if at != one]
        for size in range(len(weights)):
            weight = factorial(size) * factorial(len(weights) - size - 1) / factorial(len(weights))
            effects[one] += weight * sum(left((*group, one)) - left(group) for group in combinations(others, size))
    return effects / (weights @ covariance @ weights)


def test_the_indices_of_the_ishigami_function_are_the_published_ones() -> None:
    # Ishigami and Homma (1990) with a = 7 and b = 0.1, as Saltelli et al. (2008) print them.
    found = sobol_indices(ishigami, 3, draws=2**14)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert found.variance == pytest.approx(0.5 + 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18, rel=0.01)


def test_the_intervals_of_sobol_indices_hold_them() -> None:
    exact = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])
    hits = np.zeros(2)
    for seed in range(40):
        found = sobol_indices(ishigami, 3, draws=2**9, seed=seed)
        hits += (
            ((found.first_low <= exact[0]) & (exact[0] <= found.first_high)).mean(),
            ((found.total_low <= exact[1]) & (exact[1] <= found.total_high)).mean(),
        )
    assert (hits >= 0.9 * 40).all()


def g_function(points: Any) -> Any:
    """Sobol's g function of four inputs, of falling weight."""
    weights = np.array([0.0, 1.0, 4.5, 9.0])
    return np.prod((np.abs(4 * points - 2) + weights) / (1 + weights), axis=1)


@pytest.mark.parametrize(("name", "inputs"), [("ishigami", 3), ("g_function", 4)])
def test_an_independent_library_finds_the_same_indices(name: str, inputs: int) -> None:
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sample

    function = {"ishigami": ishigami, "g_function": g_function}[name]
    problem = {"num_vars": inputs, "names": [f"x{at}" for at in range(inputs)], "bounds": [[0, 1]] * inputs}
    points = sample.sample(problem, 2**13, calc_second_order=False, seed=7)
    oracle = analysis.analyze(problem, function(points), calc_second_order=False, seed=7)
    found = sobol_indices(function, inputs, draws=2**13)
    # Two estimates of one index differ by less than their two 95% half-widths together.
    reach, reach_total = (found.first_high - found.first_low) / 2, (found.total_high - found.total_low) / 2
    assert (np.abs(found.first - oracle["S1"]) <= reach + oracle["S1_conf"]).all()
    assert (np.abs(found.total - oracle["ST"]) <= reach_total + oracle["ST_conf"]).all()
    assert reach == pytest.approx(oracle["S1_conf"], rel=0.25, abs=0.002)


def test_a_product_has_the_indices_of_the_closed_form() -> None:
    # For (1 + u)(1 + v/2) the parts of the variance are those of u, of v and of both, each 1/12 of a square.
    found = sobol_indices(lambda points: (0.5 + points[:, 0]) * (0.75 + points[:, 1] / 2), 2)
    one, two, both = 1 / 12, 0.25 / 12, 0.25 / 144
    assert found.first == pytest.approx([one / (one + two + both), two / (one + two + both)], abs=5e-3)
    assert found.total == pytest.approx(
        [(one + both) / (one + two + both), (two + both) / (one + two + both)], abs=5e-3
    )


@pytest.mark.parametrize("correlation", [0.0, 0.5, -0.5, 0.95])
def test_shapley_effects_of_two_gaussians_are_the_closed_form(correlation: float) -> None:
    # Owen and Prieur (2017), for y = x1 + 2 x2 with unit variances.
    scores = np.array([[1, correlation], [correlation, 1]])
    found = shapley_effects(lambda drawn: drawn @ [1.0, 2.0], scores, orders=512)
    variance = 5 + 4 * correlation
    first = (1 * (1 - correlation**2 / 2) + 2 * correlation + 4 * correlation**2 / 2) / variance
    assert found.share == pytest.approx([first, 1 - first], abs=0.03)
    assert found.low[0] <= found.share[0] <= found.high[0]
    assert found.variance == pytest.approx(variance, rel=0.05)


WEIGHTS = np.array([1.0, 2.0, 0.5, -1.0, 1.5, 1.0])
SCORES = np.eye(6)
for _one, _other, _correlation in ((0, 1, 0.7), (2, 3, -0.5), (4, 5, 0.9)):
    SCORES[_one, _other] = SCORES[_other, _one] = _correlation


def test_shapley_effects_of_six_gaussians_are_those_of_all_groups() -> None:
    exact = shapley_by_hand(WEIGHTS, SCORES)
    found = shapley_effects(lambda drawn: drawn @ WEIGHTS, SCORES, orders=1024)
    assert found.share == pytest.approx(exact, abs=0.015)
    assert found.share.sum() == pytest.approx(1)


def test_the_intervals_of_shapley_effects_hold_them() -> None:
    exact = shapley_by_hand(WEIGHTS, SCORES)
    found = [shapley_effects(lambda drawn: drawn @ WEIGHTS, SCORES, orders=64, seed=seed) for seed in range(60)]
    hits = np.mean([(each.low <= exact) & (exact <= each.high) for each in found])
    assert 0.88 <= hits <= 0.99


def test_an_input_that_only_follows_another_shares_its_effect() -> None:
    # Iooss and Prieur (2019): an input outside the formula has an effect through the one that it moves with.
    found = shapley_effects(lambda drawn: drawn[:, 0], np.array([[1.0, 1.0], [1.0, 1.0]]), orders=256)
    assert found.share == pytest.approx([0.5, 0.5], abs=0.03)


def case_of(rank: float = 0.0, kind: str = "normal") -> tuple[Valuation, pd.DataFrame]:
    """A benefit of a + 2 b, with standard deviations of 1 each, and an assumption that no formula uses."""
    half = 1.6448536269514722
    rows = [("a", 20 - half, 20, 20 + half, kind, "b", rank), ("b", 20 - half, 20, 20 + half, kind, "", None)]
    rows += [("idle", 1, 2, 3, "uniform", "", None), ("fixed", 1, 2, 3, "", "", None)]
    names = ["assumption_id", "low", "base", "high", "distribution", "correlated_with", "correlation"]
    assumptions = pd.DataFrame(rows, columns=names).astype({"correlation": float})
    costs = pd.DataFrame({"cost_id": ["C"], "category": ["other"], "formula": ["1"]})
    benefits = pd.DataFrame({"benefit_id": ["B"], "stream": ["cost_reduction"], "formula": ["(a + 2 * b) * fixed / 2"]})
    case = valuation(
        costs,
        benefits.assign(profile="one_off"),
        assumptions,
        horizon_months=12,
        discount_rate=0,
        convention="textbook",
    )
    return case, assumptions


@pytest.mark.parametrize("method", ["sobol", "shapley"])
def test_independent_assumptions_have_the_shares_of_their_variances(method: str) -> None:
    case, assumptions = case_of()
    found = variance_shares(case, correlations(assumptions), method=method)
    assert found.shares["assumption_id"].tolist() == ["b", "a"]
    assert found.shares["share"].tolist() == pytest.approx([0.8, 0.2], abs=0.02)
    assert found.standard_deviation == pytest.approx(np.sqrt(5), rel=0.03)
    inside = found.shares["share_low"].le(found.shares["share"]) & found.shares["share"].le(found.shares["share_high"])
    assert inside.all()
    assert found.shares["alone"].isna().all() == (method == "shapley")


def test_the_method_follows_from_the_correlations() -> None:
    case, assumptions = case_of()
    assert variance_shares(case, correlations(assumptions), draws=64).method == "sobol"
    case, assumptions = case_of(rank=0.5)
    together = correlations(assumptions)
    found = variance_shares(case, together)
    assert found.method == "shapley"
    scores = 2 * np.sin(np.pi / 12)
    exact = shapley_by_hand(np.array([2.0, 1.0]), np.array([[1, scores], [scores, 1]]))
    assert found.shares["share"].tolist() == pytest.approx(exact.tolist(), abs=0.04)
    with pytest.raises(SettingsError):
        variance_shares(case, together, method="sobol")
    with pytest.raises(SettingsError):
        variance_shares(case, together, method="morris")


def test_the_same_seed_gives_the_same_shares() -> None:
    case, assumptions = case_of(rank=0.5)
    together = correlations(assumptions)
    first, again, other = (variance_shares(case, together, draws=16, seed=seed).shares["share"] for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


def test_without_spread_there_is_nothing_to_explain() -> None:
    case, assumptions = case_of(kind="")
    found = variance_shares(case, correlations(assumptions))
    assert (len(found.shares), found.standard_deviation) == (0, 0.0)
    with using("en"):
        assert "does not vary" in found.conclusion


def test_the_conclusion_names_the_largest_shares() -> None:
    case, assumptions = case_of()
    with using("en"):
        told = variance_shares(case, correlations(assumptions)).conclusion
    assert "few assumptions: “b” 80%" in told
