"""A program kept in a database: SQLite in a file, or PostgreSQL on a server."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import addresses, schema
from workbench.program.database_errors import is_missing_table, told, told_of_address
from workbench.program.files import Sheet
from workbench.program.reading import Records, read_records
from workbench.program.settings import ReadSettings, Settings, read_values
from workbench.program.tables import TABLES
from workbench.program.values import Culture

is_address = addresses.is_address

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
CULTURE = Culture("en")
FIRST_ROW = 2  # As in a spreadsheet, where the headings are row 1.


class Kept(Protocol):
    """What a database can keep: a program, wherever it was read from."""

    @property
    def settings(self) -> Settings:
        """What holds for the whole of it."""

    @property
    def baselines(self) -> Mapping[str, str]:
        """What was frozen at its gates."""

    def records(self, name: str) -> Records:
        """The typed rows of a table."""


def engine(address: str) -> sa.Engine:
    """An engine on a database; nothing is opened yet.

    SQLite is opened in WAL mode with foreign keys, waits 30 seconds for a lock, and never makes a file by itself.

    Raises
    ------
    DataError
        When the address cannot be used or the file is not there.
    """
    file = addresses.file_of(address)
    if file is None:
        with told_of_address(address):
            return _postgresql(address)
    if not file.is_file():
        raise DataError(_no_file(file))
    return _sqlite(file.absolute())


def _no_file(file: Path) -> Problem:
    return Problem(
        _("There is no database at {path}.").format(path=file),
        _("an SQLite database that crm-workbench made"),
        _("Check the path; “crm-workbench import” makes a database of a folder or a workbook."),
    )


def _postgresql(address: str) -> sa.Engine:
    url = sa.make_url(addresses.normalised(address))
    if url.drivername + "://" != addresses.POSTGRESQL:
        raise NoSuchModuleError(url.drivername)
    options = {
        "connect_timeout": str(CONNECT_SECONDS),
        "options": f"-c lock_timeout={round(1000 * BUSY_SECONDS)}",
        "client_encoding": "utf8",
        "application_name": "crm-workbench",
    }
    given = {name: value for name, value in options.items() if name not in url.query}
    return sa.create_engine(
        url, connect_args=given, hide_parameters=True, pool_pre_ping=True, execution_options={"address": address}
    )


def _sqlite(file: Path) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{file.as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    made = sa.create_engine(
        "sqlite://",
        creator=connect,
        poolclass=sa.QueuePool,
        hide_parameters=True,
        execution_options={"address": str(file)},
    )
    event.listen(made, "begin", _begin)
    return made


def _begin(connection: sa.Connection) -> None:
    # A reader that turned writer could not wait for another: what will write says so from the start.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(source: sa.Engine, address: str) -> Iterator[sa.Connection]:
    """A connection that sees the database as it stands at one moment."""
    snapshot = source
    if source.dialect.name == "postgresql":
        snapshot = source.execution_options(isolation_level="REPEATABLE READ")
    with told(address), snapshot.connect() as connection:
        _check_version(connection, address)
        yield connection


@contextmanager
def writing(source: sa.Engine, address: str) -> Iterator[sa.Connection]:
    """A connection whose changes are all kept at the end of the block, or none."""
    with told(address), _transaction(source) as connection:
        _check_version(connection, address)
        yield connection


def _transaction(source: sa.Engine) -> AbstractContextManager[sa.Connection]:
    return source.execution_options(writes=True).begin()


def alone(connection: sa.Connection) -> None:
    """Wait until no other transaction that asked for this goes on; SQLite has one writer at a time anyway."""
    connection.execute(sa.select(schema.SCHEMA_VERSION).with_for_update())


@contextmanager
def opened(address: str) -> Iterator[sa.Engine]:
    """An engine that lets go of the database at the end of the block."""
    source = engine(address)
    try:
        yield source
    finally:
        source.dispose()


def _check_version(connection: sa.Connection, address: str) -> None:
    try:
        version = connection.scalar(sa.select(schema.SCHEMA_VERSION.c.version))
    except DBAPIError as error:
        if is_missing_table(error):
            raise DataError(_no_program(address)) from None
        raise
    if version != schema.VERSION:
        raise DataError(_other_version(version or 0, address))


def _no_program(address: str) -> Problem:
    return Problem(
        _("The database holds no program."),
        _("a database that crm-workbench made"),
        _("Check the address; “crm-workbench import” makes a database of a folder or a workbook."),
        Location(addresses.name_of(address)),
    )


def _other_version(version: int, address: str) -> Problem:
    newer = _("The database was made by a newer crm-workbench: its schema is version {version}.")
    older = _("The database was made by an older crm-workbench: its schema is version {version}.")
    return Problem(
        (newer if version > schema.VERSION else older).format(version=version),
        _("version {version}").format(version=schema.VERSION),
        _("Update crm-workbench; the database was not touched.")
        if version > schema.VERSION
        else _("Export the program with the crm-workbench that made it, and import the folder into a new database."),
        Location(addresses.name_of(address)),
    )


def create(address: str) -> None:
    """Make the tables of a program without rows.

    Raises
    ------
    DataError
        When the database holds something already.
    """
    with _new(address) as connection:
        _make_tables(connection)


def write(program: Kept, address: str) -> None:
    """Keep a whole program in a new or an empty database, in one transaction.

    Raises
    ------
    DataError
        When the database holds something already, or cannot hold it.
    """
    with _new(address) as connection:
        _make_tables(connection)
        connection.execute(sa.insert(schema.SETTINGS), _setting_rows(program.settings))
        for name in TABLES:
            append(connection, name, program.records(name).rows)
        kept = [{"gate_id": gate, "content": text} for gate, text in program.baselines.items()]
        if kept:
            connection.execute(sa.insert(schema.BASELINES), kept)


def _setting_rows(settings: Settings) -> list[dict[str, str]]:
    values = settings.to_values().items()
    return [{"setting": name, "value": json.dumps(value, ensure_ascii=False, default=str)} for name, value in values]


def _make_tables(connection: sa.Connection) -> None:
    schema.METADATA.create_all(connection)
    connection.execute(sa.insert(schema.SCHEMA_VERSION), {"version": schema.VERSION})


@contextmanager
def _new(address: str) -> Iterator[sa.Connection]:
    """A connection to a database that holds nothing yet; a file that was made for it goes again when it fails."""
    file = addresses.file_of(address)
    is_new = file is not None and _make_file(file)
    try:
        with opened(address) as source, told(address), _transaction(source) as connection:
            if sa.inspect(connection).get_table_names():
                raise DataError(_taken(address))
            yield connection
    except BaseException:
        if file is not None and is_new:
            for ending in ("", "-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
        raise


def _make_file(file: Path) -> bool:
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise DataError(
            Problem(
                _("The database cannot be made: {reason}.").format(reason=error.strerror),
                remedy=_("Check the path, and that you may write there."),
                where=Location(str(file)),
            )
        ) from error
    return True


def _taken(address: str) -> Problem:
    return Problem(
        _("The database holds something already."),
        _("a new file, or an empty database"),
        _("Name another one."),
        Location(addresses.name_of(address)),
    )


def append(target: sa.Engine | sa.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows after those that are there: all of them, or none.

    Parameters
    ----------
    target : Engine or Connection
        From `engine`, for a transaction of its own; or a connection, for the one that goes on.
    table : str
        Name of a planning table.
    rows : iterable of mapping
        Column → value, typed as records are.

    Raises
    ------
    DataError
        With an engine, when the database refuses; with a connection, its own error goes on to whoever opened that.
    """
    if isinstance(target, sa.Engine):
        with writing(target, target.get_execution_options()["address"]) as connection:
            return append(connection, table, rows)
    made, declared = schema.PLANNING[table], TABLES[table]
    values = [schema.encoded(row, declared) for row in rows]
    if declared.key and values:
        last = target.scalar(sa.select(sa.func.max(made.c[schema.POSITION]))) or 0
        values = [row | {schema.POSITION: last + number} for number, row in enumerate(values, start=1)]
    if values:
        target.execute(sa.insert(made), values)
    return None


def read(address: str) -> tuple[ReadSettings, dict[str, Records], dict[str, str]]:
    """The settings, every table and the baselines of a program, read by the same rules as files are.

    Raises
    ------
    DataError
        When the database cannot be read; what is wrong in its rows is in the records.
    """
    with opened(address) as source, reading(source, address) as connection:
        settings = read_settings(connection, address)
        tables = {name: read_table(connection, name, address) for name in TABLES}
        return settings, tables, _baselines(connection)


def _baselines(connection: sa.Connection) -> dict[str, str]:
    kept = schema.BASELINES
    return {row.gate_id: row.content for row in connection.execute(sa.select(kept).order_by(kept.c.gate_id))}


def read_settings(connection: sa.Connection, address: str) -> ReadSettings:
    """The settings that a database keeps."""
    values: dict[str, Any] = {}
    for name, value in connection.execute(sa.select(schema.SETTINGS.c.setting, schema.SETTINGS.c.value)):
        values[name] = value
        with suppress(ValueError):
            values[name] = json.loads(value)
    return read_values(values, _place(address, schema.SETTINGS.name))


def read_table(
    connection: sa.Connection, name: str, address: str, only: sa.ColumnElement[bool] | None = None
) -> Records:
    """The rows of a planning table in their order, with what is wrong in them.

    Parameters
    ----------
    connection : Connection
        The database.
    name : str
        Name of the table.
    address : str
        Address of the database, for messages.
    only : ColumnElement of bool, optional
        The rows to fetch; all of them by default.
    """
    made, table = schema.PLANNING[name], TABLES[name]
    # Cells as the driver gives them: SQLite keeps whatever a person typed into it.
    cells = [sa.type_coerce(made.c[column.name], sa.types.NullType()) for column in table.columns]
    query = sa.select(*cells).order_by(made.c[schema.POSITION], *(made.c[key] for key in table.key))
    rows = [
        [schema.decoded(value, column) for value, column in zip(row, table.columns, strict=True)]
        for row in connection.execute(query if only is None else query.where(only))
    ]
    numbered = tuple(enumerate(rows, start=FIRST_ROW))
    return read_records(Sheet(_place(address, name), table.headings, 1, numbered), table, CULTURE)


def _place(address: str, table: str) -> Location:
    return Location(_("{database}, table {name}").format(database=addresses.name_of(address), name=table))
