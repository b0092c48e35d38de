"""Draws of criteria's weights and of raters under a lens, against closed forms; ellipses of the same draws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.errors import NoSolutionError, SettingsError
from workbench.planning import discussion, lenses
from workbench.planning.lens_draws import acceptability
from workbench.planning.order_certainty import order_certainty
from workbench.planning.prioritisation import prioritise
from workbench.planning.rater_ellipses import rater_ellipses
from workbench.planning.scoring import RequirementScores, rated_scores, score_requirements

SAMPLES = 20_000
FOUR_ERRORS = 4 * 0.5 / math.sqrt(SAMPLES)
CRITERIA = pd.DataFrame(
    [("V1", "value", 1.0), ("V2", "value", 1.0), ("C1", "complexity", 1.0), ("U1", "urgency", 1.0)],
    columns=["criterion_id", "axis", "weight"],
).assign(name=["Gain", "Reach", "Effort", "Demand"], scale_min=0.0, scale_max=10.0)
CRITERIA["direction"] = ["higher_is_better", "higher_is_better", "lower_is_better", "higher_is_better"]
RATERS = pd.DataFrame({"rater_id": ["A", "B", "C"], "weight": [1.0, 1.0, 1.0]})


def given(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Requirement, rater, criterion, score."""
    frame = pd.DataFrame(rows, columns=["requirement_id", "rater_id", "criterion_id", "score"])
    return frame.assign(round=1, scored_at=pd.NaT)


def program(scores: pd.DataFrame) -> tuple[RequirementScores, pd.DataFrame, pd.DataFrame]:
    ids = sorted(scores["requirement_id"].unique())
    requirements = pd.DataFrame({"requirement_id": ids, "title": ids, "department": "Care"})
    found = score_requirements(requirements, CRITERIA, RATERS, scores)
    return found, lenses.prepare(found), rated_scores(CRITERIA, RATERS, scores)


def of_one_rater(**rows: tuple[float, float, float, float]) -> pd.DataFrame:
    names = CRITERIA["criterion_id"]
    return given(
        *((key, "A", name, score) for key, row in rows.items() for name, score in zip(names, row, strict=True))
    )


def test_criteria_weights_in_closed_form() -> None:
    """Complexity 50 for both, value 100 w and 60: X is first where the weight of gain is above .6."""
    _scores, table, rated = program(of_one_rater(X=(10, 0, 5, 5), Y=(6, 6, 5, 5)))
    for lens in ("value_to_complexity", "quick_wins"):
        nothing = acceptability(table, rated, lens, known="nothing", samples=SAMPLES, seed=4)
        assert nothing.first["X"] == pytest.approx(0.4, abs=FOUR_ERRORS)
        about = acceptability(table, rated, lens, samples=SAMPLES, seed=4)
        assert about.first["X"] == pytest.approx(stats.beta.sf(0.6, 10, 10), abs=FOUR_ERRORS)
        assert about.drawn == ("weights",)
        assert about.mean_weights[("value", "V1")] == 0.5
        assert nothing.central_weights.loc["X", ("value", "V1")] == pytest.approx(0.8, abs=0.01)


def test_the_lens_own_weights_in_closed_form() -> None:
    """Value 100, urgency 0 against the opposite, simplicity alike: first where the weight of value is the larger."""
    _scores, table, rated = program(of_one_rater(X=(10, 10, 5, 0), Y=(0, 0, 5, 10)))
    weights = {"value": 2.0, "urgency": 1.0, "simplicity": 1.0}
    found = acceptability(table, rated, "weighted_sum", weights=weights, samples=SAMPLES, seed=4)
    # Value's share of value and urgency together is beta distributed with 10 and 5.
    assert found.first["X"] == pytest.approx(stats.beta.sf(0.5, 10, 5), abs=FOUR_ERRORS)


def test_resampled_raters_in_closed_form() -> None:
    """A gives X 10 and Y 0, B the opposite: X is first where A's random weight is the larger."""
    rows = [("X", "A", "U1", 10.0), ("Y", "A", "U1", 0.0), ("X", "B", "U1", 0.0), ("Y", "B", "U1", 10.0)]
    _scores, table, rated = program(given(*rows))
    settings = {"draw_weights": False, "raters": "resampled", "samples": SAMPLES, "seed": 4}
    found = acceptability(table, rated, "urgency", **settings)
    assert found.drawn == ("raters",)
    assert found.first["X"] == pytest.approx(1 / 2, abs=FOUR_ERRORS)
    heavier = acceptability(
        table, rated.assign(rater_weight=rated["rater_id"].map({"A": 2.0, "B": 1.0})), "urgency", **settings
    )
    # Two exponentials: P(2 E1 > E2) = 2/3.
    assert heavier.first["X"] == pytest.approx(2 / 3, abs=FOUR_ERRORS)


def test_scores_within_the_raters_range_in_closed_form() -> None:
    """X is drawn uniformly between 20 and 80, Y is 65: first in a quarter."""
    rows = [("X", "A", "U1", 2.0), ("X", "B", "U1", 8.0), ("Y", "A", "U1", 6.5)]
    _scores, table, rated = program(given(*rows))
    found = acceptability(table, rated, "urgency", raters="within_range", samples=SAMPLES, seed=4)
    assert found.first["X"] == pytest.approx(0.25, abs=FOUR_ERRORS)


def test_without_draws_of_raters_the_given_weights_give_the_ranking() -> None:
    chance = np.random.default_rng(3)
    rows = [
        (f"R{place}", rater, criterion, float(chance.integers(0, 11)))
        for place in range(5)
        for rater in "ABC"
        for criterion in CRITERIA["criterion_id"]
    ]
    _scores, table, rated = program(given(*rows))
    for lens in ("value_to_complexity", "urgency", "quick_wins", "weighted_sum", "wsjf", "topsis", "vikor"):
        found = acceptability(table, rated, lens, 100.0, concentration=1e9, samples=50, seed=1)
        ranking = prioritise(table, lens, 100.0).table
        places = found.shares.loc[ranking["requirement_id"]].to_numpy()
        apart = ~ranking["tied"].to_numpy()
        assert np.allclose(np.diag(places)[apart], 1)


def test_the_ceiling_counts_in_each_draw() -> None:
    """X is worth more; its complexity is drawn between 40 and 80, so that a ceiling of 60 leaves it out of half."""
    rows = [
        *(("X", "A", "V1", 9.0), ("Y", "A", "V1", 1.0)),
        *(("Y", "A", "C1", 5.0), ("X", "A", "C1", 4.0), ("X", "B", "C1", 8.0)),
    ]
    _scores, table, rated = program(given(*rows))
    found = acceptability(table, rated, "quick_wins", 60.0, raters="within_range", samples=SAMPLES, seed=2)
    assert found.left_out["X"] == pytest.approx(0.5, abs=FOUR_ERRORS)
    assert found.shares.loc["X", 1] + found.left_out["X"] == pytest.approx(1)
    assert found.shares.loc["Y", 1] == pytest.approx(found.left_out["X"])


def test_a_missing_criterion_leaves_its_weight_to_the_others() -> None:
    rows = [("X", "A", "V1", 5.0), ("Y", "A", "V1", 4.0), ("Y", "A", "V2", 4.0)]
    _scores, table, rated = program(given(*rows, ("X", "A", "C1", 5.0), ("Y", "A", "C1", 5.0)))
    assert acceptability(table, rated, "value_to_complexity", known="nothing", samples=200).first["X"] == 1


def test_where_nothing_can_be_drawn_it_is_said() -> None:
    scores, table, rated = program(of_one_rater(X=(10, 0, 5, 5), Y=(6, 6, 5, 5)))
    with pytest.raises(NoSolutionError, match="nothing to draw"):
        acceptability(table, rated, "urgency", draw_weights=False)
    figures = table.assign(reach=[1.0, 2.0], impact=1.0, confidence=1.0, effort_months=1.0)
    with pytest.raises(NoSolutionError, match="nothing to draw"):
        acceptability(figures, rated, "rice")
    found = order_certainty(figures, scores, rated, prioritise(figures, "rice"))
    assert (found.first, found.first_share, found.brief) == ("Y", None, "")
    assert found.conclusion.startswith("Neither weights nor scores enter this order")
    assert found.shares({}, ["Y", "X"]).empty
    assert found.beliefs().empty
    nothing = order_certainty(table, scores, rated, prioritise(table, "rice"))
    assert nothing.conclusion == "Nothing is ranked yet."


def test_an_order_from_all_sides() -> None:
    scores, table, rated = program(of_one_rater(X=(10, 0, 5, 5), Y=(6, 6, 5, 5)))
    ranking = prioritise(table, "value_to_complexity")
    found = order_certainty(table, scores, rated, ranking, known="nothing", samples=2000, seed=1)
    assert found.first == "Y"
    assert found.first_share is not None
    assert found.first_share["weights"] == pytest.approx(0.6, abs=0.05)
    assert found.conclusion.startswith("Y comes first in ")
    shares = found.shares({"X": "One", "Y": "Other"}, ["Y", "X"])
    assert shares["requirement_id"].tolist() == ["Y", "Y", "X", "X"]
    assert shares["title"].tolist() == ["Other", "Other", "One", "One"]
    assert shares.groupby("requirement_id")["share"].sum().tolist() == pytest.approx([1, 1])
    beliefs = found.beliefs()
    assert beliefs["weight"].tolist()[:2] == ["Gain", "Reach"]
    assert beliefs.loc[0, "X"] == pytest.approx(0.8, abs=0.02)
    assert beliefs.iloc[-2][["X", "Y"]].sum() == pytest.approx(1)
    assert found.notes("nothing") == [
        (
            "2,000 draws, seed 1; all weights are equally likely; a share is exact to ±2.2 percentage points, a "
            "confidence factor to ±3.2."
        )
    ]


def test_one_weight_alone_is_no_draw_of_weights() -> None:
    """Urgency has one criterion: it has all the weight in every draw, so that a share of 100% would say nothing."""
    scores, table, rated = program(of_one_rater(X=(10, 0, 5, 5), Y=(6, 6, 5, 4)))
    found = order_certainty(table, scores, rated, prioritise(table, "urgency"), samples=200)
    assert (found.by_weights, found.first_share, found.brief) == (None, None, "")
    assert found.by_both is not None
    assert found.conclusion.startswith("One criterion alone has all the weight")


def test_votes_are_told_to_be_no_part_of_the_draws() -> None:
    scores, table, rated = program(of_one_rater(X=(10, 0, 5, 5), Y=(6, 6, 5, 4)))
    table["moscow"] = "must"
    told = {
        lens: order_certainty(table, scores, rated, prioritise(table, lens), samples=200).notes("about")
        for lens in ("moscow", "quick_wins")
    }
    assert told["moscow"][1] == "The raters' votes on the classes are no part of the draws."
    assert len(told["quick_wins"]) == 1


def own_of(rows: list[tuple[str, float, float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Raters' own value and complexity of one requirement, and the committee's."""
    own = pd.DataFrame(rows, columns=["rater_id", "value", "complexity"]).assign(requirement_id="R1")
    table = pd.DataFrame({"value": [50.0], "complexity": [50.0]}, index=pd.Index(["R1"], name="requirement_id"))
    return own, table


def test_an_ellipse_has_the_spread_of_the_bootstrap() -> None:
    """With equal weights the variance of the mean is the raters' (by n) over n + 1 (Rubin 1981)."""
    own, table = own_of([("A", 40.0, math.nan), ("B", 50.0, 45.0), ("C", 60.0, 55.0)])
    outline = rater_ellipses(own, RATERS, table, 0.68, draws=60_000, seed=1)
    reach = math.sqrt(-2 * math.log(1 - 0.68))
    wide = (outline["value"].max() - outline["value"].min()) / 2 / reach
    assert wide == pytest.approx(math.sqrt((200 / 3) / 4), rel=0.03)
    tall = (outline["complexity"].max() - outline["complexity"].min()) / 2 / reach
    assert tall == pytest.approx(math.sqrt(25 / 3), rel=0.03)
    assert outline[["value", "complexity"]].mean().tolist() == pytest.approx([50, 50], abs=0.5)
    assert outline["corner"].tolist() == list(range(len(outline)))


def test_an_ellipse_is_tilted_where_the_same_people_scored_both() -> None:
    own, table = own_of([("A", 30.0, 30.0), ("B", 50.0, 50.0), ("C", 70.0, 70.0)])
    outline = rater_ellipses(own, RATERS, table)
    assert outline["value"].tolist() == pytest.approx(outline["complexity"].tolist())


def test_too_few_raters_have_no_ellipse() -> None:
    two, table = own_of([("A", 40.0, 30.0), ("B", 50.0, 45.0)])
    assert rater_ellipses(two, RATERS, table).empty
    lone, _table = own_of([("A", 40.0, math.nan), ("B", 50.0, math.nan), ("C", math.nan, 20.0)])
    found = rater_ellipses(lone, RATERS, table)
    assert found.empty
    assert {"requirement_id", "corner", "value", "complexity"} == set(found.columns)


@pytest.mark.parametrize("share", [0.0, 1.0, math.nan])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    own, table = own_of([("A", 30.0, 30.0), ("B", 50.0, 50.0), ("C", 70.0, 70.0)])
    with pytest.raises(SettingsError, match="share"):
        rater_ellipses(own, RATERS, table, share)


def test_ellipses_come_from_own_indices() -> None:
    levels = {"A": 2.0, "B": 5.0, "C": 8.0}
    scores = given(*((key, rater, name, levels[rater]) for key in "XY" for rater in levels for name in ("V1", "C1")))
    found, _table, _rated = program(scores)
    own = discussion.rater_indices(CRITERIA, RATERS, scores)
    outline = rater_ellipses(own, RATERS, found.table)
    assert set(outline["requirement_id"]) == {"X", "Y"}
