"""How sure an order is: over the weights and the raters, by the smallest change of weights, by what comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.language import exact, number
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.lens_draws import Known, acceptability
from workbench.planning.lenses import LENSES
from workbench.planning.prioritisation import Ranking
from workbench.planning.rank_acceptability import RankAcceptability
from workbench.planning.rank_reversal import RankReversal, rank_reversal
from workbench.planning.scoring import RequirementScores
from workbench.planning.smaa import SAMPLES
from workbench.planning.stability import Stability, group_told, stability
from workbench.results import Result

MOST_SHOWN = 4
"""Requirements whose favourable weights are shown side by side."""

KNOWN_LABELS = {
    "about": N_("weights near the given ones are likelier, a given third is drawn from 15% to 55% in 19 of 20 draws"),
    "nothing": N_("all weights are equally likely"),
}
"""What is taken to be known of the weights; translate it where it is shown."""


@dataclass(frozen=True, eq=False)
class OrderCertainty(Result):
    """How sure an order is.

    Attributes
    ----------
    first : str
        The requirement in first place; empty when none is ranked.
    by_weights : RankAcceptability or None
        Over draws of the weights, the scores as they stand. None where no weight that could change enters the order,
        or nothing is ranked.
    by_both : RankAcceptability or None
        Over draws of the weights and of the raters. None where no score enters the order, or nothing is ranked.
    stability : Stability
        The smallest change of weights that changes the first place.
    reversal : RankReversal
        What becomes of the order when a requirement comes or goes.
    votes_held : bool
        Whether the order rests on votes, which are no part of the draws.
    """

    first: str
    by_weights: RankAcceptability | None
    by_both: RankAcceptability | None
    stability: Stability
    reversal: RankReversal
    votes_held: bool = False

    def to_frame(self) -> pd.DataFrame:
        """The shares of each place over draws of weights and raters; empty where nothing could be drawn."""
        return pd.DataFrame() if self.by_both is None else self.by_both.to_frame()

    @property
    def first_share(self) -> dict[str, float] | None:
        """How often the first is first over draws of the weights, and of weights and raters; None without draws."""
        if self.by_weights is None or self.by_both is None:
            return None
        return {
            "weights": float(self.by_weights.first[self.first]),
            "weights_and_raters": float(self.by_both.first[self.first]),
        }

    @property
    def conclusion(self) -> str:
        """How often the first is first in the weights that one might have meant."""
        if not self.first:
            return _("Nothing is ranked yet.")
        if self.by_both is None:
            return _("Neither weights nor scores enter this order: no draw of them changes it.")
        if self.by_weights is None:
            return _("One criterion alone has all the weight of each axis: no draw of weights changes this order.")
        return self.by_weights.told_of(self.first)

    @property
    def brief(self) -> str:
        """The same without the others: a sentence, or nothing where nothing was drawn."""
        return "" if self.by_weights is None else f"{self.by_weights.brief_of(self.first)}."

    def shares(self, titles: Mapping[str, str], order: list[str]) -> pd.DataFrame:
        """The shares of `by_both`, long, in this order: requirement_id, title, place (NaN: left out) and share."""
        if self.by_both is None:
            return pd.DataFrame(columns=["requirement_id", "title", "place", "share"])
        ids = [*order, *(name for name in self.by_both.shares.index if name not in order)]
        places, cells = [float(place) for place in self.by_both.shares.columns], self.by_both.shares.loc[ids].to_numpy()
        if (self.by_both.left_out > 0).any():
            places, cells = [*places, np.nan], np.column_stack([cells, self.by_both.left_out[ids]])
        long = pd.DataFrame({"requirement_id": np.repeat(np.array(ids, dtype=object), len(places))})
        long["title"] = long["requirement_id"].map(dict(titles))
        return long.assign(place=np.tile(places, len(ids)), share=cells.ravel())

    def beliefs(self) -> pd.DataFrame:
        """What one would have to believe: the weights that put each of the likeliest first ones there.

        A row per weight: group, weight (its name), now (its given share of the group), and a column per requirement
        with the mean of the weights that make it first. The last two rows are the share of the draws in which it is
        first and its confidence factor.
        """
        if self.by_both is None:
            return pd.DataFrame(columns=["group", "weight", "now"])
        ever = self.by_both.first
        chosen = list(ever.index[ever > 0][:MOST_SHOWN])
        central = self.by_both.central_weights.loc[chosen].T
        names = self.stability.names
        table = pd.DataFrame(
            {
                "group": [group_told(str(group)) for group, _name in central.index],
                "weight": [names.get(str(name), str(name)) for _group, name in central.index],
                "now": self.by_both.mean_weights.to_numpy(),
            }
        )
        table[chosen] = central.to_numpy()
        ends = pd.DataFrame(
            [
                {"weight": _("Share of the draws in which it is first"), **ever[chosen]},
                {"weight": _("Confidence factor"), **self.by_both.confidence[chosen]},
            ]
        )
        return pd.concat([table, ends], ignore_index=True).fillna({"group": ""})

    def notes(self, known: Known) -> list[str]:
        """How the shares were drawn, and how exact they are."""
        if self.by_both is None:
            return []
        told = _(
            "{count} draws, seed {seed}; {known}; a share is exact to ±{error} percentage points, "
            "a confidence factor to ±{confidence}."
        ).format(
            count=exact(self.by_both.samples),
            seed=self.by_both.seed,
            known=_(KNOWN_LABELS[known]),
            error=_points(self.by_both.standard_error),
            confidence=_points(self.by_both.confidence_error),
        )
        return [told, _("The raters' votes on the classes are no part of the draws.")] if self.votes_held else [told]


def _points(standard_error: float) -> str:
    """Two standard errors of a share, in percentage points."""
    return number(200 * standard_error, 2)


def order_certainty(
    table: pd.DataFrame,
    scores: RequirementScores,
    rated: pd.DataFrame,
    ranking: Ranking,
    *,
    complexity_ceiling: float = 60.0,
    known: Known = "about",
    samples: int = SAMPLES,
    seed: int = 0,
) -> OrderCertainty:
    """Look at an order from all sides.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    scores : RequirementScores
        What the table was made of.
    rated : DataFrame
        From `workbench.planning.scoring.rated_scores`.
    ranking : Ranking
        From `workbench.planning.prioritisation.prioritise`.
    complexity_ceiling : float
        Highest complexity that a lens with a ceiling lets in.
    known, samples, seed
        As in `workbench.planning.lens_draws.acceptability`.

    Raises
    ------
    SettingsError
        When `samples` is not above zero.
    """
    first = "" if ranking.table.empty else str(ranking.table["requirement_id"].iloc[0])
    by_weights = by_both = None
    if first and LENSES[ranking.lens].axes(table):
        by_weights, by_both = (
            acceptability(
                table,
                rated,
                ranking.lens,
                complexity_ceiling,
                ranking.weights,
                known=known,
                raters=raters,
                samples=samples,
                seed=seed,
            )
            for raters in ("as_given", "resampled")
        )
        by_weights = by_weights if by_weights.weights_vary else None
    return OrderCertainty(
        first,
        by_weights,
        by_both,
        stability(table, scores, ranking, ranking.weights),
        rank_reversal(table, ranking, ranking.weights),
        votes_held="moscow" in LENSES[ranking.lens].needs,
    )
