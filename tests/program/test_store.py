"""Programs as people hand them over: the same figures in every dress, and every problem of a broken one at once."""

from __future__ import annotations

import csv
import re
from datetime import time, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from pandas.testing import assert_frame_equal

from workbench.errors import DataError, Problem
from workbench.program import blank
from workbench.program.settings import Settings
from workbench.program.store import Program
from workbench.program.tables import TABLES

SETTINGS = "name: P\ncurrency: EUR\nas_of: 2026-09-30\nlocale: {locale}\n"
CRITERIA = [
    ["criterion_id", "name", "axis", "weight", "scale_min", "scale_max"],
    ["worth", "Worth", "value", "2.5", "1", "5"],
    ["effort", "Effort", "complexity", "1", "0", "10"],
]
REQUIREMENTS = [
    ["requirement_id", "title", "department", "systems_touched"],
    ["007", "Self-service", "Care", "web; billing"],
    ["8", "Chat – “live”", "Atención", ""],
]


def make(folder: Path, locale: str = "en_GB", **tables: list[list[str]]) -> Path:
    """A program folder with these tables as plain CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "program.yaml").write_text(SETTINGS.format(locale=locale))
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return folder


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as refused:
        Program.open(path)
    return refused.value.problems


def test_frames_hold_exactly_the_declared_columns(tmp_path: Path) -> None:
    program = Program.open(make(tmp_path, criteria=CRITERIA, requirements=REQUIREMENTS))
    for name, table in TABLES.items():
        assert tuple(program.table(name).columns) == table.headings
    requirements = program.table("requirements")
    assert requirements["requirement_id"].tolist() == ["007", "8"]
    assert requirements["systems_touched"].tolist() == [("web", "billing"), ()]
    assert requirements["description"].tolist() == ["", ""]
    assert program.table("criteria")["direction"].tolist() == ["higher_is_better"] * 2
    assert program.table("criteria")["weight"].dtype == "float64"
    assert not program.has("scores")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    clean = Program.open(make(tmp_path / "clean", requirements=REQUIREMENTS, criteria=CRITERIA))
    dressed = make(tmp_path / "dressed", locale="es_ES")
    for name, rows in {"requirements": REQUIREMENTS, "criteria": CRITERIA}.items():
        with (dressed / f"{name}.csv").open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=delimiter).writerows(
                [[cell.replace("2.5", "2,5") for cell in row] for row in rows]
            )
    for name in ("requirements", "criteria"):
        assert_frame_equal(Program.open(dressed).table(name), clean.table(name))


def test_order_blank_rows_and_spaces_do_not_matter(tmp_path: Path) -> None:
    clean = Program.open(make(tmp_path / "clean", criteria=CRITERIA))
    untidy = [
        ["", ""],
        [],
        *([f"  {cell} ".upper() if row is CRITERIA[0] else f" {cell} " for cell in row[::-1]] for row in CRITERIA),
    ]
    untidy.insert(4, ["", " ", "\u00a0"])
    messy = Program.open(make(tmp_path / "messy", criteria=untidy))
    assert_frame_equal(messy.table("criteria"), clean.table("criteria"))


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


SETTINGS_SHEET = [
    ["setting", "value"],
    ["name", "P"],
    ["currency", "EUR"],
    ["as_of", "2026-09-30"],
    ["own_systems.Care", "web"],
]


def test_a_workbook_is_a_program(tmp_path: Path) -> None:
    numbers = [
        [float(cell) if cell.replace(".", "").isdigit() and row is not CRITERIA[0] else cell for cell in row]
        for row in CRITERIA
    ]
    clean = Program.open(make(tmp_path / "clean", criteria=CRITERIA))
    book = Program.open(workbook(tmp_path / "p.xlsx", program=SETTINGS_SHEET, Criteria=numbers))
    assert_frame_equal(book.table("criteria"), clean.table("criteria"))
    assert book.settings.own_systems == {"Care": ["web"]}
    assert book.settings.as_of.isoformat() == "2026-09-30"


def test_a_folder_with_one_workbook_and_its_settings_beside(tmp_path: Path) -> None:
    make(tmp_path)
    workbook(tmp_path / "program.xlsx", requirements=[["requirement_id", "title", "department"], [7, "T", "D"]])
    program = Program.open(tmp_path)
    assert program.table("requirements")["requirement_id"].tolist() == ["7"]
    assert {file.name for file in program.files} == {"program.xlsx", "program.yaml"}


def test_excel_dates_and_formulas(tmp_path: Path) -> None:
    rows = [["metric_id", "measured_on", "value"], ["M", pd.Timestamp("2026-03-15").to_pydatetime(), 1]]
    metrics = [["metric_id", "name"], ["M", "Metric"]]
    program = Program.open(
        workbook(tmp_path / "p.xlsx", program=SETTINGS_SHEET, success_metrics=metrics, measurements=rows)
    )
    assert program.table("measurements")["measured_on"].tolist() == [pd.Timestamp("2026-03-15")]
    rows.append(["M", "2026-03-16", "=1+1"])
    told = problems_of(
        workbook(tmp_path / "f.xlsx", program=SETTINGS_SHEET, success_metrics=metrics, measurements=rows)
    )
    assert [(problem.where.sheet, problem.where.row) for problem in told] == [("measurements", 3)]
    assert "no stored values" in told[0].found


def test_every_problem_at_once_with_its_place_and_remedy(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        locale="en_GB\ndiscount_rte: 0.1",
        requirements=[["requirement_id", "title", "departmnt"], ["R1", "T", "D"], ["R1", "U", "D"], ["R2", "", "D"]],
        criteria=[CRITERIA[0], ["c", "C", "valeu", "-1", "5", "5"], ["d", "D", "value", "much", "1", "5"]],
        raters=[["rater_id", "name", "side"], ["ana", "Ana", "business"]],
        scores=[
            ["requirement_id", "rater_id", "criterion_id", "score"],
            ["R9", "anna", "c", "3"],
            ["R1", "ana", "d", "3"],
        ],
        assumptions=[
            ["assumption_id", "name", "low", "base", "high"],
            ["calls", "C", "3", "2", "4"],
            ["zero", "Z", "", "0", ""],
        ],
        costs=[
            ["cost_id", "category", "formula", "first_period", "last_period", "profile"],
            ["C1", "licences", "cals * 2", "1", "12", "even"],
            ["C2", "licences", "__import__('os')", "12", "1", "rmp 3"],
            ["C3", "licences", "calls / zero", "1", "", "even"],
        ],
        gates=[],
    )
    (folder / "projects.csv").write_bytes(b"")
    told = problems_of(folder)
    places = {(problem.where.file, problem.where.row, problem.where.column) for problem in told}
    assert places >= {
        ("program.yaml", 5, "discount_rte"),
        ("requirements.csv", 1, "department"),
        ("requirements.csv", 3, "requirement_id"),
        ("requirements.csv", 4, "title"),
        ("criteria.csv", 2, "axis"),
        ("criteria.csv", 2, "weight"),
        ("criteria.csv", 3, "weight"),
        ("scores.csv", 2, "requirement_id"),
        ("scores.csv", 2, "rater_id"),
        ("assumptions.csv", 2, "base"),
        ("costs.csv", 2, "formula"),
        ("costs.csv", 3, "formula"),
        ("costs.csv", 3, "profile"),
        ("costs.csv", 4, "formula"),
        ("projects.csv", None, ""),
        ("gates.csv", None, ""),
    }
    assert all(problem.found and (problem.expected or problem.remedy) for problem in told)


def test_rules_over_rows(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        requirements=REQUIREMENTS,
        criteria=[CRITERIA[0], ["c", "C", "value", "1", "5", "5"], ["d", "D", "value", "1", "1", "5"]],
        raters=[["rater_id", "name", "side"], ["ana", "Ana", "business"]],
        scores=[["requirement_id", "rater_id", "criterion_id", "score"], ["8", "ana", "d", "6"], ["8", "ana", "d", ""]],
        projects=[["project_id", "title"], ["P", "P"]],
        dependencies=[["project_id", "needs_project_id"], ["P", "P"]],
    )
    assert [(problem.where.file, problem.where.row, problem.where.column) for problem in problems_of(folder)] == [
        ("criteria.csv", 2, "scale_max"),
        ("scores.csv", 2, "score"),
        ("dependencies.csv", 2, "needs_project_id"),
    ]


def test_overlong_rows_and_repeated_headings(tmp_path: Path) -> None:
    rows = [["requirement_id", "title", "department", "title"], ["R1", "T", "D", "", "more"]]
    told = problems_of(make(tmp_path, requirements=rows))
    assert [(problem.where.row, problem.where.column) for problem in told] == [(1, "title"), (2, "")]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"", b"a,b\n1,2\n"])
def test_what_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "program.xlsx"
    path.write_bytes(content)
    assert [problem.where.file for problem in problems_of(path)] == ["program.xlsx"]


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "program.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "no Excel workbook" in problems_of(tmp_path / "program.xlsx")[0].found


def test_places_without_a_program(tmp_path: Path) -> None:
    assert "no program" in problems_of(tmp_path / "nowhere")[0].found
    assert {problem.where.file for problem in problems_of(tmp_path)} == {"program.yaml", tmp_path.name}


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("name: [", 1, ""),
        ("- a\n", None, ""),
        ("name: &a P\ncurrency: *a\n", 2, ""),
        ("name: P\ncurrency: euro\nas_of: 2026-09-30\n", 2, "currency"),
        ("name: P\ncurrency: EUR\nas_of: soon\n", 3, "as_of"),
        ("name: P\ncurrency: EUR\nas_of: 2026-09-30\ndiscount_rate: 10\n", 4, "discount_rate"),
        ("name: P\ncurrency: EUR\nas_of: 2026-09-30\nlocale: xx_YY\n", 4, "locale"),
        ("name: P\nname: Q\ncurrency: EUR\nas_of: 2026-09-30\n", 2, "name"),
        ("name: P\ncurrency: EUR\nas_of: 2026-09-30\nhorizon_months: .nan\n", 4, "horizon_months"),
        ("name: P\ncurrency: EUR\nas_of: 2026-13-45\n", None, ""),
        ("name: P\ncurrency: EUR\nas_of: 2026-09-30\n1: x\n", 4, "1"),
        ("name: P\ncurrency: EUR\nas_of: !!timestamp hello\n", None, ""),
        ("name: " + "[" * 1500, 1, ""),
        ("name: P\ncurrency: EUR\nas_of: 2026-09-30\nusers: " + "9" * 5000, None, ""),
        ("name: !!python/object/apply:os.system ['true']\ncurrency: EUR\nas_of: 2026-09-30\n", 1, ""),
    ],
)
def test_settings_that_do_not_fit(tmp_path: Path, text: str, row: int | None, column: str) -> None:
    folder = make(tmp_path, requirements=REQUIREMENTS)
    (folder / "program.yaml").write_text(text)
    first = problems_of(folder)[0]
    assert (first.where.file, first.where.column) == ("program.yaml", column)
    assert first.where.row == row


def test_what_is_passed_over_is_told(tmp_path: Path) -> None:
    folder = make(tmp_path, requirements=[[*REQUIREMENTS[0], "sorce"], ["R", "T", "D", "", "x"]])
    (folder / "requirments.csv").write_text("a\n")
    told = Program.open(folder).notices
    assert [(notice.where.file, notice.where.column) for notice in told] == [
        ("requirments.csv", ""),
        ("requirements.csv", "sorce"),
    ]
    assert "source" in told[1].remedy


def test_tables_that_a_report_needs(tmp_path: Path) -> None:
    program = Program.open(make(tmp_path, requirements=REQUIREMENTS))
    assert len(program.tables("requirements")[0]) == 2
    with pytest.raises(DataError) as refused:
        program.tables("requirements", "scores", "raters")
    assert [problem.where.file for problem in refused.value.problems] == ["scores.csv", "raters.csv"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_blank_program_opens(tmp_path: Path, language: str) -> None:
    blank.write_blank(tmp_path / "new", language, pd.Timestamp("2026-09-30").date())
    program = Program.open(tmp_path / "new")
    assert program.settings.language == language
    assert not any(program.has(name) for name in TABLES)
    assert {file.stem for file in (tmp_path / "new").glob("*.csv")} == set(TABLES)
    with pytest.raises(DataError, match="holds something"):
        blank.write_blank(tmp_path / "new", language, pd.Timestamp("2026-09-30").date())


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_blank_program_names_every_setting_and_its_examples_hold(tmp_path: Path, language: str) -> None:
    blank.write_blank(tmp_path / "new", language, pd.Timestamp("2026-09-30").date())
    file = tmp_path / "new" / "program.yaml"
    file.write_text(re.sub(r"(?m)^# (?=[a-z_]+: [^ ]*[\[{0-9])", "", file.read_text()))
    assert set(Program.open(tmp_path / "new").settings.to_values()) == set(Settings.model_fields)


def test_profiles_and_formulas_reach_the_frames_without_a_locale(tmp_path: Path) -> None:
    costs = [["cost_id", "category", "formula", "profile"], ["C", "licences", "100 * 1.5", "Growth: 2,5 %"]]
    frame = Program.open(make(tmp_path, locale="es_ES", costs=costs)).table("costs")
    assert frame.loc[0, ["formula", "profile"]].tolist() == ["100 * 1.5", "growth 2.5%"]


@pytest.mark.parametrize(
    ("locale", "language", "shown"), [("es_MX", "es", "es_MX"), ("es_ES", "en", "en"), ("en_GB", "en", "en_GB")]
)
def test_reports_write_figures_in_their_own_language(tmp_path: Path, locale: str, language: str, shown: str) -> None:
    folder = make(tmp_path, locale=f"{locale}\nlanguage: {language}", requirements=REQUIREMENTS)
    assert Program.open(folder).settings.shown_locale == shown


SCORES_NEEDED = {
    "requirements": REQUIREMENTS,
    "criteria": CRITERIA,
    "raters": [["rater_id", "name", "side"], ["ana", "Ana", "business"]],
}
SCORE_HEADINGS = "requirement_id,rater_id,criterion_id,score,comment"


@pytest.mark.parametrize(
    ("lines", "row", "told"),
    [
        (['8,ana,worth,3,"great idea', "007,ana,worth,4,", "007,ana,effort,4,"], 2, "quotation mark"),
        (['8,ana,worth,3,"great" idea', "007,ana,worth,4,"], 2, "quotation mark"),
        (["8,ana,worth,3,fine,more"], 2, "stands under no heading"),
        (["8,ana,worth,3", "007,ana,worth,4,great, but late"], 3, "stands under no heading"),
    ],
)
def test_nothing_is_swallowed_or_shifted(tmp_path: Path, lines: list[str], row: int, told: str) -> None:
    folder = make(tmp_path, **SCORES_NEEDED)
    (folder / "scores.csv").write_text("\n".join([SCORE_HEADINGS + ",,", *lines]) + "\n")
    problems = problems_of(folder)
    assert [(problem.where.file, problem.where.row) for problem in problems] == [("scores.csv", row)]
    assert told in problems[0].found


def test_a_text_may_hold_the_delimiter_a_line_break_and_quotation_marks(tmp_path: Path) -> None:
    folder = make(tmp_path, **SCORES_NEEDED)
    (folder / "scores.csv").write_text(
        f'{SCORE_HEADINGS}\n8,ana,worth,3, "a ""good"", idea;\nreally"\n007,ana,worth,9,\n'
    )
    told = problems_of(folder)
    assert [(problem.where.row, problem.where.column) for problem in told] == [(3, "score")]
    (folder / "scores.csv").write_text(f'sep=,\n{SCORE_HEADINGS}\n8,ana,worth,3, "a ""good"", idea;\nreally"\n')
    assert Program.open(folder).table("scores")["comment"].tolist() == ['a "good", idea;\nreally']


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    folder = make(tmp_path, requirements=REQUIREMENTS)
    (folder / "requirements.csv").write_bytes(
        "requirement_id,title,department\nR1,Atención rápida,Año\n".encode() + "R2,señal,D\n".encode("cp1252")
    )
    told = problems_of(folder)
    assert [(problem.where.row, "encodings" in problem.found) for problem in told] == [(3, True)]


def test_files_by_any_case_and_what_cannot_be_opened(tmp_path: Path) -> None:
    folder = make(tmp_path, requirements=REQUIREMENTS)
    (folder / "requirements.csv").rename(folder / "Requirements.CSV")
    assert len(Program.open(folder).table("requirements")) == 2
    (folder / "costs.csv").mkdir()
    (folder / "projects.csv").symlink_to(folder / "gone.csv")
    assert {problem.where.file for problem in problems_of(folder)} == {"costs.csv", "projects.csv"}


def test_a_workbook_beside_csv_files_is_refused(tmp_path: Path) -> None:
    folder = make(tmp_path, requirements=REQUIREMENTS)
    workbook(folder / "program.xlsx", program=SETTINGS_SHEET, criteria=CRITERIA)
    assert "CSV files" in problems_of(folder)[0].found


def test_a_formula_that_is_a_number_is_read_as_numbers_are(tmp_path: Path) -> None:
    costs = [["cost_id", "category", "formula"], ["C", "licences", "1.500"], ["D", "licences", "1.5 * 2"]]
    spanish = Program.open(make(tmp_path / "es", locale="es_ES", costs=costs)).table("costs")
    assert spanish["formula"].tolist() == ["1500", "1.5 * 2"]
    british = Program.open(make(tmp_path / "en", locale="en_GB", costs=costs)).table("costs")
    assert british["formula"].tolist() == ["1.5", "1.5 * 2"]
    costs[1][2] = "2026-10-12"
    assert "date" in problems_of(make(tmp_path / "date", costs=costs))[0].found


def test_a_negative_line_is_told_at_its_place(tmp_path: Path) -> None:
    costs = [["cost_id", "category", "formula"], ["C", "licences", "0 - 5"]]
    told = problems_of(make(tmp_path, costs=costs))
    assert [(problem.where.row, problem.where.column) for problem in told] == [(2, "formula")]


def test_a_settings_sheet_takes_figures_as_people_write_them(tmp_path: Path) -> None:
    rows = [
        *SETTINGS_SHEET[:3],
        ["as_of", "30/09/2026"],
        ["locale", "es_ES"],
        ["discount_rate", "8 %"],
        ["users", "250"],
    ]
    program = Program.open(workbook(tmp_path / "p.xlsx", program=rows, criteria=CRITERIA))
    assert (program.settings.discount_rate, program.settings.users) == (0.08, 250)
    assert program.settings.as_of.isoformat() == "2026-09-30"
    rows += [["users", 300], ["name.foo", "x"], ["own_systems", "x"]]
    told = problems_of(workbook(tmp_path / "q.xlsx", program=rows, criteria=CRITERIA))
    assert {problem.where.column for problem in told} == {"users", "name.foo", "own_systems"}


def test_cells_that_a_spreadsheet_could_not_compute(tmp_path: Path) -> None:
    rows = [["requirement_id", "title", "department"], ["R", "#REF!", "D"]]
    path = workbook(tmp_path / "p.xlsx", program=SETTINGS_SHEET, requirements=rows)
    book = load_workbook(path)
    book["requirements"]["B2"].data_type = "e"
    book.save(path)
    assert [(problem.where.row, problem.where.column) for problem in problems_of(path)] == [(2, "title")]


def test_durations_are_no_numbers(tmp_path: Path) -> None:
    rows = [
        ["criterion_id", "name", "axis", "scale_min", "scale_max"],
        ["c", "C", "value", timedelta(hours=30), time(1)],
    ]
    told = problems_of(workbook(tmp_path / "p.xlsx", program=SETTINGS_SHEET, criteria=rows))
    assert [problem.where.column for problem in told] == ["scale_min", "scale_max"]


def test_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "p.xlsx", **{"program": SETTINGS_SHEET, "vendor scores": [["a"]], "Vendor_Scores": [["a"]]}
    )
    assert {problem.where.sheet for problem in problems_of(path)} == {"vendor scores", "Vendor_Scores"}


def test_a_stray_cell_far_away_costs_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", program=SETTINGS_SHEET, criteria=CRITERIA)
    book = load_workbook(path)
    book["criteria"].cell(200_000, 16_000).number_format = "0.00"
    book.save(path)
    assert len(Program.open(path).table("criteria")) == 2


def test_damaged_workbooks_are_told(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "p.xlsx", program=SETTINGS_SHEET, criteria=CRITERIA).read_bytes()
    chance = Random(1)
    told = []
    for _round in range(60):
        broken = bytearray(whole)
        for _flip in range(3):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        (tmp_path / "b.xlsx").write_bytes(broken)
        try:
            Program.open(tmp_path / "b.xlsx")
        except DataError as error:
            told.append({problem.where.file for problem in error.problems})
    assert len(told) > 10
    assert all(files <= {"b.xlsx", "program.yaml"} for files in told)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("costs", "last_period", "1e30"),
        ("costs", "first_period", "9" * 400),
        ("gates", "held_on", "15 march 99999999999999"),
    ],
)
def test_figures_beyond_all_bounds(tmp_path: Path, table: str, column: str, value: str) -> None:
    row = {"costs": {"cost_id": "C", "category": "other", "formula": "1"}, "gates": {"gate_id": "G", "name": "G"}}[
        table
    ]
    row[column] = value
    told = problems_of(make(tmp_path, **{table: [list(row), list(row.values())]}))
    assert [problem.where.column for problem in told] == [column]


def test_a_comma_between_percentages_is_refused_unless_it_is_the_decimal_mark(tmp_path: Path) -> None:
    costs = [["cost_id", "category", "formula", "profile"], ["C", "other", "1", "percentages 50,80"]]
    assert [problem.where.column for problem in problems_of(make(tmp_path / "en", costs=costs))] == ["profile"]
    spanish = Program.open(make(tmp_path / "es", locale="es_ES", costs=costs))
    assert spanish.table("costs")["profile"].tolist() == ["percentages 50.8"]


def test_names_with_accents_typed_in_two_ways_are_one(tmp_path: Path) -> None:
    rows = [
        ["assumption_id", "name", "base", "correlated_with"],
        ["llamadas_an\u0303o", "L", "1", ""],
        ["otra", "O", "1", "llamadas_año"],
    ]
    frame = Program.open(make(tmp_path, assumptions=rows)).table("assumptions")
    assert frame["correlated_with"].tolist() == ["", frame.loc[0, "assumption_id"]]
