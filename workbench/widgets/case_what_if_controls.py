"""What a person may change on the business case's what-if page: assumptions, and what holds for the whole plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets

from workbench import language
from workbench.business_case.what_if import CaseWhatIf
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.widgets.case_what_if_sliders import AssumptionControl, months_slider, settled, share_slider
from workbench.widgets.pieces import column, heading, html, text

FIRST = 5
"""Assumptions that stand above the fold."""
MOST_RATE, MOST_MONTHS, MOST_DELAY, MOST_FACTOR = 0.3, 120, 24, 2.0
RATE_STEP, FACTOR_STEP = 0.005, 0.05


class Controls:
    """The controls; `changed` is called when a person has changed something, and not when a scenario is shown."""

    def __init__(self, base: CaseWhatIf, changed: Callable[[], None]) -> None:
        self.base, self._changed, self._showing = base, changed, False
        self.moved, self._told = "", CaseScenario()
        self.assumptions = {
            row["assumption_id"]: _assumption(base, row) for row in base.swings.swings.to_dict("records")
        }
        self.rate = share_slider(
            _("Discount rate a year"), base.discount_rate, max(MOST_RATE, base.discount_rate), RATE_STEP, ".1%"
        )
        most = max(MOST_MONTHS, base.horizon_months)
        self.horizon = months_slider(_("Months that count"), base.horizon_months, 1, most)
        self.delay = months_slider(_("Months that everything starts later"), 0, 0, MOST_DELAY)
        self.costs = share_slider(_("All costs, as a share of the plan's"), 1.0, MOST_FACTOR, FACTOR_STEP, ".0%")
        self.benefits = share_slider(_("All benefits, as a share of the plan's"), 1.0, MOST_FACTOR, FACTOR_STEP, ".0%")
        self.widget = self._laid_out()
        for name, control in self.assumptions.items():
            for one in control.inputs:
                one.observe(lambda _change, name=name: self._tell(name), "value")
        for one in self._plan():
            one.observe(lambda _change: self._tell(""), "value")

    def _plan(self) -> list[ipywidgets.Widget]:
        return [self.rate, self.horizon, self.delay, self.costs, self.benefits]

    def _laid_out(self) -> ipywidgets.VBox:
        first, rest = _parted([control.widget for control in self.assumptions.values()])
        return column(
            html(heading(_("Assumptions that matter most"), 3)),
            html(text(_rubric(), "cw-rubric")),
            *first,
            html(heading(_("The whole plan"), 3)),
            *self._plan(),
            *_folded(rest),
            *_fixed(self.base),
        )

    @property
    def scenario(self) -> CaseScenario:
        """What stands on the page, as far as it differs from the program."""
        base, rate = self.base, settled(self.rate, self.base.discount_rate)
        return CaseScenario(
            values={name: one.value for name, one in self.assumptions.items() if one.value != one.own},
            known=tuple(name for name, one in self.assumptions.items() if one.is_known),
            discount_rate=None if rate == base.discount_rate else rate,
            horizon_months=None if self.horizon.value == base.horizon_months else self.horizon.value,
            delay_months=self.delay.value,
            cost_factor=settled(self.costs, 1.0),
            benefit_factor=settled(self.benefits, 1.0),
        )

    def show(self, scenario: CaseScenario) -> None:
        """Show a scenario; nobody is told."""
        self._showing, self.moved = True, ""
        try:
            for name, control in self.assumptions.items():
                control.show(scenario.values.get(name, control.own), name in scenario.known)
            self.rate.value = self.base.discount_rate if scenario.discount_rate is None else scenario.discount_rate
            self.horizon.value = scenario.horizon_months or self.base.horizon_months
            self.delay.value = scenario.delay_months
            self.costs.value, self.benefits.value = scenario.cost_factor, scenario.benefit_factor
        finally:
            self._showing, self._told = False, self.scenario

    def _tell(self, name: str) -> None:
        # A browser puts a slider onto one of its steps, which is no change that a person made.
        if not self._showing and self.scenario != self._told:
            self.moved, self._told = name or self.moved, self.scenario
            self._changed()


def _assumption(base: CaseWhatIf, row: dict[Any, Any]) -> AssumptionControl:
    return AssumptionControl(row, varies=base.as_it_stands.spread[row["assumption_id"]].varies)


def _rubric() -> str:
    return _(
        "A slider moves the value about which an assumption is spread; its low and high value move in the same "
        "proportion. “As if known” takes the spread away."
    )


def _parted(controls: list[ipywidgets.Widget]) -> tuple[list[ipywidgets.Widget], list[ipywidgets.Widget]]:
    return controls[:FIRST], controls[FIRST:]


def _folded(rest: list[ipywidgets.Widget]) -> Iterable[ipywidgets.Widget]:
    if not rest:
        return
    told = ngettext("{count} more assumption", "{count} more assumptions", len(rest)).format(count=len(rest))
    fold = ipywidgets.Accordion([column(*rest)], titles=[told])
    yield fold


def _fixed(base: CaseWhatIf) -> Iterable[ipywidgets.Widget]:
    """Why some assumptions have no slider."""
    names = base.swings.without_range
    if names:
        labels = base.as_it_stands.labels.set_index("assumption_id")["name"]
        told = _("Without a low and a high value, and so without a slider: {names}.")
        yield html(text(told.format(names=language.listed([str(labels[name]) for name in names])), "cw-rubric"))
