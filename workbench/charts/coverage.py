"""Which capabilities serve which objectives, and what is left alone."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import ngettext

ROW = 48


def objective_capability_map(
    counts: pd.DataFrame, *, finding: str = "", plotted: str = "", description: str = ""
) -> theme.Drawing:
    """Which capabilities serve which objectives: a cell for each pair with its number of requirements.

    Parameters
    ----------
    counts : DataFrame
        objective ("" where a requirement serves none), capability_label ("" where none is named), requirements (their
        number) and requirement_ids (their ids as text). Pairs that are missing are drawn as empty.
    finding, plotted, description : str
        Title, subtitle and text for screen readers; made from the frame when empty.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    ValueError
        When the frame has no rows.
    """
    theme.require_data(counts, ("objective", "capability_label", "requirements", "requirement_ids"))
    cells = _cells(counts)
    objectives, capabilities = _orphans_last(counts["objective"]), _orphans_last(counts["capability_label"])
    chart = theme.layered(_marks(cells, objectives, capabilities), height=ROW * len(objectives))
    finding = finding or _found(counts)
    plotted = plotted or _("Requirements by business objective and by CRM capability. Source: requirements.")
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted}")


def _orphans_last(names: pd.Series[str]) -> list[str]:
    found = names.drop_duplicates().tolist()
    return [name for name in found if name] + ([""] if "" in found else [])


def _cells(counts: pd.DataFrame) -> pd.DataFrame:
    """A row per pair of objective and capability, with 0 where no requirement is."""
    every = pd.MultiIndex.from_product(
        [_orphans_last(counts["objective"]), _orphans_last(counts["capability_label"])],
        names=["objective", "capability_label"],
    )
    cells = counts.set_index(["objective", "capability_label"])[["requirements", "requirement_ids"]].reindex(every)
    cells = cells.reset_index()
    cells["requirements"] = cells["requirements"].fillna(0).astype(int)
    cells["requirement_ids"] = cells["requirement_ids"].fillna("").astype(str)
    cells["orphan"] = (cells["objective"] == "") | (cells["capability_label"] == "")
    return cells


def _marks(cells: pd.DataFrame, objectives: list[str], capabilities: list[str]) -> list[alt.Chart]:
    rows = _objective_labels(objectives)
    columns, look = theme.column_labels([name or _("no capability named") for name in capabilities], 15)
    drawn = cells.assign(
        row=cells["objective"].map(dict(zip(objectives, rows, strict=True))),
        column=cells["capability_label"].map(dict(zip(capabilities, columns, strict=True))),
        ids=["\n".join(theme.wrap(ids, 60)) if ids else "–" for ids in cells["requirement_ids"]],
        told=[str(count) if count else "–" for count in cells["requirements"]],
    )
    x, y = _axes(rows, columns, look)
    tooltip = [
        alt.Tooltip("row:N", title=_("Objective")),
        alt.Tooltip("column:N", title=_("Capability")),
        alt.Tooltip("requirements:Q", title=_("Requirements"), format="d"),
        alt.Tooltip("ids:N", title=_("Which")),
    ]
    shade = alt.Scale(domain=[1, max(2, int(cells["requirements"].max()))], range=["#DCEBF5", "#5FA6D1"])
    filled, served = drawn["requirements"] > 0, ~drawn["orphan"]
    return [
        _cell_marks(drawn[~filled], x, y, tooltip, fill=theme.PAPER),
        _cell_marks(drawn[filled & ~served], x, y, tooltip, fill=theme.COST_LIGHT),
        _cell_marks(drawn[filled & served], x, y, tooltip).encode(
            fill=alt.Fill("requirements:Q", scale=shade, legend=None)
        ),
        alt.Chart(drawn[filled]).mark_text(fontSize=14, fontWeight="bold").encode(x=x, y=y, text="told:N"),
        alt.Chart(drawn[~filled]).mark_text(color=theme.QUIET).encode(x=x, y=y, text="told:N"),
    ]


def _cell_marks(drawn: pd.DataFrame, x: alt.X, y: alt.Y, tooltip: list[alt.Tooltip], **fill: Any) -> alt.Chart:
    cells: alt.Chart = alt.Chart(drawn).mark_rect(stroke=theme.GRID, **fill).encode(x=x, y=y, tooltip=tooltip)
    return cells


def _axes(rows: list[str], columns: list[str], look: dict[str, Any]) -> tuple[alt.X, alt.Y]:
    x = alt.X("column:N", scale=alt.Scale(domain=columns, paddingInner=0.04), axis=alt.Axis(**look))
    y_axis = alt.Axis(grid=False, **theme.row_labels())
    return x, alt.Y("row:N", scale=alt.Scale(domain=rows, paddingInner=0.06), axis=y_axis)


def _objective_labels(objectives: list[str]) -> list[str]:
    told = [name or _("serves no objective") for name in objectives]
    return theme.labels(["\n".join(theme.wrap(name, 27, lines=3)) for name in told])


def _found(counts: pd.DataFrame) -> str:
    orphans = int(counts.loc[counts["objective"] == "", "requirements"].sum())
    if not orphans:
        return _("Every requirement serves a business objective")
    return ngettext(
        "{count} requirement serves no business objective", "{count} requirements serve no business objective", orphans
    ).format(count=orphans)
