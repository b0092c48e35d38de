"""A frozen round's scores are held to the hash of its record, in a database, a folder and a workbook alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from workbench.program import blank, database
from workbench.program.committee import Committee, Score
from workbench.program.excel import write_workbook
from workbench.program.folder import write_folder
from workbench.program.store import Program

NOW = datetime(2026, 11, 2, 10)


@pytest.fixture
def frozen(tmp_path: Path) -> str:
    """The sample with a round that was scored and frozen."""
    address = str(tmp_path / "program.db")
    database.write(Program.open(blank.sample("en")), address)
    committee = Committee.open(address)
    committee.open_round("Decided", NOW)
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 4.0, "Yes, ñ"), Score("REQ-02", "CRI-01", None)], NOW)
    committee.show_round(NOW)
    committee.freeze_round("Ana", "Agreed", NOW)
    committee.close()
    return address


def told(program: Program) -> list[str]:
    return [str(notice) for notice in program.notices if "its decision rests on" in notice.found]


def test_a_record_holds_wherever_the_program_is_kept(frozen: str, tmp_path: Path) -> None:
    program = Program.open(frozen)
    write_folder(program, tmp_path / "folder")
    write_workbook(tmp_path / "book.xlsx", "en", program, None)
    for place in (frozen, tmp_path / "folder", tmp_path / "book.xlsx"):
        assert told(Program.open(place)) == []


def test_a_changed_score_is_told(frozen: str, tmp_path: Path) -> None:
    write_folder(Program.open(frozen), tmp_path / "folder")
    scores = tmp_path / "folder" / "scores.csv"
    kept = scores.read_text(encoding="utf-8")
    assert "Yes, ñ" in kept
    scores.write_text(kept.replace("Yes, ñ", "No"), encoding="utf-8")
    [notice] = told(Program.open(tmp_path / "folder"))
    assert notice.startswith("rounds.csv, row 2, column scores_hash: The scores of round 3 are not those")
