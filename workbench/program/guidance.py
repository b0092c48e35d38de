"""What a workbook tells the person who fills it in: what to do, what a column holds, what a cell may hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.language import exact
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.columns import Column, Kind
from workbench.program.labels import label
from workbench.program.reading import Record
from workbench.program.scales import scale_of

UNITS = {"share": N_("share: 10% is 0.10"), "month": N_("month"), "months": N_("months"), "days": N_("days")}
UNITS |= {"people": N_("people"), "currency": N_("currency")}


def steps() -> list[str]:
    """What to do with the workbook, in the order in which it is done."""
    return [
        _("1. Adapt the settings below, then fill in the other sheets from left to right."),
        _("2. A heading with * has to be filled in on every row. Point at a heading to read what belongs under it."),
        _("3. Pick from the list where a cell offers one. Where a cell can hold several things, write ; between them."),
        _("4. Give every row an id that people can read, for example REQ-07: the other sheets refer to it."),
        _("5. Sheets that are not needed yet can stay empty. Rows can be added, sorted and removed at will."),
        _("6. Save the workbook and run “crm-workbench check” on it: every wrong cell is named, with its remedy."),
    ]


def note(column: Column, currency: str = "") -> str:
    """Everything that a person needs to know of a column, a sentence a line.

    Examples
    --------
    >>> print(note(Column("share", "Share of it", Kind.NUMBER, required=True, unit="share", minimum=0, maximum=1)))
    Share of it.
    Unit: share: 10% is 0.10.
    A number from 0 to 1.
    It has to be filled in.
    """
    unit = currency if column.unit == "currency" and currency else _(UNITS.get(column.unit, column.unit))
    told = [
        _(column.help),
        _("Unit: {unit}").format(unit=unit) if unit else "",
        allowed(column),
        _("It has to be filled in") if column.required else _default(column),
    ]
    return "\n".join(text.rstrip(".") + "." for text in told if text)


def allowed(column: Column) -> str:
    """What a cell may hold, in a few words; "" where any text will do.

    Examples
    --------
    >>> allowed(Column("must_do", "", Kind.BOOLEAN)), allowed(Column("round", "", Kind.INTEGER, minimum=1))
    ('Yes or no', 'A whole number not below 1')
    """
    if column.choices:
        return _("One of these: {choices}").format(choices=", ".join(map(label, column.choices)))
    if column.refers_to:
        several = _("Ids of the sheet {sheet}, with ; between them") if column.kind is Kind.LIST else ""
        return (several or _("An id of the sheet {sheet}")).format(sheet=label(column.refers_to))
    if column.kind in (Kind.NUMBER, Kind.INTEGER):
        return _number(column)
    return {
        Kind.BOOLEAN: _("Yes or no"),
        Kind.DATE: _("A date, for example 2026-03-15"),
        Kind.LIST: _("Several numbers, with ; between them")
        if column.items is Kind.NUMBER
        else _("Several things, with ; between them"),
        Kind.NAME: _("Letters, digits and _, not starting with a digit"),
    }.get(column.kind, "")


def _number(column: Column) -> str:
    is_whole = column.kind is Kind.INTEGER
    if column.minimum is None or column.maximum is None:
        if column.minimum is None:
            return _("A whole number") if is_whole else _("A number")
        told = _("A whole number not below {least}") if is_whole else _("A number not below {least}")
        return told.format(least=_figure(column.minimum))
    told = _("A whole number from {least} to {most}") if is_whole else _("A number from {least} to {most}")
    return told.format(least=_figure(column.minimum), most=_figure(column.maximum))


def _figure(value: float) -> str:
    return exact(value, 0 if float(value).is_integer() else 2)


def _default(column: Column) -> str:
    if column.default is None:
        return ""
    return _("Left empty, it means: {value}").format(value=_in_words(column.default, column))


def _in_words(value: Any, column: Column) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return _figure(value)
    return label(value) if value in column.choices else str(value)


def rubrics(criteria: Sequence[Record]) -> str:
    """What the scores of each criterion mean, a paragraph a criterion."""
    return "\n\n".join(map(_rubric, criteria))


def _rubric(criterion: Record) -> str:
    scale = scale_of(criterion)
    stepless, steps = _("{id} {name}, from {low} to {high}: {rubric}"), _("{id} {name}, one of {scores}: {rubric}")
    return (stepless if scale.is_stepless else steps).format(
        id=criterion["criterion_id"],
        name=criterion["name"],
        low=_figure(criterion["scale_min"]),
        high=_figure(criterion["scale_max"]),
        scores=scale.told,
        rubric=criterion["rubric"] or _("nothing is said of its scores"),
    )
