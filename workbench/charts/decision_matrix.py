"""The decision matrix: what each vendor reaches by each criterion, shaded by how good that is."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import exact, ngettext, percent
from workbench.language import gettext as _

ROW = 40
WORST, BEST, MISSED = "#FFFFFF", "#5FA6D1", "#F3B58A"
COLUMNS = ["vendor_id", "name", "criterion", "weight_share", "told", "goodness", "must_have", "misses", "source"]


def decision_matrix(
    cells: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """What each vendor reaches by each criterion, with its unit, shaded by how good it is on the criterion's own scale.

    Parameters
    ----------
    cells : DataFrame
        vendor_id, name (of the vendor), criterion, weight_share, told (the value with its unit), goodness (0 to 1),
        must_have, misses (whether the value misses the must-have) and source. Vendors are drawn from left to right and
        criteria from top to bottom in the order in which they appear; a pair that is missing stays blank.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the frame has no rows or lacks a column.
    """
    theme.require_data(cells, COLUMNS)
    names, look = _columns(cells)
    rows = _rows(cells)
    drawn = _drawn(cells, names, rows)
    x = alt.X("column:N", scale=alt.Scale(domain=list(names.values()), paddingInner=0.03), axis=alt.Axis(**look))
    y_axis = alt.Axis(grid=False, **theme.row_labels())
    y = alt.Y("row:N", scale=alt.Scale(domain=list(rows.values()), paddingInner=0.06), axis=y_axis)
    chart = theme.layered(_marks(drawn, x, y), height=ROW * len(rows))
    finding = finding or _found(cells)
    plotted = plotted or _(
        "Value by each criterion; the darker, the nearer to the good end of its own scale; bold on orange: a must-have "
        "that is missed. Source: vendor_scores."
    )
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _columns(cells: pd.DataFrame) -> tuple[dict[str, str], dict[str, Any]]:
    each = cells[["vendor_id", "name"]].drop_duplicates("vendor_id")
    told, look = theme.column_labels(list(each["name"]), max(8, 64 // len(each)))
    return dict(zip(each["vendor_id"], told, strict=True)), look


def _rows(cells: pd.DataFrame) -> dict[str, str]:
    each = cells[["criterion", "weight_share", "must_have"]].drop_duplicates("criterion")
    told = theme.labels(["\n".join(theme.wrap(_row_name(*row), 36, lines=3)) for row in each.itertuples(index=False)])
    return dict(zip(each["criterion"], told, strict=True))


def _row_name(criterion: str, weight_share: float, must_have: bool) -> str:
    template = _("{criterion} ({share}, a must)") if must_have else _("{criterion} ({share})")
    return template.format(criterion=criterion, share=percent(weight_share, 2))


def _drawn(cells: pd.DataFrame, names: dict[str, str], rows: dict[str, str]) -> pd.DataFrame:
    drawn = cells[["name", "criterion", "told", "goodness", "misses", "source"]].reset_index(drop=True)
    return drawn.assign(
        column=[names[key] for key in cells["vendor_id"]],
        row=[rows[key] for key in cells["criterion"]],
        goodness_told=[_("{points} of 100").format(points=exact(100 * share)) for share in cells["goodness"]],
    )


def _marks(drawn: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    tooltip = [
        alt.Tooltip("name:N", title=_("Vendor")),
        alt.Tooltip("criterion:N", title=_("Criterion")),
        alt.Tooltip("told:N", title=_("Value")),
        alt.Tooltip("goodness_told:N", title=_("On the criterion's own scale")),
        alt.Tooltip("source:N", title=_("Source")),
    ]
    met, missed = drawn[~drawn["misses"]], drawn[drawn["misses"]]
    shade = alt.Fill("goodness:Q", scale=alt.Scale(domain=[0, 1], range=[WORST, BEST], interpolate="rgb"), legend=None)
    return [
        alt.Chart(met).mark_rect(stroke=theme.GRID).encode(x=x, y=y, fill=shade, tooltip=tooltip),
        alt.Chart(missed).mark_rect(stroke=theme.MISSED, fill=MISSED).encode(x=x, y=y, tooltip=tooltip),
        alt.Chart(met).mark_text().encode(x=x, y=y, text="told:N"),
        alt.Chart(missed).mark_text(fontWeight="bold").encode(x=x, y=y, text="told:N"),
    ]


def _found(cells: pd.DataFrame) -> str:
    out = int(cells.loc[cells["misses"], "vendor_id"].nunique())
    if not out:
        return _("Every vendor meets the must-haves that its values are known for")
    return ngettext("{count} vendor misses a must-have", "{count} vendors miss a must-have", out).format(count=out)
