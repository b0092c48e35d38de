"""The choice of a vendor: must-haves first, then value by weighted criteria beside the cost of ownership."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import listed
from workbench.language import mark as N_
from workbench.planning import vendor_words
from workbench.planning.mcda import topsis
from workbench.planning.scoring import SAME
from workbench.planning.smaa import smaa
from workbench.planning.vendor_matrix import VendorMatrix, vendor_matrix, without_value_told
from workbench.planning.vendor_stability import WeightChange, score_ranges, smallest_weight_change
from workbench.program.tables import DIRECTIONS
from workbench.results import Result

KINDS = {"product": N_("product"), "integrator": N_("integrator"), "hosted": N_("hosted service")}
"""What each kind of vendor is called; translate it where it is shown."""
CLEAR = 0.8
"""Share of the weightings around the given ones in which the first must come first for its lead to count as clear."""
DECIMALS = round(-np.log10(SAME))
COSTS = ["vendor_id", "cost_of_ownership", "npv"]


@dataclass(frozen=True, eq=False)
class VendorChoice(Result):
    """Vendors in the order of their value, with what they cost, and how firm the order is.

    Attributes
    ----------
    table : DataFrame
        Vendors that can be compared, the best first: rank (those level are in the order of cost, then id),
        vendor_id, name, kind, score (0 to 100), score_low and score_high (between which it lies in 90% of the
        weightings around the given ones, widened to hold the score), tied (whether another has the same score),
        topsis (0 to 1) and topsis_rank (of the same figures by another method; NaN and <NA> for a vendor alone),
        first_share and first_share_any (share of weightings in which it is first, around the given weights and over
        all of them), cost_of_ownership and npv (present values; NaN where not handed in) and dominated_by (id of a
        vendor that is no worse in value and in cost, and better in one of them; "" where there is none).
    matrix : VendorMatrix
        What each vendor, those out too, reaches by each criterion.
    out : mapping of str to str
        Vendor that is not compared → why: must-haves missed, or values that nobody gave.
    failed : tuple of str
        Those of them that miss a must-have.
    nearest_miss : str
        Of the vendors that miss must-haves, the one that misses the fewest, and by least; "" when there are none.
    smallest_change : WeightChange or None
        The smallest change of one weight that changes the first place.
    vendors : DataFrame
        All vendors: index vendor_id; name and kind.
    span : str
        The time that costs are counted over, in words; "" when no costs were handed in.
    """

    table: pd.DataFrame
    matrix: VendorMatrix
    out: Mapping[str, str]
    failed: tuple[str, ...]
    nearest_miss: str
    smallest_change: WeightChange | None
    vendors: pd.DataFrame
    span: str

    def to_frame(self) -> pd.DataFrame:
        """The vendors compared, as in `table`."""
        return self.table.copy()

    @property
    def tied_first(self) -> tuple[str, ...]:
        """Those that share the highest score; the first alone when nobody does."""
        highest = self.table["score"] > self.table["score"].max() - SAME
        return tuple(self.table.loc[highest, "vendor_id"])

    @property
    def level_with_first(self) -> tuple[str, ...]:
        """The fewest vendors, the first among them, that together are first in at least `CLEAR` of the weightings."""
        if self.table.empty:
            return ()
        first = self.table["vendor_id"].isin(self.tied_first)
        by_share = self.table.assign(first=first).sort_values(["first", "first_share"], ascending=False, kind="stable")
        needed = int((by_share["first_share"].cumsum() < CLEAR - SAME).sum()) + 1
        chosen = by_share.head(max(needed, len(self.tied_first))).index
        return tuple(self.table.loc[self.table.index.isin(chosen), "vendor_id"])

    @property
    def lead_is_clear(self) -> bool:
        """Whether the first place is one vendor's in at least `CLEAR` of the weightings around the given ones."""
        return len(self.level_with_first) == 1

    @property
    def recommended(self) -> str | None:
        """The vendor to choose; None when none can be compared or the lead is not clear."""
        return str(self.table["vendor_id"].iloc[0]) if self.lead_is_clear else None

    @property
    def has_costs(self) -> bool:
        """Whether the cost of ownership is known."""
        return bool(self.table["cost_of_ownership"].notna().any())

    @property
    def methods_agree(self) -> bool:
        """Whether TOPSIS puts the same vendor first; true when there is nothing to compare."""
        return len(self.table) < 2 or bool(self.table["topsis_rank"].iloc[0] == 1)

    @property
    def conclusion(self) -> str:
        """Which vendor to choose and why, or why none can be chosen yet."""
        return vendor_words.conclusion(self)

    def decision_matrix(self) -> pd.DataFrame:
        """The matrix's cells with the vendor's name, the vendors compared first and in their order, then those out."""
        order = {key: place for place, key in enumerate([*self.table["vendor_id"], *self.out])}
        cells = self.matrix.cells.assign(name=self.matrix.cells["vendor_id"].map(self.vendors["name"]))
        return cells.sort_values("vendor_id", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)

    def by_kind(self) -> pd.DataFrame:
        """Products, integrators and hosted services side by side.

        Returns
        -------
        DataFrame
            kind, compared and out (how many vendors), vendor_id, name, score and cost_of_ownership of its best one
            ("" and NaN where none can be compared).
        """
        counts = self.vendors.groupby("kind", sort=False).size()
        compared = self.table["kind"].value_counts().reindex(counts.index, fill_value=0).astype(int)
        best = self.table.drop_duplicates("kind").set_index("kind").reindex(counts.index)
        frame = pd.DataFrame({"compared": compared, "out": counts - compared})
        frame = frame.join(best[["vendor_id", "name"]].fillna("")).join(best[["score", "cost_of_ownership"]])
        return frame.rename_axis("kind").reset_index()


def choose_vendor(
    vendors: pd.DataFrame,
    criteria: pd.DataFrame,
    scores: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    span: str = "",
    seed: int = 1,
) -> VendorChoice:
    """Compare vendors: must-haves first, then a weighted sum over each criterion's own scale, then what they cost.

    A vendor that misses a must-have is out, whatever else it offers. So is one without a value by a criterion that has
    a weight: its score would rest on other criteria than the others' scores do. Cost is no criterion; it stands beside
    the value.

    Parameters
    ----------
    vendors, criteria, scores : DataFrame
        The planning tables ``vendors``, ``vendor_criteria`` and ``vendor_scores``.
    costs : DataFrame, optional
        A row per vendor: vendor_id, cost_of_ownership and npv (present values of the program with this vendor).
    span : str
        The time that costs are counted over, in words, such as “3 years”.
    seed : int
        Of the weightings that are drawn.

    Raises
    ------
    DataError
        When the tables are unsound (see `vendor_matrix`), or the costs lack a vendor or a figure.

    Notes
    -----
    Additive value over local scales: Belton and Stewart (2002), *Multiple Criteria Decision Analysis*. TOPSIS as a
    check: Hwang and Yoon (1981), over the same goodness from 0 to 1, with vector normalisation.

    Examples
    --------
    >>> vendors = pd.DataFrame({"vendor_id": ["V1", "V2"], "name": ["Ada", "Ben"], "kind": ["product", "hosted"]})
    >>> criteria = pd.DataFrame({
    ...     "criterion_id": ["C"], "name": ["Fit"], "weight": [1.0], "direction": ["higher_is_better"],
    ...     "must_have": [False], "threshold": [float("nan")], "scale_min": [0.0], "scale_max": [10.0], "unit": [""]})
    >>> scores = pd.DataFrame({"vendor_id": ["V1", "V2"], "criterion_id": "C", "value": [7.0, 4.0], "source": ""})
    >>> choose_vendor(vendors, criteria, scores).table["score"].tolist()
    [70.0, 40.0]
    """
    matrix = vendor_matrix(vendors, criteria, scores)
    out = _out(matrix, vendors)
    compared = vendors[~vendors["vendor_id"].isin(list(out))].reset_index(drop=True)
    goodness = matrix.goodness(list(compared["vendor_id"]))
    table = compared.merge(_checked(costs, compared), on="vendor_id", how="left")
    table["score"] = 100 * (goodness @ matrix.criteria["weight_share"]).to_numpy(dtype=float)
    table = table.join(_checks(goodness, matrix, seed), on="vendor_id")
    table["dominated_by"] = [_dominating(row, table) for row in table.to_dict("records")]
    return VendorChoice(
        table=_ranked(table),
        matrix=matrix,
        out=out,
        failed=tuple(key for key in vendors["vendor_id"] if key in set(matrix.misses["vendor_id"])),
        nearest_miss=_nearest_miss(matrix.misses),
        smallest_change=smallest_weight_change(goodness, matrix.criteria["weight"]),
        vendors=vendors.set_index("vendor_id")[["name", "kind"]],
        span=span if costs is not None else "",
    )


_COLUMNS = [
    "rank",
    "vendor_id",
    "name",
    "kind",
    "score",
    "score_low",
    "score_high",
    "tied",
    "topsis",
    "topsis_rank",
    "first_share",
    "first_share_any",
    *COSTS[1:],
    "dominated_by",
]


def _out(matrix: VendorMatrix, vendors: pd.DataFrame) -> dict[str, str]:
    missed = matrix.misses.groupby("vendor_id", sort=False)["reason"].agg(" ".join).to_dict()
    reasons = {key: without_value_told(names) for key, names in matrix.without_value.items()} | missed
    if matrix.criteria.empty:
        reasons = dict.fromkeys(vendors["vendor_id"], _("There are no criteria to compare it by.")) | missed
    return {key: reasons[key] for key in vendors["vendor_id"] if key in reasons}


def _checks(goodness: pd.DataFrame, matrix: VendorMatrix, seed: int) -> pd.DataFrame:
    """TOPSIS and the shares of weightings, by vendor."""
    weights = matrix.criteria["weight"]
    names = ["topsis", "topsis_rank", "first_share", "first_share_any", "score_low", "score_high"]
    if goodness.empty:
        return pd.DataFrame(columns=names, index=goodness.index, dtype=float)
    alone = len(goodness) < 2
    higher = pd.Series(DIRECTIONS[0], index=goodness.columns)
    closeness = topsis(goodness, weights, higher) if not alone else pd.Series(np.nan, index=goodness.index)
    ranges = score_ranges(goodness, weights, seed)
    columns = [
        closeness,
        closeness.round(DECIMALS).rank(ascending=False, method="min"),
        smaa(goodness, weights, seed=seed).shares[1],
        smaa(goodness, seed=seed).shares[1],
        100 * ranges["low"],
        100 * ranges["high"],
    ]
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """In the order of value by rounded figures, so that the last digit of a sum cannot decide a rank."""
    by = table[["score", "cost_of_ownership", "vendor_id"]].assign(score=table["score"].round(DECIMALS))
    table = table.loc[by.sort_values(list(by.columns), ascending=[False, True, True]).index].reset_index(drop=True)
    table["rank"] = range(1, len(table) + 1)
    table["tied"] = table["score"].round(DECIMALS).duplicated(keep=False)
    table["topsis_rank"] = table["topsis_rank"].astype("Int64")
    return table[_COLUMNS]


def _dominating(row: Mapping[Hashable, Any], table: pd.DataFrame) -> str:
    better, cheaper = table["score"] - row["score"], row["cost_of_ownership"] - table["cost_of_ownership"]
    dominates = (better > -SAME) & (cheaper >= 0) & ((better > SAME) | (cheaper > 0))
    found = table[dominates].sort_values("score", ascending=False)
    return str(found["vendor_id"].iloc[0]) if len(found) else ""


def _nearest_miss(misses: pd.DataFrame) -> str:
    # What is not known may be missed by the whole scale.
    total = misses.assign(shortfall=misses["shortfall"].fillna(1.0)).groupby("vendor_id", sort=False)["shortfall"]
    order = total.agg(["size", "sum"]).sort_values(["size", "sum"], kind="stable")
    return str(order.index[0]) if len(order) else ""


def _checked(costs: pd.DataFrame | None, compared: pd.DataFrame) -> pd.DataFrame:
    if costs is None:
        return compared[["vendor_id"]].assign(cost_of_ownership=np.nan, npv=np.nan)
    known = costs[np.isfinite(costs[COSTS[1:]].astype(float)).all(axis=1)]["vendor_id"]
    lacking = [key for key in compared["vendor_id"] if key not in set(known)]
    doubled = list(known[known.duplicated()].unique())
    if lacking or doubled:
        found = _("Their cost of ownership or net present value is missing or doubled: {ids}.")
        told = found.format(ids=listed([*lacking, *doubled]))
        raise DataError(Problem(told, _("one row a vendor, with both figures"), _("Compute them for each vendor.")))
    return costs[COSTS].astype({"cost_of_ownership": float, "npv": float})
