"""The page: who has which tasks, made when they are opened; news of others; an invitation taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from workbench.errors import AccessError
from workbench.program import access
from workbench.program.committee import Committee
from workbench.program.preferring import Preference
from workbench.program.weighing import Comparison
from workbench.reporting import parts
from workbench.widgets import committee as page_module
from workbench.widgets.committee import CommitteePage, panels
from workbench.widgets.visit import Entrance, Visit, clock


@pytest.fixture(autouse=True)
def without_findings(monkeypatch):
    from workbench.widgets import findings

    monkeypatch.setattr(findings, "findings", lambda committee, scores: [])


@pytest.mark.parametrize(
    ("rater", "tasks"),
    [
        ("", ["Facilitate", "Criteria", "What fits?", "Requirements"]),
        ("RAT-01", ["Score", "Compare criteria", "What fits?", "Requirements"]),
    ],
    ids=["facilitator", "rater"],
)
def test_everybody_has_their_own_tasks_and_each_is_made_when_it_is_opened(rater, tasks, visitor, press) -> None:
    page = CommitteePage(visitor(rater))
    assert [one.description for one in page.buttons.values()] == tasks
    assert len(page.made) == 1
    for count, task in enumerate(tasks, start=1):
        press(page.widget, task)
        assert page.body.children == (page.made[page.open].widget,)
        assert len(page.made) == count
    first = page.made[next(iter(page.buttons))]
    press(page.widget, tasks[0])
    assert page.body.children == (first.widget,)


def test_a_facilitator_who_scores_has_the_tasks_of_both(committee) -> None:
    page = CommitteePage(Visit(committee, "RAT-03", is_facilitator=True))
    assert list(page.buttons) == ["facilitate", "weights", "score", "judge", "prefer", "capture"]


def test_who_may_score_nothing_has_no_such_task(committee, monkeypatch) -> None:
    monkeypatch.setattr(Committee, "may_score", lambda self, rater: ())
    page = CommitteePage(Visit(committee, "RAT-01", is_facilitator=False))
    assert list(page.buttons) == ["prefer", "capture"]


def test_a_program_that_cannot_be_read_for_a_while_is_told_until_it_can(visitor, monkeypatch, read, caplog) -> None:
    page = CommitteePage(visitor("RAT-01"))
    with monkeypatch.context() as gone:
        gone.setattr(Committee, "rounds", lambda _self: 1 / 0)
        page.look()
        page.look()
        assert "cannot be read at the moment" in read(page.widget)
        assert len(caplog.records) == 1
    page.look()
    assert "cannot be read at the moment" not in read(page.widget)


def test_the_page_follows_what_others_do(visitor, committee, press, read) -> None:
    page = CommitteePage(visitor("RAT-01"))
    seen = page.seen
    page.follow()
    assert page.seen == seen
    committee.open_round("First", visitor().now())
    page.follow()
    assert "First is open." in read(page.widget)


def test_the_facilitator_sees_judgements_and_progress_as_they_come(visitor, committee, press, read) -> None:
    page = CommitteePage(visitor())
    press(page.widget, "Criteria")
    page.made["weights"].method.widget.index = 2
    assert "Head of sales" not in read(page.body)
    committee.judge("RAT-03", [Comparison("CRI-01", "CRI-02", 9)])
    page.follow()
    assert "Head of sales" in read(page.body)
    committee.open_round("First", visitor().now())
    press(page.widget, "What fits?")
    before = read(page.body)
    committee.prefer("RAT-06", [Preference("REQ-02", "wont", 20)])
    page.follow()
    assert read(page.body) != before


def test_an_invitation_taken_back_leaves_one_sentence(address, committee, read) -> None:
    token = access.issue(address, "RAT-01", "rater", clock())
    page = CommitteePage(Visit(committee, "RAT-01", is_facilitator=False, _address=address, _token=token))
    page.follow()
    access.revoke(address, "RAT-01")
    with pytest.raises(AccessError):
        page.follow()
    assert "This invitation does not hold." in read(page.body)
    assert len(page.body.children) == 1


def test_an_expired_invitation_keeps_nothing(address, committee) -> None:
    token = access.issue(address, "RAT-01", "rater", clock())
    later = clock() + timedelta(days=400)
    visit = Visit(committee, "RAT-01", False, now=lambda: later, _address=address, _token=token)
    page = CommitteePage(visit)
    page._turn_to("judge")
    before = committee.judgements()
    page.made["judge"].pairs[0].choice.value = 9.0
    assert committee.judgements().equals(before)


def test_where_nobody_was_let_in_the_door_speaks() -> None:
    instead = parts.notice("No program is open.")
    assert panels(Entrance(instead, instead, instead=instead)) is instead
    assert set(page_module._MAKERS) == {"score", "capture", "facilitate", "weights", "judge", "prefer"}
