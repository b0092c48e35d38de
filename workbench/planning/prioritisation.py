"""The order of the requirements under a lens, what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, ngettext, number
from workbench.planning import exclusions, lenses
from workbench.planning.exclusions import check_on_scale, told_apart
from workbench.planning.lens_formulas import EQUAL, Weights
from workbench.planning.lenses import LENSES, Lens
from workbench.planning.matrix import fields_of, with_fields_told
from workbench.planning.scoring import INDICES, RISK_REDUCTION, SAME
from workbench.results import Result

DECIMALS = round(-np.log10(SAME))
MOST_NAMED = 6
"""Requirements that share the first places and are still named one by one."""

ENDS = {"lens_score_low": ("low", "high"), "lens_score_high": ("high", "low")}
"""Ends of the raters' ranges of all axes, and of complexity, that make a lens score lowest and highest."""


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
        Those left out because of the complexity ceiling; the others lack what the lens needs.
    complexity_ceiling : float or None
        Highest complexity that the lens let in; None for lenses without a ceiling.
    weights : mapping of str to float
        Of value, urgency and simplicity; they count under a weighted lens only.
    """

    lens: str
    table: pd.DataFrame
    left_out: dict[str, str]
    too_complex: tuple[str, ...]
    complexity_ceiling: float | None
    weights: Mapping[str, float] = field(default_factory=lambda: dict(EQUAL))

    def to_frame(self) -> pd.DataFrame:
        """The ranking, as in `table`."""
        return self.table.copy()

    @property
    def not_scored(self) -> tuple[str, ...]:
        """Those left out because they lack what the lens needs."""
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
    def headline(self) -> str:
        """Which comes first and by how much."""
        return _first_place(self)

    @property
    def caveat(self) -> str:
        """Whether the raters agree on the first place, and how many are left out; empty where nothing is to be said."""
        told = [_lead(self)]
        if self.left_out:
            told.append(
                ngettext(
                    "{count} requirement is left out.", "{count} requirements are left out.", len(self.left_out)
                ).format(count=len(self.left_out))
            )
        return " ".join(filter(None, told))

    @property
    def conclusion(self) -> str:
        """The headline and its caveat."""
        return f"{self.headline} {self.caveat}".strip()

    def _repr_html_(self) -> str:
        return with_fields_told(self.conclusion, self.table)


def prioritise(
    table: pd.DataFrame,
    lens: str,
    complexity_ceiling: float = 60.0,
    threshold: float = 50.0,
    weights: Weights = EQUAL,
) -> Ranking:
    """Put the requirements in order, and say which are left out and why.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    lens : str
        One of `workbench.planning.lenses.LENSES`.
    complexity_ceiling : float
        Highest complexity, 0 to 100, that a lens with a ceiling lets in.
    threshold : float
        Index, 0 to 100, from which value and complexity count as high in the column ``field``.
    weights : mapping of str to float
        What value, urgency and simplicity weigh under a weighted lens.

    Returns
    -------
    Ranking
        Equal lens scores are put in order by higher value, then lower complexity, then id.

    Raises
    ------
    SettingsError
        When the lens is unknown, the ceiling or the threshold is off the scale, or the weights make no sense.
    """
    chosen = lenses.find(lens)
    check_on_scale("complexity_ceiling", complexity_ceiling)
    check_on_scale("threshold", threshold)
    lenses.check_weights(weights)
    left_out = exclusions.left_out(table, chosen, complexity_ceiling, weights)
    ranked = with_scores(table.drop(index=list(left_out)), chosen, weights)
    ranked["field"] = fields_of(ranked, threshold)
    columns = ["rank", "requirement_id", "title", "department", "lens_score", *ENDS, *INDICES, "field", "tied"]
    too_complex = tuple(exclusions.reasons_too_complex(table, complexity_ceiling)) if chosen.has_ceiling else ()
    ceiling = complexity_ceiling if chosen.has_ceiling else None
    return Ranking(lens, ranked[columns], left_out, too_complex, ceiling, dict(weights))


def with_scores(table: pd.DataFrame, lens: Lens, weights: Weights = EQUAL) -> pd.DataFrame:
    """The requirements that a lens can rank, in its order, with rank, lens score, its ends and ties.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`, without what the lens leaves out.
    lens : Lens
        The lens.
    weights : mapping of str to float
        What value, urgency and simplicity weigh under a weighted lens.
    """
    ranked = table.assign(lens_score=lens.key(table, weights))
    for name, (end, of_complexity) in ENDS.items():
        ranked[name] = _at_end(table, lens, weights, end, of_complexity)
    ranked = in_order(ranked.reset_index())
    ranked["rank"] = range(1, len(ranked) + 1)
    ranked["tied"] = ranked["lens_score"].round(DECIMALS).duplicated(keep=False)
    return ranked


def in_order(ranked: pd.DataFrame) -> pd.DataFrame:
    """Put in order by rounded figures, so that the last digit of a sum cannot decide a rank.

    Parameters
    ----------
    ranked : DataFrame
        requirement_id, lens_score, value and complexity: the higher score first, then value, then simplicity, then id.
    """
    by = ["lens_score", "value", "complexity", "requirement_id"]
    order = ranked[by].round(DECIMALS).sort_values(by, ascending=[False, False, True, True]).index
    return ranked.loc[order].reset_index(drop=True)


def _at_end(table: pd.DataFrame, lens: Lens, weights: Weights, end: str, of_complexity: str) -> pd.Series:
    """The lens score of each requirement with all its indices at one end of the raters' ranges."""
    moved = table.copy()
    for axis in (*INDICES, RISK_REDUCTION):
        if axis in table.columns:
            moved[axis] = table[f"{axis}_{of_complexity if axis == 'complexity' else end}"]
    if not lens.is_relative:
        return lens.key(moved, weights)
    # The others keep their own indices: it is this requirement's place among them that is asked for.
    axes = list(lens.axes(table))
    scores = {}
    for identifier in table.index:
        alone = table.copy()
        alone.loc[identifier, axes] = moved.loc[identifier, axes]
        scores[identifier] = lens.key(alone, weights)[identifier]
    return pd.Series(scores, index=table.index, dtype=float)


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
    score, second_score = told_apart(first["lens_score"], second["lens_score"])
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
    if len(level) > MOST_NAMED:
        told = _("The lead is smaller than the raters' disagreement: treat the first and {count} others as level.")
        return told.format(count=len(level) - 1)
    told = _("The lead is smaller than the raters' disagreement: treat {ids} as level.")
    return told.format(ids=listed(list(level)))
