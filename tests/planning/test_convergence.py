"""What changed between rounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.planning.agreement import agreement
from workbench.planning.convergence import convergence

CRITERIA = pd.DataFrame({"criterion_id": ["V"], "name": ["Value"], "scale_min": [1.0], "scale_max": [5.0]})


def scores(rounds: dict[int, dict[tuple[str, str], float]]) -> pd.DataFrame:
    rows = [
        (requirement, rater, "V", number, score, pd.NaT)
        for number, given in rounds.items()
        for (requirement, rater), score in given.items()
    ]
    return pd.DataFrame(rows, columns=["requirement_id", "rater_id", "criterion_id", "round", "score", "scored_at"])


FIRST = {("R1", "A"): 1, ("R1", "B"): 5, ("R2", "A"): 2, ("R2", "B"): 2, ("R3", "A"): 4, ("R3", "B"): 5}


def test_change_of_mean_and_spread_by_hand():
    found = convergence(scores({1: FIRST, 2: {("R1", "A"): 3, ("R2", "B"): 3, ("R3", "A"): 4}}), CRITERIA, resamples=0)
    changes = found.changes.set_index("requirement_id")
    assert changes["n_changed"].tolist() == [1, 1, 0]
    assert changes["mean_change"].tolist() == [1, 0.5, 0]
    assert changes["spread_change"].tolist() == pytest.approx([-0.25, 0.125, 0])
    assert found.trend["round"].tolist() == [1, 2]
    assert found.conclusion.endswith("Scores changed in 2 places: raters came closer in 1 and went apart in 1.")


def test_each_round_is_measured_as_it_stood():
    given = scores({1: FIRST, 2: {("R1", "A"): 4}, 3: {("R1", "B"): np.nan, ("R3", "A"): 5}})
    found = convergence(given, CRITERIA, resamples=0)
    for row in found.trend.itertuples():
        stood = agreement(given[given["round"] <= row.round], CRITERIA, resamples=0)
        assert row.krippendorff_alpha == pytest.approx(stood.krippendorff_alpha)
        assert row.n_scores == stood.n_scores
        assert (row.full, row.close, row.split, row.one_rater) == tuple(stood.counts.values())
    assert found.trend["one_rater"].tolist() == [0, 0, 1]
    assert found.changes.query("round_after == 3 and requirement_id == 'R1'")["n_changed"].tolist() == [1]


def test_one_round_or_none_has_nothing_to_compare():
    one = convergence(scores({1: FIRST}), CRITERIA, resamples=0)
    assert one.conclusion == "There are not two rounds to compare yet."
    assert one.changes.empty
    assert len(one.to_frame()) == 1
    assert convergence(scores({}), CRITERIA).trend.empty


def test_rounds_without_a_figure_say_so():
    same = dict.fromkeys(FIRST, 3.0)
    found = convergence(scores({1: same, 2: {("R1", "A"): 3.0}}), CRITERIA, resamples=0)
    assert found.conclusion.startswith("From round 1 to round 2 there is no alpha to compare.")
    assert found.trend["krippendorff_alpha"].isna().all()
