"""Scenarios of the what-if page: kept by name while it is open, as a link for longer, and compared two by two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import ipywidgets
from markupsafe import Markup

from workbench import language
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.planning.release_plan.compare import CHANGES, compare
from workbench.planning.release_plan.scenario import Scenario
from workbench.planning.release_plan.solve import ReleasePlan
from workbench.reporting import parts
from workbench.widgets.pieces import Choice, Status, button, column, heading, html, markup, row, show_only, telling

if TYPE_CHECKING:
    import pandas as pd

Kept = tuple[Scenario, ReleasePlan | None]
"""What stands on the page, and its plan where there is one."""
UNCHANGED = ("same", "out")


class Scenarios:
    """What was saved, and two of it side by side."""

    def __init__(
        self, status: Status, now: Callable[[], Kept], show: Callable[[Scenario], None], link: str = ""
    ) -> None:
        self.status, self.now, self.show, self.link = status, now, show, link
        self.saved: dict[str, tuple[Scenario, ReleasePlan]] = {}
        self.name = ipywidgets.Text(description=_("Name"), placeholder=_("for example Less money"))
        keep = button(_("Save scenario"), telling(status, self.save), primary=True)
        load = button(_("Show the second"), telling(status, self.load))
        self.first = Choice(_("Compare"), telling(status, lambda _place: self._compare()))
        self.second = Choice(_("with"), telling(status, lambda _place: self._compare()))
        self.address, self.told = html(), html()
        self.comparison = column(row(self.first.widget, self.second.widget, load), self.told)
        self.comparison.layout = ipywidgets.Layout(display="none")  # its own: the others share one
        self.widget = column(
            html(heading(_("Scenarios"))), row(self.name, keep, kind="cw-actions"), self.address, self.comparison
        )

    def refresh(self) -> None:
        """The link to what stands on the page now."""
        if self.link:
            query = urlencode({"scenario": self.now()[0].to_text()})
            words = _("Link to this scenario")
            self.address.value = str(Markup('<a href="{}&{}">{}</a>').format(self.link, query, words))

    def save(self) -> None:
        """Keep what stands on the page under its name."""
        name = self.name.value.strip() or _("Scenario {number}").format(number=len(self.saved) + 1)
        scenario, plan = self.now()
        if plan is None or plan.status == "infeasible":
            told = _("Only a scenario with a plan can be saved.")
            raise SettingsError(Problem(told, remedy=_("Loosen what makes it impossible.")))
        self.saved[name] = (scenario, plan)
        self.name.value = ""
        self._offer()
        self.status.say(_("{name} is saved.").format(name=language.quoted(name)))

    def load(self) -> None:
        """Show the second of the two on the page."""
        self.show(list(self.saved.values())[self.second.place][0])

    def _offer(self) -> None:
        names = list(self.saved)
        self.first.offer(names, self.first.place if len(names) > 1 else 0)
        self.second.offer(names, len(names) - 1)
        show_only(self.comparison, len(names) > 1)
        self._compare()

    def _compare(self) -> None:
        plans = [plan for _scenario, plan in self.saved.values()]
        if len(plans) < 2:
            return
        found = compare(plans[self.first.place], plans[self.second.place])
        changes = found.table[~found.table["change"].isin(UNCHANGED)]
        pieces = [parts.reading(found.conclusion)]
        if len(changes):
            pieces.append(_table(changes.assign(change=changes["change"].map(lambda name: _(CHANGES[name])))))
        self.told.value = "".join(map(markup, pieces))


def _table(changes: pd.DataFrame) -> parts.Part:
    labels = {
        "project_id": _("Id"),
        "title": _("Project"),
        "before": _("Release before"),
        "after": _("Release after"),
        "change": _("Change"),
    }
    return parts.table(changes, labels=labels, caption=_("What changes from the first to the second"), collapsed=False)
