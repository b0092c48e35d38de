"""What reviewers decided about pairs of records, read back and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench import language
from workbench.customers.matching_clusters import contradictions
from workbench.customers.matching_pairs import PAIR
from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _

SAME, DIFFERENT = "same", "different"
COLUMNS = (*PAIR, "decision")


@dataclass(frozen=True)
class Decisions:
    """Pairs of records by their numbers from 0.

    Attributes
    ----------
    must, never : tuple of (int, int)
        Known to be one customer, and known not to be.
    """

    must: tuple[tuple[int, int], ...] = ()
    never: tuple[tuple[int, int], ...] = ()

    def told(self, pairs: pd.DataFrame) -> list[str]:
        """What was decided of each pair (first and second); empty where nothing was."""
        said = dict.fromkeys(self.must, SAME) | dict.fromkeys(self.never, DIFFERENT)
        return [said.get(_ordered(one, other), "") for one, other in zip(pairs["first"], pairs["second"], strict=True)]


def read_decisions(table: pd.DataFrame, numbers: Mapping[tuple[str, str], int]) -> Decisions:
    """The decisions in a table; rows without one are still open.

    Parameters
    ----------
    table : DataFrame
        first_source, first_id, second_source, second_id, decision (``same``, ``different`` or empty): the review table
        with a column filled in.
    numbers : mapping of (source, source_id) to int
        The records.

    Raises
    ------
    DataError
        When columns are missing, a record or a decision is unknown, or decisions contradict one another: all at once.

    Examples
    --------
    >>> rows = pd.DataFrame([["crm", "1", "shop", "7", "same"], ["crm", "2", "shop", "7", ""]], columns=COLUMNS)
    >>> read_decisions(rows, {("crm", "1"): 0, ("crm", "2"): 1, ("shop", "7"): 2})
    Decisions(must=((0, 2),), never=())
    """
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        told = _("The decisions have no column {columns}.")
        raise DataError(Problem(told.format(columns=language.listed(missing)), expected=language.listed(list(COLUMNS))))
    rows = table[list(COLUMNS)].fillna("").astype(str)
    rows["decision"] = rows["decision"].str.strip().str.lower()
    problems: list[Problem] = []
    said: dict[str, list[tuple[int, int]]] = {SAME: [], DIFFERENT: []}
    # A spreadsheet counts its heading as the first row.
    for at, row in enumerate(rows.itertuples(index=False), start=2):
        if row.decision:
            _add(row, at, numbers, said, problems)
    must, never = (tuple(sorted(set(said[key]))) for key in (SAME, DIFFERENT))
    problems += _contradicting(must, never, numbers)
    if problems:
        raise DataError(problems)
    return Decisions(must, never)


def _add(
    row: Any,
    at: int,
    numbers: Mapping[tuple[str, str], int],
    said: dict[str, list[tuple[int, int]]],
    problems: list[Problem],
) -> None:
    source, key, other_source, other_key, decision = row
    unknown = [pair for pair in ((source, key), (other_source, other_key)) if pair not in numbers]
    for name, number in unknown:
        told = _("There is no record {id} in {source}.").format(id=number, source=language.quoted(name))
        problems.append(Problem(told, where=Location(row=at)))
    if decision not in said:
        told = _("{decision} is no decision.").format(decision=language.quoted(decision))
        problems.append(Problem(told, expected=language.either([SAME, DIFFERENT]), where=Location(row=at)))
    elif not unknown:
        said[decision].append(_ordered(numbers[source, key], numbers[other_source, other_key]))


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (int(min(one, other)), int(max(one, other)))


def _contradicting(
    must: tuple[tuple[int, int], ...], never: tuple[tuple[int, int], ...], numbers: Mapping[tuple[str, str], int]
) -> list[Problem]:
    wrong = contradictions(must, never)
    if not wrong:
        return []
    names = {number: " ".join(pair) for pair, number in numbers.items()}
    told = _("{first} and {second} are decided to be different, but other decisions make them the same.")
    remedy = _("Correct one of the decisions.")
    return [Problem(told.format(first=names[one], second=names[other]), remedy=remedy) for one, other in wrong]
