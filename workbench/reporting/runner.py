"""A report from start to end: a notebook and parameters in, a folder of files out, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode

from workbench import language as speech
from workbench.errors import DataError, Problem, ReportError, SettingsError, WorkbenchError
from workbench.language import gettext as _
from workbench.reporting import attachments, folders, manifest, notebooks, render, results
from workbench.reporting.execution import NotebookError, Progress, execute
from workbench.reporting.manifest import Manifest
from workbench.reporting.parameters import contract, validate

Extra = Callable[[Path], None]
"""Adds files (a PDF, a workbook) to the folder of a run, in which it finds the others."""

PAGE = "report.html"
RESULTS = "results.json"


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder : pathlib.Path
        Where its files are.
    manifest : Manifest
        What went into it.
    results : dict
        Its headline figures, unrounded.
    """

    folder: Path
    manifest: Manifest
    results: dict[str, object]

    @property
    def run_id(self) -> str:
        """The run's short id."""
        return self.manifest.run_id

    @property
    def page(self) -> Path:
        """The page to read."""
        return self.folder / PAGE


def run(
    notebook: Path,
    parameters: Mapping[str, object],
    out: Path,
    *,
    inputs: Iterable[Path] = (),
    language: str = "en",
    program: str = "",
    notices: Iterable[Problem] = (),
    extras: Sequence[Extra] = (),
    progress: Progress | None = None,
) -> Run:
    """Run a report.

    Parameters
    ----------
    notebook : pathlib.Path
        The report's notebook; its kernel works in the caller's current folder.
    parameters : mapping
        Parameters by name, typed or as text; see `parameters.validate`.
    out : pathlib.Path
        The run's folder. An earlier run there gives way; any other content is refused.
    inputs : iterable of pathlib.Path
        Files and folders that the report reads, for the manifest.
    language : str
        The language of the page, one of `workbench.language.LANGUAGES`.
    program : str
        The program's name.
    notices : iterable of Problem
        What was passed over in the inputs, for the manifest.
    extras : sequence of callable
        Called with the run's unfinished folder to add files to it.
    progress : callable, optional
        Called with steps done, steps in all, and what is being done.

    Returns
    -------
    Run

    Raises
    ------
    DataError, SettingsError
        When the data, a parameter or `out` is wrong, before the kernel starts or in the notebook; nothing is kept.
    NotebookError
        When the notebook stopped; the half-run notebook and its log are kept in ``<out>.failed``.
    ReportError
        When `out` cannot be written, or an input is missing.
    """
    notebook, out = Path(notebook), folders.place_for_run(Path(out))
    values = validate(contract(notebook), parameters)
    _refuse_unknown_language(language)
    described = manifest.describe(notebook, values, inputs, language, program, notices)
    with folders.staged(out) as staging:
        try:
            with folders.told_when_unwritable(out):
                finished = _make(notebook, values, described, staging, extras, progress)
        except ReportError as error:
            raise _wrong_input(error) or _kept(error, staging, out) from error
        with folders.told_when_unwritable(out):
            folders.move_in(staging, out)
    folders.forget_failed(out)
    return replace(finished, folder=out)


def _make(
    notebook: Path,
    values: dict[str, object],
    described: Manifest,
    folder: Path,
    extras: Sequence[Extra],
    progress: Progress | None,
) -> Run:
    described = replace(described, started_at=_now())
    executed = execute(notebook, folder / folders.NOTEBOOK, values, described.language, progress)
    figures = results.collect(executed)
    _write_attachments(executed, folder)
    _announce(progress, executed, 0, _("Page"))
    _write(folder / RESULTS, json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    _write(folder / PAGE, _page(executed, described))
    for extra in extras:
        extra(folder)
    described = replace(described, finished_at=_now(), files=_hashes(folder))
    _write(folder / manifest.FILE, described.to_json())
    _announce(progress, executed, 1, "")
    return Run(folder, described, figures)


def _write_attachments(executed: NotebookNode, folder: Path) -> None:
    files = attachments.take_out(executed)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if files:
        notebooks.write(executed, folder / folders.NOTEBOOK)


def _page(executed: NotebookNode, described: Manifest) -> str:
    name = described.report.replace("_", " ").capitalize()
    title = f"{name} · {described.program}" if described.program else name
    return render.to_html(executed, title=title, language=described.language, run=described)


def _wrong_input(error: ReportError) -> WorkbenchError | None:
    """The error as what it was in the notebook, when the report did its part and the data or a parameter is wrong."""
    kinds = {kind.__name__: kind for kind in (DataError, SettingsError)}
    if not isinstance(error, NotebookError) or error.name not in kinds:
        return None
    return kinds[error.name](error.problems)


def _kept(error: ReportError, staging: Path, out: Path) -> NotebookError:
    """The error, with the notebook that caused it kept beside the place of the run."""
    if not isinstance(error, NotebookError):
        error = NotebookError(type(error).__name__, str(error), f"{error}\n", problems=error.problems)
    try:
        kept = folders.keep_failed(staging / folders.NOTEBOOK, error.log, out)
    except OSError as refusal:
        told = _("The half-run notebook could not be kept: {reason}.").format(reason=folders.reason(refusal))
        return error.with_remedy(told)
    return error.with_remedy(_("The half-run notebook and its log are in {folder}.").format(folder=kept))


def _refuse_unknown_language(language: str) -> None:
    if language not in speech.LANGUAGES:
        raise SettingsError(
            Problem(
                found=_("There is no catalogue for the language {code}.").format(code=repr(language)),
                expected=_("one of {names}").format(names=speech.listed(list(speech.LANGUAGES))),
            )
        )


def _announce(progress: Progress | None, executed: NotebookNode, more: int, what: str) -> None:
    if progress is not None:
        progress(len(executed.cells) + more, len(executed.cells) + 1, what)


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: manifest.sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
