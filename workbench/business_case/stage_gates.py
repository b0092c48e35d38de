"""Stage gates: actuals in place of the past, the rest forecast again, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.business_case.actuals import actuals_until
from workbench.business_case.baseline import Baseline, freeze, read_baseline
from workbench.business_case.evidence_update import update_assumptions
from workbench.business_case.gate_draws import draw_rest
from workbench.business_case.gate_forecast import below_zero, interval_of, monthly_flows, past_and_remaining, swings
from workbench.business_case.gate_plans import Plan, plan_of
from workbench.business_case.gate_result import DECISIONS, StageGate
from workbench.business_case.returns import CONVENTIONS
from workbench.business_case.stage_gate_rule import ENDED, TOLERANCE, recommend
from workbench.business_case.unit_flows import discount_factors
from workbench.business_case.variance import Weights, price_names, variance
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.profiles import MONTHS_A_YEAR

__all__ = ["Baseline", "StageGate", "freeze", "gate_chain", "read_baseline", "stage_gate"]


def stage_gate(
    baseline: Baseline,
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    actuals: pd.DataFrame,
    evidence: pd.DataFrame | None = None,
    *,
    month: int,
    gate_id: str = "",
    name: str = "",
    stop_cost: float = 0.0,
    tolerance: float = TOLERANCE,
    interval: tuple[float, float] | None = None,
    draws: int = 0,
    seed: int = 1,
    accept_nearest: bool = False,
) -> StageGate:
    """Hold a gate: put actuals in place of the past, weigh in what was measured, forecast the rest again, and judge.

    Horizon, discount rate, convention and currency are the baseline's. Where the past has no actual amount, the plan
    of now stands for it, counted in `StageGate.missing`.

    Parameters
    ----------
    baseline : Baseline
        What was promised.
    costs, benefits, assumptions : DataFrame
        The tables as they are now.
    actuals : DataFrame
        The table of this name; every line_id is that of a cost or a benefit, now or in the baseline.
    evidence : DataFrame, optional
        What was measured, as `evidence_update.update_assumptions` takes it.
    month : int
        Month of the program that the gate is held in; it and those before are past.
    gate_id, name : str
        The gate.
    stop_cost : float
        What stopping now would cost, 0 or more.
    tolerance : float
        Share of the promise that the forecast may fall short by.
    interval : (float, float), optional
        80% interval of the forecast from elsewhere.
    draws : int
        How many draws of the rest give the interval. With 0 it is reckoned to first order: what each assumption moves
        of the rest (its swing), all independent.
    seed : int
        The same seed gives the same draws.
    accept_nearest : bool
        Whether to draw with the nearest possible correlations where those asked for are not possible.

    Raises
    ------
    DataError
        With everything that is wrong in the tables.
    SettingsError
        When there are fewer than 0 draws.
    """
    horizon = baseline.horizon_months
    _check_month(month, horizon)
    update = update_assumptions(assumptions, pd.DataFrame({"assumption_id": []}) if evidence is None else evidence)
    planned = plan_of(baseline.costs, baseline.benefits, baseline.assumptions, horizon)
    now = plan_of(costs, benefits, update.assumptions, horizon)
    line_ids = tuple(dict.fromkeys([*planned.lines, *now.lines]))
    _refuse_changed_kinds(planned, now)
    real = actuals_until(actuals, line_ids, month, horizon)
    extra = CONVENTIONS[baseline.convention].extra_years
    weights = Weights(month, discount_factors(horizon, baseline.discount_rate, extra))
    monthly, missing = monthly_flows(planned, now, real, line_ids, month)
    past, remaining = past_and_remaining(monthly["forecast"].to_numpy(), weights)
    at_gate = remaining * (1 + baseline.discount_rate) ** (month / MONTHS_A_YEAR + extra)
    prices = price_names(update.assumptions, baseline.currency) | price_names(baseline.assumptions, baseline.currency)
    expected = monthly["forecast"].to_numpy()
    drawn = None
    if draws:
        drawn = draw_rest(
            now, update.assumptions, weights, expected, draws=draws, seed=seed, accept_nearest=accept_nearest
        )
    moves = swings(now, update.assumptions, weights)
    reckoned = drawn.interval if drawn else interval_of(moves["swing"], past + remaining)
    low, high = interval or reckoned
    return StageGate(
        baseline=baseline,
        gate_id=gate_id,
        name=name,
        month=month,
        baseline_npv=baseline.npv,
        forecast_npv=past + remaining,
        past_npv=past,
        remaining_npv=remaining,
        remaining_at_gate=at_gate,
        forecast_low=low,
        forecast_high=high,
        drawn=drawn,
        evidence=update,
        variance=variance(planned, now, real, line_ids, prices, weights),
        monthly=monthly,
        swings=moves,
        recommendation=recommend(
            baseline.npv, past + remaining, at_gate, stop_cost, tolerance, has_ended=month == horizon
        ),
        missing=missing,
        later=real.later,
        below_zero=below_zero(now, weights),
    )


def gate_chain(gates: Sequence[StageGate], decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """All gates of a program, in order, for one picture.

    Parameters
    ----------
    gates : sequence of StageGate
        The gates that were held.
    decisions : DataFrame, optional
        The table ``gates``: what was decided at each, by gate_id.

    Returns
    -------
    DataFrame
        gate_id, name, month, baseline_npv, forecast_npv, forecast_low, forecast_high, remaining_npv, recommendation,
        decision ("" where none is noted) and decision_label (what was decided, else what is recommended).
    """
    noted = {} if decisions is None else decisions.set_index("gate_id")["decision"].to_dict()
    rows = [_link(gate, str(noted.get(gate.gate_id, "") or "")) for gate in sorted(gates, key=lambda gate: gate.month)]
    return pd.DataFrame(rows)


def _link(gate: StageGate, decision: str) -> dict[str, Any]:
    label = _(DECISIONS[decision or gate.recommendation.decision])
    has_ended = gate.recommendation.decision == ENDED
    return {
        "gate_id": gate.gate_id,
        "name": gate.name or gate.gate_id,
        "month": gate.month,
        "baseline_npv": gate.baseline_npv,
        "forecast_npv": gate.forecast_npv,
        "forecast_low": gate.forecast_low,
        "forecast_high": gate.forecast_high,
        "remaining_npv": gate.remaining_npv,
        "recommendation": gate.recommendation.decision,
        "decision": decision,
        "decision_label": label if decision or has_ended else _("{decision} (recommended)").format(decision=label),
    }


def _check_month(month: int, horizon: int) -> None:
    if not 0 <= month <= horizon:
        found = _("The gate is in month {month}, and the promise is of the months from 0 to {last}.")
        remedy = _(
            "Correct the month of the gate; where the program goes on longer than was promised, freeze a new baseline "
            "and hold the gate to that."
        )
        expected = _("a month from 0 to {last}").format(last=horizon)
        raise DataError(Problem(found.format(month=month, last=horizon), expected, remedy))


def _refuse_changed_kinds(planned: Plan, now: Plan) -> None:
    changed = [line for line in planned.lines if line in now.lines and planned.lines[line].sign != now.lines[line].sign]
    if changed:
        found = _("Line {line} is a cost in one plan and a benefit in the other.")
        remedy = _("Give it a new id.")
        raise DataError(Problem(found.format(line=line), _("the same kind"), remedy) for line in changed)
