"""What can go wrong, told so that a person can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.language import gettext as _


@dataclass(frozen=True)
class Location:
    """Where in a program's files something stands; rows are numbered as a spreadsheet numbers them."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        sheet = _("sheet {name}").format(name=self.sheet) if self.sheet else ""
        row = _("row {number}").format(number=self.row) if self.row is not None else ""
        column = _("column {name}").format(name=self.column) if self.column else ""
        return ", ".join(part for part in (self.file, sheet, row, column) if part)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what was found, what was expected, and what to do."""

    found: str
    expected: str = ""
    remedy: str = ""
    where: Location = Location()

    def __str__(self) -> str:
        told = self.found
        if self.expected:
            told += " " + _("Expected: {what}.").format(what=self.expected.rstrip("."))
        if self.remedy:
            told += " " + self.remedy
        where = str(self.where)
        return f"{where}: {told}" if where else told

    def to_dict(self) -> dict[str, str | int | None]:
        """The problem as plain values, for ``--json`` and tables."""
        place = self.where
        return {
            "file": place.file,
            "sheet": place.sheet,
            "row": place.row,
            "column": place.column,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Problem:
        """The problem that `to_dict` gave as plain values.

        Examples
        --------
        >>> problem = Problem("No weight.", where=Location("criteria.csv", row=3))
        >>> Problem.from_dict(problem.to_dict()) == problem
        True
        """
        place = Location(told["file"], told["sheet"], told["row"], told["column"])
        return cls(told["found"], told["expected"], told["remedy"], place)


class WorkbenchError(Exception):
    """The root of every error that the workbench raises on purpose.

    Parameters
    ----------
    problems : str or Problem or iterable of Problem
        All that is wrong, at once.
    """

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(WorkbenchError):
    """The program's tables, or figures handed to a method, are wrong."""


class SettingsError(WorkbenchError):
    """``program.yaml``, or a parameter of a report, is wrong."""


class ReportError(WorkbenchError):
    """A report could not be made."""


class NoSolutionError(WorkbenchError):
    """What was asked for does not exist, for example a rate of return that no discount rate gives."""


class AccessError(WorkbenchError):
    """An invitation does not hold. It never says why: whoever tries one learns nothing from it."""
