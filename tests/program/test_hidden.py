"""What an open round hides is in no frame that a report is made of, and in every copy of the program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from workbench.errors import DataError
from workbench.program import database
from workbench.program.committee import Committee, Score
from workbench.program.folder import write_folder
from workbench.program.preferring import Preference
from workbench.program.store import Program

NOW = datetime(2026, 10, 1, 9, 30)


def test_scores_and_preferences_reach_reports_once_they_are_shown(address: str, sample: Program) -> None:
    committee = Committee.open(address)
    committee.open_round("First", NOW)
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 1, "hidden words"), Score("REQ-02", "CRI-01", None)], NOW)
    committee.prefer("RAT-06", [Preference("REQ-01", "must", 100)])
    opened = Program.open(address)
    assert_frame_equal(opened.table("scores"), sample.table("scores"))
    assert_frame_equal(opened.tables("scores", "raters")[0], sample.table("scores"))
    assert opened.table("preferences").empty
    assert list(opened.table("preferences").columns) == list(sample.table("preferences").columns)
    rows = len(sample.records("preferences").rows) + 1
    assert [notice.found for notice in opened.notices] == [
        "2 rows are hidden, because a round is still open.",
        f"{rows} rows are hidden, because a round is still open.",
    ]
    committee.show_round(NOW)
    committee.close()
    opened = Program.open(address)
    assert opened.table("scores")["comment"].tolist()[-2:] == ["hidden words", ""]
    assert len(opened.table("preferences")) == rows
    assert opened.notices == ()


def test_a_copy_of_the_program_keeps_what_is_hidden(address: str, sample: Program, tmp_path: Path) -> None:
    committee = Committee.open(address)
    committee.open_round("First", NOW)
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 1)], NOW)
    committee.close()
    write_folder(Program.open(address), tmp_path / "copy")
    copy = Program.open(tmp_path / "copy")
    assert len(copy.records("scores").rows) == len(sample.records("scores").rows) + 1
    assert len(copy.table("scores")) == len(sample.table("scores"))
    assert copy.notices[0].where.file == "scores.csv"


def test_a_report_of_nothing_but_hidden_scores_is_refused_with_the_reason(address: str) -> None:
    with database.opened(address) as source, source.begin() as connection:
        connection.execute(sa.text("DELETE FROM scores"))
    committee = Committee.open(address)
    committee.open_round("First", NOW)
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 1)], NOW)
    committee.close()
    opened = Program.open(address)
    assert not opened.has("scores")
    with pytest.raises(DataError, match="All rows are hidden, because a round is still open"):
        opened.tables("requirements", "scores")
