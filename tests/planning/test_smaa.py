"""Acceptability by closed forms, what sums to one, and the same seed twice."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.errors import DataError, SettingsError
from workbench.planning.rank_acceptability import RankAcceptability, share_told
from workbench.planning.smaa import CONCENTRATION, smaa

SAMPLES = 40_000
FOUR_ERRORS = 4 * 0.5 / math.sqrt(SAMPLES)


def utilities(**rows: tuple[float, ...]) -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", dtype=float)
    return frame.set_axis([f"C{place}" for place in range(frame.shape[1])], axis=1)


THREE = utilities(A=(1, 0), B=(0, 1), C=(0.6, 0.6))


def test_three_alternatives_in_closed_form() -> None:
    """C is first between w = .4 and .6, second elsewhere; A and B share the rest."""
    found = smaa(THREE, samples=SAMPLES, seed=3)
    assert found.shares[1].tolist() == pytest.approx([0.4, 0.4, 0.2], abs=FOUR_ERRORS)
    assert found.shares.loc["C"].tolist() == pytest.approx([0.2, 0.8, 0], abs=FOUR_ERRORS)
    assert found.central_weights[("", "C0")].tolist() == pytest.approx([0.8, 0.2, 0.5], abs=0.01)
    assert found.confidence.tolist() == [1, 1, 1]
    # A is before B in half of the weights, before C where w > .6.
    assert found.winning.loc["A", ["B", "C"]].tolist() == pytest.approx([0.5, 0.4], abs=FOUR_ERRORS)


def test_a_corner_of_the_simplex_in_closed_form() -> None:
    """With three uniform weights, w1 > t in (1 - t)² of them."""
    for level in (0.3, 0.5, 0.8):
        found = smaa(utilities(A=(1, 0, 0), B=(level, level, level)), samples=SAMPLES, seed=5)
        assert found.first["A"] == pytest.approx((1 - level) ** 2, abs=FOUR_ERRORS)


def test_weights_about_given_ones_in_closed_form() -> None:
    """Two weights of a Dirichlet distribution are beta distributed: A is first where the first is above a half."""
    for first, concentration in ((0.7, CONCENTRATION), (0.6, 50.0), (0.45, 5.0)):
        given_weights = pd.Series({"C0": 10 * first, "C1": 10 * (1 - first)})
        found = smaa(utilities(A=(1, 0), B=(0, 1)), given_weights, concentration=concentration, samples=SAMPLES, seed=7)
        expected = stats.beta.sf(0.5, concentration * first, concentration * (1 - first))
        assert found.first["A"] == pytest.approx(expected, abs=FOUR_ERRORS)
        assert found.mean_weights.tolist() == pytest.approx([first, 1 - first])


def test_uncertain_scores_in_closed_form() -> None:
    """One score uniform between 0 and 1 against .3: first in .7 of the draws, at any weights."""
    frame = utilities(A=(0.5, 0.5), B=(0.3, 0.3))
    low, high = utilities(A=(0.0, 0.5), B=(0.3, 0.3)), utilities(A=(1.0, 0.5), B=(0.3, 0.3))
    one = pd.Series({"C0": 1.0, "C1": 0.0})
    found = smaa(frame, one, lowest=low, highest=high, samples=SAMPLES, seed=9)
    assert found.drawn == ("weights", "raters")
    assert found.first["A"] == pytest.approx(0.7, abs=FOUR_ERRORS)
    assert found.confidence["A"] == pytest.approx(0.7, abs=0.06)
    assert found.central_weights.loc["A"].tolist() == [1, 0]


def test_level_alternatives_share_their_places() -> None:
    found = smaa(utilities(A=(1, 2), B=(1, 2), C=(0, 0)), samples=SAMPLES, seed=1)
    assert found.shares[1].tolist() == pytest.approx([0.5, 0.5, 0], abs=FOUR_ERRORS)
    assert found.confidence[["A", "B"]].tolist() == [0.5, 0.5]
    assert found.central_weights.loc["C"].isna().all()
    assert math.isnan(found.confidence["C"])


def test_what_is_said_of_it() -> None:
    found = smaa(THREE, samples=SAMPLES, seed=3)
    assert found.told_of("C") == "C comes first in 20% of the weights that you might have meant; A in 40% and B in 40%."
    assert found.conclusion.startswith(f"{found.first.index[0]} comes first in 40%")
    assert found.standard_error == pytest.approx(0.0025)
    alone = smaa(utilities(A=(1, 1), B=(0, 0)), samples=100)
    assert alone.conclusion == "A comes first in 100% of the weights that you might have meant."


@pytest.mark.parametrize(
    ("share", "told"), [(0.0, "0%"), (0.004, "under 1%"), (0.256, "26%"), (0.996, "over 99%"), (1.0, "100%")]
)
def test_nearly_all_is_not_all(share: float, told: str) -> None:
    assert share_told(share) == told


def test_the_same_seed_gives_the_same_shares_whatever_the_batch(monkeypatch) -> None:
    one, other = smaa(THREE, samples=500, seed=2), smaa(THREE, samples=500, seed=2)
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())
    assert not smaa(THREE, samples=500, seed=3).shares.equals(one.shares)
    monkeypatch.setattr("workbench.planning.smaa.BATCH", 300)
    assert_whole(smaa(THREE, samples=501, seed=2))


@pytest.mark.parametrize(("name", "value"), [("samples", 0), ("concentration", -1.0), ("concentration", math.nan)])
def test_settings_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=name):
        smaa(THREE, **{name: value})


def test_figures_that_are_missing_are_named() -> None:
    with pytest.raises(DataError, match="some criterion of B"):
        smaa(utilities(A=(1, 1), B=(math.nan, 1)))
    with pytest.raises(DataError, match="nothing to compare"):
        smaa(THREE.head(0))


def assert_whole(found: RankAcceptability) -> None:
    assert (found.shares.sum(axis=1) + found.left_out).tolist() == pytest.approx([1] * len(found.shares))
    assert found.shares.sum().tolist() == pytest.approx([1] * len(found.shares))
    both = found.winning.to_numpy() + found.winning.to_numpy().T
    assert both[~pd.DataFrame(both).eq(0).to_numpy()].tolist() == pytest.approx([1] * (both.size - len(both)))


scores = st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=1, max_size=6)


@given(scores, st.integers(0, 99))
@settings(max_examples=25)
def test_every_draw_fills_every_place(rows, seed) -> None:
    frame = utilities(**{f"R{place}": tuple(row) for place, row in enumerate(rows)})
    found = smaa(frame, samples=60, seed=seed)
    assert_whole(found)
    best = frame.max()
    for name in frame.index:
        if (frame.loc[name] == best).all() and (frame.drop(name) < best).any(axis=1).all():
            assert found.shares.loc[name, 1] == 1
