"""Committees at work: rounds, scores that are hidden until shown, decisions that can be checked, nothing lost."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from time import sleep

import pandas as pd
import pytest
import sqlalchemy as sa

import workbench
from workbench.errors import DataError, Location
from workbench.program import database
from workbench.program.committee import Committee, Score
from workbench.program.folder import write_folder
from workbench.program.reading import Records
from workbench.program.settings import read_values
from workbench.program.store import Program
from workbench.program.tables import TABLES

NOW = datetime(2026, 10, 1, 9, 30, 0, 123456)
BUSINESS, DEVELOPER = "RAT-01", "RAT-05"
SCRIPT = Path(__file__).with_name("raters_at_once.py")


@pytest.fixture
def committee(address: str) -> Iterator[Committee]:
    opened = Committee.open(address)
    yield opened
    opened.close()


def frozen_hash(program: Program, number: int) -> str:
    """The hash of a round, worked out from the tables alone."""
    frame = program.table("scores").query("round == @number")
    lines = []
    for row in frame.itertuples():
        score = None if pd.isna(row.score) else row.score
        at = row.scored_at.isoformat(timespec="microseconds")
        lines.append([row.requirement_id, row.rater_id, row.criterion_id, int(row.round), score, row.comment, at])
    text = "".join(json.dumps(line) + "\n" for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_round_from_opening_to_decision(committee: Committee, address: str, tmp_path: Path) -> None:
    assert committee.current_round() is None
    opened = committee.open_round(" Autumn ", NOW)
    assert (opened.number, opened.name, opened.status) == (3, "Autumn", "open")  # The sample brings rounds 1 and 2.
    committee.score(BUSINESS, [Score("REQ-01", "CRI-01", 4), Score("REQ-02", "CRI-01", None, " ¿por qué? ")], NOW)
    committee.score(DEVELOPER, [Score("REQ-01", "CRI-07", 2.5)], NOW)
    shown = committee.show_round(NOW + timedelta(hours=1))
    frozen = committee.freeze_round("Ana", "Agreed by all", NOW + timedelta(hours=2))
    assert shown.status == "shown"
    assert committee.current_round() is None
    assert committee.rounds() == (frozen,)
    assert (frozen.opened_at, frozen.shown_at, frozen.frozen_at) == (NOW, shown.shown_at, NOW + timedelta(hours=2))
    assert (frozen.frozen_by, frozen.reason) == ("Ana", "Agreed by all")
    assert committee.verify_round(3)
    program = Program.open(address)
    assert frozen.scores_hash == frozen_hash(program, 3)
    write_folder(program, tmp_path / "out")
    assert frozen_hash(Program.open(tmp_path / "out"), 3) == frozen.scores_hash
    assert committee.open_round("Winter", NOW).number == 4


def test_a_changed_score_does_not_verify(committee: Committee, address: str) -> None:
    number = committee.open_round("First", NOW).number
    committee.score(BUSINESS, [Score("REQ-01", "CRI-01", 4)], NOW)
    committee.show_round(NOW)
    committee.freeze_round("Ana", "Agreed", NOW)
    with database.opened(address) as source, source.begin() as connection:
        connection.execute(sa.text("UPDATE scores SET score = 5 WHERE round = :number"), {"number": number})
    assert not committee.verify_round(number)
    for unknown in (number + 1, 1):
        with pytest.raises(DataError, match="not frozen"):
            committee.verify_round(unknown)


def test_one_round_at_a_time_in_its_order(committee: Committee) -> None:
    for step in (lambda: committee.show_round(NOW), lambda: committee.freeze_round("Ana", "Why", NOW)):
        with pytest.raises(DataError, match="No round is"):
            step()
    committee.open_round("First", NOW)
    with pytest.raises(DataError, match="No round is shown"):
        committee.freeze_round("Ana", "Why", NOW)
    with pytest.raises(DataError, match="not frozen yet"):
        committee.open_round("Second", NOW)
    committee.show_round(NOW)
    with pytest.raises(DataError, match="not frozen yet"):
        committee.open_round("Second", NOW)
    with pytest.raises(DataError) as refused:
        committee.freeze_round(" ", "", NOW)
    assert len(refused.value.problems) == 2
    assert committee.current_round().status == "shown"


def test_a_round_that_is_not_meant_is_neither_shown_nor_frozen(committee: Committee) -> None:
    first = committee.open_round("Weekly", NOW).number
    with pytest.raises(DataError, match=f"It is round {first} by now"):
        committee.show_round(NOW, first + 1)
    committee.show_round(NOW, first)
    with pytest.raises(DataError, match=f"It is round {first} by now"):
        committee.freeze_round("Ana", "Agreed", NOW, first + 1)
    assert committee.freeze_round("Ana", "Agreed", NOW, first).status == "frozen"


@pytest.mark.parametrize("status", ["none", "shown", "frozen"])
def test_scores_are_refused_outside_an_open_round(committee: Committee, status: str) -> None:
    if status != "none":
        committee.open_round("First", NOW)
        committee.show_round(NOW)
    if status == "frozen":
        committee.freeze_round("Ana", "Agreed", NOW)
    before = len(committee.scores_seen_by(BUSINESS))
    with pytest.raises(DataError, match="No round is open"):
        committee.score(BUSINESS, [Score("REQ-01", "CRI-01", 4)], NOW)
    assert len(committee.scores_seen_by(BUSINESS)) == before


def test_every_problem_of_scores_at_once_and_none_kept(committee: Committee) -> None:
    committee.open_round("First", NOW)
    before = len(committee.scores_seen_by(BUSINESS))
    given = [
        Score("REQ-01", "CRI-01", 3),
        Score("REQ-02", "CRI-01", 5.01),
        Score("REQ-03", "CRI-01", float("nan")),
        Score("REQ-99", "CRI-01", 3),
        Score("REQ-01", "CRI-07", 3),
        Score("REQ-01", "CRI-99", 3),
        Score("REQ-01", "CRI-01", 3),
    ]
    with pytest.raises(DataError) as refused:
        committee.score(BUSINESS, given, NOW)
    places = [(problem.where.file, problem.where.column) for problem in refused.value.problems]
    assert places == [
        ("REQ-01", "CRI-01"),
        ("REQ-02", "CRI-01"),
        ("REQ-03", "CRI-01"),
        ("REQ-99", "CRI-01"),
        ("REQ-01", "CRI-07"),
        ("REQ-01", "CRI-99"),
    ]
    for rater, comment in (("nobody", ""), (BUSINESS, "a\0b"), (BUSINESS, "\ud800")):
        with pytest.raises(DataError):
            committee.score(rater, [Score("REQ-01", "CRI-01", 3), Score("REQ-02", "CRI-01", 3, comment)], NOW)
    assert len(committee.scores_seen_by(BUSINESS)) == before


def test_who_may_score_what(address: str, sample: Program) -> None:
    axes = sample.table("criteria").set_index("criterion_id")["axis"]
    committee = Committee.open(address)
    assert set(axes[list(committee.may_score(BUSINESS))]) == {"value", "urgency"}
    assert set(axes[list(committee.may_score(DEVELOPER))]) == {"complexity"}
    with pytest.raises(DataError, match="no rater"):
        committee.may_score("nobody")
    committee.close()
    rights = {"development": ["complexity", "urgency"]}
    with database.opened(address) as source, source.begin() as connection:
        row = {"setting": "scoring_rights", "value": json.dumps(rights)}
        connection.execute(sa.insert(database.schema.SETTINGS), row)
    committee = Committee.open(address)
    assert set(axes[list(committee.may_score(BUSINESS))]) == {"value", "urgency"}
    assert set(axes[list(committee.may_score(DEVELOPER))]) == {"complexity", "urgency"}
    committee.close()


def test_hidden_scores_are_never_fetched(committee: Committee, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[list[object]] = []
    read_records = database.read_records

    def spy(sheet, table, culture):
        fetched.extend(cells for _row, cells in sheet.rows)
        return read_records(sheet, table, culture)

    committee.open_round("First", NOW)
    committee.score(BUSINESS, [Score("REQ-01", "CRI-01", 4, "mine")], NOW)
    committee.score("RAT-02", [Score("REQ-01", "CRI-01", 1, "theirs")], NOW)
    monkeypatch.setattr(database, "read_records", spy)
    own = committee.scores_seen_by(BUSINESS)
    committee.scores_seen_by(DEVELOPER)
    committee.scores_seen_by(None, facilitator=True)
    assert not any("theirs" in cells for cells in fetched)
    assert own.query("round == 3")["comment"].tolist() == ["mine"]
    assert set(own.query("round < 3")["rater_id"]) == {f"RAT-0{one}" for one in range(1, 7)}
    assert committee.scores_seen_by(None).empty
    assert tuple(committee.scores_seen_by(None).columns) == TABLES["scores"].headings
    with pytest.raises(DataError, match="no rater"):
        committee.scores_seen_by("RAT-01' OR '1'='1")
    committee.show_round(NOW)
    seen = committee.scores_seen_by(DEVELOPER).query("round == 3")
    assert seen["comment"].tolist() == ["mine", "theirs"]


def test_progress_counts_the_last_word_and_abstaining_is_no_zero(committee: Committee) -> None:
    assert committee.progress()["expected"].tolist() == [0] * 6
    committee.open_round("First", NOW)
    committee.score(BUSINESS, [Score("REQ-01", "CRI-01", 4), Score("REQ-02", "CRI-01", 0 + 1)], NOW)
    committee.score(BUSINESS, [Score("REQ-01", "CRI-01", None), Score("REQ-03", "CRI-01", 2)], NOW)
    counted = committee.progress().set_index("rater_id")
    requirements = len(committee.requirements())
    assert counted.loc[BUSINESS].tolist() == ["Marketing director", 2, 1, 6 * requirements]
    assert counted.loc[DEVELOPER].tolist() == ["CRM architect", 0, 0, 3 * requirements]
    mine = committee.scores_seen_by(BUSINESS).query("round == 3 and requirement_id == 'REQ-01'")["score"]
    assert mine.iloc[0] == 4
    assert pd.isna(mine.iloc[1])


def test_times_with_a_zone_are_kept_in_utc(committee: Committee) -> None:
    opened = committee.open_round("First", NOW.replace(tzinfo=timezone(timedelta(hours=2))))
    assert opened.opened_at == NOW - timedelta(hours=2)
    assert committee.show_round(NOW.replace(tzinfo=UTC)).shown_at == NOW


def test_what_is_shown_to_the_microsecond_stays_so_while_raters_go_on(committee: Committee, address: str) -> None:
    """Scores that race with the showing are either in the frozen round and in its hash, or refused."""
    number = committee.open_round("First", NOW).number
    accepted: list[int] = []

    def go_on(rater: str) -> None:
        session = Committee.open(address)
        try:
            for turn in range(500):
                session.score(rater, [Score("REQ-01", "CRI-01", 1 + turn % 5)], NOW)
                accepted.append(turn)
        except DataError as error:
            assert "No round is open" in str(error)  # noqa: PT017
        finally:
            session.close()

    threads = [Thread(target=go_on, args=(f"RAT-0{one}",)) for one in range(1, 5)]
    for thread in threads:
        thread.start()
    while len(accepted) < 20 and any(thread.is_alive() for thread in threads):
        sleep(0.01)
    committee.show_round(NOW)
    frozen = committee.freeze_round("Ana", "Agreed", NOW)
    for thread in threads:
        thread.join()
    assert len(committee.scores_seen_by(DEVELOPER).query("round == @number")) == len(accepted) < 2000
    assert committee.verify_round(number)
    assert frozen.scores_hash == frozen_hash(Program.open(address), number)


def test_two_facilitators_open_one_round(committee: Committee, address: str) -> None:
    told: list[str] = []

    def open_one() -> None:
        session = Committee.open(address)
        try:
            told.append(session.open_round("First", NOW).status)
        except DataError as error:
            told.append(str(error))
        session.close()

    threads = [Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("open") == 1
    assert sum("not frozen yet" in text for text in told) == 3
    assert len(committee.rounds()) == 1


def row_of(committee: Committee, requirement: str) -> dict[str, object]:
    kept = committee.requirements().set_index("requirement_id", drop=False).loc[requirement].to_dict()
    return {name: None if value != value else value for name, value in kept.items()}


def test_a_requirement_is_added_and_changed_in_its_place(committee: Committee) -> None:
    ids = committee.requirements()["requirement_id"].tolist()
    new = committee.next_requirement_id()
    assert new == f"REQ-{len(ids) + 1}"
    added = {"requirement_id": new, "title": " =1+1 ", "department": "Sales", "other_departments": "Care; Finance"}
    committee.save_requirement(added, None)
    seen = row_of(committee, new)
    assert seen["title"] == "=1+1"
    assert seen["other_departments"] == ("Care", "Finance")
    assert seen["status"] == "proposed"
    first = row_of(committee, "REQ-01")
    committee.save_requirement({"requirement_id": "REQ-01", "title": "Renamed", "systems_touched": ["A", "B"]}, first)
    assert row_of(committee, "REQ-01") == first | {"title": "Renamed", "systems_touched": ("A", "B")}
    assert committee.requirements()["requirement_id"].tolist() == [*ids, new]


def test_a_lost_update_is_refused(committee: Committee) -> None:
    seen = row_of(committee, "REQ-01")
    committee.save_requirement({**seen, "title": "First", "description": "", "systems_touched": ()}, seen)
    with pytest.raises(DataError, match="changed it meanwhile") as refused:
        committee.save_requirement({**seen, "title": "Second"}, seen)
    assert {problem.where.column for problem in refused.value.problems} == {"title", "description", "systems_touched"}
    with pytest.raises(DataError, match="changed it meanwhile"):
        committee.save_requirement({"requirement_id": "REQ-01", "title": "Third"}, {"title": seen["title"]})
    assert row_of(committee, "REQ-01")["title"] == "First"


def test_of_two_who_save_at_once_one_is_told(committee: Committee, address: str) -> None:
    seen = row_of(committee, "REQ-01")
    new = committee.next_requirement_id()
    told: list[str] = []

    def save(title: str) -> None:
        session = Committee.open(address)
        for expected, key in ((seen, "REQ-01"), (None, new)):
            try:
                session.save_requirement({**seen, "requirement_id": key, "title": title}, expected)
                told.append(key)
            except DataError as error:
                told.append(str(error))
        session.close()

    threads = [Thread(target=save, args=(f"Title {one}",)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("REQ-01") == told.count(new) == 1
    assert sum("changed it meanwhile" in text for text in told) == 3
    assert sum("is taken" in text for text in told) == 3


def test_scoring_rights_that_do_not_fit_are_told() -> None:
    given = {"name": "P", "currency": "EUR", "as_of": "2026-09-30"}
    for rights in ({"business": ["cost"]}, {"sales": ["value"]}, ["value"]):
        (problem,) = read_values(given | {"scoring_rights": rights}, Location("here")).problems
        assert (problem.where.file, problem.where.column) == ("here", "scoring_rights")
    assert (
        read_values(given | {"scoring_rights": {"business": []}}, Location()).settings.axes_scored_by("business") == ()
    )


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"requirement_id": "REQ-01", "title": "T", "department": "D"}, "requirement_id"),
        ({"requirement_id": "", "title": "T", "department": "D"}, "requirement_id"),
        ({"requirement_id": "N", "title": " ", "department": "D"}, "title"),
        ({"requirement_id": "N", "title": "T"}, "department"),
        ({"requirement_id": "N", "title": "T", "department": "D", "status": "aproved"}, "status"),
        ({"requirement_id": "N", "title": "T", "department": "D", "rubric": "x"}, "rubric"),
        ({"requirement_id": "N", "title": "a\0", "department": "D"}, "title"),
    ],
)
def test_a_wrong_requirement_is_refused(committee: Committee, values: dict[str, object], column: str) -> None:
    before = committee.requirements()
    with pytest.raises(DataError) as refused:
        committee.save_requirement(values, None)
    assert [problem.where.column for problem in refused.value.problems] == [column]
    with pytest.raises(DataError, match="no requirement"):
        committee.save_requirement({"title": "T"}, {"requirement_id": "REQ-99"})
    pd.testing.assert_frame_equal(committee.requirements(), before)


def crowd(sample: Program, raters: int) -> Program:
    """A program with so many raters, eight requirements and five criteria that all of them score."""

    def rows(name: str, given: list[dict[str, object]]) -> Records:
        blank = {column.name: column.default for column in TABLES[name].columns}
        return Records(TABLES[name], rows=tuple(blank | row for row in given))

    scale = {"axis": "value", "scale_min": 0.0, "scale_max": 10.0}
    tables = {
        "requirements": [{"requirement_id": f"R{one}", "title": "T", "department": "D"} for one in range(8)],
        "criteria": [{"criterion_id": f"C{one}", "name": "C", **scale} for one in range(5)],
        "raters": [{"rater_id": f"rater-{one:02}", "name": "N", "side": "business"} for one in range(raters)],
    }
    return replace(sample, _records={name: rows(name, given) for name, given in tables.items()})


def run_raters(address: str, count: int, at_once: int, *more: str) -> list[int]:
    """How each process ended, of so many raters who give so many scores in a transaction."""
    environment = os.environ | {"PYTHONPATH": str(Path(workbench.__file__).parents[1])}
    words = [sys.executable, SCRIPT, address, str(count), str(at_once), *more]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return list(map(int, done.stdout.split()))


def test_fifty_raters_score_at_once(empty: str, sample: Program) -> None:
    database.write(crowd(sample, 50), empty)
    committee = Committee.open(empty)
    committee.open_round("All", NOW)
    assert run_raters(empty, 50, 1) == [0] * 50
    progress = committee.progress()
    assert progress[["scored", "expected"]].to_numpy().tolist() == [[40, 40]] * 50
    committee.show_round(NOW)
    scores = committee.scores_seen_by(None, facilitator=True)
    committee.close()
    assert len(scores) == 2000
    assert not scores.duplicated(["rater_id", "requirement_id", "criterion_id"]).any()
    assert (scores["comment"] == scores["rater_id"]).all()
    assert (scores["score"] == scores["criterion_id"].str[1:].astype(float)).all()


def test_a_killed_process_leaves_whole_transactions_only(empty: str, sample: Program) -> None:
    database.write(crowd(sample, 8), empty)
    committee = Committee.open(empty)
    committee.open_round("All", NOW)
    assert run_raters(empty, 8, 5, "kill") == [-9] + [0] * 7
    committee.show_round(NOW)
    scores = committee.scores_seen_by(None, facilitator=True)
    committee.close()
    kept = scores.groupby("rater_id").size()
    assert kept.drop("rater-00").tolist() == [40] * 7
    assert 15 <= kept["rater-00"] <= 40
    assert set(scores.query("rater_id == 'rater-00'").groupby("requirement_id").size()) == {5}
