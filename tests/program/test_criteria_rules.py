"""Scales as people write them in the criteria table: what is wrong with them, and scores that are off them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from workbench.errors import DataError
from workbench.program import database
from workbench.program.excel import write_workbook
from workbench.program.folder import write_folder
from workbench.program.scales import levels_of
from workbench.program.store import Program

SETTINGS = "name: P\ncurrency: EUR\nas_of: 2026-09-30\nlocale: {locale}\n"
HEADINGS = ["criterion_id", "name", "axis", "scale_min", "scale_max", "scale", "levels"]
SCORED = {
    "requirements": [["requirement_id", "title", "department"], ["R", "T", "D"]],
    "raters": [["rater_id", "name", "side"], ["A", "Ana", "business"], ["B", "Bo", "business"]],
}


def program(folder: Path, *criteria: list[str], locale: str = "en_GB", **tables: list[list[str]]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "program.yaml").write_text(SETTINGS.format(locale=locale))
    for name, rows in {"criteria": [HEADINGS, *criteria], **SCORED, **tables}.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return folder


def told(folder: Path) -> list[tuple[str, int | None, str]]:
    with pytest.raises(DataError) as refused:
        Program.open(folder)
    places = [problem.where for problem in refused.value.problems]
    return [(Path(place.file).name, place.row, place.column) for place in places]


@pytest.mark.parametrize(
    ("low", "high", "scale", "levels", "column"),
    [
        ("1", "9", "own", "", "levels"),
        ("1", "9", "own", "4", "levels"),
        ("1", "9", "own", "1; 10", "levels"),
        ("1", "9", "own", "1; 1.0", "levels"),
        ("1", "9", "own", "one; nine", "levels"),
        ("1", "9", "", "1; 9", "levels"),
        ("6", "7", "fibonacci", "", "scale"),
        ("5", "7", "powers of two", "", "scale"),
        ("1", "9", "logarithmic", "", "scale"),
    ],
    ids=["none", "one", "beyond", "twice", "words", "idle", "fibonacci", "powers", "unknown"],
)
def test_a_wrong_scale_is_told_where_it_stands(
    low: str, high: str, scale: str, levels: str, column: str, tmp_path: Path
) -> None:
    good = ["G", "Good", "value", "1", "5", "", ""]
    found = told(program(tmp_path / "p", good, ["C", "N", "value", low, high, scale, levels]))
    assert ("criteria.csv", 3, column) in found
    assert {place[:2] for place in found} == {("criteria.csv", 3)}


@pytest.mark.parametrize(("locale", "written"), [("en_GB", "0.5; 1.234; 9"), ("es_ES", "0,5; 1,2340; 9")])
def test_levels_are_read_as_people_write_numbers_and_travel_unchanged(
    locale: str, written: str, tmp_path: Path
) -> None:
    opened = Program.open(program(tmp_path / "p", ["C", "N", "value", "0", "9", "own", written], locale=locale))
    levels = ("0.5", "1.234", "9")
    assert opened.table("criteria")["levels"].tolist() == [levels]
    assert levels_of(opened.table("criteria").iloc[0]) == (0.5, 1.234, 9)
    write_folder(opened, tmp_path / "folder")
    write_workbook(tmp_path / "book.xlsx", "en", opened)
    database.write(opened, str(tmp_path / "p.db"))
    for dress in ("folder", "book.xlsx", "p.db"):
        assert Program.open(str(tmp_path / dress)).table("criteria")["levels"].tolist() == [levels]


def test_a_score_off_its_scale_is_refused_when_files_are_read(tmp_path: Path) -> None:
    criteria = [
        ["lin", "Linear", "value", "1", "5", "", ""],
        ["fib", "Fibonacci", "value", "1", "21", "Fibonacci", ""],
        ["two", "Powers", "value", "1", "8", "powers_of_two", ""],
        ["own", "Own", "value", "0", "10", "own", "0; 3; 10"],
    ]
    given = [("lin", "2.5"), ("fib", "13"), ("two", "4"), ("own", "3"), ("own", "")]
    given += [("lin", "5.5"), ("fib", "4"), ("two", "3"), ("own", "5")]
    scores = [["requirement_id", "rater_id", "criterion_id", "score"], *(["R", "A", *one] for one in given)]
    assert told(program(tmp_path / "p", *criteria, scores=scores)) == [
        ("scores.csv", row, "score") for row in (7, 8, 9, 10)
    ]


def test_judgements_compare_two_criteria_of_one_axis(tmp_path: Path) -> None:
    criteria = [[key, key, axis, "1", "5", "", ""] for key, axis in (("a", "value"), ("b", "value"), ("c", "urgency"))]
    given = [["A", "a", "b", "3"], ["A", "a", "c", "3"], ["B", "a", "a", "1"], ["B", "a", "b", "9.5"]]
    rows = [["rater_id", "criterion_id", "other_criterion_id", "times"], *given]
    assert told(program(tmp_path / "p", *criteria, judgements=rows)) == [
        ("judgements.csv", 3, "other_criterion_id"),
        ("judgements.csv", 4, "other_criterion_id"),
        ("judgements.csv", 5, "times"),
    ]
