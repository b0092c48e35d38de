"""What a database can refuse, told so that a person can mend it; never a password."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import addresses

HELPER_FILE_BYTES = 2**16

_SQLITE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "broken",
    sqlite3.SQLITE_CANTOPEN: "closed",
    sqlite3.SQLITE_READONLY: "closed",
    sqlite3.SQLITE_PERM: "closed",
    sqlite3.SQLITE_NOTADB: "strange",
    sqlite3.SQLITE_CORRUPT: "strange",
}
_POSTGRESQL = {
    "28P01": "password",
    "28000": "password",
    "3D000": "absent",
    "42501": "closed",
    "53100": "full",
    "55P03": "locked",
    "40P01": "locked",
    "40001": "locked",
}


@contextmanager
def told(address: str) -> Iterator[None]:
    """Turn what the database refuses inside the block into a DataError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        # The driver's error is cut off: its text may hold values, and a traceback would print it.
        raise DataError(problem_of(error, address)) from None


@contextmanager
def told_of_address(address: str) -> Iterator[None]:
    """Turn an address that cannot be used inside the block into a DataError that says what to do."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        raise DataError(_wrong_address(error, address)) from None


def problem_of(error: DBAPIError, address: str) -> Problem:
    """What was refused, and what to do about it."""
    kind = _kind(error.orig)
    if kind in ("closed", "broken") and _is_full(address):
        kind = "full"
    found, expected, remedy = _TEXTS[kind](_reason(error.orig, address))
    return Problem(found, expected, remedy, Location(addresses.name_of(address)))


def is_missing_table(error: DBAPIError) -> bool:
    """Whether a table was asked for that the database does not have."""
    return getattr(error.orig, "sqlstate", "") == "42P01" or "no such table" in str(error.orig)


def _is_full(address: str) -> bool:
    """Whether there is no room beside the file: SQLite calls it an I/O error when its helper files cannot grow."""
    file = addresses.file_of(address)
    return file is not None and file.parent.is_dir() and shutil.disk_usage(file.parent).free < HELPER_FILE_BYTES


def _kind(cause: BaseException | None) -> str:
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        return _SQLITE.get(code & 0xFF, "refused")
    state = getattr(cause, "sqlstate", None)
    if state:
        return "unreachable" if state.startswith(("08", "57P")) else _POSTGRESQL.get(state, "refused")
    return _of_connection(str(cause))


def _of_connection(text: str) -> str:
    """A server that turns a connection away gives no code, only words; so does one that is not there."""
    if "password" in text:
        return "password"
    if "FATAL" in text:
        return "absent" if "does not exist" in text and "database" in text else "refused"
    return "unreachable"


def _reason(cause: BaseException | None, address: str) -> str:
    first = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    password = _password(address)
    return (first.replace(password, "…") if password else first).rstrip(".")


def _password(address: str) -> str:
    try:
        url = sa.make_url(addresses.normalised(address))
    except ArgumentError:
        return ""
    given = url.password or url.query.get("password") or ""
    return given if isinstance(given, str) else given[0]


_Told = tuple[str, str, str]
_TEXTS: dict[str, Callable[[str], _Told]] = {
    "locked": lambda reason: (
        _("The database is in use by another program, which does not let go of it. Nothing was changed."),
        "",
        _("Close what else has it open, then try again."),
    ),
    "full": lambda reason: (
        _("The disk is full. Nothing was changed, and nothing is lost."),
        "",
        _("Make room on the disk of the database, then try again."),
    ),
    "closed": lambda reason: (
        _("The database cannot be opened or written: {reason}.").format(reason=reason),
        _("a database that you may read and write"),
        _("Check the path, and that you may write the file and its folder."),
    ),
    "broken": lambda reason: (
        _("The disk of the database does not work: {reason}. Nothing was changed.").format(reason=reason),
        "",
        _("Check the disk, and that the file is on this computer rather than on a shared folder."),
    ),
    "strange": lambda reason: (
        _("The file is no database, or it is damaged: {reason}.").format(reason=reason),
        _("an SQLite database that crm-workbench made"),
        _("Check the path, or take the file from a backup."),
    ),
    "password": lambda reason: (
        _("The server did not accept the user or the password."),
        "",
        _("Check both in the address; the password may stand in ~/.pgpass instead."),
    ),
    "absent": lambda reason: (
        _("The server has no database of this name."),
        "",
        _("Check the name in the address, or make the database with createdb."),
    ),
    "unreachable": lambda reason: (
        _("The server cannot be reached: {reason}.").format(reason=reason),
        "",
        _("Check host and port in the address, and that the server runs."),
    ),
    "refused": lambda reason: (
        _("The database refused: {reason}. Nothing was changed.").format(reason=reason),
        "",
        _("Correct what it names, then try again."),
    ),
}


def _wrong_address(error: Exception, address: str) -> Problem:
    place = Location(addresses.shown(address))
    if isinstance(error, ModuleNotFoundError):
        return Problem(
            _("The driver “{name}” of this database is not installed.").format(name=error.name),
            "",
            _("Install it with: pip install 'psycopg[binary]'"),
            place,
        )
    return Problem(
        _("This is no address of a database that can be used."),
        _("a file such as our-crm.db, or postgresql://user@host/database"),
        _("Correct the address."),
        place,
    )
