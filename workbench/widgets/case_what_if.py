"""The business case's what-if page: move assumptions, see the net present value redrawn, compare two scenarios."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import ipywidgets
import pandas as pd

from workbench import language
from workbench.business_case.proportions import share_told
from workbench.business_case.simulation import DRAWS
from workbench.business_case.what_if import CaseWhatIf
from workbench.business_case.what_if_outcome import CaseOutcome
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.errors import DataError, WorkbenchError
from workbench.language import gettext as _
from workbench.reporting import parts
from workbench.widgets.case_what_if_controls import Controls
from workbench.widgets.case_what_if_scenarios import CaseScenarios
from workbench.widgets.pieces import Status, button, column, html, look, markup, row, telling, text

DRAWS_ON_THE_WAY = 2**11
"""While a person moves a slider; the first of all `DRAWS`."""
SECONDS_UNTIL_REST = 0.4
MARKED = (0.1, 0.5, 0.9)


class CaseWhatIfPage:
    """Controls on the left, the return on the right; fewer draws on the way, all of them at rest.

    Parameters
    ----------
    base : CaseWhatIf
        The business case.
    scenario : CaseScenario
        What to begin with.
    link : str
        Beginning of the link to a scenario; empty where there are no links.
    notes : sequence of str
        What a reader has to know of the case.
    """

    def __init__(self, base: CaseWhatIf, scenario: CaseScenario, link: str = "", notes: Sequence[str] = ()) -> None:
        self.base = base
        self.turn = 0
        self.planned = base.under(CaseScenario())
        self.outcome: CaseOutcome | None = None
        self.status = Status()
        self.answer, self.boxes, self.turning = html(), html(), html()
        self.curves = ipywidgets.Output(layout=ipywidgets.Layout(min_height="318px"))
        self.controls = Controls(base, telling(self.status, self.redraw))
        self.scenarios = CaseScenarios(
            base, self.status, lambda: (self.controls.scenario, self.outcome), self.show, link
        )
        self.widget = self._laid_out(notes)
        telling(self.status, self.show)(scenario)

    def _laid_out(self, notes: Sequence[str]) -> ipywidgets.VBox:
        reset = button(_("As the program stands"), telling(self.status, self.reset))
        side = column(row(reset, kind="cw-actions"), self.controls.widget, kind="cw-side cw-wide cw-scrolled")
        known = _("{draws} draws with the same seed. No line is adjusted for risk: the draws are the risk.")
        below = " ".join(filter(None, [known.format(draws=language.exact(DRAWS)), *notes]))
        told = [self.answer, self.boxes, self.curves, self.turning, self.status.widget, self.scenarios.widget]
        told.append(html(text(below, "cw-rubric")))
        return column(look(), row(side, column(*told, kind="cw-form"), kind="cw-both"), kind="cw-panels")

    def reset(self) -> None:
        """Back to the program as it stands."""
        self.show(CaseScenario())

    def show(self, scenario: CaseScenario) -> None:
        """Show a scenario and what it comes to."""
        self.controls.show(scenario)
        self.turn += 1
        self._settle()

    def redraw(self) -> None:
        """Draw at once what stands on the page, with fewer draws, and with all of them when nothing moves any more."""
        self.turn += 1
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._settle()
            return
        self._compute(DRAWS_ON_THE_WAY)
        self.turning.value = ""
        self.settling = loop.create_task(self._settle_after(self.turn))

    async def _settle_after(self, turn: int) -> None:
        await asyncio.sleep(SECONDS_UNTIL_REST)
        if turn == self.turn:
            telling(self.status, self._settle)()

    def _settle(self) -> None:
        self._compute(DRAWS)
        self.turning.value = str(text(self._turning_told(), "cw-fact"))

    def _turning_told(self) -> str:
        """Where the return turns, for what was moved last."""
        name = self.controls.moved
        try:
            return self.base.turning_point(self.controls.scenario, name) if name else ""
        except DataError as error:
            # What stands on the page has a value; only what would have to be tried on the way has none.
            told = _("Where the net present value turns to zero cannot be told: {reason}")
            return told.format(reason=error.problems[0].found)

    def _compute(self, draws: int) -> None:
        try:
            self.outcome = self.base.under(self.controls.scenario, draws)
        except WorkbenchError:
            self._clear()
            raise
        self._draw(self.outcome)
        self.status.say("")

    def _clear(self) -> None:
        self.outcome = None
        self.answer.value = markup(parts.answer(_("There is nothing to compute like this.")))
        self.boxes.value = self.turning.value = ""
        self.curves.outputs = ()
        self.scenarios.refresh()

    def _draw(self, outcome: CaseOutcome) -> None:
        self.answer.value = markup(parts.answer(outcome.beside(self.planned)))
        self.boxes.value = markup(parts.boxes(_boxes(outcome, self.planned)))
        self.curves.outputs = (_curves(outcome, self.planned),)
        self.scenarios.refresh()


def _boxes(now: CaseOutcome, planned: CaseOutcome) -> list[parts.Box]:
    """The figures, each with what it was as planned."""
    return [
        parts.Box(
            _("Net present value"), language.money(now.base_npv), note=_planned(language.money(planned.base_npv))
        ),
        parts.Box(_("In 8 of 10 draws"), now.range_told, note=_planned(planned.range_told)),
        parts.Box(_("Draws above zero"), share_told(now.p_positive), note=_planned(share_told(planned.p_positive))),
        parts.Box(_("Payback"), now.payback_told, note=_planned(planned.payback_told)),
    ]


def _planned(told: str) -> str:
    return _("planned: {figure}").format(figure=told)


def _curves(now: CaseOutcome, planned: CaseOutcome) -> dict[str, object]:
    """The two curves as an output that the browser draws."""
    from workbench.charts import theme
    from workbench.charts.case_what_if import npv_curves

    points = pd.DataFrame({"share": MARKED, "amount": [now.percentile(share) for share in MARKED]})
    low, high = (language.money(now.percentile(share)) for share in (MARKED[0], MARKED[-1]))
    finding = _("In 8 of 10 draws the net present value lies between {low} and {high}").format(low=low, high=high)
    drawn = theme.live(npv_curves(planned.curve(), now.curve(), points, finding))
    return {"output_type": "display_data", "data": drawn, "metadata": {}}
