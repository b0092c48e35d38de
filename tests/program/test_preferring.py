"""Preferences: own rows only, in an open round, hidden from all others until it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pandas as pd
import pytest
import sqlalchemy as sa

from workbench.errors import DataError
from workbench.program import database
from workbench.program.committee import Committee
from workbench.program.preferring import Preference

NOW = datetime(2026, 10, 1, 9, 30)
ONE, OTHER = "RAT-01", "RAT-02"


@pytest.fixture
def committee(address: str) -> Iterator[Committee]:
    """A committee in an open round, with no preferences yet."""
    with database.opened(address) as source, source.begin() as connection:
        connection.execute(sa.text("DELETE FROM preferences"))
    opened = Committee.open(address)
    opened.open_round("First", NOW)
    yield opened
    opened.close()


def seen(
    committee: Committee, rater: str | None, facilitator: bool = False
) -> list[tuple[str, str, str, float | None]]:
    frame = committee.preferences_seen_by(rater, facilitator)
    rows = frame[["rater_id", "requirement_id", "moscow", "points"]].itertuples(index=False, name=None)
    return [(*row[:3], None if pd.isna(row[3]) else row[3]) for row in rows]


def test_a_preference_takes_the_place_of_the_one_before(committee: Committee) -> None:
    committee.prefer(ONE, [Preference("REQ-01", "must", 60), Preference("REQ-02", "could")])
    committee.prefer(OTHER, [Preference("REQ-01", "wont", 100)])
    committee.prefer(ONE, [Preference("REQ-01", "should", 30), Preference("REQ-03", "", 70)])
    assert set(seen(committee, ONE)) == {
        (ONE, "REQ-01", "should", 30),
        (ONE, "REQ-02", "could", None),
        (ONE, "REQ-03", "", 70),
    }
    committee.prefer(ONE, [Preference("REQ-01"), Preference("REQ-02")])
    assert seen(committee, ONE) == [(ONE, "REQ-03", "", 70)]
    assert seen(committee, OTHER) == [(OTHER, "REQ-01", "wont", 100)]


def test_hidden_preferences_are_never_fetched(committee: Committee, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[list[object]] = []
    read_records = database.read_records

    def spy(sheet, table, culture):
        fetched.extend(cells for _row, cells in sheet.rows)
        return read_records(sheet, table, culture)

    committee.prefer(ONE, [Preference("REQ-01", "must", 60)])
    committee.prefer(OTHER, [Preference("REQ-02", "wont", 41)])
    monkeypatch.setattr(database, "read_records", spy)
    assert seen(committee, ONE) == [(ONE, "REQ-01", "must", 60)]
    assert seen(committee, None, facilitator=True) == []
    assert seen(committee, "RAT-03") == []
    assert not any(OTHER in cells for cells in fetched)
    progress = committee.preference_progress().set_index("rater_id")
    assert progress.loc[OTHER].tolist() == ["Customer care manager", 1, 41]
    assert progress.loc["RAT-03", ["classed", "points"]].tolist() == [0, 0]
    committee.show_round(NOW)
    both = {(ONE, "REQ-01", "must", 60), (OTHER, "REQ-02", "wont", 41)}
    assert set(seen(committee, "RAT-03")) == set(seen(committee, None, facilitator=True)) == both
    assert seen(committee, None) == []
    with pytest.raises(DataError, match="no rater"):
        committee.preferences_seen_by("RAT-01' OR '1'='1")
    committee.freeze_round("Ana", "Agreed", NOW)
    committee.open_round("Second", NOW)
    assert seen(committee, ONE) == [(ONE, "REQ-01", "must", 60)]


def test_nothing_changes_outside_an_open_round(committee: Committee) -> None:
    committee.prefer(ONE, [Preference("REQ-01", "must", 60)])
    committee.show_round(NOW)
    with pytest.raises(DataError, match="No round is open"):
        committee.prefer(ONE, [Preference("REQ-01", "wont", 0)])
    assert seen(committee, ONE) == [(ONE, "REQ-01", "must", 60)]


def test_more_points_than_the_budget_are_refused_as_a_whole(committee: Committee) -> None:
    committee.prefer(ONE, [Preference("REQ-01", "", 60), Preference("REQ-02", "", 40)])
    with pytest.raises(DataError, match=r"These are 105 points\. Expected: at most 100\. Take away 5\."):
        committee.prefer(ONE, [Preference("REQ-02", "", 30), Preference("REQ-03", "must", 15)])
    committee.prefer(ONE, [Preference("REQ-01", "", 45), Preference("REQ-03", "", 15)])
    assert sorted(points for *_rest, points in seen(committee, ONE)) == [15, 40, 45]


def test_every_wrong_preference_at_once_and_none_kept(committee: Committee) -> None:
    given = [
        Preference("REQ-01", "must", 10),
        Preference("REQ-02", "essential"),
        Preference("REQ-03", "must", -1),
        Preference("REQ-04", "must", float("nan")),
        Preference("REQ-99", "must"),
        Preference("REQ-01", "should"),
    ]
    with pytest.raises(DataError) as refused:
        committee.prefer(ONE, given)
    places = [problem.where.file for problem in refused.value.problems]
    assert places == ["REQ-01", "REQ-02", "REQ-03", "REQ-04", "REQ-99"]
    with pytest.raises(DataError, match="no rater"):
        committee.prefer("nobody", given[:1])
    assert seen(committee, ONE) == []
