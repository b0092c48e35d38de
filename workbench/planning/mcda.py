"""TOPSIS and VIKOR: alternatives ranked by their distance from the best that any of them reaches."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import DataError, Problem, SettingsError
from workbench.language import either, listed
from workbench.language import gettext as _
from workbench.planning.scoring import SAME
from workbench.program.tables import DIRECTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNDECIDED = 0.5
"""Closeness of all alternatives when they are equal on every criterion: as near to the best as to the worst."""


def topsis(matrix: pd.DataFrame, weights: pd.Series, directions: pd.Series) -> pd.Series:
    """Closeness to the ideal: 1 is the best on every criterion, 0 the worst on every criterion.

    Columns are brought to length 1 (vector normalisation, as the method's authors do).

    Parameters
    ----------
    matrix : DataFrame
        A row per alternative and a column per criterion, in any units.
    weights : Series
        Per criterion, zero or more; brought to a sum of 1.
    directions : Series
        Per criterion, ``higher_is_better`` or ``lower_is_better``.

    Returns
    -------
    Series
        Closeness per alternative. A criterion on which all are equal tells nothing apart and plays no part (see
        `equal_for_all`); where that is so of all, closeness is 0.5 for each.

    Raises
    ------
    DataError
        When a figure, a weight or a direction is missing or unsound.

    Notes
    -----
    Hwang and Yoon (1981), *Multiple Attribute Decision Making*, Springer. Computed by pymcdm.

    Examples
    --------
    >>> matrix = pd.DataFrame({"fit": [5.0, 7, 8, 7], "reach": [8.0, 6, 8, 4], "cost": [4.0, 8, 6, 6]})
    >>> weights = pd.Series({"fit": 0.3, "reach": 0.4, "cost": 0.3})
    >>> topsis(matrix, weights, pd.Series("higher_is_better", index=matrix.columns)).round(4).tolist()
    [0.5037, 0.6581, 0.7482, 0.334]
    """
    figures, shares, signs = _problem(matrix, weights, directions)
    if not figures.size:
        return pd.Series(UNDECIDED, index=matrix.index, dtype=float)
    library = _pymcdm()
    method = library.methods.TOPSIS(library.normalizations.vector_normalization)
    return pd.Series(method(figures, shares, signs, validation=False), index=matrix.index)


def vikor(matrix: pd.DataFrame, weights: pd.Series, directions: pd.Series, v: float = 0.5) -> pd.DataFrame:
    """The compromise between the good of most criteria and the least regret on any single one.

    Differences are brought to shares of the span between the best and the worst of a criterion (linear normalisation).

    Parameters
    ----------
    matrix, weights, directions
        As in `topsis`.
    v : float
        Weight of the good of most criteria, 0 to 1; the rest goes to the least regret.

    Returns
    -------
    DataFrame
        A row per alternative: S (weighted sum of the shares short of the best), R (the largest of them), Q (both on
        the scale from the best to the worst alternative, 0 is best; a measure on which all are equal counts as 0),
        rank (by Q, equal ones share the best), compromise (whether it belongs to the compromise solution), and, the
        same in every row, advantage (the second by Q is at least 1 / (alternatives − 1) behind the first) and
        stability (the first by Q is first by S or R too). With both conditions the first stands alone; with advantage
        alone the second, and what is level with it, stands beside it; without advantage all that are less than that
        far behind the first. A criterion on which all are equal plays no part.

    Raises
    ------
    DataError
        As `topsis`.
    SettingsError
        When v is not from 0 to 1.

    Notes
    -----
    Opricovic and Tzeng (2004), Compromise solution by MCDM methods: a comparative analysis of VIKOR and TOPSIS,
    *European Journal of Operational Research* 156(2), 445-455. pymcdm has the method too, but gives Q alone and
    refuses criteria on which all are equal.

    Examples
    --------
    >>> matrix = pd.DataFrame({"risk": [1.0, 2.0, 5.0], "altitude": [3000.0, 3750.0, 4500.0]}, index=["A1", "A2", "A3"])
    >>> directions = pd.Series({"risk": "lower_is_better", "altitude": "higher_is_better"})
    >>> vikor(matrix, pd.Series({"risk": 0.5, "altitude": 0.5}), directions)[["S", "R", "Q", "compromise"]]
            S     R    Q  compromise
    A1  0.500  0.50  1.0       False
    A2  0.375  0.25  0.0        True
    A3  0.500  0.50  1.0       False
    """
    table = vikor_measures(matrix, weights, directions, v)
    table["rank"] = table["Q"].round(_DECIMALS).rank(method="min").astype(int)
    return _with_compromise(table)


def vikor_measures(matrix: pd.DataFrame, weights: pd.Series, directions: pd.Series, v: float = 0.5) -> pd.DataFrame:
    """S, R and Q of VIKOR alone, with the parameters and errors of `vikor`."""
    if not 0 <= v <= 1:
        found = _("{name} is {value}.").format(name="v", value=v)
        remedy = _("Correct {name}.").format(name="v")
        raise SettingsError(Problem(found, _("a number from 0 to 1"), remedy))
    utility, regret = _utility_and_regret(matrix, weights, directions).T
    q = v * _from_best(utility) + (1 - v) * _from_best(regret)
    return pd.DataFrame({"S": utility, "R": regret, "Q": q}, index=matrix.index)


def equal_for_all(matrix: pd.DataFrame) -> tuple[str, ...]:
    """The criteria on which all alternatives are equal: they tell nothing apart, and `topsis` and `vikor` skip them.

    Examples
    --------
    >>> equal_for_all(pd.DataFrame({"price": [3.0, 5.0], "support": [4.0, 4.0]}))
    ('support',)
    """
    figures = matrix.astype(float)
    return tuple(str(name) for name in matrix.columns[~_tells_apart(figures.to_numpy())])


_DECIMALS = round(-np.log10(SAME))


def _problem(
    matrix: pd.DataFrame, weights: pd.Series, directions: pd.Series
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Figures, weights (of all criteria, summing to 1) and signs, of the criteria that tell alternatives apart."""
    _check(matrix, weights, directions)
    figures = matrix.to_numpy(dtype=float)
    given = weights.reindex(matrix.columns).to_numpy(dtype=float)
    signs = np.where(directions.reindex(matrix.columns) == DIRECTIONS[0], 1, -1)
    used = _tells_apart(figures) & (given > 0)
    return figures[:, used], (given / given.sum())[used], signs[used]


def _tells_apart(figures: NDArray[np.float64]) -> NDArray[np.bool_]:
    scale = np.maximum(np.abs(figures).max(axis=0, initial=0.0), 1e-300)
    return np.asarray(np.ptp(figures, axis=0) > 1e-12 * scale) if len(figures) else np.zeros(figures.shape[1], bool)


def _utility_and_regret(matrix: pd.DataFrame, weights: pd.Series, directions: pd.Series) -> NDArray[np.float64]:
    figures, shares, signs = _problem(matrix, weights, directions)
    if not figures.size:
        return np.zeros((len(matrix), 2))
    best, worst = (signs * figures).max(axis=0), (signs * figures).min(axis=0)
    short = shares * (best - signs * figures) / (best - worst)
    return np.column_stack([short.sum(axis=1), short.max(axis=1)])


def _from_best(measure: NDArray[np.float64]) -> NDArray[np.float64]:
    """The measure from 0 at its lowest to 1 at its highest; 0 everywhere when they are the same."""
    span = np.ptp(measure)
    return np.asarray((measure - measure.min()) / (span if span > SAME else np.inf))


def _with_compromise(table: pd.DataFrame) -> pd.DataFrame:
    by_q = table["Q"].round(_DECIMALS).sort_values(kind="stable")
    first, needed = by_q.index[0], 1 / max(len(table) - 1, 1)
    behind = (table["Q"] - by_q.iloc[0]).round(_DECIMALS)
    advantage = len(table) < 2 or bool(by_q.iloc[1] - by_q.iloc[0] >= needed - SAME)
    stability = any(table.loc[first, name] <= table[name].min() + SAME for name in ("S", "R"))
    reached = needed - SAME if not advantage else float(by_q.iloc[0 if stability else 1] - by_q.iloc[0]) + SAME
    compromise = behind < reached
    return table.assign(compromise=compromise, advantage=advantage, stability=stability)


def _pymcdm() -> Any:
    """The library without its drawing part, which would load matplotlib and take twice as long as all the rest."""
    stand_in = ModuleType("pymcdm.visuals")
    added = sys.modules.setdefault("pymcdm.visuals", stand_in) is stand_in
    import pymcdm

    if added:
        del sys.modules["pymcdm.visuals"]
    return pymcdm


def _check(matrix: pd.DataFrame, weights: pd.Series, directions: pd.Series) -> None:
    problems = [*_gaps(matrix), *_unsound_weights(matrix, weights), *_unsound_directions(matrix, directions)]
    if matrix.empty:
        found = _("There is nothing to compare.")
        problems = [Problem(found, _("at least one alternative and one criterion"), _("Add what is to be compared."))]
    if problems:
        raise DataError(problems)


def _gaps(matrix: pd.DataFrame) -> list[Problem]:
    sound = np.isfinite(matrix.to_numpy(dtype=float))
    if sound.all():
        return []
    return [
        Problem(
            _("{id} has no figure for {names}.").format(
                id=key, names=listed([str(name) for name in matrix.columns[~row]])
            ),
            _("a number for each criterion"),
            _("Enter the figure, or leave the alternative or the criterion out."),
        )
        for key, row in zip(matrix.index, sound, strict=True)
        if not row.all()
    ]


def _unsound_weights(matrix: pd.DataFrame, weights: pd.Series) -> list[Problem]:
    given = weights.reindex(matrix.columns).astype(float)
    remedy, expected = _("Correct the weight."), _("a number, zero or more")
    problems = [
        Problem(_("{id} has the weight {found}.").format(id=name, found=weight), expected, remedy)
        for name, weight in given.items()
        if not (np.isfinite(weight) and weight >= 0)
    ]
    if not problems and len(given) and not given.sum() > 0:
        remedy = _("Give at least one criterion a weight.")
        problems = [Problem(_("All criteria weigh nothing."), _("a weight above zero"), remedy)]
    return problems


def _unsound_directions(matrix: pd.DataFrame, directions: pd.Series) -> list[Problem]:
    given = directions.reindex(matrix.columns)
    return [
        Problem(
            _("Criterion {id} has {found}.").format(id=name, found=found), either(DIRECTIONS), _("Write one of these.")
        )
        for name, found in given.items()
        if found not in DIRECTIONS
    ]
