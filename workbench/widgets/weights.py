"""The facilitator's weights: an axis at a time, by points, by swing or from the raters' judgements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets
import pandas as pd

from workbench import language
from workbench.errors import DataError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.judged_weights import JudgedWeights, criterion_names, judged_weights
from workbench.planning.weight_change import WeightChange, weight_change
from workbench.planning.weighting import FULL_SWING, Weights, direct_weights, swing_weights
from workbench.program.labels import label
from workbench.reporting import parts
from workbench.widgets.pieces import (
    Choice,
    Status,
    button,
    column,
    heading,
    html,
    markup,
    row,
    show_only,
    telling,
    text,
)
from workbench.widgets.question import Question
from workbench.widgets.visit import Visit

METHODS = {"direct": N_("Points"), "swing": N_("Swing"), "pairwise": N_("Judgements of the raters")}
EXPLAINED = {
    "direct": N_("Give each criterion points in any unit. What counts is its share of all points of the axis."),
    "swing": N_(
        "Imagine that a requirement has the worst score on every criterion. The one that you would bring to its best "
        "first gets 100 points; give the others theirs against it."
    ),
    "pairwise": N_(
        "The raters compare the criteria two by two on their own pages, under “Compare criteria”. The weights come "
        "from all their judgements together."
    ),
}
LARGEST = 1e6


@dataclass(frozen=True)
class Fields:
    """A number a criterion, and the weights that the numbers give."""

    inputs: dict[str, ipywidgets.BoundedFloatText]
    weigh: Callable[[dict[str, float]], Weights]

    @property
    def weights(self) -> Weights:
        """The weights of what is on the page."""
        return self.weigh({name: float(one.value) for name, one in self.inputs.items()})


class WeightsPanel:
    """Weights found, seen beside those in use, and taken over."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.status = Status()
        self.criteria = visit.committee.criteria()
        self.axes: list[str] = []
        self.fields: dict[tuple[str, str], Fields] = {}
        self.judged: dict[str, JudgedWeights] = {}
        self.change: WeightChange | None = None
        self.axis = Choice(_("Criteria of"), telling(self.status, lambda _place: self._turn()))
        self.method = Choice(_("Weights by"), telling(self.status, lambda _place: self._turn()))
        self.method.offer([_(name) for name in METHODS.values()], 0)
        self.explained, self.form, self.preview, self.locked = html(), column(), html(), html()
        self.ask = button(_("Use these weights…"), telling(self.status, self._ask), primary=True)
        self.again = button(_("Start over"), telling(self.status, self._start_over))
        self.question = Question(_("Yes, use them"), telling(self.status, self._use))
        self.widget = self._laid_out()
        self.refresh()

    def _laid_out(self) -> ipywidgets.VBox:
        actions = row(self.ask, self.again, kind="cw-actions")
        choices = (self.axis.widget, self.method.widget, self.explained, self.form)
        side = column(*choices, self.locked, actions, self.question.widget, self.status.widget, kind="cw-side")
        title = html(heading(_("What do the criteria weigh?")))
        return column(title, row(side, column(self.preview, kind="cw-form"), kind="cw-both"))

    def news(self) -> object:
        """What others may have changed: the criteria, and the judgements."""
        committee = self.visit.committee
        return committee.criteria().to_csv(), committee.judgements().to_csv(), committee.may_change_weights()

    def refresh(self) -> None:
        """Show how the weights and the judgements stand now; what is being typed stays."""
        committee = self.visit.committee
        before, self.criteria = self.criteria, committee.criteria()
        if not before.equals(self.criteria):
            self.fields = {}
        self.judged = {
            one.axis: one for one in judged_weights(self.criteria, committee.judgements(), committee.raters())
        }
        chosen = self.axes[self.axis.place] if self.axes else ""
        self.axes = self.criteria["axis"].drop_duplicates().tolist()
        self.axis.offer(list(map(label, self.axes)), self.axes.index(chosen) if chosen in self.axes else 0)
        self._show()

    @property
    def _here(self) -> tuple[str, str]:
        """The axis and the method that are chosen."""
        return self.axes[self.axis.place], list(METHODS)[self.method.place]

    @property
    def _own(self) -> pd.DataFrame:
        return self.criteria[self.criteria["axis"] == self._here[0]]

    def _turn(self) -> None:
        """Show another axis or method; what was said of the one before is over."""
        self.status.say("")
        self._show()

    def _show(self) -> None:
        may_change = self.visit.committee.may_change_weights()
        told = _("A round is open or shown. Weights stay as they are until it is frozen.")
        self.locked.value = "" if may_change else markup(parts.notice(told))
        if not self.axes:
            self.form.children = [html(parts.notice(_("There are no criteria yet.")))]
            return
        self.explained.value = str(text(_(EXPLAINED[self._here[1]]), "cw-rubric"))
        self.form.children = list(self._fields().inputs.values()) if self._here[1] != "pairwise" else []
        show_only(self.again, self._here[1] != "pairwise")
        self._preview()

    def _fields(self) -> Fields:
        made = self.fields.get(self._here) or self._new_fields()
        return self.fields.setdefault(self._here, made)

    def _new_fields(self) -> Fields:
        is_swing = self._here[1] == "swing"
        own, most = self._own, self._own["weight"].max()
        points = own["weight"] * (FULL_SWING / most if is_swing and most > 0 else 1.0)
        names = criterion_names(own).values()
        largest = FULL_SWING if is_swing else LARGEST
        inputs = {name: self._number(name, value, largest) for name, value in zip(names, points, strict=True)}
        return Fields(inputs, swing_weights if is_swing else direct_weights)

    def _number(self, name: str, value: float, largest: float) -> ipywidgets.BoundedFloatText:
        one = ipywidgets.BoundedFloatText(round(float(value), 4), min=0.0, max=largest, step=1.0, description=name)
        one.add_class("cw-number")
        one.observe(lambda _change: telling(self.status, self._preview)(), "value")
        return one

    def _preview(self) -> None:
        """The weights that what is on the page gives, beside those in use; or why it gives none."""
        self.question.withdraw()
        self.change = None
        shown, why = self._weights()
        if shown is not None:
            self.change = weight_change(self._own, shown)
        self.ask.disabled = self.change is None or not self.visit.committee.may_change_weights()
        self.preview.value = "".join(markup(part) for part in self._told(shown, why))

    def _weights(self) -> tuple[Weights | None, str]:
        if self._here[1] == "pairwise":
            judged = self.judged.get(self._here[0])
            return (judged.combined, judged.conclusion) if judged else (None, _("There is nothing to compare."))
        try:
            found = self._fields().weights
        except DataError as error:
            return None, " ".join(map(str, error.problems))
        return found, found.conclusion

    def _told(self, shown: Weights | None, why: str) -> Sequence[parts.Part]:
        told = [_shares(self.change), parts.reading(why)] if self.change is not None else [parts.notice(why)]
        judged = self.judged.get(self._here[0]) if self._here[1] == "pairwise" else None
        return [*told, _raters(judged)] if judged is not None and len(judged.raters) else told

    def _start_over(self) -> None:
        """Forget what was typed for this axis and method."""
        self.fields.pop(self._here, None)
        self._show()
        self.status.say(_("These are the weights in use."))

    def _ask(self) -> None:
        self.status.say("")
        if self.change is not None:
            self.question.put(self.change.conclusion)

    def _use(self) -> None:
        self.visit.confirm()
        if self.change is None:
            return
        expected = dict(zip(self._own["criterion_id"], self._own["weight"], strict=True))
        self.visit.committee.use_weights(self.change.weights, expected)
        name = label(self._here[0])
        self.refresh()
        self.status.say(_("The criteria of {axis} have these weights now.").format(axis=name))


def _shares(change: WeightChange) -> parts.Part:
    labels = {"criterion": _("Criterion"), "used": _("Now"), "new": _("New")}
    return parts.table(
        change.table[["criterion", "used", "new"]],
        labels=labels,
        formats=dict.fromkeys(("used", "new"), language.percent),
        caption=_("Share of the weight of the axis"),
        collapsed=False,
    )


def _raters(judged: JudgedWeights) -> parts.Part:
    labels = {"rater": _("Rater"), "judged": _("Pairs judged"), "pairs": _("Pairs"), "worst": _("To look at again")}
    labels["consistency_ratio"] = _("Consistency ratio")
    return parts.table(
        judged.raters[["rater", "judged", "pairs", "consistency_ratio", "worst"]],
        labels=labels,
        formats={"consistency_ratio": lambda ratio: language.percent(ratio, 2)},
        caption=_("The judgements of each rater"),
        collapsed=False,
    )
