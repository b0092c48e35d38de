"""Run folders that appear whole or not at all: made beside their place, moved in by a rename."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from workbench.errors import Problem, ReportError
from workbench.language import gettext as _
from workbench.reporting import manifest

NOTEBOOK = "report.ipynb"
LOG = "log.txt"
_LEFT_BY_OTHERS = {".DS_Store", "Thumbs.db", ".ipynb_checkpoints"}


def refuse_unless_ours(out: Path) -> None:
    """Refuse a place that holds anything but nothing, or an earlier run and nothing else.

    Raises
    ------
    ReportError
        When making the run there would take somebody's files away.
    """
    if not out.exists() or _is_empty(out) or _is_run(out):
        return
    raise ReportError(
        Problem(
            found=_("{name} exists and is not just an earlier run of a report.").format(name=out),
            expected=_("a new folder, or one that holds a report's files and no others"),
            remedy=_("Choose another folder, or move what is in it. Nothing was changed."),
        )
    )


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder beside `out` to make the run in; gone afterwards, whatever happens.

    Raises
    ------
    ReportError
        When no folder can be made there.
    """
    staging = _beside(out, "part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir()
    except OSError as error:
        raise ReportError(
            Problem(
                found=_("No folder can be made in {folder}: {reason}.").format(
                    folder=out.parent, reason=error.strerror or error
                ),
                remedy=_("Choose a folder that you may write to."),
            )
        ) from error
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def move_in(staging: Path, out: Path) -> None:
    """Put the finished run in its place, where an earlier run gives way to it."""
    if not out.exists():
        staging.rename(out)
        return
    refuse_unless_ours(out)
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
