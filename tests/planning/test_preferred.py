"""What all raters would keep: classes by vote held to must's share, and the points of those who spent all."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.planning.preferences import preferred

REQUIREMENTS = pd.DataFrame({"requirement_id": ["R1", "R2", "R3", "R4"], "effort_months": [6.0, 2.0, 1.0, 1.0]})
RATERS = pd.DataFrame({"rater_id": ["A", "B", "C"], "weight": [1.0, 1.0, 1.0]})


def wishes(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["rater_id", "requirement_id", "moscow", "points"])
    return frame.astype({"points": float, "moscow": object, "requirement_id": object, "rater_id": object})


def test_classes_by_vote_are_held_to_the_effort():
    given = wishes(
        *(("A", f"R{one}", "must", None) for one in (1, 2, 3)),
        ("B", "R1", "must", None), ("B", "R2", "should", None), ("B", "R3", "could", None), ("B", "R4", "wont", None),
        ("C", "R1", "could", None), ("C", "R2", "should", None),
    )  # fmt: skip
    found = preferred(REQUIREMENTS, given, RATERS)
    assert dict(zip(found.classes["requirement_id"], found.classes["class"], strict=True)) == {
        "R1": "must", "R2": "should", "R3": "could", "R4": "wont",
    }  # fmt: skip
    # 6 of 9 person-months are musts, and 60% of 9 are 5.4.
    assert found.moscow.share["must"] == pytest.approx(6 / 9)
    assert found.moscow.excess == pytest.approx(0.6)
    assert found.by_effort
    assert found.conclusion.endswith("Effort is in person-months.")
    assert found.points is None
    assert found.points_told == "Nobody has shared all points yet."


@pytest.mark.parametrize(
    ("efforts", "without", "told"),
    [
        ([6.0, None, 1.0, 1.0], 1, "Each requirement counts one here. 1 requirement has no effort yet."),
        ([None] * 4, 0, "Each requirement counts one here."),
        ([6.0, 2.0, 1.0, None], 0, "Effort is in person-months."),
    ],
    ids=["one lacks", "all lack", "one without a class lacks"],
)
def test_without_an_effort_each_counts_one(efforts, without, told):
    given = wishes(("A", "R1", "must", None), ("A", "R2", "should", None), ("A", "R3", "could", None))
    found = preferred(REQUIREMENTS.assign(effort_months=pd.Series(efforts, dtype=float)), given, RATERS)
    assert (found.without_effort, found.measure) == (without, told)
    assert found.moscow.share["must"] == pytest.approx(6 / 9 if found.by_effort else 1 / 3)


def test_the_musts_of_least_value_are_named_first():
    given = wishes(*(("A", f"R{one}", "must", None) for one in (1, 2, 3)), ("A", "R4", "could", None))
    ranks = pd.Series({"R1": 1.0, "R2": 3.0, "R3": 2.0, "R4": 4.0})
    found = preferred(REQUIREMENTS, given, RATERS, ranks)
    # 9 of 10 are musts, 6 may be: R2 gives 2 of the 3, R3 one more.
    assert found.moscow.candidates == ("R2", "R3")
    alone = preferred(REQUIREMENTS, given, RATERS)
    assert alone.moscow.candidates == ()


def test_points_count_of_those_who_spent_all():
    given = wishes(
        ("A", "R1", "", 60), ("A", "R2", "", 40), ("B", "R1", "", 20), ("B", "R3", "", 80), ("C", "R4", "", 99),
    )  # fmt: skip
    found = preferred(REQUIREMENTS, given, RATERS)
    totals = found.points.table.set_index("requirement_id")["total"].to_dict()
    assert totals == {"R1": 80, "R3": 80, "R2": 40, "R4": 0}
    assert found.spending == 1
    assert found.finding == "R1 and R3 are level with most points: 40 of 100 on average"
    assert found.points_told.endswith("1 rater has not spent all 100 points and is left out.")
    assert found.moscow is None
    assert found.conclusion == "Nobody has said yet what must be done."


def test_what_nobody_prefers_says_so():
    nothing = preferred(REQUIREMENTS, wishes(), RATERS)
    assert not nothing.has_any
    assert (nothing.finding, nothing.spending) == ("", 0)
    unplanned = preferred(REQUIREMENTS, wishes(("A", "R1", "wont", None)), RATERS)
    assert unplanned.has_any
    assert unplanned.conclusion == "Nothing is planned."


def test_preferences_of_requirements_that_are_gone_do_not_count():
    found = preferred(REQUIREMENTS, wishes(("A", "R9", "must", 100), ("A", "R1", "should", None)), RATERS)
    assert found.classes["requirement_id"].tolist() == ["R1"]
    assert found.points is None
