"""How far apart the raters' scores of one requirement on one criterion are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.scoring import SAME, last_scores

CLOSE = 0.2
"""Largest standard deviation, as a share of the criterion's scale, at which raters count as close."""
WIDEST = 0.5
"""The standard deviation of raters of whom half give the lowest and half the highest score."""

LEVEL_LABELS = {
    "full": N_("Full agreement"),
    "close": N_("Close"),
    "split": N_("Split"),
    "one_rater": N_("One rater alone"),
}
"""What each level of agreement is called; translate it where it is shown."""

COLUMNS = [
    "requirement_id",
    "criterion_id",
    "criterion",
    "n_raters",
    "mean",
    "lowest",
    "highest",
    "spread",
    "range",
    "level",
]


def scores_after(scores: pd.DataFrame, after_round: int | None = None) -> pd.DataFrame:
    """The scores that stood after a round: per rater, requirement and criterion the last one given until then.

    A rater who gave no new score in a round stands by the one before; an empty score takes it back.

    Parameters
    ----------
    scores : DataFrame
        The table of scores. Without ``scored_at``, the row furthest down in a round is the last.
    after_round : int, optional
        Number of the round; all rounds by default.
    """
    given = scores if "scored_at" in scores.columns else scores.assign(scored_at=None)
    until = given if after_round is None else given[given["round"] <= after_round]
    last = last_scores(until)
    return last[last["score"].notna()]


def place_scores(scores: pd.DataFrame, criteria: pd.DataFrame, after_round: int | None = None) -> pd.DataFrame:
    """The scores that stood after a round, placed on their criteria's scales.

    Parameters
    ----------
    scores, criteria : DataFrame
        The planning tables of these names.
    after_round : int, optional
        Number of the round; all rounds by default.

    Returns
    -------
    DataFrame
        requirement_id, rater_id, criterion_id, score and height (0 is the lowest end of the criterion's scale, 1 the
        highest), by requirement, criterion in the criteria's order, and rater.

    Raises
    ------
    DataError
        When a criterion is unknown or a score is off its scale.
    """
    given = scores_after(scores, after_round)[["requirement_id", "rater_id", "criterion_id", "score"]]
    scales = criteria[["criterion_id", "scale_min", "scale_max"]].assign(_place=range(len(criteria)))
    placed = given.merge(scales, on="criterion_id", how="left")
    _check(placed)
    low, high = placed["scale_min"].astype(float), placed["scale_max"].astype(float)
    placed["height"] = (placed["score"].astype(float) - low) / (high - low)
    placed = placed.sort_values(["requirement_id", "_place", "rater_id"], ignore_index=True)
    return placed[["requirement_id", "rater_id", "criterion_id", "score", "height"]]


def spread_table(placed: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    """How far apart the raters are, for each requirement and criterion.

    Parameters
    ----------
    placed : DataFrame
        From `place_scores`.
    criteria : DataFrame
        The planning table of this name.

    Returns
    -------
    DataFrame
        requirement_id, criterion_id, criterion (its name), n_raters; mean, lowest and highest on the criterion's own
        scale; spread (standard deviation of these raters, 0 to 0.5) and range (0 to 1) as shares of the scale; level
        (``full``: all the same; ``close``: spread up to `CLOSE`; ``split``; ``one_rater``).

    Examples
    --------
    >>> criteria = pd.DataFrame({"criterion_id": ["V"], "name": ["Value"], "scale_min": [1.0], "scale_max": [5.0]})
    >>> scores = pd.DataFrame({
    ...     "requirement_id": "R1", "rater_id": ["A", "B"], "criterion_id": "V", "round": 1, "score": [2.0, 3.0]})
    >>> spread_table(place_scores(scores, criteria), criteria)[["mean", "spread", "range", "level"]]
       mean  spread  range  level
    0   2.5   0.125   0.25  close
    """
    units = placed.groupby(["requirement_id", "criterion_id"], sort=False)
    given, heights = units["score"], units["height"]
    figures = {
        "n_raters": given.count(),
        "mean": given.mean(),
        "lowest": given.min(),
        "highest": given.max(),
        "spread": heights.std(ddof=0),
        "range": heights.max() - heights.min(),
    }
    table = pd.DataFrame(figures).reset_index()
    table["level"] = _levels(table)
    table["criterion"] = table["criterion_id"].map(criteria.set_index("criterion_id")["name"])
    return table[COLUMNS]


def _levels(table: pd.DataFrame) -> np.ndarray:
    cases = [table["n_raters"] < 2, table["range"] <= SAME, table["spread"] <= CLOSE + SAME]
    return np.select(cases, ["one_rater", "full", "close"], default="split").astype(object)


def _check(placed: pd.DataFrame) -> None:
    problems = [_unknown(key) for key in placed.loc[placed["scale_min"].isna(), "criterion_id"].unique()]
    known = placed[placed["scale_min"].notna()]
    inside = known["score"].between(known["scale_min"], known["scale_max"]) & (known["scale_min"] < known["scale_max"])
    problems += [_off_scale(*row) for row in known[~inside].itertuples(index=False)]
    if problems:
        raise DataError(problems)


def _unknown(key: str) -> Problem:
    return Problem(
        _("{id} is not in the table {table}.").format(id=key, table="criteria"),
        _("an id of the table {table}").format(table="criteria"),
        _("Correct the id, add it to the table, or leave its scores out."),
        Location(file="scores", column="criterion_id"),
    )


def _off_scale(
    requirement: str, rater: str, criterion: str, score: float, low: float, high: float, _place: int
) -> Problem:
    return Problem(
        _("{rater} gave {requirement} the score {found} on {criterion}.").format(
            rater=rater, requirement=requirement, found=score, criterion=criterion
        ),
        _("a score from {low} to {high}").format(low=low, high=high),
        _("Correct the score, or scale_min and scale_max in the criteria table."),
        Location(file="scores", column="score"),
    )
