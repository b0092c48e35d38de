"""Variance of a program against its baseline: scope, timing, volume and price, which add up, with their reasons."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.actuals import Actuals
from workbench.business_case.gate_plans import Line, Numbers, Plan
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program import formulas, units

PARTS = {"scope": N_("Scope"), "timing": N_("Timing"), "volume": N_("Volume"), "price": N_("Price")}
"""The parts of a variance, in the order in which they are taken out."""
COLUMNS = ("line_id", "name", "is_cost", "part", "to_date", "npv", "reason")


@dataclass(frozen=True)
class Weights:
    """What a month counts.

    Attributes
    ----------
    month : int
        The last month that is past.
    discounts : ndarray, shape (months + 1,)
        Value today of one in each month.
    """

    month: int
    discounts: Numbers

    def counted(self, flow: Numbers) -> tuple[float, float]:
        """The flow up to the month, undiscounted, and the present value of all of it."""
        return float(flow[: self.month + 1].sum()), float(flow @ self.discounts)


def price_names(assumptions: pd.DataFrame, currency: str) -> frozenset[str]:
    """The assumptions that are prices: those whose unit names money; all others are volumes.

    Parameters
    ----------
    assumptions : DataFrame
        The table of this name.
    currency : str
        ISO 4217 code; its sign, its name and the word “currency” count as well.

    Examples
    --------
    >>> table = pd.DataFrame({"assumption_id": ["fee", "calls"], "unit": ["EUR an hour", "calls a month"]})
    >>> sorted(price_names(table, "EUR"))
    ['fee']
    """
    told = assumptions.reindex(columns=["assumption_id", "unit"]).astype(object).fillna("")
    return frozenset(
        formulas.normalised(str(name))
        for name, unit in zip(told["assumption_id"], told["unit"], strict=True)
        if units.names_money(str(unit), currency)
    )


def variance(
    planned: Plan, now: Plan, actuals: Actuals, line_ids: tuple[str, ...], prices: Collection[str], weights: Weights
) -> pd.DataFrame:
    """Split what changed since the baseline, line by line, as a flexed budget does.

    One after another: scope (lines that came, went or are computed otherwise), timing (first month, last month and
    profile, at planned amounts), volume (assumptions that are no prices, at planned prices), and price (everything
    else: prices, shares, and what actual amounts differ by from the plan brought up to date).

    Parameters
    ----------
    planned, now : Plan
        The plan of the baseline, and that of now.
    actuals : Actuals
        What was really paid and gained, rows as in `line_ids`.
    line_ids : tuple of str
        The lines of both plans.
    prices : collection of str
        Assumptions that are prices.
    weights : Weights
        What a month counts.

    Returns
    -------
    DataFrame
        line_id, name, is_cost, part, to_date (effect on the net flow up to the month, undiscounted), npv (effect on the
        net present value) and reason; positive is better than planned. The parts add up to the whole.

    Raises
    ------
    DataError
        When a formula has no value.
    """
    rows: list[dict[str, Any]] = []
    for place, line_id in enumerate(line_ids):
        flows = _flows(planned, now, line_id, actuals.amounts[place], prices)
        line = now.lines.get(line_id) or planned.lines[line_id]
        # Where actual amounts stand in every month of a line, a price of now has no part in them.
        acting = prices if (np.isnan(actuals.amounts[place]) & (line.unit != 0)).any() else ()
        moved = _moved(planned, now, line_id)
        volume, price = (_moved_told(planned, now, names) for names in (moved - set(prices), moved & set(acting)))
        reasons = _reasons(planned, now, line_id, volume, price, actuals.notes.get(line_id, ""))
        for part, flow in zip(PARTS, _differences(flows), strict=True):
            to_date, npv = weights.counted(line.sign * flow)
            if flow.any():
                common = {"line_id": line_id, "name": line.name, "is_cost": line.sign < 0, "part": part}
                rows.append(common | {"to_date": to_date, "npv": npv, "reason": reasons[part]})
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"is_cost": bool, "to_date": float, "npv": float})


def _differences(flows: list[Numbers]) -> list[Numbers]:
    return [after - before for before, after in pairwise(flows)]


def _flows(planned: Plan, now: Plan, line_id: str, actual: Numbers, prices: Collection[str]) -> list[Numbers]:
    """A line's flow as planned, then with the scope of now, and its timing, and its volume, and as it really is."""
    before, after = planned.lines.get(line_id), now.lines.get(line_id)
    known = after or before
    zeros = np.zeros(len(actual))
    as_planned = zeros if before is None else planned.flow(line_id)
    expected = zeros if after is None else now.flow(line_id)
    real = np.where(np.isnan(actual), expected, actual)
    if before is None or after is None or known is None:
        return [as_planned, real, real, real, real]
    rescoped = now.amount(line_id, now.values | planned.values)
    timed = _timed(before, after)
    volumes = {name: value for name, value in now.values.items() if name not in prices}
    at_volume = now.amount(line_id, now.values | planned.values | volumes)
    return [as_planned, before.unit * rescoped, timed * rescoped, timed * at_volume, real]


def _timed(before: Line, after: Line) -> Numbers:
    """The months of now with the shares of the baseline."""
    return after.plain * before.adjustment


def _moved(planned: Plan, now: Plan, line_id: str) -> set[str]:
    """The assumptions of a line whose value is another than planned."""
    used = formulas.names(now.lines[line_id].formula) if line_id in now.lines else ()
    return {name for name in used if name in planned.values and now.values[name] != planned.values[name]}


def _reasons(planned: Plan, now: Plan, line_id: str, volumes: str, prices: str, note: str) -> dict[str, str]:
    before, after = planned.lines.get(line_id), now.lines.get(line_id)
    if before is None or after is None:
        scope = _("The line is new since the baseline.") if before is None else _("The line was taken out.")
        return dict.fromkeys(PARTS, "") | {"scope": _joined(scope, note)}
    timing = _("Now it runs {now}; planned {planned}.").format(now=after.timing, planned=before.timing)
    return {
        "scope": _("The formula was {before}, and is {after}.").format(before=before.formula, after=after.formula),
        "timing": timing,
        "volume": volumes,
        "price": _price_reason(before, after, prices, note),
    }


def _price_reason(before: Line, after: Line, moved: str, note: str) -> str:
    told = [moved] if moved else []
    if before.shares != after.shares:
        told.append(_("Attribution or risk adjustment changed."))
    return _joined(*told, note) or _("The actual amounts differ from the plan.")


def _moved_told(planned: Plan, now: Plan, names: Collection[str]) -> str:
    told = _("{name} went from {before} to {after}.")
    return " ".join(
        told.format(
            name=now.names[name], before=language.number(planned.values[name]), after=language.number(now.values[name])
        )
        for name in sorted(names)
    )


def _joined(*texts: str) -> str:
    return " ".join(text for text in texts if text)
