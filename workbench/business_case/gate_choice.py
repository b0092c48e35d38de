"""Which gate is held, to which promise, and which gates before it can be held again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.business_case.baseline import Baseline, read_baselines
from workbench.business_case.vendor_lines import in_case
from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import either
from workbench.language import gettext as _

Row = dict[Any, Any]


@dataclass(frozen=True)
class Chosen:
    """What is held to what.

    Attributes
    ----------
    promise : Baseline
        What is held to.
    rows : tuple of dict
        Rows of the table ``gates`` by month: those from the promise on whose plan was kept, and the gate itself last.
    not_kept : tuple of str
        Names of the gates between them whose plan was not kept.
    """

    promise: Baseline
    rows: tuple[Row, ...]
    not_kept: tuple[str, ...]


def choose(
    gates: pd.DataFrame, kept: Mapping[str, Baseline], gate: str = "", baseline: str = "", until: float = math.inf
) -> Chosen:
    """The gate that is asked for, or the last; the promise that is asked for, or the first; and what lies between.

    Parameters
    ----------
    gates : DataFrame
        The table of this name.
    kept : mapping of str to Baseline
        Gate → the plan that was frozen at it.
    gate, baseline : str
        Ids; empty for the last gate that has a month and was reached, and for the first plan that was frozen.
    until : float
        Last month with actual amounts: a later gate is held only where it is asked for.

    Raises
    ------
    DataError
        When no gate has a month, or no plan was frozen.
    SettingsError
        When there is no such gate or baseline, or the baseline is younger than the gate.
    """
    dated = gates[gates["month"].notna()].sort_values("month", kind="stable")
    row = _gate(gates, dated, gate, until)
    promise = _promise(kept, baseline, row)
    between = dated[dated["month"].between(promise.month, row["month"]) & (dated["gate_id"] != row["gate_id"])]
    before = between[(between["month"] < row["month"]) | (between["gate_id"] == promise.gate_id)]
    is_kept = before["gate_id"].isin(list(kept))
    return Chosen(promise, (*before[is_kept].to_dict("records"), row), tuple(before.loc[~is_kept, "name"]))


def promised_vendor(
    gates: pd.DataFrame, baselines: Mapping[str, str], gate: str = "", baseline: str = ""
) -> str | None:
    """The vendor whose own cost lines the promise counts; without them the forecast would look better than it is.

    Parameters
    ----------
    gates : DataFrame
        The table of this name.
    baselines : mapping of str to str
        Gate → the text that was frozen at it.
    gate, baseline : str
        As `choose` takes them.

    Returns
    -------
    str or None
        None where only what comes with any vendor was promised.

    Raises
    ------
    DataError, SettingsError
        As `baseline.read_baselines` and `choose`.
    """
    return in_case(choose(gates, read_baselines(baselines), gate, baseline).promise.costs, None).vendor_id


def check_books(promise: Baseline, currency: str, actuals: pd.DataFrame) -> None:
    """Refuse what cannot be held to the promise: another currency, or a program without actual amounts.

    Raises
    ------
    DataError
        With what is wrong.
    """
    problems = []
    if promise.currency != currency:
        found = _("The baseline of gate {gate} is in {theirs}, and the program in {ours}.")
        told = found.format(gate=promise.gate_id, theirs=promise.currency, ours=currency)
        problems.append(Problem(told, _("one currency"), _("Freeze the plan in the new currency at a new gate.")))
    if actuals.empty:
        remedy = _("Write in the table actuals what each line cost or brought in each month; 0 where nothing flowed.")
        problems.append(
            Problem(
                _("There are no actual amounts to hold to the promise."),
                _("what was really paid and gained"),
                remedy,
                Location("actuals"),
            )
        )
    if problems:
        raise DataError(problems)


def _gate(gates: pd.DataFrame, dated: pd.DataFrame, gate: str, until: float) -> Row:
    if gate and gate not in set(gates["gate_id"]):
        found = _("There is no gate {gate}.").format(gate=gate)
        raise SettingsError(Problem(found, either(list(gates["gate_id"])), _("Correct gate.")))
    asked = (
        dated[dated["gate_id"] == gate] if gate else pd.concat([dated.head(1), dated[dated["month"] <= until]]).tail(1)
    )
    if asked.empty:
        found = _("Gate {gate} has no month.").format(gate=gate) if gate else _("No gate has a month.")
        remedy = _("Write in the table gates which month of the program the gate closes.")
        raise DataError(Problem(found, _("a gate with its month"), remedy, Location("gates", column="month")))
    return asked.to_dict("records")[0]


def _promise(kept: Mapping[str, Baseline], baseline: str, gate: Row) -> Baseline:
    if not kept:
        told = _("Freeze it where a gate is held: crm-workbench freeze PROGRAM {gate}").format(gate=gate["gate_id"])
        raise DataError(
            Problem(_("No plan was frozen at a gate."), _("a baseline, which the program is held to"), told)
        )
    if baseline and baseline not in kept:
        found = _("No plan was frozen at gate {gate}.").format(gate=baseline)
        raise SettingsError(Problem(found, either(list(kept)), _("Correct baseline.")))
    promise = kept[baseline] if baseline else min(kept.values(), key=lambda plan: (plan.month, plan.frozen_on))
    if promise.month > gate["month"]:
        found = _("The plan of gate {baseline} was frozen in month {month}, after gate {gate} in month {held}.").format(
            baseline=promise.gate_id, month=promise.month, gate=gate["gate_id"], held=gate["month"]
        )
        raise SettingsError(Problem(found, _("a plan that is no younger than the gate"), _("Correct baseline.")))
    return promise
