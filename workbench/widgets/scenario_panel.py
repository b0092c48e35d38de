"""Scenarios of a what-if page: kept by name while it is open, as a link for longer, and compared two by two."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

import ipywidgets
from markupsafe import Markup

from workbench import language
from workbench.language import gettext as _
from workbench.reporting.part import Part
from workbench.widgets.pieces import Choice, Status, button, column, heading, html, markup, row, show_only, telling


class Saveable(Protocol):
    """What a line of text keeps."""

    def to_text(self) -> str:
        """The line."""


Changes = TypeVar("Changes", bound=Saveable)
Outcome = TypeVar("Outcome")


class ScenarioPanel(ABC, Generic[Changes, Outcome]):
    """What was saved, and two of it side by side.

    Parameters
    ----------
    status : Status
        Where what goes wrong is told.
    now : callable
        What stands on the page, and what it comes to where that is known.
    show : callable
        Shows a scenario on the page.
    link : str
        Beginning of the link to a scenario; empty where there are no links.
    """

    def __init__(
        self,
        status: Status,
        now: Callable[[], tuple[Changes, Outcome | None]],
        show: Callable[[Changes], None],
        link: str = "",
    ) -> None:
        self.status, self.now, self.show, self.link = status, now, show, link
        self.saved: dict[str, tuple[Changes, Outcome]] = {}
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

    @abstractmethod
    def worth_keeping(self, outcome: Outcome | None) -> Outcome:
        """The outcome, where a scenario with it can be saved.

        Raises
        ------
        SettingsError
            When it cannot.
        """

    @abstractmethod
    def compared(self, first: tuple[Changes, Outcome], second: tuple[Changes, Outcome]) -> list[Part]:
        """What is said of two that were saved."""

    def refresh(self) -> None:
        """The link to what stands on the page now."""
        if self.link:
            query = urlencode({"scenario": self.now()[0].to_text()})
            words = _("Link to this scenario")
            self.address.value = str(Markup('<a href="{}&{}">{}</a>').format(self.link, query, words))

    def save(self) -> None:
        """Keep what stands on the page under its name."""
        name = self.name.value.strip() or _("Scenario {number}").format(number=len(self.saved) + 1)
        scenario, outcome = self.now()
        self.saved[name] = (scenario, self.worth_keeping(outcome))
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
        kept = list(self.saved.values())
        if len(kept) > 1:
            told = self.compared(kept[self.first.place], kept[self.second.place])
            self.told.value = "".join(map(markup, told))
