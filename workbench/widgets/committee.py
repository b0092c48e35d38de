"""The committee's page: scoring, requirements, and the facilitator's view, for whoever the visit is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from workbench.errors import AccessError
from workbench.language import gettext as _
from workbench.reporting.part import Part
from workbench.widgets.pieces import Status, button, column, html, look, row, telling
from workbench.widgets.visit import Entrance, Visit, refusal

SECONDS_BETWEEN_LOOKS = 2.0
log = logging.getLogger(__name__)


class Panel(Protocol):
    """A task of the page."""

    widget: ipywidgets.Widget

    def refresh(self) -> None:
        """Show how things stand now."""


@runtime_checkable
class Follower(Protocol):
    """A task on which others work too, beyond rounds, requirements and scores."""

    def news(self) -> object:
        """What others may have changed, to compare with what it was."""


def panels(entrance: Entrance) -> ipywidgets.Widget | Part:
    """The page's panels, or what stands in their place where nobody was let in."""
    return CommitteePage(entrance.visit).widget if entrance.visit else entrance.instead


class CommitteePage:
    """One task at a time, chosen at the top; the page follows what others do."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        self.made: dict[str, Panel] = {}
        self.open = ""
        self.seen: object = None
        self.is_lost = False
        self.buttons = {name: self._button(name, label) for name, label in self._tasks().items()}
        self.body = column()
        tasks = row(*self.buttons.values(), kind="cw-tasks")
        self.widget = column(look(), tasks, self.status.widget, self.body, kind="cw-panels")
        self._turn_to(next(iter(self.buttons)))
        self._watch()

    def _tasks(self) -> dict[str, str]:
        tasks = {"facilitate": _("Facilitate")} if self.visit.is_facilitator else {}
        if self.visit.is_facilitator:
            tasks["weights"] = _("Criteria")
        if self.visit.rater_id and self.visit.committee.may_score(self.visit.rater_id):
            tasks |= {"score": _("Score"), "judge": _("Compare criteria")}
        return tasks | {"prefer": _("What fits?"), "capture": _("Requirements")}

    def _button(self, name: str, label: str) -> ipywidgets.Button:
        return button(label, telling(self.status, lambda: self._turn_to(name)))

    def _turn_to(self, name: str) -> None:
        if name not in self.made:
            self.made[name] = _MAKERS[name](self.visit)
        else:
            self.made[name].refresh()
        self.open = name
        self.body.children = [self.made[name].widget]
        for other, pressed in self.buttons.items():
            pressed.button_style = "info" if other == name else ""
        self.seen = self._standing()

    def _standing(self) -> object:
        """What tells that others did something: the rounds, the requirements, and how many scores there are."""
        committee = self.visit.committee
        requirements = tuple(committee.requirements()["title"])
        now = self.made[self.open]
        news = now.news() if isinstance(now, Follower) else None
        return (
            committee.rounds(),
            requirements,
            committee.progress().to_csv() if self.visit.is_facilitator else "",
            news,
        )

    def follow(self) -> None:
        """Show what others did since the last look; close when the invitation holds no more."""
        try:
            self.visit.confirm()
        except AccessError as error:
            self.body.children = [html(refusal(error))]
            raise
        standing = self._standing()
        if standing != self.seen:
            self.seen = standing
            self.made[self.open].refresh()

    def _watch(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self.watching = loop.create_task(self._follow_on())

    async def _follow_on(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                self.look()
            except AccessError:
                return

    def look(self) -> None:
        """Follow; what stands in the way is told, and logged once, until it is gone."""
        try:
            self.follow()
        except AccessError:
            raise
        except Exception:
            if not self.is_lost:
                log.exception("the page could not look for news")
            self.is_lost = True
            self.status.say(_("The program cannot be read at the moment; trying again."), wrong=True)
        else:
            if self.is_lost:
                self.status.say("")
            self.is_lost = False


def _scoring(visit: Visit) -> Panel:
    from workbench.widgets.scoring import ScoringPanel

    return ScoringPanel(visit)


def _capture(visit: Visit) -> Panel:
    from workbench.widgets.capture import CapturePanel

    return CapturePanel(visit)


def _facilitation(visit: Visit) -> Panel:
    from workbench.widgets.facilitation import FacilitationPanel

    return FacilitationPanel(visit)


def _weights(visit: Visit) -> Panel:
    from workbench.widgets.weights import WeightsPanel

    return WeightsPanel(visit)


def _judgements(visit: Visit) -> Panel:
    from workbench.widgets.judgements import JudgementsPanel

    return JudgementsPanel(visit)


def _preferences(visit: Visit) -> Panel:
    from workbench.widgets.preferences import PreferencesPanel

    return PreferencesPanel(visit)


_MAKERS: dict[str, Callable[[Any], Panel]] = {
    "score": _scoring,
    "capture": _capture,
    "facilitate": _facilitation,
    "weights": _weights,
    "judge": _judgements,
    "prefer": _preferences,
}
