"""Correlations: what was asked for is what is drawn, and what cannot hold is named with the nearest that can."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.business_case.correlation import correlations
from workbench.business_case.distributions import distributions
from workbench.business_case.nearest_correlation import is_possible, lower_factor, nearest_correlation
from workbench.business_case.sampling import Copula, uniform_points
from workbench.errors import DataError
from workbench.language import using


def table(*pairs: tuple[str, str, Any], kinds: tuple[str, ...] = ()) -> pd.DataFrame:
    """Assumptions from 1 to 3, each with what it moves with."""
    names = [pair[0] for pair in pairs]
    frame = pd.DataFrame({"assumption_id": names, "low": 1.0, "base": 2.0, "high": 3.0})
    frame["distribution"] = kinds or "pert"
    frame["correlated_with"] = [pair[1] for pair in pairs]
    frame["correlation"] = pd.array([pair[2] for pair in pairs], dtype="Float64").to_numpy(dtype=float, na_value=np.nan)
    return frame


def drawn(assumptions: pd.DataFrame, sampling: str = "sobol") -> dict[str, Any]:
    together = correlations(assumptions)
    copula = Copula.of(distributions(assumptions), together.normal_scores)
    points = np.concatenate(list(uniform_points(len(copula.spread), 2**14, sampling=sampling, seed=4)))
    return copula.draw(points)


def test_the_nearest_matrix_is_the_published_one() -> None:
    # Higham (2002), section 4: the matrix, the nearest to it, and their distance 0.5278.
    matrix = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    nearest = nearest_correlation(matrix)
    expected = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    assert nearest == pytest.approx(np.array(expected), abs=5e-5)
    assert np.linalg.norm(nearest - matrix) == pytest.approx(0.5278, abs=5e-5)


@pytest.mark.parametrize("seed", range(5))
def test_no_possible_matrix_is_nearer(seed: int) -> None:
    chance = np.random.default_rng(seed)
    half = np.triu(chance.uniform(-1, 1, (5, 5)), 1)
    asked = half + half.T + np.eye(5)
    nearest = nearest_correlation(asked)
    assert is_possible(nearest)
    assert np.diag(nearest).tolist() == [1] * 5
    # On a convex set, the nearest point is the one from which no other point lies on the asked side.
    for _other in range(200):
        factor = chance.standard_normal((5, 6))
        possible = np.corrcoef(factor)
        assert np.sum((asked - nearest) * (possible - nearest)) < 1e-6


def test_a_possible_matrix_stays_as_it_is() -> None:
    matrix = np.array([[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]])
    assert nearest_correlation(matrix) == pytest.approx(matrix, abs=1e-9)


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_the_factor_gives_the_matrix_back(rank: int) -> None:
    rows = np.random.default_rng(rank).standard_normal((4, rank))
    matrix = rows @ rows.T
    matrix /= np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))
    factor = lower_factor(matrix)
    assert factor @ factor.T == pytest.approx(matrix, abs=1e-7)
    assert np.triu(factor, 1).tolist() == np.zeros((4, 4)).tolist()


@pytest.mark.parametrize("sampling", ["sobol", "random"])
@pytest.mark.parametrize("asked", [0.3, 0.6, -0.8])
def test_the_rank_correlation_asked_for_is_drawn_whatever_the_distributions(asked: float, sampling: str) -> None:
    assumptions = table(
        ("a", "", None), ("b", "a", asked), ("c", "", None), kinds=("lognormal", "triangular", "uniform")
    )
    values = drawn(assumptions, sampling)
    # A rank correlation of 16,384 independent draws has a standard error below 0.008.
    assert stats.spearmanr(values["a"], values["b"])[0] == pytest.approx(asked, abs=0.025)
    assert stats.spearmanr(values["a"], values["c"])[0] == pytest.approx(0, abs=0.025)
    spread = distributions(assumptions)
    for name, figures in values.items():
        assert figures.mean() == pytest.approx(spread[name].mean, rel=0.02)
        assert figures.std() == pytest.approx(spread[name].standard_deviation, rel=0.03)


@pytest.mark.parametrize(("asked", "sign"), [(1.0, 1), (-1.0, -1)])
def test_two_that_move_wholly_together_can_be_drawn(asked: float, sign: int) -> None:
    values = drawn(table(("a", "", None), ("b", "a", asked)))
    mirrored = values["a"] if sign > 0 else 4 - values["a"]
    assert values["b"] == pytest.approx(mirrored, abs=1e-6)


def test_what_cannot_hold_is_named_with_the_nearest() -> None:
    # a with b and b with c closely, but a with c not at all: the smallest eigenvalue is 1 - 0.9 * sqrt(2) < 0.
    assumptions = table(("a", "", None), ("b", "a", 0.9), ("c", "b", 0.9), ("d", "", None), ("e", "d", 0.4))
    found = correlations(assumptions)
    assert not found.possible
    assert is_possible(found.normal_scores)
    moved = {(row["first"], row["second"]): row["used"] for row in found.pairs.to_dict("records")}
    assert set(moved) == {("a", "b"), ("b", "c"), ("a", "c"), ("d", "e")}
    assert moved["d", "e"] == pytest.approx(0.4)
    assert 0 < moved["a", "c"] < moved["a", "b"] < 0.9
    with using("en"), pytest.raises(DataError) as raised:
        found.accepted(False)
    told = str(raised.value)
    assert "a with b: 0.9" in told
    assert "nearest that can hold: a with b: 0.7" in told
    assert "d with e" not in told
    assert found.accepted(True) is found


def test_a_correlation_with_a_constant_says_nothing_and_is_named() -> None:
    assumptions = table(("a", "", None), ("b", "a", 0.9), kinds=("", "pert"))
    found = correlations(assumptions)
    assert (found.names, found.without_effect, found.independent) == (("b",), ("b",), True)
    with using("en"):
        assert found.conclusion == "The assumptions are taken as independent of one another."


def test_a_pair_told_twice_alike_is_one_pair() -> None:
    assert correlations(table(("a", "b", 0.4), ("b", "a", 0.4))).pairs["asked"].tolist() == [pytest.approx(0.4)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = table(("a", "a", 0.5), ("b", "nobody", 0.5), ("c", "d", None), ("d", "e", 0.2), ("e", "d", 0.3))
    with using("en"), pytest.raises(DataError) as raised:
        correlations(wrong)
    told = [str(problem) for problem in raised.value.problems]
    assert len(told) == 4
    assert "two correlations, 0.2 and 0.3" in told[3]
