"""Orders under each lens, what is left out, ties, and the lead."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import SettingsError
from workbench.planning.lenses import LENSES, prepare
from workbench.planning.prioritisation import Ranking
from workbench.planning.prioritisation import prioritise as prioritise_table
from workbench.planning.scoring import RequirementScores, score_requirements


def scored(**indices: tuple[float, float, float]) -> RequirementScores:
    """Requirements by id with value, urgency and complexity, on which all raters agree."""
    table = pd.DataFrame.from_dict(indices, orient="index", columns=["value", "urgency", "complexity"], dtype=float)
    table = table.rename_axis("requirement_id")
    table.insert(0, "title", [f"Title of {key}" for key in table.index])
    table.insert(1, "department", "Care")
    for axis in ("value", "urgency", "complexity"):
        table[f"{axis}_low"] = table[f"{axis}_high"] = table[axis]
    return RequirementScores(table, pd.DataFrame(), 0, 0, 0, ())


def prioritise(scores: RequirementScores, lens: str, *settings: float, **more: float) -> Ranking:
    """As the library's, from scores."""
    return prioritise_table(prepare(scores), lens, *settings, **more)


def order(scores: RequirementScores, lens: str, **settings: float) -> list[str]:
    return list(prioritise(scores, lens, **settings).table["requirement_id"])


CARE = scored(
    SELF_SERVICE=(85, 95, 50),
    CHAT=(70, 85, 58),
    OUTBOUND=(65, 75, 45),
    WORKFORCE=(75, 60, 20),
    PROFILES=(90, 45, 85),
    SCRIPTS=(60, 30, 15),
)


def test_a_careworn_department_orders_by_urgency_or_by_quick_wins() -> None:
    assert order(CARE, "urgency") == ["SELF_SERVICE", "CHAT", "OUTBOUND", "WORKFORCE", "PROFILES", "SCRIPTS"]
    # (value + 100 - complexity) / 2: 77.5, 72.5, 67.5, 60, 56; PROFILES lies above the ceiling
    assert order(CARE, "quick_wins") == ["WORKFORCE", "SCRIPTS", "SELF_SERVICE", "OUTBOUND", "CHAT"]
    assert prioritise(CARE, "quick_wins").left_out == {"PROFILES": "Its complexity, 85, is above the ceiling of 60."}


def test_the_same_orders_come_out_of_raters_scores() -> None:
    """One criterion an axis on a scale of 0 to 100, so that the scores are the indices."""
    requirements = CARE.table.reset_index()[["requirement_id", "title", "department"]]
    criteria = pd.DataFrame(
        {
            "criterion_id": ["V", "U", "E"],
            "name": ["Value", "Urgency", "Effort"],
            "axis": ["value", "urgency", "complexity"],
            "weight": 1.0,
            "direction": ["higher_is_better", "higher_is_better", "lower_is_better"],
            "scale_min": 0.0,
            "scale_max": 100.0,
        }
    )
    raters = pd.DataFrame({"rater_id": ["ANA"], "weight": [1.0]})
    names = {"value": "V", "urgency": "U", "complexity": "E"}
    scores = CARE.table[list(names)].rename(columns=names).stack().rename_axis(["requirement_id", "criterion_id"])
    scores = scores.rename("score").reset_index().assign(rater_id="ANA", round=1, scored_at=pd.NaT)
    result = score_requirements(requirements, criteria, raters, scores)
    for lens in LENSES:
        assert order(result, lens) == order(CARE, lens)


def test_no_complexity_at_all_divides_by_one() -> None:
    table = prioritise(scored(R1=(50, 0, 0), R2=(60, 0, 1)), "value_to_complexity").table
    assert table["lens_score"].tolist() == [60, 50]


def test_the_ceiling_itself_is_let_in_and_figures_are_told_apart() -> None:
    left_out = prioritise(scored(R1=(50, 0, 60), R2=(50, 0, 60.004)), "quick_wins", 60).left_out
    assert left_out == {"R2": "Its complexity, 60.004, is above the ceiling of 60."}


def test_only_quick_wins_has_a_ceiling() -> None:
    assert prioritise(CARE, "quick_wins").complexity_ceiling == 60
    assert len(prioritise(CARE, "quick_wins").table) == 5
    for lens in set(LENSES) - {"quick_wins", "rice", "moscow"}:
        ranking = prioritise(CARE, lens)
        assert (ranking.complexity_ceiling, len(ranking.table)) == (None, 6)


def test_titles_are_shown_as_text() -> None:
    scores = scored(R1=(1, 2, 3))
    scores.table["title"] = "<script>alert(1)</script>"
    assert "<script>" not in prioritise(scores, "urgency")._repr_html_()


def test_a_long_list_of_level_ones_is_counted() -> None:
    ranking = ranged("urgency", A=(70, 80, 90), X=(55, 60, 65), **{f"B{n}": (0, 10, 75 + n) for n in range(7)})
    assert "treat the first and 7 others as level." in ranking.conclusion


def test_what_the_lens_needs_and_nobody_scored_is_left_out_with_the_reason() -> None:
    scores = scored(R1=(math.nan, 50, math.nan), R2=(50, 50, 50), R3=(50, math.nan, 50))
    assert order(scores, "urgency") == ["R2", "R1"]
    assert prioritise(scores, "urgency").left_out == {"R3": "It is not scored on urgency."}
    assert prioritise(scores, "weighted_sum").left_out == {
        "R1": "It is not scored on value and complexity.",
        "R3": "It is not scored on urgency.",
    }
    shown = prioritise(scores, "urgency")._repr_html_()
    assert "not scored" in shown
    assert "NaN" not in shown


def test_ties_are_broken_by_value_then_complexity_then_id_and_told() -> None:
    scores = scored(D=(50, 70, 40), C=(50, 70, 40), B=(50, 70, 30), A=(40, 70, 0), E=(90, 80, 90))
    table = prioritise(scores, "urgency").table
    assert table["requirement_id"].tolist() == ["E", "B", "C", "D", "A"]
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert table["tied"].tolist() == [False, True, True, True, True]


def test_the_last_digit_of_a_sum_decides_nothing() -> None:
    scores = scored(R1=(40, 70 + 1e-12, 10), R2=(50, 70, 10))
    ranking = prioritise(scores, "urgency")
    assert ranking.table["requirement_id"].tolist() == ["R2", "R1"]
    assert ranking.table["tied"].all()


def test_the_conclusion_says_who_is_first_by_how_much_and_how_many_are_left_out() -> None:
    assert prioritise(CARE, "quick_wins").conclusion == (
        "Quick wins: Title of WORKFORCE (WORKFORCE) comes first with 77.5 points, "
        "before Title of SCRIPTS (SCRIPTS) with 72.5. 1 requirement is left out."
    )
    level = prioritise(scored(A=(1, 2, 3), B=(1, 2, 3), C=(1, 2, 3), D=(1, 1, 3)), "urgency").conclusion
    assert level.startswith("Urgency: 3 requirements are level in first place with 2 points: A, B, and C; the order")
    assert "only requirement" in prioritise(scored(A=(1, 2, 3)), "urgency").conclusion
    nothing = prioritise(scored(A=(1, math.nan, 3)), "urgency")
    assert nothing.conclusion == "Urgency: no requirement can be ranked. 1 requirement is left out."
    assert nothing.to_frame().empty


def test_the_first_ones_never_cut_through_a_tie() -> None:
    scores = scored(A=(90, 90, 1), B=(80, 80, 1), C=(70, 70, 1), D=(60, 70, 1), E=(50, 50, 1))
    ranking = prioritise(scores, "urgency")
    assert ranking.first(3)["requirement_id"].tolist() == ["A", "B", "C", "D"]
    assert ranking.first_told(3) == "The first 4: A, B, C, and D (some are level)"
    assert ranking.first_told(1) == "Comes first: A"
    assert ranking.tied == ("C", "D")
    assert ranking.tied_first == ("A",)
    all_level = prioritise(scored(**dict.fromkeys("ABCDEFGH", (1, 2, 3))), "urgency")
    assert all_level.first_told(3).startswith("8 requirements share the first places")
    assert len(all_level.tied_first) == 8
    nothing = prioritise(scored(A=(1, math.nan, 3)), "urgency")
    assert (nothing.first(3).empty, nothing.tied_first, nothing.overlapping) == (True, (), ())


def ranged(axis: str, **ranges: tuple[float, float, float]) -> Ranking:
    """Ranked by a lens of one axis or of value for complexity, with ranges on one axis: low, index, high."""
    scores = scored(**dict.fromkeys(ranges, (50, 50, 50)))
    for key, (low, index, high) in ranges.items():
        scores.table.loc[key, [f"{axis}_low", axis, f"{axis}_high"]] = low, index, high
    return prioritise(scores, "urgency" if axis == "urgency" else "value_to_complexity")


def test_a_lead_that_the_raters_agree_on_is_clear() -> None:
    ranking = ranged("urgency", A=(71, 80, 90), B=(50, 60, 70), C=(0, 10, 20))
    assert ranking.lead_is_clear
    assert "disagreement" not in ranking.conclusion


def test_a_lead_inside_the_raters_ranges_is_told() -> None:
    ranking = ranged("urgency", A=(70, 80, 90), B=(50, 60, 70), C=(0, 10, 20))
    assert not ranking.lead_is_clear
    assert ranking.overlapping == ("A", "B")
    assert "smaller than the raters' disagreement: treat the first 2 as level." in ranking.conclusion


def test_those_that_reach_the_first_are_named_when_others_stand_between() -> None:
    ranking = ranged("urgency", A=(70, 80, 90), B=(55, 60, 65), C=(0, 10, 75))
    assert ranking.overlapping == ("A", "C")
    assert "treat A and C as level." in ranking.conclusion


def test_complexity_speaks_against_a_requirement() -> None:
    """50 of value at 10 to 25 of complexity is 2 to 5; at 20 to 50 it is 1 to 2.5, which reaches the 2."""
    ranking = ranged("complexity", A=(10, 20, 25), B=(20, 40, 50))
    assert ranking.table["lens_score_low"].tolist() == [2, 1]
    assert ranking.table["lens_score_high"].tolist() == [5, 2.5]
    assert ranking.overlapping == ("A", "B")


def test_what_is_left_out_is_told_apart_by_its_reason() -> None:
    ranking = prioritise(scored(A=(50, 0, 90), B=(math.nan, 0, 50), C=(50, 0, 50)), "quick_wins")
    assert ranking.too_complex == ("A",)
    assert ranking.not_scored == ("B",)


def test_an_unknown_lens_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError) as caught:
        prioritise(CARE, "quickwins")
    assert all(name in str(caught.value) for name in ("quickwins", *LENSES))


@pytest.mark.parametrize("wrong", [-1, 101, math.nan, math.inf])
def test_a_ceiling_or_threshold_off_the_scale_is_refused(wrong: float) -> None:
    with pytest.raises(SettingsError, match="complexity_ceiling"):
        prioritise(CARE, "urgency", wrong)
    with pytest.raises(SettingsError, match="threshold"):
        prioritise(CARE, "urgency", threshold=wrong)


index = st.one_of(st.none(), st.sampled_from([0.0, 50.0, 60.0, 100.0]), st.floats(0, 100)).map(
    lambda figure: math.nan if figure is None else figure
)
programs = st.dictionaries(st.sampled_from("ABCDEFG"), st.tuples(index, index, index), min_size=1).map(
    lambda rows: scored(**rows)
)


@given(programs, st.sampled_from(list(LENSES)), st.floats(0, 100))
@settings(max_examples=60)
def test_ranked_and_left_out_are_all_requirements_once(scores: RequirementScores, lens: str, ceiling: float) -> None:
    ranking = prioritise(scores, lens, ceiling)
    ranked = list(ranking.table["requirement_id"])
    assert sorted([*ranked, *ranking.left_out]) == sorted(scores.table.index)
    assert ranking.table["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert all(later <= earlier + 1e-6 for earlier, later in zip(*_neighbours(ranking.table), strict=True))
    assert ranking.conclusion


def _neighbours(table: pd.DataFrame) -> tuple[list[float], list[float]]:
    scores = table["lens_score"].tolist()
    return scores[:-1], scores[1:]


@given(programs, st.sampled_from(list(LENSES)), st.integers(0, 99))
@settings(max_examples=40)
def test_the_order_of_rows_changes_no_rank(scores: RequirementScores, lens: str, seed: int) -> None:
    mixed = RequirementScores(scores.table.sample(frac=1, random_state=seed), pd.DataFrame(), 0, 0, 0, ())
    assert order(mixed, lens) == order(scores, lens)
