"""What fits? Each rater's class and points for every requirement; and, once shown, what all would keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ipywidgets
import pandas as pd

from workbench import language
from workbench.language import gettext as _
from workbench.planning.moscow import CLASS_LABELS
from workbench.program.preferring import BUDGET, ROUNDING, Preference
from workbench.program.rounds import Round
from workbench.reporting import parts
from workbench.widgets.pieces import Row, Status, column, heading, html, markup, row, rows_of, telling, text
from workbench.widgets.visit import Visit, title_of


class Wish:
    """A rater's class and points for one requirement; it tells when a person has chosen."""

    def __init__(self, requirement: Row, chosen: Callable[[], None]) -> None:
        self.id = str(requirement["requirement_id"])
        self._chosen, self._showing = chosen, False
        self.kept = Preference(self.id)
        title = f"{self.id} {requirement['title']}"
        classes = [("–", ""), *((_(name), key) for key, name in CLASS_LABELS.items())]
        self.moscow = ipywidgets.Dropdown(options=classes, description=_("Class of {title}").format(title=title))
        described = _("Points of {title}").format(title=title)
        self.points = ipywidgets.BoundedFloatText(0.0, min=0.0, max=BUDGET, step=1.0, description=described)
        self.widget = row(html(text(title)), self.moscow, self.points, kind="cw-wish")
        for control in (self.moscow, self.points):
            control.observe(self._changed, "value")

    def show(self, kept: Preference, is_open: bool) -> None:
        """Show what is kept, unless the page holds something that may still be."""
        self.moscow.disabled = self.points.disabled = not is_open
        if is_open and self.preference != self.kept:
            return
        self.kept = kept
        self._showing = True
        try:
            self.moscow.value, self.points.value = kept.moscow, kept.points or 0.0
        finally:
            self._showing = False

    @property
    def preference(self) -> Preference:
        """What is on the page; no points are none given."""
        return Preference(self.id, self.moscow.value, float(self.points.value) or None)

    def _changed(self, _change: object) -> None:
        if not self._showing and self.preference != self.kept:
            self._chosen()


class PreferencesPanel:
    """The rater's own wishes, and what everybody may see of all."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        self.wishes: list[Wish] = []
        self.standing, self.left = html(), html()
        self.form, self.findings = column(kind="cw-wishes"), column()
        self.shown: pd.DataFrame | None = None
        title = html(heading(_("What would you keep if not everything fits?")))
        side = column(self.standing, self.left, self.status.widget, self.findings, kind="cw-side cw-wide")
        body = row(side, column(self.form, kind="cw-form"), kind="cw-both") if visit.rater_id else side
        self.widget = column(title, body)
        self.refresh()

    def news(self) -> object:
        """What others may have changed, as far as this visitor may see it."""
        committee, visit = self.visit.committee, self.visit
        seen = committee.preferences_seen_by(visit.rater_id or None, visit.is_facilitator).to_csv()
        return seen, committee.preference_progress().to_csv() if visit.is_facilitator else ""

    def refresh(self) -> None:
        """Show how the round, the own wishes and, where they are shown, those of all stand now."""
        now = self.visit.committee.current_round()
        is_open = now is not None and now.status == "open"
        self.standing.value = markup(parts.reading(_standing(now, bool(self.visit.rater_id))))
        if self.visit.rater_id:
            self._show_own(is_open)
        self._show_findings(is_open)

    def _show_own(self, is_open: bool) -> None:
        requirements = rows_of(self.visit.committee.requirements())
        if [one.id for one in self.wishes] != [row["requirement_id"] for row in requirements]:
            self.wishes = [Wish(one, telling(self.status, self.keep)) for one in requirements]
            self.form.children = [_columns(), *(one.widget for one in self.wishes)]
        seen = self.visit.committee.preferences_seen_by(self.visit.rater_id)
        own = rows_of(seen[seen["rater_id"] == self.visit.rater_id])
        wishes = (Preference(one["requirement_id"], one["moscow"], one["points"] or None) for one in own)
        kept = {one.requirement_id: one for one in wishes}
        if not is_open:
            self._tell_the_end()
        for wish in self.wishes:
            wish.show(kept.get(wish.id, Preference(wish.id)), is_open)
        self._show_left()

    def _tell_the_end(self) -> None:
        """Say when something that is on the page was not kept in time."""
        is_late = any(one.preference != one.kept for one in self.wishes)
        told = _("The round ended before all points were kept: here is what counts.") if is_late else ""
        self.status.say(told, wrong=is_late)

    @property
    def _over(self) -> float:
        """How many points are on the page beyond the budget; below zero: how many are left."""
        over = sum(one.preference.points or 0.0 for one in self.wishes) - BUDGET
        return 0.0 if abs(over) <= BUDGET * ROUNDING else over

    def _show_left(self) -> None:
        is_over = self._over > 0
        told = _("{over} points too many.") if is_over else _("{left} of {budget} points are left.")
        figures = {"left": -self._over, "over": self._over, "budget": BUDGET}
        words = told.format(**{name: language.number(figure + 0.0, 6) for name, figure in figures.items()})
        self.left.value = str(text(words, "cw-wrong" if is_over else "cw-others"))

    def keep(self) -> None:
        """Keep what is on the page and not kept yet; with too many points, the classes alone."""
        self._show_left()
        self.visit.confirm()
        is_over = self._over > 0
        changed = [one for one in self.wishes if one.preference != one.kept]
        given = [replace(one.preference, points=one.kept.points) if is_over else one.preference for one in changed]
        self.visit.committee.prefer(self.visit.rater_id, given)
        for one, kept in zip(changed, given, strict=True):
            one.kept = kept
        told = _("The classes are saved. The points wait until they are no more than {budget}.")
        self.status.say(told.format(budget=language.number(BUDGET)) if is_over else _("Saved."), wrong=is_over)

    def _show_findings(self, is_open: bool) -> None:
        """What all would keep, once it is hidden no more; until then the facilitator sees how far people are."""
        if is_open:
            self.shown = None
            self.findings.children = [html(_progress(self.visit))] if self.visit.is_facilitator else []
            return
        seen = self.visit.committee.preferences_seen_by(self.visit.rater_id or None, self.visit.is_facilitator)
        if self.shown is not None and seen.equals(self.shown):
            return
        self.shown = seen
        from workbench.widgets.preference_findings import findings

        self.findings.children = findings(self.visit.committee.requirements(), seen, self.visit.committee.raters())


def _columns() -> ipywidgets.Widget:
    """What stands under what; each control has a name of its own for who cannot see this."""
    names = (_("Requirement"), _("Class"), _("Points"))
    return row(*(html(text(name, "cw-rubric")) for name in names), kind="cw-wish cw-wish-heads")


def _standing(now: Round | None, is_rater: bool) -> str:
    if now is not None and now.status == "open":
        if not is_rater:
            return _("{name} is open: nobody sees what the others would keep.").format(name=title_of(now))
        told = _("Give each requirement a class, and share the points: giving to one takes from another. Until the "
                 "facilitator shows {name}, nobody else sees yours.")  # fmt: skip
        return told.format(name=title_of(now))
    return _("No round is open, so that nothing can be changed here. What all would keep is shown.")


def _progress(visit: Visit) -> parts.Part:
    labels = {"name": _("Rater"), "classed": _("With a class"), "points": _("Points given")}
    return parts.table(
        visit.committee.preference_progress()[list(labels)],
        labels=labels,
        formats={"classed": language.exact, "points": lambda points: language.number(points, 6)},
        caption=_("How far the raters are"),
        collapsed=False,
    )
