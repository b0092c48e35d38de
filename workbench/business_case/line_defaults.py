"""Defaults of a table's cells: what is meant where one is empty, or its column missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.program.columns import Column, Kind
from workbench.program.tables import TABLES

WITHOUT_TEXT = (Kind.INTEGER, Kind.NUMBER, Kind.DATE)


def default_of(column: Column) -> Any:
    """What an empty cell of a column means: its default, else "" for a text and None for a figure or a day.

    Examples
    --------
    >>> [default_of(TABLES["costs"].column(name)) for name in ("name", "first_period", "last_period")]
    ['', 1, None]
    """
    if column.default is None and column.kind not in WITHOUT_TEXT:
        return ""
    return column.default


def completed(lines: pd.DataFrame, table: str) -> pd.DataFrame:
    """All columns that a table declares, with its defaults wherever a column or a cell is missing.

    Parameters
    ----------
    lines : DataFrame
        The table, or what there is of it.
    table : str
        Its name.

    Returns
    -------
    DataFrame
        Of objects, so that a whole number beside an empty cell stays one.

    Examples
    --------
    >>> lines = completed(pd.DataFrame({"cost_id": ["C-1"], "first_period": [None]}), "costs")
    >>> lines[["cost_id", "first_period", "last_period", "profile"]].to_numpy().tolist()
    [['C-1', 1, None, 'even']]
    """
    columns = TABLES[table].columns
    complete = lines.reindex(columns=[column.name for column in columns]).astype(object)
    for column in columns:
        missing = complete[column.name].isna() | (complete[column.name] == "")
        complete[column.name] = complete[column.name].where(~missing, default_of(column))
    return complete
