"""Formulas that name lines of cost or benefit instead of assumptions, and the circles that they would run in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from workbench.errors import Problem
from workbench.language import gettext as _
from workbench.program import formulas
from workbench.program.formula_text import one_line, quoted
from workbench.program.reading import UNREAD, Records

LINES = {"costs": "cost_id", "benefits": "benefit_id"}
Named = Mapping[str, tuple[str, ...]]
"""Line → the lines that its formula names."""


def naming_lines(tables: Mapping[str, Records]) -> Named:
    """The lines whose formulas name other lines, or themselves.

    A formula that is arithmetic over assumptions names no line, whatever the lines are called.

    Parameters
    ----------
    tables : mapping of str to Records
        The tables of a program.
    """
    assumptions = tuple(tables["assumptions"].ids()) if "assumptions" in tables else ()
    written = dict(_formulas(tables))
    ids = [line for line in written if any(sign.isalpha() for sign in line) and line not in assumptions]
    return {
        line: named
        for line, formula in written.items()
        if formulas.problems(formula, assumptions) and (named := mentioned(formula, ids))
    }


def _formulas(tables: Mapping[str, Records]) -> Iterator[tuple[str, str]]:
    for table, key in LINES.items():
        for row in tables[table].rows if table in tables else ():
            if UNREAD not in (row[key], row["formula"]):
                yield row[key], row["formula"]


def mentioned(formula: str, ids: Collection[str]) -> tuple[str, ...]:
    """The ids that stand in a formula as words of their own, in the order in which they do.

    Examples
    --------
    >>> mentioned("COST-01 + COST-012 * 2", ["COST-01", "COST-012", "COST-2"])
    ('COST-01', 'COST-012')
    """
    longest_first = sorted(ids, key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first))
    found = re.findall(rf"(?<!\w)(?:{words})(?!\w)", one_line(formula)) if words else []
    return tuple(dict.fromkeys(found))


def circle(line: str, named: Named) -> tuple[str, ...]:
    """The shortest way on which a line's formula comes back to it, with the line at both ends; () when there is none.

    Examples
    --------
    >>> circle("A", {"A": ("B", "C"), "B": ("C",), "C": ("A",)}), circle("B", {"A": ("B",), "B": ("C",)})
    (('A', 'C', 'A'), ())
    """
    ways: list[tuple[str, ...]] = [(line,)]
    seen: set[str] = set()
    for way in ways:
        for following in named.get(way[-1], ()):
            if following == line:
                return (*way, line)
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def told(line: str, formula: str, named: Named) -> Problem:
    """What is said of a formula that names lines: the circle as a path where it runs in one, else the lines."""
    expected = _("arithmetic over assumptions: no line is computed from another, so that none can run in a circle")
    way = circle(line, named)
    if way:
        found = _("The formula {formula} runs in a circle: {path}.").format(
            formula=quoted(formula), path=" → ".join(way)
        )
        return Problem(found, expected, _("Write at least one of these amounts with assumptions alone."))
    found = _("The formula {formula} names the line {line}.").format(formula=quoted(formula), line=named[line][0])
    return Problem(found, expected, _("Write the formula of that line in its place."))
