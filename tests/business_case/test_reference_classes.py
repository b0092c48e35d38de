"""Reference classes: the printed figures come out of the spreads, and a program finds its place."""

from __future__ import annotations

import pytest
from scipy import integrate

from workbench.business_case.reference_catalogue import CLASSES, MEASURES
from workbench.business_case.reference_classes import enough, nothing_published, reference_place
from workbench.business_case.reference_spreads import Mixture, Spread
from workbench.errors import SettingsError
from workbench.language import using


def spread(code: str, measure: str) -> Spread:
    return CLASSES[code].outcomes[measure].spread


def mean_between(found: Spread, low: float, high: float) -> float:
    """Mean of the outcomes between two shares, from the quantiles alone."""
    area, _error = integrate.quad(found.quantile, low, high, limit=400)
    return area / (high - low)


def test_budzier_2011_cost() -> None:
    """1,471 projects: mean overrun 27%; one in six at 200% on average; 8 in 10 off by more than 10%; power of 2."""
    found = spread("flyvbjerg_budzier_2011", "cost")
    assert found.mean == pytest.approx(0.27)
    assert mean_between(found, 1e-9, 5 / 6) == pytest.approx((0.27 - 2 / 6) / (5 / 6), rel=1e-5)
    assert mean_between(found, 5 / 6, 1 - 1e-9) == pytest.approx(2.0, rel=1e-3)
    assert found.share_below(0.1) - found.share_below(-0.1) == pytest.approx(0.2)
    # A power of 2: twice as far, a fourth of the share.
    assert (1 - found.share_below(4)) / (1 - found.share_below(2)) == pytest.approx(1 / 4)


def test_budzier_2011_time() -> None:
    """Mean delay 55%, and 70% for the one in six."""
    found = spread("flyvbjerg_budzier_2011", "time")
    assert isinstance(found, Mixture)
    assert found.mean == pytest.approx(0.55)
    assert found.parts[1][0] == pytest.approx(1 / 6)
    assert found.parts[1][1].mean == pytest.approx(0.70)


def test_mckinsey_2012() -> None:
    """Large IT projects: +45% cost, 17% of them above +200% and none above 400%; +7% time; −56% value."""
    cost = spread("mckinsey_oxford_2012", "cost")
    assert mean_between(cost, 1e-9, 1 - 1e-9) == pytest.approx(0.45, rel=1e-4)
    assert 1 - cost.share_below(2.0) == pytest.approx(0.17)
    assert cost.share_below(4.0) == pytest.approx(1)
    assert mean_between(spread("mckinsey_oxford_2012", "time"), 0, 1 - 1e-9) == pytest.approx(0.07, rel=1e-4)
    assert mean_between(spread("mckinsey_oxford_2012", "benefit"), 0, 1) == pytest.approx(0.56, rel=1e-4)


def test_gardner_2023() -> None:
    """IT projects: mean overrun 73%; 18% above 50%, and those at 447% on average."""
    found = spread("flyvbjerg_gardner_2023", "cost")
    assert found.mean == pytest.approx(0.73)
    assert 1 - found.share_below(0.5) == pytest.approx(0.18)
    assert isinstance(found, Mixture)
    assert found.parts[1][1].mean == pytest.approx(4.47)


@pytest.mark.parametrize("code", ["flyvbjerg_budzier_2011", "flyvbjerg_gardner_2023"])
def test_overruns_have_a_fat_tail(code: str) -> None:
    """Of a normal spread with the same 80th and 50th percentiles, one in a million would go this far."""
    found = spread(code, "cost")
    deviation = (found.quantile(0.8) - found.quantile(0.5)) / 0.8416
    assert 1 - found.share_below(found.quantile(0.5) + 4.75 * deviation) > 0.005


def test_an_allowance_has_its_percentile() -> None:
    """On an exponential spread of mean 7%, 7% is enough in 1 − 1/e of the projects."""
    place = reference_place("mckinsey_oxford_2012", cost=0.1, time=0.07, benefit=0.5)
    measures = place.measures.set_index("measure")
    assert measures.loc["time", "percentile"] == pytest.approx(0.632121, rel=1e-5)
    assert measures.loc["time", "p80"] == pytest.approx(0.07 * 1.609438, rel=1e-5)
    assert list(measures.index) == list(MEASURES)
    with using("en"):
        assert "With 7% of slack in its time, it is at percentile 63: 37% of them needed more." in place.conclusion


def test_without_slack_no_percentile_is_claimed() -> None:
    with using("en"):
        told = reference_place("mckinsey_oxford_2012").conclusion
    assert "It has no slack in its time" in told
    assert "Nothing is taken off its benefits" in told
    assert "percentile 0" not in told


def test_what_is_not_published_stays_as_planned() -> None:
    place = reference_place("flyvbjerg_gardner_2023", cost=0.2)
    assert place.measures["measure"].tolist() == ["cost"]
    assert enough(place.reference, "benefit", 0.8) == 0
    assert nothing_published(place.reference) in place.notes
    assert nothing_published(CLASSES["mckinsey_oxford_2012"]) == ""


def test_less_than_the_plan_is_never_taken() -> None:
    """Half of the projects of 2011 end a little below their estimate."""
    reference = CLASSES["flyvbjerg_budzier_2011"]
    assert spread(reference.code, "cost").quantile(0.4) < 0
    assert enough(reference, "cost", 0.4) == 0


def test_the_curve_and_its_points_agree() -> None:
    place = reference_place("flyvbjerg_budzier_2011", cost=0.15)
    curve, points = place.curve("cost"), place.points("cost")
    assert curve["excess"].is_monotonic_increasing
    for row in points.to_dict("records"):
        assert spread("flyvbjerg_budzier_2011", "cost").share_below(row["excess"]) == pytest.approx(row["share"])
    assert points.set_index("role").loc["own", "excess"] == 0.15
    with using("en"):
        assert place.told("cost").startswith("With 15% set aside for overruns of cost")
        assert place.axis("cost") == "More cost than planned"


def test_every_problem_is_told() -> None:
    with pytest.raises(SettingsError, match="not known"):
        reference_place("projects_of_mine")
    with pytest.raises(SettingsError) as caught:
        reference_place(cost=-0.1, benefit=1.5, time=float("nan"))
    assert len(caught.value.problems) == 3


def test_what_the_program_allows_for_is_drawn_and_the_rest_told() -> None:
    with using("en"):
        both = reference_place(benefit=0.2)
        assert both.drawn == ("cost", "benefit")
        assert both.beside == both.told("time")
        alone = reference_place("flyvbjerg_gardner_2023", cost=0.1)
        assert alone.drawn == ("cost",)
        assert alone.beside == nothing_published(alone.reference)
        assert reference_place(cost=0.1, time=0.1, benefit=0.1).beside == ""
