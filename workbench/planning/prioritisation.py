"""The order of the requirements, under a named lens, and the value × complexity matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import either, listed, ngettext, number
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.scoring import (
    AXIS_LABELS,
    INDICES,
    SAME,
    RequirementScores,
    axes_not_scored,
    readable,
)
from workbench.results import Result

COMPLEXITY_FLOOR = 1.0
"""Lowest complexity that value is divided by, so that a requirement without any complexity has a ratio too."""
DECIMALS = round(-np.log10(SAME))
SHOWN = 1
"""Decimals of an index in a report; the matrix compares what is shown."""
MOST_NAMED = 6
"""Requirements that share the first places and are still named one by one."""

AGREEMENT = {
    "none": N_("No lens can rank any requirement yet."),
    "one": N_("Only one lens ranks any requirement, so there is nothing to compare it with."),
    "same": N_("All lenses give the same order."),
    "in_common": N_("The lenses agree on the order of what they rank in common, but leave out different requirements."),
    "different": N_("Another lens gives another order, as shown above."),
}
"""What `agreement` of the lenses means for the choice of one; translate it where it is shown."""


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
        Axes that a requirement must be scored on.
    key : callable
        Takes a table with the indices, gives the lens score of each row.
    has_ceiling : bool
        Whether requirements above the complexity ceiling are left out.
    decimals : int
        How many decimals of the lens score to show in a table.
    """

    name: str
    label: str
    assumes: str
    not_for: str
    unit: str
    needs: tuple[str, ...]
    key: Callable[[pd.DataFrame], pd.Series]
    has_ceiling: bool = False
    decimals: int = SHOWN


@dataclass(frozen=True)
class Field:
    """One field of the value × complexity matrix; label and advice are translated where they are shown."""

    name: str
    label: str
    advice: str
    high_value: bool
    high_complexity: bool


def _per_complexity(table: pd.DataFrame) -> pd.Series:
    return table["value"] / table["complexity"].clip(lower=COMPLEXITY_FLOOR)


def _urgency(table: pd.DataFrame) -> pd.Series:
    return table["urgency"]


def _quick_wins(table: pd.DataFrame) -> pd.Series:
    return (table["value"] + 100 - table["complexity"]) / 2


def _balanced(table: pd.DataFrame) -> pd.Series:
    return (table["value"] + table["urgency"] + 100 - table["complexity"]) / 3


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
            _per_complexity,
            decimals=2,
        ),
        Lens(
            "urgency",
            N_("Urgency"),
            N_("Waiting hurts more than building the wrong thing; means are at hand."),
            N_("Programs whose problem is complexity: value and effort play no part in it."),
            N_("points"),
            ("urgency",),
            _urgency,
        ),
        Lens(
            "quick_wins",
            N_("Quick wins"),
            N_("Early results are needed, and what lies above the complexity ceiling waits."),
            N_("The whole plan: what matters most in the long run is often complex, and is left out."),
            N_("points"),
            ("value", "complexity"),
            _quick_wins,
            has_ceiling=True,
        ),
        Lens(
            "balanced",
            N_("Balanced"),
            N_("A point of value, of urgency and of simplicity are worth the same."),
            N_("Firms that can say which of the three matters more to them."),
            N_("points"),
            INDICES,
            _balanced,
        ),
    )
}
"""Every lens by its name."""

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("quick_win", N_("Quick win"), N_("Do these first: much value at little complexity."), True, False),
        Field("strategic", N_("Strategic"), N_("Plan these well and split them into releases."), True, True),
        Field("fill_in", N_("Fill-in"), N_("Do these when there is capacity to spare."), False, False),
        Field("reconsider", N_("Reconsider"), N_("Simplify these, or let them go."), False, True),
    )
}
"""The fields of the matrix by name: high value and low complexity first."""


BOUNDS_OF_SCORE = {
    "lens_score_low": ("value_low", "urgency_low", "complexity_high"),
    "lens_score_high": ("value_high", "urgency_high", "complexity_low"),
}
"""Ends of the raters' ranges that make a lens score lowest and highest; under every lens complexity speaks against."""


@dataclass(frozen=True, eq=False)
class Ranking(Result):
    """Requirements in the order that a lens gives them.

    Attributes
    ----------
    lens : str
        Name of the lens; `LENSES` holds the rest of it.
    table : DataFrame
        In the order of the ranking: rank (1, 2, 3 …), requirement_id, title, department, lens_score, lens_score_low
        and lens_score_high (at the ends of the raters' ranges that speak against and for the requirement), value,
        urgency, complexity (NaN on an axis that the lens does not need and nobody scored), field (of the matrix, empty
        where value or complexity is not scored) and tied (true where another requirement has the same lens score, so
        that the order among them comes from value, then complexity, then id).
    left_out : dict
        Requirement id → why it is not ranked, in the language in use when the ranking was made.
    too_complex : tuple of str
        Those left out because of the complexity ceiling; the others are not scored on what the lens needs.
    complexity_ceiling : float or None
        Highest complexity that the lens let in; None for lenses without a ceiling.
    """

    lens: str
    table: pd.DataFrame
    left_out: dict[str, str]
    too_complex: tuple[str, ...]
    complexity_ceiling: float | None

    def to_frame(self) -> pd.DataFrame:
        """The ranking, as in `table`."""
        return self.table.copy()

    @property
    def not_scored(self) -> tuple[str, ...]:
        """Those left out because they are not scored on what the lens needs."""
        return tuple(identifier for identifier in self.left_out if identifier not in self.too_complex)

    @property
    def tied(self) -> tuple[str, ...]:
        """Those that share their lens score with another."""
        return tuple(self.table.loc[self.table["tied"], "requirement_id"])

    @property
    def tied_first(self) -> tuple[str, ...]:
        """Those with the lens score of the first, itself among them."""
        return tuple(self.first(1)["requirement_id"])

    @property
    def overlapping(self) -> tuple[str, ...]:
        """The first, and those that could be before it: their score at its best reaches the first's at its worst."""
        if self.table.empty:
            return ()
        reached = self.table["lens_score_high"] > self.table["lens_score_low"].iloc[0] - SAME
        return tuple(self.table.loc[reached, "requirement_id"])

    @property
    def lead_is_clear(self) -> bool:
        """Whether the first stays before every other, whatever end of the raters' ranges is taken for each."""
        return len(self.overlapping) == 1

    def first(self, count: int) -> pd.DataFrame:
        """So many from the top of the table, and all that are level with the last of them."""
        scores = self.table["lens_score"].round(DECIMALS)
        return self.table.head(int((scores >= scores.head(count).min()).sum()))

    def first_told(self, count: int) -> str:
        """The first so many by id, ties kept whole, as a heading."""
        first = self.first(count)
        if len(first) > max(count, MOST_NAMED):
            told = _("{count} requirements share the first places; the lens does not tell all of them apart")
            return told.format(count=len(first))
        told = ngettext("Comes first: {ids}", "The first {count}: {ids}", len(first)).format(
            count=len(first), ids=listed(list(first["requirement_id"]))
        )
        return _("{first} (some are level)").format(first=told) if first["tied"].any() else told

    @property
    def conclusion(self) -> str:
        """Which comes first and by how much, whether the raters agree on that, and how many are left out."""
        told = " ".join(filter(None, (_first_place(self), _lead(self))))
        if self.left_out:
            told += " " + ngettext(
                "{count} requirement is left out.", "{count} requirements are left out.", len(self.left_out)
            ).format(count=len(self.left_out))
        return told

    def _repr_html_(self) -> str:
        return _html(self.conclusion, self.table)


@dataclass(frozen=True, eq=False)
class Matrix(Result):
    """The value × complexity matrix.

    Attributes
    ----------
    table : DataFrame
        requirement_id, title, department, value, complexity and field, in the requirements' order.
    threshold : float
        Index from which value and complexity count as high, on the scale of 0 to 100.
    left_out : dict
        Requirement id → why it is in no field, in the language in use when the matrix was made.
    """

    table: pd.DataFrame
    threshold: float
    left_out: dict[str, str]

    def to_frame(self) -> pd.DataFrame:
        """The requirements with their field, as in `table`."""
        return self.table.copy()

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements are in each field."""
        return {name: int((self.table["field"] == name).sum()) for name in FIELDS}

    @property
    def conclusion(self) -> str:
        """How many requirements are in each field, and in none."""
        counts = [f"{_(FIELDS[name].label)} {count}" for name, count in self.counts.items()]
        told = _("Requirements by field: {counts}.").format(counts=listed(counts))
        if self.left_out:
            told += " " + ngettext(
                "{count} is in no field, because it is not scored on both axes.",
                "{count} are in no field, because they are not scored on both axes.",
                len(self.left_out),
            ).format(count=len(self.left_out))
        return told

    def _repr_html_(self) -> str:
        return _html(self.conclusion, self.table)


def prioritise(
    scores: RequirementScores, lens: str, complexity_ceiling: float = 60.0, threshold: float = 50.0
) -> Ranking:
    """Put the requirements in order, and say which are left out and why.

    Parameters
    ----------
    scores : RequirementScores
        The indices.
    lens : str
        One of `LENSES`.
    complexity_ceiling : float
        Highest complexity, 0 to 100, that a lens with a ceiling lets in.
    threshold : float
        Index, 0 to 100, from which value and complexity count as high in the column ``field``.

    Returns
    -------
    Ranking
        Equal lens scores are put in order by higher value, then lower complexity, then id.

    Raises
    ------
    SettingsError
        When the lens is unknown, or the ceiling or the threshold is off the scale.
    """
    chosen = _find_lens(lens)
    _check_on_scale("complexity_ceiling", complexity_ceiling)
    _check_on_scale("threshold", threshold)
    left_out = _left_out(scores.table, chosen, complexity_ceiling)
    ranked = scores.table.drop(index=list(left_out)).reset_index()
    ranked["lens_score"] = chosen.key(ranked).astype(float)
    for name, ends in BOUNDS_OF_SCORE.items():
        ranked[name] = chosen.key(ranked[list(ends)].set_axis(list(INDICES), axis=1)).astype(float)
    ranked["field"] = _fields(ranked, threshold)
    ranked = _sorted(ranked)
    ranked["rank"] = range(1, len(ranked) + 1)
    ranked["tied"] = ranked["lens_score"].round(DECIMALS).duplicated(keep=False)
    scored = ["lens_score", *BOUNDS_OF_SCORE, *INDICES]
    columns = ["rank", "requirement_id", "title", "department", *scored, "field", "tied"]
    too_complex = tuple(_reasons_too_complex(scores.table, complexity_ceiling)) if chosen.has_ceiling else ()
    return Ranking(lens, ranked[columns], left_out, too_complex, complexity_ceiling if chosen.has_ceiling else None)


def compare_lenses(scores: RequirementScores, complexity_ceiling: float = 60.0) -> pd.DataFrame:
    """The ranks under every lens, side by side.

    Parameters
    ----------
    scores : RequirementScores
        The indices.
    complexity_ceiling : float
        Highest complexity, 0 to 100, that a lens with a ceiling lets in.

    Returns
    -------
    DataFrame
        Index requirement_id in the requirements' order; title, department, and a column of Int64 ranks per lens.
        ``<NA>`` means that the lens leaves the requirement out: show it so.

    Raises
    ------
    SettingsError
        When the ceiling is off the scale.
    """
    table = scores.table[["title", "department"]].copy()
    for name in LENSES:
        ranks = prioritise(scores, name, complexity_ceiling).table.set_index("requirement_id")["rank"]
        table[name] = ranks.reindex(table.index).astype("Int64")
    return table


def agreement(ranks: pd.DataFrame) -> str:
    """Whether the lenses give the same order.

    Parameters
    ----------
    ranks : DataFrame
        A row per requirement and a column of ranks per lens, empty where the lens leaves the requirement out.

    Returns
    -------
    str
        A key of `AGREEMENT`: ``same`` when all give one order, ``in_common`` when any two agree on what both rank,
        ``one`` and ``none`` when so many lenses rank anything at all. A lens that ranks nothing does not count.
    """
    ranking = ranks.astype(float).dropna(axis="columns", how="all")
    if len(ranking.columns) < 2:
        return "one" if len(ranking.columns) else "none"
    for pair in combinations(ranking.columns, 2):
        both = ranking[list(pair)].dropna().rank()
        if not both[pair[0]].equals(both[pair[1]].rename(pair[0])):
            return "different"
    return "same" if ranking.notna().eq(ranking.iloc[:, 0].notna(), axis="index").all(axis=None) else "in_common"


def matrix(scores: RequirementScores, threshold: float = 50.0) -> Matrix:
    """Place each requirement in one of the four fields of value × complexity.

    The threshold stands on the scale itself, not on the median, so that a requirement keeps its field when others come
    or go.

    Parameters
    ----------
    scores : RequirementScores
        The indices.
    threshold : float
        Index, 0 to 100; at or above it is high. Both are compared as they are shown, with one decimal.

    Raises
    ------
    SettingsError
        When the threshold is off the scale.
    """
    _check_on_scale("threshold", threshold)
    left_out = _reasons_not_scored(scores.table, ("value", "complexity"))
    placed = scores.table.drop(index=list(left_out)).reset_index()
    placed["field"] = _fields(placed, threshold)
    return Matrix(
        placed[["requirement_id", "title", "department", "value", "complexity", "field"]], float(threshold), left_out
    )


def _find_lens(name: str) -> Lens:
    if name not in LENSES:
        raise SettingsError(
            Problem(
                _("There is no lens named {name}.").format(name=name),
                either(list(LENSES)),
                _("Choose one of these."),
            )
        )
    return LENSES[name]


def _check_on_scale(name: str, value: float) -> None:
    if not 0 <= value <= 100:
        raise SettingsError(
            Problem(
                _("{name} is {value}.").format(name=name, value=value),
                _("a number from 0 to 100"),
                _("Correct {name}.").format(name=name),
            )
        )


def _left_out(table: pd.DataFrame, lens: Lens, ceiling: float) -> dict[str, str]:
    reasons = _reasons_not_scored(table, lens.needs)
    if lens.has_ceiling:
        reasons |= _reasons_too_complex(table, ceiling)
    return {str(identifier): reasons[identifier] for identifier in table.index if identifier in reasons}


def _reasons_not_scored(table: pd.DataFrame, needs: tuple[str, ...]) -> dict[str, str]:
    return {
        identifier: _("It is not scored on {axes}.").format(axes=listed([_(AXIS_LABELS[axis]) for axis in axes]))
        for identifier, axes in axes_not_scored(table, needs).items()
    }


def _reasons_too_complex(table: pd.DataFrame, ceiling: float) -> dict[str, str]:
    above = table.loc[table["complexity"] > ceiling + SAME, "complexity"]
    reasons = {}
    for identifier, complexity in above.items():
        found, limit = _told_apart(complexity, ceiling)
        reasons[str(identifier)] = _("Its complexity, {found}, is above the ceiling of {limit}.").format(
            found=found, limit=limit
        )
    return reasons


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Both figures, with as many digits as it takes to see that they differ."""
    figures = ((number(one, digits), number(other, digits)) for digits in range(3, 10))
    return next((pair for pair in figures if pair[0] != pair[1]), (str(one), str(other)))


def _fields(table: pd.DataFrame, threshold: float) -> np.ndarray:
    scored = table[["value", "complexity"]].notna().all(axis=1)
    shown = table[["value", "complexity"]].round(SHOWN)
    high_value, high_complexity = (shown[axis] >= round(threshold, SHOWN) for axis in shown)
    inside = [
        scored & (high_value == field.high_value) & (high_complexity == field.high_complexity)
        for field in FIELDS.values()
    ]
    return np.select(inside, list(FIELDS), default="").astype(object)


def _sorted(ranked: pd.DataFrame) -> pd.DataFrame:
    """Put in order by rounded figures, so that the last digit of a sum cannot decide a rank."""
    by = ["lens_score", "value", "complexity", "requirement_id"]
    order = ranked[by].round(DECIMALS).sort_values(by, ascending=[False, False, True, True]).index
    return ranked.loc[order].reset_index(drop=True)


def _first_place(ranking: Ranking) -> str:
    label = _(LENSES[ranking.lens].label)
    table = ranking.table
    if table.empty:
        return _("{lens}: no requirement can be ranked.").format(lens=label)
    first = table.iloc[0]
    names = {"lens": label, "title": first["title"], "id": first["requirement_id"]}
    if len(table) == 1:
        return _("{lens}: {title} ({id}) is the only requirement ranked.").format(**names)
    if first["tied"]:
        return _level_first(ranking, label, first["lens_score"])
    second = table.iloc[1]
    names |= {"second_title": second["title"], "second_id": second["requirement_id"]}
    score, second_score = _told_apart(first["lens_score"], second["lens_score"])
    return _(
        "{lens}: {title} ({id}) comes first with {score} {unit}, "
        "before {second_title} ({second_id}) with {second_score}."
    ).format(**names, score=score, second_score=second_score, unit=_(LENSES[ranking.lens].unit))


def _level_first(ranking: Ranking, label: str, score: float) -> str:
    level = ranking.tied_first
    return _(
        "{lens}: {count} requirements are level in first place with {score} {unit}: {ids}; "
        "the order among them comes from value, then complexity, then id."
    ).format(
        lens=label,
        count=len(level),
        score=number(score),
        unit=_(LENSES[ranking.lens].unit),
        ids=listed(list(level)),
    )


def _lead(ranking: Ranking) -> str:
    """What the raters' disagreement does to the lead; nothing where it leaves it, or the tie was told already."""
    level = ranking.overlapping
    if len(level) < 2 or level == ranking.tied_first:
        return ""
    if level == tuple(ranking.table["requirement_id"].head(len(level))):
        told = _("The lead is smaller than the raters' disagreement: treat the first {count} as level.")
        return told.format(count=len(level))
    told = _("The lead is smaller than the raters' disagreement: treat {ids} as level.")
    return told.format(ids=listed(list(level)))


def _html(conclusion: str, table: pd.DataFrame) -> str:
    from markupsafe import escape

    told = readable(table)
    told["field"] = [_(FIELDS[name].label) if name else _("not scored") for name in table["field"]]
    return f"<p>{escape(conclusion)}</p>{told.to_html(escape=True, index=False, border=0)}"
