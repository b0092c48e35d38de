"""Databases to keep programs in: an SQLite file, and a real PostgreSQL server in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import psycopg
import pytest

from workbench.program import blank, database
from workbench.program.store import Program

SERVER = "postgres"
SECONDS_TO_START = 30
PASSWORD_USER, PASSWORD = "guarded", "open-sesame-7"
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of one's own."""

    port: int

    def address(self, name: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str) -> None:
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"crm_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)


def _programs() -> Path | None:
    """The folder of the server's programs, where Debian or the path has it."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    return debian[-1] if debian else Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server on a free port of the loopback, stopped at the end."""
    programs = _programs()
    if programs is None:
        missing = "PostgreSQL is not installed (on Debian and Ubuntu: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder = Path(tempfile.mkdtemp(prefix="crm-postgresql-"))
    try:
        yield from _served(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(programs: Path, folder: Path) -> Iterator[Server]:
    # The server refuses to run as root.
    as_whom = {"user": SERVER, "group": SERVER, "extra_groups": []} if os.geteuid() == 0 else {}
    if as_whom:
        shutil.chown(folder, SERVER, SERVER)
    data, log = folder / "data", folder / "log"
    own = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}, **as_whom}
    initdb = [programs / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    subprocess.run([*initdb, "--locale=C", "--no-sync"], check=True, stdout=subprocess.DEVNULL, **own)
    rules = (data / "pg_hba.conf").read_text()
    (data / "pg_hba.conf").write_text(f"host all {PASSWORD_USER} 127.0.0.1/32 scram-sha-256\n{rules}")
    server = Server(_free_port())
    options = {"listen_addresses": "127.0.0.1", "port": server.port, "unix_socket_directories": folder, "fsync": "off"}
    flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (
        log.open("wb") as file,
        subprocess.Popen([programs / "postgres", "-D", data, *flags], stdout=file, stderr=file, **own) as process,
    ):
        try:
            _wait_for(server, log)
            server.run(f"CREATE ROLE {PASSWORD_USER} LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # At once: nothing of it is needed again.


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(server: Server, log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            return server.run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail(f"PostgreSQL did not start: {log.read_text()}")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that holds nothing, of either kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "crm.db")
        return
    server = request.getfixturevalue("postgresql")
    address = server.new_database()
    yield address
    server.run(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture(scope="session")
def sample() -> Program:
    return Program.open(blank.sample("en"))


@pytest.fixture
def address(empty: str, sample: Program) -> str:
    """The address of a database that holds the sample program, of either kind."""
    database.write(sample, empty)
    return empty


@pytest.fixture(params=["duckdb", "postgresql", "spark"])
def backend(request: pytest.FixtureRequest) -> Any:
    """Each engine of the customer tables, as Ibis has it."""
    if request.param == "duckdb":
        return ibis.duckdb.connect()
    fixture = request.getfixturevalue(request.param)
    if request.param == "postgresql":
        return ibis.connect(fixture.new_database())
    from workbench.program.warehouse_engines import connect

    return connect(fixture, Path(), "").backend
