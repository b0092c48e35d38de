"""Ellipses around value and complexity: where the committee would place a requirement with its raters drawn anew."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _

FEWEST_RATERS = 3
"""Fewest raters of a requirement for an ellipse."""
FEWEST_AN_AXIS = 2
SHARE = 0.68
DRAWS = 2_000
CORNERS = 48
AXES = ["value", "complexity"]
COLUMNS = ["requirement_id", "corner", *AXES]


def rater_ellipses(
    own: pd.DataFrame,
    raters: pd.DataFrame,
    table: pd.DataFrame,
    share: float = SHARE,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Outlines of the ellipses that hold a share of the draws of the raters, about.

    In each draw each rater weighs its own weight times a random one (the Bayesian bootstrap, as in
    `workbench.planning.lens_draws.acceptability` with the raters resampled). The ellipse has the covariance of the mean
    value and complexity over the draws, and stands round the committee's index. It is tilted where the same people
    scored both axes; it shrinks with the number of raters.

    Parameters
    ----------
    own : DataFrame
        From `workbench.planning.discussion.rater_indices`.
    raters : DataFrame
        The planning table of this name.
    table : DataFrame
        The committee's: index requirement_id; value and complexity.
    share : float
        Share of the draws to hold, between 0 and 1, if they are spread normally.
    draws, seed : int
        Number of draws, and what they begin from.

    Returns
    -------
    DataFrame
        The corners of each outline in order, clipped to the scale of 0 to 100: requirement_id, corner, value,
        complexity. Requirements with fewer than three raters, or a single one on an axis, have none.

    Raises
    ------
    SettingsError
        When the share is not between 0 and 1.

    Notes
    -----
    Rubin (1981), The Bayesian bootstrap, *Annals of Statistics* 9(1), 130-134. For two dimensions the squared distance
    that holds the share p is −2 ln(1 − p), the chi-square quantile.
    """
    if not 0 < share < 1:
        found = _("{name} is {value}.").format(name="share", value=share)
        raise SettingsError(Problem(found, _("a number between 0 and 1"), _("Correct {name}.").format(name="share")))
    drawn = _drawn_weights(raters, draws, seed)
    centres = table[AXES].dropna()
    outlines = [
        _outline(str(key), centres.loc[key].to_numpy(dtype=float), views, drawn, share)
        for key, views in own[own["requirement_id"].isin(centres.index)].groupby("requirement_id", sort=False)
        if _has_enough(views)
    ]
    return pd.concat(outlines, ignore_index=True) if outlines else pd.DataFrame(columns=COLUMNS)


def _drawn_weights(raters: pd.DataFrame, draws: int, seed: int) -> Mapping[str, NDArray[np.float64]]:
    chance = np.random.default_rng(seed).standard_exponential((len(raters), draws))
    weighted = raters["weight"].to_numpy(dtype=float)[:, None] * chance
    return dict(zip(raters["rater_id"], weighted, strict=True))


def _has_enough(views: pd.DataFrame) -> bool:
    return len(views[AXES].dropna(how="all")) >= FEWEST_RATERS and bool((views[AXES].count() >= FEWEST_AN_AXIS).all())


def _outline(
    identifier: str,
    centre: NDArray[np.float64],
    views: pd.DataFrame,
    drawn: Mapping[str, NDArray[np.float64]],
    share: float,
) -> pd.DataFrame:
    angles = np.linspace(0, 2 * np.pi, CORNERS + 1)
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) * np.sqrt(-2 * np.log(1 - share))
    corners = np.clip(centre + circle @ _root(views, drawn), 0, 100)
    outline = pd.DataFrame(corners, columns=AXES).assign(requirement_id=identifier, corner=range(len(corners)))
    return outline[COLUMNS]


def _root(views: pd.DataFrame, drawn: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """A square root of the covariance of the mean value and complexity over the draws."""
    means = []
    for axis in AXES:
        given = views[["rater_id", axis]].dropna()
        weights = np.array([drawn[rater] for rater in given["rater_id"]])
        means.append(given[axis].to_numpy(dtype=float) @ weights / weights.sum(axis=0))
    spread, directions = np.linalg.eigh(np.cov(means))
    return np.asarray(np.sqrt(np.maximum(spread, 0))[:, None] * directions.T)
