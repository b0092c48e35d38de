"""Each lens by hand, its weights, and what it lacks."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from workbench.errors import SettingsError
from workbench.planning import exclusions, lenses, mcda
from workbench.planning.lenses import LENSES
from workbench.planning.moscow_votes import classes_by_vote
from workbench.planning.prioritisation import prioritise
from workbench.planning.scoring import RequirementScores, score_requirements

EQUAL = {"value": 1.0, "urgency": 1.0, "simplicity": 1.0}


def scored(**indices: tuple[float, float, float]) -> RequirementScores:
    """Requirements by id with value, urgency and complexity, on which all raters agree."""
    table = pd.DataFrame.from_dict(indices, orient="index", columns=["value", "urgency", "complexity"], dtype=float)
    table = table.rename_axis("requirement_id")
    table.insert(0, "title", [f"Title of {key}" for key in table.index])
    table.insert(1, "department", "Care")
    for axis in ("value", "urgency", "complexity"):
        table[f"{axis}_low"] = table[f"{axis}_high"] = table[axis]
    return RequirementScores(table, pd.DataFrame(), 0, 0, 0, ())


def full(**indices: tuple[float, float, float]) -> pd.DataFrame:
    """A prepared table with all figures that a lens can need."""
    table = lenses.prepare(scored(**indices))
    return table.assign(reach=600.0, impact=2.0, confidence=0.5, effort_months=4.0, moscow="should")


@pytest.mark.parametrize(
    ("lens", "expected"),
    [
        ("value_to_complexity", 70 / 20),
        ("urgency", 40),
        ("quick_wins", 75),
        ("weighted_sum", (70 + 40 + 80) / 3),
        ("wsjf", (70 + 40) / 20),
        ("rice", 600 * 2 * 0.5 / 4),
        ("moscow", 2 * 200 + 70),
        ("topsis", 0.5),
        ("vikor", 1),
    ],
)
def test_each_lens_by_hand(lens: str, expected: float) -> None:
    assert prioritise(full(R1=(70, 40, 20)), lens).table.loc[0, "lens_score"] == pytest.approx(expected)


def test_every_lens_is_named_once_and_explained() -> None:
    assert all(name == lens.name and lens.assumes and lens.not_for and lens.unit for name, lens in LENSES.items())
    assert len({lens.label for lens in LENSES.values()}) == len(LENSES)


def test_risk_reduction_counts_where_it_is_scored() -> None:
    table = full(R1=(70, 40, 20), R2=(70, 40, 20))
    risk = table.assign(risk_reduction=[30.0, math.nan], risk_reduction_low=10.0, risk_reduction_high=50.0)
    ranking = prioritise(risk, "wsjf")
    row = ranking.table.iloc[0]
    assert [row["lens_score"], row["lens_score_low"], row["lens_score_high"]] == [7, 6, 8]
    assert ranking.left_out == {"R2": "It is not scored on risk reduction."}
    assert prioritise(table, "wsjf").table["lens_score"].tolist() == [5.5, 5.5]


def test_the_index_of_risk_reduction_is_there_only_with_its_criteria() -> None:
    criteria = pd.DataFrame(
        {
            "criterion_id": ["V", "K"],
            "name": ["Value", "Risk"],
            "axis": ["value", "risk_reduction"],
            "weight": [1.0, 2.0],
            "direction": "higher_is_better",
            "scale_min": 0.0,
            "scale_max": 10.0,
        }
    )
    scores = pd.DataFrame(
        {"requirement_id": "R1", "rater_id": ["A", "B", "A"], "criterion_id": ["K", "K", "V"], "round": 1,
         "score": [2.0, 6.0, 5.0], "scored_at": pd.NaT}
    )  # fmt: skip
    requirements = pd.DataFrame({"requirement_id": ["R1"], "title": ["x"], "department": ["Care"]})
    raters = pd.DataFrame({"rater_id": ["A", "B"], "weight": [1.0, 1.0]})
    found = score_requirements(requirements, criteria, raters, scores)
    assert found.table.loc["R1", ["risk_reduction", "risk_reduction_low", "risk_reduction_high"]].tolist() == [
        40,
        20,
        60,
    ]
    assert found.contributions["points"].tolist() == [50, 40]
    assert found.partly_scored == {"R1": ("urgency", "complexity")}
    assert list(found.with_ranges().columns) == ["requirement_id", "title", "value", "urgency", "complexity", "raters"]
    only_value = score_requirements(requirements, criteria.head(1), raters, scores[scores["criterion_id"] == "V"])
    assert "risk_reduction" not in only_value.table.columns


def test_the_weights_of_a_weighted_lens() -> None:
    table = full(A=(100, 0, 50), B=(0, 100, 50), C=(0, 0, 0))
    heavy = {"value": 3.0, "urgency": 1.0, "simplicity": 0.0}
    found = prioritise(table, "weighted_sum", weights=heavy).table.set_index("requirement_id")["lens_score"]
    assert found.to_dict() == {"A": 75, "B": 25, "C": 0}
    for lens in ("topsis", "vikor"):
        assert prioritise(table, lens, weights=heavy).table["requirement_id"].iloc[0] == "A"
        assert prioritise(table, lens, weights=heavy | {"urgency": 9.0}).table["requirement_id"].iloc[0] == "B"
    for lens in ("value_to_complexity", "urgency", "rice"):
        assert prioritise(table, lens, weights=heavy).table.equals(prioritise(table, lens).table)


def test_an_index_that_weighs_nothing_is_not_needed() -> None:
    table = full(A=(80, math.nan, 50), B=(40, math.nan, 50))
    weights = EQUAL | {"urgency": 0.0}
    for lens in ("weighted_sum", "topsis", "vikor"):
        assert prioritise(table, lens, weights=weights).table["requirement_id"].tolist() == ["A", "B"]
        assert set(prioritise(table, lens).left_out) == {"A", "B"}


def test_topsis_and_vikor_are_those_of_the_indices() -> None:
    table = full(A=(85, 95, 50), B=(70, 85, 58), C=(65, 75, 45), D=(75, 60, 20))
    matrix = table[["value", "urgency", "complexity"]]
    ways = pd.Series(["higher_is_better", "higher_is_better", "lower_is_better"], index=matrix.columns)
    weights = pd.Series(1.0, index=matrix.columns)
    by_id = prioritise(table, "topsis").table.set_index("requirement_id")["lens_score"]
    assert by_id[table.index].tolist() == pytest.approx(mcda.topsis(matrix, weights, ways).tolist())
    by_id = prioritise(table, "vikor").table.set_index("requirement_id")["lens_score"]
    assert by_id[table.index].tolist() == pytest.approx((1 - mcda.vikor(matrix, weights, ways)["Q"]).tolist())


def test_the_ends_of_a_relative_lens_move_one_requirement_at_a_time() -> None:
    table = full(A=(80, 50, 50), B=(60, 50, 50), C=(10, 50, 50))
    table.loc["B", ["value_low", "value_high"]] = [40.0, 90.0]
    found = prioritise(table, "topsis").table.set_index("requirement_id")
    # Alone over value: closeness is the share of the way from the worst to the best.
    assert found.loc["B", ["lens_score_low", "lens_score", "lens_score_high"]].tolist() == pytest.approx(
        [(40 - 10) / 70, (60 - 10) / 70, 1]
    )
    assert found.loc["A", ["lens_score_low", "lens_score_high"]].tolist() == [1, 1]


def test_what_rice_lacks_is_named() -> None:
    table = full(A=(1, 1, 1), B=(1, 1, 1), C=(1, 1, 1))
    table.loc["A", ["reach", "effort_months"]] = math.nan
    table.loc["B", "effort_months"] = 0.0
    assert exclusions.left_out(table, LENSES["rice"], 60.0) == {
        "A": "There is no figure for its reach and effort.",
        "B": "Its effort is zero.",
    }


def test_a_class_outranks_any_value() -> None:
    table = full(A=(0, 0, 0), B=(100, 0, 0), C=(100, 0, 0), D=(50, 0, 0)).assign(moscow=["must", "should", "wont", ""])
    ranking = prioritise(table, "moscow")
    assert ranking.table["requirement_id"].tolist() == ["A", "B", "C"]
    assert ranking.left_out == {"D": "Nobody has voted on its class."}


def preferences(**votes: str) -> pd.DataFrame:
    """Requirement → the classes by the raters A, B, C, D, by first letter; - for none."""
    names = {"m": "must", "s": "should", "c": "could", "w": "wont", "-": ""}
    rows = [("ABCD"[place], key, names[vote]) for key, row in votes.items() for place, vote in enumerate(row)]
    return pd.DataFrame(rows, columns=["rater_id", "requirement_id", "moscow"])


def test_a_class_needs_more_than_half_of_the_weight() -> None:
    raters = pd.DataFrame({"rater_id": list("ABCD"), "weight": [1.0, 1.0, 1.0, 0.0]})
    found = classes_by_vote(preferences(R1="mms", R2="msw", R3="mw", R4="-cc", R5="--", R6="m-cm"), raters)
    assert dict(zip(found["requirement_id"], found["class"], strict=True)) == {
        "R1": "must", "R2": "should", "R3": "wont", "R4": "could", "R6": "could",
    }  # fmt: skip
    assert found.set_index("requirement_id").loc["R1", ["must", "should"]].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found.set_index("requirement_id")["votes"].to_dict() == {"R1": 3, "R2": 3, "R3": 2, "R4": 2, "R6": 2}
    weighty = raters.assign(weight=[3.0, 1.0, 1.0, 1.0])
    assert classes_by_vote(preferences(R2="msw"), weighty)["class"].tolist() == ["must"]
    assert classes_by_vote(preferences(R2="--"), raters).empty


def test_the_prepared_table_joins_figures_and_votes() -> None:
    scores = scored(R1=(1, 2, 3), R2=(4, 5, 6))
    requirements = pd.DataFrame(
        {"requirement_id": ["R2", "R1", "R9"], "reach": [2.0, math.nan, 9.0], "impact": 1.0, "confidence": 0.5,
         "effort_months": 3.0}
    )  # fmt: skip
    raters = pd.DataFrame({"rater_id": ["A"], "weight": [1.0]})
    table = lenses.prepare(scores, requirements, preferences(R2="c"), raters)
    assert table.index.tolist() == ["R1", "R2"]
    assert table["moscow"].tolist() == ["", "could"]
    assert table.loc["R2", "reach"] == 2
    assert prioritise(table, "rice").table["lens_score"].tolist() == pytest.approx([1 / 3])
    assert list(scores.table.columns) == [name for name in table.columns if name in scores.table.columns]


def test_an_unknown_lens_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError) as caught:
        lenses.find("balanced")
    assert all(name in str(caught.value) for name in ("balanced", *LENSES))


@pytest.mark.parametrize(
    "weights",
    [{"value": 1.0}, EQUAL | {"urgency": -1.0}, dict.fromkeys(EQUAL, 0.0), EQUAL | {"value": math.inf}],
    ids=["missing", "negative", "all zero", "infinite"],
)
def test_weights_that_make_no_sense_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="weigh"):
        prioritise(full(R1=(1, 2, 3)), "weighted_sum", weights=weights)
