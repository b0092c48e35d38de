"""A business case under what-ifs: the simulation of changed tables, scenarios, and closed forms agree with it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.distributions import CONSTANT, Distribution
from workbench.business_case.scenario_definitions import Scenario
from workbench.business_case.scenarios import scenarios
from workbench.business_case.simulation import simulate
from workbench.business_case.unit_flows import delayed
from workbench.business_case.vendor_lines import in_case
from workbench.business_case.what_if import CaseWhatIf, moved
from workbench.business_case.what_if_comparison import compare
from workbench.business_case.what_if_scenario import CaseScenario, from_text
from workbench.errors import DataError, SettingsError
from workbench.language import NO_BREAK_SPACE
from workbench.program import blank
from workbench.program.store import Program

DRAWS = 2**10
PLAN = {"horizon_months": 36, "discount_rate": 0.1}


@pytest.fixture(scope="module")
def sample() -> CaseWhatIf:
    """The sample's business case, no vendor chosen."""
    assumptions, costs, benefits = Program.open(blank.sample("en")).tables("assumptions", "costs", "benefits")
    return CaseWhatIf(in_case(costs, None).costs, benefits, assumptions, **PLAN)


@pytest.fixture
def fee() -> CaseWhatIf:
    """A fee of 8 a month, between 4 and 12, for something that is worth 9, between 6 and 12."""
    rows = {"assumption_id": ["fee", "worth"], "name": ["The fee", ""], "unit": ["EUR", "EUR"]}
    ends = {"low": [4.0, 6.0], "base": [8.0, 9.0], "high": [12.0, 12.0], "distribution": ["uniform", "uniform"]}
    costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["fee"]})
    benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["worth"]})
    return CaseWhatIf(costs, benefits, pd.DataFrame(rows | ends), 12, 0.0)


def plain(text: str) -> str:
    """A text whose spaces all may break."""
    return text.replace(NO_BREAK_SPACE, " ")


def test_without_a_change_it_is_the_simulation(sample: CaseWhatIf) -> None:
    expected = simulate(sample.costs, sample.benefits, sample.assumptions, **PLAN, draws=DRAWS)
    found = sample.under(CaseScenario(), DRAWS)
    assert np.array_equal(found.npv, expected.npv)
    assert np.array_equal(found.payback, expected.payback)
    assert found.base_npv == expected.base_npv


def test_moved_assumptions_are_the_simulation_of_a_changed_table(sample: CaseWhatIf) -> None:
    table = sample.assumptions.copy()
    for name, value in {"churn_reduction": 0.1, "developer_day": 500.0}.items():
        row = table["assumption_id"] == name
        factor = value / table.loc[row, "base"].iloc[0]
        table.loc[row, ["low", "base", "high"]] *= factor
    expected = simulate(sample.costs, sample.benefits, table, **PLAN, draws=DRAWS)
    found = sample.under(CaseScenario({"churn_reduction": 0.1, "developer_day": 500.0}), DRAWS)
    assert found.npv == pytest.approx(expected.npv, rel=1e-9)
    assert found.payback == pytest.approx(expected.payback, rel=1e-9)


def test_time_and_money_are_the_simulation_of_changed_lines(sample: CaseWhatIf) -> None:
    costs, benefits = (delayed(lines, 4) for lines in (sample.costs, sample.benefits))
    expected = simulate(
        costs.assign(formula="1.2 * (" + costs["formula"] + ")"),
        benefits.assign(formula="0.7 * (" + benefits["formula"] + ")"),
        sample.assumptions,
        horizon_months=48,
        discount_rate=0.15,
        draws=DRAWS,
    )
    scenario = CaseScenario(discount_rate=0.15, horizon_months=48, delay_months=4, cost_factor=1.2, benefit_factor=0.7)
    found = sample.under(scenario, DRAWS)
    assert found.npv == pytest.approx(expected.npv, rel=1e-9)
    assert found.payback == pytest.approx(expected.payback, rel=1e-9)
    assert found.horizon_months == 48


def test_the_point_estimate_is_that_of_the_scenario(sample: CaseWhatIf) -> None:
    values = {"churn_reduction": 0.05, "developer_day": 520.0}
    lines = (lines.assign(risk_adjustment=0.0) for lines in (sample.costs, sample.benefits))
    chosen = [Scenario("Cautious", values, 3, 1.1, 0.9)]
    expected = scenarios(*lines, sample.assumptions, chosen, **PLAN).table.set_index("scenario").loc["Cautious"]
    found = sample.under(CaseScenario(values, delay_months=3, cost_factor=1.1, benefit_factor=0.9), DRAWS)
    assert found.base_npv == pytest.approx(expected["npv"])
    assert found.base_payback == pytest.approx(expected["payback_months"])


def test_fewer_draws_are_the_first_of_more(sample: CaseWhatIf) -> None:
    scenario = CaseScenario({"churn_reduction": 0.1}, ("developer_day",))
    assert np.array_equal(sample.under(scenario, 256).npv, sample.under(scenario, DRAWS).npv[:256])


def test_what_is_known_does_not_vary_and_leaves_the_other_draws_alone(fee: CaseWhatIf) -> None:
    planned, known = (fee.under(CaseScenario(known=names), DRAWS).npv for names in ((), ("fee",)))
    worth = known / 12 + 8
    assert 6 <= worth.min() < 6.1
    assert 11.9 < worth.max() <= 12
    fees = worth - planned / 12
    assert fees.mean() == pytest.approx(8, abs=0.01)
    assert fees.std() == pytest.approx(8 / math.sqrt(12), abs=0.01)
    assert np.ptp(fee.under(CaseScenario(known=("fee", "worth")), DRAWS).npv) == 0


def test_where_the_return_turns(fee: CaseWhatIf) -> None:
    assert fee.turning_point(CaseScenario({"worth": 10.0}), "fee") == (
        "The net present value is zero where “The fee” is 10 EUR, all else as it stands here."
    )
    told = fee.turning_point(CaseScenario(benefit_factor=0.0), "fee")
    assert "is 0 EUR" in told
    assert fee.turning_point(CaseScenario(cost_factor=0.0), "fee").startswith("No value of “The fee” from 0 to ")


def test_where_a_formula_jumps_no_zero_is_told(fee: CaseWhatIf) -> None:
    jumping = CaseWhatIf(fee.costs, fee.benefits.assign(formula="5 if fee < 10 else 20"), fee.assumptions, 12, 0.0)
    assert jumping.turning_point(CaseScenario(), "fee") == (
        "The net present value changes sign without being zero where “The fee” is 10 EUR, all else as it stands."
    )


def test_what_lies_outside_the_range_is_refused(fee: CaseWhatIf) -> None:
    with pytest.raises(SettingsError, match=r"fee is set to 13.*from 4 to 12"):
        fee.under(CaseScenario({"fee": 13.0}), DRAWS)


def test_what_the_program_no_longer_has_is_passed_over(fee: CaseWhatIf) -> None:
    found = fee.under(CaseScenario({"gone": 13.0}, ("gone",)), DRAWS)
    assert np.array_equal(found.npv, fee.under(CaseScenario(), DRAWS).npv)


def test_a_case_that_never_pays_says_so(fee: CaseWhatIf) -> None:
    found = fee.under(CaseScenario({"fee": 12.0}, ("fee", "worth")), DRAWS)
    assert found.base_npv == -36
    assert found.p_positive == 0
    assert math.isinf(found.base_payback)
    assert found.payback_told == "not in 12 months"
    assert plain(found.conclusion) == "The net present value is -36 €; it is above zero in 0% of the draws."
    assert "48 € below the plan" in plain(found.beside(fee.under(CaseScenario(), DRAWS)))


def test_a_case_as_planned_says_so(fee: CaseWhatIf) -> None:
    planned = fee.under(CaseScenario(), DRAWS)
    assert "12 €, as planned" in plain(fee.under(CaseScenario(), DRAWS).beside(planned))
    assert "24 € above the plan" in plain(fee.under(CaseScenario({"fee": 6.0}), DRAWS).beside(planned))


def test_two_what_ifs_side_by_side(fee: CaseWhatIf) -> None:
    first, second = CaseScenario(), CaseScenario({"fee": 6.0}, ("fee",), delay_months=2)
    found = compare(fee, (first, fee.under(first, DRAWS)), (second, fee.under(second, DRAWS)))
    assert found.changes.to_numpy().tolist() == [
        ["The fee (fee)", "8 EUR", "6 EUR, as if known"],
        ["Months that everything starts later", "0", "2"],
    ]
    assert plain(found.conclusion).startswith("The second has a net present value that is higher by 18 €.")
    assert [plain(told) for told in found.to_frame().iloc[0]] == ["Net present value", "12 €", "30 €"]
    assert compare(fee, *[(first, fee.under(first, DRAWS))] * 2).conclusion.startswith("Both have the same")


@pytest.mark.parametrize("kind", ["triangular", "pert", "uniform", "normal", "lognormal", "discrete"])
@given(place=st.floats(0, 1), to=st.floats(0, 1))
@settings(max_examples=8, deadline=None)
def test_a_moved_spread_keeps_its_shape(kind: str, place: float, to: float) -> None:
    spread = Distribution("fee", kind, 2.0, 2 + 3 * place, 5.0)
    about = moved(spread, 2 + 3 * to)
    shares = np.array([0.05, 0.3, 0.5, 0.9])
    assert about.quantile(shares) == pytest.approx(spread.quantile(shares) * (about.base / spread.base), rel=1e-6)


@given(base=st.floats(0.1, 0.7), to=st.floats(0.1, 0.7))
@settings(max_examples=20)
def test_a_share_stays_a_share(base: float, to: float) -> None:
    about = moved(Distribution("share", "beta", 0.1, base, 0.7), to)
    assert 0 < about.low <= about.base <= about.high < 1
    odds = [share / (1 - share) for share in (about.low, about.base, about.high)]
    assert odds[0] / odds[1] == pytest.approx((0.1 / 0.9) / (base / (1 - base)))
    assert odds[2] / odds[1] == pytest.approx((0.7 / 0.3) / (base / (1 - base)))


def test_odd_spreads_move_in_their_own_way() -> None:
    assert moved(Distribution("fails", "bernoulli", 0.0, 0.2, 1.0), 0.4).quantile(np.array([0.5, 0.7])).tolist() == [
        0,
        1,
    ]
    assert moved(Distribution("drift", "pert", -2.0, 1.0, 3.0), 2.0) == Distribution("drift", "pert", -1.0, 2.0, 4.0)
    assert moved(Distribution("gain", "pert", 0.0, 1.0, 3.0), 0.0) == Distribution("gain", CONSTANT, 0.0, 0.0, 0.0)
    assert moved(Distribution("free", "pert", 0.0, 0.0, 3.0), 1.0) == Distribution("free", "pert", 1.0, 1.0, 4.0)


SCENARIOS = st.builds(
    CaseScenario,
    values=st.dictionaries(st.text(max_size=8), st.floats(allow_nan=False, allow_infinity=False), max_size=4),
    known=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    discount_rate=st.none() | st.floats(0, 1),
    horizon_months=st.none() | st.integers(1, 600),
    delay_months=st.integers(0, 120),
    cost_factor=st.floats(0, 10),
    benefit_factor=st.floats(0, 10),
)


@given(SCENARIOS)
@settings(max_examples=50)
def test_a_line_of_text_keeps_a_scenario(scenario: CaseScenario) -> None:
    assert from_text(scenario.to_text()) == scenario


def test_no_change_is_hardly_any_text() -> None:
    assert CaseScenario().to_text() == "{}"
    assert from_text("") == CaseScenario()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"values": [1]}',
        '{"values": {"fee": "Infinity"}}',
        '{"known": "fee"}',
        '{"discount_rate": 1.1}',
        '{"horizon_months": 0}',
        '{"delay_months": 1.5}',
        '{"cost_factor": -1}',
        '{"other": 1}',
        "[" * 5000,
    ],
    ids=["cut", "list", "values", "infinite", "known", "rate", "horizon", "half", "negative", "unknown", "deep"],
)
def test_what_is_no_scenario_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="no saved scenario"):
        from_text(text)


def test_a_line_without_a_value_is_told() -> None:
    rows = {"assumption_id": ["a", "b"], "low": [0.0, 0.0], "base": [3.0, 1.0], "high": [4.0, 2.0]}
    costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["1 / (a + b)"]})
    benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    case = CaseWhatIf(costs, benefits, pd.DataFrame(rows), 12, 0.0)
    with pytest.raises(DataError, match="Line C-1"):
        case.under(CaseScenario({"a": 0.0, "b": 0.0}), DRAWS)
