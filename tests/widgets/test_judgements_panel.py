"""A rater's comparisons: kept as they are chosen, in words, with what does not fit."""

from __future__ import annotations

import pytest

from workbench.program.weighing import Comparison
from workbench.widgets.judgements import JudgementsPanel, _options

SILENT = "RAT-03"


@pytest.fixture
def panel(visitor) -> JudgementsPanel:
    return JudgementsPanel(visitor(SILENT))


def pair(panel: JudgementsPanel, one: str, other: str):
    return next(made for made in panel.pairs if (made.one, made.other) == (one, other))


def kept(committee) -> dict[tuple[str, str], float]:
    rows = committee.judgements_of(SILENT)[["criterion_id", "other_criterion_id", "times"]]
    return {(one, other): times for one, other, times in rows.itertuples(index=False)}


def test_the_scale_in_words_goes_from_nine_to_a_ninth() -> None:
    labels, values = zip(*_options("A", "B"), strict=True)
    assert values[0] is None
    assert values[1:] == pytest.approx([*range(9, 0, -1), *(1 / times for times in range(2, 10))])
    assert (labels[1], labels[9], labels[-1]) == (
        "A is extremely more important (9)",
        "Both are equally important (1)",
        "B is extremely more important (9)",
    )


def test_every_pair_of_the_raters_own_axes_is_asked(panel) -> None:
    assert len(panel.pairs) == 6 + 1
    assert all(one.choice.value is None for one in panel.pairs)


def test_a_choice_is_kept_replaced_and_taken_back(panel, committee, read) -> None:
    pair(panel, "CRI-01", "CRI-02").choice.value = 5.0
    assert kept(committee) == {("CRI-01", "CRI-02"): 5}
    assert "Saved. 1 of 7 pairs compared." in read(panel.widget)
    pair(panel, "CRI-01", "CRI-02").choice.value = 1 / 3
    assert kept(committee) == {("CRI-01", "CRI-02"): 1 / 3}
    pair(panel, "CRI-01", "CRI-02").choice.value = None
    assert kept(committee) == {}


def test_what_was_judged_the_other_way_round_is_shown_as_it_is(panel, committee) -> None:
    committee.judge(SILENT, [Comparison("CRI-02", "CRI-01", 3), Comparison("CRI-05", "CRI-06", 2.5)])
    panel.refresh()
    assert pair(panel, "CRI-01", "CRI-02").choice.value == pytest.approx(1 / 3)
    assert pair(panel, "CRI-05", "CRI-06").choice.value == 2.5
    assert pair(panel, "CRI-05", "CRI-06").choice.label == "2.5"


def test_answers_that_contradict_are_told_at_once(panel, committee, read) -> None:
    for one, other, times in (
        ("CRI-01", "CRI-02", 3.0), ("CRI-02", "CRI-03", 3.0), ("CRI-01", "CRI-03", 1 / 3), ("CRI-03", "CRI-04", 1.0),
    ):  # fmt: skip
        pair(panel, one, other).choice.value = times
    assert "above the 10% that Saaty tolerates. Look again: " in read(panel.widget)
    assert panel.fits["urgency"].value == ""


def test_what_is_refused_is_taken_off_the_page(panel, committee, monkeypatch, read) -> None:
    monkeypatch.setattr(panel.visit.committee, "judge", lambda *given: 1 / 0)
    pair(panel, "CRI-01", "CRI-02").choice.value = 5.0
    assert pair(panel, "CRI-01", "CRI-02").choice.value is None
    assert "This did not work, and nothing was changed." in read(panel.widget)
    assert kept(committee) == {}


def test_others_judgements_are_not_in_the_page(visitor, committee, read) -> None:
    told = read(JudgementsPanel(visitor(SILENT)).widget)
    assert "Saaty" not in told
    assert "Marketing director" not in told
