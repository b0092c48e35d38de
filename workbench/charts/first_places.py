"""How firm the first place is: in what share of weightings each vendor comes first."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbench.charts import theme
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning.rank_acceptability import share_told

ROW = 54
SERIES = {
    "first_share": (N_("Around the given weights"), theme.VALUE),
    "first_share_any": (N_("All weightings alike"), theme.RANGE),
}
"""Name and colour of each bar, by its column."""


def first_places(
    vendors: pd.DataFrame, finding: str, *, clear: float = 0.8, plotted: str = "", description: str = ""
) -> theme.Drawing:
    """The share of weightings in which each vendor comes first: around the given weights, and over all weightings.

    Parameters
    ----------
    vendors : DataFrame
        name, first_share and first_share_any (0 to 1), in the order in which to draw.
    finding : str
        Title.
    clear : float
        Share from which a lead counts as clear; drawn as a line.
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
    theme.require_data(vendors, ["name", *SERIES])
    rows = theme.labels(["\n".join(theme.wrap(name, 30, lines=2)) for name in vendors["name"]])
    drawn = pd.concat([_of_series(vendors, rows, column) for column in SERIES], ignore_index=True)
    chart = theme.layered([*_bars(drawn, rows), *_line(clear)], height=ROW * len(rows))
    plotted = plotted or _(
        "Share of weightings drawn at random in which the vendor comes first; dashed: a lead counts as clear. "
        "Source: vendor_scores."
    )
    told = "; ".join(f"{name} {share}" for name, share in zip(drawn["name"], drawn["told"], strict=True))
    return theme.titled(chart, finding, plotted, description or f"{finding} {plotted} {told}")


def _of_series(vendors: pd.DataFrame, rows: list[str], column: str) -> pd.DataFrame:
    shares: list[float] = vendors[column].astype(float).tolist()
    return pd.DataFrame(
        {
            "name": vendors["name"].to_numpy(),
            "row": rows,
            "share": shares,
            "told": [share_told(share) for share in shares],
            "series": _(SERIES[column][0]),
        }
    )


def _bars(drawn: pd.DataFrame, rows: list[str]) -> list[alt.Chart]:
    names = [_(name) for name, _colour in SERIES.values()]
    colours = [colour for _name, colour in SERIES.values()]
    axis = alt.Axis(format=".0%", values=[0, 0.2, 0.4, 0.6, 0.8, 1], title=_("Share of weightings"), domain=False)
    base = alt.Chart(drawn).encode(
        x=alt.X("share:Q", scale=alt.Scale(domain=[0, 1.08], nice=False), axis=axis),
        y=alt.Y("row:N", scale=alt.Scale(domain=rows, paddingInner=0.3), axis=alt.Axis(**theme.row_labels())),
        yOffset=alt.YOffset("series:N", scale=alt.Scale(domain=names)),
    )
    return [
        base.mark_bar().encode(
            color=alt.Color("series:N", scale=alt.Scale(domain=names, range=colours)),
            tooltip=[
                alt.Tooltip("name:N", title=_("Vendor")),
                alt.Tooltip("series:N", title=_("Weightings")),
                alt.Tooltip("told:N", title=_("First in")),
            ],
        ),
        base.mark_text(align="left", dx=5).encode(text="told:N"),
    ]


def _line(clear: float) -> list[alt.Chart]:
    line = alt.Chart(pd.DataFrame({"clear": [clear]})).mark_rule(color=theme.QUIET, strokeDash=[5, 4])
    return [line.encode(x="clear:Q")]
