"""The lenses: named answers to what makes a requirement come first, and what each takes for granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import either
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning import lens_formulas as formulas
from workbench.planning.lens_formulas import AXIS_OF, EQUAL, WEIGHT_LABELS, Weights
from workbench.planning.moscow_votes import classes_by_vote
from workbench.planning.scoring import INDICES, RISK_REDUCTION, RequirementScores

SHOWN = 1
"""Decimals of an index in a report."""
RICE_LABELS = {
    "reach": N_("reach"),
    "impact": N_("impact"),
    "confidence": N_("confidence"),
    "effort_months": N_("effort"),
}
"""The figures of RICE in the requirements table, and what each is called in a sentence."""


@dataclass(frozen=True)
class Lens:
    """One way of putting requirements in order: the higher the lens score, the earlier.

    Attributes
    ----------
    name : str
        What parameters call it.
    label : str
        What people call it; translate it where it is shown, as the next three.
    assumes : str
        What it takes for granted.
    not_for : str
        When not to use it.
    unit : str
        Unit of the lens score.
    needs : tuple of str
        Columns of the prepared table that a requirement must have a figure in.
    formula : callable
        Takes a prepared table and the weights, gives the lens score of each row.
    takes : tuple of str
        Columns that count where the table has them, and as nothing where it has not.
    has_ceiling : bool
        Whether requirements above the complexity ceiling are left out.
    is_weighted : bool
        Whether the weights of value, urgency and simplicity count.
    is_relative : bool
        Whether a lens score depends on the other rows of the table.
    divides_by_complexity : bool
        Whether complexity is what the rest is divided by.
    decimals : int
        How many decimals of the lens score to show in a table.
    method : str
        Name of the normalisation or the like, to be told with the lens; may be empty.
    """

    name: str
    label: str
    assumes: str
    not_for: str
    unit: str
    needs: tuple[str, ...]
    formula: Callable[[pd.DataFrame, Weights], pd.Series]
    takes: tuple[str, ...] = ()
    has_ceiling: bool = False
    is_weighted: bool = False
    is_relative: bool = False
    divides_by_complexity: bool = False
    decimals: int = SHOWN
    method: str = ""

    def key(self, table: pd.DataFrame, weights: Weights = EQUAL) -> pd.Series:
        """The lens score of each row of a prepared table; the higher, the earlier."""
        return self.formula(table, weights).astype(float)

    def needed(self, weights: Weights = EQUAL) -> tuple[str, ...]:
        """Columns that a requirement must have a figure in; an index that weighs nothing is not needed."""
        if not self.is_weighted:
            return self.needs
        return tuple(axis for name, axis in AXIS_OF.items() if weights[name] > 0)

    def axes(self, table: pd.DataFrame) -> tuple[str, ...]:
        """The indices in the table that the lens score depends on."""
        used = {*self.needs, *self.takes}
        return tuple(axis for axis in (*INDICES, RISK_REDUCTION) if axis in used and axis in table.columns)


def prepare(
    scores: RequirementScores,
    requirements: pd.DataFrame | None = None,
    preferences: pd.DataFrame | None = None,
    raters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One table with all columns that the lenses may need.

    Parameters
    ----------
    scores : RequirementScores
        The indices.
    requirements : DataFrame, optional
        The planning table of this name; for RICE.
    preferences, raters : DataFrame, optional
        The planning tables of these names; for MoSCoW.

    Returns
    -------
    DataFrame
        The table of the scores (index requirement_id), then reach, impact, confidence, effort_months (NaN where not
        known) and moscow (class by the raters' votes, empty where nobody voted).
    """
    table = scores.table.copy()
    figures = pd.DataFrame(index=table.index, columns=list(RICE_LABELS), dtype=float)
    if requirements is not None:
        figures = requirements.set_index("requirement_id")[list(RICE_LABELS)].reindex(table.index).astype(float)
    table[list(RICE_LABELS)] = figures
    table["moscow"] = ""
    if preferences is not None and raters is not None:
        voted = classes_by_vote(preferences, raters).set_index("requirement_id")["class"]
        table["moscow"] = voted.reindex(table.index).fillna("").astype(object)
    return table


def find(name: str) -> Lens:
    """The lens of this name.

    Raises
    ------
    SettingsError
        When there is none, with those there are.
    """
    if name not in LENSES:
        found = _("There is no lens named {name}.").format(name=name)
        raise SettingsError(Problem(found, either(list(LENSES)), _("Choose one of these.")))
    return LENSES[name]


def check_weights(weights: Weights) -> None:
    """Hold the weights of value, urgency and simplicity to numbers that make sense.

    Raises
    ------
    SettingsError
        When one is missing, negative or not finite, or all are zero.
    """
    problems = []
    for name, label in WEIGHT_LABELS.items():
        given = weights.get(name, np.nan)
        if not (np.isfinite(given) and given >= 0):
            found = _("The weight of {name} is {value}.").format(name=_(label), value=given)
            problems.append(Problem(found, _("a number, zero or more"), _("Correct the weight.")))
    if not problems and not sum(weights[name] for name in WEIGHT_LABELS) > 0:
        found, remedy = _("Value, urgency and simplicity all weigh nothing."), _("Give at least one a weight.")
        problems.append(Problem(found, _("a weight above zero"), remedy))
    if problems:
        raise SettingsError(problems)


_POINTS = N_("points")

LENSES: dict[str, Lens] = {
    lens.name: lens
    for lens in (
        Lens(
            "value_to_complexity",
            N_("Value for complexity"),
            N_("Capacity is short, and a point of complexity always costs about the same."),
            N_("Requirements that are small in both: a trifle that is nearly free comes first."),
            N_("points of value per point of complexity"),
            ("value", "complexity"),
            formulas.per_complexity,
            divides_by_complexity=True,
            decimals=2,
        ),
        Lens(
            "urgency",
            N_("Urgency"),
            N_("Waiting hurts more than building the wrong thing; means are at hand."),
            N_("Programs whose problem is complexity: value and effort play no part in it."),
            _POINTS,
            ("urgency",),
            formulas.urgency,
        ),
        Lens(
            "quick_wins",
            N_("Quick wins"),
            N_("Early results are needed, and what lies above the complexity ceiling waits."),
            N_("The whole plan: what matters most in the long run is often complex, and is left out."),
            _POINTS,
            ("value", "complexity"),
            formulas.quick_wins,
            has_ceiling=True,
        ),
        Lens(
            "weighted_sum",
            N_("Weighted sum"),
            N_("Value, urgency and simplicity make up for one another at the rate that their weights say."),
            N_("Firms that cannot say what a point of one is worth in points of another."),
            _POINTS,
            INDICES,
            formulas.weighted_sum,
            is_weighted=True,
        ),
        Lens(
            "wsjf",
            N_("WSJF"),
            N_("Work comes one after the other, and value, urgency and risk reduction are lost alike by waiting."),
            N_("Large steps that unlock others: the shortest job wins, whatever depends on the long one."),
            N_("points of cost of delay per point of complexity"),
            ("value", "urgency", "complexity"),
            formulas.wsjf,
            takes=(RISK_REDUCTION,),
            divides_by_complexity=True,
            decimals=2,
            method=N_("weighted shortest job first; complexity stands for the size of the job"),
        ),
        Lens(
            "rice",
            N_("RICE"),
            N_("Reach, impact, confidence and effort are known, and the impact is alike for all who are reached."),
            N_("Requirements of few but important customers, or forced by a law: reach speaks against them."),
            N_("points per person-month"),
            tuple(RICE_LABELS),
            formulas.rice,
            method=N_("reach times impact times confidence, divided by effort"),
        ),
        Lens(
            "moscow",
            N_("MoSCoW"),
            N_("The raters know what the release cannot do without; inside a class, value decides."),
            N_("Committees that call everything a must: then it is value alone under another name."),
            N_("points, 200 of them for each class"),
            ("moscow", "value"),
            formulas.moscow,
            method=N_("the highest class that more than half of the votes' weight supports"),
        ),
        Lens(
            "topsis",
            N_("TOPSIS"),
            N_("The best lies nearest to the best figures that any requirement has, and furthest from the worst."),
            N_("Lists that still change: what comes or goes can turn round the order of the others."),
            N_("(closeness to the ideal)"),
            INDICES,
            formulas.topsis,
            is_weighted=True,
            is_relative=True,
            decimals=3,
            method=N_("over value, urgency and complexity; vector normalisation"),
        ),
        Lens(
            "vikor",
            N_("VIKOR"),
            N_("A compromise is wanted: good on the whole, and not too bad on any single index."),
            N_("Lists that still change: what comes or goes can turn round the order of the others."),
            N_("(1 less Q)"),
            INDICES,
            formulas.vikor,
            is_weighted=True,
            is_relative=True,
            decimals=3,
            method=N_("over value, urgency and complexity; linear normalisation, v = 0.5; the score is 1 less Q"),
        ),
    )
}
"""Every lens by its name."""
