"""The gates of the sample a year on, worked out again with exact fractions and plain loops over its files."""

from __future__ import annotations

import ast
import csv
import operator
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from workbench import resources
from workbench.business_case.gate_holding import GateBooks, HeldGate, hold
from workbench.program.store import Program

SAMPLE = resources.folder("sample_data")
TODAY, YEAR_ON = SAMPLE / "program_en", SAMPLE / "program_en_year_on"
HORIZON, MONTH, RATE = 36, 12, Fraction(1, 10)
Row = dict[str, str]
Values = dict[str, Fraction]


def rows(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str, otherwise: int = 0) -> Fraction:
    return Fraction(text) if text else Fraction(otherwise)


OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def computed(formula: str, values: Values) -> Fraction:
    def of(node: Any) -> Fraction:
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](of(node.left), of(node.right))
        # The text of a number, not its float: 0.18 is 18/100.
        return values[node.id] if isinstance(node, ast.Name) else Fraction(ast.get_source_segment(formula, node) or "")

    return of(ast.parse(formula, mode="eval").body)


def share(profile: str, life: int) -> Fraction:
    """What a profile gives in the month of a line's life, counted from 1; see docs/methods/cash_flows.md."""
    kind, *words = profile.split()
    if kind == "one_off":
        return Fraction(life == 1)
    if kind == "even":
        return Fraction(1)
    if kind == "growth":
        return (1 + Fraction(words[0].rstrip("%")) / 100) ** ((life - 1) // 12)
    if kind == "percentages":
        return Fraction(words[min((life - 1) // 12, len(words) - 1)]) / 100
    x = min(Fraction(life, int(words[0])), Fraction(1))
    return x if kind == "ramp" else 3 * x**2 - 2 * x**3


class Line:
    """A cost or benefit of one plan: its sign, formula, months and shares."""

    def __init__(self, row: Row) -> None:
        self.is_cost = "cost_id" in row
        self.id = row["cost_id"] if self.is_cost else row["benefit_id"]
        self.formula, self.profile = row["formula"], row["profile"] or "even"
        self.first = int(row["first_period"] or 1)
        self.last = min(int(row["last_period"] or HORIZON), HORIZON)
        risk = number(row["risk_adjustment"])
        self.adjustment = 1 + risk if self.is_cost else number(row["attribution"], 1) * (1 - risk)

    def month(self, period: int, amount: Fraction) -> Fraction:
        """The flow of a month: above 0 for a benefit, below 0 for a cost."""
        if not self.first <= period <= self.last:
            return Fraction(0)
        return (-1 if self.is_cost else 1) * amount * self.adjustment * share(self.profile, period - self.first + 1)


def plan(folder: Path) -> dict[str, Line]:
    costs = [row for row in rows(folder, "costs") if folder == YEAR_ON or not row["vendor_id"]]
    return {line.id: line for line in map(Line, costs + rows(folder, "benefits"))}


def base_values(folder: Path) -> Values:
    return {row["assumption_id"]: Fraction(row["base"]) for row in rows(folder, "assumptions")}


def weighed_in(values: Values) -> Values:
    """The two assumptions that were measured after their figure was set, both PERT: variance (μ − a)(c − μ) ÷ 7."""
    known = {row["assumption_id"]: row for row in rows(YEAR_ON, "assumptions")}
    found = dict(values)
    for row in rows(YEAR_ON, "evidence"):
        prior = known[row["assumption_id"]]
        if row["measured_on"] > prior["as_of"]:
            assert prior["distribution"] == "pert"
            low, base, high = (Fraction(prior[name]) for name in ("low", "base", "high"))
            mean = (low + 4 * base + high) / 6
            variance = (mean - low) * (high - mean) / 7
            weight = variance / (variance + Fraction(row["standard_error"]) ** 2)
            found[row["assumption_id"]] = base + weight * (Fraction(row["estimate"]) - base)
    return found


def present(period: int, flow: Fraction) -> Fraction:
    return flow / (1 + RATE) ** -(-period // 12)


@pytest.fixture(scope="module")
def by_hand() -> dict[str, Any]:
    before, after = plan(TODAY), plan(YEAR_ON)
    planned, now = base_values(TODAY), weighed_in(base_values(YEAR_ON))
    volumes = {row["assumption_id"] for row in rows(YEAR_ON, "assumptions") if "EUR" not in row["unit"]}
    flexed = planned | {name: now[name] for name in volumes}
    paid = {(row["line_id"], int(row["period"])): Fraction(row["amount"]) for row in rows(YEAR_ON, "actuals")}
    parts: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    promised, past, rest = Fraction(0), Fraction(0), Fraction(0)
    for line in dict.fromkeys([*before, *after]):
        old, new = before.get(line), after.get(line)
        sign = -1 if (new or old).is_cost else 1  # type: ignore[union-attr]
        for period in range(HORIZON + 1):
            as_planned = old.month(period, computed(old.formula, planned)) if old else Fraction(0)
            expected = new.month(period, computed(new.formula, now)) if new else Fraction(0)
            is_known = period <= MONTH and (line, period) in paid
            real = sign * paid[line, period] if is_known else expected
            steps = [as_planned, real, real, real, real]
            if old and new:
                amounts = [computed(new.formula, values) for values in (planned, flexed)]
                steps = [
                    as_planned,
                    old.month(period, amounts[0]),
                    *(new.month(period, each) for each in amounts),
                    real,
                ]
            for part, one, other in zip(("scope", "timing", "volume", "price"), steps, steps[1:], strict=False):
                parts[part][0] += other - one if period <= MONTH else 0
                parts[part][1] += present(period, other - one)
            promised += present(period, as_planned)
            past += present(period, real) if period <= MONTH else 0
            rest += present(period, real) if period > MONTH else 0
    return {"promised": promised, "past": past, "rest": rest, "parts": parts, "now": now}


@pytest.fixture(scope="module")
def held() -> HeldGate:
    return hold(books_of(YEAR_ON), "GATE-3", "GATE-1")


def books_of(folder: Path) -> GateBooks:
    program = Program.open(folder)
    tables = {name: program.table(name) for name in "gates costs benefits assumptions actuals evidence".split()}
    settings = program.settings
    return GateBooks(
        **tables,
        baselines=program.baselines,
        as_of=settings.as_of,
        currency=settings.currency,
        horizon_months=settings.horizon_months,
        discount_rate=settings.discount_rate,
        convention=settings.convention,
    )


def test_promise_past_and_rest(held: HeldGate, by_hand: dict[str, Any]) -> None:
    gate = held.gate
    assert gate.baseline_npv == pytest.approx(float(by_hand["promised"]), rel=1e-12)
    assert gate.past_npv == pytest.approx(float(by_hand["past"]), rel=1e-12)
    assert gate.remaining_npv == pytest.approx(float(by_hand["rest"]), rel=1e-12)
    assert gate.forecast_npv == pytest.approx(float(by_hand["past"] + by_hand["rest"]), rel=1e-12)
    assert gate.remaining_at_gate == pytest.approx(float(by_hand["rest"] * (1 + RATE)), rel=1e-12)


def test_every_part_and_their_sum(held: HeldGate, by_hand: dict[str, Any]) -> None:
    found = held.gate.to_frame().set_index("part")
    for part, (to_date, npv) in by_hand["parts"].items():
        assert found.at[part, "to_date"] == pytest.approx(float(to_date), abs=1e-5), part
        assert found.at[part, "npv"] == pytest.approx(float(npv), abs=1e-5), part
    whole = sum(npv for _to_date, npv in by_hand["parts"].values())
    assert whole == by_hand["past"] + by_hand["rest"] - by_hand["promised"]
    assert found.at["all", "npv"] == pytest.approx(float(whole), abs=1e-5)


def test_what_was_measured(held: HeldGate, by_hand: dict[str, Any]) -> None:
    after = held.gate.updated_assumptions.set_index("assumption_id")["after"]
    assert set(after.index) == {"seconds_saved", "extra_conversion"}
    for name, value in after.items():
        assert value == pytest.approx(float(by_hand["now"][name]), rel=1e-12)


def test_every_month_that_is_past_has_its_amount(held: HeldGate) -> None:
    assert (held.gate.missing, held.gate.later, held.unknown) == (0, 0, 0)
    assert held.warnings == ()
