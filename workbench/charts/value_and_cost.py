"""Value against cost of ownership: what more value would cost."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench import language
from workbench.charts import amounts, theme
from workbench.charts.placement import place_labels
from workbench.language import exact
from workbench.language import gettext as _

WIDTH, HEIGHT = 660, 380
ROOM = 0.18
"""Room beside the outermost points, as a share of their span, for the labels."""
SHAPES = ("circle", "square", "diamond", "triangle-up")
COLUMNS = ["vendor_id", "name", "kind_label", "score", "score_low", "score_high", "cost_of_ownership", "dominated_by"]


def value_against_cost(
    vendors: pd.DataFrame, finding: str, *, span: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """Value against cost of ownership: a point per vendor, its range over the weightings as a bar.

    Parameters
    ----------
    vendors : DataFrame
        vendor_id, name, kind_label, score, score_low, score_high (0 to 100), cost_of_ownership (in the currency in
        use) and dominated_by ("" where no other vendor is at least as good in both; such vendors are drawn in colour,
        the others in grey).
    finding : str
        Title.
    span : str
        The time that costs are counted over, in words.
    plotted, description : str
        Subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the frame has no rows or lacks a column.
    """
    theme.require_data(vendors, COLUMNS)
    unit = amounts.unit_of(vendors["cost_of_ownership"])
    x_domain, y_domain = _domains(vendors, unit)
    drawn = _drawn(vendors, unit, x_domain, y_domain)
    chart = theme.layered(_marks(drawn, unit, x_domain, y_domain), width=WIDTH, height=HEIGHT)
    plotted = plotted or _(
        "Value: weighted score from 0 to 100; bars: 90% of the weightings around the given ones. Cost of ownership: "
        "present value of all costs over {span}. Grey: another vendor is no worse in both. Source: vendor_scores and "
        "costs."
    ).format(span=span)
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {_told(drawn)}")


def _domains(vendors: pd.DataFrame, unit: amounts.Unit) -> tuple[list[float], list[float]]:
    costs = vendors["cost_of_ownership"] / unit.size
    beside = ROOM * ((costs.max() - costs.min()) or abs(costs.max()) or 1.0)
    low, high = vendors["score_low"].min(), vendors["score_high"].max()
    above = 0.08 * ((high - low) or 10.0)
    return [float(costs.min() - beside), float(costs.max() + beside)], [
        float(max(low - above, 0)),
        float(min(high + above, 100)),
    ]


def _drawn(vendors: pd.DataFrame, unit: amounts.Unit, x: list[float], y: list[float]) -> pd.DataFrame:
    drawn = vendors[["name", "kind_label", "score", "score_low", "score_high"]].reset_index(drop=True)
    drawn["cost"] = (vendors["cost_of_ownership"] / unit.size).to_numpy()
    drawn["worth"] = (vendors["dominated_by"] == "").to_numpy()
    drawn["label"] = theme.labels([theme.wrap(name, 28, lines=1)[0] for name in vendors["name"]])
    drawn["cost_told"] = [language.money(cost) for cost in vendors["cost_of_ownership"]]
    drawn["score_told"] = [
        _("{value} ({low} to {high})").format(value=exact(value, 1), low=exact(low, 1), high=exact(high, 1))
        for value, low, high in zip(drawn["score"], drawn["score_low"], drawn["score_high"], strict=True)
    ]
    points = [
        (_at(cost, x, WIDTH), HEIGHT - _at(score, y, HEIGHT))
        for cost, score in zip(drawn["cost"], drawn["score"], strict=True)
    ]
    bars = [
        (point[0] - 2, HEIGHT - _at(high, y, HEIGHT), point[0] + 2, HEIGHT - _at(low, y, HEIGHT))
        for point, low, high in zip(points, drawn["score_low"], drawn["score_high"], strict=True)
    ]
    places = place_labels(points, list(drawn["label"]), WIDTH, HEIGHT, theme.SUBTITLE_SIZE, covered=bars)
    drawn["label_x"] = [x[0] + place / WIDTH * (x[1] - x[0]) for place, _y in places]
    drawn["label_y"] = [y[1] - place / HEIGHT * (y[1] - y[0]) for _x, place in places]
    return drawn


def _at(value: float, domain: list[float], length: float) -> float:
    return (value - domain[0]) / ((domain[1] - domain[0]) or 1.0) * length


def _marks(drawn: pd.DataFrame, unit: amounts.Unit, x_domain: list[float], y_domain: list[float]) -> list[alt.Chart]:
    x_title = _("Cost of ownership ({unit})").format(unit=unit.title)
    x_axis = alt.Axis(title=x_title, format=",.3~f", tickCount=6, domain=False)
    y_axis = alt.Axis(title=_("Value (weighted score, 0 to 100)"), format=",~f", domain=False)
    x = alt.X("cost:Q", scale=alt.Scale(domain=x_domain, nice=False), axis=x_axis)
    y = alt.Y("score:Q", scale=alt.Scale(domain=y_domain, nice=False), axis=y_axis)
    low = alt.Y("score_low:Q", scale=alt.Scale(domain=y_domain, nice=False), axis=y_axis)
    colour = alt.condition("datum.worth", alt.value(theme.VALUE), alt.value(theme.CONTEXT))
    kinds = list(dict.fromkeys(drawn["kind_label"]))
    shape = alt.Shape("kind_label:N", scale=alt.Scale(domain=kinds, range=list(SHAPES[: len(kinds)])))
    base, labels = alt.Chart(drawn), alt.Chart(drawn).encode(x="label_x:Q", y="label_y:Q", text="label:N")
    return [
        base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=x, y=low, y2="score_high:Q", color=colour),
        base.mark_point(filled=True, size=130, opacity=1).encode(
            x=x, y=y, color=colour, shape=shape, tooltip=_tooltip()
        ),
        labels.mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round", fontSize=theme.SUBTITLE_SIZE),
        labels.mark_text(fontSize=theme.SUBTITLE_SIZE),
    ]


def _tooltip() -> list[Any]:
    return [
        alt.Tooltip("name:N", title=_("Vendor")),
        alt.Tooltip("kind_label:N", title=_("Kind")),
        alt.Tooltip("score_told:N", title=_("Value")),
        alt.Tooltip("cost_told:N", title=_("Cost of ownership")),
    ]


def _told(drawn: pd.DataFrame) -> str:
    told = _("{name}: value {value}, cost {cost}.")
    return " ".join(
        told.format(name=row["name"], value=row["score_told"], cost=row["cost_told"])
        for row in drawn.to_dict("records")
    )
