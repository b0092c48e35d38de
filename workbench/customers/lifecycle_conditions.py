"""Conditions on customers, held to what is known of them and put together as expressions of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from workbench.customers.lifecycle_rules import FIRST, PLACE, Condition, StageRule
from workbench.errors import Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.values import suggestion

ORDERED = ("at_least", "at_most", "above", "below")

_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "equals": lambda left, right: left == right,
    "at_least": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "above": lambda left, right: left > right,
    "below": lambda left, right: left < right,
    "one_of": lambda left, right: left.isin(right),
}


def stage_of(known: ir.Table, rules: Sequence[StageRule]) -> Any:
    """The stage of each customer: of the first rule that holds, and the first stage where none does.

    Parameters
    ----------
    known : ibis Table
        What `lifecycle_facts.facts` gave.
    rules : sequence of StageRule
        A comparison with something that is not known there never holds; `check_rules` finds such.
    """
    return ibis.cases(*((compiled(rule.when, known), rule.stage) for rule in rules), else_=FIRST)


def compiled(condition: Condition, known: ir.Table) -> Any:
    """A condition as a true or false expression; what is empty for a customer makes a comparison false.

    ``differs`` is the opposite of ``equals``, so it holds where there is nothing to compare.
    """
    if condition.negated is not None:
        return ~compiled(condition.negated, known)
    if condition.every is not None:
        return reduce(and_, [compiled(part, known) for part in condition.every])
    if condition.some is not None:
        return reduce(or_, [compiled(part, known) for part in condition.some])
    if condition.attribute not in known.columns:
        return ibis.literal(False)
    if condition.op == "differs":
        return ~compiled(condition.model_copy(update={"op": "equals"}), known)
    return _OPERATIONS[str(condition.op)](_column(known, str(condition.attribute)), _value(condition)).fill_null(False)


def _column(known: ir.Table, name: str) -> Any:
    column = known[name]
    return column.cast("date") if column.type().is_timestamp() else column


def _value(condition: Condition) -> Any:
    if isinstance(condition.value, list):
        return [_literal(each) for each in condition.value]
    return _literal(condition.value)


def _literal(value: Any) -> Any:
    return ibis.date(value) if isinstance(value, date) else ibis.literal(value)


def unknown_facts(known: ir.Table, rules: Sequence[StageRule]) -> tuple[str, ...]:
    """What the rules ask for and is not known, sorted."""
    named = {str(each.attribute) for rule in rules for each in rule.when.comparisons()}
    return tuple(sorted(named - set(known.columns)))


def check_rules(known: ir.Table, rules: Sequence[StageRule]) -> None:
    """Hold rules to what is known.

    Raises
    ------
    SettingsError
        With every comparison that names something unknown or compares what cannot be compared.
    """
    problems = [problem for rule in rules for problem in _problems(known, rule)]
    if problems:
        raise SettingsError(problems)


def _problems(known: ir.Table, rule: StageRule) -> Iterator[Problem]:
    where = Location(PLACE, column=f"lifecycle.{rule.stage}")
    for each in rule.when.comparisons():
        name = str(each.attribute)
        if name not in known.columns:
            found = _("“{name}” is nothing that is known of a customer.").format(name=name)
            yield Problem(found, ", ".join(known.columns), suggestion(name, known.columns), where)
            continue
        kind = _kind(known[name].type())
        values = each.value if isinstance(each.value, list) else [each.value]
        for value in values:
            if kind not in _kinds_of(value):
                found = _("“{name}” is compared with “{value}”.").format(name=name, value=value)
                yield Problem(found, _(_EXPECTED[kind]), "", where)
        if kind in ("boolean", "text") and each.op in ORDERED:
            found = _("“{name}” has no order, so {op} says nothing.").format(name=name, op=each.op)
            yield Problem(found, _("equals, differs or one_of"), "", where)


_EXPECTED = {
    "number": N_("a number"),
    "text": N_("a text"),
    "boolean": N_("true or false"),
    "date": N_("a date such as 2026-09-30"),
    "other": N_("a number, a text, true or false, or a date"),
}


def _kind(kind: dt.DataType) -> str:
    if kind.is_boolean():
        return "boolean"
    if kind.is_numeric():
        return "number"
    if kind.is_string():
        return "text"
    return "date" if kind.is_date() or kind.is_timestamp() else "other"


def _kinds_of(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int | float):
        return ("number",)
    return ("date",) if isinstance(value, date) else ("text",)
