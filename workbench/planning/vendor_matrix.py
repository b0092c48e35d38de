"""The decision matrix of vendors: each value on its criterion's own scale, and the must-haves that are missed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem
from workbench.language import NO_BREAK_SPACE, either, listed, number, quoted
from workbench.language import gettext as _
from workbench.program.tables import DIRECTIONS

DIGITS = 6
"""Significant digits of a value in a sentence: a threshold and what misses it must be told apart."""


@dataclass(frozen=True, eq=False)
class VendorMatrix:
    """What vendors reach by each criterion.

    Attributes
    ----------
    cells : DataFrame
        A row per vendor and criterion that has a value: vendor_id, criterion_id, criterion (its name), value, told
        (the value with its unit), goodness (0 to 1 on the criterion's own scale, 1 is good news), weight_share (of all
        criteria), points (100 × weight_share × goodness), must_have, misses (whether it misses the threshold) and
        source.
    misses : DataFrame
        A row per must-have missed: vendor_id, criterion_id, shortfall (share of the scale from the value to the
        threshold; NaN where there is no value) and reason (in words).
    without_value : mapping of str to tuple of str
        Vendor → names of the criteria with a weight that it has no value for.
    criteria : DataFrame
        Criteria that have a weight: index criterion_id; name, weight and weight_share.
    """

    cells: pd.DataFrame
    misses: pd.DataFrame
    without_value: Mapping[str, tuple[str, ...]]
    criteria: pd.DataFrame

    def goodness(self, vendor_ids: list[str]) -> pd.DataFrame:
        """Goodness of these vendors (rows) by the criteria that have a weight (columns)."""
        wide = self.cells.pivot(index="vendor_id", columns="criterion_id", values="goodness")
        return wide.reindex(index=vendor_ids, columns=self.criteria.index).astype(float)


def vendor_matrix(vendors: pd.DataFrame, criteria: pd.DataFrame, scores: pd.DataFrame) -> VendorMatrix:
    """Place every value on its criterion's own scale, so that nothing changes when a vendor comes or goes.

    Parameters
    ----------
    vendors, criteria, scores : DataFrame
        The planning tables ``vendors``, ``vendor_criteria`` and ``vendor_scores``.

    Raises
    ------
    DataError
        When ids are unknown or double, a value is off its scale, a must-have has no threshold on its scale, or no
        criterion has a weight.
    """
    _check(vendors, criteria, scores)
    described = criteria.assign(weight_share=_weight_shares(criteria)).rename(columns={"name": "criterion"})
    cells = _in_order(scores.merge(described, on="criterion_id", suffixes=("", "_of_criterion")), vendors, criteria)
    higher = cells["direction"] == DIRECTIONS[0]
    length = cells["scale_max"] - cells["scale_min"]
    height = (cells["value"] - cells["scale_min"]) / length
    cells["goodness"] = height.where(higher, 1 - height).astype(float)
    cells["points"] = 100 * cells["weight_share"] * cells["goodness"]
    beyond = ((cells["threshold"] - cells["value"]) / length).where(
        higher, (cells["value"] - cells["threshold"]) / length
    )
    # Values and thresholds are entered, so that only the last digits of a spreadsheet's arithmetic are overlooked.
    slack = 1e-12 * (1 + cells["threshold"].abs() / length)
    cells["misses"] = cells["must_have"] & (beyond > slack)
    cells["shortfall"] = beyond.where(cells["misses"])
    cells["told"] = [_figure(value, unit) for value, unit in zip(cells["value"], cells["unit"], strict=True)]
    given = set(zip(cells["vendor_id"], cells["criterion_id"], strict=True))
    weighted = described[described["weight"] > 0].set_index("criterion_id")
    return VendorMatrix(
        cells=cells[_COLUMNS],
        misses=_misses(cells, vendors, described, given),
        without_value=_without_value(vendors, weighted["criterion"], given),
        criteria=weighted[["criterion", "weight", "weight_share"]].rename(columns={"criterion": "name"}),
    )


_COLUMNS = [
    "vendor_id",
    "criterion_id",
    "criterion",
    "value",
    "told",
    "goodness",
    "weight_share",
    "points",
    "must_have",
    "misses",
    "source",
]


def _weight_shares(criteria: pd.DataFrame) -> pd.Series:
    return criteria["weight"] / criteria["weight"].sum()


def _in_order(cells: pd.DataFrame, vendors: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    places = {
        name: {key: place for place, key in enumerate(frame[name])}
        for name, frame in (("vendor_id", vendors), ("criterion_id", criteria))
    }
    return cells.sort_values(list(places), key=lambda column: column.map(places[str(column.name)]), ignore_index=True)


def _figure(value: float, unit: str) -> str:
    return NO_BREAK_SPACE.join(filter(None, (number(value, DIGITS), unit)))


def _misses(
    cells: pd.DataFrame, vendors: pd.DataFrame, criteria: pd.DataFrame, given: set[tuple[str, str]]
) -> pd.DataFrame:
    below = cells[cells["misses"]]
    rows = [
        (row["vendor_id"], row["criterion_id"], row["shortfall"], _told_miss(row)) for row in below.to_dict("records")
    ]
    rows += [
        (
            vendor,
            row["criterion_id"],
            np.nan,
            _("{criterion} is a must, and its value is not known.").format(criterion=quoted(row["criterion"])),
        )
        for vendor in vendors["vendor_id"]
        for row in criteria[criteria["must_have"]].to_dict("records")
        if (vendor, row["criterion_id"]) not in given
    ]
    found = pd.DataFrame(rows, columns=["vendor_id", "criterion_id", "shortfall", "reason"])
    return found.astype({"shortfall": float})


def _told_miss(row: Mapping[Hashable, Any]) -> str:
    told = (
        _("{criterion} is {value}; it must be at least {threshold}.")
        if row["direction"] == DIRECTIONS[0]
        else _("{criterion} is {value}; it must be at most {threshold}.")
    )
    threshold = _figure(row["threshold"], row["unit"])
    return told.format(criterion=quoted(row["criterion"]), value=row["told"], threshold=threshold)


def _without_value(
    vendors: pd.DataFrame, weighted: pd.Series, given: set[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    lacking = {
        vendor: tuple(name for key, name in weighted.items() if (vendor, key) not in given)
        for vendor in vendors["vendor_id"]
    }
    return {vendor: names for vendor, names in lacking.items() if names}


def _check(vendors: pd.DataFrame, criteria: pd.DataFrame, scores: pd.DataFrame) -> None:
    problems = [
        *_doubled("vendors", vendors, ["vendor_id"]),
        *_doubled("vendor_criteria", criteria, ["criterion_id"]),
        *_doubled("vendor_scores", scores, ["vendor_id", "criterion_id"]),
        *_unknown(scores["vendor_id"], vendors["vendor_id"], "vendors"),
        *_unknown(scores["criterion_id"], criteria["criterion_id"], "vendor_criteria"),
        *_unsound_criteria(criteria),
    ]
    # The later checks compute with what the earlier ones found sound.
    problems = problems or [*_without_weight(criteria), *_off_scale(criteria, scores)]
    if problems:
        raise DataError(problems)


def _doubled(table: str, frame: pd.DataFrame, key: list[str]) -> list[Problem]:
    again = frame.loc[frame.duplicated(key), key].drop_duplicates().to_numpy(dtype=object)
    return [
        Problem(
            _("The id {id} stands there more than once.").format(id=", ".join(map(str, row))),
            _("each id once"),
            _("Remove or rename the second one."),
            Location(file=table, column=key[-1]),
        )
        for row in again
    ]


def _unknown(used: pd.Series, known: pd.Series, table: str) -> list[Problem]:
    return [
        Problem(
            _("{id} is not in the table {table}.").format(id=key, table=table),
            _("an id of the table {table}").format(table=table),
            _("Correct the id, add it to the table, or leave its scores out."),
            Location(file="vendor_scores", column=str(used.name)),
        )
        for key in used[~used.isin(known)].unique()
    ]


def _unsound_criteria(criteria: pd.DataFrame) -> list[Problem]:
    problems = []
    for row in criteria.to_dict("records"):
        low, high, threshold = row["scale_min"], row["scale_max"], row["threshold"]
        found = _("Criterion {id} has {found}.")
        for column, is_sound, expected in (
            ("direction", row["direction"] in DIRECTIONS, either(DIRECTIONS)),
            ("weight", np.isfinite(row["weight"]) and row["weight"] >= 0, _("a number, zero or more")),
            ("scale_max", np.isfinite(low) and np.isfinite(high) and low < high, _("a lowest score below the highest")),
            ("threshold", not row["must_have"] or low <= threshold <= high, _("a value on the criterion's scale")),
        ):
            if not is_sound:
                told = found.format(id=row["criterion_id"], found=f"{column} = {row[column]}")
                problems.append(Problem(told, expected, _("Correct it."), Location("vendor_criteria", column=column)))
    return problems


def _without_weight(criteria: pd.DataFrame) -> list[Problem]:
    if criteria.empty or criteria["weight"].sum() > 0:
        return []
    remedy = _("Give at least one criterion a weight.")
    where = Location(file="vendor_criteria", column="weight")
    return [Problem(_("All criteria weigh nothing."), _("a weight above zero"), remedy, where)]


def _off_scale(criteria: pd.DataFrame, scores: pd.DataFrame) -> list[Problem]:
    placed = scores.merge(criteria[["criterion_id", "scale_min", "scale_max"]], on="criterion_id")
    wrong = placed[~placed["value"].between(placed["scale_min"], placed["scale_max"])]
    return [
        Problem(
            _("{vendor} has the value {found} on {criterion}.").format(
                vendor=row["vendor_id"], found=row["value"], criterion=row["criterion_id"]
            ),
            _("a score from {low} to {high}").format(low=row["scale_min"], high=row["scale_max"]),
            _("Correct the value, or scale_min and scale_max in the vendor_criteria table."),
            Location(file="vendor_scores", column="value"),
        )
        for row in wrong.to_dict("records")
    ]


def without_value_told(names: tuple[str, ...]) -> str:
    """Why a vendor that has no value by some criteria is not compared."""
    return _("Not compared: it has no value for {criteria}.").format(criteria=listed([quoted(name) for name in names]))
