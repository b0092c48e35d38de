"""Two S-curves over one another: the net present value as planned, and with what was changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.language import gettext as _

WIDTH, HEIGHT = 660, 212
STEP = 0.2
"""By how much of the plan's span the axis widens at a time, so that it rests while the curve moves."""
NAMED_AT = 0.7
"""Share at which a curve has its name."""
APART = 9
LOW_WORDS = 0.1
"""Share at which words stand at the bottom."""


@dataclass(frozen=True)
class _Look:
    name: str
    line: str
    letters: str
    side: Literal["left", "right"]

    @property
    def label(self) -> dict[str, Any]:
        """Keyword arguments that put a label on this side of the curve."""
        return {"align": "right", "dx": -APART} if self.side == "left" else {"align": "left", "dx": APART}


def npv_curves(
    planned: pd.DataFrame, changed: pd.DataFrame, points: pd.DataFrame, finding: str, *, plotted: str = ""
) -> dict[str, Any]:
    """The share of the draws that stay below each net present value: as planned in grey, with changes in blue.

    Parameters
    ----------
    planned, changed : DataFrame
        share (0 to 1) and amount (in the currency in use), both rising. Where they are equal, one is drawn.
    points : DataFrame
        share and amount of what is marked on the changed curve.
    finding : str
        Title.
    plotted : str
        Subtitle; made from the frames when empty.

    Returns
    -------
    dict
        A specification, and not a chart that becomes one: while only the curves move, they alone are made anew.

    Raises
    ------
    ValueError
        When a curve has no rows or a column is missing.
    """
    for curve in (planned, changed):
        theme.require_data(curve, ("share", "amount"))
    unit = amounts.unit_of(planned["amount"])
    looks = _looks(planned, changed)
    plotted = plotted or _("Share of the draws that stay below each net present value; marked at 10%, 50% and 90%.")
    drawn = _drawing(_domain(planned["amount"], changed["amount"]), unit, looks, language.current())
    return {
        **drawn,
        "title": theme.titled(alt.Chart().mark_point(), finding, plotted, "").title.to_dict(),
        "description": f"{finding} {plotted} {_told(points)}",
        "datasets": {
            "planned": _rows(planned, unit),
            "changed": _rows(changed, unit),
            "planned_name": _named(planned, looks[1], unit),
            "changed_name": _named(changed, looks[0], unit),
            "points": _points(points, unit),
            "zero": [{"at": 0.0, "share": _beside_zero(changed), "told": _("No gain, no loss")}],
        },
    }


@lru_cache(maxsize=16)
def _drawing(
    domain: tuple[float, float], unit: amounts.Unit, looks: tuple[_Look, _Look], _spoken: language.Language
) -> dict[str, Any]:
    """Everything but the figures and the title."""
    own, plan = looks
    axes = _axes(domain, unit)
    drawn = [] if plan.name == own.name else _curve("planned", plan, axes)
    marks = [*_zero(axes), *drawn, *_curve("changed", own, axes), *_marked(own, axes)]
    return theme.layered(marks, width=WIDTH, height=HEIGHT).to_dict()


def _rows(curve: pd.DataFrame, unit: amounts.Unit) -> list[dict[str, Any]]:
    return [
        {"share": float(share), "at": float(amount) / unit.size}
        for share, amount in zip(curve["share"], curve["amount"], strict=True)
    ]


def _points(points: pd.DataFrame, unit: amounts.Unit) -> list[dict[str, Any]]:
    told = map(language.money, points["amount"])
    return [{**row, "told": words} for row, words in zip(_rows(points, unit), told, strict=True)]


def _named(curve: pd.DataFrame, look: _Look, unit: amounts.Unit) -> list[dict[str, Any]]:
    return [{**row, "told": look.name} for row in _rows(_nearest(curve, NAMED_AT), unit)]


def _looks(planned: pd.DataFrame, changed: pd.DataFrame) -> tuple[_Look, _Look]:
    """How the changed curve and the plan's look; names and figures stand on their outer sides."""
    plan = _Look(_("As planned"), theme.CONTEXT, theme.QUIET, "left")
    if planned["amount"].equals(changed["amount"]):
        return _Look(plan.name, theme.VALUE, theme.VALUE_TEXT, "right"), plan
    is_lower = _middle(changed) < _middle(planned)
    sides: tuple[Literal["left", "right"], ...] = ("left", "right") if is_lower else ("right", "left")
    return (
        _Look(_("With the changes"), theme.VALUE, theme.VALUE_TEXT, sides[0]),
        _Look(plan.name, plan.line, plan.letters, sides[1]),
    )


def _middle(curve: pd.DataFrame) -> float:
    return float(_nearest(curve, 0.5)["amount"].iloc[0])


def _nearest(curve: pd.DataFrame, share: float) -> pd.DataFrame:
    at = int((curve["share"] - share).abs().argmin())
    return curve.iloc[at : at + 1]


def _axes(domain: tuple[float, float], unit: amounts.Unit) -> dict[str, Any]:
    title = _("Net present value ({unit})").format(unit=unit.title)
    ends = [end / unit.size for end in domain]
    return {
        "x": alt.X(
            "at:Q",
            scale=alt.Scale(domain=ends, nice=False),
            axis=alt.Axis(title=title, format=",.3~f", tickCount=8, grid=False),
        ),
        "y": alt.Y(
            "share:Q",
            scale=alt.Scale(domain=[0, 1], nice=False),
            axis=alt.Axis(title=_("Share of the draws"), format=".0%", values=[0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]),
        ),
    }


def _domain(planned: pd.Series[float], changed: pd.Series[float]) -> tuple[float, float]:
    """Zero and both curves, with ends that only move in steps."""
    low, high = float(planned.min()), float(planned.max())
    step = STEP * ((high - low) or abs(high) or 1.0)
    below = math.ceil(max(low - float(changed.min()), low, 0.0) / step) + 1
    above = math.ceil(max(float(changed.max()) - high, -high, 0.0) / step) + 2
    return low - below * step, high + above * step


def _curve(name: str, look: _Look, axes: dict[str, Any]) -> list[alt.Chart]:
    line = alt.Chart(alt.NamedData(name)).mark_line(color=look.line, strokeWidth=2.5)
    return [line.encode(**axes), *_text(f"{name}_name", look, axes, fontWeight="bold", color=look.letters)]


def _text(name: str, look: _Look, axes: dict[str, Any], **words: Any) -> list[alt.Chart]:
    """Words beside the curve, on paper that lets no line through."""
    labels = alt.Chart(alt.NamedData(name)).encode(**axes, text="told:N")
    paper = labels.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", **look.label)
    return [paper, labels.mark_text(**look.label, **words)]


def _marked(look: _Look, axes: dict[str, Any]) -> list[alt.Chart]:
    dots = alt.Chart(alt.NamedData("points")).mark_point(filled=True, size=90, opacity=1, color=look.line)
    tooltip = [
        alt.Tooltip("share:Q", format=".0%", title=_("Share of the draws that stay below")),
        alt.Tooltip("told:N", title=_("Net present value")),
    ]
    return [dots.encode(**axes, tooltip=tooltip), *_text("points", look, axes)]


def _zero(axes: dict[str, Any]) -> list[alt.Chart]:
    """Where gain turns into loss."""
    here = alt.NamedData("zero")
    rule = alt.Chart(here).mark_rule(color=theme.MISSED, strokeWidth=2, strokeDash=[5, 4]).encode(x=axes["x"])
    name = alt.Chart(here).mark_text(align="left", dx=6, dy=8, color=theme.MISSED_TEXT)
    return [rule, name.encode(**axes, text="told:N")]


def _beside_zero(curve: pd.DataFrame) -> float:
    """How high the words at zero stand: above where most draws gain, below where most lose, off the curve."""
    losing = curve.loc[curve["amount"] < 0, "share"].max()
    return LOW_WORDS if losing > 0.5 else 1.0


def _told(points: pd.DataFrame) -> str:
    told = _("{share} of the draws stay below {amount}.")
    return " ".join(
        told.format(share=language.percent(row["share"]), amount=language.money(row["amount"]))
        for row in points.to_dict("records")
    )
