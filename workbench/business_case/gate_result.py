"""What a gate that was held gives: promise, forecast, variance, evidence and what to do, with their words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from workbench import language
from workbench.business_case.baseline import Baseline
from workbench.business_case.evidence_update import EvidenceUpdate
from workbench.business_case.gate_draws import GateDraws
from workbench.business_case.proportions import negative_told, share_told
from workbench.business_case.returns import CONVENTIONS
from workbench.business_case.stage_gate_rule import ENDED, Recommendation
from workbench.business_case.variance import PARTS
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.results import Result

DECISIONS = {"stop": N_("Stop"), "continue": N_("Continue"), "change": N_("Change"), "ended": N_("Ended")}


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
        `remaining_npv` in the money of the gate's month, whatever years the convention discounts more.
    forecast_low, forecast_high : float
        80% interval of the forecast.
    drawn : GateDraws or None
        The draws that the interval is of; None when it was not simulated.
    evidence : EvidenceUpdate
        Assumptions before and after what was measured.
    variance : DataFrame
        As `variance.variance` gives it.
    monthly : DataFrame
        period, planned (net flow of the baseline), forecast (net flow now), is_past, planned_cumulative,
        forecast_cumulative.
    swings : DataFrame
        As `gate_forecast.swings` gives it: what each assumption may still move.
    recommendation : Recommendation
        What to do, and why.
    missing : int
        Months of lines that are past without an actual amount; the plan's stands for them.
    later : int
        Actual amounts of months after the gate, which wait.
    below_zero : tuple of str
        Lines whose forecast amount is below zero in the months to come.
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
    drawn: GateDraws | None
    evidence: EvidenceUpdate
    variance: pd.DataFrame
    monthly: pd.DataFrame
    swings: pd.DataFrame
    recommendation: Recommendation
    missing: int
    later: int
    below_zero: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The variance by part: part, label, to_date, npv; the last row is their sum."""
        totals = self.variance.groupby("part")[["to_date", "npv"]].sum().reindex(list(PARTS), fill_value=0.0)
        frame = totals.rename_axis("part").reset_index()
        frame.insert(1, "label", [_(label) for label in PARTS.values()])
        whole = {"part": "all", "label": _("Total"), "to_date": totals["to_date"].sum(), "npv": totals["npv"].sum()}
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
    def progress(self) -> pd.DataFrame:
        """`monthly` with low and high: the 80% interval of the cumulative flow from the gate on, NaN without draws."""
        frame = self.monthly.assign(low=math.nan, high=math.nan)
        if self.drawn is not None:
            ahead = frame["period"] >= self.month
            frame.loc[ahead, ["low", "high"]] = self.drawn.monthly.loc[ahead.to_numpy(), ["p10", "p90"]].to_numpy()
        return frame

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the figures weaker: months that are past without an actual amount, and lines below zero."""
        missing = ngettext(
            "{count} month of a line is past without an actual amount; the plan's amount stands for it.",
            "{count} months of lines are past without an actual amount; the plan's amounts stand for them.",
            self.missing,
        )
        told = [missing.format(count=self.missing)] if self.missing else []
        return (*told, *self._below_zero_told())

    def _below_zero_told(self) -> list[str]:
        forecast = ngettext(
            "{count} line is below zero in the forecast of the months to come, and counts as it is: {lines}.",
            "{count} lines are below zero in the forecast of the months to come, and count as they are: {lines}.",
            len(self.below_zero),
        )
        lines = language.listed(list(self.below_zero))
        told = [forecast.format(count=len(self.below_zero), lines=lines)] if self.below_zero else []
        return told + (negative_told(self.drawn.negative_shares) if self.drawn else [])

    @property
    def notes(self) -> tuple[str, ...]:
        """What else to know of the figures: actual amounts that wait, and a convention that discounts more."""
        later = ngettext(
            "{count} actual amount is of a month after the gate, and waits for the next.",
            "{count} actual amounts are of months after the gate, and wait for the next.",
            self.later,
        )
        told = [later.format(count=self.later)] if self.later else []
        if CONVENTIONS[self.baseline.convention].extra_years:
            more = _(
                "By the convention {convention} net present values are discounted by one year more than to month 0; "
                "what going on is worth is in the gate's own money all the same."
            )
            told.append(more.format(convention=self.baseline.convention))
        return tuple(told)

    @property
    def share_of_promise(self) -> float | None:
        """The forecast as a share of the promise; None where nothing was promised that could be kept."""
        return self.forecast_npv / self.baseline_npv if self.baseline_npv > 0 else None

    @property
    def progress_told(self) -> str:
        """How far the program is from its plan in the gate's month, undiscounted."""
        at_gate = self.monthly[self.monthly["period"] == self.month].iloc[0]
        lag = at_gate["forecast_cumulative"] - at_gate["planned_cumulative"]
        figures = {"month": self.month, "amount": language.money(abs(lag))}
        if language.money(lag) == language.money(0):
            return _("By month {month} the program is where it was planned to be").format(**figures)
        if lag < 0:
            return _("By month {month} the program is {amount} behind its plan").format(**figures)
        return _("By month {month} the program is {amount} ahead of its plan").format(**figures)

    @property
    def variance_told(self) -> str:
        """What lies between promise and forecast, and which part is the largest."""
        parts = self.to_frame().iloc[:-1]
        figures = {"promise": language.money(self.baseline_npv), "forecast": language.money(self.forecast_npv)}
        largest = parts.iloc[int(parts["npv"].abs().argmax())]
        if not largest["npv"]:
            return _("The forecast is what was promised: {promise}").format(**figures)
        told = _("From {promise} promised to {forecast} forecast; the largest part is {part} ({amount})")
        return told.format(part=largest["label"].lower(), amount=language.money(largest["npv"]), **figures)

    @property
    def odds_told(self) -> str:
        """How often the draws fall short of the promise, and below zero; empty without draws, or without a future."""
        if self.drawn is None or self.recommendation.decision == ENDED:
            return ""
        told = _(
            "In {short} of the draws the whole program comes to less than was promised, and in {loss} it loses money."
        )
        short, loss = self.drawn.share_below(self.baseline_npv), self.drawn.share_below(0.0)
        return told.format(short=share_told(short), loss=share_told(loss))

    @property
    def conclusion(self) -> str:
        """What to do, and why."""
        if self.recommendation.decision == ENDED:
            return self.recommendation.reason
        told = _("{decision}. {reason}")
        decision = _(DECISIONS[self.recommendation.decision])
        return told.format(decision=decision, reason=self.recommendation.reason)
