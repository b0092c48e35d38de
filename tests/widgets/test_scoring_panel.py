"""Scoring, as far as the database: what is chosen reaches it, what is refused is taken off the page."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.program.committee import Score
from workbench.widgets.scale import ABSTAIN
from workbench.widgets.scoring import ScoringPanel

ONE, OTHER, DEVELOPER = "RAT-01", "RAT-02", "RAT-05"


@pytest.fixture
def panel(visitor) -> ScoringPanel:
    return ScoringPanel(visitor(ONE))


def scale(panel: ScoringPanel, criterion: str):
    requirement = panel.requirements[panel.place]["requirement_id"]
    return next(one for one in panel.scales[requirement] if one.id == criterion)


def given(committee, rater: str = ONE) -> list[tuple[str, str, float | None, str]]:
    seen = committee.scores_seen_by(rater)
    own = seen[(seen["rater_id"] == rater) & (seen["round"] == 3)]
    rows = own[["requirement_id", "criterion_id", "score", "comment"]].itertuples(index=False, name=None)
    return [
        (requirement, criterion, None if pd.isna(score) else score, why) for requirement, criterion, score, why in rows
    ]


@pytest.mark.usefixtures("open_round")
def test_choices_reach_the_database_as_soon_as_they_are_made(panel, committee, read) -> None:
    assert [one.id for one in panel.scales["REQ-01"]] == [f"CRI-0{one}" for one in range(1, 7)]
    scale(panel, "CRI-01").choice.value = 4.0
    scale(panel, "CRI-01").comment.value = "because"
    scale(panel, "CRI-05").choice.value = ABSTAIN
    assert given(committee) == [
        ("REQ-01", "CRI-01", 4, ""), ("REQ-01", "CRI-01", 4, "because"), ("REQ-01", "CRI-05", None, ""),
    ]  # fmt: skip
    assert "Saved. 2 of 138 scores given." in read(panel.widget)


@pytest.mark.usefixtures("open_round")
def test_what_comes_late_reaches_the_requirement_it_was_meant_for(panel, committee, press) -> None:
    late = scale(panel, "CRI-01")
    press(panel.widget, "Next")
    late.choice.value = 2.0
    assert given(committee) == [("REQ-01", "CRI-01", 2, "")]
    press(panel.widget, "Previous")
    assert scale(panel, "CRI-01").choice.value == 2


@pytest.mark.usefixtures("open_round")
def test_a_comment_without_a_score_is_not_kept(panel, committee, read) -> None:
    scale(panel, "CRI-01").comment.value = "words"
    assert "A comment has no score" in read(panel.widget)
    assert given(committee) == []
    panel.refresh()
    assert scale(panel, "CRI-01").comment.value == "words"


@pytest.mark.usefixtures("open_round")
def test_the_first_and_the_last_requirement_have_nothing_beyond(panel) -> None:
    assert (panel.previous.disabled, panel.next.disabled) == (True, False)
    panel.choice.widget.index = len(panel.requirements) - 1
    assert (panel.previous.disabled, panel.next.disabled) == (False, True)


def test_outside_a_round_nothing_is_kept_and_the_page_goes_back(panel, committee, read) -> None:
    assert "No round is open yet." in read(panel.widget)
    assert scale(panel, "CRI-01").choice.disabled
    scale(panel, "CRI-01").choice.value = 5.0
    assert "No round is open, so that nothing can be scored." in read(panel.widget)
    assert scale(panel, "CRI-01").choice.value is None
    assert given(committee) == []


@pytest.mark.usefixtures("open_round")
def test_the_others_are_seen_when_the_round_is_shown_and_not_before(panel, committee, visitor, read) -> None:
    committee.score(
        OTHER, [Score("REQ-01", "CRI-01", 1, "<b>no</b>"), Score("REQ-01", "CRI-02", None)], visitor().now()
    )
    scale(panel, "CRI-01").choice.value = 4.0
    panel.refresh()
    assert "&lt;b&gt;no&lt;/b&gt;" not in read(panel.widget)
    assert "The others in round 1:" in read(panel.widget) or "The others in round 2:" in read(panel.widget)
    committee.show_round(visitor().now())
    panel.refresh()
    assert "The others: Customer care manager: 1 (&lt;b&gt;no&lt;/b&gt;)" in read(panel.widget)
    assert "Customer care manager: abstained" in read(panel.widget)
    assert panel.lean.value
    assert scale(panel, "CRI-01").choice.disabled


def test_without_requirements_the_page_says_so(panel, monkeypatch, read) -> None:
    nothing = panel.visit.committee.requirements().iloc[:0]
    monkeypatch.setattr(panel.visit.committee, "requirements", lambda: nothing)
    panel.refresh()
    assert "There are no requirements yet." in read(panel.widget)
    assert panel.next.disabled
