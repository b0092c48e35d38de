"""Records of several source systems, brought into one shape in an own DuckDB: what the matching compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench import language
from workbench.customers.matching_cleaning import UNREADABLE, cleaned, given_in
from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.language import ngettext

FIELDS = ("name", "given_name", "family_name", "email", "phone", "street", "postcode", "birth_year")
KEYS = ("source", "source_id")
WIDELY_SHARED = 20
EXAMPLES = 3
RAW = "raw_records"
CLEAN = "records"


@dataclass(frozen=True)
class Source:
    """Records of one system, or of several in one table.

    Attributes
    ----------
    table : ibis Table
        A row per record, on any engine that Ibis reads.
    name : str
        The system; when empty, the table's own column ``source`` says it row by row.
    columns : mapping of str to str
        The table's own name of ``source``, ``source_id`` and the fields in `FIELDS`; what is not there has the same
        name, and a field that the table does not have is missing.
    """

    table: ir.Table
    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """What was brought in.

    Attributes
    ----------
    records : int
        With an id.
    left_out : dict of str to int
        ``without_id``; ``unreadable_…`` (a value that is not what the field holds, taken as missing); ``shared_…`` (a
        value that more than `WIDELY_SHARED` records have, which tells nobody apart, taken as missing).
    fields : tuple of str
        Cleaned columns that hold anything.
    """

    records: int
    left_out: dict[str, int]
    fields: tuple[str, ...]


def load(backend: Any, sources: Sequence[Source]) -> Loaded:
    """Bring the records into an own DuckDB, cleaned, as its table `CLEAN`.

    Parameters
    ----------
    backend : ibis DuckDB backend
        Of this matching alone.
    sources : sequence of Source
        Nothing but the mapped columns leaves their engines.

    Raises
    ------
    DataError
        When columns or ids are missing, or a system has an id twice: all that is wrong at once.
    """
    _check_columns(sources)
    _copy(backend, sources)
    raw = backend.table(RAW)
    without = int(raw.count(where=_without_id(raw)).execute())
    raw = raw.filter(~_without_id(raw))
    _check_ids(raw)
    left_out = {"without_id": without, **_clean(backend, raw)}
    records = backend.table(CLEAN)
    held = _counts(records, [name for name in records.columns if name not in ("unique_id", *KEYS)])
    return Loaded(int(records.count().execute()), left_out, tuple(name for name, count in held.items() if count))


def _check_columns(sources: Sequence[Source]) -> None:
    problems = [] if sources else [Problem(_("There are no records to match."))]
    for source in sources:
        problems += _column_problems(source)
    if problems:
        raise DataError(problems)


def _column_problems(source: Source) -> list[Problem]:
    needed = {"source_id"} if source.name else set(KEYS)
    missing = sorted({*source.columns.values(), *(_own(source, key) for key in needed)} - set(source.table.columns))
    unknown = sorted(set(source.columns) - {*KEYS, *FIELDS})
    problems = [
        Problem(
            _("The records of {source} have no column {column}.").format(
                source=language.quoted(source.name or "source"), column=language.quoted(column)
            ),
            expected=language.listed([language.quoted(name) for name in source.table.columns]),
            where=Location(column=column),
        )
        for column in missing
    ]
    return problems + [
        Problem(
            _("There is no field {field}.").format(field=language.quoted(name)),
            expected=language.either([*KEYS, *FIELDS]),
        )
        for name in unknown
    ]


def _own(source: Source, name: str) -> str:
    return source.columns.get(name, name)


def _copy(backend: Any, sources: Sequence[Source]) -> None:
    names = ("place", *KEYS, *FIELDS)
    backend.create_table(RAW, schema=ibis.schema(dict.fromkeys(names, "string")))
    for place, source in enumerate(sources):
        backend.con.from_arrow(wanted(source, place).to_pyarrow()).insert_into(RAW)


def wanted(source: Source, place: int = 0) -> ir.Table:
    """The mapped columns under the workbench's names, as text; missing fields are null.

    Parameters
    ----------
    source : Source
        The records.
    place : int
        Of the source among the sources; in the column ``place``.
    """
    table = source.table
    wanted: dict[str, Any] = {"place": ibis.literal(f"{place:06d}")}
    wanted["source"] = ibis.literal(source.name) if source.name else table[_own(source, "source")].cast("string")
    for name in ("source_id", *FIELDS):
        own = _own(source, name)
        wanted[name] = table[own].cast("string") if own in table.columns else ibis.null("string")
    return table.select(**wanted)


def _without_id(raw: ir.Table) -> Any:
    return (raw.source.fill_null("").strip() == "") | (raw.source_id.fill_null("").strip() == "")


def _check_ids(raw: ir.Table) -> None:
    twice = raw.group_by(*KEYS).aggregate(n=lambda group: group.count())
    twice = twice.filter(twice.n > 1)
    count = int(twice.count().execute())
    if not count:
        return
    found = twice.order_by(*KEYS).limit(EXAMPLES).execute()
    named = [f"{source} {key}" for source, key in zip(found["source"], found["source_id"], strict=True)]
    told = ngettext(
        "{count} id is there more than once in its system, for example {examples}.",
        "{count} ids are there more than once in their system, for example {examples}.",
        count,
    )
    remedy = _("Give each record of a system an id of its own, or leave the copies out.")
    told = told.format(count=language.exact(count), examples=language.listed(named))
    raise DataError(Problem(told, remedy=remedy, where=Location(column="source_id")))


def _clean(backend: Any, raw: ir.Table) -> dict[str, int]:
    backend.create_table("cleaned_records", cleaned(raw))
    clean = backend.table("cleaned_records")
    before, after = _counts(raw, UNREADABLE.values()), _counts(clean, UNREADABLE)
    lost = {f"unreadable_{name}": before[own] - after[name] for name, own in UNREADABLE.items()}
    for name in ("email", "phone"):
        clean = clean.mutate(**{name: clean[name].isin(_often(clean, name).value).ifelse(None, clean[name])})
    clean = clean.mutate(email_name=clean.email.split("@")[0])
    backend.create_table(CLEAN, clean.order_by("unique_id"))
    kept = _counts(backend.table(CLEAN), ("email", "phone"))
    return lost | {f"shared_{name}": after[name] - kept[name] for name in kept}


def _often(clean: ir.Table, name: str) -> ir.Table:
    counted = clean.filter(clean[name].notnull()).group_by(value=clean[name]).aggregate(n=lambda group: group.count())
    return counted.filter(counted.n > WIDELY_SHARED)


def _counts(table: ir.Table, names: Any) -> dict[str, int]:
    found = table.aggregate(**{name: given_in(table, name) for name in names}).execute()
    return {name: int(found[name].iloc[0]) for name in found}
