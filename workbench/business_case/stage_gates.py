"""Stage gates: actuals in place of the past, the rest forecast again, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.business_case.actuals import actuals_until
from workbench.business_case.baseline import Baseline, freeze, read_baseline
from workbench.business_case.evidence_update import EvidenceUpdate, update_assumptions
from workbench.business_case.gate_forecast import interval_of, monthly_flows, past_and_remaining
from workbench.business_case.gate_plans import Plan, plan_of
from workbench.business_case.returns import CONVENTIONS
from workbench.business_case.stage_gate_rule import TOLERANCE, Recommendation, recommend
from workbench.business_case.unit_flows import discount_factors
from workbench.business_case.variance import PARTS, Weights, price_names, variance
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.program.profiles import MONTHS_A_YEAR
from workbench.results import Result

__all__ = ["Baseline", "StageGate", "freeze", "gate_chain", "read_baseline", "stage_gate"]

DECISIONS = {"stop": N_("Stop"), "continue": N_("Continue"), "change": N_("Change")}


@dataclass(frozen=True, eq=False)
class StageGate(Result):
    """A gate: what was promised, what is forecast now, why they differ, and what to do.

    Amounts are in the program's currency. Present values are of today, month 0, so that past and remaining add up to
    the forecast.

    Attributes
    ----------
    baseline : Baseline
        What was promised.
    gate_id, name : str
        The gate that is being held.
    month : int
        Its month; this month and those before are past.
    baseline_npv, forecast_npv : float
        As promised, and as it is forecast now.
    past_npv, remaining_npv : float
        Of the months that are past (sunk), and of those to come.
    remaining_at_gate : float
        `remaining_npv` in the money of the gate's month.
    forecast_low, forecast_high : float
        80% interval of the forecast.
    evidence : EvidenceUpdate
        Assumptions before and after what was measured.
    variance : DataFrame
        As `variance.variance` gives it.
    monthly : DataFrame
        period, planned (net flow of the baseline), forecast (net flow now), is_past, planned_cumulative,
        forecast_cumulative.
    recommendation : Recommendation
        What to do, and why.
    missing : int
        Months of lines that are past without an actual amount; the plan's stands for them.
    later : int
        Actual amounts of months after the gate, which wait.
    """

    baseline: Baseline
    gate_id: str
    name: str
    month: int
    baseline_npv: float
    forecast_npv: float
    past_npv: float
    remaining_npv: float
    remaining_at_gate: float
    forecast_low: float
    forecast_high: float
    evidence: EvidenceUpdate
    variance: pd.DataFrame
    monthly: pd.DataFrame
    recommendation: Recommendation
    missing: int
    later: int

    def to_frame(self) -> pd.DataFrame:
        """The variance by part: part, label, to_date, npv; the last row is their sum."""
        totals = self.variance.groupby("part")[["to_date", "npv"]].sum().reindex(list(PARTS), fill_value=0.0)
        frame = totals.rename_axis("part").reset_index()
        frame.insert(1, "label", [_(label) for label in PARTS.values()])
        whole = {"part": "all", "label": _("All"), "to_date": totals["to_date"].sum(), "npv": totals["npv"].sum()}
        return pd.concat([frame, pd.DataFrame([whole])], ignore_index=True)

    @property
    def updated_assumptions(self) -> pd.DataFrame:
        """Each measured assumption before and after."""
        return self.evidence.table

    @property
    def waterfall(self) -> pd.DataFrame:
        """From the promised net present value to the forecast, part by part: label, kind, amount, start, end."""
        rows = [(_("Promised"), "total", self.baseline_npv, 0.0, self.baseline_npv)]
        at = self.baseline_npv
        for row in self.to_frame().iloc[:-1].to_dict("records"):
            rows.append((row["label"], "step", row["npv"], at, at + row["npv"]))
            at += row["npv"]
        rows.append((_("Forecast now"), "total", self.forecast_npv, 0.0, self.forecast_npv))
        return pd.DataFrame(rows, columns=["label", "kind", "amount", "start", "end"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures hide: months without actual amounts, and actual amounts that wait."""
        notes = []
        if self.missing:
            told = ngettext(
                "{count} month of a line is past without an actual amount; the plan's amount stands for it.",
                "{count} months of lines are past without an actual amount; the plan's amounts stand for them.",
                self.missing,
            )
            notes.append(told.format(count=self.missing))
        if self.later:
            told = ngettext(
                "{count} actual amount is of a month after the gate, and waits for the next.",
                "{count} actual amounts are of months after the gate, and wait for the next.",
                self.later,
            )
            notes.append(told.format(count=self.later))
        return tuple(notes)

    @property
    def conclusion(self) -> str:
        """What to do, and why."""
        told = _("{decision}. {reason}")
        decision = _(DECISIONS[self.recommendation.decision])
        return told.format(decision=decision, reason=self.recommendation.reason)


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
        80% interval of the forecast from a simulation. By default it is reckoned to first order: what each assumption
        moves of the rest in one standard deviation, all independent.

    Raises
    ------
    DataError
        With everything that is wrong in the tables.
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
    at_gate = remaining * (1 + baseline.discount_rate) ** (month / MONTHS_A_YEAR)
    prices = price_names(update.assumptions, baseline.currency) | price_names(baseline.assumptions, baseline.currency)
    low, high = interval or interval_of(now, update.assumptions, weights, past + remaining)
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
        evidence=update,
        variance=variance(planned, now, real, line_ids, prices, weights),
        monthly=monthly,
        recommendation=recommend(baseline.npv, past + remaining, at_gate, stop_cost, tolerance),
        missing=missing,
        later=real.later,
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
        "decision_label": label if decision else _("{decision} (recommended)").format(decision=label),
    }


def _check_month(month: int, horizon: int) -> None:
    if not 0 <= month <= horizon:
        found = _("The gate is in month {month}.").format(month=month)
        expected = _("a month from 0 to {last}").format(last=horizon)
        raise DataError(Problem(found, expected, _("Correct the month of the gate.")))


def _refuse_changed_kinds(planned: Plan, now: Plan) -> None:
    changed = [line for line in planned.lines if line in now.lines and planned.lines[line].sign != now.lines[line].sign]
    if changed:
        found = _("Line {line} is a cost in one plan and a benefit in the other.")
        remedy = _("Give it a new id.")
        raise DataError(Problem(found.format(line=line), _("the same kind"), remedy) for line in changed)
