"""Must, should, could, won't: an answer to "everything is essential" that holds must to a share of the effort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed, number, percent
from workbench.language import mark as N_
from workbench.planning.scoring import SAME
from workbench.results import Result

CLASS_LABELS = {
    "must": N_("Must have"),
    "should": N_("Should have"),
    "could": N_("Could have"),
    "wont": N_("Won't have this time"),
}
"""What each class is called; translate it where it is shown."""
PLANNED = ("must", "should", "could")
CAP = 0.6
"""Largest share of the planned effort in must: DSDM's rule."""
POOL = 0.2
"""Share of the planned effort in could that DSDM finds sensible as contingency."""


@dataclass(frozen=True, eq=False)
class Moscow(Result):
    """How much of the effort each class takes, and how much is too much.

    Attributes
    ----------
    table : DataFrame
        A row per class: class (``must``, ``should``, ``could``, ``wont``), requirements (how many), effort, share (of
        the planned effort, that is without ``wont``; NaN for ``wont``).
    cap : float
        Largest share of the planned effort that must may take.
    planned : float
        Effort of must, should and could together.
    excess : float
        Effort to reclassify from must to should or could, so that must keeps to its cap; 0 when it does.
    excess_out : float
        Effort to take from must to won't instead: more, since what is planned shrinks too.
    candidates : tuple of str
        Musts to look at first: the last by rank until they make up `excess`. Empty without ranks.
    """

    table: pd.DataFrame
    cap: float
    planned: float
    excess: float
    excess_out: float
    candidates: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The classes with their effort, as in `table`."""
        return self.table.copy()

    @property
    def is_within(self) -> bool:
        """Whether must keeps to its cap."""
        return self.excess == 0

    @property
    def share(self) -> pd.Series:
        """The share of the planned effort, by class."""
        return self.table.set_index("class")["share"]

    @property
    def conclusion(self) -> str:
        """Must's share against its cap, what to reclassify, and whether could leaves room."""
        figures = {"share": percent(self.share["must"]), "cap": percent(self.cap)}
        if self.is_within:
            told = [_("Must have takes {share} of the planned effort, within the {cap} that it may take.")]
        else:
            told = [
                _("Must have takes {share} of the planned effort, more than the {cap} that it may take."),
                _("Reclassify {excess} of effort as should or could, or {excess_out} as won't."),
            ]
        if self.candidates:
            told.append(_("Look first at {candidates}.").format(candidates=listed(list(self.candidates))))
        if self.share["could"] < POOL - SAME:
            told.append(
                _("Could have takes {could}; DSDM finds about {pool} sensible, to have something to leave out.")
            )
        figures |= {"excess": number(self.excess), "excess_out": number(self.excess_out)}
        figures |= {"could": percent(self.share["could"]), "pool": percent(POOL)}
        return " ".join(sentence.format(**figures) for sentence in told)


def moscow(classes: pd.DataFrame, cap: float = CAP) -> Moscow:
    """Hold the musts to a share of the planned effort.

    Parameters
    ----------
    classes : DataFrame
        requirement_id, class (one of `CLASS_LABELS`), effort (in any one unit: days, points, money) and, if there is
        one, rank (1 is first; musts without a rank come last).
    cap : float
        Largest share of the planned effort that must may take.

    Raises
    ------
    DataError
        When an id is double, a class is unknown, an effort is missing or negative, or nothing that takes effort is
        planned.
    SettingsError
        When the cap is not above 0 and below 1.

    Notes
    -----
    DSDM Agile Project Framework (2014), chapter 10: no more than 60% of the effort in must, around 20% in could.

    Examples
    --------
    >>> classes = pd.DataFrame({
    ...     "requirement_id": ["R1", "R2", "R3"], "class": ["must", "must", "should"], "effort": [50.0, 30.0, 20.0]})
    >>> moscow(classes).excess
    20.0
    """
    _check(classes, cap)
    by_class = classes.groupby("class")["effort"]
    effort = by_class.sum().reindex(list(CLASS_LABELS), fill_value=0.0).astype(float)
    planned = float(effort[list(PLANNED)].sum())
    table = pd.DataFrame({"class": list(CLASS_LABELS), "effort": effort.to_numpy()})
    table.insert(1, "requirements", by_class.size().reindex(list(CLASS_LABELS), fill_value=0).to_numpy())
    table["share"] = (table["effort"] / planned).where(table["class"].isin(PLANNED))
    excess = float(effort["must"]) - cap * planned
    excess = excess if excess > SAME * planned else 0.0
    return Moscow(table, cap, planned, excess, excess / (1 - cap), _candidates(classes, excess))


def _candidates(classes: pd.DataFrame, excess: float) -> tuple[str, ...]:
    if not excess or "rank" not in classes.columns:
        return ()
    musts = classes[(classes["class"] == "must") & (classes["effort"] > 0)]
    last_first = musts.assign(rank=musts["rank"].astype(float)).sort_values(
        "rank", ascending=False, na_position="first", kind="stable"
    )
    taken_before = last_first["effort"].cumsum() - last_first["effort"]
    return tuple(last_first.loc[taken_before < excess - SAME, "requirement_id"])


def _check(classes: pd.DataFrame, cap: float) -> None:
    if not 0 < cap < 1:
        found = _("{name} is {value}.").format(name="cap", value=cap)
        remedy = _("Correct {name}.").format(name="cap")
        raise SettingsError(Problem(found, _("a number between 0 and 1"), remedy))
    problems = [*_doubled(classes["requirement_id"]), *_wrong_classes(classes), *_wrong_efforts(classes)]
    if not problems and not classes.loc[classes["class"].isin(PLANNED), "effort"].sum() > 0:
        found = _("Nothing that takes effort is planned.")
        problems = [Problem(found, _("effort in must, should or could"), _("Enter the effort."))]
    if problems:
        raise DataError(problems)


def _doubled(keys: pd.Series) -> list[Problem]:
    return [
        Problem(
            _("The id {id} stands there more than once.").format(id=key),
            _("each id once"),
            _("Remove or rename the second one."),
            Location(column=str(keys.name)),
        )
        for key in keys[keys.duplicated()].unique()
    ]


def _wrong_classes(classes: pd.DataFrame) -> list[Problem]:
    wrong = classes[~classes["class"].isin(list(CLASS_LABELS))]
    return [
        Problem(
            _("{id} has the class {found}.").format(id=key, found=found),
            listed(list(CLASS_LABELS)),
            _("Write one of these."),
            Location(column="class"),
        )
        for key, found in zip(wrong["requirement_id"], wrong["class"], strict=True)
    ]


def _wrong_efforts(classes: pd.DataFrame) -> list[Problem]:
    efforts = classes["effort"].astype(float)
    wrong = classes[~(np.isfinite(efforts) & (efforts >= 0))]
    return [
        Problem(
            _("{id} has the effort {found}.").format(id=key, found=found),
            _("a number, zero or more"),
            _("Enter the effort."),
            Location(column="effort"),
        )
        for key, found in zip(wrong["requirement_id"], wrong["effort"], strict=True)
    ]
