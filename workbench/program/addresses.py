"""Addresses of databases: telling them from paths, and showing them without their password."""

from __future__ import annotations

import re
from pathlib import Path

FILE_ENDINGS = (".db", ".sqlite", ".sqlite3")
SQLITE, POSTGRESQL = "sqlite:///", "postgresql+psycopg://"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|(?:sqlite|postgres(?:ql)?)(?:\+\w+)?:", re.IGNORECASE)
_POSTGRESQL = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)([^/?#:@]*):(.*)@(?=[^@]*$)", re.DOTALL)
_PASSWORD_GIVEN = re.compile(r"(?<=://)([^/?#:@]*:)([^?]*)(?=@)")
_PASSWORD_OPTION = re.compile(r"(?i)(?<=[?&])password=[^&]*&?")


def is_address(text: str | Path) -> bool:
    """Whether a program named like this is kept in a database.

    Examples
    --------
    >>> is_address("postgresql://anna@localhost/crm"), is_address("our-crm.db"), is_address("our-crm")
    (True, True, False)
    """
    if _SCHEME.match(str(text)):
        return True
    return Path(text).suffix.lower() in FILE_ENDINGS and not Path(text).is_dir()


def normalised(text: str | Path) -> str:
    """The address as SQLAlchemy takes it: with a scheme, the driver of PostgreSQL, and no bare @ in a password.

    Examples
    --------
    >>> normalised("postgres://localhost/crm"), normalised("our-crm.db")
    ('postgresql+psycopg://localhost/crm', 'sqlite:///our-crm.db')
    """
    address = str(text)
    if not _SCHEME.match(address):
        return SQLITE + address
    address = _PASSWORD_GIVEN.sub(lambda match: match[1] + match[2].replace("@", "%40"), address, count=1)
    return _POSTGRESQL.sub(POSTGRESQL, address, count=1)


def shown(text: str | Path) -> str:
    """The address without its password.

    Examples
    --------
    >>> shown("postgresql://anna:s3cr@t@localhost/crm")
    'postgresql://anna@localhost/crm'
    """
    return _PASSWORD_OPTION.sub("", _PASSWORD.sub(r"\1@", str(text))).rstrip("?&")


def file_of(text: str | Path) -> Path | None:
    """The file of an SQLite database; None for any other kind.

    Examples
    --------
    >>> file_of("sqlite:///our-crm.db").name
    'our-crm.db'
    """
    address = normalised(text)
    return Path(address.removeprefix(SQLITE)) if address.startswith(SQLITE) else None


def name_of(text: str | Path) -> str:
    """A short name for messages: the file, or the database."""
    file = file_of(text)
    return file.name if file else shown(text).rpartition("/")[2].partition("?")[0] or shown(text)
