"""What the facilitator projects: the disagreements and the matrix of the scores that all may see."""

from __future__ import annotations

import ipywidgets
import pytest

from workbench.program.committee import Score
from workbench.widgets.findings import findings


@pytest.fixture
def shown(committee):
    return committee.scores_seen_by(None, facilitator=True)


def test_the_sample_has_disagreements_and_a_matrix(committee, shown, read) -> None:
    made = findings(committee, shown)
    told = read(ipywidgets.VBox(made))
    assert "Where do people differ?" in told
    assert "To discuss first" in told
    named = told.partition("Discuss first: ")[2].partition(",")[0]
    assert f">{named}<" in told
    [drawn] = [one for one in made if isinstance(one, ipywidgets.Output)]
    spec = drawn.outputs[0]["data"]["application/vnd.vegalite.v5+json"]
    assert "vega-lite/v5" in spec["$schema"]


def test_scores_of_one_rater_differ_from_nobody_and_place_nothing(committee, shown, read) -> None:
    one = shown[(shown["rater_id"] == "RAT-01")].head(1)
    made = findings(committee, one)
    assert not any(isinstance(one, ipywidgets.Output) for one in made)
    assert "Nobody differs from anybody on what is shown." in read(ipywidgets.VBox(made))


def test_hidden_scores_are_in_no_finding(committee, visitor, shown, read) -> None:
    committee.open_round("First", visitor().now())
    committee.score("RAT-01", [Score("REQ-01", "CRI-01", 1, "hidden words")], visitor().now())
    seen = committee.scores_seen_by(None, facilitator=True)
    assert seen.equals(shown)
