"""Scenarios: named sets of changes side by side, doing nothing and waiting always among them, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.business_case.cash_flows import CashFlows, cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.returns import CONVENTIONS, Returns, returns
from workbench.business_case.scenario_comparison import Scenarios
from workbench.business_case.scenario_definitions import (
    AS_PLANNED,
    DELAY,
    DO_NOTHING,
    OTHER_KEYS,
    Scenario,
    check,
    read_scenarios,
)
from workbench.business_case.scenario_steps import (
    BENEFIT_FACTOR,
    BENEFITS_LATER,
    COST_FACTOR,
    COSTS_LATER,
    Changes,
    contributions,
)
from workbench.business_case.unit_flows import UnitFlows, delayed, discount_factors, unit_flows
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.program import formulas

__all__ = ["Scenario", "Scenarios", "read_scenarios", "scenarios"]

STEPS = {
    COSTS_LATER: N_("Costs come later"),
    BENEFITS_LATER: N_("Benefits come later"),
    COST_FACTOR: N_("All costs change"),
    BENEFIT_FACTOR: N_("All benefits change"),
}
STEPS_OF_NOTHING = {COST_FACTOR: N_("Costs saved"), BENEFIT_FACTOR: N_("Benefits forgone")}


def scenarios(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    chosen: Sequence[Scenario] = (),
    *,
    horizon_months: int,
    discount_rate: float,
    convention: str = "tei",
    delay_months: int = 6,
) -> Scenarios:
    """The plan, each scenario, starting later, and doing nothing, side by side.

    Costs and benefits are differences from doing nothing, so its net present value is 0. A delay moves every line,
    first and last month, while the horizon stays: what would come after it is lost.

    Parameters
    ----------
    costs, benefits, assumptions : DataFrame
        The tables of these names.
    chosen : sequence of Scenario
        The scenarios to add.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly.
    convention : str
        One of `returns.CONVENTIONS`.
    delay_months : int
        Length of the delay that is always shown, 1 or more.

    Raises
    ------
    SettingsError
        With everything that is wrong with the scenarios.
    DataError
        With every line that has no amount in one of them.
    """
    values = base_values(assumptions)
    case = _Case(costs, benefits, values, _names(assumptions), horizon_months, discount_rate, convention)
    later = ngettext("{count} month later", "{count} months later", delay_months).format(count=delay_months)
    everything = [
        Scenario(_("As planned"), kind=AS_PLANNED),
        *chosen,
        Scenario(later, delay_months=delay_months, kind=DELAY),
        Scenario(_("Do nothing"), cost_factor=0.0, benefit_factor=0.0, kind=DO_NOTHING),
    ]
    check(everything, values, delay_months)
    rows = [_figures(scenario, case.returns(scenario)) for scenario in everything]
    table = pd.DataFrame(rows)
    table.insert(3, "difference", table["npv"] - table["npv"].iloc[0])
    steps = pd.concat([case.steps(scenario) for scenario in everything], ignore_index=True)
    return Scenarios(table, steps, case.changes(chosen), delay_months)


def _names(assumptions: pd.DataFrame) -> dict[str, str]:
    told = assumptions["name"] if "name" in assumptions.columns else assumptions["assumption_id"]
    ids = map(formulas.normalised, assumptions["assumption_id"].astype(str))
    return {key: str(name) or key for key, name in zip(ids, told, strict=True)}


@dataclass(frozen=True)
class _Case:
    """The plan that scenarios change."""

    costs: pd.DataFrame
    benefits: pd.DataFrame
    values: dict[str, float]
    names: dict[str, str]
    horizon_months: int
    discount_rate: float
    convention: str

    def returns(self, scenario: Scenario) -> Returns:
        values = {**self.values, **scenario.values}
        costs, benefits = (delayed(table, scenario.delay_months) for table in (self.costs, self.benefits))
        flows = cash_flows(costs, benefits, values, self.horizon_months)
        return returns(_scaled(flows, scenario), self.discount_rate, self.convention)

    def steps(self, scenario: Scenario) -> pd.DataFrame:
        after = {**self.values, **scenario.values}
        changes = Changes(self.values, after, scenario.cost_factor, scenario.benefit_factor)
        found = contributions(self._units(0), self._units(scenario.delay_months), self._factors(), changes)
        others = STEPS | (STEPS_OF_NOTHING if scenario.kind == DO_NOTHING else {})
        labels = [
            self.names[step] if known else _(others[step])
            for step, known in zip(found["step"], found["is_assumption"], strict=True)
        ]
        found.insert(0, "scenario", scenario.name)
        found.insert(2, "label", pd.Series(labels, dtype=str, index=found.index))
        return found

    def _units(self, months: int) -> UnitFlows:
        return unit_flows(delayed(self.costs, months), delayed(self.benefits, months), self.horizon_months)

    def _factors(self) -> NDArray[np.float64]:
        return discount_factors(self.horizon_months, self.discount_rate, CONVENTIONS[self.convention].extra_years)

    def changes(self, chosen: Sequence[Scenario]) -> pd.DataFrame:
        rows = []
        for scenario in chosen:
            rows += [
                (scenario.name, key, self.names[key], self.values[key], value) for key, value in scenario.values.items()
            ]
            plain = Scenario("")
            rows += [
                (scenario.name, key, _(_OTHER_LABELS[key]), getattr(plain, key), getattr(scenario, key))
                for key in OTHER_KEYS
                if getattr(scenario, key) != getattr(plain, key)
            ]
        frame = pd.DataFrame(rows, columns=["scenario", "step", "label", "before", "after"])
        return frame.astype({"before": float, "after": float})


_OTHER_LABELS = {
    "delay_months": N_("Months that everything starts later"),
    "cost_factor": N_("What all costs are multiplied by"),
    "benefit_factor": N_("What all benefits are multiplied by"),
}


def _scaled(flows: CashFlows, scenario: Scenario) -> CashFlows:
    """The flows with all costs and all benefits multiplied."""
    by = {"costs": scenario.cost_factor, "benefits": scenario.benefit_factor}
    if set(by.values()) == {1.0}:
        return flows
    totals = {name: getattr(flows, name) * factor for name, factor in by.items()}
    return replace(flows, monthly=_with_factors(flows.monthly, by), yearly=_with_factors(flows.yearly, by), **totals)


def _with_factors(frame: pd.DataFrame, by: dict[str, float]) -> pd.DataFrame:
    scaled = frame.assign(**{name: frame[name] * factor for name, factor in by.items()})
    net = scaled["benefits"] - scaled["costs"]
    return scaled.assign(net=net, cumulative=net.cumsum())


def _figures(scenario: Scenario, found: Returns) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "kind": scenario.kind,
        "npv": found.npv,
        "roi": found.roi,
        "payback_months": found.payback_months,
        "costs_pv": found.costs_pv,
        "benefits_pv": found.benefits_pv,
    }
