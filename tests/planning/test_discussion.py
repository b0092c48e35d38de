"""What to discuss first: places by single raters, by hand and by brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.planning.discussion import discuss_first, influence, rater_indices
from workbench.planning.lenses import LENSES
from workbench.planning.scoring import score_requirements
from workbench.planning.spread import place_scores, spread_table

AXES = ["value", "urgency", "complexity"]
CRITERIA = pd.DataFrame(
    {
        "criterion_id": ["V", "U", "E"],
        "name": ["Value", "Urgency", "Effort"],
        "axis": AXES,
        "weight": [1.0, 1.0, 1.0],
        "direction": ["higher_is_better", "higher_is_better", "lower_is_better"],
        "scale_min": 0.0,
        "scale_max": 100.0,
    }
)
RATERS = pd.DataFrame({"rater_id": ["A", "B", "D"], "weight": [2.0, 1.0, 1.0]})


def scores_at_random(seed: int, n: int = 7) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    rows = [
        (f"R{place}", rater, criterion, 1, float(chance.integers(0, 101)), pd.NaT)
        for place in range(n)
        for rater, criteria in (("A", "VU"), ("B", "VU"), ("D", "E"))
        for criterion in criteria
    ]
    columns = ["requirement_id", "rater_id", "criterion_id", "round", "score", "scored_at"]
    return pd.DataFrame(rows, columns=columns)


def requirements_of(scores: pd.DataFrame) -> pd.DataFrame:
    ids = scores["requirement_id"].drop_duplicates().tolist()
    return pd.DataFrame({"requirement_id": ids, "title": ids, "department": "Care"})


def test_own_indices_are_those_of_the_rater_scoring_alone():
    scores = scores_at_random(1)
    own = rater_indices(CRITERIA, RATERS, scores).set_index(["requirement_id", "rater_id"])
    for rater in ("A", "B", "D"):
        alone = scores[scores["rater_id"] == rater]
        table = score_requirements(requirements_of(scores), CRITERIA, RATERS, alone).table
        pd.testing.assert_frame_equal(own.xs(rater, level="rater_id")[AXES], table[AXES], check_names=False)


def test_raters_without_weight_have_no_influence():
    silent = RATERS.assign(weight=[0.0, 1.0, 1.0])
    assert set(rater_indices(CRITERIA, silent, scores_at_random(1))["rater_id"]) == {"B", "D"}


@pytest.mark.parametrize(
    "lens", [name for name, one in LENSES.items() if set(one.needs) <= set(AXES) and not one.is_relative]
)
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_places_are_those_of_replacing_one_requirement_at_a_time(lens, seed):
    scores = scores_at_random(seed)
    indices = score_requirements(requirements_of(scores), CRITERIA, RATERS, scores).table
    own = rater_indices(CRITERIA, RATERS, scores)
    found = influence(indices, own, LENSES[lens].key).set_index("requirement_id")
    for key in indices.index:
        places = [_place_of(key, indices, LENSES[lens].key)]
        for row in own[own["requirement_id"] == key].to_dict("records"):
            replaced = indices[AXES].copy()
            replaced.loc[key] = [
                committee if pd.isna(row[axis]) else row[axis] for axis, committee in replaced.loc[key].items()
            ]
            places.append(_place_of(key, replaced, LENSES[lens].key))
        assert found.loc[key, ["place", "best_place", "worst_place"]].tolist() == [places[0], min(places), max(places)]
        assert found.loc[key, "share"] == pytest.approx((max(places) - min(places)) / (len(indices) - 1))


def _place_of(key: str, indices: pd.DataFrame, lens_score) -> int:
    scores = lens_score(indices)
    return 1 + int((scores > scores[key] + 1e-6).sum())


def test_what_the_lens_cannot_rank_has_no_place():
    indices = pd.DataFrame({"value": [50.0, np.nan], "urgency": 0.0, "complexity": 1.0}, index=["R1", "R2"])
    own = pd.DataFrame({"requirement_id": ["R1", "R2"], "rater_id": "A", "value": [10.0, 20.0], "urgency": 0.0})
    found = influence(indices.rename_axis("requirement_id"), own.assign(complexity=1.0), lambda table: table["value"])
    assert found["requirement_id"].tolist() == ["R1"]
    assert found["share"].tolist() == [0]


def spread(**by_requirement: tuple[float, ...]) -> pd.DataFrame:
    rows = [
        (key, f"RATER{place}", "V", 1, score)
        for key, scores in by_requirement.items()
        for place, score in enumerate(scores)
    ]
    scores = pd.DataFrame(rows, columns=["requirement_id", "rater_id", "criterion_id", "round", "score"])
    return spread_table(place_scores(scores, CRITERIA), CRITERIA)


def test_disagreement_that_moves_nothing_comes_after_disagreement_that_does():
    table = spread(R1=(0, 100), R2=(40, 60), R3=(30, 30), R4=(7,), R5=(50, 60))
    places = pd.DataFrame(
        {
            "requirement_id": ["R1", "R2", "R3"],
            "place": [1, 2, 3],
            "best_place": [1, 1, 3],
            "worst_place": [1, 3, 3],
            "share": [0.0, 1.0, 0.0],
        }
    )
    found = discuss_first(table, places)
    assert found["requirement_id"].tolist() == ["R2", "R1", "R5"]
    assert found["disagreement"].tolist() == pytest.approx([0.2, 1, 0.1])
    assert found["priority"].tolist() == pytest.approx([0.2, 0, 0])
    first, second, third = found["reason"]
    assert first.startswith("Raters are furthest apart on Value: scores from 40 to 60. By single raters' own scores")
    assert first.endswith("its place would be anywhere from 1 to 3; it is 2.")
    assert second.endswith("from 0 to 100. Its place, 1, is the same by each rater's own scores.")
    assert third.endswith("scores from 50 to 60. It is not ranked.")
    assert found["place"].isna().tolist() == [False, False, True]


def test_without_places_the_order_is_by_disagreement():
    found = discuss_first(spread(R2=(40, 60), R1=(0, 100), R3=(20, 40)))
    assert found["requirement_id"].tolist() == ["R1", "R2", "R3"]
    assert found["place"].isna().all()
    assert "place" not in found.loc[0, "reason"]


def test_full_agreement_leaves_nothing_to_discuss():
    assert discuss_first(spread(R1=(40, 40), R2=(7,))).empty
    assert discuss_first(spread(R1=(7,))).empty
