"""Amounts on an axis: in which unit, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import theme
from workbench.language import gettext as _

FLOWS = ("costs", "benefits", "net", "cumulative")


@dataclass(frozen=True)
class Unit:
    """What an axis of amounts counts in."""

    size: float
    title: str

    def told(self, amount: float) -> str:
        """An amount in this unit, short enough to stand on a narrow bar."""
        return language.number(amount / self.size)

    @property
    def labels(self) -> str:
        """Vega expression for the axis's labels, with the locale's separators."""
        return f"format(datum.value / {self.size:.0f}, ',.3~f')"


def unit_of(amounts: pd.Series[float]) -> Unit:
    """The unit that keeps the largest of the amounts short."""
    largest, sign = float(amounts.abs().max()), language.symbol()
    if largest >= 1e6:
        return Unit(1e6, _("Millions of {currency}").format(currency=sign))
    if largest >= 1e4:
        return Unit(1e3, _("Thousands of {currency}").format(currency=sign))
    return Unit(1, _("Amount in {currency}").format(currency=sign))


def amount_axis(unit: Unit) -> alt.Axis:
    """An axis of amounts in this unit."""
    return alt.Axis(title=unit.title, labelExpr=unit.labels, tickCount=6, domain=False, ticks=False, labelPadding=6)


def zero_line() -> alt.Chart:
    """The line from which amounts count."""
    line: alt.Chart = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=theme.INK).encode(y="zero:Q")
    return line
