"""TOPSIS and VIKOR by published figures, by a plain reading of the formulas, and on columns that tell nothing apart."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.planning.mcda import equal_for_all, topsis, vikor, vikor_measures

BETTER, WORSE = "higher_is_better", "lower_is_better"


def decision(rows: list[list[float]], weights: list[float], directions: list[str]) -> tuple[pd.DataFrame, ...]:
    names = [f"C{place}" for place in range(len(weights))]
    matrix = pd.DataFrame(rows, columns=names, index=[f"A{place}" for place in range(1, len(rows) + 1)], dtype=float)
    return matrix, pd.Series(weights, index=names), pd.Series(directions, index=names)


TZENG = decision([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], [0.3, 0.4, 0.3], [BETTER] * 3)
MOUNTAIN = decision([[1, 3000], [2, 3750], [5, 4500]], [0.5, 0.5], [WORSE, BETTER])


def test_topsis_as_tzeng_and_huang_print_it() -> None:
    """Tzeng and Huang (2011), *Multiple Attribute Decision Making*: vector normalisation, all maximised."""
    assert topsis(*TZENG).round(4).tolist() == [0.5037, 0.6581, 0.7482, 0.3340]


def test_vikor_of_the_mountain_climber() -> None:
    """Opricovic and Tzeng (2004), the destination of a climber: the paper's matrix and weights, computed by hand.

    Shares short of the best are (0, 1), (1/4, 1/2) and (1, 0), each weighed by a half.
    """
    found = vikor(*MOUNTAIN)
    assert found["S"].tolist() == [0.5, 0.375, 0.5]
    assert found["R"].tolist() == [0.5, 0.25, 0.5]
    assert found["Q"].tolist() == [1, 0, 1]
    assert found["rank"].tolist() == [2, 1, 2]
    assert found["compromise"].tolist() == [False, True, False]
    assert found[["advantage", "stability"]].all(axis=None)


def plainly(rows: list[list[float]], weights: list[float], directions: list[str], v: float) -> list[float]:
    """Q by the formulas as they are printed, one number at a time."""
    columns = list(zip(*rows, strict=True))
    ends = [(max(c), min(c)) if d == BETTER else (min(c), max(c)) for c, d in zip(columns, directions, strict=True)]
    total = sum(weights)
    short = [
        [w / total * (best - x) / (best - worst) for x, w, (best, worst) in zip(row, weights, ends, strict=True)]
        for row in rows
    ]
    s, r = [sum(row) for row in short], [max(row) for row in short]
    return [
        v * (one - min(s)) / (max(s) - min(s)) + (1 - v) * (other - min(r)) / (max(r) - min(r))
        for one, other in zip(s, r, strict=True)
    ]


@pytest.mark.parametrize("v", [0.0, 0.3, 0.5, 1.0])
def test_vikor_as_the_formulas_read(v: float) -> None:
    rows = [[78.0, 56, 34, 6], [4, 45, 3, 97], [18, 2, 50, 63], [9, 14, 11, 92], [85, 9, 100, 29]]
    weights, directions = [3.0, 1.0, 2.0, 2.0], [BETTER, WORSE, BETTER, WORSE]
    found = vikor(*decision(rows, weights, directions), v=v)
    assert found["Q"].tolist() == pytest.approx(plainly(rows, weights, directions, v))


def test_vikor_as_yang_and_wu_give_it() -> None:
    """Yang and Wu (2020), *IEEE Access* 8, 21261-21271, as the tests of pymcdm quote it: four digits of Q."""
    rows = [[78, 56, 34, 6], [4, 45, 3, 97], [18, 2, 50, 63], [9, 14, 11, 92], [85, 9, 100, 29]]
    found = vikor(*decision(rows, [0.25] * 4, [BETTER] * 4))
    assert found["Q"].round(4).tolist() == [0.5679, 0.7667, 1, 0.7493, 0]


def test_without_advantage_all_close_ones_are_the_compromise() -> None:
    """Four alternatives: the second has to be a third behind. By Q: 0, then within a third, then far."""
    found = vikor(*decision([[10, 9], [9, 10], [8, 9.5], [0, 0]], [0.5, 0.5], [BETTER] * 2))
    assert not found["advantage"].any()
    behind = found["Q"] - found["Q"].min()
    assert found["compromise"].tolist() == (behind < 1 / 3).tolist()
    assert found["compromise"].sum() >= 2


def test_with_both_conditions_the_first_stands_alone() -> None:
    """S and R by hand, weights of a third: A1 .5 and .1667; A2 .3333 and .3333; A3 .6667 and .3333.

    Q at v = .25: A1 .25 · .5; A2 .75; A3 1. The first is at least a half ahead, and first by R.
    """
    rows = [[0.5, 0.5, 0.5], [1, 1, 0], [0, 0, 1]]
    found = vikor(*decision(rows, [1, 1, 1], [BETTER] * 3), v=0.25)
    assert found["Q"].tolist() == pytest.approx([0.125, 0.75, 1.0])
    assert found["compromise"].tolist() == [True, False, False]
    assert found[["advantage", "stability"]].all(axis=None)


def test_with_advantage_alone_the_second_stands_beside_the_first() -> None:
    """By hand: A2 is first by Q (.2148), A3 by S (.3704), A4 by R (.2593); A3 and A4 are level second (.5).

    .2852 behind is at least a quarter, so that there is advantage; but the first by Q is first by neither S nor R.
    """
    rows = [[3, 3, 9], [3, 9, 5], [2, 10, 8], [4, 6, 2], [7, 4, 0]]
    found = vikor(*decision(rows, [1, 1, 1], [BETTER] * 3))
    assert found["Q"].tolist() == pytest.approx(plainly(rows, [1, 1, 1], [BETTER] * 3, 0.5))
    assert found["Q"].round(4).tolist()[1:4] == [0.2148, 0.5, 0.5]
    assert found["advantage"].all()
    assert not found["stability"].any()
    assert found["compromise"].tolist() == [False, True, True, True, False]


def test_one_alternative_is_its_own_compromise() -> None:
    found = vikor(*decision([[3.0, 5.0]], [1, 1], [BETTER, WORSE]))
    assert found[["S", "R", "Q"]].to_numpy().tolist() == [[0, 0, 0]]
    assert found[["compromise", "advantage", "stability"]].all(axis=None)


def test_a_criterion_equal_for_all_changes_nothing_and_is_named() -> None:
    matrix, weights, directions = TZENG
    wider = matrix.assign(same=4.0)
    more = pd.concat([weights * 0.8, pd.Series({"same": 0.2})])
    ways = pd.concat([directions, pd.Series({"same": BETTER})])
    assert equal_for_all(wider) == ("same",)
    assert equal_for_all(matrix) == ()
    pd.testing.assert_series_equal(topsis(wider, more, ways), topsis(*TZENG))
    assert vikor(wider, more, ways)["Q"].tolist() == pytest.approx(vikor(*TZENG)["Q"].tolist())


def test_when_all_are_equal_on_everything_nothing_is_preferred() -> None:
    level = decision([[4, 4], [4, 4]], [1, 1], [BETTER, WORSE])
    assert topsis(*level).tolist() == [0.5, 0.5]
    found = vikor(*level)
    assert found["Q"].tolist() == [0, 0]
    assert found["compromise"].all()
    assert not found["advantage"].any()


def test_a_zero_column_is_no_division_by_zero() -> None:
    matrix, weights, directions = decision([[0, 1], [0, 2]], [1, 1], [BETTER, BETTER])
    assert topsis(matrix, weights, directions).tolist() == [0, 1]


@pytest.mark.parametrize("method", [topsis, vikor], ids=["topsis", "vikor"])
def test_all_that_is_wrong_is_told_at_once(method) -> None:
    matrix, _weights, _directions = TZENG
    holed = matrix.copy()
    holed.iloc[0, 1] = math.nan
    with pytest.raises(DataError) as caught:
        method(holed, pd.Series({"C0": -1.0, "C1": 1.0}), pd.Series({"C0": BETTER, "C1": "up", "C2": WORSE}))
    told = str(caught.value)
    assert all(words in told for words in ("A1 has no figure for C1", "weight -1.0", "weight nan", "C1 has up"))
    with pytest.raises(DataError, match="weigh nothing"):
        method(matrix, pd.Series(0.0, index=matrix.columns), pd.Series(BETTER, index=matrix.columns))
    with pytest.raises(DataError, match="nothing to compare"):
        method(matrix.head(0), pd.Series(1.0, index=matrix.columns), pd.Series(BETTER, index=matrix.columns))


@pytest.mark.parametrize("v", [-0.1, 1.1, math.nan])
def test_a_v_that_is_no_share_is_refused(v: float) -> None:
    with pytest.raises(SettingsError, match="v is"):
        vikor(*MOUNTAIN, v=v)


matrices = st.integers(2, 6).flatmap(
    lambda rows: st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=rows, max_size=rows)
)


@given(matrices, st.lists(st.integers(0, 5), min_size=3, max_size=3).filter(any), st.integers(0, 7))
@settings(max_examples=60)
def test_what_is_better_on_all_is_never_behind(rows, weights, ways) -> None:
    directions = [BETTER if ways >> place & 1 else WORSE for place in range(3)]
    problem = decision(rows, weights, directions)
    closeness, q = topsis(*problem), vikor_measures(*problem)["Q"]
    assert closeness.between(0, 1).all()
    assert q.between(-1e-9, 1 + 1e-9).all()
    good = problem[0].to_numpy() * [1 if way == BETTER else -1 for way in directions]
    for one in range(len(rows)):
        for other in range(len(rows)):
            if (good[one] >= good[other]).all():
                assert closeness.iloc[one] >= closeness.iloc[other] - 1e-9
                assert q.iloc[one] <= q.iloc[other] + 1e-9


@given(matrices, st.floats(0.1, 50))
@settings(max_examples=30)
def test_units_and_the_size_of_weights_make_no_difference(rows, factor) -> None:
    matrix, weights, directions = decision(rows, [1, 2, 3], [BETTER, WORSE, BETTER])
    for method in (topsis, lambda *problem: vikor_measures(*problem)["Q"]):
        one, other = method(matrix, weights, directions), method(matrix * factor, weights * factor, directions)
        np.testing.assert_allclose(one, other, atol=1e-9)


HYDROPOWER = [
    [4184.3, 2914.0, 407.2, 251.0, 195, 244, 15, 2.41],
    [5211.9, 3630.0, 501.7, 308.3, 282, 346, 21, 1.41],
    [5021.3, 3920.5, 504.0, 278.6, 12, 56, 3, 4.42],
    [5566.1, 3957.9, 559.5, 335.3, 167, 268, 16, 3.36],
    [5060.5, 3293.5, 514.1, 284.2, 69, 90, 7, 4.04],
    [4317.9, 2925.9, 432.8, 239.3, 12, 55, 3, 4.36],
]
"""Profit, cost, energy, peak energy, homes moved, area of reservoirs, villages displaced, protection of nature."""


@pytest.mark.parametrize(
    ("weights", "s", "r", "q", "compromise"),
    [
        pytest.param(
            [1, 1, 1, 1, 1, 1, 1, 1],
            [0.692, 0.700, 0.290, 0.423, 0.280, 0.346],
            [0.125, 0.125, 0.121, 0.125, 0.067, 0.125],
            [0.991, 1.000, 0.473, 0.670, 0.000, 0.578],
            {"A5"},
            id="equal",
        ),
        pytest.param(
            [2, 2, 2, 2, 1, 1, 1, 1],
            [0.701, 0.600, 0.386, 0.365, 0.317, 0.459],
            [0.167, 0.114, 0.161, 0.167, 0.089, 0.167],
            [1.000, 0.533, 0.552, 0.563, 0.000, 0.686],
            {"A5"},
            id="economy",
        ),
        pytest.param(
            [1, 1, 1, 1, 2, 2, 2, 2],
            [0.683, 0.800, 0.193, 0.480, 0.243, 0.232],
            [0.113, 0.167, 0.080, 0.122, 0.044, 0.083],
            [0.684, 1.000, 0.147, 0.554, 0.041, 0.191],
            {"A3", "A5", "A6"},
            id="society",
        ),
        pytest.param(
            [1, 1, 1, 1, 3.2, 3.2, 3.2, 3.2],
            [0.678, 0.857, 0.138, 0.513, 0.222, 0.167],
            [0.129, 0.190, 0.057, 0.139, 0.042, 0.060],
            [0.668, 1.000, 0.051, 0.588, 0.058, 0.078],
            {"A3", "A5", "A6"},
            id="society-more",
        ),
    ],
)
def test_vikor_of_hydropower_systems_as_published(weights, s, r, q, compromise) -> None:
    """Opricovic and Tzeng (2007), Extended VIKOR method, *EJOR* 178(2), 514-529: six systems.

    Figures to three digits, as the tests of scikit-criteria quote them from the paper. The sets are by the paper's
    conditions on those figures: a fifth behind the first is an advantage among six.
    """
    found = vikor(*decision(HYDROPOWER, weights, [BETTER, WORSE, BETTER, BETTER, WORSE, WORSE, WORSE, BETTER]))
    assert found["S"].tolist() == pytest.approx(s, abs=0.0011)
    assert found["R"].tolist() == pytest.approx(r, abs=0.0011)
    assert found["Q"].tolist() == pytest.approx(q, abs=0.0011)
    assert set(found.index[found["compromise"]]) == compromise
