"""A gate's baseline kept with its program, wherever that is; once, and for good."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import addresses, baselines
from workbench.program.store import WORKBOOK_NAME, Program
from workbench.program.values import suggestion


def keep_baseline(address: str | Path, gate_id: str, text: str) -> str:
    """Keep the sealed plan of a gate; what is kept is never changed.

    Parameters
    ----------
    address : str or Path
        Folder or database of the program.
    gate_id : str
        A gate of the table ``gates``.
    text : str
        The sealed plan, as ``business_case.baseline.freeze`` gives it; kept as it is.

    Returns
    -------
    str
        Where it is: the file, or the database without its password.

    Raises
    ------
    DataError
        When the program has no such gate, the gate has a baseline already, the program is a workbook, or the place
        cannot be written.
    """
    program = Program.open(address)
    check_gate(program, gate_id)
    if addresses.is_address(address):
        _into_database(str(address), gate_id, text)
        return addresses.shown(address)
    return str(baselines.keep_in_folder(Path(address), gate_id, text))


def check_gate(program: Program, gate_id: str) -> None:
    """Refuse what cannot be frozen: a gate that there is not, one that was frozen, or a program without a place for it.

    Raises
    ------
    DataError
        Saying which of these.
    """
    known = tuple(reversed(program.records("gates").ids()))
    if gate_id not in known:
        raise DataError(_unknown(gate_id, known))
    if gate_id in program.baselines:
        raise DataError(baselines.kept_already(gate_id))
    if is_workbook(program):
        raise DataError(_no_place(program))


def is_workbook(program: Program) -> bool:
    """Whether the program was read from a workbook, which keeps no baselines."""
    path = program.path
    return isinstance(path, Path) and not addresses.is_address(path) and not _is_folder_of_tables(path)


def _is_folder_of_tables(path: Path) -> bool:
    return path.is_dir() and not (path / WORKBOOK_NAME).exists()


def _into_database(address: str, gate_id: str, text: str) -> None:
    import sqlalchemy as sa
    from sqlalchemy.exc import IntegrityError

    from workbench.program import database, schema

    with database.opened(address) as source, database.writing(source, address) as connection:
        try:
            connection.execute(sa.insert(schema.BASELINES), {"gate_id": gate_id, "content": text})
        except IntegrityError:
            raise DataError(baselines.kept_already(gate_id)) from None


def _unknown(gate_id: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        _("There is no gate “{id}”.").format(id=gate_id),
        ", ".join(known) or _("a gate of the table gates, which has none yet"),
        suggestion(gate_id, known) or _("Add the gate to the table gates."),
    )


def _no_place(program: Program) -> Problem:
    return Problem(
        _("A workbook keeps no baselines: whoever opens it could change them."),
        _("a program in a folder or a database"),
        _("Write it as a folder with “crm-workbench export”, or move it into a database with “crm-workbench import”."),
        Location(Path(program.path).name),
    )
