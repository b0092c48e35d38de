"""Scenarios of the release plan's what-if page: only plans are kept, and two are compared project by project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.planning.release_plan.compare import CHANGES, compare
from workbench.planning.release_plan.scenario import Scenario
from workbench.planning.release_plan.solve import ReleasePlan
from workbench.reporting import parts
from workbench.reporting.part import Part
from workbench.widgets.scenario_panel import ScenarioPanel

if TYPE_CHECKING:
    import pandas as pd

UNCHANGED = ("same", "out")


class Scenarios(ScenarioPanel[Scenario, ReleasePlan]):
    """Scenarios with their plans."""

    def worth_keeping(self, outcome: ReleasePlan | None) -> ReleasePlan:
        """The plan, where there is one."""
        if outcome is None or outcome.status == "infeasible":
            told = _("Only a scenario with a plan can be saved.")
            raise SettingsError(Problem(told, remedy=_("Loosen what makes it impossible.")))
        return outcome

    def compared(self, first: tuple[Scenario, ReleasePlan], second: tuple[Scenario, ReleasePlan]) -> list[Part]:
        """What changes from the one plan to the other."""
        found = compare(first[1], second[1])
        changes = found.table[~found.table["change"].isin(UNCHANGED)]
        told = [parts.reading(found.conclusion)]
        if len(changes):
            told.append(_table(changes.assign(change=changes["change"].map(lambda name: _(CHANGES[name])))))
        return told


def _table(changes: pd.DataFrame) -> parts.Part:
    labels = {
        "project_id": _("Id"),
        "title": _("Project"),
        "before": _("Release before"),
        "after": _("Release after"),
        "change": _("Change"),
    }
    return parts.table(changes, labels=labels, caption=_("What changes from the first to the second"), collapsed=False)
