"""The spreadsheet model: a real engine computes what Python computes, and follows when an assumption changes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from workbench import language, resources
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.excel_model import write_model
from workbench.business_case.returns import CONVENTIONS, Returns, returns
from workbench.errors import DataError, SettingsError
from workbench.program.formulas import evaluate
from workbench.program.store import Program

AS_OF = date(2026, 9, 30)
NAMES = ("fee2", "R1C1", "calls", "Calls", "año", "share_of_users")
FIGURES = ("npv", "costs_pv", "benefits_pv", "roi", "benefit_cost_ratio", "payback_months", "discounted_payback_months")
PROFILES = (
    "even",
    "one_off",
    "ramp 7",
    "s_curve 9",
    "percentages 50 80 100",
    "growth 4%",
    "percentages 0 30",
)


@dataclass(frozen=True)
class Case:
    """A model to write."""

    costs: pd.DataFrame
    benefits: pd.DataFrame
    assumptions: pd.DataFrame
    horizon_months: int = 36
    discount_rate: float = 0.1
    convention: str = "tei"

    def write(self, path: Path) -> Path:
        terms = {"horizon_months": self.horizon_months, "discount_rate": self.discount_rate, "as_of": AS_OF}
        write_model(path, self.costs, self.benefits, self.assumptions, convention=self.convention, **terms)
        return path

    def figures(self) -> Returns:
        values = base_values(self.assumptions)
        flows = cash_flows(self.costs, self.benefits, values, self.horizon_months)
        return returns(flows, self.discount_rate, self.convention)


def sample() -> Case:
    program = Program.open(resources.folder("sample_data") / "program_en")
    costs, benefits, assumptions = program.tables("costs", "benefits", "assumptions")
    return Case(costs, benefits, assumptions)


def written_by_chance(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.15:
        return chance.choice([*NAMES, repr(round(chance.uniform(0.2, 9), 3))])
    left, right = written_by_chance(chance, depth - 1), written_by_chance(chance, depth - 1)
    forms = ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} // {})", "({} % {})", "(abs({}) ** ({} % 2))"]
    forms += ["min({}, {})", "max({}, {})", "round({} + {}, 1)", "({0} if {0} > {1} else 2)", "sqrt(abs({} * {}))"]
    forms += ["log(2 + abs({}), 3 + abs({}))", "exp(({} + {}) % 3)", "(({} <= {}) * 3)", "-({} - {})", "round({} / {})"]
    return chance.choice(forms).format(left, right)


def formula_by_chance(chance: random.Random, values: dict[str, float]) -> str:
    while True:
        formula = f"abs({written_by_chance(chance, 3)})"
        try:
            amount = evaluate(formula, values)
        except DataError:
            continue
        if 0.01 < amount < 1e7:
            return formula


def lines_by_chance(chance: random.Random, values: dict[str, float], key: str) -> pd.DataFrame:
    rows = []
    for number in range(chance.randint(1, 4)):
        first = chance.randint(0, 20)
        rows.append(
            {
                key: f"{key}-{number}",
                "category": "licences",
                "stream": "customer_value",
                "formula": formula_by_chance(chance, values),
                "first_period": first,
                "last_period": chance.choice([None, first, first + chance.randint(1, 40)]),
                "profile": chance.choice(PROFILES),
                "attribution": chance.choice([None, 0.6]),
                "risk_adjustment": chance.choice([None, 0.15]),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.drop(columns=["stream", "attribution"] if key == "cost_id" else ["category"])


def by_chance(seed: int) -> Case:
    chance = random.Random(seed)
    values = {name: round(chance.uniform(0.1, 60), 4) for name in NAMES}
    assumptions = pd.DataFrame({"assumption_id": NAMES, "name": NAMES, "base": values.values()})
    return Case(
        costs=lines_by_chance(chance, values, "cost_id"),
        benefits=lines_by_chance(chance, values, "benefit_id"),
        assumptions=assumptions,
        horizon_months=chance.choice([5, 12, 24, 30, 38]),
        discount_rate=chance.choice([0.0, 0.05, 0.1, 0.35]),
        convention=list(CONVENTIONS)[seed % len(CONVENTIONS)],
    )


def named(book: Workbook, name: str) -> Any:
    ((sheet, address),) = book.defined_names[name].destinations
    return book[sheet][address.replace("$", "")].value


def expected(figures: Returns) -> dict[str, Any]:
    scale = 1e-9 * (figures.costs_pv + figures.benefits_pv)
    return {
        name: "–" if value is None else pytest.approx(value, rel=1e-9, abs=scale if name == "npv" else None)
        for name in FIGURES
        for value in [getattr(figures, name)]
    }


def changes_of_sign(figures: Returns) -> int:
    signs = [amount > 0 for amount in figures.yearly["net"] if amount]
    return sum(before != after for before, after in pairwise(signs))


def changed(path: Path, **values: float) -> Path:
    book = openpyxl.load_workbook(path)
    for name, value in values.items():
        ((sheet, address),) = book.defined_names[name].destinations
        book[sheet][address.replace("$", "")].value = value
    target = path.with_name("changed.xlsx")
    book.save(target)
    return target


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [sample(), *(by_chance(seed) for seed in range(30))]


@pytest.fixture(scope="module")
def written(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("models")
    return [case.write(folder / f"{number}.xlsx") for number, case in enumerate(cases)]


@pytest.fixture(scope="module")
def calculated(written: list[Path], calculate: Any) -> list[Workbook]:
    """The sample, thirty models by chance, and the sample with two changed cells."""
    return calculate([*written, changed(written[0], seconds_saved=25.0, model_discount_rate=0.2)])


def test_a_real_engine_finds_the_same_returns(cases: list[Case], calculated: list[Workbook]) -> None:
    for case, book in zip(cases, calculated, strict=False):
        figures = case.figures()
        assert {name: named(book, f"model_{name}") for name in FIGURES} == expected(figures)


def test_it_finds_the_rate_of_return_where_the_sign_changes_once(cases: list[Case], calculated: list[Workbook]) -> None:
    compared = 0
    for case, book in zip(cases, calculated, strict=False):
        figures = case.figures()
        has_one = changes_of_sign(figures) == 1
        compared += has_one
        rate = pytest.approx(figures.single_irr, rel=1e-9) if has_one else "–"
        assert named(book, "model_irr") == rate
    assert compared >= 5


def test_every_cell_was_written_with_what_it_comes_to(written: list[Path], calculated: list[Workbook]) -> None:
    for path, found in zip(written[:4], calculated, strict=False):
        shown = openpyxl.load_workbook(path, data_only=True)
        for sheet in shown:
            for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)):
                calculated_value = found[sheet.title][cell.coordinate].value
                assert calculated_value == pytest.approx(cell.value, rel=1e-9, abs=1e-6), (sheet.title, cell.coordinate)


def test_the_months_of_every_line_agree(cases: list[Case], calculated: list[Workbook]) -> None:
    for case, book in zip(cases, calculated, strict=False):
        flows = cash_flows(case.costs, case.benefits, base_values(case.assumptions), case.horizon_months)
        rows = [row[-case.horizon_months - 1 :] for row in book["Lines"].iter_rows(min_row=4, values_only=True)]
        assert rows == [pytest.approx(tuple(row), rel=1e-9, abs=1e-9) for row in flows.line_flows.to_numpy()]


def test_everything_follows_when_an_assumption_changes(cases: list[Case], calculated: list[Workbook]) -> None:
    case = cases[0]
    assumptions = case.assumptions.set_index("assumption_id")
    assumptions.loc["seconds_saved", "base"] = 25.0
    after = Case(case.costs, case.benefits, assumptions.reset_index(), discount_rate=0.2).figures()
    assert after.npv != pytest.approx(case.figures().npv, rel=0.01)
    assert {name: named(calculated[-1], f"model_{name}") for name in FIGURES} == expected(after)
    assert named(calculated[-1], "model_irr") == pytest.approx(after.single_irr, rel=1e-9)


def test_no_month_is_a_plain_number_and_no_sheet_is_locked(written: list[Path]) -> None:
    book = openpyxl.load_workbook(written[0])
    months = [cell for row in book["Lines"].iter_rows(min_row=4) for cell in row[-37:]]
    assert {cell.data_type for cell in months} == {"f"}
    assert not [sheet.title for sheet in book if sheet.protection.sheet]
    assert {cell.data_type for row in book["Years"].iter_rows(min_row=4, min_col=2) for cell in row} == {"f"}


def test_assumptions_are_named_and_say_where_they_come_from(written: list[Path]) -> None:
    book = openpyxl.load_workbook(written[0])
    assert named(book, "calls_per_month") == 165000
    row = next(row for row in book["Assumptions"].iter_rows(min_row=4) if row[0].value == "seconds_saved")
    assert [cell.value for cell in row[2:7]] == [40, 22, 40, 54, "seconds"]
    assert row[2].comment.text.splitlines() == [
        "Pilot of the care screens against a comparison team, September 2026 (fictional)",
        "Matched",
    ]


HOSTILE = ('=HYPERLINK("http://example.com")', "+1+1", "-2", "@SUM(A1)", "{=1}", "<r>x</r>", "\t=1", "'=1")


def test_text_stays_text(tmp_path: Path, calculate: Any) -> None:
    costs = pd.DataFrame({"cost_id": HOSTILE, "name": HOSTILE, "category": "other", "formula": "1 + fee"})
    assumptions = pd.DataFrame({"assumption_id": ["fee"], "name": "=1+1", "base": 2.0, "source": "=A1", "unit": "@x"})
    path = tmp_path / "hostile.xlsx"
    write_model(
        path, costs, pd.DataFrame(), assumptions, horizon_months=6, discount_rate=0.1, as_of=AS_OF, title="=1+1"
    )
    (found,) = calculate([path])
    for book in (openpyxl.load_workbook(path), found):
        assert [row[1].value for row in book["Lines"].iter_rows(min_row=4)] == list(HOSTILE)
        assert {row[1].data_type for row in book["Lines"].iter_rows(min_row=4)} == {"s"}
        assert [cell.value for cell in book["Assumptions"][4]][1] == "=1+1"
        assert book["Summary"]["A1"].value == "=1+1"
        assert book["Summary"]["A1"].data_type == "s"


def test_a_model_without_lines_has_no_returns_but_opens(tmp_path: Path, calculate: Any) -> None:
    none = pd.DataFrame()
    path = tmp_path / "empty.xlsx"
    assumptions = pd.DataFrame({"assumption_id": ["fee"], "base": [2.0]})
    write_model(path, none, none, assumptions, horizon_months=12, discount_rate=0.1, as_of=AS_OF)
    (book,) = calculate([path])
    assert [named(book, f"model_{name}") for name in FIGURES] == [0, 0, 0, "–", "–", "–", "–"]
    assert named(book, "model_irr") == "–"


def test_sheets_speak_the_language(tmp_path: Path) -> None:
    case = by_chance(1)
    with language.using("es"):
        case.write(tmp_path / "es.xlsx")
    write_model(
        tmp_path / "asked.xlsx",
        case.costs,
        case.benefits,
        case.assumptions,
        horizon_months=12,
        discount_rate=0.1,
        as_of=AS_OF,
        in_language="es",
    )
    titles = [openpyxl.load_workbook(tmp_path / name).sheetnames for name in ("es.xlsx", "asked.xlsx")]
    assert titles[0] == titles[1]
    assert language.current().code == "en"


def test_the_same_model_is_the_same_file(tmp_path: Path) -> None:
    case = by_chance(3)
    assert case.write(tmp_path / "a.xlsx").read_bytes() == case.write(tmp_path / "b.xlsx").read_bytes()


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    costs = pd.DataFrame({"cost_id": ["C-1", "C-2"], "category": "other", "formula": ["nothing", "1 +"]})
    assumptions = pd.DataFrame({"assumption_id": ["fee"], "base": [2.0]})
    terms: dict[str, Any] = {"horizon_months": 6, "discount_rate": 0.1, "as_of": AS_OF}
    with pytest.raises(DataError) as raised:
        write_model(tmp_path / "x.xlsx", costs, pd.DataFrame(), assumptions, **terms)
    assert [line in str(raised.value) for line in ("C-1", "C-2")] == [True, True]
    with pytest.raises(SettingsError, match="convention"):
        write_model(tmp_path / "x.xlsx", costs.head(0), pd.DataFrame(), assumptions, convention="other", **terms)
    assert not (tmp_path / "x.xlsx").exists()
