"""The plan of a gate's baseline beside the plan of now: the lines of both, their amounts and their months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.business_case.drivers import base_values, in_line
from workbench.business_case.line_defaults import completed
from workbench.business_case.unit_flows import unit_flows
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program import formulas
from workbench.program.profiles import Profile

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A line of one plan.

    Attributes
    ----------
    name, formula : str
        As in its table.
    sign : float
        −1 for a cost, 1 for a benefit.
    unit : ndarray, shape (months + 1,)
        Adjusted multiple of its amount in each month.
    plain : ndarray, shape (months + 1,)
        The same before attribution and risk.
    timing : str
        First month, last month and profile, in words.
    shares : tuple of float
        Attribution (1 for a cost) and risk adjustment.
    """

    name: str
    formula: str
    sign: float
    unit: Numbers
    plain: Numbers
    timing: str
    shares: tuple[float, float]

    @property
    def adjustment(self) -> float:
        """What the shares make of an amount of one."""
        attribution, risk = self.shares
        return 1 + risk if self.sign < 0 else attribution * (1 - risk)


@dataclass(frozen=True)
class Plan:
    """Lines, and the values of the assumptions that they are computed from, with what people call them."""

    lines: dict[str, Line]
    values: dict[str, float]
    names: dict[str, str]

    def flow(self, line_id: str) -> Numbers:
        """The amount of a line in each month; zeros where the plan has no such line."""
        return self.lines[line_id].unit * self.amount(line_id, self.values)

    def amount(self, line_id: str, values: Mapping[str, float]) -> float:
        """The amount a month of a line at these values.

        Raises
        ------
        DataError
            When its formula has no value there; every problem names the line.
        """
        try:
            return formulas.evaluate(self.lines[line_id].formula, values)
        except DataError as error:
            raise DataError(in_line(line_id, problem) for problem in error.problems) from None


def plan_of(costs: pd.DataFrame, benefits: pd.DataFrame, assumptions: pd.DataFrame, horizon_months: int) -> Plan:
    """The lines of both tables with their months, and the assumptions' base values.

    Raises
    ------
    DataError
        With every line or assumption that is wrong, and every id that is both a cost and a benefit.
    """
    units = unit_flows(costs, benefits, horizon_months)
    _refuse_doubles(units.line_ids)
    whole = unit_flows(
        costs.assign(risk_adjustment=0.0), benefits.assign(attribution=1.0, risk_adjustment=0.0), horizon_months
    )
    tables = (("costs", costs), ("benefits", benefits))
    rows = [row for name, table in tables for row in completed(table, name).to_dict("records")]
    parts = zip(units.line_ids, units.names, units.formulas, units.signs, units.flows, whole.flows, rows, strict=True)
    lines = {
        line_id: Line(name, formula, float(sign), unit, plain, _timing(row), _shares(row))
        for line_id, name, formula, sign, unit, plain, row in parts
    }
    return Plan(lines, base_values(assumptions), _names(assumptions))


def _names(assumptions: pd.DataFrame) -> dict[str, str]:
    """What people call each assumption: its name in quotation marks, else its id."""
    told = assumptions.reindex(columns=["assumption_id", "name"]).astype(object).fillna("")
    return {
        formulas.normalised(str(key)): language.quoted(str(name)) if name else str(key)
        for key, name in zip(told["assumption_id"], told["name"], strict=True)
    }


def _refuse_doubles(line_ids: tuple[str, ...]) -> None:
    doubles = sorted({line for line in line_ids if line_ids.count(line) > 1})
    if doubles:
        found = _("The id {ids} is there more than once among costs and benefits.")
        remedy = _("Give every line an id of its own, so that actual amounts can be told apart.")
        raise DataError(Problem(found.format(ids=language.listed(doubles)), _("one line for each id"), remedy))


def _timing(row: dict[Any, Any]) -> str:
    last = row["last_period"]
    if last is None or pd.isna(last):
        told = _("from month {first} to the end, {profile}")
        return told.format(first=row["first_period"], profile=Profile.parse(str(row["profile"])))
    told = _("from month {first} to month {last}, {profile}")
    return told.format(first=row["first_period"], last=last, profile=Profile.parse(str(row["profile"])))


def _shares(row: dict[Any, Any]) -> tuple[float, float]:
    return float(row.get("attribution", 1.0)), float(row["risk_adjustment"])
