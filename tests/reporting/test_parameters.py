"""The parameters' contract, and values held to it."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from workbench.errors import ReportError, SettingsError
from workbench.reporting.parameters import Parameter, contract, validate

CELL = """\
from typing import Literal

program: str = "sample"  # folder of the program
as_of: str | None = None  # date of the data; empty: the program's
horizon: int = 36  # how far to look ahead [months]
discount_rate: float | None = None  # yearly; empty: the program's
committee: bool = True  # whether a committee reads it
lens: Literal["urgency", "quick_wins"] = "urgency"  # which order
top: Literal[5, 10] | None = 10  # how many to show
leave_out: list[str] = []  # ids to leave out
sets: dict[str, dict[str, float]] = {}  # what each set changes
"""


@pytest.fixture(scope="module")
def parameters(make_notebook: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Parameter, ...]:
    return contract(make_notebook(tmp_path_factory.mktemp("contract") / "report.ipynb", CELL))


def refusal(parameters: tuple[Parameter, ...], **given: object) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        validate(parameters, given)
    return caught.value


def test_contract_is_read_from_the_cell(parameters: tuple[Parameter, ...]) -> None:
    assert [(one.name, one.type, one.default) for one in parameters] == [
        ("program", "str", "sample"),
        ("as_of", "str | None", None),
        ("horizon", "int", 36),
        ("discount_rate", "float | None", None),
        ("committee", "bool", True),
        ("lens", "Literal['urgency', 'quick_wins']", "urgency"),
        ("top", "Literal[5, 10] | None", 10),
        ("leave_out", "list[str]", []),
        ("sets", "dict[str, dict[str, float]]", {}),
    ]
    horizon, lens = parameters[2], parameters[5]
    assert (horizon.help, horizon.unit) == ("how far to look ahead", "months")
    assert lens.choices == ("urgency", "quick_wins")
    assert [one.name for one in parameters if one.optional] == ["as_of", "discount_rate", "top"]


def test_defaults_fill_what_is_not_given(parameters: tuple[Parameter, ...]) -> None:
    assert validate(parameters, {}) == {one.name: one.default for one in parameters}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("program", "", ""),
        ("program", "none", "none"),
        ("program", "007", "007"),
        ("as_of", "", None),
        ("as_of", "None", None),
        ("horizon", " 24 ", 24),
        ("horizon", "-3", -3),
        ("discount_rate", "0.1", 0.1),
        ("discount_rate", "1e-3", 0.001),
        ("discount_rate", "2", 2.0),
        ("discount_rate", "none", None),
        ("committee", "False", False),
        ("lens", "quick_wins", "quick_wins"),
        ("top", "5", 5),
        ("top", "", None),
        ("leave_out", "REQ-1, REQ-2,", ["REQ-1", "REQ-2"]),
        ("leave_out", "", []),
    ],
)
def test_text_of_the_command_line_becomes_the_type(
    parameters: tuple[Parameter, ...], name: str, text: str, value: object
) -> None:
    held = validate(parameters, {name: text})[name]
    assert held == value
    assert type(held) is type(value)


def test_typed_values_of_a_file_are_kept(parameters: tuple[Parameter, ...]) -> None:
    given = {"as_of": date(2027, 3, 1), "horizon": 12, "discount_rate": 1, "leave_out": ["a,b"], "top": 5}
    held = validate(parameters, given)
    assert {name: held[name] for name in given} == given | {"as_of": "2027-03-01"}
    assert isinstance(held["discount_rate"], float)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("program", 5),
        ("program", None),
        ("program", "broken \udcff bytes"),
        ("horizon", True),
        ("horizon", "1.5"),
        ("horizon", 36.0),
        ("horizon", "1_000"),
        ("horizon", "٣"),
        ("horizon", "9" * 5000),
        ("horizon", ""),
        ("discount_rate", "nan"),
        ("discount_rate", "inf"),
        ("discount_rate", "1e999"),
        pytest.param("discount_rate", float("nan"), id="not a number"),
        pytest.param("discount_rate", float("inf"), id="infinite"),
        ("discount_rate", "0,1"),
        ("discount_rate", False),
        ("committee", "yes"),
        ("committee", 1),
        ("lens", "value"),
        ("lens", ["urgency"]),
        ("top", 7),
        ("leave_out", [1]),
        ("leave_out", {"a": 1}),
        ("sets", None),
        ("sets", "{}"),
        ("sets", ["a"]),
        ("sets", {"a \udcff": {"price": 1.0}}),
    ],
)
def test_wrong_values_are_refused(parameters: tuple[Parameter, ...], name: str, value: object) -> None:
    assert f"The parameter {name} is" in str(refusal(parameters, **{name: value}))


def test_figures_under_names_are_kept(parameters: tuple[Parameter, ...]) -> None:
    held = validate(parameters, {"sets": {'Dear "x"': {"fee": 2, "price": 0.5}, "Same": {}}})["sets"]
    assert held == {'Dear "x"': {"fee": 2.0, "price": 0.5}, "Same": {}}
    assert isinstance(held['Dear "x"']["fee"], float)


def test_every_wrong_figure_under_a_name_is_told_with_its_place(parameters: tuple[Parameter, ...]) -> None:
    sets = {"A": {"price": "dear", "fee": True, "rate": float("nan"), "fine": 1}, "B": 3, 2027: {"price": 1.0}}
    told = [str(problem) for problem in refusal(parameters, sets=sets).problems]
    places = ["dear at A → price", "True at A → fee", "nan at A → rate", "3 at B", "2027 at 2027"]
    assert [any(f"The parameter sets has {place}." in each for each in told) for place in places] == [True] * 5
    assert len(told) == 5
    assert all("in a YAML file" in each for each in told)


@pytest.mark.parametrize(
    "name",
    ['"]}; import os #', "']}; __import__('os') #", "\\", '\\"', "a\nb = 1", "{x}", "\u2028é", "\x00"],
    ids=["quote", "quotes", "backslash", "escaped", "line", "braces", "separator", "null"],
)
def test_a_name_reaches_the_notebook_as_it_is(parameters: tuple[Parameter, ...], name: str) -> None:
    """papermill writes the figures into a cell; read back as plain values, the cell holds nothing else."""
    sets = {name: {name: 0.1}, "second": {}}
    held = validate(parameters, {"sets": sets})
    (line,) = ast.parse(PythonTranslator.codify({"sets": held["sets"]})).body
    assert isinstance(line, ast.Assign)
    assert ast.literal_eval(line.value) == sets


@pytest.fixture(scope="module")
def bounded(make_notebook: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Parameter, ...]:
    cell = """\
rate: float | None = None  # yearly; empty: the program's [0 to 1]
months: int = 36  # how far ahead [1 to 600 months]
change: float = 0  # of the costs [-0.5 to 2.5 shares]
team: int = 4  # who does the work [people who know how to sell]
"""
    return contract(make_notebook(tmp_path_factory.mktemp("bounds") / "report.ipynb", cell))


def test_a_bracket_holds_bounds_and_a_unit(bounded: tuple[Parameter, ...]) -> None:
    assert [(one.bounds, one.unit, one.bracket) for one in bounded] == [
        ((0, 1), "", "0 to 1"),
        ((1, 600), "months", "1 to 600 months"),
        ((-0.5, 2.5), "shares", "-0.5 to 2.5 shares"),
        (None, "people who know how to sell", "people who know how to sell"),
    ]
    assert bounded[0].help == "yearly; empty: the program's"


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate", "0"), ("rate", 1), ("rate", None), ("rate", ""), ("months", 1), ("months", "600"), ("change", "-0.5")],
)
def test_values_at_the_bounds_are_held(bounded: tuple[Parameter, ...], name: str, value: object) -> None:
    held = validate(bounded, {name: value})[name]
    assert held == (float(value) if value not in (None, "") else None)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("rate", "8", "[0 to 1], or nothing"),
        ("rate", -0.001, "[0 to 1], or nothing"),
        ("months", "0", "a whole number [1 to 600 months]"),
        ("months", 100_000_000, "a whole number [1 to 600 months]"),
        ("change", 2.6, "[-0.5 to 2.5 shares]"),
    ],
)
def test_values_out_of_bounds_are_refused(
    bounded: tuple[Parameter, ...], name: str, value: object, expected: str
) -> None:
    told = str(refusal(bounded, **{name: value}))
    assert f"The parameter {name} is" in told
    assert expected in told


def test_every_problem_is_told_at_once_with_a_remedy(parameters: tuple[Parameter, ...]) -> None:
    error = refusal(parameters, discount_rte=0.1, horizon="soon", lens="urgent", colour="blue")
    told = [str(problem) for problem in error.problems]
    assert len(told) == 4
    assert "There is no parameter discount_rte." in told[0]
    assert told[0].endswith("Did you mean discount_rate?")
    assert "Did you mean" not in told[1]
    assert "a whole number [months]" in told[2]
    assert "one of urgency or quick_wins" in told[3]


@pytest.mark.parametrize("name", ["horizon = 1\nimport os", "__import__('os')", "horizon;x", "", "horizon "])
def test_names_cannot_carry_code(parameters: tuple[Parameter, ...], name: str) -> None:
    assert len(refusal(parameters, **{name: 1}).problems) == 1


@given(
    st.dictionaries(st.sampled_from(["program", "as_of", "horizon", "discount_rate", "committee", "top"]), st.text())
)
def test_whatever_passes_is_plain(parameters: tuple[Parameter, ...], given: dict[str, str]) -> None:
    try:
        held = validate(parameters, given)
    except SettingsError:
        return
    assert json.loads(json.dumps(held, allow_nan=False)) == held


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("horizon = 36  # months", "horizon = 36, which is no annotated name with a default"),
        ("horizon: int  # months", "which is no annotated name with a default"),
        ("horizon: int = 36", "without a comment"),
        ("horizon: int = '36'  # months", "whose default is not of its type"),
        ("horizon: int = True  # months", "whose default is not of its type"),
        ("horizon: int = 0  # ahead [1 to 600 months]", "out of its bounds"),
        ("name: str = 'a'  # of the program [0 to 9]", "with bounds for what is no number"),
        ("horizon: int = 3 * 12  # months", "whose default is no plain value"),
        ("horizon: date = None  # until", "the type date"),
        ("import os", "import os, which is no annotated name"),
        ("horizon: int = = 3", "a line that Python cannot read"),
    ],
)
def test_a_broken_contract_is_refused(make_notebook: Any, tmp_path: Path, cell: str, told: str) -> None:
    with pytest.raises(ReportError, match=r"Line 1 of the parameters cell of report\.ipynb has") as caught:
        contract(make_notebook(tmp_path / "report.ipynb", cell))
    assert told in str(caught.value)


def test_all_problems_of_a_contract_are_told(make_notebook: Any, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        contract(make_notebook(tmp_path / "report.ipynb", "a = 1\nb: set = {1}  # b"))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"cells": 3}'])
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "report.ipynb"
    path.write_text(content)
    with pytest.raises(ReportError, match=r"report\.ipynb"):
        contract(path)


def test_a_notebook_needs_one_parameters_cell(tmp_path: Path) -> None:
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "report.ipynb")
    with pytest.raises(ReportError, match="has 0 cells tagged “parameters”"):
        contract(tmp_path / "report.ipynb")


def test_a_comment_counts_wherever_a_formatter_puts_it(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("months: int = (\n    36  # how far to look ahead [months]\n)")
    cell.metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    assert [(found.default, found.help, found.unit) for found in contract(tmp_path / "one.ipynb")] == [
        (36, "how far to look ahead", "months")
    ]
