"""The committee's agreement put together from its criteria, with its notes and its sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.planning.agreement import agreement
from workbench.planning.reliability import kendall_w, krippendorff_alpha

CRITERIA = pd.DataFrame(
    {
        "criterion_id": ["V", "E"],
        "name": ["Value", "Effort"],
        "scale_min": [1.0, 0.0],
        "scale_max": [5.0, 10.0],
    }
)


def scores_of(**by_criterion: np.ndarray) -> pd.DataFrame:
    """A table of scores from requirements × raters per criterion; NaN is an abstention."""
    rows = [
        (f"R{row:02d}", f"RATER{column}", criterion, 1, matrix[row, column], pd.NaT)
        for criterion, matrix in by_criterion.items()
        for row in range(matrix.shape[0])
        for column in range(matrix.shape[1])
    ]
    columns = ["requirement_id", "rater_id", "criterion_id", "round", "score", "scored_at"]
    return pd.DataFrame(rows, columns=columns)


def at_random(seed: int, rows: int = 12, raters: int = 3, highest: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, highest + 1, (rows, raters)).astype(float)


def test_one_criterion_has_the_figures_of_its_matrix():
    matrix = at_random(1)
    for level in ("nominal", "ordinal", "interval", "ratio"):
        found = agreement(scores_of(V=matrix), CRITERIA, level=level, resamples=0)
        assert found.krippendorff_alpha == pytest.approx(krippendorff_alpha(matrix, level))
        assert found.kendall_w == pytest.approx(kendall_w(matrix).w)
    row = found.by_criterion.iloc[0]
    assert row["p_value"] == pytest.approx(kendall_w(matrix).p_value)
    assert row["kendall_w_raw"] == pytest.approx(kendall_w(matrix).w_raw)
    assert row["n_ranking"] == 3


def test_several_criteria_are_averaged_by_their_scores():
    value, effort = at_random(2), at_random(3, raters=2)
    effort[4, 0] = np.nan
    found = agreement(scores_of(V=value, E=effort), CRITERIA, resamples=0)
    weights = [36, 22]
    alphas = [krippendorff_alpha(value), krippendorff_alpha(effort)]
    assert found.krippendorff_alpha == pytest.approx(np.average(alphas, weights=weights))
    assert found.kendall_w == pytest.approx(kendall_w(value).w)
    assert (found.n_raters, found.n_items, found.n_scores) == (3, 12, 59)
    assert any("RATER0, who did not score every requirement" in note for note in found.notes)
    assert any("Kendall's W is missing on Effort: Fewer than two raters" in note for note in found.notes)


def test_a_difference_in_level_between_criteria_is_no_agreement():
    """Raters at random on each criterion, one criterion high and one low on its scale."""
    low, high = at_random(4, rows=60, highest=2), at_random(5, rows=60, highest=2) + 7
    found = agreement(scores_of(V=low, E=high), CRITERIA, resamples=0)
    assert abs(found.krippendorff_alpha or 1) < 0.15


@given(st.integers(0, 500))
@settings(max_examples=5)
def test_the_order_of_rows_changes_nothing(seed):
    scores = scores_of(V=at_random(seed), E=at_random(seed + 1))
    first = agreement(scores, CRITERIA, resamples=50)
    second = agreement(scores.sample(frac=1, random_state=seed), CRITERIA, resamples=50)
    assert first.conclusion == second.conclusion
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.lean, second.lean)


def test_the_same_seed_gives_the_same_intervals_and_another_others():
    scores = scores_of(V=at_random(6))
    one, again, other = (agreement(scores, CRITERIA, seed=seed, resamples=200) for seed in (1, 1, 2))
    assert one.krippendorff_alpha_low == again.krippendorff_alpha_low
    assert one.krippendorff_alpha_low != other.krippendorff_alpha_low
    assert one.krippendorff_alpha == other.krippendorff_alpha


def test_the_interval_holds_the_figure_and_widens_with_confidence():
    scores = scores_of(V=at_random(7, rows=30), E=at_random(8, rows=30))
    narrow, wide = (agreement(scores, CRITERIA, confidence=share, resamples=400) for share in (0.5, 0.99))
    assert wide.krippendorff_alpha_low < narrow.krippendorff_alpha_low < narrow.krippendorff_alpha
    assert narrow.krippendorff_alpha < narrow.krippendorff_alpha_high < wide.krippendorff_alpha_high
    assert wide.kendall_w_low < narrow.kendall_w_low < narrow.kendall_w_high < wide.kendall_w_high


def test_raters_of_one_mind_have_1_and_nothing_to_discuss():
    matrix = np.repeat(at_random(9)[:, :1], 3, axis=1)
    found = agreement(scores_of(V=matrix), CRITERIA, resamples=100)
    assert (found.krippendorff_alpha, found.kendall_w) == (1, pytest.approx(1))
    assert (found.krippendorff_alpha_low, found.krippendorff_alpha_high) == (1, 1)
    assert found.discuss_first.empty
    assert found.counts == {"full": 12, "close": 0, "split": 0, "one_rater": 0}
    assert found.band == "reliable"
    assert "Discuss" not in found.conclusion


def test_one_rater_alone_has_no_agreement_and_the_reason_is_told():
    found = agreement(scores_of(V=at_random(10, raters=1)), CRITERIA)
    assert (found.krippendorff_alpha, found.kendall_w, found.krippendorff_alpha_low) == (None, None, None)
    reason = "Krippendorff's alpha is missing on Value: No requirement was scored by two raters."
    assert found.conclusion == f"Agreement cannot be measured: {reason}"
    assert found.lean.empty


def test_one_score_for_everything_has_no_figure():
    found = agreement(scores_of(V=np.full((6, 3), 4.0)), CRITERIA)
    assert found.krippendorff_alpha is None
    assert any("nothing to agree about" in note for note in found.notes)
    assert any("No rater tells any two requirements apart" in note for note in found.notes)


def test_nobody_has_scored():
    nothing = agreement(scores_of(V=np.full((3, 2), np.nan)), CRITERIA)
    assert nothing.notes == ("Nobody has scored anything yet.",)
    assert nothing.conclusion == "Agreement cannot be measured: Nobody has scored anything yet."
    assert nothing.to_frame().empty
    assert nothing.by_criterion.empty
    assert agreement(scores_of(V=at_random(1)).iloc[:0], CRITERIA).krippendorff_alpha is None


def test_few_requirements_have_figures_and_no_interval():
    found = agreement(scores_of(V=np.array([[1, 2], [3, 3], [5, 4.0]])), CRITERIA)
    assert found.krippendorff_alpha is not None
    assert found.krippendorff_alpha_low is None
    assert "Intervals need at least 5 requirements." in found.notes
    assert "interval)" not in found.conclusion.replace("(interval)", "")


@pytest.mark.parametrize(
    ("matrix", "band", "told"),
    [
        ([[1, 1], [5, 5], [3, 3], [2, 2], [4, 5]], "reliable", "from where Krippendorff's custom relies on scores"),
        ([[1, 1], [5, 5], [3, 3], [2, 4], [4, 5]], "tentative", "between 0.667 and 0.8"),
        ([[1, 5], [5, 4], [3, 1], [2, 4], [4, 5]], "weak", "below 0.667"),
    ],
)
def test_the_sentence_places_alpha_by_krippendorffs_bounds(matrix, band, told):
    found = agreement(scores_of(V=np.array(matrix, dtype=float)), CRITERIA, resamples=0)
    assert found.band == band
    assert told in found.conclusion
    assert "significant" not in found.conclusion


def test_the_sentence_in_full():
    matrix = np.array([[1, 1, 2], [5, 5, 5], [3, 3, 3], [2, 2, 1], [4, 5, 4], [2, 4, 4.0]])
    found = agreement(scores_of(V=matrix), CRITERIA, resamples=0)
    assert found.conclusion == (
        f"Krippendorff's alpha (interval) is {krippendorff_alpha(matrix):.2f}, at or above 0.8, from where "
        f"Krippendorff's custom relies on scores. Kendall's W, for the order in which raters put the requirements, is "
        f"{kendall_w(matrix).w:.2f}. Discuss first: R05, R00, and R03."
    )


def test_what_is_left_of_round_one_after_it():
    scores = scores_of(V=at_random(11))
    later = scores.assign(round=2, score=3.0).iloc[:3]
    both = pd.concat([scores, later], ignore_index=True)
    assert agreement(both, CRITERIA, after_round=1).krippendorff_alpha == agreement(scores, CRITERIA).krippendorff_alpha
    assert agreement(both, CRITERIA).table.iloc[0]["level"] == "full"


def test_wrong_settings_and_scores_are_refused():
    scores = scores_of(V=at_random(12))
    with pytest.raises(SettingsError) as caught:
        agreement(scores, CRITERIA, level="cardinal", resamples=-1, confidence=1)
    assert len(caught.value.problems) == 3
    with pytest.raises(DataError):
        agreement(scores.assign(score=9.0), CRITERIA)


def test_it_shows_words_in_a_notebook_and_escapes_names():
    hostile = CRITERIA.assign(name=["<script>alert(1)</script>", "Effort"])
    shown = agreement(scores_of(V=at_random(13)), hostile, resamples=0)._repr_html_()
    assert "<script>" not in shown
    assert "Split" in shown
