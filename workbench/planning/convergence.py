"""What changed between scoring rounds: agreement after each, and where means and spreads moved."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from workbench.language import exact, ngettext
from workbench.language import gettext as _
from workbench.planning.agreement import Agreement, agreement
from workbench.planning.scoring import SAME
from workbench.planning.spread import LEVEL_LABELS, place_scores, spread_table
from workbench.results import Result

FIGURES = [f"{name}{end}" for name in ("krippendorff_alpha", "kendall_w") for end in ("", "_low", "_high")]
TREND_COLUMNS = ["round", "n_scores", "n_raters", "n_items", *FIGURES, *LEVEL_LABELS]
CHANGE_COLUMNS = [
    "requirement_id",
    "criterion_id",
    "criterion",
    "round_before",
    "round_after",
    "n_changed",
    "mean_before",
    "mean_after",
    "mean_change",
    "spread_before",
    "spread_after",
    "spread_change",
]


@dataclass(frozen=True, eq=False)
class Convergence(Result):
    """How agreement moved from round to round.

    Attributes
    ----------
    trend : DataFrame
        A row per round, as things stood after it: round, n_scores, n_raters, n_items; krippendorff_alpha and kendall_w
        with _low and _high (NaN where there is none); full, close, split, one_rater: how many pairs of requirement and
        criterion are at each level.
    changes : DataFrame
        A row per requirement and criterion that stood scored after two rounds that follow one another, and per such two
        rounds: requirement_id, criterion_id, criterion, round_before, round_after, n_changed (raters whose score is
        another, or came or went); mean_before, mean_after, mean_change on the criterion's own scale; spread_before,
        spread_after, spread_change as shares of the scale (below zero: closer together).
    """

    trend: pd.DataFrame
    changes: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The trend, as in `trend`."""
        return self.trend.copy()

    @property
    def conclusion(self) -> str:
        """Alpha before and after the last round, and in how many places raters came closer or went apart."""
        if len(self.trend) < 2:
            return _("There are not two rounds to compare yet.")
        before, after = self.trend.iloc[-2], self.trend.iloc[-1]
        return f"{_told_alpha(before, after)} {_told_moves(self.changes, int(after['round']))}"


def convergence(
    scores: pd.DataFrame,
    criteria: pd.DataFrame,
    *,
    level: str = "interval",
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Convergence:
    """Compare the scores as they stood after each round.

    A rater who gave no new score in a round stands by the one before.

    Parameters
    ----------
    scores, criteria : DataFrame
        The planning tables of these names; of a round that is still hidden, leave the scores out.
    level, resamples, seed, confidence
        As in `workbench.planning.agreement.agreement`.

    Raises
    ------
    DataError, SettingsError
        As `workbench.planning.agreement.agreement`.
    """
    rounds = sorted(int(number) for number in scores["round"].unique())
    rows = []
    for number in rounds:
        found = agreement(
            scores,
            criteria,
            level=level,
            after_round=number,
            resamples=resamples,
            seed=seed,
            confidence=confidence,
        )
        rows.append(_trend_row(number, found))
    changes = [_changes(scores, criteria, before, after) for before, after in pairwise(rounds)]
    trend = pd.DataFrame(rows, columns=TREND_COLUMNS).astype(dict.fromkeys(FIGURES, float))
    none = pd.DataFrame(columns=CHANGE_COLUMNS)
    return Convergence(trend, pd.concat(changes, ignore_index=True) if changes else none)


def _trend_row(number: int, found: Agreement) -> dict[str, object]:
    counts = {"round": number, "n_scores": found.n_scores, "n_raters": found.n_raters, "n_items": found.n_items}
    return counts | {name: getattr(found, name) for name in FIGURES} | found.counts


def _changes(scores: pd.DataFrame, criteria: pd.DataFrame, before: int, after: int) -> pd.DataFrame:
    key = ["requirement_id", "criterion_id"]
    stood = [place_scores(scores, criteria, number) for number in (before, after)]
    old, new = (spread_table(placed, criteria)[[*key, "criterion", "mean", "spread"]] for placed in stood)
    both = old.merge(new.drop(columns="criterion"), on=key, suffixes=("_before", "_after"))
    moved = _moved(*stood).rename("n_changed")
    both = both.merge(moved, on=key, how="left").fillna({"n_changed": 0}).astype({"n_changed": int})
    for name in ("mean", "spread"):
        both[f"{name}_change"] = both[f"{name}_after"] - both[f"{name}_before"]
    return both.assign(round_before=before, round_after=after)[CHANGE_COLUMNS]


def _moved(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """How many raters changed, gave or took back their score, per requirement and criterion where any did."""
    key = ["requirement_id", "criterion_id", "rater_id"]
    both = old[[*key, "score"]].merge(new[[*key, "score"]], on=key, how="outer", suffixes=("_old", "_new"))
    another = both["score_old"].isna() | both["score_new"].isna() | (both["score_old"] != both["score_new"])
    return both[another].groupby(key[:2])["rater_id"].count()


def _told_alpha(before: pd.Series, after: pd.Series) -> str:
    if pd.isna(before["krippendorff_alpha"]) or pd.isna(after["krippendorff_alpha"]):
        return _("From round {before} to round {after} there is no alpha to compare.").format(
            before=int(before["round"]), after=int(after["round"])
        )
    return _("From round {before} to round {after} Krippendorff's alpha went from {old} to {new}.").format(
        before=int(before["round"]),
        after=int(after["round"]),
        old=exact(before["krippendorff_alpha"], 2),
        new=exact(after["krippendorff_alpha"], 2),
    )


def _told_moves(changes: pd.DataFrame, after: int) -> str:
    moved = changes[(changes["round_after"] == after) & (changes["n_changed"] > 0)]
    closer, apart = (moved["spread_change"] < -SAME).sum(), (moved["spread_change"] > SAME).sum()
    return ngettext(
        "Scores changed in {count} place: raters came closer in {closer} and went apart in {apart}.",
        "Scores changed in {count} places: raters came closer in {closer} and went apart in {apart}.",
        len(moved),
    ).format(count=len(moved), closer=closer, apart=apart)
