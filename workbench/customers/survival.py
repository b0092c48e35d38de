"""How long customers under contract stay: Kaplan–Meier by segment, the log-rank test, and a projection beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench import language
from workbench.customers.retention_dates import checked_contracts, contract_problems
from workbench.customers.retention_shares import CONFIDENCE
from workbench.customers.survival_curve import at_risk, first_at_most, kaplan_meier, log_rank
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.results import Result

DAYS_A_YEAR = 365.25
MOST_GROUPS = 50
EMPTY = ""
SURE = 0.05


@dataclass(frozen=True, eq=False)
class Survival(Result):
    """The share of customers still there, by days since they joined.

    Attributes
    ----------
    table : DataFrame
        group, time (days since joining at which somebody left), at_risk, left, censored (still there when last seen,
        from this time until the next), share (still there after it), error (Greenwood), low, high (log-log). After the
        last customer at risk left there is no interval.
    groups : DataFrame
        group, customers, left, seen (days until which somebody was seen), median (days after which half or fewer are
        there; endless where more than half stay), median_low, median_high, after_a_year (share; not a number where
        nobody was seen so long), year_low, year_high.
    chi_square, chance : float
        Of the log-rank test that all groups leave alike; not numbers with one group.
    freedom : int
        Degrees of freedom of the test.
    by : str
        The column of the groups; empty for all together.
    as_of : date
    excluded : mapping of str to int
        Reason → customers who are not counted.
    confidence : float
        Of the intervals, each for itself.
    """

    table: pd.DataFrame
    groups: pd.DataFrame
    chi_square: float
    chance: float
    freedom: int
    by: str
    as_of: date
    excluded: Mapping[str, int]
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The groups."""
        return self.groups.copy()

    def share_at(self, days: ArrayLike, group: str | None = None) -> pd.DataFrame:
        """The share still there after so many days: days, share, low, high; no numbers beyond what was seen.

        Parameters
        ----------
        days : array-like
            Since joining.
        group : str, optional
            The first one by default.
        """
        name = self.groups["group"].iloc[0] if group is None else group
        known = self.groups.set_index("group")
        return shares_at(self.table[self.table["group"] == name], days, float(known["seen"].loc[name]))

    @property
    def conclusion(self) -> str:
        """How many are there after a year, and whether the groups differ."""
        known = self.groups[self.groups["after_a_year"].notna()]
        if known.empty:
            return _("Nobody has been seen for a year yet.")
        told = (
            _("After a year {share} of the customers are still there ({low} to {high}).")
            if not self.by
            else _("After a year {share} of the customers of {group} are still there ({low} to {high}).")
        )
        ends = known.sort_values("after_a_year", ascending=False).iloc[[0] if len(known) == 1 else [0, -1]]
        sentences = [told.format(group=language.quoted(row["group"]), **_percents(row)) for _at, row in ends.iterrows()]
        return " ".join([*sentences, *self._difference()])

    def _difference(self) -> list[str]:
        if np.isnan(self.chance):
            return []
        if self.chance >= SURE:
            return [
                _("It is not shown that the groups differ (log-rank test, p = {p}).").format(p=_chance(self.chance))
            ]
        return [_("The groups differ by more than chance (log-rank test, p {p}).").format(p=_below(self.chance))]


def _percents(row: pd.Series) -> dict[str, str]:
    names = {"share": "after_a_year", "low": "year_low", "high": "year_high"}
    return {key: language.percent(row[name]) for key, name in names.items()}


def _chance(chance: float) -> str:
    return language.number(chance, 2)


def _below(chance: float) -> str:
    return f"< {language.number(0.001)}" if chance < 0.001 else f"= {_chance(chance)}"


def survival_counts(contracts: ir.Table, by: str = "", observed_from: date | None = None) -> ir.Table:
    """Customers counted by what is known of their time, as an expression: group, entry, days, left, customers.

    Parameters
    ----------
    contracts : ibis Table
        What `retention_dates.contracts` gave.
    by : str
        Column of the groups.
    observed_from : date, optional
        As `survival`.
    """
    group = contracts[by].cast("string").fill_null(EMPTY) if by else ibis.literal(EMPTY)
    entry = ibis.literal(0, "int64")
    if observed_from is not None:
        before = ibis.date(observed_from).delta(contracts.joined_on, unit="day").cast("int64")
        entry = ibis.greatest(before, 0)
    each = contracts.select(group=group, entry=entry, days=contracts.days, left=contracts.left.cast("int64"))
    return each.group_by("group", "entry", "days", "left").aggregate(customers=lambda rows: rows.count())


def survival(
    customers: ir.Table,
    as_of: date,
    *,
    by: str = "",
    observed_from: date | None = None,
    confidence: float = CONFIDENCE,
) -> Survival:
    """How long customers under contract stay.

    Parameters
    ----------
    customers : ibis Table
        customer_id, joined_on, left_on (empty for who is still there; a day after `as_of` counts as empty).
    as_of : date
        The last day that counts.
    by : str
        Column whose values are compared; at most `MOST_GROUPS` of them.
    observed_from : date, optional
        When the customer list was begun, if who had left before is not in it: earlier customers are then counted from
        that day on only, or those who stay long would be too many.
    confidence : float
        Of the intervals.

    Raises
    ------
    DataError
        When there are no customers, no such column or too many groups, or somebody left before they joined.

    Notes
    -----
    The engine counts customers at distinct times; curve, intervals and test are computed from the counts
    (`survival_curve`).

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01"] * 4)
    >>> left = pd.to_datetime(["2025-03-01", "2025-07-01", None, None])
    >>> rows = pd.DataFrame({"customer_id": list("abcd"), "joined_on": days, "left_on": left})
    >>> survival(ibis.memtable(rows), date(2026, 9, 30)).table[["time", "at_risk", "share"]]
       time  at_risk  share
    0    59      4.0   0.75
    1   181      3.0   0.50
    """
    rows = checked_contracts(customers, as_of)
    _check_column(rows, by)
    counts = survival_counts(rows, by, observed_from).to_pandas()
    excluded = contract_problems(customers, as_of)
    unseen = (counts["entry"] > 0) & (counts["days"] <= counts["entry"])
    if unseen.any():
        excluded["left_before_the_list"] = int(counts.loc[unseen, "customers"].sum())
    return survival_of(counts[~unseen], as_of, by, excluded, confidence)


def survival_of(
    counts: pd.DataFrame, as_of: date, by: str, excluded: Mapping[str, int], confidence: float = CONFIDENCE
) -> Survival:
    """The same from counts: group, entry, days, left, customers."""
    if counts.empty:
        found = _("No customer came by {day}.").format(day=language.day(as_of))
        raise DataError(Problem(found, _("one customer at least"), _("Look at the date of the data.")))
    if counts["group"].nunique() > MOST_GROUPS:
        found = _("The column {name} has {count} values.").format(name=by, count=counts["group"].nunique())
        raise DataError(Problem(found, _("{most} groups at most").format(most=MOST_GROUPS)))
    at_times = _at_times(counts)
    tables = {str(name): at_risk(rows) for name, rows in at_times.groupby("group")}
    curves = {name: kaplan_meier(table, confidence) for name, table in tables.items()}
    test = log_rank(tables, at_times) if len(tables) > 1 else (float("nan"), 0, float("nan"))
    named = [curve.assign(group=name)[["group", *curve.columns]] for name, curve in curves.items()]
    groups = [_group(name, counts[counts["group"] == name], curve) for name, curve in curves.items()]
    table = pd.concat(named, ignore_index=True).astype({"at_risk": float, "left": int, "censored": int, "time": int})
    return Survival(table, pd.DataFrame(groups), test[0], test[2], test[1], by, as_of, excluded, confidence)


def _check_column(rows: ir.Table, by: str) -> None:
    if by and by not in rows.columns:
        found = _("The column {name} is missing.").format(name=language.quoted(by))
        raise DataError(Problem(found, ", ".join(rows.columns)))


def _at_times(counts: pd.DataFrame) -> pd.DataFrame:
    """Entered, left and censored at distinct times."""
    came = counts.assign(time=counts["entry"], entered=counts["customers"])[["group", "time", "entered"]]
    left = counts["customers"].where(counts["left"] == 1, 0)
    went = counts.assign(time=counts["days"], left=left, censored=counts["customers"] - left)
    both = pd.concat([came, went[["group", "time", "left", "censored"]]]).fillna(0)
    return both.groupby(["group", "time"], as_index=False)[["entered", "left", "censored"]].sum()


def _group(name: str, counts: pd.DataFrame, curve: pd.DataFrame) -> dict[str, object]:
    time = curve["time"].to_numpy(float)
    seen = int(counts["days"].max())
    ends = {column: first_at_most(time, curve[column].to_numpy(float), 0.5) for column in ("share", "low", "high")}
    year = shares_at(curve, [DAYS_A_YEAR], seen).iloc[0]
    return {
        "group": name,
        "customers": int(counts["customers"].sum()),
        "left": int(counts.loc[counts["left"] == 1, "customers"].sum()),
        "seen": seen,
        "median": ends["share"],
        "median_low": ends["low"],
        "median_high": ends["high"],
        "after_a_year": year["share"],
        "year_low": year["low"],
        "year_high": year["high"],
    }


def shares_at(curve: pd.DataFrame, days: ArrayLike, seen: float) -> pd.DataFrame:
    """The height of a curve after so many days; before the first who left it is 1, without an interval."""
    asked = np.asarray(days, dtype=float)
    at = np.searchsorted(curve["time"].to_numpy(float), asked, side="right")
    told = {
        name: np.where(asked <= seen, np.concatenate([[1.0], curve[name].to_numpy(float)])[at], np.nan)
        for name in ("share", "low", "high")
    }
    return pd.DataFrame({"days": asked, **told})
