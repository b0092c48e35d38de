"""Scenarios of the business case's what-if page: what was changed in each, and figure beside figure."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from workbench.business_case.what_if import CaseWhatIf
from workbench.business_case.what_if_comparison import compare
from workbench.business_case.what_if_outcome import CaseOutcome
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.reporting import parts
from workbench.reporting.part import Part
from workbench.widgets.pieces import Status
from workbench.widgets.scenario_panel import ScenarioPanel

Kept = tuple[CaseScenario, CaseOutcome]


class CaseScenarios(ScenarioPanel[CaseScenario, CaseOutcome]):
    """Scenarios with what they come to."""

    def __init__(
        self,
        base: CaseWhatIf,
        status: Status,
        now: Callable[[], tuple[CaseScenario, CaseOutcome | None]],
        show: Callable[[CaseScenario], None],
        link: str = "",
    ) -> None:
        super().__init__(status, now, show, link)
        self.base = base

    def worth_keeping(self, outcome: CaseOutcome | None) -> CaseOutcome:
        """The outcome, where there is one."""
        if outcome is None:
            told = _("Only a scenario that can be computed can be saved.")
            raise SettingsError(Problem(told, remedy=_("Take back the change that was made last.")))
        return outcome

    def compared(self, first: Kept, second: Kept) -> list[Part]:
        """Both in words, then what was changed, then the figures."""
        found = compare(self.base, first, second)
        told = [parts.reading(found.conclusion)]
        if len(found.changes):
            told.append(_table(found.changes, _("Change"), _("Where the two differ")))
        told.append(_table(found.to_frame(), _("Figure"), _("What each comes to")))
        return told


def _table(rows: pd.DataFrame, first: str, caption: str) -> Part:
    labels = {"name": first, "first": _("First"), "second": _("Second")}
    return parts.table(rows, labels=labels, caption=caption, collapsed=False)
