"""Formulas that a browser computes: Chromium finds what Python finds, and no value where Python refuses."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
import vl_convert

from workbench.business_case.browser_formulas import in_browser, literal
from workbench.errors import DataError
from workbench.program.formulas import evaluate

pytestmark = pytest.mark.browser

FIXED = {"year": 7.0, "zero": 0.0, "owed": -2.5}
MOVED = ("a", "b", "c")
WRITTEN = """
a + b * 2 - 1|a - (b - 1)|a / (b / 2)|a - -b|-a ** 2|(-a) ** 2|2 ** -2|zero ** zero|a ** zero|zero ** a|a ** b|a ** -b
-a % b|a % -b|a // b|-a // b|a * 3 // (b + 1)|a % (b - 4)|+a|1e-7 * a|1.5E+9|owed // a|a % owed|1 // a|a // 0.1
round(a)|round(-a)|round(a, 1)|round(b / 3, 2)|round(a * 1000, -2)|round(a, b)|round(a * 1234.5, b - 3)|round(a, 2.9)
round(a, 25)|round(a, 400)|round(a, -400)|round(a * 1e300 * 1e6, -308)|round(1e16 + a, 1)|round(a, 1 / b)|round(owed)
min(a, b, zero)|max(a, b) - min(b, owed)|abs(a) + abs(-b)|sqrt(a)|exp(b)|exp(a * 1000)|log(a)|log(8, a)|log(a, b)
a > b|a < b|(a >= b) * 5 + (a == 7) * 10|(a != b) + 1|1 < b < a|1 < a < b|1 < 2 == 2|a < b < 1 / zero|a <= b <= c
a if a > b else b|a if zero else b|1 if b else 0|a if 0 < b < 1 else (b if owed < 0 else 1)|5 if a == 0 else b / a
1 / (1 / a)|1 / (1e300 * 1e8 * a)|min(1, 1 / a)|max(1, 1 / a)|(1 / a) ** 0|0 * (1 / a)|1 if 1 / a > 0 else 2|(1 / a) > 1
2 if sqrt(a) else 3|1 if a == 1 / zero else 0|(a > b) ** (a < b)|-(a > b)|abs(a > b)|round(a > b)|sqrt(a) != sqrt(b)
(a * 1e200) * (a * 1e200)|(a * 1e200) ** 2|10 ** (a * 400)|a ** 0.5|owed ** a|(a - b) / (b - a)|log(1 / a)|log(a, 1)
0.35 * 0 + round(0.35, 1) + a|round(2.675, 2) + a|round(1.005 + a, 2)|round(a / 8, 2)|round(a * 5, -1)|round(a / 40, 3)
""".strip().replace("\n", "|")
POSITIONS = [
    (0.0, 1.0, 2.0),
    (1.0, 0.0, -1.0),
    (2.5, 2.5, 2.5),
    (0.35, 1.0, 3.0),
    (-7.5, 2.0, 0.125),
    (1234.5678, -3.0, 0.5),
    (0.285, 2.0, 1.0),
    (-0.5, 3.0, 1e-9),
    (7.0, 1.5, 1e9),
    (1.0, 22.0, 23.0),
]
COMPUTE = """async ([signals, names, positions]) => {
  const place = document.createElement("div");
  const { view } = await vegaEmbed(place, { signals, marks: [] }, { mode: "vega", actions: false });
  return positions.map(position => {
    position.forEach((value, place) => view.signal("p" + place, value));
    view.run();
    return names.map(name => view.signal(name)).map(value => (Number.isFinite(value) ? value : null));
  });
}"""


@pytest.fixture(scope="module")
def engine(browser: Any) -> Iterator[Any]:
    """A page with Vega as reports carry it."""
    page = browser.new_page()
    page.add_script_tag(content=vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    yield page
    page.close()


def found(engine: Any, formulas: list[str], positions: list[tuple[float, ...]]) -> list[list[float | None]]:
    """What the browser gives: for each position a value by formula, None for no number."""
    figures = {name: literal(value) for name, value in FIXED.items()} | {n: f"p{i}" for i, n in enumerate(MOVED)}
    signals: list[dict[str, Any]] = [{"name": f"p{place}", "value": 1} for place in range(len(MOVED))]
    for number, formula in enumerate(formulas):
        translated = in_browser(formula, figures, f"n{number}_")
        signals += [{"name": name, "update": expression} for name, expression in translated.steps]
        signals.append({"name": f"v{number}", "update": translated.value})
    names = [f"v{number}" for number in range(len(formulas))]
    return json.loads(json.dumps(engine.evaluate(COMPUTE, [signals, names, positions])))


def expected(formula: str, position: tuple[float, ...]) -> float | None:
    try:
        return evaluate(formula, FIXED | dict(zip(MOVED, position, strict=True)))
    except DataError:
        return None


def told_apart(engine: Any, formulas: list[str], positions: list[tuple[float, ...]]) -> list[str]:
    """Where browser and Python differ."""
    differ = []
    for position, values in zip(positions, found(engine, formulas, positions), strict=True):
        for formula, value in zip(formulas, values, strict=True):
            right = expected(formula, position)
            alike = value is right if None in (value, right) else math.isclose(value, right, rel_tol=1e-12, abs_tol=0)
            if not alike:
                differ.append(f"{formula} at {position}: {value}, not {right}")
    return differ


def test_every_construct_is_the_same_to_a_browser(engine: Any) -> None:
    assert told_apart(engine, WRITTEN.split("|"), POSITIONS) == []


def made(chance: random.Random, depth: int) -> str:
    """A formula of random parts, of the sizes that people write and beyond."""
    if depth == 0 or chance.random() < 0.1:
        return chance.choice([*MOVED, *MOVED, *FIXED, "0", "1", "2", "0.5", "12", "3600", "1e5"])
    parts = [made(chance, depth - 1) for _part in range(4)]
    kinds = [
        *["({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})", "({0} // {1})", "({0} % {1})", "({0} ** {1})"],
        *["-{0}", "min({0}, {1}, {2})", "max({0}, {1})", "abs({0})", "sqrt({0})", "log({0})", "log({0}, {1})"],
        *["exp({0})", "round({0})", "round({0}, {1})", "round({0}, 2)", "({0} < {1} <= {2})", "({0} == {1})"],
        *["({0} if {1} else {2})", "({0} if {1} > {2} else {3})", "({0} >= {1})", "({0} != {1})"],
    ]
    return chance.choice(kinds).format(*parts)


def test_random_formulas_are_the_same_to_a_browser(engine: Any) -> None:
    chance = random.Random(5)
    formulas = [made(chance, 1 + number % 3) for number in range(300)]
    positions = POSITIONS + [tuple(chance.uniform(-10, 10) for _name in MOVED) for _position in range(10)]
    values = [expected(formula, position) for formula in formulas for position in positions]
    assert 1000 < sum(value is None for value in values) < 5000
    assert told_apart(engine, formulas, positions) == []
