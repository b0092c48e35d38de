"""Double counting: benefit lines that claim the same gain in the same months."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.business_case.cash_flows import CashFlows
from workbench.business_case.line_defaults import completed
from workbench.business_case.moving_assumption import moving_assumptions
from workbench.language import gettext as _
from workbench.program.profiles import Profile
from workbench.results import Result

ROUNDING = 1e-9
Gains: TypeAlias = dict[str, NDArray[np.float64]]


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
    amount : float or None
        What may count twice, of the benefits after attribution and risk in these months: by metric, what is above the
        whole when the attributions are cut down to it alike; by assumption, all but the larger line. None where no
        flows were given.
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
    amount: float | None
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
        """code, lines, subject, first, last, amount, message and consequence of each overlap."""
        names = ["code", "lines", "subject", "first", "last", "amount", "message", "consequence"]
        rows = [vars(each) | {"lines": ", ".join(each.line_ids)} for each in self.overlaps]
        return pd.DataFrame(rows, columns=names).astype({"amount": float})

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
    flows: CashFlows | None = None,
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
    flows : CashFlows, optional
        The flows of these lines, to tell how much money may count twice.

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
    rows = completed(benefits, "benefits").to_dict("records")
    claims = [claim for row in rows if (claim := _claim(row, horizon_months))]
    formulas = {claim.line_id: claim.formula for claim in claims}
    found = moving_assumptions(formulas, assumptions) | dict(moving or {})
    gains = _gains(flows)
    overlaps = (*_by_metric(claims, gains), *_by_assumption(claims, found, gains))
    return DoubleCounting(overlaps, found)


def _gains(flows: CashFlows | None) -> Gains | None:
    """What each benefit line brings in each month."""
    if flows is None:
        return None
    is_benefit = (flows.lines["kind"] == "benefit").to_numpy()
    months = flows.line_flows[is_benefit].to_numpy(dtype=float)
    return dict(zip(flows.lines.loc[is_benefit, "line_id"].astype(str), months, strict=True))


def _claim(row: Mapping[Any, Any], horizon: int) -> _Claim | None:
    """The line's claim, or None where it begins after the horizon."""
    first = int(row["first_period"])
    last = horizon if pd.isna(row["last_period"]) else min(int(row["last_period"]), horizon)
    if Profile.parse(str(row["profile"])).kind == "one_off":
        last = min(first, last)
    if first > last:
        return None
    told = (str(row["benefit_id"]), str(row["metric_id"]), str(row["formula"]))
    return _Claim(*told, float(row["attribution"]), first, last)


def _by_metric(claims: list[_Claim], gains: Gains | None) -> Iterator[Overlap]:
    metrics = dict.fromkeys(claim.metric_id for claim in claims if claim.metric_id)
    for metric in metrics:
        sharing = [claim for claim in claims if claim.metric_id == metric]
        months = [month for month in _edges(sharing) if _is_overclaimed(_active(sharing, month))]
        if months:
            yield _metric_overlap(metric, sharing, months, gains)


def _edges(claims: list[_Claim]) -> list[int]:
    """All months from the first in which any claim runs to the last."""
    return list(range(min(claim.first for claim in claims), max(claim.last for claim in claims) + 1))


def _active(claims: list[_Claim], month: int) -> list[_Claim]:
    return [claim for claim in claims if claim.first <= month <= claim.last]


def _is_overclaimed(active: list[_Claim]) -> bool:
    return len(active) > 1 and _claimed(active) > 1 + ROUNDING


def _claimed(active: list[_Claim]) -> float:
    return math.fsum(claim.attribution for claim in active)


def _metric_overlap(metric: str, claims: list[_Claim], months: list[int], gains: Gains | None) -> Overlap:
    together = {month: _active(claims, month) for month in months}
    lines = tuple(claim.line_id for claim in claims if any(claim in active for active in together.values()))
    most = max(map(_claimed, together.values()))
    amount = None if gains is None else _above_the_whole(gains, together)
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
    if amount is not None:
        above = _("They bring {amount} more than if they shared the whole.").format(amount=language.money(amount))
        message = f"{message} {above}"
    return Overlap("same_metric", lines, metric, months[0], months[-1], amount, message, remedy)


def _above_the_whole(gains: Gains, together: Mapping[int, list[_Claim]]) -> float:
    """What the lines bring beyond their shares of the whole."""
    return math.fsum(
        float(gains[claim.line_id][month]) * (1 - 1 / _claimed(active))
        for month, active in together.items()
        for claim in active
    )


def _by_assumption(claims: list[_Claim], moving: Mapping[str, str], gains: Gains | None) -> Iterator[Overlap]:
    for one, other in itertools.combinations(claims, 2):
        assumption = moving.get(one.line_id, "")
        first, last = max(one.first, other.first), min(one.last, other.last)
        if assumption and assumption == moving.get(other.line_id) and first <= last:
            yield _assumption_overlap(assumption, (one.line_id, other.line_id), range(first, last + 1), gains)


def _assumption_overlap(assumption: str, lines: tuple[str, str], months: range, gains: Gains | None) -> Overlap:
    message = _(
        "The lines {lines} both gain by the same change, that of {assumption}, in months {first} to {last}: the same "
        "money may be counted twice."
    ).format(lines=language.listed(list(lines)), assumption=assumption, first=months[0], last=months[-1])
    remedy = _("Check that each counts a different gain of that change; if not, keep one of them.")
    amount = None if gains is None else min(float(gains[line][months].sum()) for line in lines)
    if amount is not None:
        smaller = _("The smaller of them brings {amount} there.").format(amount=language.money(amount))
        message = f"{message} {smaller}"
    return Overlap("same_assumption", lines, assumption, months[0], months[-1], amount, message, remedy)
