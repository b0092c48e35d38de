"""Cost drivers: every category has one, and a program that starts from them can be opened once they are filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.completeness import warnings
from workbench.business_case.cost_drivers import cost_drivers
from workbench.business_case.drivers import base_values
from workbench.business_case.project_lines import project_lines
from workbench.business_case.starting_lines import starting_lines
from workbench.business_case.value_drivers import value_drivers
from workbench.errors import DataError
from workbench.language import using
from workbench.program import formulas
from workbench.program.blank import write_blank
from workbench.program.store import Program
from workbench.program.tables import COST_CATEGORIES, TABLES

LARGER = {"talk_seconds": 300.0, "agent_hour": 18.0, "product_margin": 8.0}


def filled(assumptions: pd.DataFrame, figure: float = 2.0) -> pd.DataFrame:
    return assumptions.assign(base=[LARGER.get(name, figure) for name in assumptions["assumption_id"]])


def test_every_category_has_a_driver() -> None:
    assert set(cost_drivers().costs["category"]) == set(COST_CATEGORIES) - {"other"}


def test_frames_have_the_columns_of_their_tables() -> None:
    found = cost_drivers()
    assert tuple(found.assumptions.columns) == TABLES["assumptions"].headings
    assert tuple(found.costs.columns) == TABLES["costs"].headings
    assert found.assumptions[["low", "base", "high"]].isna().all(axis=None)


def test_formulas_use_every_figure_and_no_other() -> None:
    found = cost_drivers()
    used = set[str]().union(*(formulas.names(formula) for formula in found.costs["formula"]))
    assert used == set(found.assumptions["assumption_id"])


def test_what_is_built_is_a_project_cost_and_what_runs_is_not() -> None:
    costs = cost_drivers().costs
    running = set(costs.loc[~project_lines(costs, 36), "category"])
    assert running == {"licences", "infrastructure", "new_staff", "support", "continued_promotion"}


def test_the_amounts_by_hand() -> None:
    """With every figure at 2: 2 users at 2, training of 2 users for 2 days at 2 + 2, and so on."""
    found = cost_drivers()
    flows = cash_flows(found.costs, pd.DataFrame(), base_values(filled(found.assumptions)), 36)
    totals = dict(zip(flows.lines["category"], flows.lines["total"], strict=True))
    assert totals["licences"] == 36 * 4
    assert totals["training"] == 16
    assert totals["integration_labour"] == 12 * 4
    assert totals["continued_promotion"] == 24 * 6
    assert [warning.code for warning in warnings(found.costs, flows, None, "EUR")] == ["cost_per_user_unknown"]


def test_figures_left_empty_are_all_told() -> None:
    assumptions = cost_drivers().assumptions
    with pytest.raises(DataError) as caught:
        base_values(assumptions)
    assert len(caught.value.problems) == len(assumptions)


@pytest.mark.parametrize("code", ["en", "es"])
def test_a_program_can_start_from_the_drivers(code: str, tmp_path: Path) -> None:
    folder = tmp_path / "program"
    write_blank(folder, code, date(2026, 10, 1))
    with using(code):
        written = starting_lines()
    written["assumptions"] = filled(written["assumptions"], 0.5)
    for name, table in written.items():
        table.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig")
    read = Program.open(folder)
    costs, benefits = read.tables("costs", "benefits")
    assert costs["formula"].tolist() == written["costs"]["formula"].tolist()
    assert benefits["profile"].tolist() == written["benefits"]["profile"].tolist()


def test_figures_that_both_sets_ask_for_are_alike() -> None:
    both = pd.concat([cost_drivers().assumptions, value_drivers().assumptions])[["assumption_id", "name", "unit"]]
    assert not both.drop_duplicates().duplicated("assumption_id").any()
