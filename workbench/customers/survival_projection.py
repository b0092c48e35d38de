"""What a model of staying expects, beside what was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench import language
from workbench.customers.survival import DAYS_A_YEAR, Survival
from workbench.language import gettext as _
from workbench.results import Result

DAYS_A_MONTH = DAYS_A_YEAR / 12


@dataclass(frozen=True, eq=False)
class SurvivalProjection(Result):
    """A model's survival beside what was seen.

    Attributes
    ----------
    table : DataFrame
        period, days (in the middle until the next), observed, low, high (Kaplan–Meier; no numbers beyond what was
        seen), projected.
    furthest_off : float
        The largest difference of the two where both are known.
    within : float
        Share of these periods in which the model lies inside the interval.
    """

    table: pd.DataFrame
    furthest_off: float
    within: float

    def to_frame(self) -> pd.DataFrame:
        """The periods."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """How near the model comes, and what it expects at the end."""
        last = self.table.iloc[-1]
        told = _("After {count} periods {share} are expected to be still there.").format(
            count=language.exact(last["period"]), share=language.percent(last["projected"])
        )
        if np.isnan(self.furthest_off):
            return told
        more = _("Where it can be compared, the model is off by {points} percentage points at most.")
        return f"{told} {more.format(points=language.number(100 * self.furthest_off, 2))}"


def projection(
    found: Survival,
    model: Callable[[NDArray[np.float64]], ArrayLike],
    periods: int,
    *,
    days_a_period: float = DAYS_A_MONTH,
    group: str | None = None,
) -> SurvivalProjection:
    """What a model of staying expects, beside what was seen.

    Parameters
    ----------
    found : Survival
        What was seen.
    model : callable
        Share still there after so many periods (an array), for example ``ShiftedBetaGeometric.survival``.
    periods : int
        How many to look ahead from joining.
    days_a_period : float
        Days between two renewals.
    group : str, optional
        The group that the model is of; the first one by default.

    Notes
    -----
    What was seen is read in the middle between two renewals: calendar months differ in length, so that on the day of a
    renewal only some have come to it.
    """
    period = np.arange(periods + 1)
    seen = found.share_at((period + 0.5) * days_a_period, group).rename(columns={"share": "observed"})
    table = seen.assign(projected=np.asarray(model(period.astype(float)), dtype=float))
    table.insert(0, "period", period)
    both = table[table["observed"].notna() & (table["period"] > 0)]
    inside = (both["projected"] >= both["low"]) & (both["projected"] <= both["high"])
    known = both["low"].notna()
    return SurvivalProjection(
        table,
        float((both["projected"] - both["observed"]).abs().max()) if len(both) else float("nan"),
        float(inside[known].mean()) if known.any() else float("nan"),
    )
