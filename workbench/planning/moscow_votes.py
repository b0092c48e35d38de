"""One MoSCoW class per requirement out of the classes that several raters gave it."""

from __future__ import annotations

import pandas as pd

from workbench.planning.scoring import SAME
from workbench.program.tables import MOSCOW


def classes_by_vote(preferences: pd.DataFrame, raters: pd.DataFrame) -> pd.DataFrame:
    """The highest class that more than half of the votes' weight supports.

    Who votes for a class supports all lower ones too. So this is the middle vote; where the votes stand half against
    half, the more modest class, because a committee's trouble is to have too many musts.

    Parameters
    ----------
    preferences, raters : DataFrame
        The planning tables of these names. Rows without a class, and of raters who weigh nothing, are no votes.

    Returns
    -------
    DataFrame
        A row per requirement with a vote, in the order of the ids: requirement_id, class, votes (how many), and for
        each class the share of the votes' weight that it got.

    Examples
    --------
    >>> preferences = pd.DataFrame({
    ...     "requirement_id": "R1", "rater_id": ["A", "B", "C"], "moscow": ["must", "should", "wont"]})
    >>> raters = pd.DataFrame({"rater_id": ["A", "B", "C"], "weight": 1.0})
    >>> classes_by_vote(preferences, raters)[["requirement_id", "class", "votes"]].values.tolist()
    [['R1', 'should', 3]]
    """
    votes = preferences[preferences["moscow"].isin(MOSCOW)].merge(raters[["rater_id", "weight"]], on="rater_id")
    votes = votes[votes["weight"] > 0]
    weights = votes.pivot_table(index="requirement_id", columns="moscow", values="weight", aggfunc="sum")
    shares = weights.reindex(columns=list(MOSCOW)).astype(float).fillna(0.0)
    shares = shares.div(shares.sum(axis=1), axis=0)
    supported = shares.cumsum(axis=1) > 0.5 + SAME
    table = shares.rename_axis(columns=None)
    table.insert(0, "class", supported.idxmax(axis=1).astype(object) if len(table) else [])
    table.insert(1, "votes", votes.groupby("requirement_id").size().reindex(table.index).astype(int))
    return table.reset_index()
