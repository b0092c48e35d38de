"""Rounds opened, shown and frozen from the page, and what it says of them."""

from __future__ import annotations

import pytest

from workbench.program.committee import Score
from workbench.widgets.facilitation import FacilitationPanel


@pytest.fixture
def panel(visitor, monkeypatch) -> FacilitationPanel:
    """The facilitator's view without the drawings, which have tests of their own."""
    from workbench.widgets import findings
    from workbench.widgets.pieces import html

    monkeypatch.setattr(findings, "findings", lambda committee, scores: [html(f"drawn {len(scores)}")])
    return FacilitationPanel(visitor())


def shows(widget) -> bool:
    return widget.layout.display != "none"


def test_a_round_goes_from_open_to_frozen(panel, committee, press, read) -> None:
    assert "No round was opened yet." in read(panel.widget)
    assert [shows(one) for one in (panel.opening, panel.showing, panel.freezing.widget)] == [True, False, False]
    panel.name.value = " <i>Autumn</i> "
    press(panel.opening, "Open the round")
    assert "&lt;i&gt;Autumn&lt;/i&gt; is open" in read(panel.widget)
    assert [shows(one) for one in (panel.opening, panel.showing, panel.freezing.widget)] == [False, True, False]
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 4)], panel.visit.now())
    panel.refresh()
    assert "Marketing director" in panel.progress.value
    press(panel.showing, "Show the scores to all")
    assert [shows(one) for one in (panel.opening, panel.showing, panel.freezing.widget)] == [False, False, True]
    panel.freezing.reason.value = "Agreed by all"
    press(panel.freezing.widget, "Freeze the round…")
    press(panel.freezing.widget, "Yes, freeze it")
    [frozen] = committee.rounds()
    assert (frozen.status, frozen.name, frozen.reason, frozen.frozen_by) == (
        "frozen", "<i>Autumn</i>", "Agreed by all", "Facilitator",
    )  # fmt: skip
    assert "with this reason: Agreed by all" in read(panel.widget)
    assert panel.progress.value == ""


def test_nothing_is_frozen_without_a_reason_or_a_second_yes(panel, committee, press, read) -> None:
    committee.open_round("First", panel.visit.now())
    committee.show_round(panel.visit.now())
    panel.refresh()
    press(panel.freezing.widget, "Freeze the round…")
    assert "Write the reason first" in read(panel.widget)
    assert not shows(panel.freezing.sure)
    panel.freezing.reason.value = "Agreed"
    press(panel.freezing.widget, "Freeze the round…")
    assert shows(panel.freezing.sure)
    press(panel.freezing.widget, "No")
    assert not shows(panel.freezing.sure)
    assert committee.current_round().status == "shown"


def test_a_yes_that_comes_after_another_facilitators_turn_freezes_nothing(panel, committee, press, read) -> None:
    now = panel.visit.now()
    committee.open_round("Weekly", now)
    committee.show_round(now)
    panel.refresh()
    panel.freezing.reason.value = "Agreed"
    press(panel.freezing.widget, "Freeze the round…")
    committee.freeze_round("Bea", "Agreed", now)
    committee.open_round("Weekly", now)
    committee.show_round(now)
    press(panel.freezing.widget, "Yes, freeze it")
    assert "It is round 4 by now, which somebody else has opened." in read(panel.widget)
    assert committee.current_round().status == "shown"
    panel.refresh()
    assert not shows(panel.freezing.sure)


def test_a_round_that_this_page_has_not_seen_is_not_shown_by_it(panel, committee, press, read) -> None:
    now = panel.visit.now()
    committee.open_round("First", now)
    panel.refresh()
    committee.show_round(now)
    committee.freeze_round("Bea", "Agreed", now)
    committee.open_round("Second", now)
    press(panel.showing, "Show the scores to all")
    assert "It is round 4 by now" in read(panel.widget)
    assert committee.current_round().status == "open"


def test_what_the_database_refuses_is_told(panel, committee, press, read) -> None:
    committee.open_round("First", panel.visit.now())
    press(panel.opening, "Open the round")
    assert "not frozen yet" in read(panel.widget)


def test_the_findings_are_drawn_anew_only_for_other_scores(panel, committee) -> None:
    first = panel.agreement.children
    assert "drawn" in first[0].value
    panel.refresh()
    assert panel.agreement.children is first
    committee.open_round("First", panel.visit.now())
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 4)], panel.visit.now())
    panel.refresh()
    assert panel.agreement.children is first
    committee.show_round(panel.visit.now())
    panel.refresh()
    assert panel.agreement.children is not first
