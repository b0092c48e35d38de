"""One criterion of one requirement, as a rater scores it: the scale, abstaining, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import pandas as pd
from ipywidgets.widgets.widget_description import DescriptionStyle
from ipywidgets.widgets.widget_string import TextStyle

from workbench import language
from workbench.language import gettext as _
from workbench.program.committee import Score
from workbench.program.scales import levels_of
from workbench.widgets.pieces import Row, column, heading, html, row, shared, text

ABSTAIN = "abstain"


class Scale:
    """A scale that tells when a person has chosen; it belongs to one requirement for good.

    A browser may send what was chosen after a button that was pressed later. What comes late then still reaches the
    requirement that it was meant for.
    """

    def __init__(self, requirement_id: str, criterion: Row, chosen: Callable[[Scale], None]) -> None:
        self.requirement_id, self.id = requirement_id, str(criterion["criterion_id"])
        self.choice = ipywidgets.RadioButtons(
            options=_options(criterion),
            value=None,
            description=str(criterion["name"]),
            orientation="horizontal",
            layout=shared(ipywidgets.Layout),
            style=shared(DescriptionStyle),
        )
        self.choice.add_class("cw-scale")
        self.comment = ipywidgets.Text(
            description=_("Why"),
            placeholder=_("optional"),
            continuous_update=False,
            layout=shared(ipywidgets.Layout),
            style=shared(TextStyle),
        )
        self.others = html()
        name = heading(criterion["name"], 3) + text(criterion["rubric"], "cw-rubric")
        self.widget = column(html(name), row(self.choice, self.comment), self.others, kind="cw-criterion")
        self._chosen, self._showing, self._kept = chosen, False, (None, "")
        for control in (self.choice, self.comment):
            control.observe(self._changed, "value")

    def show(self, given: Row | None) -> None:
        """Show what is kept; None for nothing."""
        score = None if given is None else ABSTAIN if pd.isna(given["score"]) else float(given["score"])
        known = [value for _label, value in self.choice.options]
        self._kept = (score if score in known else None, "" if given is None else str(given["comment"]))
        self.restore()

    def restore(self) -> None:
        """Show what is kept again, whatever is on the page."""
        self._showing = True
        try:
            self.choice.value, self.comment.value = self._kept
        finally:
            self._showing = False

    def keep(self) -> None:
        """What is on the page is kept now."""
        self._kept = self._shown

    @property
    def lacks_score(self) -> bool:
        """Whether there is a comment on no score."""
        return self.choice.value is None and bool(self.comment.value.strip())

    @property
    def score(self) -> Score:
        """What is on the page, as a score to keep."""
        given = None if self.choice.value == ABSTAIN else float(self.choice.value)
        return Score(self.requirement_id, self.id, given, self.comment.value)

    def allow(self, allowed: bool) -> None:
        """Let the rater score, or not."""
        self.choice.disabled = self.comment.disabled = not allowed

    @property
    def _shown(self) -> tuple[Any, str]:
        return self.choice.value, self.comment.value

    def _changed(self, _change: object) -> None:
        if not self._showing and self._shown != self._kept:
            self._chosen(self)


def _options(criterion: Row) -> list[tuple[str, Any]]:
    return [*((language.number(level, 6), level) for level in levels_of(criterion)), (_("Abstain"), ABSTAIN)]
