"""The rules over customer tables counted by the engine: one pass for those over rows, one each for the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.program.columns import Kind
from workbench.program.customer_tables import CustomerColumn, CustomerTable
from workbench.program.warehouse_findings import Finding
from workbench.program.warehouse_personal import shown
from workbench.program.warehouse_rules import RowRule, Treatment
from workbench.program.warehouse_sources import Source

EXAMPLES = 5
IDS = ("customer_id", "ticket_id", "product_id", "campaign_id", "distributor_id")


@dataclass(frozen=True)
class Counts:
    """What was counted in a table.

    Attributes
    ----------
    rows : int
        Rows of its source.
    findings : tuple of Finding
        What was found.
    excluded : mapping of str to int
        Reason → rows that are left out for it.
    """

    rows: int
    findings: tuple[Finding, ...]
    excluded: Mapping[str, int]

    @property
    def is_fatal(self) -> bool:
        """Whether the table cannot be used."""
        return any(finding.fatal for finding in self.findings)

    def and_(self, *findings: Finding) -> Counts:
        """With more that was found."""
        return replace(self, findings=(*self.findings, *findings))

    def with_duplicates(self, found: Iterator[Finding]) -> Counts:
        """With the rows that were left out because another one is the same in every column."""
        findings = tuple(found)
        count = sum(finding.count for finding in findings)
        told = tuple(_out_of(finding, self.rows + count) for finding in (*self.findings, *findings))
        return Counts(self.rows + count, told, {**self.excluded, "duplicate": count})

    def with_returns(self, netted: ir.Table) -> Counts:
        """With the lines that are gone because they were returned, and the returns of nothing bought."""
        gone = (netted._left == 0) & (netted.amount >= 0) & ~(netted.quantity < 0).fill_null(False)
        beyond = netted._beyond > 0
        findings = [
            *_found("cancelled", "transactions", "amount", netted, gone, self.rows, "left_out"),
            *_found("return_without_purchase", "transactions", "amount", netted, beyond, self.rows, "noted"),
        ]
        cancelled = sum(finding.count for finding in findings if finding.kind == "cancelled")
        return replace(self.and_(*findings), excluded={**self.excluded, "cancelled": cancelled})


def _out_of(finding: Finding, rows: int) -> Finding:
    return replace(finding, share=finding.count / rows if rows else 0.0)


def counted(table: CustomerTable, rows: ir.Table, rules: Sequence[RowRule]) -> Counts:
    """What breaks the rules over rows: one pass over the table, and one more for the examples of each rule broken."""
    out = [rule for rule in rules if rule.treatment == "left_out"]
    reason = ibis.cases(*((rule.broken, rule.reason) for rule in out), else_="") if out else ibis.literal("")
    asked = {f"r{index}": rows.count(where=rule.broken) for index, rule in enumerate(rules)}
    asked |= {f"x{index}": rows.count(where=reason == rule.reason) for index, rule in enumerate(out)}
    counts = rows.aggregate(n=rows.count(), **asked).to_pandas().iloc[0].astype(int)
    total = int(counts["n"])
    findings = [
        _finding(rule.kind, table.name, rule.column, int(counts[f"r{index}"]), total, rule.treatment)
        for index, rule in enumerate(rules)
    ]
    told = tuple(
        replace(finding, examples=_examples(rows.filter(rule.broken), rule.column))
        for finding, rule in zip(findings, rules, strict=True)
        if finding.count
    )
    excluded = {rule.reason: int(counts[f"x{index}"]) for index, rule in enumerate(out)}
    if total and sum(excluded.values()) == total:
        told = (*told, Finding("nothing_left", table.name, "", total, 1.0, (), "fatal"))
    return Counts(total, told, excluded)


def _finding(kind: str, table: str, column: str, count: int, rows: int, treatment: Treatment) -> Finding:
    return Finding(kind, table, column, count, count / rows if rows else 0.0, (), treatment)


def _found(
    kind: str, table: str, column: str, rows: ir.Table, broken: Any, total: int, treatment: Treatment
) -> Iterator[Finding]:
    count = int(rows.count(where=broken).to_pandas())
    if count:
        finding = _finding(kind, table, column, count, total, treatment)
        yield replace(finding, examples=_examples(rows.filter(broken), column))


def _examples(rows: ir.Table, column: str) -> tuple[str, ...]:
    """The first ids of some rows: of their customers, or of what else they name."""
    name = next((name for name in IDS if name in rows.columns and name != column), None)
    return () if name is None else first_ids(rows[name])


def first_ids(ids: Any) -> tuple[str, ...]:
    """The first few different ids of a column, in their order."""
    named = ids.name("id").as_table()
    some = named.filter(named.id.notnull()).distinct().order_by("id").limit(EXAMPLES).to_pandas()
    return tuple(map(shown, some["id"]))


def repeated_keys(table: CustomerTable, rows: ir.Table, total: int) -> Iterator[Finding]:
    """The rows whose key another row has too; there can be no telling which one holds."""
    if not table.key:
        return
    groups = rows.group_by(*table.key).aggregate(_rows=lambda group: group.count())
    again = groups.filter(groups._rows > 1)
    count = again._rows.sum().to_pandas()
    if count and count == count:
        yield Finding(
            "duplicate_key",
            table.name,
            table.key[0],
            int(count),
            int(count) / total,
            first_ids(again[table.key[0]]),
            "fatal",
        )


def repeated_rows(source: Source, treatment: Treatment) -> Iterator[Finding]:
    """How many rows are the same as another one in every column of the source; the first of them is not counted."""
    rows = source.all_rows
    groups = rows.group_by(*rows.columns).aggregate(_rows=lambda group: group.count())
    again = groups.filter(groups._rows > 1)
    told = again.aggregate(n=again._rows.sum() - again.count()).to_pandas().iloc[0]["n"]
    count = int(told) if told == told and told is not None else 0
    if count:
        total = int(rows.count().to_pandas())
        finding = _finding("duplicate", source.table.name, "", count, total, treatment)
        yield replace(finding, examples=_examples(source.of(again.drop("_rows")), ""))


def unknown_ids(
    table: CustomerTable, column: CustomerColumn, rows: ir.Table, known: ir.Table, total: int
) -> Iterator[Finding]:
    """The rows that name something which its own table does not have."""
    named = rows.select(id=rows[column.name].unnest() if column.kind is Kind.LIST else rows[column.name])
    there = named.filter(named.id.notnull())
    strangers = there.anti_join(known, there.id == known.known)
    count = int(strangers.count().to_pandas())
    if count:
        treatment: Treatment = "fatal" if table.strict else "noted"
        finding = _finding("unknown_id", table.name, column.name, count, total, treatment)
        yield replace(finding, examples=first_ids(strangers.id))
