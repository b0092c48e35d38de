"""A rater's own comparisons of the criteria, two by two; each is kept as soon as it is made."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import ipywidgets
import pandas as pd

from workbench import language
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.judged_weights import criterion_names, judged_weights
from workbench.program.labels import label
from workbench.program.weighing import Comparison
from workbench.reporting import parts
from workbench.widgets.pieces import Status, column, heading, html, markup, row, rows_of, telling, text
from workbench.widgets.visit import Visit

SAATY = {
    9: N_("{one} is extremely more important (9)"),
    8: N_("{one}: between very strongly and extremely (8)"),
    7: N_("{one} is very strongly more important (7)"),
    6: N_("{one}: between strongly and very strongly (6)"),
    5: N_("{one} is strongly more important (5)"),
    4: N_("{one}: between moderately and strongly (4)"),
    3: N_("{one} is moderately more important (3)"),
    2: N_("{one}: between equally and moderately (2)"),
}
"""What each figure of Saaty's scale says; translate it where it is shown."""
SAME = 1e-6


class Pair:
    """One comparison of two criteria; it tells when a person has chosen."""

    def __init__(self, one: str, other: str, names: dict[str, str], chosen: Callable[[Pair], None]) -> None:
        self.one, self.other = one, other
        self._chosen, self._showing = chosen, False
        self._kept: float | None = None
        described = _("{one} or {other}").format(one=names[one], other=names[other])
        options = _options(names[one], names[other])
        self.choice = ipywidgets.Dropdown(options=options, value=None, description=described)
        self.choice.add_class("cw-pair")
        self.choice.layout.width = "100%"
        self.widget = column(html(text(described, "cw-rubric")), self.choice)
        self.choice.observe(self._changed, "value")

    def show(self, times: float | None) -> None:
        """Show what is kept; a figure between two of the scale's is shown as it is."""
        values = [value for _label, value in self.choice.options]
        near = next((one for one in values if one and times and abs(one - times) < SAME), times)
        self._showing = True
        try:
            if near is not None and near not in values:
                self.choice.options = [*self.choice.options, (language.number(near), near)]
            self.choice.value = self._kept = near
        finally:
            self._showing = False

    def restore(self) -> None:
        """Show what is kept again, whatever is on the page."""
        self.show(self._kept)

    def keep(self) -> None:
        """What is on the page is kept now."""
        self._kept = self.choice.value

    @property
    def comparison(self) -> Comparison:
        """What is on the page, as a comparison to keep."""
        return Comparison(self.one, self.other, self.choice.value)

    def _changed(self, _change: object) -> None:
        if not self._showing and self.choice.value != self._kept:
            self._chosen(self)


class JudgementsPanel:
    """The pairs of every axis that the rater scores by, and how well the answers fit together."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        criteria = visit.committee.criteria()
        self.criteria = criteria[criteria["criterion_id"].isin(visit.committee.may_score(visit.rater_id))]
        self.pairs: list[Pair] = []
        self.fits: dict[str, ipywidgets.HTML] = {}
        axes = [self._axis(str(axis), own) for axis, own in self.criteria.groupby("axis", sort=False) if len(own) > 1]
        asked = text(
            _("Which matters more, and how much? Think of the whole scale of each, from its worst to its best.")
        )
        nothing = html(parts.notice(_("There is nothing to compare.")))
        self.widget = column(html(heading(_("Compare the criteria")) + asked), self.status.widget, *(axes or [nothing]))
        self.refresh()

    def _axis(self, axis: str, criteria: pd.DataFrame) -> ipywidgets.Widget:
        names = criterion_names(criteria)
        keep = telling(self.status, self.keep)
        made = [Pair(one, other, names, keep) for one, other in combinations(names, 2)]
        self.pairs += made
        self.fits[axis] = html()
        pairs = row(*(one.widget for one in made), kind="cw-halves")
        return column(html(heading(label(axis), 3)), pairs, self.fits[axis], kind="cw-axis")

    def refresh(self) -> None:
        """Show what the rater has judged."""
        given = self.visit.committee.judgements_of(self.visit.rater_id)
        kept = {(row["criterion_id"], row["other_criterion_id"]): float(row["times"]) for row in rows_of(given)}
        kept |= {(other, one): 1 / times for (one, other), times in kept.items()}
        for pair in self.pairs:
            pair.show(kept.get((pair.one, pair.other)))
        self._show_fit(given)

    def keep(self, pair: Pair) -> None:
        """Keep what was chosen; what is refused is taken off the page again."""
        try:
            self.visit.confirm()
            self.visit.committee.judge(self.visit.rater_id, [pair.comparison])
        except Exception:
            pair.restore()
            raise
        pair.keep()
        self._show_fit(self.visit.committee.judgements_of(self.visit.rater_id))
        done = sum(one.comparison.times is not None for one in self.pairs)
        self.status.say(_("Saved. {done} of {all} pairs compared.").format(done=done, all=len(self.pairs)))

    def _show_fit(self, given: pd.DataFrame) -> None:
        """The weights of the rater's own answers, and the one to look at again."""
        own = judged_weights(self.criteria, given, self.visit.committee.raters())
        for one in own:
            told = one.combined.conclusion if one.combined else one.conclusion
            self.fits[one.axis].value = markup(parts.reading(told)) if len(one.raters) else ""


def _options(one: str, other: str) -> list[tuple[str, float | None]]:
    """The scale in words, from the first that is the more important to the second."""
    more: list[tuple[str, float | None]] = [(_(told).format(one=one), float(times)) for times, told in SAATY.items()]
    less = [(_(told).format(one=other), 1 / times) for times, told in reversed(SAATY.items())]
    return [(_("– not compared –"), None), *more, (_("Both are equally important (1)"), 1.0), *less]
