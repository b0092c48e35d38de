"""Cash flows: cost and benefit lines laid out over the months, adjusted for risk, and rolled up to years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.business_case.drivers import line_amount
from workbench.business_case.line_defaults import completed
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.program.profiles import MONTHS_A_YEAR, Profile
from workbench.program.tables import TABLES
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class CashFlows(Result):
    """What the program costs and brings, month by month and year by year.

    All amounts are in the program's currency, costs and benefits positive. Month 0 is today and makes year 0; months
    1 to 12 make year 1. Unless a name says unadjusted, benefits are after attribution and risk, costs after risk.

    Attributes
    ----------
    horizon_months : int
        Last month that counts.
    monthly : DataFrame
        period, costs, benefits, net, cumulative; a row for each month from 0 to the horizon.
    yearly : DataFrame
        year, costs, benefits, net, cumulative; the last year is shorter when the horizon is not whole years.
    lines : DataFrame
        line_id, name, kind (cost, benefit), category (a benefit's is its stream), unadjusted_total, total, and
        year_0, year_1 and so on.
    line_flows : DataFrame
        Adjusted amount of each line (rows as in `lines`) in each month (columns 0 to the horizon).
    costs, benefits : float
        Totals over the horizon.
    unadjusted_costs, unadjusted_benefits : float
        The same before attribution and risk.
    cut_lines : tuple of str
        Ids of lines that go on beyond the horizon by their own last period, and are cut there.
    excluded_lines : tuple of str
        Ids of lines that begin beyond the horizon, and so count for nothing.
    """

    horizon_months: int
    monthly: pd.DataFrame
    yearly: pd.DataFrame
    lines: pd.DataFrame
    line_flows: pd.DataFrame
    costs: float
    benefits: float
    unadjusted_costs: float
    unadjusted_benefits: float
    cut_lines: tuple[str, ...]
    excluded_lines: tuple[str, ...]

    @property
    def last_year_months(self) -> int:
        """How many months the last year has within the horizon."""
        return self.horizon_months % MONTHS_A_YEAR or MONTHS_A_YEAR

    @property
    def notes(self) -> tuple[str, ...]:
        """What the yearly flows hide: a last year that is not whole."""
        months = self.last_year_months
        if months == MONTHS_A_YEAR:
            return ()
        told = ngettext(
            "The last year has {count} month, and is discounted as a whole year.",
            "The last year has {count} months, and is discounted as a whole year.",
            months,
        )
        return (told.format(count=months),)

    def to_frame(self) -> pd.DataFrame:
        """The yearly flows."""
        return self.yearly

    @property
    def conclusion(self) -> str:
        """What the program costs and brings over the horizon, and what was cut."""
        told = _("Over {span} the program costs {costs} and brings {benefits}.").format(
            span=span(self.horizon_months),
            costs=language.money(self.costs),
            benefits=language.money(self.benefits),
        )
        return " ".join((told, *self._left_out()))

    def _left_out(self) -> list[str]:
        told = []
        if self.cut_lines:
            text = ngettext(
                "{count} line is cut at the horizon: {ids}.",
                "{count} lines are cut at the horizon: {ids}.",
                len(self.cut_lines),
            )
            told.append(text.format(count=len(self.cut_lines), ids=language.listed(list(self.cut_lines))))
        if self.excluded_lines:
            text = ngettext(
                "{count} line begins after the horizon and is left out: {ids}.",
                "{count} lines begin after the horizon and are left out: {ids}.",
                len(self.excluded_lines),
            )
            told.append(text.format(count=len(self.excluded_lines), ids=language.listed(list(self.excluded_lines))))
        return told


@dataclass(frozen=True)
class _Line:
    """A cost or benefit line, read."""

    line_id: str
    name: str
    kind: str
    category: str
    amount: float
    first: int
    last: int | None
    profile: Profile
    adjustment: float

    def months(self, horizon: int) -> int:
        """How many months of its life lie within the horizon."""
        last = horizon if self.last is None else min(self.last, horizon)
        return max(last - self.first + 1, 0)

    def is_cut(self, horizon: int) -> bool:
        """Whether some of it would still come after the horizon."""
        months = self.months(horizon)
        return months > 0 and self.last is not None and self.last > horizon and not self.profile.is_over_after(months)

    def flow(self, horizon: int) -> NDArray[np.float64]:
        """Unadjusted amount in each month from 0 to the horizon."""
        flow = np.zeros(horizon + 1)
        months = self.months(horizon)
        if months:
            flow[self.first : self.first + months] = self.amount * self.profile.multipliers(months)
        return flow


def cash_flows(costs: pd.DataFrame, benefits: pd.DataFrame, values: dict[str, float], horizon_months: int) -> CashFlows:
    """Lay out cost and benefit lines over the months of the horizon.

    A cost line counts as formula × profile × (1 + risk adjustment), a benefit line as formula × profile × attribution
    × (1 − risk adjustment): the adjustments of Forrester's Total Economic Impact method.

    Parameters
    ----------
    costs, benefits : DataFrame
        The tables of these names. A column that is missing, or a cell that is empty, has the table's default.
    values : dict of str to float
        The assumptions, as `drivers.base_values` gives them.
    horizon_months : int
        Last month that counts, 1 or more.

    Raises
    ------
    DataError
        With every line whose formula, profile, timing or shares are wrong.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["100"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["150"]})
    >>> cash_flows(costs, benefits, {}, horizon_months=24).yearly["net"].tolist()
    [0.0, 600.0, 600.0]
    """
    if horizon_months < 1:
        found = _("The horizon is {count} months.").format(count=horizon_months)
        raise DataError(Problem(found, _("1 month or more"), _("Correct horizon_months.")))
    lines = _read(costs, benefits, values)
    unadjusted = np.array([line.flow(horizon_months) for line in lines]).reshape(len(lines), horizon_months + 1)
    adjusted = unadjusted * np.array([line.adjustment for line in lines])[:, None]
    return _rolled_up(lines, unadjusted, adjusted, horizon_months)


def year_of(months: NDArray[np.int64]) -> NDArray[np.int64]:
    """The year that each month belongs to: month 0 to year 0, months 1 to 12 to year 1."""
    return (months + MONTHS_A_YEAR - 1) // MONTHS_A_YEAR


def span(months: int) -> str:
    """A number of months as a person says it: in years where they are whole."""
    if months % MONTHS_A_YEAR:
        return ngettext("{count} month", "{count} months", months).format(count=months)
    years = months // MONTHS_A_YEAR
    return ngettext("{count} year", "{count} years", years).format(count=years)


def _rolled_up(
    lines: list[_Line], unadjusted: NDArray[np.float64], adjusted: NDArray[np.float64], horizon: int
) -> CashFlows:
    months = np.arange(horizon + 1)
    is_cost = np.array([line.kind == "cost" for line in lines], dtype=bool)
    monthly = _with_net("period", months, adjusted[is_cost].sum(axis=0), adjusted[~is_cost].sum(axis=0))
    return CashFlows(
        horizon_months=horizon,
        monthly=monthly,
        yearly=_years(monthly),
        lines=_line_table(lines, unadjusted, adjusted, year_of(months)),
        line_flows=pd.DataFrame(adjusted, columns=months),
        costs=float(adjusted[is_cost].sum()),
        benefits=float(adjusted[~is_cost].sum()),
        unadjusted_costs=float(unadjusted[is_cost].sum()),
        unadjusted_benefits=float(unadjusted[~is_cost].sum()),
        cut_lines=tuple(line.line_id for line in lines if line.is_cut(horizon)),
        excluded_lines=tuple(line.line_id for line in lines if line.first > horizon),
    )


def _with_net(
    time: str, periods: NDArray[np.int64], costs: NDArray[np.float64], benefits: NDArray[np.float64]
) -> pd.DataFrame:
    net = benefits - costs
    columns = {time: periods, "costs": costs, "benefits": benefits, "net": net, "cumulative": np.cumsum(net)}
    return pd.DataFrame(columns)


def _years(monthly: pd.DataFrame) -> pd.DataFrame:
    year = year_of(monthly["period"].to_numpy())
    totals = monthly[["costs", "benefits"]].groupby(year).sum()
    return _with_net("year", totals.index.to_numpy(), totals["costs"].to_numpy(), totals["benefits"].to_numpy())


def _line_table(
    lines: list[_Line], unadjusted: NDArray[np.float64], adjusted: NDArray[np.float64], year: NDArray[np.int64]
) -> pd.DataFrame:
    columns: dict[str, Any] = {
        name: pd.Series([getattr(line, name) for line in lines], dtype=str)
        for name in ("line_id", "name", "kind", "category")
    }
    columns |= {"unadjusted_total": unadjusted.sum(axis=1), "total": adjusted.sum(axis=1)}
    columns |= {f"year_{number}": adjusted[:, year == number].sum(axis=1) for number in range(year[-1] + 1)}
    return pd.DataFrame(columns)


def _read(costs: pd.DataFrame, benefits: pd.DataFrame, values: dict[str, float]) -> list[_Line]:
    lines: list[_Line] = []
    problems: list[Problem] = []
    for kind, frame in (("cost", _alike(costs, "costs")), ("benefit", _alike(benefits, "benefits"))):
        for row in frame.to_dict("records"):
            found = _wrong_in(row)
            problems += found
            try:
                amount = line_amount(row["line_id"], row["formula"], values)
            except DataError as error:
                problems += error.problems
            else:
                lines += [] if found else [_line(kind, row, amount)]
    if problems:
        raise DataError(problems)
    return lines


def _alike(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The completed lines, with the same names for both tables."""
    return completed(frame, table).rename(columns={TABLES[table].key[0]: "line_id", "stream": "category"})


def _wrong_in(row: dict[Any, Any]) -> list[Problem]:
    """What is wrong with a line, its formula aside."""
    problems = []
    try:
        Profile.parse(str(row["profile"]))
    except ValueError as error:
        problems.append(_problem(row, str(error), "", _("Correct the profile.")))
    first, last = row["first_period"], row["last_period"]
    if first < 0 or (not pd.isna(last) and last < first):
        found = _("It runs from month {first} to month {last}.").format(first=first, last=last)
        problems.append(_problem(row, found, _("months from 0 on, the last not before the first"), _("Correct them.")))
    if row["risk_adjustment"] < 0 or ("attribution" in row and not _are_shares(row)):
        found = _("Its attribution or risk adjustment is not possible.")
        remedy = _("Write 20% as 0.20.")
        problems.append(_problem(row, found, _("shares from 0 to 1; a cost's risk can be higher"), remedy))
    return problems


def _are_shares(row: dict[Any, Any]) -> bool:
    return bool(0 <= row["attribution"] <= 1 and row["risk_adjustment"] <= 1)


def _problem(row: dict[Any, Any], found: str, expected: str, remedy: str) -> Problem:
    return Problem(_("Line {line}: {problem}").format(line=row["line_id"], problem=found), expected, remedy)


def _line(kind: str, row: dict[Any, Any], amount: float) -> _Line:
    risk = float(row["risk_adjustment"])
    return _Line(
        line_id=str(row["line_id"]),
        name=str(row["name"]),
        kind=kind,
        category=str(row["category"]),
        amount=amount,
        first=int(row["first_period"]),
        last=None if pd.isna(row["last_period"]) else int(row["last_period"]),
        profile=Profile.parse(str(row["profile"])),
        adjustment=1 + risk if kind == "cost" else float(row["attribution"]) * (1 - risk),
    )
