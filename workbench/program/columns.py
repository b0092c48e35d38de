"""What a table, a column, a kind of cell and a rule over a row are; `tables` declares those that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Row = Mapping[str, Any]
Lookup = Callable[[str, str], Row | None]
"""Gives the row of a table that has this id, or None."""


class Kind(Enum):
    """What a cell holds, and so what it becomes in a frame."""

    TEXT = "text"  # str, "" where empty
    NAME = "name"  # str that a formula can use as a variable
    INTEGER = "integer"  # Int64
    NUMBER = "number"  # float64
    BOOLEAN = "boolean"  # bool
    DATE = "date"  # datetime64
    LIST = "list"  # tuple of str; written with ; between the items
    FORMULA = "formula"  # str, arithmetic over assumption ids
    PROFILE = "profile"  # str, how an amount spreads over the months


@dataclass(frozen=True)
class Column:
    """One column: what it holds and what is allowed in it.

    Attributes
    ----------
    name : str
        Heading in the file and column in the frame.
    help : str
        What it means, for the data dictionary and the notes of a template.
    kind : Kind
        Type of the cells.
    required : bool
        Whether the column must be there and no cell of it may be empty.
    default : object
        What an empty cell means.
    choices : tuple of str
        The only values allowed.
    minimum, maximum : float
        Bounds, included.
    unit : str
        Unit of a number.
    refers_to : str
        Table whose key each value must be one of.
    items : Kind
        What each item of a list is: a text, or a number that is kept as plain text with a point.
    """

    name: str
    help: str
    kind: Kind = Kind.TEXT
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    refers_to: str = ""
    items: Kind = Kind.TEXT


@dataclass(frozen=True)
class Rule:
    """A rule over a whole row: what breaks it, and what to say of it.

    Attributes
    ----------
    column : str
        The column that the message points at.
    broken : callable
        Takes the row and a lookup into other tables; true when the rule is broken. Sees None where a cell is empty or
        could not be read.
    expected, remedy : str
        Message templates; ``{column}`` stands for the row's value.
    """

    column: str
    broken: Callable[[Row, Lookup], bool]
    expected: str
    remedy: str


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns and the rules over its rows."""

    name: str
    help: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)
