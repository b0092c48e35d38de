"""What projects may be worth and take, as draws: from the raters' ranges, from resampled raters, and of efforts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed


def values_from_ranges(value: pd.Series, low: pd.Series, high: pd.Series, draws: int, seed: int) -> pd.DataFrame:
    """Values from triangular distributions: the lowest, the most likely and the highest of each project.

    Parameters
    ----------
    value, low, high : Series
        Index project; points, with low ≤ value ≤ high.
    draws : int
        How many.
    seed : int
        Same seed, same draws.

    Returns
    -------
    DataFrame
        A row per draw, a column per project.

    Raises
    ------
    DataError
        When a value is missing or outside its range.

    Examples
    --------
    >>> one = pd.Series({"A": 10.0})
    >>> values_from_ranges(one, one, one, draws=2, seed=1)["A"].tolist()
    [10.0, 10.0]
    """
    _check_draws(draws)
    ranges = pd.DataFrame({"low": low, "value": value, "high": high}).loc[value.index]
    holds = (ranges["low"] <= ranges["value"]) & (ranges["value"] <= ranges["high"])
    if not holds.all():
        wrong = listed([str(name) for name in ranges.index[~holds]])
        raise DataError(Problem(_("The value of {projects} is missing or outside its range.").format(projects=wrong)))
    chance = np.random.default_rng(seed)
    # Where the range has no width there is nothing to draw, and the triangle does not exist.
    wide = ranges["high"] > ranges["low"]
    drawn = pd.DataFrame(np.tile(ranges["value"].to_numpy(float), (draws, 1)), columns=ranges.index)
    for name in ranges.index[wide]:
        left, mode, right = ranges.loc[name, ["low", "value", "high"]].to_numpy(float).tolist()
        drawn[name] = chance.triangular(left, mode, right, size=draws)
    return drawn


def values_from_raters(projects: pd.DataFrame, rated: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Values of projects as other panels of the same kind of raters might have given them.

    Each draw weighs the raters anew, by their own weight times a random share, and scores the requirements again.

    Parameters
    ----------
    projects : DataFrame
        The planning table; project_id and requirement_ids.
    rated : DataFrame
        From `workbench.planning.scoring.rated_scores`.
    draws : int
        How many.
    seed : int
        Same seed, same draws.

    Returns
    -------
    DataFrame
        A row per draw, a column per project; points, as `project_values` sums them.

    Raises
    ------
    SettingsError
        When there are no draws.

    Notes
    -----
    The Bayesian bootstrap (Rubin 1981): the shares follow a flat Dirichlet distribution. No rater ever drops out, so
    that no requirement loses its only score.
    """
    _check_draws(draws)
    own = rated[rated["axis"] == "value"]
    wide = own.pivot(index=["requirement_id", "criterion_id"], columns="rater_id", values="goodness")
    weights = own.groupby("rater_id")["rater_weight"].first()[wide.columns].to_numpy(dtype=float)
    shares = weights * np.random.default_rng(seed).standard_exponential((draws, len(weights)))
    given = wide.to_numpy(dtype=float)
    goodness = shares @ np.nan_to_num(given).T / (shares @ np.isfinite(given).T)
    by_requirement = _index(pd.DataFrame(goodness.T, index=wide.index), own)
    return by_requirement.T @ _delivered(projects, by_requirement.index)


def _index(goodness: pd.DataFrame, rated: pd.DataFrame) -> pd.DataFrame:
    """The value index, 0 to 100: a row per requirement, a column per draw."""
    criteria = rated.drop_duplicates("criterion_id").set_index("criterion_id")["criterion_weight"]
    weights = criteria[goodness.index.get_level_values("criterion_id")].to_numpy(dtype=float)
    requirements = goodness.index.get_level_values("requirement_id")
    totals = pd.Series(weights).groupby(requirements).sum()
    return 100 * goodness.mul(weights, axis=0).groupby(requirements).sum().div(totals, axis=0)


def _delivered(projects: pd.DataFrame, requirements: pd.Index) -> pd.DataFrame:
    """Which requirement (row) each project (column) delivers."""
    columns = {
        str(project): requirements.isin(list(ids)).astype(float)
        for project, ids in zip(projects["project_id"], projects["requirement_ids"], strict=True)
    }
    return pd.DataFrame(columns, index=requirements)


def effort_factors(projects: Sequence[str], spread: float, draws: int, seed: int) -> pd.DataFrame:
    """By how much the effort of each project may turn out larger or smaller; one factor for all that it uses.

    Parameters
    ----------
    projects : sequence of str
        Ids.
    spread : float
        Standard deviation of the factor's logarithm: with 0.2, two of three factors lie between 0.82 and 1.22.
    draws : int
        How many.
    seed : int
        Same seed, same draws.

    Returns
    -------
    DataFrame
        A row per draw, a column per project; the median is 1.

    Raises
    ------
    SettingsError
        When the spread is negative or there are no draws.
    """
    _check_draws(draws)
    if not spread >= 0:
        raise SettingsError(Problem(_("The spread of the efforts is {spread}.").format(spread=spread), _("0 or more")))
    normal = np.random.default_rng(seed).standard_normal((draws, len(projects)))
    return pd.DataFrame(np.exp(spread * normal), columns=list(projects))


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise SettingsError(Problem(_("The number of draws is {draws}.").format(draws=draws), _("1 or more")))
