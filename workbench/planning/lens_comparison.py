"""All lenses side by side: how alike their orders are, and which requirements move most from one to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from workbench.language import exact, listed, quoted
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.lens_formulas import EQUAL, Weights
from workbench.planning.lenses import LENSES
from workbench.planning.prioritisation import DECIMALS, prioritise
from workbench.results import Result

FEWEST_TO_CORRELATE = 3
"""Fewest requirements that two lenses both rank, for a correlation: two are always fully for or against."""

AGREEMENT = {
    "none": N_("No lens can rank any requirement yet."),
    "one": N_("Only one lens ranks any requirement, so there is nothing to compare it with."),
    "same": N_("All lenses give the same order."),
    "in_common": N_("The lenses agree on the order of what they rank in common, but leave out different requirements."),
    "different": N_("Another lens gives another order, as shown above."),
}
"""What `agreement` of the lenses means for the choice of one; translate it where it is shown."""


@dataclass(frozen=True, eq=False)
class LensComparison(Result):
    """The orders of all lenses, and how alike they are.

    Attributes
    ----------
    ranks : DataFrame
        Index requirement_id in the requirements' order; title, department, and a column of Int64 ranks per lens.
        ``<NA>`` means that the lens leaves the requirement out: show it so.
    lens_scores : DataFrame
        The same with the lens scores, NaN where left out.
    kendall, spearman : DataFrame
        Lens × lens: Kendall's tau-b and Spearman's rho of the lens scores of what both rank; NaN with fewer than
        `FEWEST_TO_CORRELATE` in common, or where a lens puts all of them level.
    in_common : DataFrame
        Lens × lens: how many requirements both rank.
    movers : DataFrame
        The requirements that two lenses or more rank, the one that moves most first: requirement_id, title, best_lens,
        best_rank, worst_lens, worst_rank, moved (difference between its highest and lowest place, each as a share of
        what the lens ranks: 0 first, 1 last). Best and worst are by that share.
    silent : dict of str to str
        Lens that ranks nothing → the commonest reason, in the language in use when this was made.
    """

    ranks: pd.DataFrame
    lens_scores: pd.DataFrame
    kendall: pd.DataFrame
    spearman: pd.DataFrame
    in_common: pd.DataFrame
    movers: pd.DataFrame
    silent: dict[str, str]

    def to_frame(self) -> pd.DataFrame:
        """The ranks, as in `ranks`."""
        return self.ranks.copy()

    @property
    def speaking(self) -> tuple[str, ...]:
        """The lenses that rank anything."""
        return tuple(name for name in LENSES if name not in self.silent)

    @property
    def agreement(self) -> str:
        """Whether the lenses give the same order: a key of `AGREEMENT`."""
        return agreement(self.ranks[list(LENSES)])

    def pairs(self) -> pd.DataFrame:
        """Each pair of lenses with a correlation, the most alike first: lens, other, kendall, spearman, in_common."""
        rows = [
            (one, other, self.kendall.loc[one, other], self.spearman.loc[one, other], self.in_common.loc[one, other])
            for one, other in combinations(self.speaking, 2)
        ]
        table = pd.DataFrame(rows, columns=["lens", "other", "kendall", "spearman", "in_common"])
        return table.dropna(subset="kendall").sort_values("kendall", ascending=False, kind="stable", ignore_index=True)

    @property
    def conclusion(self) -> str:
        """Which two lenses are most and least alike, and what moves most."""
        if self.agreement != "different":
            return _(AGREEMENT[self.agreement])
        return " ".join(filter(None, (_alike(self.pairs()), _moves_most(self.movers))))


def compare_lenses(table: pd.DataFrame, complexity_ceiling: float = 60.0, weights: Weights = EQUAL) -> LensComparison:
    """Rank under every lens, and compare the orders.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    complexity_ceiling : float
        Highest complexity, 0 to 100, that a lens with a ceiling lets in.
    weights : mapping of str to float
        What value, urgency and simplicity weigh under a weighted lens.

    Raises
    ------
    SettingsError
        When the ceiling is off the scale or the weights make no sense.

    Notes
    -----
    Kendall (1945), The treatment of ties in ranking problems, *Biometrika* 33(3), 239-251: tau-b.
    """
    rankings = {name: prioritise(table, name, complexity_ceiling, weights=weights) for name in LENSES}
    ranks, lens_scores = table[["title", "department"]].copy(), table[["title", "department"]].copy()
    for name, ranking in rankings.items():
        found = ranking.table.set_index("requirement_id")
        ranks[name] = found["rank"].reindex(table.index).astype("Int64")
        lens_scores[name] = found["lens_score"].reindex(table.index).round(DECIMALS)
    silent = {name: _commonest(ranking.left_out) for name, ranking in rankings.items() if ranking.table.empty}
    figures = lens_scores[list(LENSES)]
    return LensComparison(
        ranks,
        lens_scores,
        _correlations(figures, _kendall),
        _correlations(figures, _spearman),
        figures.notna().astype(int).T @ figures.notna().astype(int),
        _movers(ranks),
        silent,
    )


def described() -> pd.DataFrame:
    """What each lens takes for granted, in the language in use: label, assumes, not_for and method."""
    rows = [(_(lens.label), _(lens.assumes), _(lens.not_for), _(lens.method)) for lens in LENSES.values()]
    return pd.DataFrame(rows, columns=["label", "assumes", "not_for", "method"])


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


def _commonest(left_out: dict[str, str]) -> str:
    reasons = pd.Series(list(left_out.values()), dtype=object)
    return str(reasons.mode().iloc[0]) if len(reasons) else _("There are no requirements.")


def _kendall(one: pd.Series, other: pd.Series) -> float:
    from scipy import stats

    return float(stats.kendalltau(one, other).statistic)


def _spearman(one: pd.Series, other: pd.Series) -> float:
    from scipy import stats

    return float(stats.spearmanr(one, other).statistic)


def _correlations(figures: pd.DataFrame, measure: Callable[[pd.Series, pd.Series], float]) -> pd.DataFrame:
    names = figures.columns
    found = pd.DataFrame(np.nan, index=names, columns=names)
    for one, other in combinations(names, 2):
        both = figures[[one, other]].dropna()
        if len(both) >= FEWEST_TO_CORRELATE and (both.nunique() > 1).all():
            found.loc[one, other] = found.loc[other, one] = measure(both[one], both[other])
    for name in names[figures.nunique() > 1]:
        found.loc[name, name] = 1.0
    return found


def _movers(ranks: pd.DataFrame) -> pd.DataFrame:
    places = ranks[list(LENSES)].astype(float)
    share = (places - 1) / (places.max() - 1).clip(lower=1)
    share = share[share.notna().sum(axis=1) > 1]
    best, worst = share.idxmin(axis=1), share.idxmax(axis=1)
    table = ranks.loc[share.index, ["title"]].assign(
        best_lens=best.astype(object),
        best_rank=[int(ranks[lens][str(key)]) for key, lens in best.items()],
        worst_lens=worst.astype(object),
        worst_rank=[int(ranks[lens][str(key)]) for key, lens in worst.items()],
        moved=share.max(axis=1) - share.min(axis=1),
    )
    order = table["moved"].round(9).sort_values(ascending=False, kind="stable").index
    return table.loc[order].rename_axis("requirement_id").reset_index()


def _alike(pairs: pd.DataFrame) -> str:
    if pairs.empty:
        return ""
    most, least = pairs.iloc[0], pairs.iloc[-1]
    if len(pairs) == 1:
        return _("The orders of {lenses} have a rank correlation (Kendall's tau-b) of {tau}.").format(
            lenses=_pair(most), tau=exact(most["kendall"], 2)
        )
    return _(
        "The orders of {alike} are most alike (Kendall's tau-b {highest}), those of {unlike} least ({lowest})."
    ).format(
        alike=_pair(most), highest=exact(most["kendall"], 2), unlike=_pair(least), lowest=exact(least["kendall"], 2)
    )


def _pair(row: pd.Series) -> str:
    return listed([quoted(_(LENSES[row[name]].label)) for name in ("lens", "other")])


def _moves_most(movers: pd.DataFrame) -> str:
    if movers.empty or not movers["moved"].iloc[0] > 0:
        return ""
    row = movers.iloc[0]
    return _("{id} moves most: place {best} under “{best_lens}”, {worst} under “{worst_lens}”.").format(
        id=row["requirement_id"],
        best=row["best_rank"],
        best_lens=_(LENSES[row["best_lens"]].label),
        worst=row["worst_rank"],
        worst_lens=_(LENSES[row["worst_lens"]].label),
    )
