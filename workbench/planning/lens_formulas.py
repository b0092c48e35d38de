"""What each lens computes: a score per requirement, from its indices and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.language import mark as N_
from workbench.planning import mcda
from workbench.planning.scoring import RISK_REDUCTION
from workbench.program.tables import DIRECTIONS, MOSCOW

COMPLEXITY_FLOOR = 1.0
"""Lowest complexity that value is divided by, so that a requirement without any complexity has a ratio too."""
CLASS_STEP = 200.0
"""Points between two classes of MoSCoW: more than value alone can make up for."""

Weights = Mapping[str, Any]
"""What value, urgency and simplicity weigh: a number each, or one for each row of the table."""
EQUAL: Weights = {"value": 1.0, "urgency": 1.0, "simplicity": 1.0}
WEIGHT_LABELS = {"value": N_("value"), "urgency": N_("urgency"), "simplicity": N_("simplicity")}
"""What the weights of a weighted lens are called in a sentence; translate them where they are shown."""
AXIS_OF = {"value": "value", "urgency": "urgency", "simplicity": "complexity"}
"""The index that each weight belongs to; simplicity is 100 less complexity."""


def _divisor(table: pd.DataFrame) -> pd.Series:
    return table["complexity"].clip(lower=COMPLEXITY_FLOOR)


def per_complexity(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """Value divided by complexity, at least 1."""
    return table["value"] / _divisor(table)


def urgency(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """Urgency alone."""
    return table["urgency"]


def quick_wins(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """The mean of value and simplicity."""
    return (table["value"] + 100 - table["complexity"]) / 2


def weighted_sum(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """The weighted mean of value, urgency and simplicity."""
    total = sum(weights[name] for name in AXIS_OF)
    parts = {"value": table["value"], "urgency": table["urgency"], "simplicity": 100 - table["complexity"]}
    # An index that weighs nothing may be missing.
    counted = [weights[name] * parts[name] for name in parts if np.any(np.asarray(weights[name]) > 0)]
    return pd.Series(sum(counted) / total, index=table.index)


def wsjf(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """Cost of delay (value, urgency and risk reduction where scored) divided by complexity, at least 1."""
    risk_reduction = table[RISK_REDUCTION] if RISK_REDUCTION in table.columns else 0.0
    return (table["value"] + table["urgency"] + risk_reduction) / _divisor(table)


def rice(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """Reach times impact times confidence, divided by effort."""
    return table["reach"] * table["impact"] * table["confidence"] / table["effort_months"]


def moscow(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """The class first, value inside it."""
    steps = {name: place for place, name in enumerate(reversed(MOSCOW))}
    return CLASS_STEP * table["moscow"].map(steps).astype(float) + table["value"]


def topsis(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """Closeness to the ideal over the indices that weigh anything."""
    return mcda.topsis(*_decision(table, weights)) if len(table) else pd.Series(dtype=float)


def vikor(table: pd.DataFrame, weights: Weights) -> pd.Series:
    """1 less Q of VIKOR over the indices that weigh anything."""
    return 1 - mcda.vikor_measures(*_decision(table, weights))["Q"] if len(table) else pd.Series(dtype=float)


def _decision(table: pd.DataFrame, weights: Weights) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """The indices that weigh anything as a decision matrix, with their weights and directions."""
    given = pd.Series({axis: float(weights[name]) for name, axis in AXIS_OF.items() if weights[name] > 0})
    directions = pd.Series({axis: DIRECTIONS[axis == "complexity"] for axis in given.index})
    return table[list(given.index)], given, directions
