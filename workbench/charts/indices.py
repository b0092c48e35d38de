"""The three indices of a requirement on charts: their looks, and their figures with the raters' range."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from workbench.charts import theme
from workbench.language import exact
from workbench.language import gettext as _
from workbench.language import mark as N_

VALUE = ("value", "value_low", "value_high")
URGENCY = ("urgency", "urgency_low", "urgency_high")
COMPLEXITY = ("complexity", "complexity_low", "complexity_high")


@dataclass(frozen=True)
class Series:
    """How one of the three indices is drawn."""

    label: str
    colour: str
    shape: str


INDICES = {
    "value": Series(N_("Value"), theme.VALUE, "circle"),
    "urgency": Series(N_("Urgency"), theme.URGENCY, "diamond"),
    "complexity": Series(N_("Complexity"), theme.COMPLEXITY, "square"),
}


def with_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its ids as a column."""
    return frame if "requirement_id" in frame.columns else frame.reset_index(names="requirement_id")


def _figure(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return _("not scored")
    told = exact(value, 1)
    if math.isnan(low) or math.isnan(high):
        return told
    return _("{value} (raters: {low} to {high})").format(value=told, low=exact(low, 1), high=exact(high, 1))


def figures(frame: pd.DataFrame, axis: str) -> list[str]:
    """An index with the raters' range in words, for each row."""
    columns = (frame[name].astype(float) for name in (axis, f"{axis}_low", f"{axis}_high"))
    return [_figure(*row) for row in zip(*columns, strict=True)]
