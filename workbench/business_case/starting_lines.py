"""Where a business case can start: all drivers of cost and benefit as rows of the program's tables."""

from __future__ import annotations

import pandas as pd

from workbench.business_case.cost_drivers import cost_drivers
from workbench.business_case.value_drivers import value_drivers


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
