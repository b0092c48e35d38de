"""Holding a gate of a program: which plan, which promise, what was known, and the gates before it, held again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from workbench import language
from workbench.business_case.baseline import Baseline, read_baseline, read_baselines
from workbench.business_case.gate_choice import check_books, choose
from workbench.business_case.gate_evidence import GateEvidence, evidence_at
from workbench.business_case.stage_gate_rule import TOLERANCE
from workbench.business_case.stage_gates import StageGate, gate_chain, stage_gate
from workbench.language import gettext as _
from workbench.language import listed, ngettext
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class GateBooks:
    """What a program keeps of its plan and its gates.

    Attributes
    ----------
    gates, costs, benefits, assumptions, actuals, evidence : DataFrame
        The tables of these names, as they are now.
    baselines : mapping of str to str
        Gate → the text that was frozen at it.
    as_of : date
        The day of the data.
    currency : str
        ISO 4217 code of all amounts.
    horizon_months : int
        Last month that counts in the program as it is now.
    discount_rate : float
        Yearly, as the program counts now.
    convention : str
        As the program counts now.
    """

    gates: pd.DataFrame
    costs: pd.DataFrame
    benefits: pd.DataFrame
    assumptions: pd.DataFrame
    actuals: pd.DataFrame
    evidence: pd.DataFrame
    baselines: Mapping[str, str]
    as_of: date
    currency: str
    horizon_months: int
    discount_rate: float
    convention: str


@dataclass(frozen=True, eq=False)
class HeldGate(Result):
    """A gate that was held, with those before it.

    Attributes
    ----------
    gate : StageGate
        The gate.
    earlier : tuple of StageGate
        The gates before it whose plan was kept, each held again with what was known then.
    chain : DataFrame
        As `stage_gates.gate_chain` gives it: the gates before it, and this one last.
    measured : GateEvidence
        The measurements, by what the gate does with them.
    is_frozen : bool
        Whether the gate's own plan was frozen, so that it is held with that and not with the tables as they are now.
    not_kept : tuple of str
        Names of gates before it that are not in the chain, because no plan of theirs was kept.
    unknown : int
        Actual amounts of lines that came after the gate's plan; they are left out.
    other_terms : tuple of str
        What the promise counts with and the program no longer does, in words.
    """

    gate: StageGate
    earlier: tuple[StageGate, ...]
    chain: pd.DataFrame
    measured: GateEvidence
    is_frozen: bool
    not_kept: tuple[str, ...]
    unknown: int
    other_terms: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The chain of gates."""
        return self.chain.copy()

    @property
    def conclusion(self) -> str:
        """What to do at the gate, and why."""
        return self.gate.conclusion

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the figures weaker: months without actual amounts, lines left out, and gates that are missing."""
        told = list(self.gate.warnings)
        if self.unknown:
            unknown = ngettext(
                "{count} actual amount is of a line that came after this plan, and is left out.",
                "{count} actual amounts are of lines that came after this plan, and are left out.",
                self.unknown,
            )
            told.append(unknown.format(count=self.unknown))
        if self.not_kept:
            missing = _("No plan was kept at {gates}: the chain leaves them out.")
            told.append(missing.format(gates=listed(list(self.not_kept))))
        return tuple(told)

    @property
    def notes(self) -> tuple[str, ...]:
        """What else to know of the figures: what waits, and what counts already."""
        known = ngettext(
            "{count} measurement is no younger than the figure in the plan, which rests on it already.",
            "{count} measurements are no younger than the figures in the plan, which rest on them already.",
            len(self.measured.known),
        )
        later = ngettext(
            "{count} measurement was made after the gate, and waits for the next.",
            "{count} measurements were made after the gate, and wait for the next.",
            self.measured.later,
        )
        counts = ((known, len(self.measured.known)), (later, self.measured.later))
        told = [text.format(count=count) for text, count in counts if count]
        if self.is_frozen:
            told.append(_("The gate is held with the plan that was frozen at it, not with the tables as they are now."))
        return (*self.gate.notes, *told, *self.other_terms)

    @property
    def chain_told(self) -> str:
        """From which forecast to which the program went, against which promise."""
        first, last = self.chain.iloc[0], self.chain.iloc[-1]
        figures = {"promise": language.money(last["baseline_npv"]), "now": language.money(last["forecast_npv"])}
        if len(self.chain) == 1:
            return _("At the first gate the forecast is {now}, against {promise} promised").format(**figures)
        told = _("In {count} gates the forecast went from {before} to {now}, against {promise} promised")
        return told.format(count=len(self.chain), before=language.money(first["forecast_npv"]), **figures)

    @property
    def shortfalls(self) -> pd.DataFrame:
        """The lines that the forecast falls short by, the largest first: line_id, name, npv and reason."""
        lines = self.gate.variance
        lines = lines.assign(name=lines["name"].where(lines["name"] != "", lines["line_id"]))
        totals = lines.groupby("line_id", sort=False).agg({"name": "first", "npv": "sum", "reason": _told_once})
        return totals[totals["npv"] < 0].sort_values("npv", kind="stable").reset_index()

    @property
    def unproved(self) -> pd.DataFrame:
        """Assumptions that may still move the forecast and rest on opinion or on nothing, the largest swing first."""
        swings = self.gate.swings
        return swings[swings["evidence"].isin(["opinion", ""]) & (swings["swing"] > 0)].reset_index(drop=True)


def hold(
    books: GateBooks,
    gate: str = "",
    baseline: str = "",
    *,
    seal: str = "",
    stop_cost: float = 0.0,
    tolerance: float = TOLERANCE,
    draws: int = 0,
    seed: int = 1,
    accept_nearest: bool = False,
) -> HeldGate:
    """Hold a gate of a program, and those before it again.

    A gate whose plan was frozen is held with that plan; one without with the tables as they are now. What was measured
    after a gate, or what the plan rests on already, is not weighed in.

    Parameters
    ----------
    books : GateBooks
        What the program keeps.
    gate : str
        Id of the gate; the last whose month has actual amounts when empty.
    baseline : str
        Id of the gate whose plan is held to; the first that was frozen when empty.
    seal : str
        Seal of that plan as it was noted elsewhere, in the minutes; not compared when empty.
    stop_cost, tolerance, draws, seed, accept_nearest
        As `stage_gates.stage_gate` takes them.

    Raises
    ------
    DataError
        When no gate has a month or no plan was frozen, when the plan's seal is another than was noted, and with
        everything that is wrong in the tables.
    SettingsError
        When there is no such gate or no such baseline, or the baseline is younger than the gate.
    """
    kept = read_baselines(books.baselines)
    until = math.inf if books.actuals.empty else float(books.actuals["period"].max())
    chosen = choose(books.gates, kept, gate, baseline, until)
    read_baseline(books.baselines[chosen.promise.gate_id], seal)
    check_books(chosen.promise, books.currency, books.actuals)
    judge = partial(
        stage_gate,
        chosen.promise,
        stop_cost=stop_cost,
        tolerance=tolerance,
        draws=draws,
        seed=seed,
        accept_nearest=accept_nearest,
    )
    held = [_held(books, chosen.promise, row, kept.get(row["gate_id"]), judge) for row in chosen.rows]
    gates = [stage for stage, _measured, _unknown in held]
    stage, measured, unknown = held[-1]
    return HeldGate(
        gate=stage,
        earlier=tuple(gates[:-1]),
        chain=gate_chain(gates, books.gates),
        measured=measured,
        is_frozen=stage.gate_id in kept,
        not_kept=chosen.not_kept,
        unknown=unknown,
        other_terms=_other_terms(chosen.promise, books),
    )


def _held(
    books: GateBooks,
    promise: Baseline,
    row: Mapping[str, Any],
    frozen: Baseline | None,
    judge: Callable[..., StageGate],
) -> tuple[StageGate, GateEvidence, int]:
    """One gate, what was measured as it sees it, and the actual amounts of lines that its plan does not know."""
    then = books if frozen is None else _as_frozen(books, frozen)
    day = books.as_of if pd.isna(row["held_on"]) else pd.Timestamp(row["held_on"]).date()
    measured = evidence_at(books.evidence, then.assumptions, day)
    known = then.actuals if frozen is None else _of_lines(then.actuals, frozen, promise)
    tables = (then.costs, then.benefits, then.assumptions, known, measured.counted)
    stage = judge(*tables, month=int(row["month"]), gate_id=row["gate_id"], name=row["name"])
    unknown = books.actuals.drop(known.index)
    return stage, measured, int((unknown["period"] <= row["month"]).sum())


def _as_frozen(books: GateBooks, frozen: Baseline) -> GateBooks:
    return replace(books, costs=frozen.costs, benefits=frozen.benefits, assumptions=frozen.assumptions)


def _of_lines(actuals: pd.DataFrame, *plans: Baseline) -> pd.DataFrame:
    """The actual amounts of the lines that were in some of these plans."""
    lines = {line for plan in plans for line in (*plan.costs["cost_id"], *plan.benefits["benefit_id"])}
    return actuals[actuals["line_id"].isin(lines)]


def _told_once(reasons: pd.Series[str]) -> str:
    return " ".join(dict.fromkeys(reason for reason in reasons if reason))


def _other_terms(promise: Baseline, books: GateBooks) -> tuple[str, ...]:
    then = (promise.horizon_months, promise.discount_rate, promise.convention)
    if then == (books.horizon_months, books.discount_rate, books.convention):
        return ()
    told = _(
        "Promise and forecast count over {months} months at {rate} ({convention}), as was promised; the program's "
        "settings are others now."
    )
    return (told.format(months=then[0], rate=language.percent(then[1]), convention=then[2]),)
