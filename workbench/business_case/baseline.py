"""A gate's baseline: the plan as it was decided, sealed so that no later change goes unseen."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.line_defaults import default_of
from workbench.business_case.returns import returns
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.columns import Column, Kind
from workbench.program.tables import TABLES
from workbench.results import Result

FORMAT = 1
DECIMALS = 6
"""Decimals of the net present value that is sealed."""
KEPT = ("costs", "benefits", "assumptions")
DTYPES = {Kind.NUMBER: "float64", Kind.INTEGER: "Int64", Kind.DATE: "datetime64[us]"}


@dataclass(frozen=True, eq=False)
class Baseline(Result):
    """What was decided at a gate, and what it promised.

    Attributes
    ----------
    gate_id, name : str
        The gate.
    frozen_on : date
        When it was frozen.
    month : int
        Month of the program that the gate was held in.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly.
    convention, currency : str
        Code of the convention, and ISO 4217 code of all amounts.
    costs, benefits, assumptions : DataFrame
        The tables as they were.
    npv : float
        Net present value that they promised.
    sha256 : str
        The seal: SHA-256 of everything above.
    """

    gate_id: str
    name: str
    frozen_on: date
    month: int
    horizon_months: int
    discount_rate: float
    convention: str
    currency: str
    costs: pd.DataFrame
    benefits: pd.DataFrame
    assumptions: pd.DataFrame
    npv: float
    sha256: str

    def to_frame(self) -> pd.DataFrame:
        """What the gate froze: item and value."""
        rows = [
            (_("Gate"), self.name or self.gate_id),
            (_("Frozen on"), language.day(self.frozen_on)),
            (_("Net present value"), language.money(self.npv, self.currency)),
            (_("Cost lines"), str(len(self.costs))),
            (_("Benefit lines"), str(len(self.benefits))),
            (_("Assumptions"), str(len(self.assumptions))),
            (_("Seal"), self.sha256),
        ]
        return pd.DataFrame(rows, columns=["item", "value"])

    @property
    def conclusion(self) -> str:
        """What was promised, and when."""
        return _("At gate {gate}, on {day}, the program promised a net present value of {npv}.").format(
            gate=language.quoted(self.name or self.gate_id),
            day=language.day(self.frozen_on),
            npv=language.money(self.npv, self.currency),
        )


def freeze(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    *,
    gate_id: str,
    frozen_on: date,
    horizon_months: int,
    discount_rate: float,
    name: str = "",
    month: int = 0,
    convention: str = "tei",
    currency: str = "EUR",
) -> str:
    """The plan as a sealed text, to be kept in a file.

    Parameters
    ----------
    costs, benefits, assumptions : DataFrame
        The tables of these names.
    gate_id, name : str
        The gate.
    frozen_on : date
        When it is frozen.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly.
    month : int
        Month of the program that the gate is held in.
    convention, currency : str
        Code of the convention, and ISO 4217 code of all amounts.

    Returns
    -------
    str
        JSON: ``content``, and ``sha256`` of the content written with sorted keys and without spaces.

    Raises
    ------
    DataError
        When the plan cannot be computed.
    """
    flows = cash_flows(costs, benefits, base_values(assumptions), horizon_months)
    content = {
        "format": FORMAT,
        "gate_id": gate_id,
        "name": name,
        "frozen_on": frozen_on.isoformat(),
        "month": month,
        "horizon_months": horizon_months,
        "discount_rate": discount_rate,
        "convention": convention,
        "currency": currency,
        # Processors differ in the last digits of a sum; rounded, the same plan has the same seal on all of them.
        "npv": round(returns(flows, discount_rate, convention).npv, DECIMALS),
    }
    tables = zip(KEPT, (costs, benefits, assumptions), strict=True)
    content |= {table: _records(frame, table) for table, frame in tables}
    sealed = {"content": content, "sha256": _seal(content)}
    return json.dumps(sealed, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def read_baseline(text: str, sha256: str = "") -> Baseline:
    """A baseline from the text that `freeze` gave; a changed one is refused.

    The seal in the text tells of any change to it. Who can write the text can also seal it anew: a seal that is kept
    elsewhere, in the minutes of the gate, tells of that too.

    Parameters
    ----------
    text : str
        The sealed text.
    sha256 : str
        The seal as it was noted elsewhere; empty where none is compared.

    Raises
    ------
    DataError
        When the text is no baseline, was changed after it was sealed, or has another seal than was noted.
    """
    content, seal = _opened(text)
    if seal != _seal(content):
        found = _("The baseline of gate {gate} was changed after it was frozen.").format(gate=content["gate_id"])
        remedy = _("Take the text as it was frozen from a backup, or hold the gate again under another id.")
        raise DataError(Problem(found, _("a text whose SHA-256 is the one it was sealed with"), remedy))
    if sha256 and sha256.strip().lower() != seal:
        raise DataError(_other_seal(str(content["gate_id"]), seal, sha256.strip()))
    if content["format"] != FORMAT:
        found = _("The baseline has format {number}.").format(number=content["format"])
        raise DataError(Problem(found, _("format {number}").format(number=FORMAT), _("Update the workbench.")))
    try:
        return _read(content, seal)
    # Whoever seals a text of their own can leave anything out.
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(_no_baseline()) from error


def _other_seal(gate_id: str, seal: str, noted: str) -> Problem:
    found = _("The baseline of gate {gate} has the seal {seal}, and the one that was noted is {noted}.")
    remedy = _(
        "Compare the noted seal with the minutes of the gate. Where it is right, the baseline was sealed anew: take "
        "the text as it was frozen from a backup."
    )
    return Problem(found.format(gate=gate_id, seal=seal, noted=noted), _("the seal that was noted"), remedy)


def read_baselines(texts: Mapping[str, str]) -> dict[str, Baseline]:
    """The baselines of all gates; one that is kept for another gate than it was frozen at is refused.

    Parameters
    ----------
    texts : mapping of str to str
        Gate → the sealed text that is kept for it.

    Raises
    ------
    DataError
        With every text that is no baseline, was changed, or is another gate's.
    """
    found: dict[str, Baseline] = {}
    problems: list[Problem] = []
    for gate_id, text in texts.items():
        try:
            found[gate_id] = read_baseline(text)
        except DataError as error:
            problems += [_at_gate(gate_id, problem) for problem in error.problems]
    problems += [_of_another(gate_id, kept) for gate_id, kept in found.items() if kept.gate_id != gate_id]
    if problems:
        raise DataError(problems)
    return found


def _at_gate(gate_id: str, problem: Problem) -> Problem:
    told = _("What is kept for gate {gate}: {problem}").format(gate=gate_id, problem=problem.found)
    return replace(problem, found=told)


def _of_another(gate_id: str, kept: Baseline) -> Problem:
    told = _("What is kept for gate {gate} is the baseline of gate {other}.").format(gate=gate_id, other=kept.gate_id)
    return Problem(told, _("the plan that was frozen at the gate"), _("Take the text as it was frozen from a backup."))


def _read(content: dict[str, Any], seal: str) -> Baseline:
    plain: dict[str, Any] = {key: value for key, value in content.items() if key not in (*KEPT, "format", "frozen_on")}
    plain |= {table: _frame(content[table], table) for table in KEPT}
    return Baseline(frozen_on=date.fromisoformat(content["frozen_on"]), sha256=seal, **plain)


def _opened(text: str) -> tuple[dict[str, Any], str]:
    try:
        sealed = json.loads(text)
        content, seal = sealed["content"], sealed["sha256"]
        is_one = isinstance(content, dict) and content.keys() >= {"format", "gate_id", "frozen_on", *KEPT}
    except (ValueError, TypeError, KeyError, RecursionError):
        is_one = False
    if not is_one:
        raise DataError(_no_baseline())
    return content, str(seal)


def _no_baseline() -> Problem:
    found = _("This text is not the baseline of a gate.")
    return Problem(found, _("a text that was frozen at a gate"), _("Choose another file."))


def _seal(content: dict[str, Any]) -> str:
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _records(frame: pd.DataFrame, table: str) -> list[dict[str, Any]]:
    columns = [column for column in TABLES[table].columns if column.name in frame.columns]
    return [{column.name: _plain(row[column.name], column) for column in columns} for row in frame.to_dict("records")]


def _plain(value: Any, column: Column) -> Any:
    if value is None or pd.isna(value):
        return None
    if column.kind is Kind.DATE:
        return pd.Timestamp(value).isoformat()
    if column.kind is Kind.INTEGER:
        return int(value)
    return float(value) if column.kind is Kind.NUMBER else str(value)


def _frame(records: list[dict[str, Any]], table: str) -> pd.DataFrame:
    """The table with its types; a column that was not there, and a cell that was empty, have the table's default."""
    columns = {}
    for column in TABLES[table].columns:
        values = [record.get(column.name) for record in records]
        columns[column.name] = _typed(values, column)
    return pd.DataFrame(columns)


def _typed(values: list[Any], column: Column) -> pd.Series[Any]:
    filled = [default_of(column) if value is None else value for value in values]
    if column.kind is Kind.NUMBER:
        filled = [math.nan if value is None else value for value in filled]
    return pd.Series(filled, dtype=DTYPES.get(column.kind, "str"))
