"""Evidence: how many of the assumptions rest on which kind of it."""

from __future__ import annotations

import pandas as pd

NOT_STATED = ""
"""What stands in place of a kind of evidence where an assumption names none."""


def evidence_counts(assumptions: pd.DataFrame, kinds: tuple[str, ...]) -> dict[str, int]:
    """How many assumptions rest on each kind of evidence.

    Parameters
    ----------
    assumptions : DataFrame
        The table of this name.
    kinds : tuple of str
        The kinds of evidence, the strongest first.

    Returns
    -------
    dict of str to int
        The kinds that occur, in their order, and `NOT_STATED` last.

    Examples
    --------
    >>> evidence_counts(pd.DataFrame({"evidence": ["opinion", "", "opinion"]}), ("matched", "opinion"))
    {'opinion': 2, '': 1}
    """
    counts = assumptions["evidence"].value_counts()
    return {kind: int(counts[kind]) for kind in (*kinds, NOT_STATED) if kind in counts}
