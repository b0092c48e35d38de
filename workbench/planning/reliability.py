"""Agreement as one figure: Kendall's W and Krippendorff's alpha, and how both vary when items are drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import DataError, NoSolutionError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed
from workbench.language import mark as N_

Matrix: TypeAlias = NDArray[np.float64]

MEASURES = ("nominal", "ordinal", "interval", "ratio")
"""Levels of measurement: what counts as a difference between two scores."""
MEASURE_LABELS = {
    "nominal": N_("nominal"),
    "ordinal": N_("ordinal"),
    "interval": N_("interval"),
    "ratio": N_("ratio"),
}
"""What each level of measurement is called in a sentence; translate it where it is shown."""
TENTATIVE, RELIABLE = 0.667, 0.8
"""Krippendorff's customary bounds: from the first, tentative conclusions; from the second, scores to rely on."""
MOST_MISSING = 0.1
"""Largest share of resamples without a figure at which the others still make an interval."""


@dataclass(frozen=True)
class Concordance:
    """How alike several raters rank the same items.

    Attributes
    ----------
    w : float
        Kendall's W, corrected for ties: 0 is none, 1 is the same ranking by all.
    w_raw : float
        Kendall's W without the correction.
    chi_square : float
        m (n − 1) W.
    degrees : int
        n − 1.
    p_value : float
        Chance of a W at least as high from raters who rank at random, by the chi-square approximation: rough below
        about eight items.
    n_raters, n_items : int
        m and n.
    """

    w: float
    w_raw: float
    chi_square: float
    degrees: int
    p_value: float
    n_raters: int
    n_items: int


@dataclass(frozen=True)
class Resamples:
    """How often each item counts, in arrays of weightings × items.

    Attributes
    ----------
    drawn : array of resamples × items
        Items drawn with replacement.
    without_one : array of items × items
        Each item once, but for one.
    """

    drawn: Matrix
    without_one: Matrix


def kendall_w(ratings: ArrayLike) -> Concordance:
    """Kendall's coefficient of concordance.

    Parameters
    ----------
    ratings : array of items × raters
        Scores or ranks, complete; equal ones are ties and share their mean rank.

    Raises
    ------
    DataError
        When a score is missing.
    NoSolutionError
        With fewer than two raters or two items, or when no rater tells any two items apart.

    Notes
    -----
    With R the items' rank sums, S their squared deviations from the mean, and T the sum of t³ − t over all ties,
    W = 12 S / (m² (n³ − n) − m T). Kendall and Gibbons (1990), *Rank Correlation Methods*, chapter 6.

    Examples
    --------
    >>> round(kendall_w([[1, 1], [2, 2], [3, 4], [4, 3]]).w, 2)
    0.9
    """
    matrix = _as_matrix(ratings)
    n_items, n_raters = matrix.shape
    if np.isnan(matrix).any():
        found = _("Scores are missing.")
        raise DataError(Problem(found, _("a score of every item by every rater"), _("Leave these raters out.")))
    _require_several(n_raters, n_items)
    once = np.ones((1, n_items))
    w = float(weighted_kendall_w(matrix, once)[0])
    if np.isnan(w):
        raise NoSolutionError(_("No rater tells any two requirements apart, so there is no ranking."))
    from scipy.special import chdtrc

    raw = float(weighted_kendall_w(matrix, once, corrected=False)[0])
    chi_square = n_raters * (n_items - 1) * w
    p_value = float(chdtrc(n_items - 1, chi_square))
    return Concordance(w, raw, chi_square, n_items - 1, p_value, n_raters, n_items)


def krippendorff_alpha(ratings: ArrayLike, measure: str = "interval") -> float:
    """Krippendorff's alpha: 1 is full agreement, 0 what chance would give, below 0 is systematic disagreement.

    Parameters
    ----------
    ratings : array of items × raters
        Scores; NaN where a rater gave none. Items with a single score do not count.
    measure : str
        One of `MEASURES`.

    Raises
    ------
    SettingsError
        When there is no such measure.
    DataError
        When a score is negative on a ratio scale.
    NoSolutionError
        When no item has two scores, or all scores are the same.

    Notes
    -----
    1 − observed ÷ expected disagreement: Krippendorff (2019), *Content Analysis*, 4th edition, chapter 12.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 1], [2, 2], [3, 4], [4, 3]]), 3)
    0.825
    """
    matrix = _as_matrix(ratings)
    if not (np.isfinite(matrix).sum(axis=1) > 1).any():
        raise NoSolutionError(_("No requirement was scored by two raters."))
    alpha = float(weighted_krippendorff_alpha(matrix, np.ones((1, len(matrix))), measure)[0])
    if np.isnan(alpha):
        raise NoSolutionError(_("All scores are the same, so there is nothing to agree about."))
    return alpha


def weighted_kendall_w(ratings: Matrix, weights: Matrix, corrected: bool = True) -> Matrix:
    """Kendall's W with each item counted so many times, for many weightings at once.

    Parameters
    ----------
    ratings : array of items × raters
        Complete scores.
    weights : array of weightings × items
        How often each item counts; zero leaves it out.
    corrected : bool
        Whether ties are corrected for.

    Returns
    -------
    array of weightings
        NaN where there is no W.
    """
    n_raters = ratings.shape[1]
    n = weights.sum(axis=1)
    rank_sums, ties = np.zeros(weights.shape), np.zeros(len(weights))
    for column in ratings.T:
        values, codes = np.unique(column, return_inverse=True)
        counts = weights @ _indicators(codes, len(values))
        rank_sums += _mid_ranks(counts)[:, codes]
        ties += (counts**3 - counts).sum(axis=1)
    deviations = rank_sums - n_raters * (n[:, None] + 1) / 2
    squares = (weights * deviations**2).sum(axis=1)
    largest = n_raters**2 * (n**3 - n) - (n_raters * ties if corrected else 0)
    return _divided(12 * squares, largest)


def weighted_krippendorff_alpha(ratings: Matrix, weights: Matrix, measure: str = "interval") -> Matrix:
    """Krippendorff's alpha with each item counted so many times, for many weightings at once.

    Parameters
    ----------
    ratings : array of items × raters
        Scores, NaN where there is none.
    weights : array of weightings × items
        How often each item counts; zero leaves it out.
    measure : str
        One of `MEASURES`.

    Returns
    -------
    array of weightings
        NaN where there is no alpha.

    Raises
    ------
    SettingsError
        When there is no such measure.
    DataError
        When a score is negative on a ratio scale.
    """
    pairable = np.isfinite(ratings).sum(axis=1) > 1
    values, counts = _value_counts(ratings[pairable])
    _check_measure(measure, values)
    weights = weights[:, pairable]
    totals = weights @ counts
    if measure == "ordinal":
        observed, expected = _ordinal_disagreement(counts, weights, totals)
    else:
        differences = _differences(values, measure)
        observed = weights @ _within_items(counts, differences)
        expected = ((totals @ differences) * totals).sum(axis=1)
    share = _divided((totals.sum(axis=1) - 1) * observed, expected)
    return np.asarray(1 - share)


def draw(n_items: int, resamples: int, seed: int) -> Resamples:
    """Draw the items anew, with replacement, so many times."""
    if not n_items or not resamples:
        return Resamples(np.empty((0, n_items)), 1 - np.eye(n_items))
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(n_items, np.full(n_items, 1 / n_items), size=resamples).astype(float)
    return Resamples(drawn, 1 - np.eye(n_items))


def bootstrap_interval(
    observed: float, drawn: Matrix, without_one: Matrix, confidence: float
) -> tuple[float, float] | None:
    """The bias-corrected and accelerated percentile interval of a figure.

    Parameters
    ----------
    observed : float
        The figure itself.
    drawn : array of resamples
        The figure of each resample, NaN where it has none.
    without_one : array of items
        The figure without each item, NaN where there is none.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    (float, float) or None
        None when there are no resamples, or more than `MOST_MISSING` of them have no figure.

    Notes
    -----
    Efron, B. (1987). Better bootstrap confidence intervals. *Journal of the American Statistical Association* 82(397).

    Examples
    --------
    >>> low, high = bootstrap_interval(50.0, np.arange(101.0), np.array([49.0, 50.0, 51.0]), 0.9)
    >>> round(low), round(high)
    (5, 95)
    """
    if not len(drawn) or np.isnan(drawn).mean() > MOST_MISSING:
        return None
    from scipy.special import ndtr, ndtri

    figures = drawn[np.isfinite(drawn)]
    below = ((figures < observed).mean() + (figures <= observed).mean()) / 2
    edge = 1 / (2 * len(figures))
    bias = ndtri(np.clip(below, edge, 1 - edge))
    shifted = bias + ndtri([(1 - confidence) / 2, (1 + confidence) / 2])
    shares = ndtr(bias + shifted / np.maximum(1 - _acceleration(without_one) * shifted, edge))
    low, high = np.percentile(figures, 100 * shares)
    return float(low), float(high)


def _acceleration(without_one: Matrix) -> float:
    """How fast the spread of the figure changes with the figure, from its values without each item."""
    there = without_one[np.isfinite(without_one)]
    deviations = there.mean() - there if len(there) else np.zeros(1)
    squares = float((deviations**2).sum())
    return float((deviations**3).sum() / (6 * squares**1.5)) if squares > 0 else 0.0


def _as_matrix(ratings: ArrayLike) -> Matrix:
    matrix = np.asarray(ratings, dtype=float)
    if matrix.ndim != 2:
        raise ValueError(f"ratings have {matrix.ndim} dimensions; expected items × raters")
    return matrix


def _require_several(n_raters: int, n_items: int) -> None:
    if n_raters < 2:
        raise NoSolutionError(_("Fewer than two raters scored every requirement."))
    if n_items < 2:
        raise NoSolutionError(_("Fewer than two requirements are scored."))


def _check_measure(measure: str, values: Matrix) -> None:
    if measure not in MEASURES:
        found = _("There is no level of measurement named {name}.").format(name=measure)
        raise SettingsError(Problem(found, listed(list(MEASURES)), _("Choose one of these.")))
    if measure == "ratio" and len(values) and values[0] < 0:
        found = _("The score {found} is below zero.").format(found=values[0])
        raise DataError(Problem(found, _("scores from zero on a ratio scale"), _("Choose the interval scale.")))


def _indicators(codes: NDArray[np.intp], size: int) -> Matrix:
    return np.asarray(codes[:, None] == np.arange(size), dtype=float)


def _mid_ranks(counts: Matrix) -> Matrix:
    """Mean rank of each value, in ascending order, that occurs so often; a row a weighting."""
    return np.asarray(counts.cumsum(axis=1) - (counts - 1) / 2)


def _value_counts(ratings: Matrix) -> tuple[Matrix, Matrix]:
    """The values that occur, ascending, and how often each item has each."""
    given = np.isfinite(ratings)
    values, codes = np.unique(ratings[given], return_inverse=True)
    counts = np.zeros((len(ratings), len(values)))
    np.add.at(counts, (np.nonzero(given)[0], codes), 1)
    return values, counts


def _differences(values: Matrix, measure: str) -> Matrix:
    """Squared difference between each two values."""
    one, other = values[:, None], values[None, :]
    if measure == "nominal":
        return np.asarray(one != other, dtype=float)
    if measure == "interval":
        return np.asarray((one - other) ** 2)
    both = one + other
    return np.asarray(((one - other) / np.where(both > 0, both, 1)) ** 2)


def _within_items(counts: Matrix, differences: Matrix) -> Matrix:
    """Per item, the differences of all its ordered pairs of scores, over the number of partners that each has."""
    return np.asarray(((counts @ differences) * counts).sum(axis=1) / (counts.sum(axis=1) - 1))


def _ordinal_disagreement(counts: Matrix, weights: Matrix, totals: Matrix) -> tuple[Matrix, Matrix]:
    # The ordinal difference is the distance between mean ranks, which depend on what else was drawn.
    ranks = _mid_ranks(totals)
    n = counts.sum(axis=1)
    pairs = 2 * (n * (ranks**2 @ counts.T) - (ranks @ counts.T) ** 2) / (n - 1)
    observed = (weights * np.where(_is_unanimous(counts), 0, pairs)).sum(axis=1)
    all_scores = totals.sum(axis=1)
    expected = 2 * (all_scores * (totals * ranks**2).sum(axis=1) - (totals * ranks).sum(axis=1) ** 2)
    return observed, np.where((totals > 0).sum(axis=1) > 1, expected, 0)


def _is_unanimous(counts: Matrix) -> NDArray[np.bool_]:
    return np.asarray((counts > 0).sum(axis=1) == 1)


def _divided(numerator: Matrix, denominator: Matrix) -> Matrix:
    """The quotient, NaN where there is nothing to divide by."""
    return np.asarray(np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0))
