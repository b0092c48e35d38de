"""How often each alternative takes each place over random draws, and how that is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, percent
from workbench.results import Result

NAMED, LEAST_TOLD = 3, 0.005
"""How many others a sentence names, and the share from which it does."""


@dataclass(frozen=True, eq=False)
class RankAcceptability(Result):
    """How often each alternative takes each place.

    Attributes
    ----------
    shares : DataFrame
        A row per alternative and a column per place (1, 2, 3 …): share of the draws. Draws in which alternatives are
        level are shared among them.
    left_out : Series
        Per alternative, the share of the draws in which it is not ranked; with its row of `shares` it sums to 1.
    central_weights : DataFrame
        Per alternative that is ever first, the mean of the weights that make it first; NaN for the others. Columns are
        pairs of group and weight; each group sums to 1.
    confidence : Series
        Per alternative, the share of the draws of the scores in which it is first at its central weights; NaN where it
        is never first. Without a draw of the scores it is 0 or 1 (or shared among level ones).
    winning : DataFrame
        Alternative × alternative: share of the draws in which the row comes before the column.
    mean_weights : Series
        What the weights are drawn about: what was given, or equal weights; index as the columns of `central_weights`.
    drawn : tuple of str
        What was drawn: ``weights``, ``raters`` or both.
    samples, seed : int
        Number of draws, and what they began from.
    confidence_samples : int
        Draws of the scores for each confidence factor.
    """

    shares: pd.DataFrame
    left_out: pd.Series
    central_weights: pd.DataFrame
    confidence: pd.Series
    winning: pd.DataFrame
    mean_weights: pd.Series
    drawn: tuple[str, ...]
    samples: int
    seed: int
    confidence_samples: int

    def to_frame(self) -> pd.DataFrame:
        """The shares of each place, with the share left out and the confidence factor."""
        return self.shares.assign(left_out=self.left_out, confidence=self.confidence)

    @property
    def first(self) -> pd.Series:
        """Per alternative the share of the draws in which it is first, the highest first."""
        return self.shares[1].sort_values(ascending=False, kind="stable")

    @property
    def standard_error(self) -> float:
        """The largest standard error that any share can have by drawing: that of a share of one half."""
        return float(0.5 / np.sqrt(self.samples))

    @property
    def confidence_error(self) -> float:
        """The same of a confidence factor."""
        return float(0.5 / np.sqrt(self.confidence_samples))

    @property
    def weights_vary(self) -> bool:
        """Whether some group has weights to draw: one weight alone in its group is always all of it."""
        return bool((self.mean_weights > 0).groupby(level="group").sum().gt(1).any())

    def brief_of(self, name: str) -> str:
        """How often one alternative is first, as the beginning of a sentence."""
        told = _("{id} comes first in {share} of the draws of weights and raters' scores together")
        if self.drawn == ("weights",):
            told = _("{id} comes first in {share} of the weights that you might have meant")
        elif self.drawn == ("raters",):
            told = _("{id} comes first in {share} of the draws of the raters' scores")
        return told.format(id=name, share=share_told(self.first[name]))

    def told_of(self, name: str) -> str:
        """How often one alternative is first, and which others are."""
        told = self.brief_of(name)
        others = [
            _("{id} in {share}").format(id=other, share=share_told(share))
            for other, share in self.first.drop(name)[:NAMED].items()
            if share >= LEAST_TOLD
        ]
        return _("{first}; {others}.").format(first=told, others=listed(others)) if others else f"{told}."

    @property
    def conclusion(self) -> str:
        """Which is first most often, in what share of the draws, and which others are ever first."""
        return self.told_of(str(self.first.index[0]))


def share_told(share: float) -> str:
    """A share of draws in words: never all or none of them where it is only nearly so."""
    if 0 < share < 0.005:
        return _("under 1%")
    if 0.995 <= share < 1:
        return _("over 99%")
    return percent(round(share, 2))
