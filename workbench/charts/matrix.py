"""The value × complexity matrix."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import indices, theme
from workbench.charts.placement import place_labels, text_width
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext, percent

WIDTH, HEIGHT = 686, 600
LOWEST, HIGHEST = -6, 106
"""Ends of the value's axis: the names of the fields stand above 100 and below 0, where no point can be."""
COLUMNS = ["requirement_id", "title", "department", *indices.VALUE, *indices.COMPLEXITY, "field", "field_label"]
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Field:
    """How a field of the matrix is drawn: its usual name, its corner and its points' look."""

    label: str
    right: bool
    top: bool
    fill: str
    stroke: str
    shape: str


FIELDS = {
    "quick_win": Field(N_("Quick wins"), False, True, theme.VALUE, theme.VALUE, "circle"),
    "strategic": Field(N_("Strategic"), True, True, theme.PAPER, theme.VALUE, "circle"),
    "fill_in": Field(N_("Fill-ins"), False, False, theme.CONTEXT, theme.QUIET, "square"),
    "reconsider": Field(N_("Reconsider"), True, False, theme.COMPLEXITY, theme.COMPLEXITY_TEXT, "diamond"),
}


def value_complexity_matrix(
    scores_frame: pd.DataFrame,
    threshold: float = 50,
    *,
    ellipses: pd.DataFrame | None = None,
    share: float = 0.68,
    finding: str = "",
    plotted: str = "",
    description: str = "",
) -> theme.Drawing:
    """Value against complexity: a point per requirement, how far raters are apart, the four fields named.

    Parameters
    ----------
    scores_frame : DataFrame
        Columns (or index) requirement_id, title, department, value, value_low, value_high, complexity,
        complexity_low, complexity_high (0 to 100), field (a key of `FIELDS`) and field_label.
    threshold : float
        Where the fields meet, on both axes.
    ellipses : DataFrame, optional
        Outlines of ellipses: requirement_id, corner (their order), value and complexity. A requirement without one
        gets the raters' range as thin bars.
    share : float
        Share of the draws that an ellipse holds, for the subtitle.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When no requirement has both figures.
    """
    frame = indices.with_ids(scores_frame)
    theme.require_data(frame, COLUMNS)
    points = frame[frame["value"].notna() & frame["complexity"].notna()].reset_index(drop=True)
    theme.require_data(points, COLUMNS)
    outlines = pd.DataFrame({"requirement_id": []}) if ellipses is None else ellipses
    barred = points[~points["requirement_id"].isin(outlines["requirement_id"])]
    drawn = _points(points, threshold, barred)
    marks = [
        *_threshold_lines(threshold),
        *_corner_names(points),
        *_ellipses(outlines[outlines["requirement_id"].isin(points["requirement_id"])]),
        *_range_bars(alt.Chart(barred).encode(**_axes())),
        _marks(alt.Chart(drawn).encode(**_axes())),
        *_labels(drawn),
    ]
    chart = theme.layered(marks, width=WIDTH, height=HEIGHT)
    finding = finding or _quick_wins_found(points)
    plotted = plotted or _plotted(len(frame) - len(points), len(points) - len(barred), len(barred), share)
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _points(points: pd.DataFrame, threshold: float, barred: pd.DataFrame) -> pd.DataFrame:
    drawn = points[COLUMNS].copy()
    drawn["value_text"], drawn["complexity_text"] = (
        indices.figures(points, "value"),
        indices.figures(points, "complexity"),
    )
    (_x, top), (_x, bottom) = _pixels(0, 100), _pixels(0, 0)
    places = place_labels(
        [_pixels(c, v) for c, v in zip(points["complexity"], points["value"], strict=True)],
        [str(identifier) for identifier in points["requirement_id"]],
        WIDTH,
        HEIGHT,
        theme.TEXT_SIZE,
        covered=[(0, 0, WIDTH, top), (0, bottom, WIDTH, HEIGHT)],
        lines=[box for row in barred.to_dict("records") for box in _bar_boxes(row)] + _threshold_boxes(threshold),
    )
    drawn["label_x"] = [100 * x / WIDTH for x, y in places]
    drawn["label_y"] = [HIGHEST - (HIGHEST - LOWEST) * y / HEIGHT for x, y in places]
    return drawn


def _pixels(complexity: float, value: float) -> tuple[float, float]:
    return complexity / 100 * WIDTH, (HIGHEST - value) / (HIGHEST - LOWEST) * HEIGHT


def _bar_boxes(row: Row) -> list[tuple[float, float, float, float]]:
    x, y = _pixels(row["complexity"], row["value"])
    boxes = []
    if not math.isnan(row["complexity_low"] + row["complexity_high"]):
        left, right = _pixels(row["complexity_low"], 0)[0], _pixels(row["complexity_high"], 0)[0]
        boxes.append((left, y - 1.5, right, y + 1.5))
    if not math.isnan(row["value_low"] + row["value_high"]):
        top, bottom = _pixels(0, row["value_high"])[1], _pixels(0, row["value_low"])[1]
        boxes.append((x - 1.5, top, x + 1.5, bottom))
    return boxes


def _threshold_boxes(threshold: float) -> list[tuple[float, float, float, float]]:
    x, y = _pixels(threshold, threshold)
    return [(x - 1.5, 0, x + 1.5, HEIGHT), (0, y - 1.5, WIDTH, y + 1.5)]


def _corner_texts(points: pd.DataFrame) -> list[str]:
    told = dict(zip(points["field"], points["field_label"], strict=True))
    return [str(told.get(key) or _(field.label)) for key, field in FIELDS.items()]


def _corner_names(points: pd.DataFrame) -> list[alt.Chart]:
    names = []
    for name, field in zip(_corner_texts(points), FIELDS.values(), strict=True):
        x, y = (100 if field.right else 0), (HIGHEST if field.top else LOWEST)
        mark = alt.Chart(pd.DataFrame({"name": [name], "x": [x], "y": [y]})).mark_text(
            align="right" if field.right else "left",
            baseline="middle",
            dx=-6 if field.right else 6,
            dy=16 if field.top else -14,
            fontSize=theme.SUBTITLE_SIZE,
            fontWeight="bold",
            color=theme.QUIET,
        )
        names.append(mark.encode(x="x:Q", y="y:Q", text="name:N"))
    return names


def _axes() -> dict[str, Any]:
    look: dict[str, Any] = {"values": list(range(0, 101, 10)), "format": ",~f", "labelFlush": False, "domain": False}
    x_axis = alt.Axis(title=_("Complexity (index, 0 to 100)"), **look)
    y_axis = alt.Axis(title=_("Value (index, 0 to 100)"), **look)
    return {
        "x": alt.X("complexity:Q", scale=alt.Scale(domain=[0, 100]), axis=x_axis),
        "y": alt.Y("value:Q", scale=alt.Scale(domain=[LOWEST, HIGHEST], nice=False), axis=y_axis),
    }


def _threshold_lines(threshold: float) -> list[alt.Chart]:
    line = alt.Chart(pd.DataFrame({"at": [threshold]})).mark_rule(color=theme.FRAME, strokeDash=[5, 4], strokeWidth=1.5)
    return [line.encode(x="at:Q"), line.encode(y="at:Q")]


def _ellipses(outlines: pd.DataFrame) -> list[alt.Chart]:
    if outlines.empty:
        return []
    line = alt.Chart(outlines).mark_line(stroke=theme.RANGE, strokeWidth=1, fill=theme.CONTEXT, fillOpacity=0.06)
    return [line.encode(**_axes(), detail="requirement_id:N", order="corner:Q")]


def _range_bars(base: alt.Chart) -> list[alt.Chart]:
    bar = base.mark_rule(color=theme.RANGE, strokeWidth=1.2)
    return [
        bar.encode(x="complexity_low:Q", x2="complexity_high:Q"),
        bar.encode(y="value_low:Q", y2="value_high:Q"),
    ]


def _by_field(attribute: str) -> alt.Scale:
    return alt.Scale(domain=list(FIELDS), range=[getattr(field, attribute) for field in FIELDS.values()])


def _marks(base: alt.Chart) -> alt.Chart:
    points: alt.Chart = base.mark_point(size=95, opacity=1, strokeWidth=2).encode(
        fill=alt.Fill("field:N", scale=_by_field("fill"), legend=None),
        stroke=alt.Stroke("field:N", scale=_by_field("stroke"), legend=None),
        shape=alt.Shape("field:N", scale=_by_field("shape"), legend=None),
        tooltip=[
            alt.Tooltip("requirement_id:N", title=_("Requirement")),
            alt.Tooltip("title:N", title=_("What is needed")),
            alt.Tooltip("department:N", title=_("Department")),
            alt.Tooltip("value_text:N", title=_("Value")),
            alt.Tooltip("complexity_text:N", title=_("Complexity")),
            alt.Tooltip("field_label:N", title=_("Field")),
        ],
    )
    return points


def _labels(drawn: pd.DataFrame) -> list[alt.Chart]:
    far = drawn[[_is_far(row) for row in drawn.to_dict("records")]]
    leader = alt.Chart(far).mark_rule(color=theme.QUIET, strokeWidth=0.8)
    place: dict[str, Any] = {"x": alt.X("label_x:Q"), "y": alt.Y("label_y:Q"), "text": alt.Text("requirement_id:N")}
    halo = alt.Chart(drawn).mark_text(stroke=theme.PAPER, strokeWidth=4, strokeJoin="round").encode(**place)
    label = alt.Chart(drawn).mark_text().encode(**place)
    leaders = [leader.encode(**_axes(), x2="label_x:Q", y2="label_y:Q")] if len(far) else []
    return [*leaders, halo, label]


def _is_far(row: Row) -> bool:
    """Whether a label stands so far from its point that a line has to join them."""
    (x, y), (u, v) = _pixels(row["complexity"], row["value"]), _pixels(row["label_x"], row["label_y"])
    half = text_width(str(row["requirement_id"]), theme.TEXT_SIZE) / 2
    beside = max(abs(u - x) - half, 0)
    return bool((beside**2 + max(abs(v - y) - 6, 0) ** 2) ** 0.5 > 14)


def _quick_wins_found(points: pd.DataFrame) -> str:
    count = int((points["field"] == "quick_win").sum())
    return ngettext(
        "{count} of {total} requirements is a quick win: high value, low complexity",
        "{count} of {total} requirements are quick wins: high value, low complexity",
        count,
    ).format(count=count, total=len(points))


def _plotted(missing: int, with_ellipse: int, with_bars: int, share: float) -> str:
    told = [_("Index from 0 to 100, weighted mean of the raters; thin bars: lowest to highest rater. Source: scores.")]
    if with_ellipse:
        told = [
            _(
                "Index from 0 to 100, weighted mean of the raters; ellipse: holds about {share} of the means with the "
                "raters drawn anew. Source: scores."
            ).format(share=percent(share))
        ]
        if with_bars:
            told.append(_("Thin bars, where raters are too few: lowest to highest rater."))
    if missing:
        left = ngettext(
            "{count} requirement without both figures is not drawn.",
            "{count} requirements without both figures are not drawn.",
            missing,
        )
        told.append(left.format(count=missing))
    return " ".join(told)
