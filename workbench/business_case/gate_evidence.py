"""Which measurements a gate weighs in: those that were there, and that the plan does not rest on already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.program import formulas


@dataclass(frozen=True, eq=False)
class GateEvidence:
    """The measurements of a program, as a gate sees them.

    Attributes
    ----------
    counted : DataFrame
        Those that are weighed in.
    known : DataFrame
        Those that are no younger than the figure in the plan: it rests on them, and they would count twice.
    later : int
        How many were made after the gate, and wait for the next.
    """

    counted: pd.DataFrame
    known: pd.DataFrame
    later: int


def evidence_at(evidence: pd.DataFrame, assumptions: pd.DataFrame, until: date) -> GateEvidence:
    """Sort the measurements by what a gate does with them.

    Parameters
    ----------
    evidence : DataFrame
        The table of this name: assumption_id, measured_on and the figures.
    assumptions : DataFrame
        The table of this name; ``as_of`` is the day of the figure. One without a day has no measurement behind it.
    until : date
        The day of the gate.

    Examples
    --------
    >>> plan = pd.DataFrame({"assumption_id": ["calls"], "as_of": [pd.Timestamp("2026-06-30")]})
    >>> days = pd.to_datetime(["2026-06-30", "2026-08-31", "2026-12-31"])
    >>> found = evidence_at(pd.DataFrame({"assumption_id": "calls", "measured_on": days}), plan, date(2026, 9, 30))
    >>> len(found.counted), len(found.known), found.later
    (1, 1, 1)
    """
    measured_on = pd.to_datetime(evidence["measured_on"])
    later = measured_on > pd.Timestamp(until)
    known = ~later & (measured_on <= _days(evidence, assumptions))
    return GateEvidence(evidence[~later & ~known], evidence[known], int(later.sum()))


def _days(evidence: pd.DataFrame, assumptions: pd.DataFrame) -> pd.Series:
    """The day of the figure that each measurement is of; NaT where there is none."""
    told = assumptions.reindex(columns=["assumption_id", "as_of"])
    names = [formulas.normalised(str(name)) for name in told["assumption_id"]]
    days = dict(zip(names, pd.to_datetime(told["as_of"]), strict=True))
    of_each = [days.get(formulas.normalised(str(name)), pd.NaT) for name in evidence["assumption_id"]]
    return pd.Series(of_each, index=evidence.index, dtype="datetime64[us]")
