"""The capture workbook reads back whole and helps to fill it in; a wrong cell is told where the person sees it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from gettext import NullTranslations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from pandas.testing import assert_frame_equal

from workbench import language
from workbench.errors import DataError, Problem
from workbench.program import blank, labels
from workbench.program.columns import Column, Kind
from workbench.program.excel import write_workbook
from workbench.program.excel_cells import refused
from workbench.program.reading import Records
from workbench.program.settings import Settings
from workbench.program.store import Program
from workbench.program.tables import TABLES
from workbench.program.values import tidy

AS_OF = date(2026, 9, 30)
RISKY = ["=1+1", "+34 600", "-5", "@cmd", '=HYPERLINK("http://x")', "<r><t>x</t></r>", "<r></r>", "#N/A", "007", "TRUE"]


def assert_same(read: Program, written: Program) -> None:
    for name in TABLES:
        assert_frame_equal(read.table(name), written.table(name))
    assert read.settings == written.settings


def there_and_back(program: Program, folder: Path, code: str = "en") -> Program:
    write_workbook(folder / "program.xlsx", code, program)
    return Program.open(folder / "program.xlsx")


def program_of(given_settings: dict[str, Any] | None = None, **tables: list[dict[str, Any]]) -> Program:
    """A program of these rows; what a row leaves out is empty."""
    records = {}
    for name, rows in tables.items():
        empty = {column.name: column.default for column in TABLES[name].columns}
        records[name] = Records(TABLES[name], None, tuple({**empty, **row} for row in rows))
    required = {"name": "P", "currency": "EUR", "as_of": AS_OF}
    return Program(Path("p"), Settings(**{**required, **(given_settings or {})}), (), (), records)


class Strange(NullTranslations):
    """A catalogue in which no text is like the English one."""

    def gettext(self, message: str) -> str:
        return f"Ñandú {message}" if message in labels.LABELS.values() else message


@pytest.fixture
def strange_spanish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    words = {"en": NullTranslations(), "es": Strange()}
    monkeypatch.setattr(language, "_translations", words.__getitem__)
    labels.forget()
    yield
    labels.forget()


@pytest.mark.parametrize("code", ["en", "es"])
@pytest.mark.parametrize("sample", ["en", "es"])
def test_the_sample_comes_back_whole(tmp_path: Path, sample: str, code: str) -> None:
    program = Program.open(blank.sample(sample))
    read = there_and_back(program, tmp_path, code)
    assert_same(read, program)
    assert read.notices == ()


def test_headings_sheets_and_choices_come_back_from_any_language(tmp_path: Path, strange_spanish: None) -> None:
    program = Program.open(blank.sample("es"))
    read = there_and_back(program, tmp_path, "es")
    assert_same(read, program)
    book = load_workbook(tmp_path / "program.xlsx")
    assert book.sheetnames[1] == "Ñandú Requirements"
    assert book["Ñandú Criteria"]["C2"].value == "Ñandú Value"


def text(least: int = 0) -> st.SearchStrategy[str]:
    """Texts as they are after reading, with everything that a spreadsheet may stumble over."""
    nasty = st.sampled_from(
        [*RISKY, "a\nb", "\ta", "“Hi”, 'he' \"said\"", "🙂", "a;b|c", "1,5", "_x0041_", "\x01\x0b!"]
    )
    free = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    return (nasty | free).map(tidy).filter(lambda told: len(told) >= least and not refused(told, told))


def item() -> st.SearchStrategy[str]:
    return text(1).filter(lambda told: not set(told) & set(";|\n"))


def cell(column: Column) -> st.SearchStrategy[Any]:
    """What a cell of a column can hold once it has been read."""
    if column.choices:
        return st.sampled_from(column.choices)
    least, most = column.minimum, column.maximum
    numbers = st.floats(-1e300 if least is None else least, 1e300 if most is None else most, allow_nan=False)
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.NUMBER: numbers.map(lambda value: value + 0.0),
        Kind.INTEGER: st.integers(int(least or 0), int(most or 2**53)),
        Kind.BOOLEAN: st.booleans(),
        Kind.DATE: st.datetimes(datetime(1600, 1, 1), datetime(9999, 12, 31)),
        Kind.LIST: st.lists(item(), max_size=3, unique=True).map(tuple).map(lambda items: items or None),
        Kind.PROFILE: st.sampled_from(["even", "growth 2.125%", "percentages 50 80.5 100", "ramp 12"]),
        Kind.FORMULA: st.sampled_from(["-1.125 + 4", "+2 * 1", "1 / 4"]),
        Kind.NAME: st.from_regex(r"[a-z]{1,9}", fullmatch=True),
    }
    if column.kind in kinds:
        return kinds[column.kind]
    return text(1) if column.required else text().map(lambda told: told or None)


def rows(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a table that refer to no other."""
    table = TABLES[name]
    columns = {column.name: cell(column) for column in table.columns if not column.refers_to}
    optional = {key: value for key, value in columns.items() if not table.column(key).required}
    required = {key: value for key, value in columns.items() if key not in optional}
    row = st.fixed_dictionaries(required, optional=optional).map(_with_defaults(name))
    return st.lists(row, max_size=4, unique_by=lambda row: tuple(str(row[key]) for key in table.key))


def _with_defaults(name: str) -> Any:
    defaults = {column.name: column.default for column in TABLES[name].columns}
    return lambda row: {**defaults, **row}


FREE = ("requirements", "raters", "rounds", "readiness", "vendors", "success_metrics", "gates", "actuals", "capacity")


@settings(max_examples=25)
@given(st.fixed_dictionaries({name: rows(name) for name in FREE}), st.sampled_from(["en", "es"]))
def test_whatever_a_program_holds_comes_back(tables: dict[str, list[dict[str, Any]]], code: str) -> None:
    lines = dict.fromkeys(row["line_id"] for row in tables["actuals"])
    costs = [{"cost_id": line, "category": "other", "formula": "1"} for line in lines]
    program = program_of({"locale": "es_ES"}, **tables, costs=costs)
    with TemporaryDirectory() as folder:
        assert_same(there_and_back(program, Path(folder), code), program)


@settings(max_examples=15)
@given(
    rows("costs"),
    st.lists(item(), max_size=3, unique=True),
    st.dictionaries(item(), st.lists(item(), unique=True), max_size=2),
)
def test_settings_profiles_and_formulas_come_back(
    costs: list[dict[str, Any]], objectives: list[str], systems: dict[str, list[str]]
) -> None:
    for cost in costs:
        cost |= {"last_period": None}
    rights = {"development": ["complexity", "urgency"], "business": []}
    given_settings = {"locale": "es_ES", "objectives": objectives, "own_systems": systems, "scoring_rights": rights}
    program = program_of(given_settings, costs=costs)
    with TemporaryDirectory() as folder:
        assert_same(there_and_back(program, Path(folder), "es"), program)


def test_risky_text_stays_text(tmp_path: Path) -> None:
    program = program_of(requirements=[requirement(f"R{n}", told) for n, told in enumerate(RISKY)])
    assert there_and_back(program, tmp_path).table("requirements")["title"].tolist() == RISKY
    sheet = load_workbook(tmp_path / "program.xlsx")["Requirements"]
    cells = [sheet.cell(row, 2) for row in range(2, 2 + len(RISKY))]
    assert {written.data_type for written in cells} == {"s"}
    assert {written.number_format for written in cells} == {"@"}
    assert [written.value for written in cells if written.quotePrefix] == RISKY[:5]


def requirement(id_: str, title: str, **more: Any) -> dict[str, Any]:
    return {"requirement_id": id_, "title": title, "department": "D", **more}


def test_numbers_and_moments_keep_every_digit(tmp_path: Path) -> None:
    moments = [
        datetime(1900, 1, 1),
        datetime(2026, 9, 14, 10, 30, 59, 123000),
        datetime(2026, 9, 14, 10, 30, 59, 123456),
    ]
    amounts = [0.1 + 0.2, 5e-324, -1.7976931348623157e308]
    program = program_of(
        gates=[{"gate_id": f"G{n}", "name": "N", "held_on": moment} for n, moment in enumerate(moments)],
        costs=[{"cost_id": "L", "category": "other", "formula": "1"}],
        actuals=[{"line_id": "L", "period": n, "amount": amount} for n, amount in enumerate(amounts)],
    )
    read = there_and_back(program, tmp_path)
    assert read.table("gates")["held_on"].dt.to_pydatetime().tolist() == moments
    assert read.table("actuals")["amount"].tolist() == amounts
    sheet = load_workbook(tmp_path / "program.xlsx")["Stage gates"]
    assert [sheet.cell(row, 3).is_date for row in (2, 3, 4)] == [False, True, False]


def test_what_no_cell_can_hold_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    emoji = "🙂" * 16_384  # A spreadsheet counts two for each.
    program = program_of(
        {"own_systems": {"Care": ["a;b"]}},
        requirements=[
            requirement("R1", "x" * 32_767),
            requirement("R2", "x" * 32_768),
            requirement("R3", emoji),
            requirement("R4", "a _x000D_ b"),
            requirement("R5", "x", systems_touched=("one; two",)),
            requirement("R6", "\ud800"),
        ],
    )
    with pytest.raises(DataError) as told:
        write_workbook(tmp_path / "new" / "p.xlsx", "en", program)
    found = [problem.found for problem in told.value.problems]
    assert len(found) == 6
    assert "32768" in found[1]
    assert "32768" in found[2]
    assert "_x000D_" in found[3]
    assert all(problem.remedy for problem in told.value.problems)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(DataError, match="is there already"):
        write_workbook(path, "en")
    assert path.read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        write_workbook(tmp_path / "file" / "p.xlsx", "en")


def test_the_same_program_gives_the_same_file(tmp_path: Path) -> None:
    program = Program.open(blank.sample("en"))
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(tmp_path / name, "es", program)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a.xlsx", "b.xlsx"}


@pytest.mark.parametrize("code", ["en", "es"])
def test_a_blank_workbook_is_a_program_without_rows(tmp_path: Path, code: str) -> None:
    write_workbook(tmp_path / "p.xlsx", code, as_of=AS_OF)
    program = Program.open(tmp_path / "p.xlsx")
    assert program.settings.language == code
    assert program.settings.as_of == AS_OF
    assert not any(program.has(name) for name in TABLES)
    assert program.notices == ()


def test_a_blank_workbook_asks_for_its_date(tmp_path: Path) -> None:
    write_workbook(tmp_path / "p.xlsx", "en")
    (problem,) = problems_of(tmp_path / "p.xlsx")
    assert (problem.where.sheet, problem.where.column) == ("Program", "Date of the data")
    assert load_workbook(tmp_path / "p.xlsx")["Program"].cell(problem.where.row, 1).value.startswith("Date of the data")


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as refused:
        Program.open(path)
    return refused.value.problems


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "p.xlsx"
    with language.using("en"):
        write_workbook(path, "en", Program.open(blank.sample("en")))
    return load_workbook(path)


def validations(book: Workbook, sheet: str) -> dict[str, Any]:
    """Heading → what its cells offer and refuse."""
    return {
        book[sheet].cell(1, next(iter(rule.sqref.ranges)).min_col).value.rstrip("\u00a0*"): rule
        for rule in book[sheet].data_validations.dataValidation
    }


def test_there_is_a_sheet_a_table_in_their_order(book: Workbook) -> None:
    assert book.sheetnames == ["Program", *map(labels.label, TABLES), "Choices"]
    assert book["Choices"].sheet_state == "hidden"
    assert book.active.title == "Program"


def test_no_cell_is_a_formula(book: Workbook) -> None:
    types = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n", "d"}


@pytest.mark.parametrize("name", TABLES)
def test_headings_are_locked_starred_and_explained(book: Workbook, name: str) -> None:
    sheet = book[labels.label(name)]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not any((sheet.protection.sort, sheet.protection.insertRows, sheet.protection.deleteRows))
    assert sheet.freeze_panes == "B2"
    for position, column in enumerate(TABLES[name].columns, start=1):
        heading = sheet.cell(1, position)
        assert heading.value == labels.label(column.name) + ("\u00a0*" if column.required else "")
        assert heading.font.bold
        assert heading.protection.locked
        assert column.help in heading.comment.text
        assert ("has to be filled in" in heading.comment.text) == column.required


def test_everything_under_the_headings_is_open(book: Workbook) -> None:
    for name in map(labels.label, TABLES):
        columns = book[name].column_dimensions.values()
        assert not any(column.protection.locked for column in columns)
        assert not any(cell.protection.locked for row in book[name].iter_rows(min_row=2) for cell in row if cell.value)


def test_every_sheet_prints_on_one_page_s_width(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == (0 if sheet.title != "Program" else None)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book["Scores"].print_title_rows == "$1:$1"


def test_lists_offer_choices_answers_and_ids(book: Workbook) -> None:
    criteria, scores, projects = (validations(book, name) for name in ("Criteria", "Scores", "Projects"))
    offered = criteria["Direction"].formula1.split("!")[1]
    assert [cell.value for (cell,) in book["Choices"][offered.replace("$", "")]] == [
        "Higher is better",
        "Lower is better",
    ]
    assert criteria["Direction"].errorStyle in (None, "stop")
    assert projects["Must be done"].formula1 == '"Yes,No"'
    assert scores["Criterion id"].formula1 == "criteria_ids"
    assert scores["Criterion id"].errorStyle == "warning"
    assert "Criteria!$A$2" in book.defined_names["criteria_ids"].attr_text
    assert str(criteria["Direction"].sqref) == "E2:E1048576"


def test_numbers_and_dates_are_bounded_and_say_so(book: Workbook) -> None:
    benefits, metrics = validations(book, "Benefits"), validations(book, "Success metrics")
    share = benefits["Share due to CRM"]
    assert (share.type, share.formula1, share.formula2) == ("decimal", "0", "1")
    assert share.prompt == "A number from 0 to 1"
    assert benefits["First month"].type == "whole"
    assert metrics["Target due on"].type == "date"
    assert metrics["Target due on"].promptTitle == "Target due on"


def test_every_choice_that_is_declared_is_offered(book: Workbook) -> None:
    for table in TABLES.values():
        rules = validations(book, labels.label(table.name))
        for column in table.columns:
            if column.choices:
                place = rules[labels.label(column.name)].formula1.split("!")[1].replace("$", "")
                assert [cell.value for (cell,) in book["Choices"][place]] == list(map(labels.label, column.choices))


def test_rubrics_stand_where_scores_are_given(book: Workbook) -> None:
    rubric = Program.open(blank.sample("en")).table("criteria")["rubric"][0]
    for position in (3, 5):
        assert rubric in book["Scores"].cell(1, position).comment.text
    assert rubric not in book["Scores"].cell(1, 1).comment.text


def test_a_note_survives_a_rubric_with_signs_that_no_note_can_hold(tmp_path: Path) -> None:
    criterion = {"criterion_id": "C", "name": "N", "axis": "value", "scale_min": 1.0, "scale_max": 5.0}
    program = program_of(criteria=[{**criterion, "rubric": "a\x01b" + " long" * 5000}])
    assert_same(there_and_back(program, tmp_path), program)


def test_dates_numbers_and_ids_are_what_they_look_like(book: Workbook) -> None:
    scores, costs = book["Scores"], book["Costs"]
    assert scores["G2"].is_date
    assert isinstance(scores["E2"].value, int)
    assert costs["A2"].number_format == "@"


def filled_in(path: Path, cells: dict[str, dict[str, Any]]) -> Path:
    """A blank workbook with what a person typed."""
    write_workbook(path, "en", as_of=AS_OF)
    book = load_workbook(path)
    for sheet, typed in cells.items():
        for place, value in typed.items():
            book[sheet][place] = value
    book.save(path)
    return path


def test_wrong_cells_are_told_as_the_person_sees_them(tmp_path: Path) -> None:
    path = filled_in(
        tmp_path / "p.xlsx",
        {
            "Requirements": {"A2": "R1", "B2": "Self-service", "C3": "no id"},
            "Criteria": {"A4": "C1", "B4": "Worth", "C4": "Valeu", "D4": "much", "F4": 1, "G4": 5},
            "Raters": {"A2": "ana", "B2": "Ana", "D2": "Business"},
            "Scores": {"A2": "R9", "B2": "anna", "C2": "C1", "E2": 3},
        },
    )
    told = problems_of(path)
    places = {(problem.where.sheet, problem.where.row, problem.where.column) for problem in told}
    assert places >= {
        ("Requirements", 2, "Department"),
        ("Requirements", 3, "Requirement id"),
        ("Criteria", 4, "Counts towards"),
        ("Criteria", 4, "Weight"),
        ("Scores", 2, "Rater id"),
    }
    weight = next(problem for problem in told if problem.where.column == "Weight")
    assert str(weight).startswith("p.xlsx, sheet Criteria, row 4, column Weight: ")
    axis = next(problem for problem in told if problem.where.column == "Counts towards")
    assert axis.expected == "Value, Complexity, Urgency, Risk reduction"
    assert axis.remedy == "Perhaps Value is meant."
    rater = next(problem for problem in told if problem.where.column == "Rater id")
    assert "Raters" in rater.found


def test_a_filled_in_workbook_is_a_program(tmp_path: Path) -> None:
    path = filled_in(
        tmp_path / "p.xlsx",
        {
            "Requirements": {"A2": "R1", "B2": "T", "C2": "why", "D2": "Care", "G2": "customer care", "K2": "Approved"},
            "Projects": {"A7": "P1", "B7": "T", "C7": "R1", "L7": "Yes"},
            "Success metrics": {"A2": "M", "B2": "N", "F2": "lower is better", "H2": datetime(2026, 3, 15)},
        },
    )
    program = Program.open(path)
    first = program.table("requirements").iloc[0]
    assert (first["capability"], first["status"]) == ("customer_care", "approved")
    assert program.table("projects").loc[0, ["requirement_ids", "must_do"]].tolist() == [("R1",), True]
    assert program.table("success_metrics").loc[0, "direction"] == "lower_is_better"


def test_settings_are_told_by_the_words_of_the_sheet(tmp_path: Path) -> None:
    path = filled_in(tmp_path / "p.xlsx", {})
    book = load_workbook(path)
    rows = {row[0].value: row for row in book["Program"].iter_rows() if row[0].value}
    rows["Currency\u00a0*"][1].value = "euro"
    spare = [row for row in book["Program"].iter_rows() if row[0].value == "Own systems: "]
    spare[0][0].value, spare[0][1].value = "own systems: Care & Sales", "web; billing"
    book.save(path)
    (problem,) = problems_of(path)
    assert (problem.where.sheet, problem.where.column) == ("Program", "Currency")
    assert problem.where.row == rows["Currency\u00a0*"][0].row
    rows["Currency\u00a0*"][1].value = "MXN"
    book.save(path)
    assert Program.open(path).settings.own_systems == {"Care & Sales": ["web", "billing"]}


def test_two_sheets_for_one_table_are_refused(tmp_path: Path) -> None:
    book = Workbook()
    for title in ("success_metrics", "Success metrics"):
        book.create_sheet(title).append(["metric_id"])
    book.save(tmp_path / "p.xlsx")
    sheets = {problem.where.sheet for problem in problems_of(tmp_path / "p.xlsx")}
    assert sheets == {"success_metrics", "Success metrics"}


def test_a_missing_column_is_named_as_the_other_headings_are(tmp_path: Path) -> None:
    path = filled_in(tmp_path / "p.xlsx", {})
    book = load_workbook(path)
    book["Raters"].delete_cols(2)
    book.save(path)
    (problem,) = problems_of(path)
    assert (problem.where.sheet, problem.where.row, problem.where.column) == ("Raters", 1, "Name")
    assert "“Name”" in problem.found


def test_labels_are_understood_in_csv_files_and_told_as_declared(tmp_path: Path, strange_spanish: None) -> None:
    (tmp_path / "program.yaml").write_text("name: P\ncurrency: EUR\nas_of: 2026-09-30\nlocale: es_ES\n")
    with (tmp_path / "criteria.csv").open("w", newline="", encoding="utf-8") as file:
        headings = ["Criterion id", "Name *", "ñandú counts towards", "LOWEST SCORE", "Ñandu Highest score"]
        csv.writer(file, delimiter=";").writerows([headings, ["c", "C", "nandu value", "1", "x"]])
    (problem,) = problems_of(tmp_path)
    assert (problem.where.file, problem.where.row, problem.where.column) == ("criteria.csv", 2, "scale_max")
