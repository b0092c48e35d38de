from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from workbench.charts.business_case import (
    benefit_breakdown,
    cost_breakdown,
    cumulative_cash_flow,
    yearly_costs_and_benefits,
)
from workbench.language import money, using


def test_the_line_goes_through_every_month(monthly: pd.DataFrame, sketch: Any) -> None:
    (line,) = sketch(cumulative_cash_flow(monthly, 12.35)).rows("line")
    assert [row["period"] for row in line] == list(range(37))
    assert [row["cumulative"] for row in line] == pytest.approx(monthly["cumulative"].tolist())
    assert line[0]["cumulative_text"] == money(-1_234_567.891)


def test_the_areas_meet_where_the_line_crosses_zero(monthly: pd.DataFrame, sketch: Any) -> None:
    out, gained = sketch(cumulative_cash_flow(monthly, 12.35)).rows("area")
    assert out == gained
    assert len(out) == 37 + 1
    (crossing,) = [row for row in out if row["cumulative"] == 0]
    # The line rises by 100,000 a month from -1,234,567.891.
    assert crossing["period"] == pytest.approx(12.34567891)
    assert all(row["out"] == min(row["cumulative"], 0) for row in out)
    assert all(row["gained"] == max(row["cumulative"], 0) for row in out)


def test_the_payback_is_marked_and_told(monthly: pd.DataFrame, sketch: Any) -> None:
    with using("es"):
        seen = sketch(cumulative_cash_flow(monthly, 12.345))
        (point,) = seen.rows("point")
        texts = seen.texts()
    assert [row["period"] for row in point] == [12.345]
    assert any("12,3" in text for text in texts)


@pytest.mark.parametrize("month", [None, 40.0])
def test_without_payback_inside_the_horizon_none_is_marked(
    month: float | None, monthly: pd.DataFrame, sketch: Any
) -> None:
    assert sketch(cumulative_cash_flow(monthly, month)).rows("point") == []


def test_no_payback_is_told(monthly: pd.DataFrame, sketch: Any) -> None:
    title = sketch(cumulative_cash_flow(monthly, None)).spec["title"]["text"]
    assert title == ["The program does not pay itself back within 36 months"]


def test_the_lowest_point_and_the_end_are_labelled(monthly: pd.DataFrame, sketch: Any) -> None:
    with using("en", currency="EUR"):
        texts = sketch(cumulative_cash_flow(monthly, 12.35)).texts()
    assert money(-1_234_567.891) in texts
    assert money(36 * 100_000 - 1_234_567.891) in texts


@pytest.mark.parametrize(("slope", "above"), [(10.0, True), (-10.0, False)])
def test_the_amount_at_the_end_stands_off_the_line(slope: float, above: bool) -> None:
    months = range(37)
    flows = pd.DataFrame({"period": months, "costs": 10.0, "benefits": 5.0, "net": slope})
    chart = cumulative_cash_flow(flows.assign(cumulative=[slope * month - 500 for month in months]), None).to_dict()
    shifts = [layer["mark"]["dy"] for layer in chart["layer"] if layer["mark"].get("align") == "right"]
    assert [shift < 0 for shift in shifts] == [above]


def test_the_axis_counts_in_millions_in_the_locale(monthly: pd.DataFrame, sketch: Any) -> None:
    with using("es", currency="EUR"):
        texts = sketch(cumulative_cash_flow(monthly.assign(cumulative=0.6 * monthly["cumulative"]), 12.35)).texts()
    assert "0,5" in texts
    assert "-0,5" in texts
    assert not any("000000" in text for text in texts)


@pytest.mark.parametrize(("scale", "title"), [(1, "Millions of €"), (0.01, "Thousands of €"), (0.001, "Amount in €")])
def test_the_unit_follows_the_size_of_the_amounts(scale: float, title: str, monthly: pd.DataFrame, sketch: Any) -> None:
    amounts = ["costs", "benefits", "net", "cumulative"]
    with using("en", currency="EUR"):
        assert title in sketch(cumulative_cash_flow(monthly.assign(**monthly[amounts] * scale))).texts()


@pytest.mark.parametrize("months", [0, 1, 6, 60, 240])
def test_any_horizon_can_be_drawn(months: int, sketch: Any) -> None:
    flows = pd.DataFrame({"period": range(months + 1), "costs": 5.0, "benefits": 0.0, "net": -5.0})
    seen = sketch(cumulative_cash_flow(flows.assign(cumulative=flows["net"].cumsum())))
    assert "Today" in seen.texts()
    assert len(seen.rows("line")[0]) == months + 1


def test_years_keep_their_amounts(yearly: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(yearly_costs_and_benefits(yearly))
    (bars,), (net,) = seen.rows("bar"), seen.rows("point")
    assert [row["amount"] for row in bars if row["series"] == "Benefits"] == yearly["benefits"].tolist()
    assert [row["amount"] for row in bars if row["series"] == "Costs"] == yearly["costs"].tolist()
    assert [row["amount"] for row in net] == yearly["net"].tolist()


def test_years_are_named_and_in_order(yearly: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(yearly_costs_and_benefits(yearly.sample(frac=1, random_state=3)))
    domain = seen.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == ["Today", "Year 1", "Year 2", "Year 3"]
    assert {"Today", "Year 1", "Benefits", "Costs", "Net"} <= set(seen.texts())


def test_the_first_year_ahead_is_told(yearly: pd.DataFrame, sketch: Any) -> None:
    assert sketch(yearly_costs_and_benefits(yearly)).spec["title"]["text"] == [
        "From year 1 the benefits exceed the costs"
    ]
    never = sketch(yearly_costs_and_benefits(yearly.assign(net=-1.0)))
    assert never.spec["title"]["text"] == ["In no year do the benefits exceed the costs"]


@pytest.mark.parametrize(
    ("net", "title"),
    [
        ([-9, 1, 1, 1], "From year 1 the benefits exceed the costs"),
        ([-9, -1, 0, 1], "From year 3 the benefits exceed the costs"),
        ([1, 1, 1, 1], "The benefits exceed the costs from today"),
        ([-9, 1, -1, 0], "In 1 of 3 years the benefits exceed the costs"),
        ([-9, 1, -1, 1], "In 2 of 3 years the benefits exceed the costs"),
        ([9, -1, -1, 1], "In 2 of 4 years the benefits exceed the costs"),
        ([0, 0, 0, 0], "In no year do the benefits exceed the costs"),
    ],
)
def test_the_years_ahead_are_told_as_they_are(net: list[float], title: str, yearly: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(yearly_costs_and_benefits(yearly.assign(net=net)))
    assert seen.spec["title"]["text"] == [title]


def test_a_last_year_that_is_not_whole_says_its_months(yearly: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(yearly_costs_and_benefits(yearly, last_months=6))
    domain = seen.spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == ["Today", "Year 1", "Year 2", "Year 3 (6 months)"]


@pytest.mark.parametrize(
    ("cost", "benefit", "payback", "title"),
    [
        (0.0, 0.0, None, "Within 36 months the program has neither costs nor benefits"),
        (0.0, 5.0, None, "Within 36 months the program brings benefits and costs nothing"),
        (1.0, 5.0, 0.0, "The program is never out of pocket"),
        (5.0, 1.0, None, "The program does not pay itself back within 36 months"),
    ],
)
def test_titles_of_what_has_nothing_to_pay_back(
    cost: float, benefit: float, payback: float | None, title: str, sketch: Any
) -> None:
    flows = pd.DataFrame({"period": range(37), "costs": cost, "benefits": benefit, "net": benefit - cost})
    seen = sketch(cumulative_cash_flow(flows.assign(cumulative=flows["net"].cumsum()), payback))
    assert seen.spec["title"]["text"] == [title]
    assert seen.rows("point") == []


def test_many_years_label_the_net_only(yearly: pd.DataFrame, sketch: Any) -> None:
    many = pd.concat([yearly.head(1)] * 9, ignore_index=True).assign(year=range(9))
    labelled = [row for rows in sketch(yearly_costs_and_benefits(many)).rows("text") for row in rows]
    assert {row["series"] for row in labelled} == {"Net"}
    assert len(labelled) == 9


def test_costs_are_sorted_and_keep_their_amounts(costs: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(cost_breakdown(costs))
    (bars,) = seen.rows("bar")
    assert [row["total"] for row in bars] == [1_234_567.891, 98_000.0, 45_321.12, 12_000.0]
    assert [row["row"] for row in bars][1:] == ["Support", "Support (2)", "Training"]


def test_costs_are_labelled_with_money(costs: pd.DataFrame, sketch: Any) -> None:
    with using("es", currency="EUR"):
        texts = sketch(cost_breakdown(costs)).texts()
    assert "1,23\u00a0M\u00a0€" in texts
    assert "45.300\u00a0€" in texts


def test_bars_begin_at_zero(costs: pd.DataFrame, benefits: pd.DataFrame, sketch: Any) -> None:
    for chart in (cost_breakdown(costs), benefit_breakdown(benefits)):
        for layer in sketch(chart).spec["layer"]:
            if layer["mark"]["type"] == "bar":
                assert layer["encoding"]["x"]["scale"]["domain"][0] == 0


def test_benefits_show_what_was_taken_off(benefits: pd.DataFrame, sketch: Any) -> None:
    with using("en", currency="EUR"):
        seen = sketch(benefit_breakdown(benefits))
        texts = seen.texts()
    light, full = seen.rows("bar")
    assert [row["unadjusted_total"] for row in light] == [4_420_000.4, 12_000.0]
    assert [row["total"] for row in full] == [2_210_000.2, 12_000.0]
    assert "2.21\u00a0M\u00a0€ of 4.42\u00a0M\u00a0€" in texts
    assert "12,000\u00a0€" in texts


def test_breakdowns_of_nothing_are_drawn(costs: pd.DataFrame, sketch: Any) -> None:
    seen = sketch(cost_breakdown(costs.assign(total=0.0)))
    assert seen.spec["title"]["text"] == ["No line has an amount within the horizon"]


@pytest.fixture
def charts(
    monthly: pd.DataFrame, yearly: pd.DataFrame, costs: pd.DataFrame, benefits: pd.DataFrame, sketch: Any
) -> Any:
    drawn = [
        cumulative_cash_flow(monthly, 12.35),
        yearly_costs_and_benefits(yearly),
        cost_breakdown(costs),
        benefit_breakdown(benefits),
    ]
    return [sketch(chart) for chart in drawn]


def test_every_chart_has_a_description(charts: Any) -> None:
    for seen in charts:
        assert " ".join(seen.spec["title"]["text"]) in seen.spec["description"]


def test_every_chart_compiles_quietly(charts: Any, compiled: Any) -> None:
    assert [compiled(seen.spec) for seen in charts] == [""] * 4


def test_hostile_names_stay_text(charts: Any) -> None:
    for seen in charts:
        assert not seen.elements() & {"script", "image", "a", "foreignObject"}
    assert any("<script>alert(1)</script>" in text for text in charts[2].texts())


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (cumulative_cash_flow, "monthly"),
        (yearly_costs_and_benefits, "yearly"),
        (cost_breakdown, "costs"),
        (benefit_breakdown, "benefits"),
    ],
)
def test_empty_frames_are_refused(draw: Any, name: str, request: Any) -> None:
    frame = request.getfixturevalue(name)
    with pytest.raises(ValueError, match="no rows"):
        draw(frame.head(0))
    with pytest.raises(ValueError, match="columns missing"):
        draw(frame.drop(columns=frame.columns[-1]))
