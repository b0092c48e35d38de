"""Baselines that gates keep: a sealed text each, in a folder of files or beside the tables of a database."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _

if TYPE_CHECKING:
    from workbench.program.reading import Records

FOLDER, ENDING = "baselines", ".json"
LINES = {"costs": "cost_id", "benefits": "benefit_id"}
"""Where a sealed plan names its lines."""
DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
)
"""Names that Windows gives to devices, whatever follows after a point: what is written there is gone."""


@dataclass(frozen=True)
class KeptBaselines:
    """What the folder of baselines held.

    Attributes
    ----------
    texts : mapping of str to str
        Gate → its sealed text, not looked into.
    files : tuple of Path
        The files that were read.
    problems, notices : tuple of Problem
        What could not be read, and what no gate's baseline is called.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


def file_name(gate_id: str) -> str:
    """The file of a gate's baseline; whatever the id holds, it is a plain name that no other id has.

    Examples
    --------
    >>> file_name("GATE-1"), file_name("../año 1"), file_name(".hidden"), file_name("nul")
    ('GATE-1.json', '%2E.%2Fa%C3%B1o%201.json', '%2Ehidden.json', '%6Eul.json')
    """
    safe = quote(gate_id, safe="")
    if safe.startswith(".") or safe.partition(".")[0].upper() in DEVICES:
        safe = f"%{ord(safe[0]):02X}{safe[1:]}"
    return safe + ENDING


def read_folder(program: Path) -> KeptBaselines:
    """The baselines beside a program's tables; files of another kind than theirs are left alone."""
    place = program / FOLDER
    files = sorted(file for file in place.glob("*") if file.suffix.casefold() == ENDING) if place.is_dir() else []
    texts: dict[str, str] = {}
    problems, strangers = [], []
    for file in files:
        gate = unquote(file.name.removesuffix(ENDING))
        if file.name != file_name(gate):
            strangers.append(file)
            continue
        try:
            texts[gate] = file.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_unreadable(file, error))
    read = tuple(file for file in files if file not in strangers)
    return KeptBaselines(texts, read, tuple(problems), tuple(map(_stranger, strangers)))


def _place(file: Path) -> Location:
    return Location(f"{FOLDER}/{file.name}")


def _unreadable(file: Path, error: OSError | UnicodeDecodeError) -> Problem:
    reason = error.strerror if isinstance(error, OSError) else _("it is no text in UTF-8")
    return Problem(
        _("The file cannot be opened: {reason}.").format(reason=reason),
        _("the baseline of a gate, as it was frozen"),
        _("Take the file from a backup."),
        _place(file),
    )


def _stranger(file: Path) -> Problem:
    return Problem(_("No gate's baseline has this name; it is not used."), where=_place(file))


def write_folder(baselines: Mapping[str, str], program: Path) -> None:
    """Write baselines beside a program's tables, each under its gate's name, byte for byte."""
    if baselines:
        (program / FOLDER).mkdir()
    for gate, text in baselines.items():
        # Where GATE and gate are the same file, the second must not take the place of the first.
        with (program / FOLDER / file_name(gate)).open("xb") as opened:
            opened.write(text.encode("utf-8"))


def keep_in_folder(program: Path, gate_id: str, text: str) -> Path:
    """Write the baseline of a gate; it appears whole, and never in the place of another.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        When the gate has one already, or the file cannot be written.
    """
    file = program / FOLDER / file_name(gate_id)
    try:
        file.parent.mkdir(exist_ok=True)
        _write_once(file, text.encode("utf-8"))
    except OSError as error:
        is_kept = os.path.exists(file)  # noqa: PTH110 - Path.exists stops at a name that is too long
        raise DataError(kept_already(gate_id) if is_kept else _unwritable(file, error)) from error
    return file


def _write_once(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{secrets.token_hex(8)}")
    try:
        draft.write_bytes(content)
        # A link, unlike a renaming, is refused where a file is already.
        file.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        _write_without_links(file, content)
    finally:
        draft.unlink(missing_ok=True)


def _write_without_links(file: Path, content: bytes) -> None:
    """Memory sticks and shared folders often have no links; here a break half-way is tidied up afterwards."""
    with file.open("xb") as opened:
        try:
            opened.write(content)
            opened.flush()
        except OSError:
            file.unlink()
            raise


def kept_already(gate_id: str) -> Problem:
    """What is said of a second baseline for the same gate."""
    return Problem(
        _("Gate {gate} has a baseline already; nothing was changed.").format(gate=gate_id),
        _("a gate without a baseline, since what was promised at a gate stays"),
        _("Add a gate with another id to the table gates, and freeze that one."),
    )


def _unwritable(file: Path, error: OSError) -> Problem:
    remedy = _("Check that you may write there, and that there is room on the disk.")
    if error.errno == errno.ENAMETOOLONG:
        remedy = _("Give the gate a shorter id in the table gates.")
    found = _("The baseline cannot be written: {reason}.").format(reason=error.strerror)
    return Problem(found, remedy=remedy, where=Location(str(file)))


def notices(baselines: Mapping[str, str], gates: Records) -> list[Problem]:
    """The baselines whose gate the program no longer has."""
    if not gates.knows_its_ids:
        return []
    known = gates.ids()
    return [_without_gate(gate) for gate in baselines if gate not in known]


def _without_gate(gate_id: str) -> Problem:
    found = _("A baseline is kept for gate {gate}, which is not in the table gates.").format(gate=gate_id)
    return Problem(found, remedy=_("Put the gate back into the table."), where=Location(FOLDER))


def passed_over(program: Path) -> tuple[Problem, ...]:
    """A notice for the folder of baselines beside a workbook, which keeps none."""
    if not (program / FOLDER).is_dir():
        return ()
    found = _("A workbook keeps no baselines; those in this folder are not used.")
    remedy = _("Keep the program as a folder of tables or in a database.")
    return (Problem(found, remedy=remedy, where=Location(FOLDER)),)


def lines(baselines: Mapping[str, str]) -> set[str]:
    """Ids of the cost and benefit lines of every baseline; a text that is none has no lines.

    Examples
    --------
    >>> lines({"G1": '{"content": {"costs": [{"cost_id": "COST-01"}]}}', "G2": "torn"})
    {'COST-01'}
    """
    return {line for text in baselines.values() for line in _lines_of(text)}


def _lines_of(text: str) -> list[str]:
    try:
        content = json.loads(text)["content"]
    # What is wrong with a baseline is told by whoever opens it; here it only names no lines.
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    return [str(row[key]) for table, key in LINES.items() for row in _rows(content, table) if key in row]


def _rows(content: Any, table: str) -> list[dict[str, Any]]:
    rows = content.get(table) if isinstance(content, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
