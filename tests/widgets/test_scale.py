"""One criterion as a rater scores it: the scores on offer, what is kept, what is taken back."""

from __future__ import annotations

import pytest

from workbench.widgets.scale import ABSTAIN, Scale

HOSTILE = "<script>alert(1)</script>"


def criterion(**more: object) -> dict[str, object]:
    plain = {"criterion_id": "C", "name": HOSTILE, "rubric": HOSTILE, "scale_min": 1.0, "scale_max": 5.0}
    return {**plain, "scale": "linear", "levels": (), **more}


def made(chosen: list[Scale], **more: object) -> Scale:
    return Scale("R", criterion(**more), chosen.append)


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({}, ["1", "2", "3", "4", "5"]),
        ({"scale": "fibonacci", "scale_max": 13.0}, ["1", "2", "3", "5", "8", "13"]),
        ({"scale": "powers_of_two", "scale_max": 9.0}, ["1", "2", "4", "8"]),
        ({"scale": "own", "levels": ("4.5", "1", "2")}, ["1", "2", "4.5"]),
        (
            {"scale_min": 0.0, "scale_max": 1000.0},
            ["0", "100", "200", "300", "400", "500", "600", "700", "800", "900", "1,000"],
        ),
    ],
    ids=["linear", "fibonacci", "powers of two", "own", "long"],
)
def test_exactly_the_levels_are_offered_and_to_abstain(given: dict[str, object], offered: list[str]) -> None:
    assert [label for label, _value in made([], **given).choice.options] == [*offered, "Abstain"]


def test_a_choice_is_told_and_can_be_taken_back() -> None:
    chosen: list[Scale] = []
    scale = made(chosen)
    scale.show({"score": 4.0, "comment": "why"})
    assert chosen == []
    scale.choice.value = 2.0
    assert chosen == [scale]
    assert (scale.score.score, scale.score.comment) == (2.0, "why")
    scale.restore()
    assert (scale.choice.value, chosen) == (4.0, [scale])
    scale.choice.value = ABSTAIN
    scale.keep()
    scale.restore()
    assert scale.score.score is None


def test_a_comment_alone_lacks_a_score() -> None:
    chosen: list[Scale] = []
    scale = made(chosen)
    scale.comment.value = "only words"
    assert scale.lacks_score
    assert chosen == [scale]


def test_what_is_kept_may_be_no_level_or_an_abstention() -> None:
    scale = made([], scale="own", levels=("1", "5"))
    scale.show({"score": 2.5, "comment": ""})
    assert scale.choice.value is None
    scale.show({"score": None, "comment": ""})
    assert scale.choice.value == ABSTAIN
    scale.show(None)
    assert scale.choice.value is None


def test_texts_are_escaped_and_controls_can_be_closed(read) -> None:
    scale = made([])
    assert "<script>" not in read(scale.widget)
    assert "&lt;script&gt;" in read(scale.widget)
    scale.allow(False)
    assert scale.choice.disabled
    assert scale.comment.disabled
