"""Why a scenario's net present value differs from the plan's: what each of its changes contributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.business_case.shapley_split import MOST_CHANGES, shapley_split, split_in_order
from workbench.business_case.unit_flows import UnitFlows
from workbench.program import formulas

COSTS_LATER, BENEFITS_LATER, COST_FACTOR, BENEFIT_FACTOR = (
    "costs_later",
    "benefits_later",
    "cost_factor",
    "benefit_factor",
)
OTHER_CHANGES = (COSTS_LATER, BENEFITS_LATER, COST_FACTOR, BENEFIT_FACTOR)
"""Steps that are no assumption; brackets keep them apart from assumptions of the same name."""

Made = tuple[bool, ...]


@dataclass(frozen=True)
class Changes:
    """What a scenario changes.

    Attributes
    ----------
    before, after : mapping of str to float
        Every assumption, as planned and in the scenario.
    cost_factor, benefit_factor : float
        What all costs and all benefits are multiplied by.
    """

    before: Mapping[str, float]
    after: Mapping[str, float]
    cost_factor: float = 1.0
    benefit_factor: float = 1.0

    @property
    def assumptions(self) -> list[str]:
        """The assumptions that have another value, in the table's order."""
        return [name for name, value in self.before.items() if self.after[name] != value]


def contributions(planned: UnitFlows, moved: UnitFlows, factors: NDArray[np.float64], changes: Changes) -> pd.DataFrame:
    """What each change of a scenario adds to the net present value.

    A line's present value is its amount times its timing times a factor, and the net present value is a sum over lines:
    so Shapley's split of the whole is the sum of the splits of the lines, each over the few changes that touch it. A
    line that more than `MOST_CHANGES` touch is split in the order of the assumptions' table, then delay, then factor.

    Parameters
    ----------
    planned, moved : UnitFlows
        The same lines as planned and as the scenario times them.
    factors : ndarray, shape (months + 1,)
        Discount factors.
    changes : Changes
        What the scenario changes.

    Returns
    -------
    DataFrame
        step (an assumption, or one of `OTHER_CHANGES`), is_assumption, contribution, in_order (whether a line was split
        in order); a row for each step that some line knows, in the order of the table, then `OTHER_CHANGES`.

    Raises
    ------
    DataError
        When a formula has no value after some of the changes.
    """
    rows = []
    weights = zip(planned.flows @ factors, moved.flows @ factors, strict=True)
    for sign, formula, (now, later) in zip(planned.signs, planned.formulas, weights, strict=True):
        rows += _of_line(formula, float(sign), float(now), float(later), changes)
    return _added_up(rows, changes)


Row = tuple[str, bool, float, bool]


def _of_line(formula: str, sign: float, now: float, later: float, changes: Changes) -> list[Row]:
    used = formulas.names(formula)
    touched = [name for name in changes.assumptions if name in used]
    factor = changes.cost_factor if sign < 0 else changes.benefit_factor
    others = []
    if now != later:
        others.append(COSTS_LATER if sign < 0 else BENEFITS_LATER)
    if factor != 1:
        others.append(COST_FACTOR if sign < 0 else BENEFIT_FACTOR)
    steps = [(name, True) for name in touched] + [(name, False) for name in others]
    if not steps:
        return []
    amount = _amounts(formula, touched, changes)

    def worth(made: Made) -> float:
        rest = dict(zip(others, made[len(touched) :], strict=True))
        weight = later if any(rest.get(name) for name in (COSTS_LATER, BENEFITS_LATER)) else now
        scale = factor if any(rest.get(name) for name in (COST_FACTOR, BENEFIT_FACTOR)) else 1.0
        return sign * amount(made[: len(touched)]) * weight * scale

    split, in_order = _split(worth, len(steps))
    return [(name, known, float(part), in_order) for (name, known), part in zip(steps, split, strict=True)]


def _amounts(formula: str, touched: list[str], changes: Changes) -> Callable[[Made], float]:
    known: dict[Made, float] = {}

    def amount(made: Made) -> float:
        if made not in known:
            changed = {name: changes.after[name] for name, is_made in zip(touched, made, strict=True) if is_made}
            known[made] = formulas.evaluate(formula, {**changes.before, **changed})
        return known[made]

    return amount


def _split(worth: Callable[[Made], float], count: int) -> tuple[NDArray[np.float64], bool]:
    if count > MOST_CHANGES:
        worths = [worth((True,) * made + (False,) * (count - made)) for made in range(count + 1)]
        return split_in_order(np.array(worths)), True
    combinations = [tuple(bool(made >> place & 1) for place in range(count)) for made in range(2**count)]
    return shapley_split(np.array([worth(made) for made in combinations])), False


def _added_up(rows: list[Row], changes: Changes) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["step", "is_assumption", "contribution", "in_order"])
    frame = frame.astype({"step": str, "is_assumption": bool, "contribution": float, "in_order": bool})
    order = [*((name, True) for name in changes.assumptions), *((name, False) for name in OTHER_CHANGES)]
    grouped = frame.groupby(["step", "is_assumption"]).agg({"contribution": "sum", "in_order": "any"})
    there = [step for step in order if step in grouped.index]
    return grouped.reindex(pd.MultiIndex.from_tuples(there, names=["step", "is_assumption"])).reset_index()
