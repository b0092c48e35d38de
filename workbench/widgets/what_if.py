"""The what-if page: change means, weights and decisions, see the plan redrawn, and hold two scenarios side by side."""

from __future__ import annotations

import asyncio
import logging

import ipywidgets

from workbench.errors import NoSolutionError, WorkbenchError
from workbench.language import gettext as _
from workbench.planning.release_plan.conflicts import smallest_conflict
from workbench.planning.release_plan.improve import quick_plan
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import resource_label
from workbench.planning.release_plan.scenario import Scenario
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases
from workbench.planning.release_plan.what_if import WhatIf
from workbench.reporting import parts
from workbench.widgets.pieces import Status, button, column, heading, html, look, markup, row, telling
from workbench.widgets.what_if_controls import Controls
from workbench.widgets.what_if_scenarios import Scenarios

SECONDS_UNTIL_SEARCH = 0.6
"""After the last change; until then the quick plan stands."""
SECONDS_OF_SEARCH = 8.0
log = logging.getLogger(__name__)


class WhatIfPage:
    """Controls on the left, the plan on the right; at once a good plan, then, where there is one, a better one."""

    def __init__(self, base: WhatIf, scenario: Scenario, link: str = "") -> None:
        self.base = base
        self.turn = 0
        self.one_at_a_time = asyncio.Lock()
        self.plan: ReleasePlan | None = None
        self.status = Status()
        self.answer = html()
        self.board = ipywidgets.Output()
        self.controls = Controls(base, telling(self.status, self.replan))
        self.scenarios = Scenarios(self.status, lambda: (self.controls.scenario, self.plan), self.show, link)
        reset = button(_("As the program stands"), telling(self.status, self.reset))
        side = column(row(reset, kind="cw-actions"), self.controls.widget, kind="cw-side cw-wide cw-scrolled")
        result = column(self.answer, self.status.widget, self.board, self.scenarios.widget, kind="cw-form")
        self.widget = column(look(), html(heading(_("What if?"))), row(side, result, kind="cw-both"), kind="cw-panels")
        telling(self.status, self.show)(scenario)

    def reset(self) -> None:
        """Back to the program as it stands."""
        self.show(Scenario())

    def show(self, scenario: Scenario) -> None:
        """Show a scenario and its plan."""
        self.controls.show(scenario)
        self.replan()

    def replan(self) -> None:
        """Plan anew under what stands on the page."""
        self.turn += 1
        self.plan = None
        self.status.say(_("Planning …"))
        try:
            portfolio = self.base.under(self.controls.scenario)
        except WorkbenchError:
            self._clear(_("There is nothing to plan like this."))
            raise
        try:
            self._draw(quick_plan(portfolio))
        except NoSolutionError:
            self._clear(_("No plan was found at once."))
        self.status.say(_("Looking for a better plan …") if self._is_open else "")
        if self._is_open:
            self._search(portfolio)

    @property
    def _is_open(self) -> bool:
        """Whether there may be a better plan than the one that is shown, or something to say of why there is none."""
        return self.plan is None or self.plan.status != "optimal"

    def _search(self, portfolio: Portfolio) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._found(*_searched(portfolio))
            return
        self.searching = loop.create_task(self._search_on(portfolio, self.turn))

    async def _search_on(self, portfolio: Portfolio, turn: int) -> None:
        """Search in a thread with the language of this one; the solver lets other threads run."""
        await asyncio.sleep(SECONDS_UNTIL_SEARCH)
        # What a thread has begun cannot be stopped: while it runs, only the last of the changes waits.
        async with self.one_at_a_time:
            if turn != self.turn:
                return
            try:
                found = await asyncio.to_thread(_searched, portfolio)
            except WorkbenchError as error:
                self._say(turn, " ".join(map(str, error.problems)), wrong=True)
            except Exception:
                log.exception("the search for a better plan failed")
                self._say(turn, "")
            else:
                if turn == self.turn:
                    self._found(*found)

    def _say(self, turn: int, words: str, wrong: bool = False) -> None:
        """What a search has to say, unless something was changed since it began."""
        if turn == self.turn:
            self.status.say(words, wrong)

    def _found(self, plan: ReleasePlan, conflict: str) -> None:
        is_better = self.plan is None or plan.status == "optimal" or plan.objective > self.plan.objective
        if conflict or is_better:
            self._draw(plan, conflict)
        self.status.say("")

    def _clear(self, words: str) -> None:
        self.answer.value = markup(parts.answer(words))
        self.board.outputs = ()
        self.scenarios.refresh()

    def _draw(self, plan: ReleasePlan, conflict: str = "") -> None:
        self.plan = plan
        self.answer.value = markup(parts.answer(" ".join(filter(None, (plan.conclusion, conflict)))))
        self.board.outputs = (_board(plan),) if plan.status != "infeasible" else ()
        self.scenarios.refresh()


def _searched(portfolio: Portfolio) -> tuple[ReleasePlan, str]:
    plan = plan_releases(portfolio, time_limit=SECONDS_OF_SEARCH)
    if plan.status != "infeasible":
        return plan, ""
    return plan, smallest_conflict(portfolio, known=True, time_limit=SECONDS_OF_SEARCH / 8).conclusion


def _board(plan: ReleasePlan) -> dict[str, object]:
    """The release board as an output that the browser draws; a page that is looked at needs no picture."""
    from workbench.charts import theme
    from workbench.charts.release_board import release_board

    projects = plan.to_frame().rename(columns={"value": "points"})
    load = plan.load.assign(resource_label=plan.load["resource"].map(resource_label))
    drawn = theme.live(release_board(projects, load).to_dict())
    return {"output_type": "display_data", "data": drawn, "metadata": {}}
