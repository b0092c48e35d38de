"""The moving assumption of a benefit line: the one whose change makes the gain."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workbench.errors import DataError
from workbench.program import formulas


def moving_assumptions(lines: Mapping[str, str], assumptions: pd.DataFrame) -> dict[str, str]:
    """The assumption that each benefit line's gain rests on, as far as it can be told.

    A gain is a volume, times a change, times a price. All three bring the line to nothing when they are nothing, so one
    of those is meant; of the three it is the change that is known least, so it is taken to be the one whose range is
    the widest for its base value. A line none of whose assumptions has a range has none.

    Parameters
    ----------
    lines : mapping of str to str
        Formula by line.
    assumptions : DataFrame
        The table of this name: assumption_id, low, base, high.

    Returns
    -------
    dict of str to str
        Assumption by line; lines for which none can be told are not there.

    Raises
    ------
    DataError
        When a formula cannot be read.

    Examples
    --------
    >>> rows = {"assumption_id": ["calls", "saved"], "low": [90.0, 5.0], "base": [100.0, 10.0], "high": [110.0, 15.0]}
    >>> moving_assumptions({"B-1": "calls * saved / 3600"}, pd.DataFrame(rows))
    {'B-1': 'saved'}
    """
    table = assumptions.reindex(columns=["assumption_id", "low", "base", "high"])
    names = [formulas.normalised(str(name)) for name in table["assumption_id"]]
    figures = table[["low", "base", "high"]].astype(float).set_axis(names, axis="index")
    values = {str(name): float(base) for name, base in figures["base"].items()}
    spans = figures[figures["base"] != 0].dropna()
    widths = {str(name): float(high - low) / abs(base) for name, (low, base, high) in spans.iterrows()}
    found = {line_id: _widest(formula, values, widths) for line_id, formula in lines.items()}
    return {line_id: name for line_id, name in found.items() if name}


def _widest(formula: str, values: Mapping[str, float], widths: Mapping[str, float]) -> str:
    candidates = [name for name in sorted(formulas.names(formula)) if widths.get(name, 0.0) > 0]
    needed = [name for name in candidates if _vanishes(formula, values, name)]
    return max(needed, key=lambda name: widths[name], default="")


def _vanishes(formula: str, values: Mapping[str, float], name: str) -> bool:
    """Whether the line comes to nothing when this assumption does; not where it then has no value at all."""
    try:
        return formulas.evaluate(formula, {**values, name: 0.0}) == 0
    except DataError:
        return False
