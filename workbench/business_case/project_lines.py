"""Project costs: which cost lines are paid to make the thing, and which to run it."""

from __future__ import annotations

import pandas as pd

from workbench.program.profiles import Profile
from workbench.program.tables import TABLES


def project_lines(costs: pd.DataFrame, horizon_months: int) -> pd.Series[bool]:
    """Whether each cost line is a project cost: one that is over before the horizon.

    What goes on to the horizon is a running cost, which neither the published overruns of projects nor the guidance on
    optimism bias speak of.

    Parameters
    ----------
    costs : DataFrame
        The table of this name; what is missing has the table's default.
    horizon_months : int
        Last month that counts.

    Returns
    -------
    Series of bool
        By the rows of the table.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["Build", "Run"], "last_period": pd.array([12, None], dtype="Int64")})
    >>> project_lines(costs, 36).tolist()
    [True, False]
    """
    declared = TABLES["costs"]
    timing = costs.reindex(columns=["first_period", "last_period", "profile"]).astype(object)
    ended = [
        _is_over(
            int(declared.column("first_period").default if pd.isna(first) else first),
            horizon_months if pd.isna(last) else int(last),
            Profile.parse(str(profile) if profile and not pd.isna(profile) else "even"),
            horizon_months,
        )
        for first, last, profile in timing.itertuples(index=False)
    ]
    return pd.Series(ended, index=costs.index, dtype=bool)


def _is_over(first: int, last: int, profile: Profile, horizon: int) -> bool:
    return last < horizon or (first <= horizon and profile.is_over_after(horizon - first + 1))
