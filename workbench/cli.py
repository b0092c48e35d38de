"""The command ``crm-workbench``.

Exit codes: 0 fine, 1 the input is wrong, 2 the call is wrong, 3 the report failed, 128 and the signal's number (130
after Ctrl-C) when it was stopped.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from workbench import language, resources
from workbench.errors import DataError, Location, Problem, ReportError, SettingsError, WorkbenchError
from workbench.language import gettext as _

if TYPE_CHECKING:
    from workbench.program.store import Program
    from workbench.program.warehouse_findings import Findings
    from workbench.reporting.parameters import Parameter
    from workbench.reporting.runner import Run

INPUT_IS_WRONG, CALL_IS_WRONG, REPORT_FAILED = 1, 2, 3
STOPPED_BY = 128
PROBLEMS_SHOWN = 100

app = typer.Typer(
    name="crm-workbench",
    help=_("Plan a CRM program and prove that it pays."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help=_("Print JSON, for other programs."))]
Speech = Annotated[Literal["en", "es"] | None, typer.Option("--language", help=_("Language; the system's by default."))]
ProgramPath = Annotated[str, typer.Argument(help=_("Folder, .xlsx workbook or database of the program."))]
Address = Annotated[
    str, typer.Argument(metavar="PROGRAM", help=_("Database of the program: a .db file or an address."))
]
RaterId = Annotated[str, typer.Argument(metavar="RATER", help=_("Id of a rater."))]


def _help(what: str, example: str) -> str:
    said = _("Example:")
    return f"{what}\n\n{said} crm-workbench {example}"


def main() -> None:
    """Run the command, and turn what goes wrong into a message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A console in an old encoding lacks some signs; better to see their codes than nothing at all.
            stream.reconfigure(errors="backslashreplace")
    try:
        with _stoppable():
            app()
    except WorkbenchError as error:
        _tell(error)
        sys.exit(_exit_code(error))
    except _Stopped as stop:
        print(_("Stopped before the end."), file=sys.stderr)
        sys.exit(stop.code)


class _Stopped(SystemExit):
    """The command was told to stop; as an exit it passes through the libraries that catch an interrupt."""


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ends the block in good order on Ctrl-C and on a request to terminate, once: tidying up is not interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(STOPPED_BY + number)

    try:
        for number, handler in before.items():
            # A command in the background of a shell is told to ignore Ctrl-C.
            if handler is not signal.SIG_IGN:
                signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(error: WorkbenchError) -> int:
    if isinstance(error, ReportError):
        return REPORT_FAILED
    return CALL_IS_WRONG if isinstance(error, SettingsError) else INPUT_IS_WRONG


def _tell(error: WorkbenchError) -> None:
    told = list(map(_printable, error.problems))
    count = len(told)
    if count > 1:
        print(language.ngettext("{count} problem:", "{count} problems:", count).format(count=count), file=sys.stderr)
    for problem in told[:PROBLEMS_SHOWN]:
        print(f"- {problem}" if count > 1 else problem, file=sys.stderr)
    if count > PROBLEMS_SHOWN:
        more = _("… and {count} more; --json tells them all.").format(count=count - PROBLEMS_SHOWN)
        print(more, file=sys.stderr)


def _printable(told: object) -> str:
    """A text on one line that cannot steer the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in str(told))


@app.command(help=_help(_("Run every report on the sample program."), "demo --language es"))
def demo(
    out: Annotated[Path, typer.Option(help=_("Folder for the reports."))] = Path("reports"),
    speech: Speech = None,
) -> None:
    from workbench.program import blank

    code = speech or language.current().code
    given = _from_file(resources.folder("templates") / "parameters" / code / "business_case.yaml")
    for later, names in _by_sample(_notebooks()).items():
        _run_reports(names, str(blank.sample(code, later)), {} if later else given, out, as_json=False)


def _by_sample(notebooks: Mapping[str, Path]) -> dict[str, list[str]]:
    """The reports by the sample program that they run on: a notebook's metadata names a later one ("" is today's)."""
    found: dict[str, list[str]] = {}
    for name, path in notebooks.items():
        found.setdefault(_metadata(path).get("sample", ""), []).append(name)
    return found


@app.command(help=_help(_("Make a new program."), "init our-crm --language es --example"))
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("New or empty folder."))],
    speech: Speech = None,
    example: Annotated[bool, typer.Option("--example", help=_("Fill it with the sample program."))] = False,
    with_lines: Annotated[
        bool, typer.Option("--with-lines", help=_("Fill it with ready cost and benefit lines, whose figures are 0."))
    ] = False,
    excel: Annotated[bool, typer.Option("--excel", help=_("Make an Excel workbook to fill in."))] = False,
) -> None:
    from datetime import date

    from workbench.program import blank

    code = speech or language.current().code
    if example and with_lines:
        raise SettingsError(_("Choose one of --example and --with-lines: the sample has lines of its own."))
    if with_lines:
        folder = _write_lines(folder, code, excel)
    elif excel:
        folder = _write_workbook(folder, code, _open(str(blank.sample(code))) if example else None)
    elif example:
        blank.write_sample(folder, code)
    else:
        blank.write_blank(folder, code, date.today())
    print(_("{folder} is ready. Fill in its tables, then run: crm-workbench check {folder}").format(folder=folder))


def _write_lines(target: Path, code: str, excel: bool) -> Path:
    """Write a program with the ready lines, as a folder or as a workbook; gives where it is."""
    from datetime import date
    from tempfile import TemporaryDirectory

    from workbench.business_case.starting_lines import lines_at_zero
    from workbench.program import blank

    with language.using(code):
        rows = lines_at_zero()
    if not excel:
        blank.write_blank(target, code, date.today(), rows)
        return target
    with TemporaryDirectory() as place:
        blank.write_blank(Path(place) / "program", code, date.today(), rows)
        return _write_workbook(target, code, _open(str(Path(place) / "program")))


@app.command(help=_help(_("Freeze what the program promises at a gate."), "freeze our-crm GATE-1"))
def freeze(
    program: Annotated[str, typer.Argument(help=_("Folder or database of the program."))],
    gate: Annotated[str, typer.Argument(metavar="GATE", help=_("Id of a gate of the table gates."))],
    vendor: Annotated[
        str | None, typer.Option(help=_("Id of the vendor that is chosen; by default only what comes with any counts."))
    ] = None,
) -> None:
    from workbench.business_case.freezing import freeze_gate
    from workbench.program.keeping import keep_baseline

    frozen = freeze_gate(_open(program), gate, vendor)
    place = keep_baseline(program, gate, frozen.text)
    for told in filter(None, (frozen.baseline.conclusion, frozen.lines.conclusion)):
        print(_printable(told))
    print(_("Seal (SHA-256): {seal}").format(seal=frozen.baseline.sha256))
    print(_("It is kept in {place} and cannot be frozen again.").format(place=_printable(place)))
    print(_("Note the seal in the minutes of the gate: it alone tells whether somebody changes the plan later."))


@app.command("import", help=_help(_("Move a program into a new database."), "import our-crm our-crm.db"))
def import_program(
    program: ProgramPath,
    address: Annotated[str, typer.Argument(metavar="DATABASE", help=_("New .db file, or address of an empty one."))],
) -> None:
    from workbench.program import addresses, database

    if not database.is_address(address):
        raise SettingsError(_("{text} is no database; name a .db file, or postgresql://….").format(text=address))
    database.write(_open(program), address)
    shown = addresses.shown(address)
    print(_("{program} is in {database}.").format(program=_printable(program), database=_printable(shown)))


@app.command("export", help=_help(_("Write a program as a folder or a workbook."), "export our-crm.db our-crm.xlsx"))
def export_program(
    program: ProgramPath,
    target: Annotated[Path, typer.Argument(metavar="TO", help=_("New folder or .xlsx workbook."))],
    speech: Speech = None,
) -> None:
    from workbench.program.folder import write_folder

    opened = _open(program)
    if target.suffix.lower() == ".xlsx":
        _write_workbook(target, speech or opened.settings.language, opened)
        _tell_what_stays_behind(len(opened.baselines))
    else:
        write_folder(opened, target)
    print(_("The program is in {place}.").format(place=target))


def _tell_what_stays_behind(baselines: int) -> None:
    if baselines:
        told = language.ngettext(
            "A workbook keeps no baselines: {count} stays where it is.",
            "A workbook keeps no baselines: {count} stay where they are.",
            baselines,
        )
        print(told.format(count=baselines), file=sys.stderr)


def _write_workbook(target: Path, code: str, program: Program | None) -> Path:
    """Write the workbook: at this path, or in this folder under the name by which a folder's workbook is found."""
    from datetime import date

    from workbench.errors import DataError
    from workbench.program.excel import write_workbook
    from workbench.program.store import WORKBOOK_NAME

    file = target if target.suffix.lower() == ".xlsx" else target / WORKBOOK_NAME
    if file.exists() or (file != target and target.exists() and any(target.iterdir())):
        raise DataError(_("{path} holds something already.").format(path=target))
    file.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(file, code, program, None if program else date.today())
    return file


@app.command(help=_help(_("Open the committee's page to those who are invited."), "serve our-crm.db"))
def serve(
    program: Annotated[str, typer.Argument(help=_("Database of the program; for the plan a folder or workbook too."))],
    page: Annotated[
        Literal["committee", "what-if", "case-what-if"],
        typer.Option(help=_("The committee's page, the release plan's what-if, or that of the business case.")),
    ] = "committee",
    port: Annotated[int, typer.Option(help=_("Port to listen on."), min=1, max=65535)] = 8866,
    host: Annotated[str, typer.Option(help=_("Address to listen on."))] = "127.0.0.1",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help=_("Let other machines reach the page; put TLS in front of it."))
    ] = False,
) -> None:
    from workbench.pages import PAGES
    from workbench.reporting import serving

    if not serving.is_loopback(host):
        _check_remote(host, allow_remote)
    live = PAGES[page](program, host, port)
    print(_("Starting the page …"), file=sys.stderr, flush=True)
    # To be stopped is how serving ends, and nothing that went wrong.
    with suppress(_Stopped), serving.serving(live.page, partial(print, file=sys.stderr, flush=True)) as served:
        print(live.announcement.format(address=served.address + live.query), flush=True)
        print(live.advice, file=sys.stderr, flush=True)
        served.wait()


def _check_remote(host: str, allowed: bool) -> None:
    """Others on the network could read the links and the scores on their way, so that nobody opens it unawares."""
    warning = _("On {host} other machines reach the page, and what it sends can be read on the way.").format(host=host)
    remedy = _("Put a server with TLS (https) in front of it and let it listen on 127.0.0.1.")
    if not allowed:
        raise SettingsError(f"{warning} {remedy} {_('To do it all the same, add --allow-remote.')}")
    print(f"{warning} {remedy}", file=sys.stderr)


@app.command(help=_help(_("Print a rater's personal link to the committee's page."), "invite our-crm.db RAT-01"))
def invite(
    program: Address,
    rater: RaterId,
    facilitator: Annotated[
        bool, typer.Option("--facilitator", help=_("Let them open, show and freeze rounds."))
    ] = False,
    days: Annotated[int, typer.Option(help=_("For how many days."), min=1, max=366)] = 30,
    at: Annotated[
        str, typer.Option(metavar="ADDRESS", help=_("Where people reach the page."))
    ] = "http://127.0.0.1:8866/",
) -> None:
    from datetime import UTC, datetime, timedelta

    from workbench.pages import database
    from workbench.program import access

    if not at.startswith(("http://", "https://")):
        raise SettingsError(_("{text} is no address of a page; write https://….").format(text=at))
    now = datetime.now(UTC)
    token = access.issue(database(program), rater, "facilitator" if facilitator else "rater", now, days)
    print(f"{at.split('?')[0].rstrip('/')}/?token={token}")
    until = language.day((now + timedelta(days=days)).date())
    told = _("Whoever has this link acts as {rater}, until {day}.").format(rater=_printable(rater), day=until)
    print(told, file=sys.stderr)


@app.command(help=_help(_("Take back the links of a rater."), "revoke our-crm.db RAT-01"))
def revoke(program: Address, rater: RaterId) -> None:
    from workbench.pages import database
    from workbench.program import access

    count = access.revoke(database(program), rater)
    told = language.ngettext("{count} invitation is taken back.", "{count} invitations are taken back.", count)
    print(told.format(count=count))


@app.command(help=_help(_("Check a program and tell every problem."), "check our-crm"))
def check(program: ProgramPath, as_json: AsJson = False) -> None:
    with _told_as_json(as_json):
        opened = _open(program)
        findings = _findings(opened, quiet=as_json)
        if as_json:
            notices = [notice.to_dict() for notice in opened.notices]
            _print_json({"problems": [], "notices": notices} | _told_findings(findings))
            return
        for notice in opened.notices:
            print(_printable(notice))
        if findings is not None:
            _show_findings(findings)
        print(_("{name} is fine.").format(name=_printable(opened.settings.name)))


def _findings(opened: Program, quiet: bool) -> Findings | None:
    """What is in the customer tables, if there are any; fatal findings are told as problems."""
    if not opened.has_warehouse:
        return None
    with _steps(quiet) as tell:
        findings = opened.warehouse(tell).check()
    if findings.fatal:
        if not quiet:
            _show_findings(findings)
        raise DataError(finding.to_problem() for finding in findings.fatal)
    return findings


def _told_findings(findings: Findings | None) -> dict[str, Any]:
    if findings is None:
        return {}
    told = json.loads(findings.to_frame().to_json(orient="records"))
    return {"customer_tables": {"findings": told, "rows": dict(findings.rows), "excluded": dict(findings.excluded)}}


def _show_findings(findings: Findings) -> None:
    """A table on a terminal, a line each elsewhere."""
    print(_printable(findings.conclusion))
    if not sys.stdout.isatty():
        for finding in findings.findings:
            print(_printable(finding))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(_("Table"), _("Rows"), _("Share"), _("What was found"), _("What becomes of them"), _("For example"))
    for one in findings.findings:
        cells = (one.table, language.exact(one.count), language.percent(one.share), one.words, one.treated)
        # As a Text nothing of a firm's own names is read as markup.
        table.add_row(*(Text(_printable(cell)) for cell in (*cells, ", ".join(one.examples))))
    Console().print(table)


@contextmanager
def _steps(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Shows what is being read: a bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda text, done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda text, done, of: bar.update(task, description=text, completed=done, total=of)


@app.command("list", help=_help(_("List the reports and their parameters."), "list"))
def list_reports(as_json: AsJson = False) -> None:
    from workbench.reporting.parameters import contract

    reports = {name: contract(notebook) for name, notebook in _notebooks().items()}
    if as_json:
        _print_json({name: [_described(parameter) for parameter in found] for name, found in reports.items()})
        return
    for name, found in reports.items():
        print(name)
        for parameter in found:
            told = f"{_(parameter.help)} [{parameter.bracket}]" if parameter.bracket else _(parameter.help)
            print(f"  {parameter.name}: {parameter.type} = {parameter.default!r}  {told}")


def _described(parameter: Parameter) -> dict[str, Any]:
    return {name: getattr(parameter, name) for name in ("name", "type", "default", "help", "unit", "bounds")}


@app.command(
    help=_help(
        _("Make reports of a program."), "report prioritisation --program our-crm --set lens=urgency --out reports"
    )
)
def report(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help=_("Reports; “crm-workbench list” lists them."))],
    program: Annotated[str, typer.Option(help=_("Folder, .xlsx workbook or database of the program."))],
    out: Annotated[Path, typer.Option(help=_("Folder for the reports: each gets a folder of its own in it."))],
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=_("A parameter."))] = None,
    params: Annotated[Path | None, typer.Option(help=_("YAML file with parameters."))] = None,
    as_json: AsJson = False,
) -> None:
    with _told_as_json(as_json):
        given = {**_from_file(params), **_from_call(settings or [])}
        if "program" in given:
            raise SettingsError(_("The program is given twice; write it only after --program."))
        _run_reports(names, program, given, out, as_json)


def _notebooks() -> dict[str, Path]:
    """The reports; a live page says in its notebook's metadata that it is none."""
    return {path.stem: path for path in sorted(resources.folder("notebooks").glob("*.ipynb")) if not _is_live(path)}


def _is_live(path: Path) -> bool:
    return bool(_metadata(path).get("kind") == "live")


def _metadata(path: Path) -> dict[str, str]:
    """What a notebook says of itself to the workbench."""
    metadata: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("crm_workbench", {})
    return metadata


def _open(path: str) -> Program:
    from workbench.program.store import Program

    return Program.open(path)


def _from_call(settings: list[str]) -> dict[str, Any]:
    wrong = [setting for setting in settings if "=" not in setting]
    if wrong:
        raise SettingsError(_("--set {setting} has no “=”; write --set name=value.").format(setting=wrong[0]))
    return dict(setting.split("=", 1) for setting in settings)


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    from workbench.program import yaml_text

    try:
        given = yaml_text.load(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        why = str(getattr(error, "strerror", None) or error).rstrip(".")
        place = Location(str(path), row=getattr(error, "row", None))
        raise SettingsError(Problem(_("The file cannot be read: {reason}.").format(reason=why), where=place)) from error
    if not isinstance(given, dict):
        raise SettingsError(_("{path} holds no parameters; write lines such as “lens: urgency”.").format(path=path))
    return {str(name): value for name, value in given.items()}


def _run_reports(names: list[str], program: str | Path, given: dict[str, Any], out: Path, as_json: bool) -> None:
    from workbench.reporting.folders import place_for_run

    plans = _plans(names, {**given, "program": str(program)})
    for name in plans:
        place_for_run(out / name)
    opened = _open(str(program))
    if not as_json:
        _tell_notices(opened.notices)
    runs = _runs(plans, opened, out, quiet=as_json)
    if as_json:
        _print_json({name: _told_run(run) for name, run in runs.items()})
        return
    for run in runs.values():
        print(run.page)


def _tell_notices(notices: Iterable[Problem]) -> None:
    for notice in notices:
        print(_printable(notice), file=sys.stderr)


def _told_run(run: Run) -> dict[str, Any]:
    return {"folder": str(run.folder), "results": run.results, "notices": run.manifest.notices}


def _runs(plans: Mapping[str, dict[str, Any]], opened: Program, out: Path, quiet: bool) -> dict[str, Run]:
    from workbench.reporting.runner import run

    settings = opened.settings
    with (
        _progress(len(plans), quiet) as advance,
        language.using(settings.language, settings.shown_locale, settings.currency),
    ):
        return {
            name: run(
                _notebooks()[name],
                parameters,
                out / name,
                inputs=opened.files,
                language=settings.language,
                program=settings.name,
                notices=opened.notices,
                progress=partial(advance, name),
            )
            for name, parameters in plans.items()
        }


def _plans(names: list[str], given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters of each report; a parameter that only some of them have goes to those."""
    from workbench.reporting.parameters import contract, validate

    known = _notebooks()
    unknown = [name for name in names if name not in known]
    if unknown:
        told = _("There is no report {name}; there are {known}.")
        raise SettingsError(told.format(name=unknown[0], known=language.listed(list(known))))
    contracts: dict[str, tuple[Parameter, ...]] = {name: contract(known[name]) for name in names}
    shared = {parameter.name for parameters in contracts.values() for parameter in parameters}
    return {
        name: validate(
            parameters,
            {key: value for key, value in given.items() if key not in shared or key in {p.name for p in parameters}},
        )
        for name, parameters in contracts.items()
    }


@contextmanager
def _progress(reports: int, quiet: bool) -> Iterator[Callable[[str, int, int, str], None]]:
    """Shows how far the reports are: a bar on a terminal, a line a report elsewhere, nothing when quiet."""
    if quiet or not sys.stderr.isatty():
        yield _line_a_report(quiet)
        return
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=reports)
        before: dict[str, float] = {}

        def advance(name: str, done: int, total: int, what: str) -> None:
            before[name] = done / total
            bar.update(task, completed=sum(before.values()), description=name)

        yield advance


def _line_a_report(quiet: bool) -> Callable[[str, int, int, str], None]:
    begun: set[str] = set()

    def advance(name: str, done: int, total: int, what: str) -> None:
        if name not in begun and not quiet:
            print(_("Running {name} …").format(name=name), file=sys.stderr, flush=True)
        begun.add(name)

    return advance


@contextmanager
def _told_as_json(wanted: bool) -> Iterator[None]:
    """Print the problems of a failed command as JSON on standard output, when that was asked for."""
    try:
        yield
    except WorkbenchError as error:
        if not wanted:
            raise
        _print_json({"problems": [problem.to_dict() for problem in error.problems]})
        raise typer.Exit(_exit_code(error)) from error


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, default=str))
