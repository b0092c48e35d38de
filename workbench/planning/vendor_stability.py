"""How firm scores and the first place are when weights differ: ranges, and the change of one weight that matters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.planning.scoring import SAME
from workbench.planning.smaa import CONCENTRATION, SAMPLES, Group, draw_weights

WITHIN = 0.9
"""Share of the weightings whose scores lie within a range."""


@dataclass(frozen=True)
class WeightChange:
    """The smallest change of one criterion's weight that changes the first place; the other weights keep their ratios.

    Attributes
    ----------
    criterion_id : str
        The criterion.
    share, changed_share : float
        Its share of all weights as given, and where the first place is shared: any further and it is lost.
    weight, changed_weight : float
        The same as weights are entered, the other weights as they are.
    new_first : str
        Who is first beyond that.
    """

    criterion_id: str
    share: float
    changed_share: float
    weight: float
    changed_weight: float
    new_first: str

    @property
    def change(self) -> float:
        """How far the share moves, in shares of all weights; negative when it falls."""
        return self.changed_share - self.share


def score_ranges(goodness: pd.DataFrame, weights: pd.Series, seed: int = 0) -> pd.DataFrame:
    """Between which scores each alternative lies in most of the weightings around the given ones.

    Parameters
    ----------
    goodness : DataFrame
        Alternatives (rows) by criteria (columns), 0 to 1.
    weights : Series
        Above zero, per criterion.
    seed : int
        Same seed, same figures; drawn as `smaa` draws weights.

    Returns
    -------
    DataFrame
        A row per alternative: low and high, the ends of the middle 90% of its weighted goodness, widened to hold that
        of the given weights.

    Examples
    --------
    >>> goodness = pd.DataFrame({"fit": [1.0, 0.5], "price": [0.0, 0.5]}, index=["A", "B"])
    >>> score_ranges(goodness, pd.Series({"fit": 3.0, "price": 1.0})).loc["B"].round(3).tolist()
    [0.5, 0.5]
    """
    shares = (weights / weights.sum()).reindex(goodness.columns).to_numpy(dtype=float)
    group = Group("", tuple(map(str, goodness.columns)), tuple(shares))
    drawn = draw_weights(np.random.default_rng(seed), [group], SAMPLES, CONCENTRATION)[""]
    figures = goodness.to_numpy(dtype=float)
    low, high = np.quantile(drawn @ figures.T, [(1 - WITHIN) / 2, (1 + WITHIN) / 2], axis=0)
    given = figures @ shares
    return pd.DataFrame({"low": np.minimum(low, given), "high": np.maximum(high, given)}, index=goodness.index)


def smallest_weight_change(goodness: pd.DataFrame, weights: pd.Series) -> WeightChange | None:
    """The smallest change of one criterion's weight that changes the first place, exactly.

    With the criterion's share moved to *t* and the other weights in their ratios, the lead over a rival is
    ``t × lead by the criterion + (1 − t) × lead by the others``: a straight line, whose zero is the answer.

    Parameters
    ----------
    goodness : DataFrame
        Alternatives (rows) by criteria (columns), 0 to 1.
    weights : Series
        Above zero, per criterion.

    Returns
    -------
    WeightChange or None
        None when no weight of one criterion changes the first place, or when it is shared already.

    Examples
    --------
    >>> goodness = pd.DataFrame({"fit": [1.0, 0.0], "price": [0.0, 1.0]}, index=["A", "B"])
    >>> smallest_weight_change(goodness, pd.Series({"fit": 3.0, "price": 1.0})).changed_share
    0.5
    """
    shares = (weights / weights.sum()).reindex(goodness.columns)
    scores = goodness @ shares
    if len(goodness) < 2 or (scores > scores.max() - SAME).sum() > 1:
        return None
    first = str(scores.idxmax())
    changes = [
        change
        for criterion in goodness.columns
        for rival in goodness.index
        if (change := _change(goodness, weights, shares, str(criterion), (first, str(rival)))) is not None
    ]
    return min(changes, key=lambda change: abs(change.change), default=None)


def _change(
    goodness: pd.DataFrame, weights: pd.Series, shares: pd.Series, criterion: str, pair: tuple[str, str]
) -> WeightChange | None:
    """Where the rival takes the first's place by a change of this criterion alone."""
    share = float(shares[criterion])
    if share > 1 - SAME:
        return None
    ahead = pd.Series(goodness.loc[pair[0]].to_numpy() - goodness.loc[pair[1]].to_numpy(), index=goodness.columns)
    by_criterion = ahead.to_dict()[criterion]
    by_others = float((ahead * shares).drop(criterion).to_numpy().sum()) / (1 - share)
    if min(by_criterion, by_others) > -SAME:
        return None
    moved = by_others / (by_others - by_criterion)
    others = float(weights.drop(criterion).sum())
    return WeightChange(criterion, share, moved, float(weights[criterion]), others * moved / (1 - moved), pair[1])
