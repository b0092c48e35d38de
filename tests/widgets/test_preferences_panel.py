"""What fits? Classes and points, kept while a round is open, hidden until it is shown."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from workbench.program import database
from workbench.program.preferring import Preference
from workbench.widgets.preferences import PreferencesPanel

ONE, OTHER = "RAT-01", "RAT-02"


@pytest.fixture
def nothing_yet(address, committee) -> None:
    """A program where nobody has preferred anything, in an open round."""
    with database.opened(address) as source, source.begin() as connection:
        connection.execute(sa.text("DELETE FROM preferences"))


@pytest.fixture
def panel(nothing_yet, open_round, visitor) -> PreferencesPanel:
    return PreferencesPanel(visitor(ONE))


def kept(committee, rater: str = ONE) -> dict[str, tuple[str, float | None]]:
    seen = committee.preferences_seen_by(rater)
    own = seen[seen["rater_id"] == rater].astype(object).where(lambda frame: frame.notna(), None)
    return {row.requirement_id: (row.moscow, row.points) for row in own.itertuples()}


def test_classes_and_points_reach_the_database(panel, committee, read) -> None:
    first, second = panel.wishes[:2]
    first.moscow.value = "must"
    second.points.value = 60
    first.points.value = 25
    assert kept(committee) == {"REQ-01": ("must", 25), "REQ-02": ("", 60)}
    assert "15 of 100 points are left." in read(panel.widget)
    assert "Saved." in read(panel.widget)
    first.moscow.value = ""
    first.points.value = 0
    assert kept(committee) == {"REQ-02": ("", 60)}


def test_too_many_points_wait_until_some_are_taken(panel, committee, read) -> None:
    first, second, third = panel.wishes[:3]
    first.points.value = 70
    second.points.value = 40
    assert "10 points too many." in read(panel.widget)
    assert "The points wait until they are no more than 100." in read(panel.widget)
    assert kept(committee) == {"REQ-01": ("", 70)}
    third.moscow.value = "could"
    assert kept(committee) == {"REQ-01": ("", 70), "REQ-03": ("could", None)}
    panel.refresh()
    assert second.points.value == 40
    first.points.value = 60
    assert kept(committee) == {"REQ-01": ("", 60), "REQ-02": ("", 40), "REQ-03": ("could", None)}
    assert "0 of 100 points are left." in read(panel.widget)


def test_points_that_a_round_leaves_behind_are_told(panel, committee, visitor, read) -> None:
    first, second = panel.wishes[:2]
    first.points.value = 70
    second.points.value = 40
    committee.show_round(visitor().now())
    panel.refresh()
    assert second.points.value == 0
    assert "The round ended before all points were kept" in read(panel.widget)
    panel.refresh()
    assert "points too many" not in read(panel.widget)


def test_thirds_of_the_budget_are_not_too_many(panel, read) -> None:
    for one in panel.wishes[:3]:
        one.points.value = 100 / 3
    panel.wishes[3].points.value = 1e-9
    assert "0 of 100 points are left." in read(panel.widget)
    assert "Saved." in read(panel.widget)


def test_others_are_hidden_until_the_round_is_shown(panel, committee, visitor, read) -> None:
    committee.prefer(OTHER, [Preference("REQ-07", "wont", 100)])
    panel.wishes[0].moscow.value = "must"
    panel.refresh()
    assert panel.findings.children == ()
    chair = PreferencesPanel(visitor())
    assert "Customer care manager" in read(chair.widget)
    assert "REQ-07" not in read(chair.widget)
    committee.show_round(visitor().now())
    for one in (panel, chair):
        one.refresh()
        assert "1 rater shared 100 points: REQ-07 gets most" in read(one.findings)
        assert "Must have takes 100%" in read(one.findings)
    assert panel.wishes[0].moscow.disabled


def test_outside_a_round_nothing_is_kept(nothing_yet, visitor, committee, read) -> None:
    panel = PreferencesPanel(visitor(ONE))
    assert panel.wishes[0].points.disabled
    assert "Nobody has said yet what to keep." in read(panel.widget)
    panel.wishes[0].points.value = 30
    assert "No round is open" in panel.status.widget.value
    assert kept(committee) == {}
    panel.refresh()
    assert panel.wishes[0].points.value == 0


def test_the_sample_warns_of_too_many_musts(visitor, read) -> None:
    told = read(PreferencesPanel(visitor()).widget)
    assert "Mind this" in told
    assert "more than the 60% that it may take" in told
    assert "4 raters shared 100 points each" in told


def test_a_new_requirement_of_another_appears_and_titles_are_escaped(panel, committee, read) -> None:
    panel.wishes[0].moscow.value = "must"
    added = {"requirement_id": "REQ-24", "title": "<script>alert(1)</script>", "department": "D"}
    committee.save_requirement(added, None)
    panel.refresh()
    assert [one.id for one in panel.wishes][-1] == "REQ-24"
    assert panel.wishes[0].moscow.value == "must"
    assert "<script>" not in read(panel.widget)
