"""What a person may change on the what-if page: means, weights, and which projects must be done or are out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import floor, log10
from typing import Any

import ipywidgets

from workbench import language
from workbench.language import gettext as _
from workbench.planning.release_plan.rules import resource_label
from workbench.planning.release_plan.scenario import Scenario
from workbench.planning.release_plan.what_if import WhatIf
from workbench.widgets.pieces import column, heading, html, row, shared, text

MOST, STEP = 2.0, 0.05
TIMES_THE_LARGEST, STEPS = 2, 20
"""Weights can be set up to so many times the largest of the program, in about so many steps."""
ROUNDING = 1e-9


class Controls:
    """The controls; `changed` is called when a person has changed something, and not when a scenario is shown."""

    def __init__(self, base: WhatIf, changed: Callable[[], None]) -> None:
        self.base, self._changed, self._showing = base, changed, False
        portfolio = base.as_it_stands
        own = dict(zip(base.weighed["criterion_id"], base.weighed["weight"].astype(float), strict=True))
        self.weights = {
            name: _weight(title, own[name], TIMES_THE_LARGEST * max(own.values()))
            for name, title in zip(base.weighed["criterion_id"], base.weighed["name"], strict=True)
        }
        self.own_weights = own
        self.means = {str(name): _means(str(name)) for name in portfolio.capacity.index}
        self.decisions = {project: _decision(project, portfolio.titles[project]) for project in portfolio.projects}
        self.own_decisions = {project: _own(base, project) for project in portfolio.projects}
        self.widget = column(
            html(heading(_("Means"), 3)),
            html(text(_("Of what the program has in each release; 100% as it stands."), "cw-rubric")),
            *self.means.values(),
            html(heading(_("What value is made of"), 3)),
            *self.weights.values(),
            html(heading(_("Projects"), 3)),
            *(_line(portfolio.named(project), choice) for project, choice in self.decisions.items()),
        )
        self.show(Scenario())
        for control in self._all():
            control.observe(self._tell, "value")

    def _all(self) -> Iterable[ipywidgets.Widget]:
        return [*self.means.values(), *self.weights.values(), *self.decisions.values()]

    @property
    def scenario(self) -> Scenario:
        """What stands on the page, as far as it differs from the program."""
        return Scenario(
            means={name: one.value for name, one in self.means.items() if one.value != 1},
            weights={name: one.value for name, one in self.weights.items() if one.value != self.own_weights[name]},
            decisions={
                name: one.value for name, one in self.decisions.items() if one.value != self.own_decisions[name]
            },
        )

    def show(self, scenario: Scenario) -> None:
        """Show a scenario; nobody is told."""
        self._showing = True
        try:
            _set(self.means, scenario.means, dict.fromkeys(self.means, 1.0))
            _set(self.weights, scenario.weights, self.own_weights)
            _set(self.decisions, scenario.decisions, self.own_decisions)
        finally:
            self._showing = False

    def _tell(self, _change: object) -> None:
        if not self._showing:
            self._changed()


def _set(controls: Mapping[str, ipywidgets.Widget], given: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    for name, control in controls.items():
        control.value = given.get(name, own[name])


def _own(base: WhatIf, project: str) -> str:
    return "must" if project in base.as_it_stands.must_do else "free"


def _means(resource: str) -> ipywidgets.FloatSlider:
    return ipywidgets.FloatSlider(
        value=1.0,
        min=0.0,
        max=MOST,
        step=STEP,
        description=resource_label(resource),
        readout_format=".0%",
        continuous_update=False,
        layout=shared(ipywidgets.Layout),
    )


def _weight(title: str, own: float, most: float) -> ipywidgets.FloatSlider:
    step = round_step(most / STEPS)
    return ipywidgets.FloatSlider(
        value=own,
        min=0,
        max=most,
        step=step,
        description=_("{criterion} (now {weight})").format(criterion=title, weight=language.number(own)),
        readout_format=f".{max(1, -floor(log10(step)))}f",
        continuous_update=False,
        layout=shared(ipywidgets.Layout),
    )


def round_step(about: float) -> float:
    """The largest of 1, 2, 5, 10 … or of their tenths, hundredths … that is not above this.

    Examples
    --------
    >>> [round_step(about) for about in (0.04, 0.3, 1.0, 45.0)]
    [0.02, 0.2, 1.0, 20.0]
    """
    power = 10.0 ** floor(log10(about))
    return float(max(nice * power for nice in (1, 2, 5) if nice * power <= about * (1 + ROUNDING)))


def _decision(project: str, title: str) -> ipywidgets.ToggleButtons:
    return ipywidgets.ToggleButtons(
        options=[(_("Open"), "free"), (_("Must"), "must"), (_("Out"), "out")],
        description=f"{title} ({project})",
        layout=shared(ipywidgets.Layout),
    )


def _line(name: str, choice: ipywidgets.ToggleButtons) -> ipywidgets.HBox:
    return row(html(text(name)), choice, kind="cw-decision")
