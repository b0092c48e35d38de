"""Simulation against closed forms, against the cash flows computed draw by draw, and against itself."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from workbench.business_case import sampling
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.correlation import correlations
from workbench.business_case.distributions import distributions
from workbench.business_case.measures import payback_period
from workbench.business_case.payback import payback_months
from workbench.business_case.proportions import wilson_interval
from workbench.business_case.returns import returns
from workbench.business_case.simulation import Simulation, simulate
from workbench.business_case.valuation import valuation
from workbench.errors import DataError, SettingsError
from workbench.language import using
from workbench.program.store import Program

SAMPLE = Path(__file__).parents[2] / "sample_data" / "program_en"
Z = stats.norm.ppf(0.95)


def assumptions(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Id, low, base, high, distribution, and what it moves with how closely."""
    columns = ["assumption_id", "low", "base", "high", "distribution", "correlated_with", "correlation"]
    return pd.DataFrame([(*row, *["", math.nan][len(row) - 5 :]) for row in rows], columns=columns)


def simulated(benefit: str, drawn: pd.DataFrame, cost: str = "0", **options: Any) -> Simulation:
    """One cost and one benefit, both paid once: today and in the first month."""
    costs = pd.DataFrame({"cost_id": ["C"], "category": ["other"], "formula": [cost], "first_period": [0]})
    benefits = pd.DataFrame({"benefit_id": ["B"], "stream": ["cost_reduction"], "formula": [benefit]})
    once = {"profile": "one_off", "risk_adjustment": 0.3}
    options = {"horizon_months": 12, "discount_rate": 0.0, **options}
    return simulate(costs.assign(**once), benefits.assign(**once), drawn, **options)


@pytest.fixture(scope="module")
def sample() -> tuple[pd.DataFrame, ...]:
    program = Program.open(SAMPLE)
    costs = program.table("costs")
    return costs[costs["vendor_id"] == ""], program.table("benefits"), program.table("assumptions")


@pytest.mark.parametrize("rank", [-0.7, 0.0, 0.6])
def test_a_correlated_sum_is_the_one_in_closed_form(rank: float) -> None:
    drawn = assumptions(("a", 10.0, 20.0, 30.0, "normal"), ("b", 40.0, 60.0, 80.0, "normal", "a", rank))
    found = simulated("a + b", drawn, draws=2**15)
    one, other, scores = 10 / Z, 20 / Z, 2 * math.sin(math.pi * rank / 6)
    exact = stats.norm(80, math.sqrt(one**2 + other**2 + 2 * scores * one * other))
    told = [found.npv_percentile(share) for share in (0.1, 0.5, 0.8, 0.9)]
    assert told == pytest.approx(exact.ppf([0.1, 0.5, 0.8, 0.9]).tolist(), rel=2e-3)
    assert found.npv.std() == pytest.approx(exact.std(), rel=5e-3)


@pytest.mark.parametrize("rank", [0.0, 0.5])
def test_a_lognormal_product_is_the_one_in_closed_form(rank: float) -> None:
    drawn = assumptions(("a", 1.0, 2.0, 4.0, "lognormal"), ("b", 10.0, 20.0, 90.0, "lognormal", "a", rank))
    found = simulated("a * b", drawn, draws=2**15)
    one, other, scores = math.log(4) / 2 / Z, math.log(9) / 2 / Z, 2 * math.sin(math.pi * rank / 6)
    exact = stats.norm(math.log(2 * 30), math.sqrt(one**2 + other**2 + 2 * scores * one * other))
    told = [math.log(found.npv_percentile(share)) for share in (0.1, 0.5, 0.8, 0.9)]
    assert told == pytest.approx(exact.ppf([0.1, 0.5, 0.8, 0.9]).tolist(), abs=5e-3)


def test_probability_percentile_and_contingency_in_closed_form() -> None:
    drawn = assumptions(("gain", 90.0, 110.0, 120.0, "uniform"), ("price", 50.0, 60.0, 90.0, "triangular"))
    found = simulated("gain", drawn.iloc[:1], cost="100", draws=2**14)
    assert found.p_npv_positive == pytest.approx(20 / 30, abs=1e-3)
    assert found.point_estimate_percentile == pytest.approx(20 / 30, abs=1e-3)
    budget = simulated("0", drawn.iloc[1:], cost="price", draws=2**14)
    price = stats.triang(0.25, 50, 40)
    assert budget.contingency_p80 == pytest.approx(price.ppf(0.8) - 60, rel=1e-3)
    assert budget.cost_estimate_percentile == pytest.approx(price.cdf(60), abs=1e-3)


@pytest.mark.parametrize("convention", ["tei", "spreadsheet"])
def test_a_draw_is_worth_what_its_cash_flows_are(sample: tuple[pd.DataFrame, ...], convention: str) -> None:
    costs, benefits, drawn = sample
    case = valuation(costs, benefits, drawn, horizon_months=30, discount_rate=0.1, convention=convention)
    shares = np.random.default_rng(3).uniform(0.01, 0.99, (6, len(case.spread)))
    values = {name: spread.quantile(shares[:, at]) for at, (name, spread) in enumerate(distributions(drawn).items())}
    worth = case.net_present_values(values, 6)
    for draw in range(6):
        one = {name: float(figures[draw]) for name, figures in values.items()}
        flows = cash_flows(costs.assign(risk_adjustment=0.0), benefits.assign(risk_adjustment=0.0), one, 30)
        assert worth[draw] == pytest.approx(returns(flows, 0.1, convention).npv, rel=1e-12)


def test_without_spread_every_draw_is_the_point_estimate(sample: tuple[pd.DataFrame, ...]) -> None:
    costs, benefits, drawn = sample
    found = simulate(costs, benefits, drawn.assign(distribution=""), horizon_months=36, discount_rate=0.1, draws=8)
    plain = {"risk_adjustment": 0.0}
    base = dict(zip(drawn["assumption_id"], drawn["base"], strict=True))
    flows = cash_flows(costs.assign(**plain), benefits.assign(**plain), base, 36)
    assert found.npv == pytest.approx([returns(flows, 0.1).npv] * 8, rel=1e-12)
    assert found.monthly["p50"].to_numpy() == pytest.approx(flows.monthly["cumulative"].to_numpy(), rel=1e-9)
    assert found.base_cost == pytest.approx(flows.costs, rel=1e-12)
    assert found.adjusted_npv == returns(cash_flows(costs, benefits, base, 36), 0.1).npv
    assert found.payback == pytest.approx([returns(flows, 0.1).payback_months] * 8)


@pytest.mark.parametrize("lines", range(1, 9))
def test_draws_at_the_point_estimate_count_as_no_higher_whatever_rounding_does(lines: int) -> None:
    rows = range(lines)
    costs = pd.DataFrame({"cost_id": [f"C-{row}" for row in rows], "category": "other", "formula": "fee * 12.35 + 0.1"})
    costs["profile"] = [["even", "growth 3%", "ramp 7"][row % 3] for row in rows]
    benefits = pd.DataFrame({"benefit_id": ["B"], "stream": "cost_reduction", "formula": "calls * 1.1"})
    drawn = assumptions(("fee", math.nan, 37.7, math.nan, ""), ("calls", 800.0, 1000.0, 1300.0, "discrete"))
    found = simulate(costs, benefits.assign(attribution=0.7), drawn, horizon_months=36, discount_rate=0.1, draws=1024)
    assert (found.cost_estimate_percentile, found.contingency_p80) == (1.0, 0.0)
    # Low has 18.5% of the draws and base 63%: Pearson and Tukey's three points.
    assert found.point_estimate_percentile == pytest.approx(0.815, abs=0.002)


def test_a_net_present_value_of_nothing_is_not_above_zero() -> None:
    tenths = pd.DataFrame({"cost_id": ["C-1", "C-2"], "category": "other", "formula": ["0.1 * x", "0.2 * x"]})
    whole = pd.DataFrame({"benefit_id": ["B"], "stream": "cost_reduction", "formula": "0.3 * x"})
    drawn = assumptions(("x", 1.0, 2.0, 3.0, "uniform"))
    found = simulate(tenths, whole, drawn, horizon_months=12, discount_rate=0.1, draws=256)
    assert found.p_npv_positive == 0
    assert found.point_estimate_percentile == 1


def test_the_same_seed_gives_the_same_figures_in_chunks_of_any_size(
    sample: tuple[pd.DataFrame, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(kind: str, seed: int = 5) -> Any:
        return simulate(*sample, horizon_months=36, discount_rate=0.1, draws=3000, seed=seed, sampling=kind).npv

    for kind in ("sobol", "random"):
        whole = run(kind)
        monkeypatch.setattr(sampling, "CHUNK", 2**9)
        assert run(kind) == pytest.approx(whole, rel=1e-12)
        monkeypatch.undo()
        assert run(kind).tolist() == whole.tolist()
        assert run(kind, seed=6).tolist() != whole.tolist()


def test_the_figures_do_not_depend_on_the_number_of_threads(sample: tuple[pd.DataFrame, ...]) -> None:
    script = (
        "from workbench.program.store import Program\n"
        "from workbench.business_case.simulation import simulate\n"
        f"program = Program.open({str(SAMPLE)!r})\n"
        "costs = program.table('costs')\n"
        "tables = costs[costs['vendor_id'] == ''], program.table('benefits'), program.table('assumptions')\n"
        "print(simulate(*tables, horizon_months=36, discount_rate=0.1, draws=4096).figures)\n"
    )
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=alone, capture_output=True, text=True, check=True)
    here = simulate(*sample, horizon_months=36, discount_rate=0.1, draws=4096)
    assert done.stdout.strip() == str(here.figures)


@given(arrays.arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.integers(-9, 9).map(float)))
@settings(max_examples=150, deadline=None)
def test_payback_of_all_draws_is_that_of_each(flows: Any) -> None:
    found = payback_months(np.cumsum(flows, axis=0))
    for draw, months in enumerate(found):
        alone = payback_period(flows[:, draw])
        assert months == (math.inf if alone is None else pytest.approx(alone))


@pytest.mark.parametrize(("count", "draws"), [(0, 10), (10, 10), (81, 263), (1, 16384)])
def test_the_interval_of_a_share_is_wilsons(count: int, draws: int) -> None:
    expected = stats.binomtest(count, draws).proportion_ci(method="wilson")
    assert wilson_interval(count, draws) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("kind", "least"), [("random", 0.9), ("sobol", 0.98)])
def test_the_interval_holds_the_true_share(kind: str, least: float) -> None:
    hits = 0
    for seed in range(200):
        (points,) = sampling.uniform_points(2, 256, sampling=kind, seed=seed)
        low, high = wilson_interval(int((points[:, 0] > points[:, 1] * 2 / 3).sum()), 256)
        # All of a square but a triangle whose sides are 1 and 2/3.
        hits += low <= 2 / 3 <= high
    assert hits >= 200 * least


def test_the_bands_hold_the_draws_and_the_years_end_them() -> None:
    drawn = assumptions(("a", 10.0, 20.0, 30.0, "uniform"))
    costs = pd.DataFrame({"cost_id": ["C"], "category": ["other"], "formula": ["60"], "profile": ["one_off"]})
    benefits = pd.DataFrame({"benefit_id": ["B"], "stream": ["cost_reduction"], "formula": ["a"]})
    found = simulate(costs.assign(first_period=0), benefits, drawn, horizon_months=30, discount_rate=0.0)
    month = found.monthly.set_index("period")
    assert month.loc[6, ["p10", "p50", "p90"]].tolist() == pytest.approx([12 * 6 - 60, 60, 28 * 6 - 60], abs=0.2)
    assert month.loc[6, "base"] == 60
    assert found.yearly["year"].tolist() == [0, 1, 2, 3]
    assert found.yearly["base"].tolist() == [-60, 180, 420, 540]
    # Paid back by month 4 where a is 15 or more: three quarters of the draws.
    assert found.p_payback_within(4) == pytest.approx(0.75, abs=1e-3)
    low, high = found.p_payback_within_interval(4)
    assert low < 0.75 < high
    assert found.npv_curve()["amount"].iloc[[0, 100, 200]].tolist() == pytest.approx([240, 540, 840], abs=1)


def test_a_program_that_fails_keeps_its_costs() -> None:
    drawn = assumptions(("a", 10.0, 20.0, 30.0, "uniform"))
    fails = simulated("a", drawn, cost="5", program_fails=0.2, draws=2**12)
    never = simulated("a", drawn, cost="5", draws=2**12)
    lost = fails.npv == -5
    assert lost.mean() == pytest.approx(0.2, abs=2e-3)
    assert fails.npv[~lost].tolist() == never.npv[~lost].tolist()
    assert (fails.cost == 5).all()


def test_lines_below_zero_are_counted_and_told() -> None:
    found = simulated("a", assumptions(("a", -10.0, 20.0, 30.0, "uniform")), draws=2**12)
    assert found.negative_shares == {"B": pytest.approx(0.25, abs=1e-3)}
    with using("en"):
        assert found.notes == ("Some lines fall below zero in some of the draws, and count as they are: B in 25%.",)


def test_a_formula_without_a_value_in_a_draw_names_line_and_figures() -> None:
    with using("en"), pytest.raises(DataError, match=r"Line B: The formula “sqrt\(a\)” has no value \(a = -"):
        simulated("sqrt(a)", assumptions(("a", -10.0, 20.0, 30.0, "uniform")))


def test_impossible_correlations_stop_the_simulation_until_the_nearest_are_accepted() -> None:
    drawn = assumptions(
        ("a", 1.0, 2.0, 3.0, "uniform"), ("b", 1.0, 2.0, 3.0, "uniform", "a", 0.9), ("c", 1, 2, 3, "uniform", "b", 0.9)
    )
    with pytest.raises(DataError, match="hold"), using("en"):
        simulated("a + b + c", drawn)
    found = simulated("a + b + c", drawn, accept_nearest=True, draws=64)
    assert found.notes == (correlations(drawn).conclusion,)


@pytest.mark.parametrize(
    "options", [{"draws": 0}, {"sampling": "latin"}, {"program_fails": 1.2}, {"convention": "own"}], ids=str
)
def test_settings_that_are_not_possible_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        simulated("a", assumptions(("a", 1.0, 2.0, 3.0, "uniform")), **options)


def test_the_conclusion_can_be_read_aloud() -> None:
    drawn = assumptions(("gain", 90.0, 110.0, 120.0, "uniform"), ("price", 90.0, 95.0, 110.0, "uniform"))
    with using("en", currency="EUR"):
        told = simulated("gain", drawn, cost="price").conclusion
    # The difference of the two is a trapezoid from -20 to 30: (x + 20)² / 1200 of it lies below an x up to 0.
    assert told.startswith("Over 1 year the net present value lies between -9.0")
    assert "above zero in 66.7% of the draws, and no higher than the point estimate of 15\xa0€ in 81.2%." in told
    assert "The budget of 95\xa0€ is enough in 25% of the draws; 11\xa0€ more would make it enough in 80%." in told


def test_the_figures_have_the_names_of_the_results_file(sample: tuple[pd.DataFrame, ...]) -> None:
    found = simulate(*sample, horizon_months=36, discount_rate=0.1, draws=256)
    names = [
        "npv_p10",
        "npv_p50",
        "npv_p80",
        "npv_p90",
        "p_npv_positive",
        "point_estimate_percentile",
        "contingency_p80",
    ]
    assert list(found.figures) == names
    assert found.to_frame()["figure"].tolist() == names
    assert found.npv_percentile(0.1) == np.quantile(found.npv, 0.1)
    assert 0 < found.adjusted_percentile < found.point_estimate_percentile


def test_a_program_without_lines_or_assumptions_is_worth_nothing(sample: tuple[pd.DataFrame, ...]) -> None:
    empty = tuple(table.iloc[:0] for table in sample)
    found = simulate(*empty, horizon_months=12, discount_rate=0.1, draws=16)
    assert set(found.npv) == set(found.payback) == {0.0}
    assert (found.contingency_p80, found.varying, found.notes) == (0.0, (), ())
