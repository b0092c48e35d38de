"""The files of a customer table: which ones they are, how they are written, and which line of them is broken."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Literal

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program.values import suggestion

DELIMITERS = (",", ";", "\t", "|")
ENDINGS = (".parquet", ".csv", ".csv.gz", ".txt", ".tsv")
_MAGIC = b"PAR1"
_CHUNK = 2**20


@dataclass(frozen=True)
class TableFiles:
    """The files of one table.

    Attributes
    ----------
    paths : tuple of Path
        In the order of their names.
    kind : str
        ``parquet`` or ``csv``.
    headings : tuple of str
        Columns of CSV files, in order.
    delimiter : str
        What stands between their cells.
    encoding : str
        How their signs are written.
    """

    paths: tuple[Path, ...]
    kind: Literal["parquet", "csv"]
    headings: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"


def names_files(source: str) -> bool:
    """Whether a source means files rather than a table.

    Examples
    --------
    >>> names_files("invoice_lines*.csv"), names_files("sales.invoice_lines")
    (True, False)
    """
    return source.lower().endswith(ENDINGS) or any(sign in source for sign in "*?[/\\")


def find(name: str, source: str, folder: Path, encoding: str) -> TableFiles | None:
    """The files of a table; None when the settings name none and the folder has none of its name.

    Raises
    ------
    DataError
        When the files that were named are not there, cannot be read, or do not belong together.
    """
    paths = _named(name, source, folder) if source else _by_name(name, folder)
    if not paths:
        return None
    parquet = {path.suffix.lower() == ".parquet" for path in paths}
    if len(parquet) > 1:
        raise DataError(_mixed(paths))
    return _whole_parquet(paths) if parquet == {True} else _csv(paths, encoding)


def _named(name: str, source: str, folder: Path) -> tuple[Path, ...]:
    place = folder / source
    inside = {path for path in place.iterdir() if path.name.lower().endswith(ENDINGS)} if place.is_dir() else {place}
    found = inside | set(Path(place.anchor or ".").glob(str(place.relative_to(place.anchor))))
    files = tuple(sorted(path for path in found if path.is_file()))
    if files:
        return files
    there = tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()
    told = _("There is no file {source} for the table {table}.").format(source=source, table=name)
    remedy = suggestion(source, there) or _("Correct the source under warehouse in program.yaml.")
    raise DataError(Problem(told, _("a file in the folder {name}").format(name=folder.name), remedy))


def _by_name(name: str, folder: Path) -> tuple[Path, ...]:
    found = [folder / f"{name}{ending}" for ending in ENDINGS if (folder / f"{name}{ending}").is_file()]
    inside = folder / name
    if inside.is_dir():
        found += sorted(path for path in inside.iterdir() if path.name.lower().endswith(ENDINGS))
    if len({path.parent / path.name.partition(".")[0] for path in found}) != len(found) and len(found) > 1:
        raise DataError(_mixed(tuple(found)))
    return tuple(found)


def _mixed(paths: tuple[Path, ...]) -> Problem:
    names = ", ".join(path.name for path in paths[:5])
    found = _("Several files hold the same table: {names}.").format(names=names)
    return Problem(found, _("one of them, or several of one kind"), _("Name the source under warehouse."))


def _whole_parquet(paths: tuple[Path, ...]) -> TableFiles:
    problems = [found for found in map(_cut_short, paths) if found]
    if problems:
        raise DataError(problems)
    return TableFiles(paths, "parquet")


def _cut_short(path: Path) -> Problem | None:
    """What is wrong with a Parquet file, which begins and ends with four known letters."""
    try:
        with path.open("rb") as file:
            first = file.read(4)
            size = file.seek(0, 2)
            file.seek(max(0, size - 4))
            last = file.read(4)
    except OSError as error:
        return _unreadable(path, error)
    if size >= 12 and first == last == _MAGIC:
        return None
    return Problem(
        _("The file is no whole Parquet file; it may have been cut short."),
        _("a Parquet file with its beginning and end"),
        _("Copy or write it again."),
        Location(str(path)),
    )


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        _("The file cannot be opened: {reason}.").format(reason=error.strerror),
        remedy=_("Check that it is there and that you may read it."),
        where=Location(str(path)),
    )


def _csv(paths: tuple[Path, ...], encoding: str) -> TableFiles:
    delimiter = _delimiter(paths[0], encoding)
    headings = [_headings(path, encoding, delimiter) for path in paths]
    for path, found in zip(paths, headings, strict=True):
        if found != headings[0]:
            told = _("The columns are not those of {other}.").format(other=paths[0].name)
            expected = ", ".join(headings[0])
            raise DataError(Problem(told, expected, _("Write them alike, in one order."), Location(str(path), row=1)))
    return TableFiles(paths, "csv", headings[0], delimiter, encoding)


def _delimiter(path: Path, encoding: str) -> str:
    try:
        with opened(path, encoding) as file:
            first = file.readline()
    except (OSError, UnicodeError) as error:
        raise DataError(_badly_written(path, error)) from None
    return max(DELIMITERS, key=first.count)


def _headings(path: Path, encoding: str, delimiter: str) -> tuple[str, ...]:
    try:
        with opened(path, encoding) as file:
            found = tuple(next(csv.reader(file, delimiter=delimiter), ()))
    except (OSError, UnicodeError) as error:
        raise DataError(_badly_written(path, error)) from None
    lower = [name.strip().casefold() for name in found]
    if not found or "" in lower or len(set(lower)) < len(lower):
        told = _("The first line does not name each column, by a name of its own.")
        raise DataError(
            Problem(told, _("a line of headings"), _("Write a heading over it."), Location(str(path), row=1))
        )
    return found


def _badly_written(path: Path, error: OSError | UnicodeError) -> Problem:
    if isinstance(error, OSError):
        return _unreadable(path, error)
    return Problem(
        _("The file is not written in the encoding that it is read in."),
        "utf-8, latin-1, utf-16",
        _("Name its encoding under warehouse, tables in program.yaml."),
        Location(str(path)),
    )


def opened(path: Path, encoding: str) -> IO[str]:
    """A text file as it is written, packed or not."""
    told = "utf-8-sig" if encoding == "utf-8" else encoding
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=told, newline="")
    return path.open(encoding=told, newline="")


def broken_line(files: TableFiles) -> Problem | None:
    """The first line of the files that has too few or too many cells, or cannot be read; it is not repeated."""
    return next(filter(None, (_broken_in(path, files) for path in files.paths)), None)


def open_quotation(files: TableFiles) -> Problem | None:
    """The line that leaves a quotation mark open, where the marks of a file are odd in number.

    Spark takes everything from that mark to the end of the file for one cell, and says nothing.
    """
    odd = any(_marks(path, files.encoding) % 2 for path in files.paths)
    return broken_line(files) if odd else None


def _marks(path: Path, encoding: str) -> int:
    with opened(path, encoding) as file:
        return sum(chunk.count('"') for chunk in iter(partial(file.read, _CHUNK), ""))


def _broken_in(path: Path, files: TableFiles) -> Problem | None:
    expected, line = len(files.headings), 0
    told = _("{count} cells, as in the first line").format(count=expected)
    try:
        with opened(path, files.encoding) as file:
            for line, cells in _rows(file, files.delimiter):
                if cells not in (0, expected):
                    found = _("The line has {count} cells.").format(count=cells)
                    remedy = _("Mend the line: look for a delimiter or a quotation mark that is missing or too many.")
                    return Problem(found, told, remedy, Location(str(path), row=line))
    except (csv.Error, UnicodeError, EOFError, OSError):
        found = _("The line after this one cannot be read.")
        return Problem(found, told, _("Write the file again, in UTF-8."), Location(str(path), row=line))
    return None


def _rows(file: IO[str], delimiter: str) -> Iterator[tuple[int, int]]:
    """Where each row begins, and how many cells it has."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        yield begins, len(row)
        begins = reader.line_num + 1
