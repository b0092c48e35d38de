"""The facilitator's view: how far the raters are, the round, and, once shown, the matrix and where people differ."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets
import pandas as pd

from workbench import language
from workbench.language import gettext as _
from workbench.program.rounds import Round
from workbench.reporting import parts
from workbench.widgets.pieces import Status, button, column, html, markup, row, show_only, telling
from workbench.widgets.visit import Visit, name_of, title_of

OPEN, SHOWN = "open", "shown"


class FacilitationPanel:
    """Rounds opened, shown and frozen; progress; agreement."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        self.standing = html()
        self.progress = html()
        self.agreement = column(kind="cw-form")
        self.seen: pd.DataFrame | None = None
        self.number: int | None = None
        self.opening, self.showing, self.freezing = self._opening(), self._showing(), Freezing(self._freeze)
        acts = self.opening, self.showing, self.freezing.widget
        controls = column(self.standing, *acts, self.status.widget, self.progress, kind="cw-side")
        self.widget = row(controls, self.agreement, kind="cw-both")
        self.refresh()

    def _opening(self) -> ipywidgets.VBox:
        self.name = ipywidgets.Text(description=_("Name of the round"), placeholder=_("for example: First round"))
        act = button(_("Open the round"), telling(self.status, self._open), primary=True)
        return ipywidgets.VBox([self.name, act])

    def _showing(self) -> ipywidgets.VBox:
        act = button(_("Show the scores to all"), telling(self.status, self._show), primary=True)
        return ipywidgets.VBox([act])

    def refresh(self) -> None:
        """Show how the session stands now."""
        now = self.visit.committee.current_round()
        last = self.visit.latest_round()
        self.number = now.number if now else None
        self.standing.value = markup(parts.reading(_standing(last)))
        show_only(self.opening, now is None)
        show_only(self.showing, now is not None and now.status == OPEN)
        self.freezing.show(now if now is not None and now.status == SHOWN else None)
        self.progress.value = markup(_progress(self.visit.committee.progress())) if now else ""
        self._refresh_agreement()

    def _open(self) -> None:
        self.visit.confirm()
        opened = self.visit.committee.open_round(self.name.value, self.visit.now())
        self.name.value = ""
        self.refresh()
        self.status.say(_("{name} is open.").format(name=title_of(opened)))

    def _show(self) -> None:
        self.visit.confirm()
        shown = self.visit.committee.show_round(self.visit.now(), self.number)
        self.refresh()
        self.status.say(_("The scores of {name} are shown to all.").format(name=title_of(shown)))

    def _freeze(self, reason: str, number: int) -> None:
        self.visit.confirm()
        by = name_of(self.visit) or _("Facilitator")
        frozen = self.visit.committee.freeze_round(by, reason, self.visit.now(), number)
        self.refresh()
        self.status.say(_("{name} is frozen.").format(name=title_of(frozen)))

    def _refresh_agreement(self) -> None:
        """Draw anew what the shown scores say, when there are other scores than at the last look."""
        seen = self.visit.committee.scores_seen_by(None, facilitator=True)
        if self.seen is not None and seen.equals(self.seen):
            return
        self.seen = seen
        if seen["score"].notna().any():
            from workbench.widgets.findings import findings

            self.agreement.children = findings(self.visit.committee, seen)
        else:
            told = _("The matrix and the disagreements appear here when scores are shown.")
            self.agreement.children = [html(parts.notice(told))]


class Freezing:
    """Why a round is frozen, and a second question before it is."""

    def __init__(self, freeze: Callable[[str, int], None]) -> None:
        self.freeze = freeze
        self.status = Status()
        self.reason = ipywidgets.Textarea(description=_("Reason of the decision"), rows=3)
        self.ask = button(_("Freeze the round…"), telling(self.status, self._ask), primary=True)
        self.question = html()
        yes = button(_("Yes, freeze it"), telling(self.status, self._yes))
        self.sure = ipywidgets.VBox([self.question, ipywidgets.HBox([yes, button(_("No"), self._no)])])
        self.widget = ipywidgets.VBox([self.reason, self.ask, self.sure, self.status.widget])
        self.round: Round | None = None
        self.show(None)

    def show(self, shown: Round | None) -> None:
        """Offer to freeze this round, or none; a question about the same round stays."""
        show_only(self.widget, shown is not None)
        if shown is None or shown != self.round:
            self.round = shown
            show_only(self.sure, False)

    def _ask(self) -> None:
        if not self.reason.value.strip():
            self.status.say(_("Write the reason first: it becomes part of the decision record."), wrong=True)
            return
        self.status.say("")
        told = _("Freeze {name}? It becomes the record of a decision and cannot be opened again.")
        if self.round is not None:
            self.question.value = markup(parts.reading(told.format(name=title_of(self.round))))
            show_only(self.sure, True)

    def _yes(self) -> None:
        if self.round is None:
            return
        self.freeze(self.reason.value, self.round.number)
        self.reason.value = ""
        show_only(self.sure, False)

    def _no(self) -> None:
        show_only(self.sure, False)


def _standing(last: Round | None) -> str:
    """How the session stands, for the facilitator."""
    if last is None:
        return _("No round was opened yet.")
    told = {
        OPEN: _("{name} is open: the raters score, and nobody sees the others' scores."),
        SHOWN: _("{name} is shown: all see all scores, and none can be given any more."),
        "frozen": _("{name} is frozen by {by}, with this reason: {reason}"),
    }
    return told[last.status].format(name=title_of(last), by=last.frozen_by, reason=last.reason)


def _progress(progress: pd.DataFrame) -> parts.Part:
    expecting = progress[progress["expected"] > 0].drop(columns="rater_id")
    labels = {"name": _("Rater"), "scored": _("Scored"), "abstained": _("Abstained"), "expected": _("Expected")}
    return parts.table(
        expecting,
        labels=labels,
        formats=dict.fromkeys(("scored", "abstained", "expected"), language.exact),
        caption=_("How far the raters are"),
        collapsed=False,
    )
