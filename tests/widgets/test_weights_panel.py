"""The facilitator's weights: previewed from what is typed or judged, asked for again, then in the database."""

from __future__ import annotations

import pytest

from workbench.program.weighing import Comparison
from workbench.widgets.weights import WeightsPanel

DIRECT, SWING, PAIRWISE = range(3)


@pytest.fixture
def panel(visitor) -> WeightsPanel:
    return WeightsPanel(visitor())


def weights(committee) -> dict[str, float]:
    criteria = committee.criteria()
    return dict(zip(criteria["criterion_id"], criteria["weight"], strict=True))


def typed(panel: WeightsPanel, **values: float) -> None:
    inputs = panel.fields[panel._here].inputs
    for start, value in values.items():
        name = next(name for name in inputs if name.startswith(start))
        inputs[name].value = value


def test_points_are_seen_as_shares_while_they_are_typed_and_kept_after_a_yes(panel, committee, press, read) -> None:
    assert panel.form.children[0].value == 3
    typed(panel, Business=5, Cost=3, People=1, Positive=1)
    shown = panel.preview.value
    assert all(share in shown for share in ("42.9%", "50%", "28.6%", "30%", "10%"))
    before = weights(committee)
    press(panel.widget, "Use these weights…")
    assert "Business value from 42.9% to 50%; Cost against benefit from 28.6% to 30%" in read(panel.question.widget)
    assert weights(committee) == before
    press(panel.widget, "Yes, use them")
    assert weights(committee) == before | {"CRI-01": 0.5, "CRI-02": 0.3, "CRI-03": 0.1, "CRI-04": 0.1}
    assert "The criteria of Value have these weights now." in read(panel.widget)
    assert [one.value for one in panel.form.children] == [0.5, 0.3, 0.1, 0.1]


def test_a_no_changes_nothing(panel, committee, press) -> None:
    before = weights(committee)
    typed(panel, Business=9)
    press(panel.widget, "Use these weights…")
    press(panel.widget, "No")
    assert panel.question.widget.layout.display == "none"
    assert weights(committee) == before


def test_typing_on_after_the_question_withdraws_it(panel, press) -> None:
    press(panel.widget, "Use these weights…")
    typed(panel, Business=9)
    assert panel.question.widget.layout.display == "none"


def test_a_swing_is_held_to_its_hundred(panel, committee, press) -> None:
    panel.method.widget.index = SWING
    assert [one.value for one in panel.form.children] == pytest.approx([100, 66.6667, 33.3333, 33.3333])
    typed(panel, Business=80)
    assert "The highest swing has 80" in panel.preview.value
    assert panel.ask.disabled
    typed(panel, Cost=100, Business=60, People=20, Positive=20)
    press(panel.widget, "Use these weights…")
    press(panel.widget, "Yes, use them")
    assert [weights(committee)[f"CRI-0{one}"] for one in range(1, 5)] == [0.3, 0.5, 0.1, 0.1]


def test_no_points_at_all_are_told_and_cannot_be_used(panel) -> None:
    typed(panel, Business=0, Cost=0, People=0, Positive=0)
    assert "No criterion has any points." in panel.preview.value
    assert panel.ask.disabled
    panel._start_over()
    assert panel.form.children[0].value == 3
    assert not panel.ask.disabled


def test_judgements_give_weights_and_name_the_worst(panel, committee, press, read) -> None:
    panel.method.widget.index = PAIRWISE
    assert panel.form.children == ()
    assert "Marketing director should look again:" in read(panel.widget)
    assert ">11%<" in panel.preview.value
    panel.axis.widget.index = 1
    assert "Urgency of demand" in panel.preview.value
    for rater in ("RAT-01", "RAT-02", "RAT-03", "RAT-04"):
        committee.judge(rater, [Comparison("CRI-05", "CRI-06", 4)])
    panel.refresh()
    press(panel.widget, "Use these weights…")
    press(panel.widget, "Yes, use them")
    kept = weights(committee)
    assert [kept["CRI-05"], kept["CRI-06"]] == pytest.approx([0.8, 0.2])
    assert kept["CRI-01"] == 3


def test_without_judgements_there_is_nothing_to_use(panel, committee) -> None:
    for rater in ("RAT-05", "RAT-06"):
        pairs = (("CRI-07", "CRI-08"), ("CRI-07", "CRI-09"), ("CRI-08", "CRI-09"))
        committee.judge(rater, [Comparison(*pair, None) for pair in pairs])
    panel.refresh()
    panel.axis.widget.index = 2
    panel.method.widget.index = PAIRWISE
    assert "Nobody has judged." in panel.preview.value
    assert panel.ask.disabled


def test_during_a_round_weights_are_locked(panel, committee, visitor, read) -> None:
    committee.open_round("First", visitor().now())
    panel.refresh()
    assert "Weights stay as they are until it is frozen." in read(panel.widget)
    assert panel.ask.disabled


def test_a_round_that_opens_before_the_yes_is_told(panel, committee, visitor, press, read) -> None:
    before = weights(committee)
    typed(panel, Business=9)
    press(panel.widget, "Use these weights…")
    committee.open_round("First", visitor().now())
    press(panel.widget, "Yes, use them")
    assert "so that weights cannot change" in read(panel.widget)
    assert weights(committee) == before


def test_weights_changed_by_another_are_not_overwritten(panel, committee, press, read) -> None:
    typed(panel, Business=9)
    committee.use_weights({"CRI-01": 7.0}, {"CRI-01": 3.0})
    press(panel.widget, "Use these weights…")
    press(panel.widget, "Yes, use them")
    assert "Someone has changed it meanwhile: it is now “7”." in read(panel.widget)
    assert weights(committee)["CRI-01"] == 7


def test_what_is_typed_stays_when_others_judge(panel, committee) -> None:
    typed(panel, Business=9)
    committee.judge("RAT-03", [Comparison("CRI-01", "CRI-02", 9)])
    panel.refresh()
    assert panel.form.children[0].value == 9
