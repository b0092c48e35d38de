"""The engines behind the customer tables: DuckDB in the process or a file of it, PostgreSQL, Spark."""

from __future__ import annotations

import re
import socket
import tempfile
import warnings
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal

import ibis
from ibis.common.exceptions import TableNotFound

from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.program import addresses
from workbench.program.warehouse_errors import Told, missing_extra
from workbench.program.warehouse_files import TableFiles, broken_line, open_quotation
from workbench.program.warehouse_settings import DUCKDB, LOCAL_SPARK

SPARK = "spark://"
SECONDS_TO_ANSWER = 10
LOCAL_PARTITIONS = 4
_numbers = count(1)
_POSTGRESQL = re.compile(r"postgres(ql)?(\+psycopg)?://", re.IGNORECASE)

Kind = Literal["files", "duckdb", "postgres", "spark"]


@dataclass(frozen=True)
class Engine:
    """An engine that is ready.

    Attributes
    ----------
    backend : ibis backend
        Takes the expressions.
    kind : str
        ``files`` (DuckDB over files), ``duckdb``, ``postgres`` or ``spark``.
    shown : str
        Where the data is, without a password.
    folder : Path
        Where its files are looked for.
    """

    backend: Any
    kind: Kind
    shown: str
    folder: Path
    _room: object = field(default=None, repr=False)

    def table(self, name: str) -> Any:
        """A table of the engine by its name, with its schema before a point."""
        schema, _dot, bare = name.rpartition(".")
        return self.backend.table(bare, database=schema or None)

    def has(self, name: str) -> bool:
        """Whether the engine has a table of this name."""
        # Ibis cannot list the tables of the newest DuckDB; it can ask for one.
        try:
            self.table(name)
        except TableNotFound:
            return False
        return True

    def read(self, name: str, files: TableFiles) -> Any:
        """The rows of files, as they are written: every cell of a CSV file is a text."""
        first, own = str(files.paths[0]), own_name(name)
        with Told(first, partial(broken_line, files) if files.kind == "csv" else lambda: None):
            if files.kind == "parquet":
                return self.backend.read_parquet([str(path) for path in files.paths], table_name=own)
            return self._spark_csv(own, files) if self.kind == "spark" else self._csv(own, files)

    def _csv(self, name: str, files: TableFiles) -> Any:
        return self.backend.read_csv(
            [str(path) for path in files.paths],
            table_name=name,
            columns=dict.fromkeys(files.headings, "VARCHAR"),
            auto_detect=False,
            header=True,
            delim=files.delimiter,
            quote='"',
            escape='"',
            encoding=files.encoding,
        )

    def _spark_csv(self, name: str, files: TableFiles) -> Any:
        from pyspark.sql.types import StringType, StructField, StructType

        told = open_quotation(files)
        if told:
            raise DataError(told)
        # A broken line stops the reading; Spark would else fill it up, or cut it off.
        frame = self.backend._session.read.csv(
            [str(path) for path in files.paths],
            schema=StructType([StructField(heading, StringType()) for heading in files.headings]),
            header=True,
            sep=files.delimiter,
            quote='"',
            escape='"',
            encoding=files.encoding,
            mode="FAILFAST",
            multiLine=True,
        )
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)


def own_name(name: str) -> str:
    """A name that no other warehouse of this process uses: several can share one session of Spark.

    Examples
    --------
    >>> own_name("customers") == own_name("customers")
    False
    """
    return f"crm_{next(_numbers)}_{name}"


def connect(address: str, base: Path, folder: str) -> Engine:
    """The engine at an address.

    Parameters
    ----------
    address : str
        A folder, ``duckdb:///file``, ``postgresql://…``, ``spark://…`` or ``local[2]``.
    base : Path
        What a folder or a file in it is relative to.
    folder : str
        Where Spark finds its files.

    Raises
    ------
    DataError
        When nothing answers there, or it may not be read; the message shows no password.
    SettingsError
        When the address is of no known kind, or the engine's extra is not installed.
    """
    if address.startswith(DUCKDB):
        return _duckdb(base / address.removeprefix(DUCKDB), base)
    if _POSTGRESQL.match(address):
        return _postgresql(address, base)
    if address.startswith(SPARK) or LOCAL_SPARK.fullmatch(address):
        return _spark(address, base / (folder or "."))
    if "://" in address:
        raise SettingsError(_unknown(address))
    return _over_files(base / address)


def _unknown(address: str) -> Problem:
    return Problem(
        _("{address} is no address of customer tables.").format(address=addresses.shown(address)),
        _("a folder, duckdb:///file, postgresql://…, spark://… or local[2]"),
        _("Correct the address under warehouse in program.yaml."),
    )


def _absent(path: Path, what: str) -> DataError:
    remedy = _("Check the address under warehouse in program.yaml; it is relative to that file.")
    return DataError(Problem(_("It is not there."), what, remedy, Location(str(path))))


def _over_files(folder: Path) -> Engine:
    if not folder.is_dir():
        raise _absent(folder, _("a folder of Parquet or CSV files"))
    # Without a place of its own, DuckDB would put what does not fit in memory into the working folder.
    room = tempfile.TemporaryDirectory(prefix="crm-workbench-", ignore_cleanup_errors=True)
    with Told(str(folder)):
        backend = ibis.duckdb.connect(temp_directory=room.name)
        _settle(backend)
    return Engine(backend, "files", str(folder), folder, room)


def _settle(backend: Any) -> None:
    # No network: an extension that is not there is an error, and nothing to fetch.
    for setting in ("autoinstall_known_extensions = false", "TimeZone = 'UTC'"):
        backend.raw_sql(f"SET {setting}")


def _duckdb(file: Path, base: Path) -> Engine:
    if not file.is_file():
        raise _absent(file, _("a DuckDB file"))
    with Told(str(file)):
        backend = ibis.duckdb.connect(str(file), read_only=True)
        _settle(backend)
    return Engine(backend, "duckdb", str(file), base)


def _postgresql(address: str, base: Path) -> Engine:
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    try:
        url = sa.make_url(addresses.normalised(address))
    except (ArgumentError, ValueError):
        raise SettingsError(_unknown(address)) from None
    shown = addresses.shown(address)
    more: dict[str, Any] = {"connect_timeout": SECONDS_TO_ANSWER, "application_name": "crm-workbench"} | dict(url.query)
    more["options"] = f"{more.get('options', '')} -c timezone=UTC".strip()
    with Told(shown):
        backend = ibis.postgres.connect(
            host=more.pop("host", url.host),
            port=url.port or 5432,
            user=url.username,
            password=url.password,
            database=url.database,
            **more,
        )
    return Engine(backend, "postgres", shown, base)


def _spark(address: str, folder: Path) -> Engine:
    if address.startswith(SPARK):
        _ask(address)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise missing_extra("Spark", "spark") from None
    builder = SparkSession.builder.master(address).appName("crm-workbench").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC")
    # Spark would else take a broken line for whole when the columns that are asked for are there.
    builder = builder.config("spark.sql.csv.parser.columnPruning.enabled", "false")
    if not address.startswith(SPARK):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        builder = builder.config("spark.sql.shuffle.partitions", LOCAL_PARTITIONS)
    # It has not been told yet of the pandas that it works with here, and would say so at every table.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    with Told(address):
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return Engine(ibis.pyspark.connect(session), "spark", address, folder)


def _ask(address: str) -> None:
    """Whether anything listens there; Spark itself would ask for minutes."""
    host, _colon, port = address.removeprefix(SPARK).split(",")[0].rpartition(":")
    try:
        socket.create_connection((host, int(port)), SECONDS_TO_ANSWER).close()
    except (OSError, ValueError):
        remedy = _("Check the address, and that the server is running.")
        raise DataError(
            Problem(_("Nothing answers at this address."), remedy=remedy, where=Location(address))
        ) from None
