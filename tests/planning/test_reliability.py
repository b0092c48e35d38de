"""Kendall's W and Krippendorff's alpha: publications, brute force, closed forms; their intervals by simulation."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, rankdata, spearmanr

from workbench.errors import DataError, NoSolutionError, SettingsError
from workbench.planning.reliability import (
    MEASURES,
    bootstrap_interval,
    draw,
    kendall_w,
    krippendorff_alpha,
    weighted_kendall_w,
    weighted_krippendorff_alpha,
)

NONE = float("nan")
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
).T
ZAR = np.array(
    [
        [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4],
        [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3],
        [17.0, 17.0, 20.0, 14.5, 15.5, 13.0, 19.5, 16.0, 21.0, 20.0, 18.0, 22.0],
    ]
).T


@st.composite
def ratings(draw_from: st.DrawFn, lowest: int = 0, complete: bool = False) -> np.ndarray:
    """Items × raters with scores from a few values, some missing."""
    n_items, n_raters = draw_from(st.integers(2, 8)), draw_from(st.integers(2, 5))
    score = st.integers(lowest, 5).map(float)
    cell = score if complete else st.one_of(score, score, score, st.just(NONE))
    rows = st.lists(st.lists(cell, min_size=n_raters, max_size=n_raters), min_size=n_items, max_size=n_items)
    return np.array(draw_from(rows))


def alpha_by_pairs(matrix: np.ndarray, measure: str) -> float:
    """Krippendorff's definition: mean difference of pairs within items over that of all pairs, one pair at a time."""
    items = [[score for score in row if not np.isnan(score)] for row in matrix]
    items = [scores for scores in items if len(scores) > 1]
    every = [score for scores in items for score in scores]

    def difference(one: float, other: float) -> float:
        if measure == "nominal":
            return float(one != other)
        if measure == "interval":
            return (one - other) ** 2
        if measure == "ratio":
            return ((one - other) / (one + other)) ** 2 if one + other else 0.0
        low, high = sorted((one, other))
        between = sum(low <= score <= high for score in every)
        return (between - (every.count(low) + every.count(high)) / 2) ** 2 if one != other else 0.0

    observed = sum(sum(difference(*pair) for pair in permutations(scores, 2)) / (len(scores) - 1) for scores in items)
    expected = sum(difference(*pair) for pair in permutations(every, 2)) / (len(every) - 1)
    return 1 - observed / expected


def alpha_or_skip(matrix: np.ndarray, measure: str) -> float:
    try:
        return krippendorff_alpha(matrix, measure)
    except NoSolutionError:
        assume(False)
        raise


def tells_apart(matrix: np.ndarray) -> bool:
    """Whether scores are complete and some rater tells two items apart."""
    return bool((matrix != matrix[0]).any() and not np.isnan(matrix).any())


@pytest.mark.parametrize(
    ("measure", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_own_example(measure, published):
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: 4 observers, 12 units, missing data."""
    assert krippendorff_alpha(KRIPPENDORFF, measure) == pytest.approx(published, abs=0.0005)


def test_w_of_wings_tails_and_bills():
    """Zar (2010), Biostatistical Analysis, 5th edition, example 20.5: twelve birds, three measures, ties.

    W with and without the correction are the book's. The rank sums are those that the manual of UNISTAT (6.5.6) prints
    for the same example, so that the data are checked too. Degrees and the bound on p follow from W.
    """
    rank_sums = rankdata(ZAR, axis=0).sum(axis=1)
    assert rank_sums.tolist() == [14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36]
    found = kendall_w(ZAR)
    assert (found.w, found.w_raw) == (pytest.approx(0.9241, abs=0.00005), pytest.approx(0.9134, abs=0.00005))
    assert (found.n_items, found.n_raters, found.degrees) == (12, 3, 11)
    assert found.p_value < 0.005


@pytest.mark.parametrize("measure", MEASURES)
@given(matrix=ratings())
@settings(max_examples=60)
def test_alpha_is_what_its_definition_gives_pair_by_pair(measure, matrix):
    assert alpha_or_skip(matrix, measure) == pytest.approx(alpha_by_pairs(matrix, measure), abs=1e-9)


@given(ratings(complete=True))
def test_w_corrected_for_ties_is_friedmans_statistic(matrix):
    assume(matrix.shape[0] > 2)
    assume(tells_apart(matrix))
    found = kendall_w(matrix)
    statistic, p_value = friedmanchisquare(*matrix)
    assert found.chi_square == pytest.approx(statistic, abs=1e-9)
    assert found.p_value == pytest.approx(p_value, abs=1e-9)


@given(st.integers(3, 8), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_w_without_ties_follows_from_the_mean_spearman_correlation(n_items, n_raters, seed):
    """Kendall and Gibbons (1990): mean rank correlation = (m W − 1) / (m − 1)."""
    matrix = np.random.default_rng(seed).random((n_items, n_raters))
    mean = np.mean([spearmanr(matrix[:, i], matrix[:, j]).statistic for i, j in combinations(range(n_raters), 2)])
    found = kendall_w(matrix)
    assert found.w == pytest.approx((1 + (n_raters - 1) * mean) / n_raters)
    assert found.w == pytest.approx(found.w_raw)


@given(ratings(), st.randoms(use_true_random=False))
def test_neither_figure_depends_on_the_order_of_raters_or_items(matrix, chance):
    rows, columns = list(range(matrix.shape[0])), list(range(matrix.shape[1]))
    chance.shuffle(rows)
    chance.shuffle(columns)
    shuffled = matrix[rows][:, columns]
    for measure in MEASURES:
        assert alpha_or_skip(shuffled, measure) == pytest.approx(krippendorff_alpha(matrix, measure))
    if tells_apart(matrix):
        assert kendall_w(shuffled).w == pytest.approx(kendall_w(matrix).w)


@given(ratings(lowest=1), st.floats(0.1, 50), st.floats(0, 100))
def test_a_linear_change_of_scale_changes_no_interval_alpha(matrix, factor, shift):
    alpha = alpha_or_skip(matrix, "interval")
    assert krippendorff_alpha(matrix * factor + shift) == pytest.approx(alpha, abs=1e-6)
    assert krippendorff_alpha(matrix * factor, "ratio") == pytest.approx(krippendorff_alpha(matrix, "ratio"), abs=1e-6)


@given(ratings())
def test_a_monotone_change_of_scale_changes_no_ordinal_alpha_nor_w(matrix):
    changed = np.exp(matrix) + 3
    for measure in ("nominal", "ordinal"):
        alpha = alpha_or_skip(matrix, measure)
        assert krippendorff_alpha(changed, measure) == pytest.approx(alpha)
    if tells_apart(matrix):
        assert kendall_w(changed).w == pytest.approx(kendall_w(matrix).w)


@given(ratings(complete=True))
def test_w_lies_between_0_and_1_and_the_correction_never_lowers_it(matrix):
    assume(tells_apart(matrix))
    found = kendall_w(matrix)
    assert -1e-12 <= found.w_raw <= found.w + 1e-12 <= 1 + 2e-12
    assert 0 <= found.p_value <= 1


@given(ratings())
def test_alpha_is_never_above_1(matrix):
    for measure in MEASURES:
        assert -1.0001 <= alpha_or_skip(matrix, measure) <= 1


@given(st.lists(st.integers(1, 5), min_size=2, max_size=9), st.integers(2, 6))
def test_raters_who_agree_fully_have_1(scores, n_raters):
    assume(len(set(scores)) > 1)
    matrix = np.repeat(np.array(scores, dtype=float)[:, None], n_raters, axis=1)
    assert kendall_w(matrix).w == pytest.approx(1)
    for measure in MEASURES:
        assert krippendorff_alpha(matrix, measure) == 1


def test_opposite_orders_have_no_concordance():
    assert kendall_w([[1, 4], [2, 3], [3, 2], [4, 1]]).w == 0


@given(ratings(complete=True), st.integers(0, 1000))
def test_counting_an_item_twice_is_having_it_twice(matrix, seed):
    weights = np.random.default_rng(seed).integers(0, 3, len(matrix)).astype(float)
    repeated = np.repeat(matrix, weights.astype(int), axis=0)
    once = np.ones((1, len(repeated)))
    for measure in MEASURES:
        found = weighted_krippendorff_alpha(matrix, weights[None, :], measure)
        np.testing.assert_allclose(found, weighted_krippendorff_alpha(repeated, once, measure), atol=1e-9)
    found = weighted_kendall_w(matrix, weights[None, :])
    np.testing.assert_allclose(found, weighted_kendall_w(repeated, once), atol=1e-9)


def test_what_has_no_figure_says_why():
    with pytest.raises(NoSolutionError, match="tells any two requirements apart"):
        kendall_w([[3, 4], [3, 4], [3, 4]])
    with pytest.raises(NoSolutionError, match="two raters"):
        kendall_w([[1], [2]])
    with pytest.raises(NoSolutionError, match="two requirements"):
        kendall_w([[1, 2]])
    with pytest.raises(DataError, match="missing"):
        kendall_w([[1, NONE], [2, 3]])
    with pytest.raises(NoSolutionError, match="nothing to agree about"):
        krippendorff_alpha([[3, 3], [3, 3]])
    with pytest.raises(NoSolutionError, match="two raters"):
        krippendorff_alpha([[3, NONE], [NONE, 4]])
    with pytest.raises(SettingsError, match="nominal"):
        krippendorff_alpha([[1, 2], [2, 1]], "cardinal")
    with pytest.raises(DataError, match="below zero"):
        krippendorff_alpha([[-1, 2], [2, 1]], "ratio")
    with pytest.raises(ValueError, match="dimensions"):
        kendall_w([1, 2])


def test_the_same_seed_draws_the_same():
    np.testing.assert_array_equal(draw(7, 20, 3).drawn, draw(7, 20, 3).drawn)
    again = draw(7, 20, 3)
    assert (again.drawn.sum(axis=1) == 7).all()
    assert (again.without_one.sum(axis=1) == 6).all()


def test_an_interval_without_bias_is_that_of_the_percentiles():
    figures, even = np.arange(1001.0), np.array([499.0, 500, 501])
    assert bootstrap_interval(500, figures, even, 0.95) == (pytest.approx(25), pytest.approx(975))
    low, high = bootstrap_interval(600, figures, even, 0.95) or (0, 0)
    assert low > 25
    assert high > 975


def test_too_many_resamples_without_a_figure_make_no_interval():
    figures = np.array([NONE] * 11 + [0.5] * 89)
    assert bootstrap_interval(0.5, figures, np.array([0.5]), 0.95) is None
    assert bootstrap_interval(0.5, figures[2:], np.array([0.5]), 0.95) == (0.5, 0.5)
    assert bootstrap_interval(0.5, np.array([]), np.array([]), 0.95) is None


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    """Normal scores with a known intraclass correlation: it is alpha, and W follows from Spearman's correlation.

    Of 250 intervals that kept their word, 0.91 to 0.99 would cover it but for one case in a hundred. With 30 items the
    bootstrap is known to fall short, which the documentation says: alpha is allowed 0.05 of it, W 0.02.
    """
    chance, n_items, n_raters, correlation, times = np.random.default_rng(5), 30, 4, 0.6, 250
    w = (1 + (n_raters - 1) * 6 / np.pi * np.arcsin(correlation / 2)) / n_raters
    covered = {"alpha": 0, "w": 0}
    for seed in range(times):
        common, own = chance.normal(size=(n_items, 1)), chance.normal(size=(n_items, n_raters))
        scores = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
        again, once = draw(n_items, 200, seed), np.ones((1, n_items))
        for name, figure, truth in (
            ("alpha", weighted_krippendorff_alpha, correlation),
            ("w", weighted_kendall_w, w),
        ):
            parts = figure(scores, again.drawn), figure(scores, again.without_one)
            low, high = bootstrap_interval(figure(scores, once)[0], *parts, 0.95) or (0, 0)
            covered[name] += low <= truth <= high
    assert 0.86 <= covered["alpha"] / times <= 0.99
    assert 0.89 <= covered["w"] / times <= 0.995
