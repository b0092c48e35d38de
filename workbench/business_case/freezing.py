"""What a program promises, frozen at one of its gates: tables, settings and vendor as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from workbench.business_case.baseline import Baseline, freeze, read_baseline
from workbench.business_case.vendor_lines import VendorLines, in_case
from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program.keeping import check_gate
from workbench.program.settings import Settings
from workbench.program.store import Program


@dataclass(frozen=True)
class Frozen:
    """The plan at a gate.

    Attributes
    ----------
    text : str
        The sealed text, as `program.keeping.keep_baseline` keeps it.
    baseline : Baseline
        What is in it.
    lines : VendorLines
        Which cost lines are in it, and which wait for the choice of a vendor.
    """

    text: str
    baseline: Baseline
    lines: VendorLines


def freeze_gate(program: Program, gate_id: str, vendor_id: str | None = None) -> Frozen:
    """Costs, benefits and assumptions of a program as they stand, sealed for a gate.

    They are computed as the business case is: over the settings' horizon, at their rate and by their convention, with
    the cost lines that come with any vendor and those of the one chosen. The day is the gate's, or the settings' where
    it has none; the month is the gate's, or 0.

    Parameters
    ----------
    program : Program
        Whose gate it is.
    gate_id : str
        A gate of the table ``gates`` that has not been frozen yet.
    vendor_id : str, optional
        The vendor chosen.

    Raises
    ------
    DataError
        When the gate cannot be frozen, a table is missing or empty, or the plan cannot be computed.
    SettingsError
        When the vendor is unknown.
    """
    check_gate(program, gate_id)
    assumptions, costs, benefits = program.tables("assumptions", "costs", "benefits")
    lines = in_case(costs, vendor_id, list(program.table("vendors")["vendor_id"]))
    settings = program.settings
    text = freeze(
        lines.costs,
        benefits,
        assumptions,
        gate_id=gate_id,
        **_gate(program, gate_id),
        horizon_months=settings.horizon_months,
        discount_rate=settings.discount_rate,
        convention=settings.convention,
        currency=settings.currency,
    )
    return Frozen(text, read_baseline(text), lines)


def _gate(program: Program, gate_id: str) -> dict[str, Any]:
    """Name, day and month of a gate."""
    gates = program.table("gates")
    row = gates[gates["gate_id"] == gate_id].iloc[0]
    month = 0 if pd.isna(row["month"]) else int(row["month"])
    _check_month(program.settings, gate_id, month)
    return {"name": row["name"], "frozen_on": _day(row["held_on"], program.settings), "month": month}


def _day(held_on: Any, settings: Settings) -> date:
    return settings.as_of if pd.isna(held_on) else pd.Timestamp(held_on).date()


def _check_month(settings: Settings, gate_id: str, month: int) -> None:
    if month > settings.horizon_months:
        found = _("Gate {gate} closes month {month}.").format(gate=gate_id, month=month)
        expected = _("a month from 0 to {last}").format(last=settings.horizon_months)
        remedy = _("Correct the month of the gate, or the setting horizon_months.")
        raise DataError(Problem(found, expected, remedy, Location(column="month")))
