"""Raters who lean high or low: each one's scores against those of the others, to be shown to that rater alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext, percent
from workbench.planning.scoring import SAME

LEANING_LABELS = {
    "high": N_("leans high"),
    "low": N_("leans low"),
    "neither": N_("leans neither way"),
    "unknown": N_("cannot be told"),
}
"""What each leaning is called; translate it where it is shown."""

COLUMNS = ["rater_id", "lean", "low", "high", "n_requirements", "leaning"]


def leaning(placed: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """How far each rater's scores lie above or below those of the others, on the same requirements and criteria.

    Parameters
    ----------
    placed : DataFrame
        From `workbench.planning.spread.place_scores`.
    confidence : float
        Of the interval.

    Returns
    -------
    DataFrame
        rater_id; lean: mean deviation from the mean of the others, as a share of the scale (−1 to 1; above zero scores
        higher, whether or not that is good news); low and high: its interval; n_requirements that it rests on;
        leaning: ``high`` or ``low`` where the interval leaves zero out, else ``neither``, or ``unknown`` (low and high
        NaN) with fewer than two requirements. Raters who share no requirement and criterion with another are left out.

    Notes
    -----
    Student's t over the requirements' mean deviations, as the criteria of one requirement are not independent.
    """
    deviations = _deviations(placed)
    rows = [_row(str(rater), own.to_numpy(), confidence) for rater, own in deviations.groupby(level="rater_id")]
    return pd.DataFrame(rows, columns=COLUMNS)


def lean_sentence(lean: pd.DataFrame, rater_id: str) -> str:
    """What a rater is told of its own leaning; of no other rater is anything said."""
    own = lean[lean["rater_id"] == rater_id]
    if own.empty:
        return _("There is nothing to compare your scores with yet.")
    row = own.iloc[0]
    if row["leaning"] == "unknown":
        return _("Too few of your scores can be compared with those of others yet.")
    if row["leaning"] == "neither":
        told = _("Your scores lean neither high nor low against those of the others.")
    elif row["leaning"] == "high":
        told = _("Your scores are higher than those of the others, by {share} of the scale on average.")
    else:
        told = _("Your scores are lower than those of the others, by {share} of the scale on average.")
    return told.format(share=percent(abs(row["lean"]), 2)) + " " + _basis(row)


def _basis(row: pd.Series) -> str:
    return ngettext(
        "The interval is {low} to {high}, over {count} requirement.",
        "The interval is {low} to {high}, over {count} requirements.",
        int(row["n_requirements"]),
    ).format(low=percent(row["low"], 2), high=percent(row["high"], 2), count=row["n_requirements"])


def _deviations(placed: pd.DataFrame) -> pd.Series:
    """Per rater and requirement, the mean deviation from the mean of the others."""
    units = placed.groupby(["requirement_id", "criterion_id"])["height"]
    total, count = units.transform("sum"), units.transform("count")
    shared = placed[count > 1]
    others = (total - placed["height"])[count > 1] / (count[count > 1] - 1)
    return (shared["height"] - others).groupby([shared["rater_id"], shared["requirement_id"]]).mean()


def _row(rater: str, deviations: np.ndarray, confidence: float) -> tuple[str, float, float, float, int, str]:
    from scipy.special import stdtrit

    n, mean = len(deviations), float(deviations.mean())
    if n < 2:
        return rater, mean, float("nan"), float("nan"), n, "unknown"
    half = float(stdtrit(n - 1, (1 + confidence) / 2) * deviations.std(ddof=1) / np.sqrt(n))
    low, high = mean - half, mean + half
    return rater, mean, low, high, n, "high" if low > SAME else "low" if high < -SAME else "neither"
