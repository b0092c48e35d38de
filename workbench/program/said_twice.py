"""What the ready lines of a new program say in two places, and no longer agrees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from workbench import language
from workbench.errors import Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.program.formula_text import tree
from workbench.program.reading import Record, Records
from workbench.program.settings import Settings

BUILD, RATE = "build_months", "yearly_discount"
"""Ids of the assumptions that the ready lines bring: the months of the build, and the rate of the settings."""
SPREAD_EVENLY = "even"


def notices(tables: Mapping[str, Records], settings: Settings) -> list[Problem]:
    """Figures that were changed in one of the two places where they stand.

    The ready lines share an amount out over ``build_months`` and run for months of their own; where only one of the
    two is changed, a cost is counted twice or in part. They value a customer at ``yearly_discount``, a formula having
    no setting in it.

    Parameters
    ----------
    tables : mapping of str to Records
        The tables of a program, without problems.
    settings : Settings
        Its settings.
    """
    records = tables.get("assumptions")
    if records is None:
        return []
    ids = records.ids()
    told: list[Problem] = []
    if RATE in ids:
        told += _of_rate(records, ids[RATE], settings.discount_rate)
    if BUILD in ids and "costs" in tables:
        told += _of_build(tables["costs"], float(records.rows[ids[BUILD]]["base"]), settings.horizon_months)
    return told


def _of_rate(records: Records, index: int, setting: float) -> Iterator[Problem]:
    base = records.rows[index]["base"]
    if base != setting:
        yield Problem(
            _("{id} is {base}, and the setting {setting} is {rate}.").format(
                id=RATE, base=language.percent(base), setting="discount_rate", rate=language.percent(setting)
            ),
            remedy=_("Where both are to be the same rate, correct one of them."),
            where=records.at(index, "base"),
        )


def _of_build(costs: Records, build: float, horizon: int) -> list[Problem]:
    runs = [(index, _months(row, horizon)) for index, row in enumerate(costs.rows) if _is_shared_out(row)]
    apart = [(index, months) for index, months in runs if months != build]
    if not apart:
        return []
    found = ngettext(
        "{lines} is shared out over {id}, which is {build}, and runs for another number of months.",
        "{lines} are shared out over {id}, which is {build}, and run for another number of months.",
        len(apart),
    )
    lines = language.listed([str(costs.rows[index]["cost_id"]) for index, _run in apart])
    remedy = _("Change the last months of these lines too, so that their whole amount is counted once.")
    told = found.format(lines=lines, id=BUILD, build=language.number(build))
    return [Problem(told, remedy=remedy, where=costs.at(apart[0][0], "last_period"))]


def _months(row: Record, horizon: int) -> int:
    last = horizon if row["last_period"] is None else row["last_period"]
    return int(last) - int(row["first_period"]) + 1


def _is_shared_out(row: Record) -> bool:
    """Whether a line divides by the months of the build, month by month."""
    if row["profile"] != SPREAD_EVENLY:
        return False
    parts = (node for node in ast.walk(tree(row["formula"])) if isinstance(node, ast.BinOp))
    divisors = [part.right for part in parts if isinstance(part.op, ast.Div)]
    return any(isinstance(divisor, ast.Name) and divisor.id == BUILD for divisor in divisors)
