"""Baselines of gates: kept once, whole and for good, wherever the program is."""

from __future__ import annotations

import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.program import baselines, blank, database
from workbench.program.excel import write_workbook
from workbench.program.folder import write_folder
from workbench.program.keeping import is_workbook, keep_baseline
from workbench.program.store import Program

GATE = "GATE-1"
TEXT = '{"content": "año\\u2028 – “1”"}\r\n{'
IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(blank.sample("en"), tmp_path / "program"))


@given(IDS, IDS)
@example("nul", "NUL")
@example("com1.first", "COM1")
def test_a_gate_s_file_is_a_plain_name_of_its_own(one: str, other: str) -> None:
    name = baselines.file_name(one)
    assert not set(name) & set('/\\:*?"<>|\r\n')
    assert not name.startswith(".")
    assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)\.", name.lower())
    assert (name == baselines.file_name(other)) == (one == other)


def test_none_are_kept_at_first(folder: Path, address: str) -> None:
    assert dict(Program.open(folder).baselines) == dict(Program.open(address).baselines) == {}


def test_a_folder_keeps_a_baseline_once(folder: Path) -> None:
    file = folder / "baselines" / "GATE-1.json"
    assert keep_baseline(folder, GATE, TEXT) == str(file)
    with pytest.raises(DataError, match="GATE-1 has a baseline already") as refused:
        keep_baseline(folder, GATE, "another")
    (problem,) = refused.value.problems
    assert problem.expected
    assert problem.remedy
    assert [each.name for each in file.parent.iterdir()] == ["GATE-1.json"]
    program = Program.open(folder)
    assert program.baselines == {GATE: TEXT}
    assert file in program.files
    assert not program.notices


def test_a_database_keeps_a_baseline_once(address: str) -> None:
    assert keep_baseline(address, GATE, TEXT) == address
    with pytest.raises(DataError, match="GATE-1 has a baseline already"):
        keep_baseline(address, GATE, "another")
    assert Program.open(address).baselines == {GATE: TEXT}


def test_of_two_that_freeze_at_once_one_is_refused(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the program before either writes."""
    monkeypatch.setattr("workbench.program.keeping.check_gate", lambda *given: None)
    for place in (folder, address):

        def kept(text: str, place: Path | str = place) -> bool:
            try:
                return bool(keep_baseline(place, GATE, text))
            except DataError as error:
                assert "already" in str(error)  # noqa: PT017 - every other refusal is a failure
                return False

        with ThreadPoolExecutor(4) as pool:
            won = [text for text, is_kept in zip("abcd", pool.map(kept, "abcd"), strict=True) if is_kept]
        assert [*Program.open(place).baselines.values()] == won
        assert len(won) == 1


def test_where_there_are_no_links_the_file_is_still_never_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    file = baselines.keep_in_folder(folder, GATE, TEXT)
    with pytest.raises(DataError, match="already"):
        baselines.keep_in_folder(folder, GATE, "another")
    assert file.read_bytes().decode() == TEXT


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "baselines").write_text("a file in the way")
    with pytest.raises(DataError, match="cannot be written: File exists"):
        baselines.keep_in_folder(folder, GATE, TEXT)
    shutil.rmtree(folder)
    with pytest.raises(DataError, match="cannot be written: No such file"):
        baselines.keep_in_folder(folder, GATE, TEXT)


@pytest.mark.parametrize("gate", ["NUL", "nul.1", "aux", "..", "a\0b"])
def test_a_file_of_an_odd_name_is_read_back(folder: Path, gate: str) -> None:
    baselines.keep_in_folder(folder, gate, TEXT)
    assert baselines.read_folder(folder).texts == {gate: TEXT}


def test_an_id_too_long_for_a_file_is_told(folder: Path) -> None:
    with pytest.raises(DataError, match="cannot be written: File name too long") as refused:
        baselines.keep_in_folder(folder, "ñ" * 90, TEXT)
    assert refused.value.problems[0].remedy == "Give the gate a shorter id in the table gates."


def test_no_file_takes_the_place_of_another_when_a_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where capitals make no difference in a file's name."""
    monkeypatch.setattr(baselines, "file_name", lambda gate: f"{gate.lower()}.json")
    with pytest.raises(FileExistsError):
        baselines.write_folder({"GATE": "first", "gate": "second"}, tmp_path)


@pytest.mark.parametrize("gate", ["GATE-2", "", "../GATE-1", "gate-1"])
def test_a_gate_that_there_is_not_keeps_nothing(folder: Path, gate: str) -> None:
    with pytest.raises(DataError, match="There is no gate") as refused:
        keep_baseline(folder, gate, TEXT)
    assert refused.value.problems[0].expected == GATE
    assert not (folder / "baselines").exists()


def test_folder_database_folder_loses_nothing(folder: Path, empty: str, tmp_path: Path) -> None:
    keep_baseline(folder, GATE, TEXT)
    gates = folder / "gates.csv"
    gates.write_text(gates.read_text("utf-8") + "a/b ñ,Launch,2027-03-31,6,,\n", "utf-8")
    keep_baseline(folder, "a/b ñ", "second")
    database.write(Program.open(folder), empty)
    assert Program.open(empty).baselines == {GATE: TEXT, "a/b ñ": "second"}
    write_folder(Program.open(empty), tmp_path / "out")
    for name in ("GATE-1.json", "a%2Fb%20%C3%B1.json"):
        assert (tmp_path / "out" / "baselines" / name).read_bytes() == (folder / "baselines" / name).read_bytes()


def test_a_workbook_keeps_none_and_says_so(folder: Path, tmp_path: Path) -> None:
    keep_baseline(folder, GATE, TEXT)
    write_workbook(tmp_path / "book.xlsx", "en", Program.open(folder))
    assert Program.open(tmp_path / "book.xlsx").baselines == {}
    with pytest.raises(DataError, match="workbook keeps no baselines") as refused:
        keep_baseline(tmp_path / "book.xlsx", GATE, TEXT)
    assert "crm-workbench export" in refused.value.problems[0].remedy
    inside = tmp_path / "inside"
    inside.mkdir()
    shutil.move(tmp_path / "book.xlsx", inside / "program.xlsx")
    shutil.move(folder / "baselines", inside)
    program = Program.open(inside)
    assert is_workbook(program)
    assert [(notice.where.file, notice.found) for notice in program.notices] == [
        ("baselines", "A workbook keeps no baselines; those in this folder are not used.")
    ]
    with pytest.raises(DataError, match="workbook keeps no baselines"):
        keep_baseline(inside, GATE, TEXT)


def test_files_of_other_names_are_told_and_left_alone(folder: Path) -> None:
    keep_baseline(folder, GATE, TEXT)
    place = folder / "baselines"
    for name in ("notes.txt", ".draft", "a b.json", "..json", "GATE-9.json"):
        (place / name).write_text("x")
    program = Program.open(folder)
    assert program.baselines == {GATE: TEXT, "GATE-9": "x"}
    told = {(notice.where.file, notice.found) for notice in program.notices}
    assert told == {
        ("baselines/a b.json", "No gate's baseline has this name; it is not used."),
        ("baselines/..json", "No gate's baseline has this name; it is not used."),
        ("baselines", "A baseline is kept for gate GATE-9, which is not in the table gates."),
    }


def test_a_baseline_that_is_no_text_is_a_problem(folder: Path) -> None:
    (folder / "baselines").mkdir()
    (folder / "baselines" / "GATE-1.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(DataError, match=r"baselines/GATE-1.json: .*UTF-8"):
        Program.open(folder)


ACTUALS = "line_id,period,amount,note\nCOST-01,0,1,\nBEN-01,1,2,\nOLD-7,0,3,\nOLD-7,1,3,\nCOTS-02,0,4,\n"
FROZEN = '{"content": {"costs": [{"cost_id": "OLD-7"}], "benefits": []}}'


def test_actual_amounts_are_of_lines_of_now_or_of_a_frozen_plan(folder: Path) -> None:
    (folder / "actuals.csv").write_text(ACTUALS)
    with pytest.raises(DataError) as refused:
        Program.open(folder)
    told = [(problem.where.row, problem.where.column, problem.found) for problem in refused.value.problems]
    assert told == [
        (4, "line_id", "“OLD-7” is no cost and no benefit line (so in row 5 too)."),
        (6, "line_id", "“COTS-02” is no cost and no benefit line."),
    ]
    assert refused.value.problems[1].remedy == "Perhaps COST-02 is meant."
    (folder / "baselines").mkdir()
    (folder / "baselines" / "GATE-1.json").write_text(FROZEN)
    with pytest.raises(DataError) as refused:
        Program.open(folder)
    assert [problem.where.row for problem in refused.value.problems] == [6]


@pytest.mark.parametrize(
    "text", ["", "torn {", "[]", '{"content": 1}', '{"content": {"costs": 3, "benefits": [1, {}]}}', "[" * 10_000]
)
def test_a_text_that_is_no_plan_names_no_lines(text: str) -> None:
    assert baselines.lines({GATE: text}) == set()


def test_actual_amounts_in_a_database_are_checked_alike(tmp_path: Path, folder: Path) -> None:
    address = str(tmp_path / "crm.db")
    database.write(Program.open(folder), address)
    with sqlite3.connect(address) as connection:
        connection.execute("INSERT INTO actuals (position, line_id, period, amount) VALUES (1, 'OLD-7', 0, 3)")
    connection.close()
    with pytest.raises(DataError, match="OLD-7"):
        Program.open(address)
    with sqlite3.connect(address) as connection:
        connection.execute("INSERT INTO baselines VALUES ('GATE-1', ?)", (FROZEN,))
    connection.close()
    assert Program.open(address).has("actuals")
