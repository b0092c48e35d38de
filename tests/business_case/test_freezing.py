"""What is frozen at a gate: the tables as they stand, with the gate's own day and month."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from workbench.business_case.baseline import read_baseline
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.freezing import freeze_gate
from workbench.business_case.returns import returns
from workbench.business_case.vendor_lines import of_vendor
from workbench.errors import DataError
from workbench.program import blank
from workbench.program.keeping import keep_baseline
from workbench.program.store import Program

GATES = (
    "gate_id,name,held_on,month\nPILOT,Pilot,2026-09-24,3\nLATER,Later,,\nLAST,At the end,,36\nBEYOND,Too late,,37\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(blank.sample("en"), tmp_path / "program"))
    (folder / "gates.csv").write_text(GATES)
    return folder


def test_the_gate_s_day_and_month_and_the_settings_are_frozen(folder: Path) -> None:
    program = Program.open(folder)
    pilot, later = (freeze_gate(program, gate).baseline for gate in ("PILOT", "LATER"))
    assert (pilot.gate_id, pilot.name, pilot.frozen_on, pilot.month) == ("PILOT", "Pilot", date(2026, 9, 24), 3)
    assert (later.name, later.frozen_on, later.month) == ("Later", program.settings.as_of, 0)
    told = (pilot.horizon_months, pilot.discount_rate, pilot.convention, pilot.currency)
    assert told == (36, 0.10, "tei", "EUR")
    assert freeze_gate(program, "LAST").baseline.month == 36


@pytest.mark.parametrize("vendor", [None, "VEN-02"])
def test_the_promise_is_the_business_case_with_that_vendor(folder: Path, vendor: str | None) -> None:
    program = Program.open(folder)
    assumptions, costs, benefits = program.tables("assumptions", "costs", "benefits")
    counting = costs[costs["vendor_id"] == ""] if vendor is None else of_vendor(costs, vendor)
    flows = cash_flows(counting, benefits, base_values(assumptions), 36)
    frozen = freeze_gate(program, "PILOT", vendor)
    assert frozen.baseline.npv == pytest.approx(returns(flows, 0.10, "tei").npv, abs=1e-6)
    assert frozen.baseline.costs["cost_id"].tolist() == counting["cost_id"].tolist()
    assert frozen.lines.vendor_id == vendor


def test_what_is_kept_is_read_back_with_its_seal(folder: Path) -> None:
    frozen = freeze_gate(Program.open(folder), "PILOT")
    keep_baseline(folder, "PILOT", frozen.text)
    program = Program.open(folder)
    assert read_baseline(program.baselines["PILOT"], frozen.baseline.sha256).npv == frozen.baseline.npv
    with pytest.raises(DataError, match="already"):
        freeze_gate(program, "PILOT")


@pytest.mark.parametrize(("gate", "told"), [("BEYOND", "closes month 37"), ("NONE", "no gate “NONE”")])
def test_gates_that_cannot_be_frozen(folder: Path, gate: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        freeze_gate(Program.open(folder), gate)


def test_a_program_without_lines_promises_nothing(folder: Path) -> None:
    (folder / "benefits.csv").unlink()
    with pytest.raises(DataError, match="table benefits is missing"):
        freeze_gate(Program.open(folder), "PILOT")
