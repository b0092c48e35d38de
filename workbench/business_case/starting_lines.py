"""Where a business case can start: all drivers of cost and benefit as rows of the program's tables."""

from __future__ import annotations

import pandas as pd

from workbench.business_case.cost_drivers import cost_drivers
from workbench.business_case.value_drivers import value_drivers

STARTING = {"build_months": 12.0, "value_months": 36.0, "yearly_discount": 0.10}
"""What is not 0 at the start: the months of the build and the settings of a new program, which divide other figures."""


def starting_lines() -> dict[str, pd.DataFrame]:
    """Rows of the tables ``assumptions``, ``costs`` and ``benefits`` for a program that has none yet.

    Returns
    -------
    dict of str to DataFrame
        By table; names and units in the language in use. No assumption has a figure, and a program with an assumption
        without a base value is refused, so that none is forgotten.

    Examples
    --------
    >>> {name: len(rows) for name, rows in starting_lines().items()}
    {'assumptions': 54, 'costs': 16, 'benefits': 6}
    """
    cost, value = cost_drivers(), value_drivers()
    # What both sets ask for, such as the hour of a clerk, is asked once.
    assumptions = pd.concat([cost.assumptions, value.assumptions]).drop_duplicates("assumption_id")
    return {
        "assumptions": assumptions.reset_index(drop=True),
        "costs": pd.concat([cost.costs, value.losses], ignore_index=True),
        "benefits": value.benefits,
    }


def lines_at_zero() -> dict[str, pd.DataFrame]:
    """The rows of `starting_lines` with a figure in each assumption, so that a new program can be computed at once.

    Each is 0 but those of `STARTING`, without which a formula would divide by zero: whatever is not filled in yet
    neither costs nor returns anything. None names a source, by which `Program.open` tells them from a figure that is
    really 0.

    Examples
    --------
    >>> lines_at_zero()["assumptions"].set_index("assumption_id").loc[["crm_users", "build_months"], "base"].tolist()
    [0.0, 12.0]
    """
    tables = starting_lines()
    assumptions = tables["assumptions"]
    base = assumptions["assumption_id"].map(STARTING).fillna(0.0)
    return tables | {"assumptions": assumptions.assign(base=base)}
