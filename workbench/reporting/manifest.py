"""What went into a run: parameters, hashes of inputs and code, versions, seed and time; and the run's id."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

from workbench import resources
from workbench.errors import Problem, ReportError
from workbench.language import gettext as _
from workbench.reporting import notebooks

KIND = "crm-workbench run"
FILE = "manifest.json"
_ID_LENGTH = 10
_LIBRARIES = (
    "crm-workbench",
    "numpy",
    "pandas",
    "scipy",
    "altair",
    "vl-convert-python",
    "papermill",
    "pyxirr",
    "simpleeval",
)


@dataclass(frozen=True)
class Manifest:
    """What went into a run.

    Attributes
    ----------
    run_id : str
        Short and the same for the same report, parameters, language, inputs and code, wherever they are kept.
    report, program, language : str
        The notebook's name, the program's name and the language of the report.
    parameters : dict
        Every parameter of the report, given or default; a path is told without the machine's own folders.
    inputs : list of dict
        ``path`` and ``sha256`` of every file that the report was told to read from.
    code : dict
        ``notebook`` and ``package``: sha256 of the notebook's cells and of the workbench's own source.
    versions : dict
        Of Python and the main libraries.
    seed : int or None
        The value of the parameter ``seed``, where the report has one.
    notices : list of dict
        What was passed over in the inputs, for example a column that no table has; see `Problem.to_dict`.
    started_at, finished_at : str
        UTC.
    files : dict
        sha256 of each file of the run, but for this manifest.
    """

    run_id: str
    report: str
    program: str
    language: str
    parameters: dict[str, object]
    inputs: list[dict[str, str]]
    code: dict[str, str]
    versions: dict[str, str]
    seed: int | None = None
    notices: list[dict[str, str | int | None]] = field(default_factory=list)
    started_at: str = ""
    finished_at: str = ""
    files: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The manifest as the text of ``manifest.json``."""
        return json.dumps({"kind": KIND, **asdict(self)}, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def describe(
    notebook: Path,
    parameters: Mapping[str, object],
    inputs: Iterable[Path],
    language: str,
    program: str = "",
    notices: Iterable[Problem] = (),
) -> Manifest:
    """The manifest of a run that is about to start.

    Parameters
    ----------
    notebook : pathlib.Path
        The report's notebook.
    parameters : mapping
        All parameters of the run, validated.
    inputs : iterable of pathlib.Path
        Files that the report reads; of a folder, every file inside.
    language : str
        The report's language.
    program : str
        The program's name.
    notices : iterable of Problem
        What was passed over in the inputs.

    Raises
    ------
    ReportError
        When an input is missing.
    """
    given = [Path(path).resolve() for path in inputs]
    files = [{"path": _name(path, given), "sha256": sha256(path)} for path in _files(given)]
    code = {"notebook": _notebook_hash(notebook), "package": _package_hash()}
    content = {
        "report": notebook.stem,
        "language": language,
        "parameters": {name: _wherever(value, given) for name, value in parameters.items()},
        "inputs": sorted((Path(file["path"]).name, file["sha256"]) for file in files),
        "code": code,
    }
    seed = parameters.get("seed")
    return Manifest(
        run_id=_digest(json.dumps(content, sort_keys=True).encode())[:_ID_LENGTH],
        report=notebook.stem,
        program=program,
        language=language,
        parameters={name: _without_machine(value) for name, value in parameters.items()},
        inputs=files,
        code=code,
        versions=versions(),
        seed=seed if isinstance(seed, int) else None,
        notices=[notice.to_dict() for notice in notices],
    )


def versions() -> dict[str, str]:
    """Versions of Python and of the main libraries that are installed."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def sha256(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _files(given: Iterable[Path]) -> list[Path]:
    found: set[Path] = set()
    missing = []
    for path in given:
        if path.is_dir():
            found |= {file for file in path.rglob("*") if file.is_file() and not _hidden(file.relative_to(path))}
        elif path.is_file():
            found.add(path)
        else:
            missing.append(path)
    if missing:
        raise ReportError([Problem(_("The input {name} does not exist.").format(name=path.name)) for path in missing])
    return sorted(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _name(path: Path, given: Iterable[Path]) -> str:
    """The path from the caller's folder, or from the folder that was given, so that no machine's folders are told."""
    here = Path.cwd()
    if path.is_relative_to(here):
        return path.relative_to(here).as_posix()
    above = next((folder for folder in given if folder != path and path.is_relative_to(folder)), path)
    return path.relative_to(above.parent).as_posix()


def _without_machine(value: object) -> object:
    if isinstance(value, list):
        return [_without_machine(item) for item in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return _name(Path(value), [])
    return value


def _wherever(value: object, given: Iterable[Path]) -> object:
    """The value, but of a path to the inputs only its name: a program's report is the same wherever it is kept."""
    if not isinstance(value, str) or not value or "\0" in value:
        return value
    path = Path(value).resolve()
    names_input = any(file == path or file.is_relative_to(path) for file in given)
    return path.name if names_input else _without_machine(value)


def _notebook_hash(notebook: Path) -> str:
    cells = notebooks.read(notebook).cells
    return _digest(json.dumps([[cell.cell_type, cell.source] for cell in cells]).encode())


def _package_hash() -> str:
    package = resources.PACKAGE
    look = resources.folder("templates") / "report"
    files = [(package, file) for pattern in ("*.py", "*.po") for file in package.rglob(pattern)]
    files += [(look, file) for file in look.iterdir() if file.is_file()]
    total = hashlib.sha256()
    for root, file in sorted(files):
        # A checkout on Windows may end its lines otherwise.
        content = file.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{file.relative_to(root).as_posix()}:{_digest(content)}\n".encode())
    return total.hexdigest()
