"""A gate's forecast: the past as it was, the rest as it is expected now, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.business_case.actuals import Actuals
from workbench.business_case.distributions import Distribution, distributions
from workbench.business_case.evidence_update import Z_80
from workbench.business_case.gate_plans import Numbers, Plan
from workbench.business_case.variance import Weights
from workbench.program import formulas

TAILS_OF_ONE_DEVIATION = np.array([0.15865525393145707, 0.8413447460685429])
"""Shares of a normal distribution below one standard deviation under its mean, and below one over it."""


def monthly_flows(
    planned: Plan, now: Plan, real: Actuals, line_ids: Sequence[str], month: int
) -> tuple[pd.DataFrame, int]:
    """Net flow of each month as planned and as forecast now, and how many past months of lines have no actual."""
    months = real.amounts.shape[1]
    promised, forecast, missing = np.zeros(months), np.zeros(months), 0
    for place, line_id in enumerate(line_ids):
        if line_id in planned.lines:
            promised += planned.lines[line_id].sign * planned.flow(line_id)
        expected = now.flow(line_id) if line_id in now.lines else np.zeros(months)
        unknown = np.isnan(real.amounts[place])
        missing += int((unknown & (expected != 0))[: month + 1].sum())
        sign = (now.lines.get(line_id) or planned.lines[line_id]).sign
        forecast += sign * np.where(unknown, expected, real.amounts[place])
    frame = pd.DataFrame({"period": np.arange(months), "planned": promised, "forecast": forecast})
    frame["is_past"] = frame["period"] <= month
    return frame.assign(planned_cumulative=promised.cumsum(), forecast_cumulative=forecast.cumsum()), missing


def past_and_remaining(flow: Numbers, weights: Weights) -> tuple[float, float]:
    """Present values of the months that are past, and of those to come."""
    present = flow * weights.discounts
    return float(present[: weights.month + 1].sum()), float(present[weights.month + 1 :].sum())


def swings(now: Plan, assumptions: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """How far each assumption may still move the forecast, in the months to come.

    It moves from the 16th to the 84th percentile of its own distribution, where a normal one moves by a standard
    deviation both ways, so that no formula is computed with a figure that the assumption never takes.

    Returns
    -------
    DataFrame
        assumption_id, name, evidence ("" where none is told) and swing (present value; 0 or more), the largest first.
    """
    described = assumptions.reindex(columns=["assumption_id", "name", "evidence"]).astype(object).fillna("")
    rows = {formulas.normalised(str(row["assumption_id"])): row for row in described.to_dict("records")}
    table = [
        {
            "assumption_id": name,
            "name": rows[name]["name"] or name,
            "evidence": rows[name]["evidence"],
            "swing": abs(_swing(now, spread, weights)),
        }
        for name, spread in distributions(assumptions).items()
    ]
    frame = pd.DataFrame(table, columns=["assumption_id", "name", "evidence", "swing"]).astype({"swing": float})
    return frame.sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)


def below_zero(now: Plan, weights: Weights) -> tuple[str, ...]:
    """The lines whose amount is below zero in the months to come."""
    to_come = {line_id: line.unit[weights.month + 1 :].any() for line_id, line in now.lines.items()}
    return tuple(line_id for line_id, counts in to_come.items() if counts and now.amount(line_id, now.values) < 0)


def interval_of(swings: pd.Series[float], forecast: float) -> tuple[float, float]:
    """80% interval of the forecast to first order: only what is still to come is uncertain.

    What each assumption moves, as `swings` tells it, all of them independent, is added up as squares.
    """
    reach = Z_80 * math.hypot(*swings)
    return forecast - reach, forecast + reach


def _swing(now: Plan, spread: Distribution, weights: Weights) -> float:
    """How far the rest moves when an assumption moves as far as it usually does, both ways averaged."""
    if not spread.varies:
        return 0.0
    down, up, share = _usual(spread)
    swing = 0.0
    for line_id, line in now.lines.items():
        to_come = float((line.unit * weights.discounts)[weights.month + 1 :].sum())
        if to_come and spread.name in formulas.names(line.formula):
            higher, lower = (now.amount(line_id, now.values | {spread.name: value}) for value in (up, down))
            swing += line.sign * (higher - lower) * share * to_come
    return swing


def _usual(spread: Distribution) -> tuple[float, float, float]:
    """Two values of an assumption, and which share of the way between them makes one move."""
    if spread.kind == "bernoulli":
        # Both percentiles may be the same value; of two values the standard deviation is exact for any formula.
        return spread.low, spread.high, spread.standard_deviation / (spread.high - spread.low)
    down, up = spread.quantile(TAILS_OF_ONE_DEVIATION)
    return float(down), float(up), 0.5
