"""How right a matching is, where the truth is known: precision and recall of pairs and of customers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench import language
from workbench.customers.matching import Matching
from workbench.customers.matching_records import EXAMPLES, KEYS
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result

TRUTH = (*KEYS, "customer_id")


@dataclass(frozen=True, eq=False)
class MatchingQuality(Result):
    """A matching beside the truth.

    Attributes
    ----------
    measures : DataFrame
        measure (``pair_precision``: of the pairs that the matching makes one, those that are; ``pair_recall``: of the
        pairs that are one, those that it makes one; ``customer_precision`` and ``customer_recall``: the same of
        customers with exactly their records), right, of, share, low, high.
    grades : DataFrame
        Of the pairs by verdict: verdict, pairs, expected (matches, by the probabilities), right (matches in truth),
        share, low, high. The last, ``missed``, has only the matches that are in none of them.
    records : int
        Whose truth is known.
    unknown : int
        Records of the matching that the truth does not know; they are left out.
    confidence : float
        Of all intervals.
    """

    measures: pd.DataFrame
    grades: pd.DataFrame
    records: int
    unknown: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The measures."""
        return self.measures.copy()

    @property
    def conclusion(self) -> str:
        """Precision and recall of the pairs with their intervals."""
        rows = {row["measure"]: row for row in self.measures.to_dict("records")}
        told = _(
            "Of the pairs of records that were made one customer, {precision} are; of those that are, {recall} were."
        )
        told = told.format(precision=_told(rows["pair_precision"]), recall=_told(rows["pair_recall"]))
        left = ngettext(
            "{count} record without a known truth is left out.",
            "{count} records without a known truth are left out.",
            self.unknown,
        )
        return f"{told} {left.format(count=language.exact(self.unknown)) if self.unknown else ''}".strip()


def _told(row: Mapping[Hashable, Any]) -> str:
    if not row["of"]:
        return _("none")
    share, low, high = (language.percent(row[name]) for name in ("share", "low", "high"))
    return _("{share} ({low} to {high})").format(share=share, low=low, high=high)


def quality(matching: Matching, truth: pd.DataFrame, confidence: float = CONFIDENCE) -> MatchingQuality:
    """Measure a matching where it is known who is who.

    Parameters
    ----------
    matching : Matching
        Of `matching.match_records`, with or without decisions.
    truth : DataFrame
        source, source_id, customer_id: whose each record is. A part of the records is enough, if all records of its
        customers are in it.
    confidence : float
        Of all intervals.

    Raises
    ------
    DataError
        When the truth misses a column, has a record twice or knows none of the records.

    Notes
    -----
    Pairs of one customer are right or wrong together: the intervals are Wilson's (1927) with as many independent pairs
    as they are worth then, (Σ nᵢ)² / Σ nᵢ² for nᵢ pairs of customer i (L. Kish, 1965, *Survey Sampling*).
    """
    known = _known(matching, truth)
    told, true = known["customer_id"].to_numpy(), known["truth"].to_numpy()
    both = known.groupby(["customer_id", "truth"], sort=False).size()
    of_told, of_true = known.groupby("customer_id", sort=False).size(), known.groupby("truth", sort=False).size()
    right = _pairs(both).sum()
    sizes = both.reset_index(name="n")
    exact = (sizes["n"] == sizes["customer_id"].map(of_told)) & (sizes["n"] == sizes["truth"].map(of_true))
    rows = [
        {"measure": "pair_precision", **share_of_pairs(right, _pairs(of_told), confidence)},
        {"measure": "pair_recall", **share_of_pairs(right, _pairs(of_true), confidence)},
        {"measure": "customer_precision", **_share(exact.sum(), len(of_told), confidence)},
        {"measure": "customer_recall", **_share(exact.sum(), len(of_true), confidence)},
    ]
    grades = _grades(matching, known, float(_pairs(of_true).sum()), confidence)
    unknown = len(matching.records) - len(told)
    return MatchingQuality(pd.DataFrame(rows), grades, len(true), unknown, confidence)


def _known(matching: Matching, truth: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in TRUTH if name not in truth]
    if missing:
        told = _("The truth has no column {columns}.").format(columns=language.listed(missing))
        raise DataError(Problem(told, expected=language.listed(list(TRUTH))))
    true = truth[list(TRUTH)].astype(str).rename(columns={"customer_id": "truth"})
    twice = true[true.duplicated(list(KEYS))]
    if not twice.empty:
        examples = language.listed([f"{row.source} {row.source_id}" for row in twice.head(EXAMPLES).itertuples()])
        raise DataError(_("The truth has records twice, for example {examples}.").format(examples=examples))
    numbered = matching.customers.assign(number=np.arange(len(matching.records)))
    known = numbered.merge(true, on=list(KEYS))
    if known.empty:
        raise DataError(_("The truth knows none of the records."))
    return known


def _pairs(sizes: pd.Series) -> Any:
    n = sizes.to_numpy(float)
    return n * (n - 1) / 2


def share_of_pairs(right: float, pairs: ArrayLike, confidence: float) -> dict[str, Any]:
    """The share of pairs that are right, when those of one customer are right or wrong together.

    Parameters
    ----------
    right : float
        Pairs that are right.
    pairs : array-like
        How many pairs each customer has.
    confidence : float
        Of the interval.

    Examples
    --------
    Six pairs of one customer are worth one:

    >>> one, six = share_of_pairs(1, [1], 0.95), share_of_pairs(6, [6], 0.95)
    >>> round(one["low"], 4) == round(six["low"], 4)
    True
    """
    each = np.asarray(pairs, dtype=float)
    total = float(each.sum())
    worth = total**2 / float((each**2).sum()) if total else 0.0
    share = right / total if total else float("nan")
    low, high = wilson([share * worth if total else 0.0], [worth], confidence)
    return {"right": int(right), "of": int(total), "share": share, "low": float(low[0]), "high": float(high[0])}


def _share(right: int, total: int, confidence: float) -> dict[str, Any]:
    low, high = wilson([right], [total], confidence)
    return {
        "right": int(right),
        "of": int(total),
        "share": right / total,
        "low": float(low[0]),
        "high": float(high[0]),
    }


def _grades(matching: Matching, known: pd.DataFrame, true_pairs: float, confidence: float) -> pd.DataFrame:
    whose = pd.Series(known["truth"].to_numpy(), index=known["number"])
    pairs = matching.pairs.assign(verdict=matching.verdicts)
    pairs = pairs[pairs["first"].isin(whose.index) & pairs["second"].isin(whose.index)]
    right = whose.loc[pairs["first"]].to_numpy() == whose.loc[pairs["second"]].to_numpy()
    pairs = pairs.assign(right=right)
    table = pairs.groupby("verdict").agg(
        pairs=("right", "size"), expected=("probability", "sum"), right=("right", "sum")
    )
    low, high = wilson(table["right"], table["pairs"], confidence)
    table = table.assign(share=table["right"] / table["pairs"], low=low, high=high).reset_index()
    missed = {"verdict": "missed", "right": int(true_pairs - table["right"].sum())}
    return pd.concat([table, pd.DataFrame([missed])], ignore_index=True).astype({"pairs": "Int64"})
