"""A program in a database, opened to work in: its settings, and transactions on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program import database, schema
from workbench.program.reading import Records
from workbench.program.scales import Scale, scale_of
from workbench.program.schema import PLANNING
from workbench.program.settings import Settings
from workbench.program.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

RATERS, CRITERIA = PLANNING["raters"], PLANNING["criteria"]
OF_A_SCALE = ("criterion_id", "scale_min", "scale_max", "scale", "levels")


class Session:
    """A session on one program.

    Attributes
    ----------
    settings : Settings
        What holds for the whole program.
    """

    def __init__(self, address: str, source: sa.Engine, settings: Settings) -> None:
        self._address, self._engine, self.settings = address, source, settings

    @classmethod
    def open(cls, address: str) -> Self:
        """A session on the program in a database.

        Raises
        ------
        DataError
            When the database cannot be read or its settings are wrong.
        """
        source = database.engine(address)
        with database.reading(source, address) as connection:
            found = database.read_settings(connection, address)
        if found.settings is None:
            raise DataError(found.problems)
        return cls(address, source, found.settings)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with database.reading(self._engine, self._address) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with database.writing(self._engine, self._address) as connection:
            yield connection

    def _records(self, name: str, only: sa.ColumnElement[bool] | None = None) -> Records:
        with self._reading() as connection:
            records = database.read_table(connection, name, self._address, only)
        if records.problems:
            raise DataError(records.problems)
        return records

    def requirements(self) -> pd.DataFrame:
        """The requirements as they stand now."""
        return self._records("requirements").frame()

    def criteria(self) -> pd.DataFrame:
        """What requirements are scored by."""
        return self._records("criteria").frame()

    def raters(self) -> pd.DataFrame:
        """Who scores."""
        return self._records("raters").frame()

    def may_score(self, rater_id: str) -> tuple[str, ...]:
        """The criteria that a rater may score by, in their order.

        Raises
        ------
        DataError
            When there is no such rater.
        """
        with self._reading() as connection:
            return tuple(self._scales(connection, rater_id))

    def _scales(self, connection: sa.Connection, rater_id: str) -> dict[str, Scale]:
        """The criteria that a rater may score by, each with its scale."""
        side = connection.scalar(sa.select(RATERS.c.side).where(RATERS.c.rater_id == rater_id))
        if side is None:
            raise DataError(_no_rater(rater_id))
        query = sa.select(*(CRITERIA.c[name] for name in OF_A_SCALE))
        query = query.where(CRITERIA.c.axis.in_(self.settings.axes_scored_by(side)))
        rows = connection.execute(query.order_by(CRITERIA.c.position, CRITERIA.c.criterion_id)).mappings()
        declared = TABLES["criteria"]
        read = [{name: schema.decoded(row[name], declared.column(name)) for name in OF_A_SCALE} for row in rows]
        return {str(row["criterion_id"]): scale_of(row) for row in read}


def _no_rater(rater_id: str) -> Problem:
    return Problem(
        _("“{id}” is no rater.").format(id=rater_id),
        _("an id of the table raters"),
        _("Add the rater to the table raters, or use the link of another."),
    )
