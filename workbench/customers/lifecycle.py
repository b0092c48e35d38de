"""The stages of the relationship: who is where, who moved, and where customers are lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.customers.lifecycle_conditions import check_rules, stage_of, unknown_facts
from workbench.customers.lifecycle_facts import KEY, facts
from workbench.customers.lifecycle_rules import LOST, NAMES, STAGES, USUAL_RULES, StageRule, read_rules
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result

NOT_YET = "not_yet"
PLACES = {stage: place for place, stage in enumerate(STAGES)}


@dataclass(frozen=True, eq=False)
class Lifecycle(Result):
    """Customers by the stage that their deeds show.

    Attributes
    ----------
    stages : DataFrame
        stage, name, customers, share; the eight stages in their order, and lost.
    moves : DataFrame
        before, after (stages; before is ``not_yet`` for who came in between), customers, share (of those of `before`);
        empty without an earlier day.
    losses : DataFrame
        stage (on the earlier day), name, customers, lost, share, low, high (Wilson); the largest loss first. Empty
        without an earlier day.
    forward, back, stayed : int
        Who moved to a later or an earlier stage, or not at all, of those who were not lost on either day.
    as_of : date
    earlier : date or None
    missing_facts : tuple of str
        What the usual rules ask for and no table says; comparisons with it never hold.
    """

    stages: pd.DataFrame
    moves: pd.DataFrame
    losses: pd.DataFrame
    forward: int
    back: int
    stayed: int
    as_of: date
    earlier: date | None
    missing_facts: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Who is where."""
        return self.stages.copy()

    def matrix(self) -> pd.DataFrame:
        """The moves: a row for each stage before, a column for each after, customers in the cells."""
        table = self.moves.pivot_table(index="before", columns="after", values="customers", aggfunc="sum", fill_value=0)
        before = [stage for stage in (*STAGES, NOT_YET) if stage in table.index]
        after = [stage for stage in STAGES if stage in table.columns]
        named = table.loc[before, after].rename(index=stage_name, columns=stage_name).astype(int)
        return named.rename_axis(index=_("Before"), columns=_("After"))

    @property
    def conclusion(self) -> str:
        """The stage of most customers, and where they are lost."""
        most = self.stages.sort_values("customers", ascending=False, kind="stable").iloc[0]
        told = _("Of {customers} customers most are in the stage {stage}: {share}.").format(
            customers=language.exact(self.stages["customers"].sum()),
            stage=language.quoted(most["name"]),
            share=language.percent(most["share"]),
        )
        return " ".join(filter(None, (told, self._moved(), self._lost())))

    def _moved(self) -> str:
        if self.earlier is None:
            return ""
        told = _("Since {earlier} {forward} moved forward and {back} back.")
        return told.format(
            earlier=language.day(self.earlier), forward=language.exact(self.forward), back=language.exact(self.back)
        )

    def _lost(self) -> str:
        if self.earlier is None:
            return ""
        if self.losses.empty or not self.losses["lost"].sum():
            return _("Nobody was lost.")
        first = self.losses.iloc[0]
        total = int(self.losses["lost"].sum())
        told = ngettext(
            "Of those who were there {count} was lost, most from {stage}: {most}, which is {share} of that stage.",
            "Of those who were there {count} were lost, most from {stage}: {most}, which is {share} of that stage.",
            total,
        ).format(
            count=language.exact(total),
            stage=language.quoted(first["name"]),
            most=language.exact(first["lost"]),
            share=language.percent(first["share"]),
        )
        return f"{told} {self._fastest(first['stage'])}".strip()

    def _fastest(self, largest: str) -> str:
        """The stage that loses the largest share, where it is another one and surely so."""
        fastest = self.losses.sort_values("share", ascending=False, kind="stable").iloc[0]
        if fastest["stage"] == largest or fastest["low"] <= self.losses["high"].iloc[0]:
            return ""
        told = _("The stage {stage} lost the largest share, {share}.")
        return told.format(stage=language.quoted(fastest["name"]), share=language.percent(fastest["share"]))


def stage_name(stage: str) -> str:
    """What a stage is called in the language in use."""
    return _("Not yet a customer") if stage == NOT_YET else _(NAMES[stage])


def staged(tables: Mapping[str, ir.Table], as_of: date, rules: Sequence[StageRule]) -> ir.Table:
    """Each customer's stage on a day, as an expression: what `lifecycle_facts.facts` gives, and stage."""
    known = facts(tables, as_of)
    return known.mutate(stage=stage_of(known, rules))


def stage_moves(tables: Mapping[str, ir.Table], earlier: date, later: date, rules: Sequence[StageRule]) -> ir.Table:
    """Customers counted by their stage on two days, as an expression: before, after, customers."""
    now, then = (staged(tables, day, rules).select(KEY, "stage") for day in (later, earlier))
    then = then.select(_customer=then[KEY], before=then.stage)
    both = now.left_join(then, now[KEY] == then._customer)
    each = both.select(before=both.before.fill_null(NOT_YET), after=both.stage)
    return each.group_by("before", "after").aggregate(customers=lambda group: group.count())


def lifecycle(
    tables: Mapping[str, ir.Table],
    as_of: date,
    *,
    earlier: date | None = None,
    rules: Sequence[Mapping[str, Any]] | None = None,
) -> Lifecycle:
    """Who is in which stage, who moved since an earlier day, and where customers were lost.

    Parameters
    ----------
    tables : mapping of str to ibis Table
        ``customers``, and as many as there are of transactions, products, contacts, responses, tickets and usage.
    as_of : date
        What comes later is not known yet.
    earlier : date, optional
        A day to compare with.
    rules : sequence of mappings, optional
        The section ``lifecycle`` of program.yaml; without it `lifecycle_rules.USUAL_RULES`.

    Raises
    ------
    SettingsError
        With everything that is wrong in the rules.
    DataError
        When there are no customers, or the days are in the wrong order.
    """
    read = read_rules(USUAL_RULES if rules is None else rules)
    known = facts(tables, as_of)
    missing = unknown_facts(known, read)
    if rules is not None:
        check_rules(known, read)
    if earlier is not None and earlier >= as_of:
        found = _("{later} is not after {earlier}.")
        told = found.format(later=language.day(as_of), earlier=language.day(earlier))
        raise DataError(Problem(told, _("an earlier day, and a later one")))
    if earlier is None:
        counts = staged(tables, as_of, read).group_by(after="stage").aggregate(customers=lambda group: group.count())
        moves = counts.to_pandas().assign(before=NOT_YET)
    else:
        moves = stage_moves(tables, earlier, as_of, read).to_pandas()
    return _result(moves.astype({"customers": int}), as_of, earlier, missing)


def _result(counts: pd.DataFrame, as_of: date, earlier: date | None, missing: tuple[str, ...]) -> Lifecycle:
    if counts.empty:
        found = _("No customer is known by {day}.").format(day=language.day(as_of))
        raise DataError(Problem(found, _("one customer at least"), _("Look at the date of the data.")))
    moves = counts.iloc[0:0] if earlier is None else counts
    moves = _with_shares(moves)
    there = moves[(moves["before"] != NOT_YET) & (moves["before"] != LOST) & (moves["after"] != LOST)]
    steps = there["after"].map(PLACES).astype("int64") - there["before"].map(PLACES).astype("int64")
    forward, back, stayed = (int(there.loc[part, "customers"].sum()) for part in (steps > 0, steps < 0, steps == 0))
    return Lifecycle(_stages(counts), moves, _losses(moves), forward, back, stayed, as_of, earlier, missing)


def _stages(counts: pd.DataFrame) -> pd.DataFrame:
    customers = counts.groupby("after")["customers"].sum().reindex(list(STAGES), fill_value=0)
    table = customers.rename_axis("stage").reset_index()
    table.insert(1, "name", [stage_name(stage) for stage in table["stage"]])
    return table.assign(share=table["customers"] / table["customers"].sum())


def _with_shares(counts: pd.DataFrame) -> pd.DataFrame:
    places = {**PLACES, NOT_YET: -1}
    ordered = counts.sort_values(["before", "after"], key=lambda stages: stages.map(places), ignore_index=True)
    whole = ordered.groupby("before")["customers"].transform("sum")
    return ordered[["before", "after", "customers"]].assign(share=ordered["customers"] / whole)


def _losses(moves: pd.DataFrame) -> pd.DataFrame:
    known = moves[~moves["before"].isin([NOT_YET, LOST])]
    lost = known["customers"].where(known["after"] == LOST, 0)
    table = known.assign(lost=lost).groupby("before")[["customers", "lost"]].sum()
    low, high = wilson(table["lost"], table["customers"], CONFIDENCE)
    table = (
        table.assign(share=table["lost"] / table["customers"], low=low, high=high).rename_axis("stage").reset_index()
    )
    table.insert(1, "name", [stage_name(stage) for stage in table["stage"]])
    return table.sort_values("lost", ascending=False, kind="stable", ignore_index=True)
