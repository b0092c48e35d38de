"""Reference classes: where a program's allowances for risk stand among comparable projects."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.reference_catalogue import CLASSES, MEASURES, ReferenceClass
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

CERTAIN = 0.8
"""The certainty that a budget is commonly asked to have."""
CURVE_END, CURVE_STEPS = 0.97, 194
LABELS = {"cost": N_("Cost"), "time": N_("Time"), "benefit": N_("Benefit")}
EXCESSES = {
    "cost": N_("More cost than planned"),
    "time": N_("More time than planned"),
    "benefit": N_("Less benefit than promised"),
}
PLACES = {
    "cost": N_(
        "With {own} set aside for overruns of cost, the program is at percentile {percentile} of comparable projects: "
        "{short} of them needed more. To be enough in 80% takes {p80}."
    ),
    "time": N_(
        "With {own} of slack in its time, it is at percentile {percentile}: {short} of them needed more. To be enough "
        "in 80% takes {p80}."
    ),
    "benefit": N_(
        "With {own} taken off its benefits, it is at percentile {percentile}: {short} of them lost more. To be enough "
        "in 80% takes {p80}."
    ),
}

NONE_ALLOWED = {
    "time": N_("It has no slack in its time: to be enough in 80% of comparable projects takes {p80}."),
    "benefit": N_("Nothing is taken off its benefits: to be enough in 80% of comparable projects takes {p80}."),
}


@dataclass(frozen=True, eq=False)
class ReferencePlace(Result):
    """Where a program's allowances stand among comparable projects.

    All figures are shares of what was planned: 0.2 is 20% more cost, 20% more time, or 20% less benefit.

    Attributes
    ----------
    reference : ReferenceClass
        The comparable projects.
    measures : DataFrame
        measure (cost, time, benefit), label, own (what the program allows for), percentile (share of the comparable
        projects for which that was enough), mean, p50 and p80 (what is enough in half and in 80% of them), published
        and fitted (in words); a row for each measure of which something is published.
    """

    reference: ReferenceClass
    measures: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The measures."""
        return self.measures

    @property
    def conclusion(self) -> str:
        """The percentile of each allowance, and what 80% certainty takes."""
        return " ".join(map(_place_told, self.measures.to_dict("records")))

    @property
    def drawn(self) -> tuple[str, ...]:
        """The measures worth a curve: cost, and whatever else the program allows for."""
        allowed = (self.measures["measure"] == "cost") | (self.measures["own"] > 0)
        return tuple(self.measures.loc[allowed, "measure"])

    @property
    def beside(self) -> str:
        """The place by the other measures, and what nothing is published of; may be empty."""
        others = [self.told(measure) for measure in self.measures["measure"] if measure not in self.drawn]
        return " ".join(filter(None, [*others, nothing_published(self.reference)]))

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the figures come from, what limits them, and what nothing is published of."""
        told = (_(self.reference.source), _(self.reference.limits), nothing_published(self.reference))
        return tuple(note for note in told if note)

    def told(self, measure: str) -> str:
        """The place by one measure, in words; starts with a capital letter, and may be a chart's title."""
        return _place_told(self._row(measure))

    def axis(self, measure: str) -> str:
        """What the excess of a measure is, for an axis."""
        return _(EXCESSES[measure])

    def _row(self, measure: str) -> dict[Hashable, Any]:
        return self.measures[self.measures["measure"] == measure].to_dict("records")[0]

    def curve(self, measure: str) -> pd.DataFrame:
        """Share and excess: what excess each share of the comparable projects stays below, without the last 3%."""
        shares = np.linspace(0, CURVE_END, CURVE_STEPS + 1)[1:]
        spread = self.reference.outcomes[measure].spread
        return pd.DataFrame({"share": shares, "excess": [spread.quantile(float(share)) for share in shares]})

    def points(self, measure: str) -> pd.DataFrame:
        """What to mark on the curve: label, excess, share and role ("own", "percentile" or "mean")."""
        spread = self.reference.outcomes[measure].spread
        row = self._row(measure)
        rows = [
            (_("This program"), float(row["own"]), float(row["percentile"]), "own"),
            (_("Half of them"), spread.quantile(0.5), 0.5, "percentile"),
            (_("80% of them"), spread.quantile(CERTAIN), CERTAIN, "percentile"),
            (_("Their mean"), spread.mean, spread.share_below(spread.mean), "mean"),
        ]
        return pd.DataFrame(rows, columns=["label", "excess", "share", "role"])


def reference_place(
    code: str = "mckinsey_oxford_2012", *, cost: float = 0.0, time: float = 0.0, benefit: float = 0.0
) -> ReferencePlace:
    """Where allowances for cost, time and benefit stand among comparable projects.

    Parameters
    ----------
    code : str
        One of `reference_catalogue.CLASSES`.
    cost, time, benefit : float
        What the program allows for, as shares of its plan: more cost, more time, less benefit.

    Raises
    ------
    SettingsError
        When there is no such class, or an allowance is no share.

    Notes
    -----
    Flyvbjerg (2008), Curbing optimism bias and strategic misrepresentation in planning: reference class forecasting in
    practice, *European Planning Studies* 16(1), 3-21.

    Examples
    --------
    >>> place = reference_place("flyvbjerg_budzier_2011", cost=0.1)
    >>> place.measures.set_index("measure").loc["cost", ["percentile", "p80"]].astype(float).round(2).to_dict()
    {'percentile': 0.6, 'p80': 0.45}
    """
    reference = reference_class(code)
    own = {"cost": cost, "time": time, "benefit": benefit}
    _check(own)
    rows = [
        {
            "measure": measure,
            "label": _(LABELS[measure]),
            "own": own[measure],
            "percentile": outcome.spread.share_below(own[measure]),
            "mean": outcome.spread.mean,
            "p50": enough(reference, measure, 0.5),
            "p80": enough(reference, measure, CERTAIN),
            "published": _(outcome.published),
            "fitted": _(outcome.fitted),
        }
        for measure, outcome in reference.outcomes.items()
    ]
    return ReferencePlace(reference, pd.DataFrame(rows))


def reference_class(code: str) -> ReferenceClass:
    """The reference class of this code.

    Raises
    ------
    SettingsError
        When there is none.
    """
    if code not in CLASSES:
        found = _("The reference class {code} is not known.").format(code=code)
        raise SettingsError(Problem(found, _("one of {names}").format(names=", ".join(CLASSES)), _("Correct it.")))
    return CLASSES[code]


def nothing_published(reference: ReferenceClass) -> str:
    """What stays as planned because nothing is published of it, in words; empty when all is published.

    Examples
    --------
    >>> nothing_published(CLASSES["flyvbjerg_gardner_2023"])
    'Nothing is published for time and benefit of these projects: left as planned.'
    """
    absent = [_(LABELS[measure]).lower() for measure in MEASURES if measure not in reference.outcomes]
    told = _("Nothing is published for {measures} of these projects: left as planned.")
    return told.format(measures=language.listed(absent)) if absent else ""


def enough(reference: ReferenceClass, measure: str, share: float) -> float:
    """What is enough in this share of the comparable projects; 0 where less than the plan is, or nothing is published.

    Examples
    --------
    >>> round(enough(CLASSES["mckinsey_oxford_2012"], "time", 0.8), 3)
    0.113
    """
    outcome = reference.outcomes.get(measure)
    return 0.0 if outcome is None else max(outcome.spread.quantile(share), 0.0)


def _place_told(row: dict[Hashable, Any]) -> str:
    # Without an allowance the percentile of a spread that begins at the plan would be 0 by construction.
    words = NONE_ALLOWED if row["own"] == 0 and row["measure"] in NONE_ALLOWED else PLACES
    return _(words[row["measure"]]).format(
        own=language.percent(row["own"]),
        percentile=round(100 * row["percentile"]),
        short=language.percent(1 - row["percentile"], 2),
        p80=language.percent(row["p80"], 2),
    )


def _check(own: dict[str, float]) -> None:
    problems = [
        Problem(
            _("The allowance for {measure} is {share}.").format(measure=_(LABELS[measure]).lower(), share=share),
            _("a share of 0 or more, of a benefit up to 1; 20% is 0.20"),
            _("Correct it."),
        )
        for measure, share in own.items()
        if not (0 <= share < float("inf")) or (measure == "benefit" and share > 1)
    ]
    if problems:
        raise SettingsError(problems)
