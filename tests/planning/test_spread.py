"""How far apart raters are: by hand, the thresholds, and which scores count."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError
from workbench.planning.spread import CLOSE, place_scores, scores_after, spread_table

CRITERIA = pd.DataFrame(
    {"criterion_id": ["V", "E"], "name": ["Value", "Effort"], "scale_min": [1.0, 0.0], "scale_max": [5.0, 20.0]}
)


def scores(*rows: tuple[str, str, str, float | None], round_number: int = 1) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["requirement_id", "rater_id", "criterion_id", "score"])
    return frame.assign(round=round_number, scored_at=pd.NaT, score=frame["score"].astype(float))


def spread_of(*given_scores: float) -> pd.Series:
    rows = [("R1", f"RATER{place}", "V", score) for place, score in enumerate(given_scores)]
    return spread_table(place_scores(scores(*rows), CRITERIA), CRITERIA).iloc[0]


def test_mean_ends_and_spread_by_hand():
    table = spread_table(
        place_scores(
            scores(("R1", "A", "V", 2), ("R1", "B", "V", 4), ("R1", "A", "E", 0), ("R1", "B", "E", 20)), CRITERIA
        ),
        CRITERIA,
    )
    assert table["criterion"].tolist() == ["Value", "Effort"]
    assert table["mean"].tolist() == [3, 10]
    assert table["lowest"].tolist() == [2, 0]
    assert table["highest"].tolist() == [4, 20]
    assert table["spread"].tolist() == [0.25, 0.5]
    assert table["range"].tolist() == [0.5, 1]
    assert table["level"].tolist() == ["split", "split"]


@pytest.mark.parametrize(
    ("given_scores", "level"),
    [
        ((3, 3, 3), "full"),
        ((3, 4), "close"),
        ((3, 5), "split"),
        ((3, 3, 3, 3, 3, 3, 3, 3, 3, 5), "close"),
        ((3, 3, 3, 3, 3, 3, 3, 1, 1, 5), "split"),
        ((2, 3, 4), "split"),
        ((3,), "one_rater"),
    ],
)
def test_levels(given_scores, level):
    assert spread_of(*given_scores)["level"] == level


def test_a_spread_at_the_threshold_is_close():
    # One of 25 raters at the other end of the scale: sqrt(1/25 · 24/25) = 0.196; two of 25: 0.271.
    assert spread_of(*[1] * 24, 5)["level"] == "close"
    assert spread_of(*[1] * 23, 5, 5)["level"] == "split"
    # Half at 1, half 0.4 of the scale above: 0.2, but for the last digit.
    assert spread_of(1, 1 + 8 * CLOSE)["level"] == "close"


@given(st.lists(st.floats(1, 5), min_size=2, max_size=12))
@settings(max_examples=30)
def test_the_spread_is_at_most_half_the_range_and_neither_leaves_the_scale(given_scores):
    row = spread_of(*given_scores)
    assert 0 <= row["spread"] <= row["range"] / 2 + 1e-9
    assert row["range"] <= 1


def test_the_last_score_of_a_rater_counts_and_an_empty_one_takes_it_back():
    first = scores(("R1", "A", "V", 1), ("R1", "A", "V", 2), ("R1", "B", "V", 5), ("R2", "A", "V", 3))
    second = scores(("R1", "B", "V", 4), ("R2", "A", "V", None), round_number=2)
    both = pd.concat([first, second], ignore_index=True)
    assert scores_after(both, 1)["score"].tolist() == [2, 5, 3]
    assert scores_after(both, 2)["score"].tolist() == [2, 4]
    assert scores_after(both)["score"].tolist() == [2, 4]
    assert scores_after(both, 0).empty


def test_a_frame_without_times_takes_the_row_furthest_down():
    given_scores = scores(("R1", "A", "V", 1), ("R1", "A", "V", 2)).drop(columns="scored_at")
    assert scores_after(given_scores)["score"].tolist() == [2]


def test_no_score_gives_an_empty_table():
    nothing = place_scores(scores(("R1", "A", "V", None)), CRITERIA)
    assert nothing.empty
    assert spread_table(nothing, CRITERIA).empty


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(DataError) as caught:
        place_scores(scores(("R1", "A", "X", 1), ("R1", "B", "V", 6), ("R1", "C", "V", 0)), CRITERIA)
    told = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "X is not in the table criteria" in told
    assert "a score from 1.0 to 5.0" in told
