"""A business case that a page computes by itself: sliders, the arithmetic behind them, and the plan to come back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, gcd
from typing import Any

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.browser_formulas import NO_VALUE, in_browser, literal
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.measures import ROUNDING
from workbench.business_case.returns import CONVENTIONS, NUCLEUS_YEARS, Returns, returns
from workbench.business_case.unit_flows import Numbers, UnitFlows, discount_factors, unit_flows
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.program import formulas
from workbench.program.profiles import MONTHS_A_YEAR
from workbench.results import Result

MOST = 5
LEAST_STEPS, MOST_STEPS = 20, 200
FLOWS = ("costs", "benefits")


@dataclass(frozen=True, eq=False)
class InPage(Result):
    """A business case in which some assumptions move, for a page to compute without a kernel.

    All figures are those of `returns.returns`: after attribution and risk, in the program's currency. Expressions are
    Vega's; they hold numbers, names of signals and a fixed vocabulary, and nothing that a person wrote.

    Attributes
    ----------
    sliders : DataFrame
        signal, assumption_id, name, unit, low, base, high, and the slider's minimum, maximum and step; the widest swing
        first. The base value is a step of the slider.
    signals : DataFrame
        name and expression of what is computed, in this order; among the names are ``npv``, ``roi`` (not a number
        where there is none), ``costs``, ``benefits`` (undiscounted totals) and ``broken``: the place, in `lines`, of
        the first line that has no value or one below zero, −1 when all is well.
    lines : DataFrame
        line_id, name, signal; the lines whose amount moves with a slider, costs first.
    months : DataFrame
        period, planned (the plan's cumulative cash flow), fixed_costs, fixed_benefits, and by the signal of each line
        in `lines` its multiple in the month.
    monthly : mapping of str to str
        Expressions over the columns of `months` (``datum``) and the signals, in this order: costs, benefits and net of
        a month; out, the month itself while the money is still out, else −1, from the cumulative net flow and moved,
        the sum of all net flows' sizes; payback in months, from the row of the last month that is out (of month 0
        where none is), with last, that month or −1, and next, the net flow of the month after it.
    plan : Returns
        The figures at the base values.
    """

    sliders: pd.DataFrame
    signals: pd.DataFrame
    lines: pd.DataFrame
    months: pd.DataFrame
    monthly: Mapping[str, str]
    plan: Returns

    def to_frame(self) -> pd.DataFrame:
        """The sliders."""
        return self.sliders

    @property
    def conclusion(self) -> str:
        """Which assumptions can be moved, from which plan."""
        if not len(self.sliders):
            return _("No assumption that a formula uses has a low and a high value, so there is nothing to move.")
        told = ngettext(
            "{count} assumption can be moved: {names}. As planned, the net present value is {npv}.",
            "{count} assumptions can be moved: {names}. As planned, the net present value is {npv}.",
            len(self.sliders),
        )
        names = language.listed([language.quoted(name) for name in self.sliders["name"]])
        return told.format(count=len(self.sliders), names=names, npv=language.money(self.plan.npv))


def in_page(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    assumptions: pd.DataFrame,
    swings: pd.DataFrame,
    *,
    horizon_months: int,
    discount_rate: float,
    convention: str = "tei",
    most: int = MOST,
) -> InPage:
    """A business case for a page in which the assumptions with the largest swings move.

    Parameters
    ----------
    costs, benefits, assumptions : DataFrame
        The tables of these names.
    swings : DataFrame
        assumption_id, name, unit, low, base, high and swing of the assumptions, the widest first, as
        `sensitivity.tornado` gives them.
    horizon_months : int
        Last month that counts, 1 or more.
    discount_rate : float
        Yearly, above −1.
    convention : str
        One of `returns.CONVENTIONS`.
    most : int
        How many assumptions move.

    Raises
    ------
    DataError
        With every assumption or line that is wrong at the base values.
    SettingsError
        When there is no such convention.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["fee * 2"]})
    >>> benefits = pd.DataFrame({"benefit_id": ["B-1"], "stream": ["cost_reduction"], "formula": ["9"]})
    >>> fees = pd.DataFrame({"assumption_id": ["fee"], "base": [4.0]})
    >>> swings = fees.assign(name="Fee", unit="€", low=3.0, high=6.0, swing=72.0)
    >>> page = in_page(costs, benefits, fees, swings, horizon_months=12, discount_rate=0.0)
    >>> page.signals.set_index("name").at["a0", "expression"], float(page.sliders.at[0, "step"])
    ('((p0*2)%(1/0))', 0.1)
    """
    base = base_values(assumptions)
    flows = cash_flows(costs, benefits, base, horizon_months)
    plan = returns(flows, discount_rate, convention)
    unit = unit_flows(costs, benefits, horizon_months)
    sliders = _sliders(swings[swings["swing"] > 0].head(most))
    figures = {name: literal(value) for name, value in base.items()}
    figures |= dict(zip(sliders["assumption_id"], sliders["signal"], strict=True))
    moving = _moving(unit, set(sliders["assumption_id"]))
    amounts = np.array([formulas.evaluate(text, base) for text in unit.formulas])
    parts = _Parts(unit, moving, amounts)
    factors = discount_factors(horizon_months, discount_rate, CONVENTIONS[convention].extra_years)
    steps = [*_amounts(unit, moving, figures), *_figures(parts, factors, convention, len(moving))]
    return InPage(
        sliders=sliders,
        signals=pd.DataFrame(steps, columns=["name", "expression"]),
        lines=_lines(unit, moving),
        months=_months(parts, flows.monthly),
        monthly=parts.monthly(),
        plan=plan,
    )


@dataclass(frozen=True)
class _Parts:
    """The lines in two parts: those whose amount moves, each with a signal of its own, and the others."""

    unit: UnitFlows
    moving: Sequence[int]
    amounts: Numbers

    def rows(self, kind: str) -> list[int]:
        """The moving lines of costs or of benefits, by their place among the moving ones."""
        sign = -1 if kind == "costs" else 1
        return [place for place, row in enumerate(self.moving) if self.unit.signs[row] == sign]

    def fixed(self, kind: str) -> Numbers:
        """What the lines that do not move cost or bring in each month."""
        still = self.unit.signs == (-1 if kind == "costs" else 1)
        still[list(self.moving)] = False
        return np.asarray(self.amounts[still] @ self.unit.flows[still])

    def total(self, kind: str, weights: Numbers) -> str:
        """Expression of the costs or benefits of all months, each with its weight."""
        terms = [literal(float(self.fixed(kind) @ weights))]
        terms += [
            f"{literal(float(self.unit.flows[self.moving[place]] @ weights))}*a{place}" for place in self.rows(kind)
        ]
        return "+".join(terms)

    def monthly(self) -> dict[str, str]:
        """Expressions of what a month costs and brings, and of what follows from all months' cumulative flow."""
        amounts = {
            kind: "+".join([f"datum.fixed_{kind}", *(f"datum.a{place}*a{place}" for place in self.rows(kind))])
            for kind in FLOWS
        }
        last = self.unit.flows.shape[1] - 1
        back = "datum.last<0?0:datum.last-datum.cumulative/datum.next"
        return amounts | {
            "net": _without_rounding("(datum.benefits-datum.costs)", "(costs+benefits)"),
            "out": f"datum.cumulative<{literal(-ROUNDING)}*datum.moved?datum.period:-1",
            "payback": f"broken<0&&costs>0&&datum.last<{last}?({back}):{NO_VALUE}",
        }


def _moving(unit: UnitFlows, chosen: set[str]) -> list[int]:
    return [row for row, formula in enumerate(unit.formulas) if formulas.names(formula) & chosen]


def _amounts(unit: UnitFlows, moving: Sequence[int], figures: Mapping[str, str]) -> list[tuple[str, str]]:
    """The amount of each line that moves, and the steps to it."""
    signals: list[tuple[str, str]] = []
    for place, row in enumerate(moving):
        translated = in_browser(unit.formulas[row], figures, f"n{place}_")
        signals += [*translated.steps, (f"a{place}", translated.value)]
    return signals


def _figures(parts: _Parts, factors: Numbers, convention: str, lines: int) -> list[tuple[str, str]]:
    """What `returns.returns` tells, from the lines' amounts."""
    everything = np.ones(len(factors))
    # A line below zero is refused, as is one without a value; both are caught by this one comparison.
    broken = "".join(f"a{place}>=0?" for place in range(lines)) + "-1"
    broken += "".join(f":{place}" for place in reversed(range(lines)))
    return [
        ("broken", broken),
        ("costs", parts.total("costs", everything)),
        ("benefits", parts.total("benefits", everything)),
        ("costs_pv", parts.total("costs", factors)),
        ("benefits_pv", parts.total("benefits", factors)),
        ("npv", _if_whole(_without_rounding("(benefits_pv-costs_pv)", "(benefits_pv+costs_pv)"))),
        ("roi", _if_whole(_ROI[convention](parts))),
    ]


def _if_whole(expression: str) -> str:
    return f"broken<0?({expression}):{NO_VALUE}"


def _without_rounding(amount: str, total: str) -> str:
    return f"abs({amount})<={literal(ROUNDING)}*{total}?0:{amount}"


def _ratio(benefits: str, costs: str) -> str:
    return f"{costs}>0?{benefits}/{costs}-1:{NO_VALUE}"


def _nucleus(parts: _Parts) -> str:
    """Average net benefit of the first three years ÷ initial cost."""
    months = np.arange(parts.unit.flows.shape[1])
    if len(months) <= MONTHS_A_YEAR * NUCLEUS_YEARS:
        return NO_VALUE
    initial = parts.total("costs", (months == 0).astype(float))
    years = ((months > 0) & (months <= MONTHS_A_YEAR * NUCLEUS_YEARS)) / NUCLEUS_YEARS
    net = f"({parts.total('benefits', years)}-({parts.total('costs', years)}))"
    return f"({initial})>0?{net}/({initial}):{NO_VALUE}"


_ROI: dict[str, Callable[[_Parts], str]] = {
    "tei": lambda parts: _ratio("benefits_pv", "costs_pv"),
    "textbook": lambda parts: _ratio("benefits", "costs"),
    "spreadsheet": lambda parts: _ratio("benefits_pv", "costs_pv"),
    "nucleus": _nucleus,
}
"""The return on investment of each convention, as `returns.CONVENTIONS` counts it."""


def _lines(unit: UnitFlows, moving: Sequence[int]) -> pd.DataFrame:
    rows = [
        (unit.line_ids[row], unit.names[row] or unit.line_ids[row], f"a{place}") for place, row in enumerate(moving)
    ]
    return pd.DataFrame(rows, columns=["line_id", "name", "signal"], dtype=str)


def _months(parts: _Parts, monthly: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Any] = {"period": monthly["period"], "planned": monthly["cumulative"]}
    columns |= {f"fixed_{kind}": parts.fixed(kind) for kind in FLOWS}
    return pd.DataFrame(columns | {f"a{place}": parts.unit.flows[row] for place, row in enumerate(parts.moving)})


def _sliders(swings: pd.DataFrame) -> pd.DataFrame:
    told = swings[["assumption_id", "name", "unit", "low", "base", "high"]].reset_index(drop=True)
    told.insert(0, "signal", pd.Series([f"p{place}" for place in range(len(told))], dtype=str))
    tracks = [_track(*row) for row in told[["low", "base", "high"]].astype(float).itertuples(index=False)]
    return told.join(pd.DataFrame(tracks, columns=["minimum", "maximum", "step"], dtype=float))


def _track(low: float, base: float, high: float) -> tuple[float, float, float]:
    """Minimum, maximum and step of a slider, so that the base value is one of its steps.

    Low and high are steps too where that takes no more than some hundred; else the track ends less than a step before.
    """
    points = [Decimal(repr(value)) for value in (low, base, high)]
    exact = _shared_step(points)
    span = points[2] - points[0]
    if span / exact <= MOST_STEPS:
        step = next(exact / part for part in (1, 2, 5, 10, 20) if span / exact * part >= LEAST_STEPS)
        return low, high, float(step)
    step = _round_below(span / (MOST_STEPS // 2))
    minimum = points[1] - step * floor((points[1] - points[0]) / step)
    return float(minimum), float(points[1] + step * floor((points[2] - points[1]) / step)), float(step)


def _shared_step(points: Sequence[Decimal]) -> Decimal:
    """The largest step with which a slider goes from the first of the points through all others."""
    places = max(0, *(-int(point.as_tuple().exponent) for point in points))
    whole = [int(point.scaleb(places)) for point in points]
    return Decimal(gcd(whole[1] - whole[0], whole[2] - whole[1])).scaleb(-places)


def _round_below(about: Decimal) -> Decimal:
    power = Decimal(1).scaleb(about.adjusted())
    return max(nice * power for nice in (1, 2, 5) if nice * power <= about)
