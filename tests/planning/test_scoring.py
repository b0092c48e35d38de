"""Reduction of the raters' scores: closed forms, brute force and what must never change."""

from __future__ import annotations

import itertools
import math
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.planning.scoring import last_scores, of_department, readable, score_requirements

AXES = ("value", "urgency", "complexity")
BOUNDS = [f"{axis}_{end}" for axis in AXES for end in ("low", "high")]
Row = dict[str, Any]


def requirements_of(*ids: str) -> pd.DataFrame:
    rows = [{"requirement_id": key, "title": f"Title of {key}", "department": "Care"} for key in ids]
    return pd.DataFrame(rows, columns=["requirement_id", "title", "department"])


def criterion(
    key: str, axis: str, weight: float = 1.0, higher: bool = True, low: float = 1.0, high: float = 5.0
) -> Row:
    direction = "higher_is_better" if higher else "lower_is_better"
    return {
        "criterion_id": key,
        "name": key.lower(),
        "axis": axis,
        "weight": weight,
        "direction": direction,
        "scale_min": low,
        "scale_max": high,
    }


def raters_of(**weights: float) -> pd.DataFrame:
    return pd.DataFrame({"rater_id": list(weights), "weight": list(weights.values())})


def scores_of(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of requirement, rater, criterion, score and, if need be, round and day."""
    full = [(*row, 1, None)[:6] if len(row) == 4 else (*row, None)[:6] for row in rows]
    frame = pd.DataFrame(
        full, columns=["requirement_id", "rater_id", "criterion_id", "score", "round", "scored_at"]
    ).astype({"score": float, "round": "Int64"})
    return frame.assign(scored_at=pd.to_datetime(frame["scored_at"]))


CRITERIA = pd.DataFrame(
    [
        criterion("GAIN", "value", 3),
        criterion("REACH", "value", 1, low=0, high=10),
        criterion("NEED", "urgency", 1),
        criterion("EFFORT", "complexity", 1, higher=False),
        criterion("LIMITS", "complexity", 1),
    ]
)
RATERS = raters_of(ANA=2, BEN=1)


def test_a_hand_computed_example() -> None:
    scores = scores_of(
        ("R1", "ANA", "GAIN", 5),
        ("R1", "BEN", "GAIN", 2),  # goodness 1 and 1/4, weighted 2:1, 3/4
        ("R1", "ANA", "REACH", 5),  # goodness 1/2
        ("R1", "BEN", "NEED", 4),  # goodness 3/4
        ("R1", "ANA", "EFFORT", 4),  # lower is better: goodness 1/4
        ("R1", "ANA", "LIMITS", 5),  # goodness 1
    )
    row = score_requirements(requirements_of("R1"), CRITERIA, RATERS, scores).table.loc["R1"]
    assert row["value"] == pytest.approx(100 * (3 * 0.75 + 1 * 0.5) / 4)
    assert row["urgency"] == pytest.approx(75)
    assert row["complexity"] == pytest.approx(100 * (1 - (0.25 + 1) / 2))
    assert row["value_high"] == pytest.approx(100 * (3 * 1 + 0.5) / 4)  # Ana's own
    assert row["value_low"] == pytest.approx(25)  # Ben's own, who scored nothing but the gain
    assert (row["raters"], row["missing"]) == (2, ())


def test_contributions_follow_each_index_to_its_criteria() -> None:
    scores = scores_of(("R1", "ANA", "GAIN", 5), ("R1", "BEN", "GAIN", 2), ("R1", "ANA", "REACH", 5))
    parts = score_requirements(requirements_of("R1"), CRITERIA, RATERS, scores).contributions
    assert parts[["criterion_id", "criterion", "axis"]].to_numpy().tolist() == [
        ["GAIN", "gain", "value"],
        ["REACH", "reach", "value"],
    ]
    assert parts["weight_share"].tolist() == pytest.approx([0.75, 0.25])
    assert parts["mean_score"].tolist() == pytest.approx([4, 5])
    assert parts["goodness"].tolist() == pytest.approx([0.75, 0.5])
    assert parts["points"].tolist() == pytest.approx([56.25, 12.5])


def test_the_last_score_counts_by_round_then_day_then_row() -> None:
    scores = scores_of(
        ("R1", "ANA", "GAIN", 1, 2, "2026-01-01"),
        ("R1", "ANA", "GAIN", 5, 1, "2026-09-09"),  # later day, earlier round
        ("R1", "ANA", "NEED", 5, 1, "2026-02-01"),
        ("R1", "ANA", "NEED", 1, 1, "2026-01-01"),  # further down, earlier day
        ("R1", "ANA", "REACH", 0, 1, None),
        ("R1", "ANA", "REACH", 10, 1, None),  # no day: the row further down
        ("R1", "ANA", "EFFORT", 5, 1, "2026-01-01"),
        ("R1", "ANA", "EFFORT", 1, 1, None),  # undated is older than dated
    )
    last = last_scores(scores).set_index("criterion_id")["score"]
    assert last.to_dict() == {"GAIN": 1, "NEED": 5, "REACH": 10, "EFFORT": 5}
    assert score_requirements(requirements_of("R1"), CRITERIA, RATERS, scores).superseded == 4


def test_an_empty_score_abstains_and_is_no_zero() -> None:
    scores = scores_of(
        ("R1", "ANA", "GAIN", 4),
        ("R1", "BEN", "GAIN", None),
        ("R1", "ANA", "NEED", 5),
        ("R1", "ANA", "NEED", None, 2),  # takes the earlier one back
    )
    result = score_requirements(requirements_of("R1"), CRITERIA, RATERS, scores)
    assert result.table.loc["R1", "value"] == pytest.approx(75)
    assert math.isnan(result.table.loc["R1", "urgency"])
    assert (result.abstained, result.superseded) == (2, 1)
    assert result.table.loc["R1", "missing"] == ("REACH", "NEED", "EFFORT", "LIMITS")
    assert result.partly_scored == {"R1": ("urgency", "complexity")}


def test_what_is_not_scored_is_said_and_shown_so() -> None:
    scores = scores_of(("R1", "ANA", "GAIN", 4))
    result = score_requirements(requirements_of("R1", "R2"), CRITERIA, RATERS, scores)
    assert result.unscored == ("R2",)
    assert result.table.loc["R2", "raters"] == 0
    assert "2 are not scored on every axis" in result.conclusion
    assert readable(result.table).loc["R2", "value"] == "not scored"
    assert "not scored" in result._repr_html_()
    assert "NaN" not in result._repr_html_()


def test_no_scores_at_all() -> None:
    result = score_requirements(requirements_of("R1", "R2"), CRITERIA, RATERS, scores_of())
    assert result.unscored == ("R1", "R2")
    assert result.contributions.empty
    assert result.table[list(AXES)].isna().all(axis=None)


def test_nothing_at_all() -> None:
    result = score_requirements(requirements_of(), CRITERIA.head(0), RATERS.head(0), scores_of())
    assert result.table.empty
    assert result.unscored == ()
    assert list(result.table.columns[:5]) == ["title", "department", *AXES]


def test_an_axis_without_criteria_is_not_scored() -> None:
    scores = scores_of(("R1", "ANA", "GAIN", 4))
    result = score_requirements(requirements_of("R1"), CRITERIA.head(1), RATERS, scores)
    assert result.partly_scored == {"R1": ("urgency", "complexity")}
    assert result.table.loc["R1", "missing"] == ()


def test_scores_without_weight_are_left_out_and_counted() -> None:
    criteria = pd.DataFrame([criterion("GAIN", "value"), criterion("IDLE", "value", 0)])
    scores = scores_of(("R1", "ANA", "GAIN", 5), ("R1", "BEN", "GAIN", 1), ("R1", "ANA", "IDLE", 1))
    result = score_requirements(requirements_of("R1"), criteria, raters_of(ANA=1, BEN=0), scores)
    assert result.table.loc["R1", "value"] == 100
    assert result.table.loc["R1", "value_low"] == 100
    assert result.table.loc["R1", "raters"] == 1
    assert result.without_weight == 2
    assert result.table.loc["R1", "missing"] == ()


def test_titles_are_shown_as_text() -> None:
    requirements = requirements_of("R1").assign(title="<script>alert(1)</script>")
    shown = score_requirements(requirements, CRITERIA, RATERS, scores_of(("R1", "ANA", "GAIN", 4)))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_conclusion_names_those_that_lead() -> None:
    criteria = pd.DataFrame(
        [criterion("GAIN", "value"), criterion("NEED", "urgency"), criterion("LIMITS", "complexity")]
    )
    scores = scores_of(
        *((key, "ANA", name, 3) for key in ("R1", "R2") for name in ("GAIN", "LIMITS")),
        ("R1", "ANA", "NEED", 5),
        ("R2", "ANA", "NEED", 2),
    )
    assert score_requirements(requirements_of("R1", "R2"), criteria, RATERS, scores).conclusion == (
        "2 requirements are scored on value, urgency and complexity. "
        "The highest value is 50.0 (R1 and R2); the highest urgency is 100.0 (R1)."
    )


BROKEN = [
    ("doubled id", {"requirements": requirements_of("R1", "R1")}, ["R1", "more than once"]),
    ("unknown requirement", {"scores": scores_of(("R9", "ANA", "GAIN", 3))}, ["R9", "requirements"]),
    ("unknown rater", {"scores": scores_of(("R1", "ZOE", "GAIN", 3))}, ["ZOE", "raters"]),
    ("unknown criterion", {"scores": scores_of(("R1", "ANA", "LUCK", 3))}, ["LUCK", "criteria"]),
    ("unknown axis", {"criteria": pd.DataFrame([criterion("GAIN", "Value")])}, ["GAIN", "Value", "urgency"]),
    ("negative weight", {"raters": raters_of(ANA=-1, BEN=1)}, ["ANA", "-1"]),
    ("no number as weight", {"raters": raters_of(ANA=math.nan, BEN=1)}, ["ANA", "nan"]),
    ("empty scale", {"criteria": pd.DataFrame([criterion("GAIN", "value", low=5)])}, ["GAIN", "5.0"]),
    ("axis without weight", {"criteria": pd.DataFrame([criterion("GAIN", "value", 0)])}, ["value", "at least one"]),
    ("raters without weight", {"raters": raters_of(ANA=0, BEN=0)}, ["raters", "at least one rater"]),
    ("score off the scale", {"scores": scores_of(("R1", "ANA", "GAIN", 6))}, ["ANA", "R1", "6.0", "from 1.0 to 5.0"]),
]


@pytest.mark.parametrize(("changed", "told"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_what_is_wrong_is_told_with_a_remedy(changed: dict[str, pd.DataFrame], told: list[str]) -> None:
    sound = {
        "requirements": requirements_of("R1"),
        "criteria": CRITERIA,
        "raters": RATERS,
        "scores": scores_of(("R1", "ANA", "GAIN", 3)),
    }
    with pytest.raises(DataError) as caught:
        score_requirements(**(sound | changed))
    assert all(text in str(caught.value) for text in told)
    assert all(problem.remedy and problem.expected and str(problem.where) for problem in caught.value.problems)


def test_all_problems_are_told_at_once() -> None:
    scores = scores_of(("R8", "ANA", "GAIN", 3), ("R9", "ZOE", "LUCK", 3))
    with pytest.raises(DataError) as caught:
        score_requirements(requirements_of("R1", "R1"), CRITERIA, raters_of(ANA=-1), scores)
    assert len(caught.value.problems) == 6


Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


@st.composite
def programs(draw: st.DrawFn) -> Tables:
    """Requirements, criteria on any scales, raters and scores, some of them again, some empty."""
    weights = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.01, 10))
    criteria, axes = [], draw(st.lists(st.sampled_from(AXES), min_size=1, max_size=5))
    for place, axis in enumerate(axes):
        low = draw(st.floats(-10, 10))
        high = low + draw(st.floats(0.5, 20))
        first = axis not in axes[:place]
        weight = 1.0 if first else draw(weights)
        criteria.append(criterion(f"C{place}", axis, weight, draw(st.booleans()), low, high))
    raters = {f"P{place}": 1.0 if place == 0 else draw(weights) for place in range(draw(st.integers(1, 3)))}
    ids = [f"R{place}" for place in range(draw(st.integers(1, 4)))]
    rows: list[tuple[Any, ...]] = []
    for round_ in (1, 2):
        for key in ids:
            for rater in raters:
                for each in criteria:
                    share = draw(st.one_of(st.none(), st.floats(0, 1)))
                    if draw(st.booleans()):
                        continue
                    span = each["scale_max"] - each["scale_min"]
                    score = None if share is None else min(each["scale_min"] + share * span, each["scale_max"])
                    rows.append((key, rater, each["criterion_id"], score, round_))
    return requirements_of(*ids), pd.DataFrame(criteria), raters_of(**raters), scores_of(*rows)


def goodness_by_hand(score: float, each: Row) -> float:
    share = (score - each["scale_min"]) / (each["scale_max"] - each["scale_min"])
    return share if each["direction"] == "higher_is_better" else 1 - share


def mean_by_hand(pairs: list[tuple[float, float]]) -> float | None:
    total = sum(weight for weight, _ in pairs)
    return sum(weight * figure for weight, figure in pairs) / total if total else None


Scores = dict[tuple[str, str, str], float]


def heard_by_hand(last: Scores, key: str, each: Row, voices: Row) -> dict[str, float]:
    heard = {rater: last.get((key, rater, each["criterion_id"]), math.nan) for rater in voices}
    return {rater: goodness_by_hand(score, each) for rater, score in heard.items() if score == score}


def index_by_hand(last: Scores, tables: Tables, key: str, axis: str, voices: Row, alone: str = "") -> Any:
    """The index of all voices, or of one alone."""
    means = []
    for each in tables[1].to_dict("records"):
        heard = heard_by_hand(last, key, each, voices)
        mean = mean_by_hand([(voices[rater], good) for rater, good in heard.items() if alone in ("", rater)])
        if each["axis"] == axis and each["weight"] > 0 and mean is not None:
            means.append((each["weight"], mean))
    good = mean_by_hand(means)
    return None if good is None else 100 * (1 - good if axis == "complexity" else good)


def by_brute_force(tables: Tables) -> dict[str, dict[str, float | None]]:
    """The indices, recomputed in plain Python from their definition."""
    last: dict[tuple[str, str, str], float] = {}
    for row in sorted(tables[3].to_dict("records"), key=lambda row: row["round"]):
        last[row["requirement_id"], row["rater_id"], row["criterion_id"]] = row["score"]
    weights = dict(zip(tables[2]["rater_id"], tables[2]["weight"], strict=True))
    found: dict[str, dict[str, float | None]] = {key: {} for key in tables[0]["requirement_id"]}
    for key, axis in itertools.product(found, AXES):
        alone = [index_by_hand(last, tables, key, axis, weights, rater) for rater in weights]
        found[key][axis] = index_by_hand(last, tables, key, axis, weights)
        own = [figure for figure in (*alone, found[key][axis]) if figure is not None]
        found[key][f"{axis}_low"], found[key][f"{axis}_high"] = min(own, default=None), max(own, default=None)
    return found


@given(programs())
@settings(max_examples=50)
def test_it_agrees_with_brute_force(tables: Tables) -> None:
    table = score_requirements(*tables).table
    for key, figures in by_brute_force(tables).items():
        for name, figure in figures.items():
            assert table.loc[key, name] == pytest.approx(math.nan if figure is None else figure, abs=1e-6, nan_ok=True)


@given(programs(), st.data())
@settings(max_examples=40)
def test_others_and_the_order_of_rows_change_nothing(tables: Tables, data: st.DataObject) -> None:
    requirements, criteria, raters, scores = tables
    all_of_them = score_requirements(*tables).table
    kept = data.draw(st.lists(st.sampled_from(list(requirements["requirement_id"])), min_size=1, unique=True))
    seed = data.draw(st.integers(0, 99))
    few = score_requirements(
        requirements[requirements["requirement_id"].isin(kept)].sample(frac=1, random_state=seed),
        criteria.sample(frac=1, random_state=seed),
        raters.sample(frac=1, random_state=seed),
        scores[scores["requirement_id"].isin(kept)].sample(frac=1, random_state=seed),
    ).table
    figures = [*AXES, *BOUNDS]
    pd.testing.assert_frame_equal(few.loc[kept, figures], all_of_them.loc[kept, figures], check_exact=True)


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_many_raters_does_not_change_the_last_digit(seed: int) -> None:
    random = Random(seed)
    weights = {f"P{place}": random.random() for place in range(12)}
    scores = scores_of(*(("R1", rater, "GAIN", random.uniform(1, 5)) for rater in weights))
    orders = [scores, scores[::-1], scores.sample(frac=1, random_state=1), scores.sample(frac=1, random_state=2)]
    found = {
        score_requirements(requirements_of("R1"), CRITERIA, raters_of(**weights), rows).table.loc["R1", "value"]
        for rows in orders
    }
    assert len(found) == 1


@given(programs())
@settings(max_examples=40)
def test_indices_stay_on_their_scale_and_parts_sum_to_them(tables: Tables) -> None:
    result = score_requirements(*tables)
    figures = result.table[[*AXES, *BOUNDS]].stack().dropna()
    assert figures.between(0, 100).all()
    sums = result.contributions.groupby(["requirement_id", "axis"])[["points", "weight_share"]].sum()
    for (key, axis), row in sums.iterrows():
        assert row["points"] == pytest.approx(result.table.loc[key, axis], abs=1e-9)
        assert row["weight_share"] == pytest.approx(1)


@given(programs())
@settings(max_examples=40)
def test_every_row_of_scores_is_accounted_for(tables: Tables) -> None:
    result = score_requirements(*tables)
    counting = len(tables[3]) - result.superseded - result.abstained - result.without_weight
    assert counting >= len(result.contributions)
    assert (counting == 0) == (len(result.unscored) == len(result.table))


@given(programs())
@settings(max_examples=30)
def test_the_index_is_within_the_raters_range(tables: Tables) -> None:
    table = score_requirements(*tables).table
    for axis in AXES:
        known = table.dropna(subset=axis)
        assert (known[f"{axis}_low"] <= known[axis] + 1e-9).all()
        assert (known[axis] <= known[f"{axis}_high"] + 1e-9).all()


@given(programs())
@settings(max_examples=30)
def test_a_single_rater_is_the_range(tables: Tables) -> None:
    requirements, criteria, raters, scores = tables
    table = score_requirements(requirements, criteria, raters.head(1), scores[scores["rater_id"] == "P0"]).table
    for axis in AXES:
        for end in ("low", "high"):
            assert table[f"{axis}_{end}"].tolist() == pytest.approx(table[axis].tolist(), abs=1e-9, nan_ok=True)


@given(programs(), st.data())
@settings(max_examples=40)
def test_better_news_never_makes_an_index_worse(tables: Tables, data: st.DataObject) -> None:
    requirements, criteria, raters, scores = tables
    filled = scores.index[scores["score"].notna()]
    if not len(filled):
        return
    row = data.draw(st.sampled_from(list(filled)))
    each = criteria.set_index("criterion_id").loc[scores.loc[row, "criterion_id"]]
    better = each["scale_max"] if each["direction"] == "higher_is_better" else each["scale_min"]
    raised = scores.copy()
    raised.loc[row, "score"] = better
    before, after = (score_requirements(requirements, criteria, raters, frame).table for frame in (scores, raised))
    change = after[each["axis"]] - before[each["axis"]]
    sign = -1 if each["axis"] == "complexity" else 1
    assert (sign * change.fillna(0) >= -1e-9).all()


def test_a_large_program() -> None:
    """500 requirements, 5 criteria and 20 raters, all in the middle of the scale: 50,000 scores."""
    ids, names = [f"R{place}" for place in range(500)], {f"P{place}": 1.0 for place in range(20)}
    grid = pd.MultiIndex.from_product(
        [ids, names, CRITERIA["criterion_id"]], names=["requirement_id", "rater_id", "criterion_id"]
    )
    scores = grid.to_frame(index=False).assign(score=3.0, round=1, scored_at=pd.NaT)
    result = score_requirements(requirements_of(*ids), CRITERIA, raters_of(**names), scores)
    assert result.table["urgency"].eq(50).all()


def test_a_department_has_its_own_requirements_scores_and_counts() -> None:
    requirements = requirements_of("R1", "R2").assign(department=["Care", "Sales"])
    given = scores_of(("R1", "A", "GAIN", 4.0), ("R2", "A", "GAIN", 2.0), ("R1", "A", "NEED", None))
    whole = score_requirements(requirements, CRITERIA, raters_of(A=1.0), given)
    requirements_of_sales, of_sales = of_department(requirements, given, " sales ")
    own = score_requirements(requirements_of_sales, CRITERIA, raters_of(A=1.0), of_sales)
    assert own.table.index.tolist() == ["R2"]
    assert own.table.loc["R2", "value"] == whole.table.loc["R2", "value"] == 25
    assert (whole.abstained, own.abstained) == (1, 0)
    assert of_department(requirements, given, None) == (requirements, given)
    with pytest.raises(SettingsError, match=r"Care.*Sales"):
        of_department(requirements, given, "Marketing")


def test_a_department_does_not_hide_scores_of_unknown_requirements() -> None:
    requirements, given = requirements_of("R1"), scores_of(("R9", "ANA", "GAIN", 4.0))
    own, scores = of_department(requirements, given, "Care")
    with pytest.raises(DataError, match="R9"):
        score_requirements(own, CRITERIA, RATERS, scores)


def test_ranges_in_words() -> None:
    given = scores_of(("R1", "A", "GAIN", 5.0), ("R1", "B", "GAIN", 1.0))
    told = score_requirements(requirements_of("R1"), CRITERIA, raters_of(A=3.0, B=1.0), given).with_ranges()
    assert told.iloc[0][["value", "urgency", "raters"]].tolist() == ["75.0 (0.0 to 100.0)", "not scored", 2]


def test_a_rater_of_one_criterion_speaks_for_that_one() -> None:
    """Ana scores gain (weight 3) best, Ben reach (weight 1) worst: 75, between their own 100 and 0."""
    given = scores_of(("R1", "ANA", "GAIN", 5), ("R1", "BEN", "REACH", 0))
    row = score_requirements(requirements_of("R1"), CRITERIA, RATERS, given).table.loc["R1"]
    assert row[["value_low", "value", "value_high"]].tolist() == pytest.approx([0, 75, 100])


def test_the_range_is_widened_to_hold_the_index() -> None:
    """Ana (weight 1) scores X best and Y worst: own 50. Ben (weight 3) scores Y at the half: own 50.

    The index: X is 1, Y is (0 + 3 · 1/2) / 4 = 3/8, so 100 · (1 + 3/8) / 2 = 68.75, above both.
    """
    criteria = pd.DataFrame([criterion("X", "value"), criterion("Y", "value")])
    given = scores_of(("R1", "ANA", "X", 5), ("R1", "ANA", "Y", 1), ("R1", "BEN", "Y", 3))
    row = score_requirements(requirements_of("R1"), criteria, raters_of(ANA=1, BEN=3), given).table.loc["R1"]
    assert row[["value_low", "value", "value_high"]].tolist() == pytest.approx([50, 68.75, 68.75])


def test_those_scored_on_only_some_criteria_are_named() -> None:
    whole = [("R4", "ANA", name, 3) for name in CRITERIA["criterion_id"]]
    given = scores_of(
        *whole,
        *((key, "ANA", name, 3) for key in ("R1", "R2") for name in ("GAIN", "NEED", "EFFORT")),
        ("R3", "ANA", "GAIN", 3),
        ("R3", "ANA", "REACH", 3),
    )
    result = score_requirements(requirements_of("R1", "R2", "R3", "R4", "R5"), CRITERIA, RATERS, given)
    assert result.incomplete == {"R1": ("reach", "limits"), "R2": ("reach", "limits")}
    assert result.incomplete_groups == {("reach", "limits"): ["R1", "R2"]}
    assert result.complete == ("R4",)
    assert result.incomplete_told == "Scored on only some criteria of an axis: R1 and R2 without reach and limits."
    assert result.incomplete_told in result.conclusion


def test_scores_without_weight_are_told_only_when_there_are_any() -> None:
    given = scores_of(("R1", "ANA", "GAIN", 5), ("R1", "BEN", "GAIN", 1))
    some = score_requirements(requirements_of("R1"), CRITERIA, raters_of(ANA=1, BEN=0), given)
    assert some.notes[-1].startswith("1 score is left out")
    assert len(score_requirements(requirements_of("R1"), CRITERIA, RATERS, given).notes) == 2
