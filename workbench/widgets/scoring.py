"""Scoring, a requirement at a time; each choice is kept as soon as it is made, and the page says so."""

from __future__ import annotations

from functools import cached_property

import pandas as pd
from markupsafe import Markup

from workbench import language
from workbench.language import gettext as _
from workbench.program.rounds import Round
from workbench.reporting import parts
from workbench.widgets.pieces import (
    Choice,
    Row,
    Status,
    button,
    column,
    heading,
    html,
    markup,
    row,
    rows_of,
    telling,
    text,
)
from workbench.widgets.scale import Scale
from workbench.widgets.visit import Visit, title_of


class ScoringPanel:
    """The rater's own page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        criteria = visit.committee.criteria()
        self.criteria = rows_of(criteria[criteria["criterion_id"].isin(visit.committee.may_score(visit.rater_id))])
        self.requirements: list[Row] = []
        self.labels: list[str] = []
        self.scales: dict[str, list[Scale]] = {}
        self.place = 0
        self.round, self.about, self.lean = html(), html(), html()
        self.form = column(kind="cw-form")
        self.choice = Choice(_("Requirement"), telling(self.status, self._go))
        self.previous = button(_("Previous"), telling(self.status, lambda: self._go(self.place - 1)))
        self.next = button(_("Next"), telling(self.status, lambda: self._go(self.place + 1)), primary=True)
        actions = row(self.previous, self.next, self.status.widget, kind="cw-actions")
        side = column(self.choice.widget, self.about, actions, self.lean, kind="cw-side")
        self.widget = column(self.round, row(side, self.form, kind="cw-both"))
        self.refresh()

    def refresh(self) -> None:
        """Show how the round, the requirements and the scores stand now."""
        self.requirements = rows_of(self.visit.committee.requirements())
        self.labels = [f"{count}. {row['title']}" for count, row in enumerate(self.requirements, start=1)]
        self._show(min(self.place, max(len(self.requirements) - 1, 0)))

    def _go(self, to: int) -> None:
        if 0 <= to < len(self.requirements):
            self._show(to)
            self.status.say(self._progress(self.visit.latest_round()))

    def _show(self, place: int) -> None:
        now, seen = self.visit.latest_round(), self.visit.committee.scores_seen_by(self.visit.rater_id)
        self.place = place
        self.round.value = markup(parts.reading(_standing(now)))
        self.lean.value = self._leaning(now, seen)
        self.choice.offer(self.labels, place)
        self.previous.disabled, self.next.disabled = place == 0, place >= len(self.requirements) - 1
        if self.requirements:
            self._show_requirement(self.requirements[place], now, seen)
        else:
            self.about.value = markup(parts.notice(_("There are no requirements yet.")))

    def _show_requirement(self, requirement: Row, now: Round | None, seen: pd.DataFrame) -> None:
        self.about.value = _about(requirement)
        scales = self._scales(str(requirement["requirement_id"]))
        here = seen[seen["requirement_id"] == requirement["requirement_id"]]
        for one in scales:
            one.allow(now is not None and now.status == "open")
            self._show_scale(one, here[here["criterion_id"] == one.id], now)
        self.form.children = [one.widget for one in scales]

    @cached_property
    def _names(self) -> dict[str, str]:
        """What the raters are called; nobody joins a round that is being scored."""
        raters = self.visit.committee.raters()
        return dict(zip(raters["rater_id"], raters["name"], strict=True))

    def _scales(self, requirement_id: str) -> list[Scale]:
        keep = telling(self.status, self.keep)
        made = self.scales.get(requirement_id) or [Scale(requirement_id, row, keep) for row in self.criteria]
        return self.scales.setdefault(requirement_id, made)

    def _show_scale(self, one: Scale, seen: pd.DataFrame, now: Round | None) -> None:
        """The rater's own score of this round, and what everybody may see: of this round, or of the last before."""
        own = seen["rater_id"] == self.visit.rater_id
        given = rows_of(seen[own & (seen["round"] == (now.number if now else 0))])
        if not one.lacks_score:
            one.show(given[-1] if given else None)
        others = seen[~own]
        one.others.value = markup(self._others(others[others["round"] == others["round"].max()], now))

    def _others(self, others: pd.DataFrame, now: Round | None) -> Markup:
        if others.empty:
            return Markup("")
        names = self._names
        last = rows_of(others.drop_duplicates("rater_id", keep="last"))
        told = "; ".join(f"{names.get(row['rater_id'], row['rater_id'])}: {_written(row)}" for row in last)
        number = int(last[0]["round"])
        if now is not None and number == now.number:
            return text(_("The others: {scores}").format(scores=told), "cw-others")
        return text(_("The others in round {number}: {scores}").format(number=number, scores=told), "cw-others")

    def keep(self, one: Scale) -> None:
        """Keep what was chosen; what is refused is taken off the page again."""
        if one.lacks_score:
            self.status.say(_("A comment has no score. Choose a score or “Abstain” beside it."), wrong=True)
            return
        try:
            self.visit.confirm()
            self.visit.committee.score(self.visit.rater_id, [one.score], self.visit.now())
        except Exception:
            one.restore()
            raise
        one.keep()
        self.status.say(_("Saved. {progress}").format(progress=self._progress(self.visit.latest_round())))

    def _leaning(self, now: Round | None, seen: pd.DataFrame) -> str:
        """What the rater is told of leaning high or low, once the scores are shown; of no other rater."""
        if now is None or now.status == "open":
            return ""
        from workbench.planning import leaning, spread

        placed = spread.place_scores(seen, self.visit.committee.criteria(), now.number)
        return str(text(leaning.lean_sentence(leaning.leaning(placed), self.visit.rater_id)))

    def _progress(self, now: Round | None) -> str:
        """How many of the scores that are expected the rater has given in this round."""
        if now is None or now.status != "open":
            return ""
        progress = self.visit.committee.progress()
        [own] = rows_of(progress[progress["rater_id"] == self.visit.rater_id])
        told = _("{done} of {all} scores given.")
        return told.format(done=own["scored"] + own["abstained"], all=own["expected"])


def _written(row: Row) -> str:
    score: str = _("abstained") if pd.isna(row["score"]) else language.number(float(row["score"]))
    return f"{score} ({row['comment']})" if row["comment"] else score


def _standing(now: Round | None) -> str:
    """How the round stands, for a rater."""
    if now is None:
        return _("No round is open yet. The facilitator opens one; this page then shows it.")
    told = {
        "open": _("{name} is open. Until the facilitator shows the scores, nobody else sees yours."),
        "shown": _("{name} is over: its scores are shown to all, and none can be given any more."),
        "frozen": _("{name} is frozen: its scores are the record of a decision."),
    }
    return told[now.status].format(name=title_of(now))


def _about(row: Row) -> str:
    facts = [(_("Department"), row["department"]), (_("Objective"), row["business_objective"])]
    facts += [(_("Inside"), row["in_scope"]), (_("Outside"), row["out_of_scope"])]
    fact = Markup('<p class="cw-part cw-fact"><strong>{}:</strong> {}</p>')
    listed = Markup("").join(fact.format(name, value) for name, value in facts if value)
    return str(heading(f"{row['title']} ({row['requirement_id']})") + text(str(row["description"])) + listed)
