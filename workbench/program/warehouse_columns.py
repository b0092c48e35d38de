"""A firm's own columns → the declared columns of a customer table, typed; what cannot be read is marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import quoted
from workbench.program import formula_text
from workbench.program import warehouse_formulas as derivations
from workbench.program.columns import Kind
from workbench.program.customer_tables import CustomerColumn, CustomerTable, columns_of
from workbench.program.files import heading
from workbench.program.values import suggestion
from workbench.program.warehouse_personal import is_personal
from workbench.program.warehouse_settings import TableSettings
from workbench.program.warehouse_texts import day_of, number_of

UNREADABLE, CURRENCY = "_unreadable_", "_currency"


@dataclass(frozen=True)
class ColumnMap:
    """Where each column of a customer table comes from.

    Attributes
    ----------
    sources : mapping of str to str
        Declared column → the firm's own column, or a formula over them.
    attributes : mapping of str to str
        Further column → the firm's own.
    currency : str
        The firm's column of currencies; empty when there is none.
    personal : tuple of str
        Columns that are not kept because they name a person.
    problems : tuple of Problem
        What is wrong with the map.
    """

    sources: Mapping[str, str]
    attributes: Mapping[str, str]
    currency: str
    personal: tuple[str, ...]
    problems: tuple[Problem, ...]


def column_map(table: CustomerTable, settings: TableSettings, source: ir.Table, place: Location) -> ColumnMap:
    """Where each column comes from: by the settings, else the firm's column of the same name."""
    own = tuple(source.columns)
    by_name = {heading(name): name for name in reversed(own)}
    same = {name: by_name[name] for name in table.headings if name in by_name}
    given = {name: text for name, text in settings.columns.items() if name in table.headings}
    sources = {name: _literal(text, own) or text for name, text in {**same, **given}.items()}
    currency = settings.columns.get("currency", by_name.get("currency", ""))
    used = {*sources.values(), currency}
    renamed = {name: text for name, text in settings.columns.items() if name not in given and name != "currency"}
    wanted = [name for name in own if name not in used] if settings.attributes is None else settings.attributes
    personal = tuple(name for name in wanted if _names_a_person(table, settings, name))
    kept = {name: name for name in wanted if name not in personal and name not in renamed.values()} | renamed
    return ColumnMap(
        sources,
        {name: _literal(text, own) or text for name, text in kept.items()} if table.attributes else {},
        _literal(currency, own) or "",
        personal if table.attributes else (),
        tuple(_problems(table, settings, sources, kept, renamed, source, place)),
    )


def _names_a_person(table: CustomerTable, settings: TableSettings, name: str) -> bool:
    return "customer_id" in table.headings and settings.attributes is None and is_personal(name)


def _literal(text: str, own: tuple[str, ...]) -> str | None:
    """The column of exactly this name, whatever signs it has; else the one that differs in case and spaces alone."""
    if text in own:
        return text
    return next((name for name in own if heading(name) == heading(text)), None) if text else None


def _problems(
    table: CustomerTable,
    settings: TableSettings,
    sources: Mapping[str, str],
    kept: Mapping[str, str],
    renamed: Mapping[str, str],
    source: ir.Table,
    place: Location,
) -> Iterator[Problem]:
    for column in columns_of(table):
        wrong = _wrong_column(table, column, sources, source)
        if wrong:
            yield replace(wrong, where=replace(place, column=column.name))
    if table.attributes:
        yield from _absent_attributes(kept, tuple(source.columns), place)
        return
    for name in renamed:
        told = _("The table {table} has no column {column}.").format(table=table.name, column=name)
        yield Problem(told, ", ".join(table.headings), suggestion(name, table.headings), replace(place, column=name))


def _absent_attributes(kept: Mapping[str, str], own: tuple[str, ...], place: Location) -> Iterator[Problem]:
    for name, text in kept.items():
        if _literal(text, own) is None:
            told = _("The source has no column {column}.").format(column=quoted(text))
            yield Problem(told, _one_of(own), suggestion(text, own), replace(place, column=name))


def _one_of(own: tuple[str, ...]) -> str:
    return _("one of {columns}").format(columns=", ".join(own))


def _wrong_column(
    table: CustomerTable, column: CustomerColumn, sources: Mapping[str, str], source: ir.Table
) -> Problem | None:
    if column.name in sources:
        return _wrong_source(column, sources[column.name], source)
    if not column.required:
        return None
    own = tuple(source.columns)
    remedy = _("Name the firm's column for it in program.yaml, under warehouse, tables, {table}, columns.")
    told = " ".join(filter(None, (suggestion(column.name, own), remedy.format(table=table.name))))
    return Problem(_("The column {column} is missing.").format(column=column.name), _one_of(own), told)


def _wrong_source(column: CustomerColumn, text: str, source: ir.Table) -> Problem | None:
    own = tuple(source.columns)
    if text in own:
        kind = source[text].type()
        if _fits(column, kind):
            return None
        found = _("The column {column} of the source holds {kind}.").format(column=quoted(text), kind=str(kind))
        return Problem(found, _(_EXPECTED[column.kind]), _("Name another column, or convert it in the source."))
    if column.kind is Kind.NUMBER:
        return derivations.problem_of(text, own)
    told = _("The source has no column {column}.").format(column=quoted(text))
    return Problem(told, _one_of(own), suggestion(text, own))


def _fits(column: CustomerColumn, kind: Any) -> bool:
    if kind.is_string() or kind.is_null():
        return True
    if column.kind is Kind.NUMBER:
        return bool(kind.is_numeric())
    if column.kind is Kind.DATE:
        return bool(kind.is_date() or kind.is_timestamp())
    if column.kind is Kind.LIST:
        return bool(kind.is_array())
    return bool(kind.is_numeric() or kind.is_uuid())


_EXPECTED = {
    Kind.NUMBER: N_("numbers"),
    Kind.DATE: N_("dates"),
    Kind.LIST: N_("a list of ids"),
    Kind.TEXT: N_("texts or whole numbers"),
}


def prepared(table: CustomerTable, settings: TableSettings, source: ir.Table, found: ColumnMap) -> ir.Table:
    """The declared columns, then the attributes, then a mark for each column with what could not be read.

    Parameters
    ----------
    table : CustomerTable
        What is declared.
    settings : TableSettings
        How texts are to be read.
    source : ibis Table
        The firm's own rows.
    found : ColumnMap
        A map without problems.

    Returns
    -------
    ibis Table
        The declared columns with their types; the attributes as they are; ``_unreadable_…`` booleans, and
        ``_currency`` when the source has one.
    """
    values, marks = {}, {}
    for column in columns_of(table):
        text = found.sources.get(column.name)
        values[column.name] = _value(column, text, settings, source)
        if text is not None:
            marks[UNREADABLE + column.name] = _something(text, source) & values[column.name].isnull()
    values |= {name: source[own] for name, own in found.attributes.items()}
    if found.currency:
        marks[CURRENCY] = _text(source[found.currency])
    return source.select(**values, **marks)


def _value(column: CustomerColumn, text: str | None, settings: TableSettings, source: ir.Table) -> Any:
    if text is None:
        return ibis.null(_type(column))
    if text in source.columns:
        return _typed(column, source[text], settings)
    values = {name: _number(source[own], settings) for name, own in _used(text, source).items()}
    return _number(derivations.compiled(text, values), settings)


def _used(formula: str, source: ir.Table) -> dict[str, str]:
    """The columns that a formula uses, by the names that it calls them."""
    own = {derivations.plain_name(name): name for name in reversed(source.columns)}
    return {name: own[name] for name in formula_text.names(formula)}


def _something(text: str, source: ir.Table) -> Any:
    """Whether the source has anything to read where a value comes from."""
    own = [text] if text in source.columns else sorted(_used(text, source).values())
    return reduce(lambda left, right: left | right, [_is_there(source[name]) for name in own], ibis.literal(False))


def _is_there(raw: Any) -> Any:
    return raw.strip().nullif("").notnull() if raw.type().is_string() else raw.notnull()


def _typed(column: CustomerColumn, raw: Any, settings: TableSettings) -> Any:
    if column.kind is Kind.NUMBER:
        return _number(raw, settings)
    if column.kind is Kind.LIST:
        return _list(raw)
    if column.kind is Kind.DATE:
        moment = day_of(raw, settings.dates) if raw.type().is_string() else raw.cast("timestamp")
        return moment if column.moment else moment.cast("date")
    return _text(raw)


def _type(column: CustomerColumn) -> str:
    if column.kind is Kind.DATE:
        return "timestamp" if column.moment else "date"
    return {Kind.NUMBER: "float64", Kind.LIST: "array<string>"}.get(column.kind, "string")


def _number(raw: Any, settings: TableSettings) -> Any:
    if raw.type().is_string():
        return number_of(raw, settings.decimal)
    figure = raw.cast("float64")
    return ibis.ifelse(figure.isnan() | figure.isinf(), ibis.null("float64"), figure)


def _text(raw: Any) -> Any:
    kind = raw.type()
    if kind.is_floating() or kind.is_decimal():
        whole = raw == raw.floor()
        raw = ibis.ifelse(whole & (raw.abs() < derivations.WHOLE_TO), raw, ibis.null(kind)).cast("int64")
    return raw.cast("string").strip().nullif("")


def _list(raw: Any) -> Any:
    if raw.type().is_array():
        return raw.cast("array<string>")
    marked = raw.strip().re_replace(r"\s*[;|]\s*", ";").re_replace(r"^;|;$", "")
    return marked.nullif("").split(";")
