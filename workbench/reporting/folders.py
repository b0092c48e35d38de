"""Run folders that appear whole or not at all: made beside their place, moved in by a rename."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from workbench.errors import Problem, ReportError, SettingsError
from workbench.language import gettext as _
from workbench.reporting import manifest

NOTEBOOK = "report.ipynb"
LOG = "log.txt"
_ABANDONED_AFTER = 24 * 60 * 60
_LEFT_BY_OTHERS = {".DS_Store", "Thumbs.db", ".ipynb_checkpoints"}


def place_for_run(out: Path) -> Path:
    """The place with its whole path, when a run's folder may be made there.

    Raises
    ------
    SettingsError
        When making the run there would take somebody's files away, or a file is in the way.
    """
    try:
        place = out.resolve()
        refusal = _refusal(place)
    # Before Python 3.13 a link that leads to itself is no error of the system.
    except (OSError, RuntimeError) as error:
        raise SettingsError(_cannot_be_made(out, error)) from error
    if refusal:
        raise SettingsError(refusal)
    return place


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder beside `out` to make the run in; gone afterwards, whatever happens.

    Raises
    ------
    ReportError
        When no folder can be made there.
    """
    staging = _beside(out, "part")
    with told_when_unwritable(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(out)
        staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def told_when_unwritable(out: Path) -> Iterator[None]:
    """Tell an error of the disk (no permission, no space) as one of the report in `out`.

    Raises
    ------
    ReportError
        With the place and the reason.
    """
    try:
        yield
    except OSError as error:
        raise ReportError(_cannot_be_made(out, error)) from error


def move_in(staging: Path, out: Path) -> None:
    """Put the finished run in its place, where an earlier run gives way to it."""
    if not out.exists():
        staging.rename(out)
        return
    place_for_run(out)
    earlier = _beside(out, "old")
    out.rename(earlier)
    try:
        staging.rename(out)
    except OSError:
        earlier.rename(out)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def keep_failed(notebook: Path, log: str, out: Path) -> Path:
    """Keep a run notebook and what went wrong in it beside `out`, and tell where."""
    folder = failed_folder(out)
    folder.mkdir(exist_ok=True)
    if notebook.exists():
        shutil.copyfile(notebook, folder / NOTEBOOK)
    (folder / LOG).write_text(log, encoding="utf-8")
    return folder


def forget_failed(out: Path) -> None:
    """Remove what an earlier attempt that failed left beside `out`, but nothing that somebody put there."""
    folder = failed_folder(out)
    if folder.is_dir() and {path.name for path in folder.iterdir()} - _LEFT_BY_OTHERS <= {NOTEBOOK, LOG}:
        shutil.rmtree(folder, ignore_errors=True)


def failed_folder(out: Path) -> Path:
    """Where the half-run notebook of a failed run is kept."""
    return out.with_name(f"{out.name}.failed")


def reason(error: Exception) -> str:
    """Why the disk refused, without the path, which may be one that is already gone."""
    return str(getattr(error, "strerror", None) or error)


def _cannot_be_made(out: Path, error: Exception) -> Problem:
    return Problem(
        found=_("{folder} cannot be made: {reason}.").format(folder=out, reason=reason(error)),
        remedy=_("Choose a folder that you may write to, on a disk with room."),
    )


def _refusal(out: Path) -> Problem | None:
    in_the_way = _in_the_way(out)
    if in_the_way is not None:
        return Problem(
            found=_("{name} exists and is no folder.").format(name=in_the_way),
            expected=_("a place where a report's folder can be made"),
            remedy=_("Choose another folder, or move the file. Nothing was changed."),
        )
    if not out.exists() or _is_empty(out) or _is_run(out):
        return None
    return Problem(
        found=_("{name} exists and is not just an earlier run of a report.").format(name=out),
        expected=_("a new folder, or one that holds a report's files and no others"),
        remedy=_("Choose another folder, or move what is in it. Nothing was changed."),
    )


def _in_the_way(out: Path) -> Path | None:
    """What stands, and is no folder, where the run or the remains of a failed one would be, or above."""
    places = [*reversed(out.parents), out, failed_folder(out)]
    return next((place for place in places if place.exists() and not place.is_dir()), None)


def _remove_abandoned(out: Path) -> None:
    """Remove the unfinished folders of this run that a killed process left; a running one is younger than a day."""
    unfinished = re.compile(rf"\.{re.escape(out.name)}\.[0-9a-f]{{12}}\.part")
    for folder in out.parent.glob(".*.part"):
        # Another process may be moving or removing its own just now; what cannot be removed is in nobody's way.
        with suppress(OSError):
            if unfinished.fullmatch(folder.name) and _youngest(folder) < time.time() - _ABANDONED_AFTER:
                shutil.rmtree(folder)


def _youngest(folder: Path) -> float:
    return max(path.lstat().st_mtime for path in (folder, *folder.iterdir()))


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(f".{out.name}.{uuid4().hex[:12]}.{ending}")


def _is_empty(out: Path) -> bool:
    return out.is_dir() and not any(out.iterdir())


def _is_run(out: Path) -> bool:
    try:
        described = json.loads((out / manifest.FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(described, dict) or described.get("kind") != manifest.KIND:
        return False
    own = {manifest.FILE, *described.get("files", {})} | _LEFT_BY_OTHERS
    return {path.name for path in out.iterdir()} <= own
