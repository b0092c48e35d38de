"""The smallest change of weights against linear programming and brute force; rank reversal by what comes and goes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from workbench.errors import DataError
from workbench.planning import lenses
from workbench.planning.lenses import LENSES
from workbench.planning.nearest_weights import CEILING, smallest_change
from workbench.planning.prioritisation import prioritise
from workbench.planning.rank_reversal import rank_reversal
from workbench.planning.scoring import RequirementScores, score_requirements
from workbench.planning.stability import stability


def by_linear_programming(utilities: np.ndarray, weights: np.ndarray, first: int, other: int) -> float | None:
    """Least half sum of absolute differences at which `other` reaches `first`: variables are new weights and gains."""
    count = len(weights)
    bounds = np.vstack([np.hstack([np.eye(count), -np.eye(count)]), np.zeros((1, 2 * count))])
    bounds[-1, :count] = utilities[first] - utilities[other]
    found = linprog(
        np.r_[np.zeros(count), np.ones(count)],
        bounds,
        np.r_[weights, 0.0],
        np.r_[np.ones(count), np.zeros(count)][None, :],
        [1.0],
    )
    return float(found.fun) if found.status == 0 else None


problems = st.tuples(
    st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=4),
    st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any),
)


@given(problems)
@settings(max_examples=60)
def test_the_closed_form_is_the_optimum_of_the_linear_programme(problem) -> None:
    rows, given_weights = problem
    utilities = np.array(rows, dtype=float)
    weights = np.array(given_weights, dtype=float) / sum(given_weights)
    first = int(np.argmax(utilities @ weights))
    frame = pd.DataFrame(utilities, columns=list("abc"), index=[f"R{place}" for place in range(len(rows))])
    found = smallest_change(frame, pd.Series(weights, index=list("abc")), f"R{first}")
    others = [by_linear_programming(utilities, weights, first, other) for other in range(len(rows)) if other != first]
    distances = [distance for distance in others if distance is not None]
    assert (found is None) == (not distances)
    if found is not None:
        assert found.distance == pytest.approx(min(distances), abs=1e-9)
        assert found.new.sum() == pytest.approx(1)
        assert (found.new >= 0).all()
        reached = frame @ found.new
        assert reached[found.challenger] >= reached[f"R{first}"] - 1e-9


def test_no_nearer_weights_on_a_grid() -> None:
    """Brute force: all weights in steps of a fiftieth; none nearer than the answer changes the first place."""
    frame = pd.DataFrame({"a": [9.0, 4, 6], "b": [2.0, 8, 5], "c": [5.0, 5, 7]}, index=["A", "B", "C"])
    weights = pd.Series({"a": 0.6, "b": 0.2, "c": 0.2})
    found = smallest_change(frame, weights, "A")
    assert found is not None
    nearest = 1.0
    for a, b in itertools.product(range(51), repeat=2):
        if a + b <= 50:
            new = np.array([a, b, 50 - a - b]) / 50
            scores = frame.to_numpy() @ new
            if scores[1:].max() >= scores[0]:
                nearest = min(nearest, np.abs(new - weights.to_numpy()).sum() / 2)
    assert found.distance <= nearest + 1e-9
    assert nearest - found.distance < 0.03


def test_two_criteria_by_hand() -> None:
    """A leads while the first weight is above a half: from .7, a fifth has to move."""
    frame = pd.DataFrame({"gain": [1.0, 0.0], "ease": [0.0, 1.0]}, index=["A", "B"])
    found = smallest_change(frame, pd.Series({"gain": 7.0, "ease": 3.0}), "A")
    assert found is not None
    assert (found.challenger, found.gives, found.takes) == ("B", {"gain": 0.2}, {"ease": 0.2})
    assert found.new.tolist() == pytest.approx([0.5, 0.5])


def test_what_is_best_on_everything_is_never_overtaken() -> None:
    frame = pd.DataFrame({"a": [3.0, 1.0], "b": [3.0, 2.0]}, index=["A", "B"])
    assert smallest_change(frame, pd.Series({"a": 1.0, "b": 1.0}), "A") is None
    level = smallest_change(frame.assign(b=3.0), pd.Series({"a": 0.0, "b": 1.0}), "A")
    assert level is not None
    assert level.distance == 0


@pytest.mark.parametrize("weights", [{"a": 0.0, "b": 0.0}, {"a": 1.0}, {"a": -1.0, "b": 2.0}], ids=str)
def test_weights_that_make_no_sense_are_refused(weights: dict[str, float]) -> None:
    frame = pd.DataFrame({"a": [3.0, 1.0], "b": [3.0, 2.0]}, index=["A", "B"])
    with pytest.raises(DataError):
        smallest_change(frame, pd.Series(weights), "A")


CRITERIA = pd.DataFrame(
    [
        ("V1", "Gain", "value", 2.0, "higher_is_better"),
        ("V2", "Reach", "value", 1.0, "higher_is_better"),
        ("U1", "Demand", "urgency", 1.0, "higher_is_better"),
        ("C1", "Effort", "complexity", 3.0, "lower_is_better"),
        ("C2", "Limits", "complexity", 1.0, "higher_is_better"),
    ],
    columns=["criterion_id", "name", "axis", "weight", "direction"],
).assign(scale_min=0.0, scale_max=10.0)
RATERS = pd.DataFrame({"rater_id": ["A"], "weight": [1.0]})


def scored(rows: dict[str, tuple[float, ...]], criteria: pd.DataFrame = CRITERIA) -> RequirementScores:
    """One rater's scores, in the order of the criteria."""
    long = [
        (key, "A", name, 1, score, pd.NaT)
        for key, row in rows.items()
        for name, score in zip(CRITERIA["criterion_id"], row, strict=True)
        if not math.isnan(score)
    ]
    columns = ["requirement_id", "rater_id", "criterion_id", "round", "score", "scored_at"]
    requirements = pd.DataFrame({"requirement_id": list(rows), "title": list(rows), "department": "Care"})
    return score_requirements(requirements, criteria, RATERS, pd.DataFrame(long, columns=columns))


def with_weights(rows: dict[str, tuple[float, ...]], group: str, new: pd.Series) -> RequirementScores:
    """The same scores with the weights of one axis changed."""
    criteria = CRITERIA.set_index("criterion_id")
    criteria.loc[new.index, "weight"] = new
    assert set(criteria.index[criteria["axis"] == group]) == set(new.index)
    return scored(rows, criteria.reset_index())


def some_program(seed: int) -> dict[str, tuple[float, ...]]:
    chance = np.random.default_rng(seed)
    return {f"R{place}": tuple(chance.integers(1, 10, len(CRITERIA)).astype(float)) for place in range(6)}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("lens", ["value_to_complexity", "quick_wins", "weighted_sum", "wsjf"])
def test_at_the_new_weights_the_lens_itself_puts_them_level(lens: str, seed: int) -> None:
    """Scored and ranked anew with the weights found, the challenger has the first's lens score."""
    rows = some_program(seed)
    scores = scored(rows)
    table = lenses.prepare(scores)
    ranking = prioritise(table, lens, 100.0)
    found = stability(table, scores, ranking)
    for group, change in found.changes.items():
        if change is None or group == "lens":
            continue
        again = lenses.prepare(with_weights(rows, group, change.new))
        key = LENSES[lens].key(again)
        assert key[change.challenger] == pytest.approx(key[found.first])
        assert key.max() == pytest.approx(key[found.first])
        nearer = change.given + 0.99 * (change.new - change.given)
        key = LENSES[lens].key(lenses.prepare(with_weights(rows, group, nearer)))
        assert key.idxmax() == found.first


def test_the_weights_of_the_lens_itself() -> None:
    """V 100, U 0, S 50 against V 0, U 100, S 50: at equal weights level; at 2 : 1 : 1 a quarter's half has to move."""
    scores = scored({"A": (10, 10, 0, 5, 5), "B": (0, 0, 10, 5, 5)})
    table = lenses.prepare(scores)
    weights = {"value": 2.0, "urgency": 1.0, "simplicity": 1.0}
    found = stability(table, scores, prioritise(table, "weighted_sum", weights=weights), weights)
    change = found.changes["lens"]
    assert change is not None
    assert change.distance == pytest.approx(0.125)
    assert found.conclusion == (
        "Moving 12% of the weight of the lens, from value to urgency, is enough for B to draw level with A; no smaller "
        "change within one group of weights does it."
    )


def test_the_complexity_ceiling_can_take_the_first_away() -> None:
    """A's complexity is 55 at given weights (.75 · 60 + .25 · 40) and 60 where all the weight is on effort.

    Under a ceiling of 56 a twentieth of the weight is enough; B is dominated and never reaches A.
    """
    scores = scored({"A": (10, 10, 0, 6, 6), "B": (1, 1, 0, 7, 2)})
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "quick_wins", 56.0))
    change = found.changes["complexity"]
    assert change is not None
    assert change.challenger == CEILING
    assert change.distance == pytest.approx(0.05)
    assert "from Limits to Effort, is enough for A to pass the complexity ceiling; no smaller" in found.conclusion


def test_who_is_above_the_ceiling_has_to_come_under_it() -> None:
    """B is worth more, but its complexity is 70 (.75 · 80 + .25 · 40): a quarter of the weight brings it to 60."""
    scores = scored({"A": (7, 7, 0, 3, 7), "B": (10, 10, 0, 8, 6)})
    table = lenses.prepare(scores)
    ranking = prioritise(table, "quick_wins", 60.0)
    assert ranking.too_complex == ("B",)
    found = stability(table, scores, ranking)
    change = found.changes["complexity"]
    assert change is not None
    assert (change.challenger, change.distance) == ("B", pytest.approx(0.25))


def test_requirements_without_a_score_are_named_and_not_judged() -> None:
    scores = scored({"A": (9, 9, 5, 5, 5), "B": (8, math.nan, 5, 5, 5), "C": (1, 1, 5, 5, 5)})
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "value_to_complexity"))
    assert found.unjudged == ("B",)
    assert found.conclusion.startswith("Among the requirements with all scores, no change")
    assert found.conclusion.endswith("B misses a score on a criterion of some group; it is not looked at there.")


def test_a_first_that_misses_a_score_is_no_order_without_weights() -> None:
    scores = scored({"A": (10, math.nan, 5, 5, math.nan), "B": (8, 8, 5, 5, 5)})
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "value_to_complexity"))
    assert (found.first, found.changes) == ("A", {})
    assert found.conclusion == "A misses a score on a criterion of some group; it is not looked at there."
    many = scored({"A": (10, 10, 5, 5, 5), **{f"B{place}": (8, math.nan, 5, 5, 5) for place in range(7)}})
    table = lenses.prepare(many)
    told = stability(table, many, prioritise(table, "value_to_complexity")).conclusion
    assert "7 requirements miss a score" in told


def test_an_index_that_weighs_nothing_needs_no_scores() -> None:
    scores = scored({"A": (5, 5, math.nan, 2, 9), "B": (6, 6, math.nan, 4, 8)})
    table = lenses.prepare(scores)
    weights = {"value": 1.0, "urgency": 0.0, "simplicity": 1.0}
    found = stability(table, scores, prioritise(table, "weighted_sum", weights=weights), weights)
    assert set(found.changes) == {"value", "complexity", "lens"}
    assert found.unjudged == ()


def test_a_first_exactly_at_the_ceiling_is_told_by_its_name() -> None:
    scores = scored({"A": (10, 10, 0, 6, 4), "B": (1, 1, 0, 7, 2)})
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "quick_wins", 60.0))
    assert found.conclusion.startswith("A stands at the complexity ceiling")


def test_what_is_above_the_ceiling_and_not_valued_is_no_challenger() -> None:
    """A's complexity is 42.5 (.75 · 30 + .25 · 80) and 60 where effort has .4 of the weight."""
    scores = scored({"A": (7, 7, 0, 3, 2), "B": (math.nan, math.nan, 0, 9, 1)})
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "quick_wins", 60.0))
    change = found.changes["complexity"]
    assert change is not None
    assert (change.challenger, change.distance) == (CEILING, pytest.approx(0.35))


@pytest.mark.parametrize("seed", range(12))
def test_a_complexity_below_the_floor_counts_as_the_floor(seed: int) -> None:
    """Brute force over the one free weight of complexity, by the lens itself: 2,001 steps."""
    chance = np.random.default_rng(seed)
    rows = {
        f"R{place}": (*chance.integers(4, 10, 3), *chance.choice([[0, 10], [0.2, 9.9], [0, 9.5], [1, 10]]))
        for place in range(4)
    }
    scores = scored({key: tuple(map(float, row)) for key, row in rows.items()})
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "value_to_complexity"))
    goodness = scores.contributions.pivot(index="requirement_id", columns="criterion_id", values="goodness")
    nearest = math.inf
    for effort in np.linspace(0, 1, 2001):
        complexity = 100 * (1 - goodness["C1"] * effort - goodness["C2"] * (1 - effort))
        key = LENSES["value_to_complexity"].key(table.assign(complexity=complexity))
        if key.drop(found.first).max() >= key[found.first] - 1e-9:
            nearest = min(nearest, abs(effort - 0.75))
    change = found.changes["complexity"]
    assert (change is None) == math.isinf(nearest)
    if change is not None:
        assert change.distance == pytest.approx(nearest, abs=0.00051)


def test_lenses_that_are_no_sum_or_have_no_weights_say_so() -> None:
    scores = scored(some_program(1))
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "topsis"))
    assert (found.is_exact, found.smallest, found.published) == (False, None, None)
    assert "no sum over weights" in found.conclusion
    table = table.assign(reach=1.0, impact=1.0, confidence=1.0, effort_months=1.0)
    assert stability(table, scores, prioritise(table, "rice")).conclusion.startswith("No weights")


def test_what_is_published_is_plain() -> None:
    scores = scored(some_program(3))
    table = lenses.prepare(scores)
    found = stability(table, scores, prioritise(table, "value_to_complexity"))
    assert found.smallest is not None
    assert found.published is not None
    assert set(found.published) == {"group", "distance", "challenger", "from", "to"}
    assert set(found.to_frame()["group"]) == {group for group, change in found.changes.items() if change}


def indices_at_random(seed: int) -> pd.DataFrame:
    """A prepared table of six requirements on which the raters agree."""
    chance = np.random.default_rng(seed)
    table = pd.DataFrame(chance.integers(0, 101, (6, 3)), columns=["value", "urgency", "complexity"], dtype=float)
    table.index = pd.Index([f"R{place}" for place in range(6)], name="requirement_id")
    ends = {f"{axis}_{end}": table[axis] for axis in table.columns for end in ("low", "high")}
    figures = {"reach": chance.integers(1, 9, 6) * 1.0, "impact": 2.0, "confidence": 0.5, "effort_months": 3.0}
    return table.assign(title="", department="", moscow=chance.choice(["must", "could"], 6), **ends, **figures)


@pytest.mark.parametrize("lens", [name for name, one in LENSES.items() if not one.is_relative])
def test_lenses_on_scales_of_their_own_have_no_rank_reversal(lens: str) -> None:
    for seed in range(4):
        table = indices_at_random(seed)
        found = rank_reversal(table, prioritise(table, lens))
        assert found.changed.empty
        assert "stays as it is" in found.conclusion


def test_a_check_finds_what_ranking_anew_gives() -> None:
    """Pairs and first place of each removal, against the ranking of the rest."""
    rows = {"A": (10, 10, 5, 5, 5), "B": (6, 6, 9, 5, 5), "C": (0, 0, 10, 5, 5)}
    table = lenses.prepare(scored(rows))
    weights = {"value": 1.0, "urgency": 1.0, "simplicity": 0.0}
    ranking = prioritise(table, "topsis", weights=weights)
    found = rank_reversal(table, ranking, weights)
    for row in found.table[found.table["kind"] == "without"].itertuples():
        rest = table.drop(index=row.requirement_id)
        before = [key for key in ranking.table["requirement_id"] if key != row.requirement_id]
        after = list(prioritise(rest, "topsis", weights=weights).table["requirement_id"])
        assert (row.pairs > 0) == (before != after)
        assert row.first_changes == (before[0] != after[0])


@pytest.mark.parametrize("lens", ["topsis", "vikor"])
def test_reversals_of_relative_lenses_are_found_somewhere(lens: str) -> None:
    """Published: both methods can turn the others round. Some program of four shows it, and it is told."""
    tables = [indices_at_random(seed) for seed in range(4)]
    found = [rank_reversal(table, prioritise(table, lens)) for table in tables]
    told = [one.conclusion for one in found if len(one.changed)]
    assert told
    assert all("checks the order of the others changes" in sentence for sentence in told)
