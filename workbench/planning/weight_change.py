"""What new weights would change: each criterion's share of its axis, now and then."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.language import gettext as _
from workbench.language import percent
from workbench.planning.judged_weights import criterion_names, shares_in_use
from workbench.planning.scoring import SAME
from workbench.planning.weighting import Weights
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class WeightChange(Result):
    """The weights in use beside new ones.

    Attributes
    ----------
    table : DataFrame
        A row per criterion, in the order given: criterion_id, criterion (its name), used and new (its share of the
        axis's weight; used is NaN where the axis weighs nothing).
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The criteria with both weights, as in `table`."""
        return self.table.copy()

    @property
    def weights(self) -> dict[str, float]:
        """Criterion id → its new weight."""
        return {str(key): float(new) for key, new in zip(self.table["criterion_id"], self.table["new"], strict=True)}

    @property
    def changes(self) -> pd.DataFrame:
        """The rows of `table` whose weight changes."""
        gaps = (self.table["new"] - self.table["used"]).abs()
        return self.table[~(gaps <= SAME)]

    @property
    def conclusion(self) -> str:
        """Every criterion whose weight changes, from what to what."""
        if self.changes.empty:
            return _("These are the weights in use.")
        told = _("{criterion} from {used} to {new}")
        rows = zip(*(self.changes[name] for name in ("criterion", "used", "new")), strict=True)
        each = [told.format(criterion=name, used=_share(used), new=_share(new)) for name, used, new in rows]
        return _("What changes: {changes}.").format(changes="; ".join(each))


def weight_change(criteria: pd.DataFrame, weights: Weights) -> WeightChange:
    """The new weights of an axis beside those in use.

    Parameters
    ----------
    criteria : DataFrame
        The criteria of one axis: criterion_id, name, axis and weight.
    weights : Weights
        The new weights, by the names that `criterion_names` gives.

    Examples
    --------
    >>> from workbench.planning.weighting import direct_weights
    >>> criteria = pd.DataFrame({
    ...     "criterion_id": ["V", "R"], "name": ["Value", "Reach"], "axis": "value", "weight": [3.0, 1.0]})
    >>> weight_change(criteria, direct_weights({"Value": 1, "Reach": 1})).conclusion
    'What changes: Value from 75% to 50%; Reach from 25% to 50%.'
    """
    names = criterion_names(criteria)
    table = pd.DataFrame({"criterion_id": list(names), "criterion": list(names.values())})
    table["used"] = shares_in_use(criteria).reindex(list(names)).to_numpy()
    table["new"] = weights.weights.reindex(list(names.values())).to_numpy()
    return WeightChange(table)


def _share(value: float) -> str:
    return _("nothing") if pd.isna(value) else percent(value)
