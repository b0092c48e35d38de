"""Double counting: benefit lines that claim the same gain in the same months."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench import language
from workbench.business_case.moving_assumption import moving_assumptions
from workbench.language import gettext as _
from workbench.program.profiles import Profile
from workbench.program.tables import TABLES
from workbench.results import Result

ROUNDING = 1e-9


@dataclass(frozen=True)
class Overlap:
    """Benefit lines that may count the same gain twice.

    Attributes
    ----------
    code : str
        same_metric or same_assumption.
    line_ids : tuple of str
        The lines.
    subject : str
        The metric, or the assumption, that they share.
    first, last : int
        The months in which they overlap.
    message : str
        What was found and why it may be wrong, in the language in use.
    consequence : str
        What to do about it.
    """

    code: str
    line_ids: tuple[str, ...]
    subject: str
    first: int
    last: int
    message: str
    consequence: str


@dataclass(frozen=True, eq=False)
class DoubleCounting(Result):
    """Where benefits may count twice.

    Attributes
    ----------
    overlaps : tuple of Overlap
        Those by metric first.
    moving : dict of str to str
        The assumption whose change makes each line's gain, as far as it can be told.
    """

    overlaps: tuple[Overlap, ...]
    moving: dict[str, str]

    def to_frame(self) -> pd.DataFrame:
        """code, lines, subject, first, last, message and consequence of each overlap."""
        rows = [
            (each.code, ", ".join(each.line_ids), each.subject, each.first, each.last, each.message, each.consequence)
            for each in self.overlaps
        ]
        names = ["code", "lines", "subject", "first", "last", "message", "consequence"]
        return pd.DataFrame(rows, columns=names)

    @property
    def conclusion(self) -> str:
        """What was found."""
        if not self.overlaps:
            return _("No two benefit lines claim the same gain.")
        return " ".join(overlap.message for overlap in self.overlaps)


@dataclass(frozen=True)
class _Claim:
    """What a benefit line claims."""

    line_id: str
    metric_id: str
    formula: str
    attribution: float
    first: int
    last: int


def double_counting(
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    horizon_months: int,
    moving: Mapping[str, str] | None = None,
) -> DoubleCounting:
    """Find benefit lines that claim the same movement of a metric, or the same change of an assumption.

    Two lines claim the same metric when both name it, their months overlap, and their attributions there come to more
    than the whole. They claim the same change when `moving_assumptions` gives both the same assumption and their months
    overlap.

    Parameters
    ----------
    benefits, assumptions : DataFrame
        The tables of these names; what is missing has the table's default.
    horizon_months : int
        Last month that counts.
    moving : mapping of str to str, optional
        The moving assumption of lines for which the one found is not right.

    Raises
    ------
    DataError
        When a formula cannot be read.

    Examples
    --------
    >>> benefits = pd.DataFrame(
    ...     {"benefit_id": ["B-1", "B-2"], "metric_id": ["churn", "churn"], "formula": ["5", "7"],
    ...      "attribution": [0.8, 0.5]})
    >>> found = double_counting(benefits, pd.DataFrame(columns=["assumption_id", "base"]), 36)
    >>> [(each.code, each.line_ids) for each in found.overlaps]
    [('same_metric', ('B-1', 'B-2'))]
    """
    claims = [claim for row in _completed(benefits) if (claim := _claim(row, horizon_months))]
    formulas = {claim.line_id: claim.formula for claim in claims}
    found = moving_assumptions(formulas, assumptions) | dict(moving or {})
    overlaps = (*_by_metric(claims), *_by_assumption(claims, found))
    return DoubleCounting(overlaps, found)


def _completed(benefits: pd.DataFrame) -> list[dict[Any, Any]]:
    declared = TABLES["benefits"]
    complete = benefits.reindex(columns=list(declared.headings)).astype(object)
    for column in declared.columns:
        missing = complete[column.name].isna() | (complete[column.name] == "")
        complete[column.name] = complete[column.name].where(~missing, column.default)
    return complete.to_dict("records")


def _claim(row: Mapping[Any, Any], horizon: int) -> _Claim | None:
    """The line's claim, or None where it begins after the horizon."""
    first = int(row["first_period"])
    last = horizon if pd.isna(row["last_period"]) else min(int(row["last_period"]), horizon)
    if Profile.parse(str(row["profile"])).kind == "one_off":
        last = min(first, last)
    if first > last:
        return None
    metric = "" if pd.isna(row["metric_id"]) else str(row["metric_id"])
    return _Claim(str(row["benefit_id"]), metric, str(row["formula"]), float(row["attribution"]), first, last)


def _by_metric(claims: list[_Claim]) -> Iterator[Overlap]:
    metrics = dict.fromkeys(claim.metric_id for claim in claims if claim.metric_id)
    for metric in metrics:
        sharing = [claim for claim in claims if claim.metric_id == metric]
        months = [month for month in _edges(sharing) if _is_overclaimed(_active(sharing, month))]
        if months:
            yield _metric_overlap(metric, sharing, months)


def _edges(claims: list[_Claim]) -> list[int]:
    """All months from the first in which any claim runs to the last."""
    return list(range(min(claim.first for claim in claims), max(claim.last for claim in claims) + 1))


def _active(claims: list[_Claim], month: int) -> list[_Claim]:
    return [claim for claim in claims if claim.first <= month <= claim.last]


def _is_overclaimed(active: list[_Claim]) -> bool:
    return len(active) > 1 and math.fsum(claim.attribution for claim in active) > 1 + ROUNDING


def _metric_overlap(metric: str, claims: list[_Claim], months: list[int]) -> Overlap:
    together = [_active(claims, month) for month in months]
    lines = tuple(claim.line_id for claim in claims if any(claim in active for active in together))
    most = max(math.fsum(claim.attribution for claim in active) for active in together)
    message = _(
        "The lines {lines} all claim the movement of the metric {metric}; in months {first} to {last} their "
        "attributions come to {total} of it."
    ).format(
        lines=language.listed(list(lines)),
        metric=metric,
        first=months[0],
        last=months[-1],
        total=language.percent(most),
    )
    remedy = _("Divide the attribution among them so that it comes to 100% at most, or give them different metrics.")
    return Overlap("same_metric", lines, metric, months[0], months[-1], message, remedy)


def _by_assumption(claims: list[_Claim], moving: Mapping[str, str]) -> Iterator[Overlap]:
    for one, other in itertools.combinations(claims, 2):
        assumption = moving.get(one.line_id, "")
        first, last = max(one.first, other.first), min(one.last, other.last)
        if assumption and assumption == moving.get(other.line_id) and first <= last:
            yield _assumption_overlap(assumption, (one.line_id, other.line_id), first, last)


def _assumption_overlap(assumption: str, lines: tuple[str, str], first: int, last: int) -> Overlap:
    message = _(
        "The lines {lines} both gain by the same change, that of {assumption}, in months {first} to {last}: the same "
        "money may be counted twice."
    ).format(lines=language.listed(list(lines)), assumption=assumption, first=first, last=last)
    remedy = _("Check that each counts a different gain of that change; if not, keep one of them.")
    return Overlap("same_assumption", lines, assumption, first, last, message, remedy)
