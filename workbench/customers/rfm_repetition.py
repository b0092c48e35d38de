"""Whether recency, frequency and value predict who buys again here: repeat rates by score, and how well they part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.customers.purchase_summary import purchase_summary
from workbench.customers.retention_shares import CONFIDENCE, normal_quantile, wilson
from workbench.customers.rfm import AXES, BreakPoints, break_points, scored
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

Floats = NDArray[np.float64]

ALL = "rfm"
NAMES = {**AXES, ALL: N_("all three together")}
FEW = 10
"""With fewer who bought again, or who did not, an interval of the area would be narrower than it should."""


@dataclass(frozen=True, eq=False)
class RfmRepetition(Result):
    """Who bought again after a day, by the scores that they had on it.

    Attributes
    ----------
    scores : DataFrame
        measure (r, f, m, or rfm: the sum of the three), score, customers, repeated (who bought in the time after),
        rate, low, high (Wilson).
    cells : DataFrame
        r, f, customers, repeated, rate, low, high.
    measures : DataFrame
        measure, name, auc (chance that of two customers, of whom one bought again, that one has the higher score; 0.5
        says nothing), low, high (DeLong; from 0 to 1 where few bought again, or few did not), ratio (rate of the
        highest score over that of the lowest), ratio_low, ratio_high (on logs), finding (``predicts``, ``reversed`` or
        ``not_shown``).
    customers, repeated : int
    as_of, until : date
        The day of the scores, and the last day of the time after.
    confidence : float
        Of all intervals.
    """

    scores: pd.DataFrame
    cells: pd.DataFrame
    measures: pd.DataFrame
    customers: int
    repeated: int
    as_of: date
    until: date
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The measures."""
        return self.measures.copy()

    @property
    def conclusion(self) -> str:
        """How many bought again, and which measures say who."""
        told = _("Of {customers} customers {share} bought again by {until}.").format(
            customers=language.exact(self.customers),
            share=language.percent(self.repeated / self.customers),
            until=language.day(self.until),
        )
        if self.repeated in (0, self.customers):
            return f"{told} {_('So nothing parts those who did from those who did not.')}"
        return " ".join([told, *self._findings()])

    def _findings(self) -> list[str]:
        sentences = {
            "predicts": _("The higher the score, the likelier they bought again: {measures}."),
            "reversed": _("The higher the score, the less likely they bought again: {measures}."),
            "not_shown": _("It is not shown that these predict it: {measures}."),
        }
        by_finding = {key: self.measures[self.measures["finding"] == key] for key in sentences}
        return [
            sentences[key].format(measures=language.listed([_auc_told(row) for _at, row in rows.iterrows()]))
            for key, rows in by_finding.items()
            if len(rows)
        ]


def _auc_told(row: Any) -> str:
    told = _("{measure} ({auc} of pairs in the right order, {low} to {high})")
    figures = {name: language.percent(row[name], 2) for name in ("auc", "low", "high")}
    return told.format(measure=row["name"], **figures)


def rfm_repeats(transactions: ir.Table, as_of: date, until: date, breaks: BreakPoints) -> ir.Table:
    """Customers counted by score, with how many of them bought in the time after, as an expression."""
    customers = scored(purchase_summary(transactions, as_of, until=until), as_of, breaks)
    return customers.group_by("r", "f", "m").aggregate(
        customers=lambda group: group.count(), repeated=lambda group: group.count(where=group.actual > 0)
    )


def rfm_repetition(
    transactions: ir.Table, as_of: date, until: date, *, confidence: float = CONFIDENCE
) -> RfmRepetition:
    """Whether recency, frequency and value predict here who buys again.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount.
    as_of : date
        The day of the scores.
    until : date
        The last day of the time after, in which a customer buys again or does not.
    confidence : float
        Of all intervals.

    Raises
    ------
    DataError
        When nobody had bought by then, or the time after ends before it begins.

    Notes
    -----
    The sum of the scores stands for all three: it is fixed before the time after is looked at, so that it cannot be
    fitted to it. E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), Comparing the areas under two or more
    correlated receiver operating characteristic curves, *Biometrics* 44(3); D. Katz and others (1978), Obtaining
    confidence intervals for the risk ratio in cohort studies, *Biometrics* 34(3).
    """
    breaks = break_points(purchase_summary(transactions, as_of), as_of)
    cells = rfm_repeats(transactions, as_of, until, breaks).to_pandas().astype(int)
    return repetition_of(cells, as_of, until, confidence)


def repetition_of(cells: pd.DataFrame, as_of: date, until: date, confidence: float = CONFIDENCE) -> RfmRepetition:
    """The same from counts: r, f, m, customers, repeated."""
    cells = cells.assign(**{ALL: cells["r"] + cells["f"] + cells["m"]})
    by_measure = {name: _rates(cells, [name], confidence).rename(columns={name: "score"}) for name in NAMES}
    scores = pd.concat([rows.assign(measure=name) for name, rows in by_measure.items()], ignore_index=True)
    measures = pd.DataFrame([_measure(name, rows, confidence) for name, rows in by_measure.items()])
    return RfmRepetition(
        scores[["measure", *scores.columns.drop("measure")]],
        _rates(cells, ["r", "f"], confidence),
        measures,
        int(cells["customers"].sum()),
        int(cells["repeated"].sum()),
        as_of,
        until,
        confidence,
    )


def _rates(cells: pd.DataFrame, by: list[str], confidence: float) -> pd.DataFrame:
    table = cells.groupby(by, as_index=False)[["customers", "repeated"]].sum()
    low, high = wilson(table["repeated"], table["customers"], confidence)
    return table.assign(rate=table["repeated"] / table["customers"], low=low, high=high)


def _measure(name: str, rows: pd.DataFrame, confidence: float) -> dict[str, Any]:
    auc, error = area(rows["repeated"].to_numpy(float), (rows["customers"] - rows["repeated"]).to_numpy(float))
    half = normal_quantile(confidence) * error
    if min(rows["repeated"].sum(), (rows["customers"] - rows["repeated"]).sum()) < FEW:
        half = 1.0
    low, high = max(auc - half, 0.0), min(auc + half, 1.0)
    told = {"measure": name, "name": _(NAMES[name]), "auc": auc, "low": low, "high": high}
    return {**told, **_ratio(rows, confidence), "finding": _finding(low, high)}


def _finding(low: float, high: float) -> str:
    if low > 0.5:
        return "predicts"
    return "reversed" if high < 0.5 else "not_shown"


def area(repeated: Floats, others: Floats) -> tuple[float, float]:
    """The area under the curve of a score, and its standard error, from the counts at each score in rising order.

    Parameters
    ----------
    repeated, others : ndarray
        How many at each score bought again, and how many did not.

    Returns
    -------
    tuple of float
        Not numbers where everybody or nobody bought again.

    Examples
    --------
    >>> area(np.array([1.0, 3.0]), np.array([3.0, 1.0]))[0]
    0.75
    """
    n, m = repeated.sum(), others.sum()
    if not n or not m:
        return float("nan"), float("nan")
    beaten = (np.cumsum(others) - others / 2) / m
    beating = (n - np.cumsum(repeated) + repeated / 2) / n
    auc = float(repeated @ beaten / n)
    spread = [
        float(counts @ (values - auc) ** 2) / (max(size - 1, 1) * size)
        for counts, values, size in ((repeated, beaten, n), (others, beating, m))
    ]
    return auc, float(np.sqrt(sum(spread)))


def _ratio(rows: pd.DataFrame, confidence: float) -> dict[str, float]:
    """The rate at the highest score over that at the lowest; without one where nobody repeats at either."""
    low, high = rows.iloc[0], rows.iloc[-1]
    if not low["repeated"] or not high["repeated"]:
        return dict.fromkeys(("ratio", "ratio_low", "ratio_high"), float("nan"))
    ratio = high["rate"] / low["rate"]
    error = np.sqrt(sum(1 / row["repeated"] - 1 / row["customers"] for row in (low, high)))
    factor = float(np.exp(normal_quantile(confidence) * error))
    return {"ratio": float(ratio), "ratio_low": float(ratio / factor), "ratio_high": float(ratio * factor)}
