"""What a committee should discuss first: where raters differ and the order of the requirements depends on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from workbench.language import gettext as _
from workbench.language import number
from workbench.planning.scoring import INDICES, SAME, score_requirements
from workbench.planning.spread import WIDEST

COLUMNS = [
    "requirement_id",
    "priority",
    "disagreement",
    "place",
    "best_place",
    "worst_place",
    "criterion_id",
    "reason",
]


def rater_indices(criteria: pd.DataFrame, raters: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """The indices that each rater's own scores give, as if there were no other rater.

    Parameters
    ----------
    criteria, raters, scores : DataFrame
        The planning tables of these names.

    Returns
    -------
    DataFrame
        A row per requirement and rater who scored it: requirement_id, rater_id, value, urgency, complexity (0 to 100,
        NaN on an axis that the rater did not score). Raters who weigh nothing are left out.

    Raises
    ------
    DataError
        As `workbench.planning.scoring.score_requirements`.
    """
    heard = raters.loc[raters["weight"] > 0, "rater_id"]
    given = scores[scores["rater_id"].isin(heard)]
    pairs = given[["requirement_id", "rater_id"]].drop_duplicates().reset_index(drop=True)
    # One requirement for each pair and one rater for all, so that the scores are reduced in a single pass.
    pairs["pair"] = pairs.index.astype(str)
    own_scores = given.merge(pairs, on=["requirement_id", "rater_id"])
    own_scores = own_scores.assign(requirement_id=own_scores["pair"], rater_id="own")
    own_requirements = pd.DataFrame({"requirement_id": pairs["pair"], "title": "", "department": ""})
    one_rater = pd.DataFrame({"rater_id": ["own"], "weight": [1.0]})
    indices = score_requirements(own_requirements, criteria, one_rater, own_scores).table[list(INDICES)]
    table = pairs.join(indices, on="pair").drop(columns="pair")
    return table[table[list(INDICES)].notna().any(axis=1)].reset_index(drop=True)


def influence(
    indices: pd.DataFrame, own: pd.DataFrame, lens_score: Callable[[pd.DataFrame], pd.Series]
) -> pd.DataFrame:
    """How much a requirement's place changes when one rater's scores of it stand in for the committee's.

    All other requirements keep the committee's indices; an axis that the rater did not score keeps the committee's
    index too.

    Parameters
    ----------
    indices : DataFrame
        The committee's: index requirement_id; value, urgency, complexity.
    own : DataFrame
        From `rater_indices`.
    lens_score : callable
        Takes a table with the indices and gives the lens score of each row, as ``LENSES[name].key`` of
        `workbench.planning.lenses` that is not relative. The higher, the earlier.

    Returns
    -------
    DataFrame
        A row per requirement that the lens can rank: requirement_id, place (1 is first; equal scores share it),
        best_place, worst_place (of the committee and all single raters) and share (the places between them, over the
        most that there could be: 0 to 1).

    Examples
    --------
    >>> indices = pd.DataFrame({"value": [60.0, 50.0], "urgency": 0.0, "complexity": 0.0}, index=["R1", "R2"])
    >>> own = pd.DataFrame({
    ...     "requirement_id": ["R1", "R1"], "rater_id": ["A", "B"], "value": [90.0, 30.0], "urgency": 0.0,
    ...     "complexity": 0.0})
    >>> influence(indices.rename_axis("requirement_id"), own, lambda table: table["value"])["worst_place"].tolist()
    [2.0, 2.0]
    """
    committee = lens_score(indices).astype(float).dropna()
    table = pd.DataFrame({"requirement_id": committee.index, "place": _places(committee, committee)})
    by_rater = _substituted(indices, own[own["requirement_id"].isin(committee.index)])
    by_rater["place"] = _places(lens_score(by_rater).astype(float).set_axis(by_rater["requirement_id"]), committee)
    every = pd.concat([table, by_rater[["requirement_id", "place"]]]).groupby("requirement_id")["place"]
    ends = [table["requirement_id"].map(end).astype(float) for end in (every.min(), every.max())]
    most = max(len(committee) - 1, 1)
    return table.assign(best_place=ends[0], worst_place=ends[1], share=(ends[1] - ends[0]) / most)


def discuss_first(table: pd.DataFrame, places: pd.DataFrame | None = None) -> pd.DataFrame:
    """Put the requirements in the order in which to discuss them: disagreement × influence on the ranking.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.spread.spread_table`.
    places : DataFrame, optional
        From `influence`. Without it the order is by disagreement alone.

    Returns
    -------
    DataFrame
        The requirements on which raters differ, the most pressing first: requirement_id; priority (disagreement times
        the share of the ranking that the place moves over); disagreement (mean spread over the criteria, as a share of
        the widest possible: 0 to 1); place, best_place, worst_place (``<NA>`` where not ranked); criterion_id (the
        one that raters are furthest apart on); reason (in the language in use).
    """
    shared = table[table["n_raters"] > 1]
    rows = shared.groupby("requirement_id")["spread"].mean().div(WIDEST).rename("disagreement").reset_index()
    rows = rows[rows["disagreement"] > SAME]
    widest = shared.loc[shared.groupby("requirement_id")["spread"].idxmax()]
    rows = rows.merge(widest[["requirement_id", "criterion_id", "criterion", "lowest", "highest"]], on="requirement_id")
    rows = _with_places(rows, places)
    rows["reason"] = [_reason(row, places is not None) for row in rows.itertuples()]
    order = rows.assign(priority=rows["priority"].round(9), disagreement=rows["disagreement"].round(9)).sort_values(
        ["priority", "disagreement", "requirement_id"], ascending=[False, False, True]
    )
    return rows.loc[order.index, COLUMNS].reset_index(drop=True)


def _substituted(indices: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Each rater's own indices, the committee's where the rater gave none."""
    axes = list(INDICES)
    committee = indices.loc[own["requirement_id"], axes].set_axis(own.index)
    return own[["requirement_id", "rater_id"]].join(own[axes].fillna(committee))


def _places(scores: pd.Series, committee: pd.Series) -> np.ndarray:
    """The place that each score would have among the committee's scores of all other requirements."""
    values = committee.to_numpy()
    ahead = (values[None, :] > scores.to_numpy()[:, None] + SAME).sum(axis=1)
    itself = committee.loc[scores.index].to_numpy() > scores.to_numpy() + SAME
    return np.asarray(1 + ahead - itself)


def _with_places(rows: pd.DataFrame, places: pd.DataFrame | None) -> pd.DataFrame:
    names = ["place", "best_place", "worst_place"]
    if places is None:
        blank = pd.array([pd.NA] * len(rows), dtype="Int64")
        return rows.assign(**dict.fromkeys(names, blank), priority=rows["disagreement"])
    placed = rows.merge(places, on="requirement_id", how="left").set_axis(rows.index)
    placed[names] = placed[names].astype("Int64")
    return placed.assign(priority=placed["disagreement"] * placed["share"].fillna(0.0))


def _reason(row: Any, ranked: bool) -> str:
    told = _("Raters are furthest apart on {criterion}: scores from {low} to {high}.").format(
        criterion=row.criterion, low=number(row.lowest), high=number(row.highest)
    )
    return f"{told} {_reason_of_place(row)}" if ranked else told


def _reason_of_place(row: Any) -> str:
    if pd.isna(row.place):
        return _("It is not ranked.")
    if row.best_place == row.worst_place:
        return _("Its place, {place}, is the same by each rater's own scores.").format(place=row.place)
    return _("By single raters' own scores its place would be anywhere from {best} to {worst}; it is {place}.").format(
        best=row.best_place, worst=row.worst_place, place=row.place
    )
