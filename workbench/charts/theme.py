"""The one look of every chart: colours, sizes, fonts, number formats, titles, and how a chart gets into a notebook."""

from __future__ import annotations

import base64
import re
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

# jsonschema tries this import for a check that charts never use, and it takes 1.4 of the 1.9 s that Altair needs.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import altair as alt  # noqa: E402

from workbench import language  # noqa: E402
from workbench.charts import png  # noqa: E402
from workbench.language import gettext as _  # noqa: E402

if TYPE_CHECKING:
    import pandas as pd

Drawing: TypeAlias = alt.Chart | alt.LayerChart

VALUE = BENEFIT = "#0072B2"
COMPLEXITY = COST = "#E69F00"
URGENCY = "#CC79A7"
CONTEXT = "#8C8C8C"
REACHED = "#009E73"
MISSED = "#D55E00"
PALETTE = {
    "value": VALUE,
    "complexity": COMPLEXITY,
    "urgency": URGENCY,
    "context": CONTEXT,
    "reached": REACHED,
    "missed": MISSED,
}
"""The colour-blind safe palette of Okabe and Ito (2008) by role; for marks, not for letters."""

PAPER = "#FFFFFF"
INK = "#1A1A1A"
QUIET = "#595959"
VALUE_TEXT = BENEFIT_TEXT = "#0072B2"
COMPLEXITY_TEXT = COST_TEXT = "#8A5F00"
URGENCY_TEXT = "#A34D7D"
REACHED_TEXT = "#00734F"
MISSED_TEXT = "#B04E00"
TEXT_COLOURS = {
    "ink": INK,
    "quiet": QUIET,
    "value": VALUE_TEXT,
    "complexity": COMPLEXITY_TEXT,
    "urgency": URGENCY_TEXT,
    "reached": REACHED_TEXT,
    "missed": MISSED_TEXT,
}
"""The roles' colours for letters: dark enough to read on paper (at least 4.5 to 1)."""

SEVEN_SERIES = (VALUE, MISSED, REACHED, URGENCY, COMPLEXITY, "#56B4E9", INK)
"""Colours for the seven series that a chart may tell apart."""

BENEFIT_LIGHT = "#B3D5E8"
COST_LIGHT = "#F8E2B3"
GRID = "#E3E3E3"
FRAME = "#A6A6A6"
RANGE = "#B8B8B8"

FULL_WIDTH = 760
HALF_WIDTH = 370
SCALE = 2
TITLE_SIZE = 17
SUBTITLE_SIZE = 13
TEXT_SIZE = 12
# Arial, Liberation Sans and Arimo have equal letter widths, so a label fits alike in a browser and in the picture.
FONT = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"

# JupyterLab 4.6 runs Vega-Lite 5.6; this is the nearest that vl-convert carries.
VEGA_LITE_VERSION = "5.8"
VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
VEGA_LITE_MIME = "application/vnd.vegalite.v5+json"
_D3_LOCALES: dict[str, Literal["en-US", "es-ES"]] = {"en": "en-US", "es": "es-ES"}


def number_locale() -> dict[str, Any]:
    """Vega's ``formatLocale`` for the language in use, with the same separators as `workbench.language.number`.

    Examples
    --------
    >>> with language.using("es"):
    ...     number_locale()["decimal"], number_locale()["thousands"]
    (',', '.')
    """
    from babel.numbers import get_decimal_symbol, get_group_symbol, get_minus_sign_symbol

    locale = language.current().locale
    return {
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [3],
        "currency": ["", language.NO_BREAK_SPACE + language.symbol()],
        "minus": get_minus_sign_symbol(locale),
    }


def time_locale() -> dict[str, Any]:
    """Vega's ``timeFormatLocale`` for the language in use."""
    import vl_convert

    return dict(vl_convert.get_time_format_locale(_D3_LOCALES[language.current().code]))


def _embed_options() -> dict[str, Any]:
    # The editor's link would send the data to a public site, so the menu offers pictures only.
    return {
        "formatLocale": number_locale(),
        "timeFormatLocale": time_locale(),
        "actions": {"export": True, "source": False, "compiled": False, "editor": False},
        "i18n": {"PNG_ACTION": _("Save as PNG"), "SVG_ACTION": _("Save as SVG")},
    }


def _axis() -> dict[str, Any]:
    return {
        "labelColor": INK,
        "labelFontSize": TEXT_SIZE,
        "labelLimit": 400,
        "titleColor": QUIET,
        "titleFontSize": TEXT_SIZE,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "gridColor": GRID,
        "domainColor": FRAME,
        "tickColor": FRAME,
    }


def _legend() -> dict[str, Any]:
    return {
        "orient": "top",
        "direction": "horizontal",
        "title": None,
        "labelColor": INK,
        "labelFontSize": TEXT_SIZE,
        "labelLimit": 300,
        "symbolSize": 90,
        "symbolOpacity": 1,
    }


def _title() -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "bounds",
        "offset": 14,
        "color": INK,
        "fontSize": TITLE_SIZE,
        "fontWeight": "bold",
        "lineHeight": TITLE_SIZE + 5,
        "subtitleColor": QUIET,
        "subtitleFontSize": SUBTITLE_SIZE,
        "subtitleLineHeight": SUBTITLE_SIZE + 4,
        "subtitlePadding": 5,
    }


@alt.theme.register("workbench", enable=True)
def workbench_theme() -> alt.theme.ThemeConfig:
    """The look as a Vega-Lite configuration; read when a chart becomes a specification, so in the language of then."""
    look = {
        "usermeta": {"embedOptions": _embed_options()},
        "config": {
            "font": FONT,
            "background": PAPER,
            "padding": 6,
            "view": {"continuousWidth": FULL_WIDTH, "continuousHeight": 340, "stroke": None},
            "axis": _axis(),
            "legend": _legend(),
            "title": _title(),
            "text": {"fontSize": TEXT_SIZE, "color": INK, "lineBreak": "\n"},
            "range": {"category": list(SEVEN_SERIES)},
        },
    }
    return cast("alt.theme.ThemeConfig", look)


def has_data(frame: pd.DataFrame) -> bool:
    """Whether there is anything to draw; where there is not, show a sentence in place of the chart."""
    return len(frame) > 0


def require_data(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a frame that cannot be drawn.

    Raises
    ------
    ValueError
        When the frame has no rows, or a column is missing.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}; there are {', '.join(map(str, frame.columns))}")
    if not has_data(frame):
        raise ValueError("there are no rows to draw; ask has_data(frame) first and show a sentence instead")


def layered(marks: Sequence[alt.Chart | alt.LayerChart], *, height: float, width: float = 0) -> alt.LayerChart:
    """Marks drawn over one another.

    Parameters
    ----------
    marks : sequence of altair.Chart or altair.LayerChart
        From the lowest to the topmost.
    height : float
        Height of the plot.
    width : float
        Width of the plot; by default what makes the whole chart, labels included, as wide as a page.
    """
    chart = alt.LayerChart(layer=list(marks))
    if width:
        return chart.properties(width=width, height=height)
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    return chart.properties(width=FULL_WIDTH, height=height, autosize=fit)


def wrap(text: str, chars: int, lines: int | None = None) -> list[str]:
    """Break a text into lines of at most so many characters; with `lines`, cut what is longer and end it with ``…``.

    Examples
    --------
    >>> wrap("Product managers define their own campaigns", 20)
    ['Product managers', 'define their own', 'campaigns']
    >>> wrap("Product managers define their own campaigns", 20, lines=2)
    ['Product managers', 'define their own…']
    """
    return textwrap.wrap(text, chars, max_lines=lines, placeholder="…") or [""]


def titled(chart: Drawing, finding: str, plotted: str, description: str) -> Drawing:
    """The chart with its finding as title, what is plotted as subtitle, and a description for screen readers.

    Parameters
    ----------
    chart : altair.Chart or altair.LayerChart
        The drawing.
    finding : str
        What the chart shows, as a sentence.
    plotted : str
        What is plotted: unit, period and source.
    description : str
        What a person who cannot see the chart is told.

    Returns
    -------
    altair.Chart or altair.LayerChart
        A copy of the chart; long titles are wrapped to the full width.
    """
    title = alt.TitleParams(text=wrap(finding, _letters(TITLE_SIZE)), subtitle=wrap(plotted, _letters(SUBTITLE_SIZE)))
    return chart.properties(title=title, description=description)


def _letters(size: int) -> int:
    # Arial's letters are 0.45 of their size wide on average, and 0.56 in bold, which only titles are.
    return int(FULL_WIDTH / (size * (0.56 if size == TITLE_SIZE else 0.45)))


def labels(titles: Sequence[str]) -> list[str]:
    """Axis labels in place of the titles, told apart where two are equal.

    Examples
    --------
    >>> labels(["Training", "Licences", "Training"])
    ['Training', 'Licences', 'Training (2)']
    """
    given: dict[str, int] = {}
    told = []
    for title in titles:
        given[title] = given.get(title, 0) + 1
        told.append(title if given[title] == 1 else f"{title} ({given[title]})")
    return told


BROKEN_LABELS = r"split(datum.label, '\n')"
"""Vega expression for an axis whose labels hold line breaks."""
LABEL_LINE = 14


def row_labels() -> dict[str, Any]:
    """Axis properties for labels of up to three lines beside rows; Vega would centre their first line only."""
    lifts = [
        {"test": rf"length(split(datum.label, '\n')) == {lines}", "value": -(lines - 1) * LABEL_LINE / 2}
        for lines in (2, 3)
    ]
    return {
        "labelExpr": BROKEN_LABELS,
        "labelLineHeight": LABEL_LINE,
        "labelOffset": {"condition": lifts, "value": 0},
        "labelPadding": 8,
        "title": None,
        "ticks": False,
        "domain": False,
    }


def column_labels(names: Sequence[str], chars: int) -> tuple[list[str], dict[str, Any]]:
    """Labels above columns, wrapped and standing on one line, and the axis properties that go with them.

    Parameters
    ----------
    names : sequence of str
        What the columns are called.
    chars : int
        Most characters in a line.

    Returns
    -------
    (list of str, dict)
        The labels, all with as many line breaks, and keyword arguments for ``altair.Axis``.
    """
    wrapped = [wrap(_hyphenated(name, chars), chars) for name in names]
    most = max(len(lines) for lines in wrapped)
    told = labels(["\n".join([""] * (most - len(lines)) + lines) for lines in wrapped])
    return told, {
        "orient": "top",
        "labelExpr": BROKEN_LABELS,
        "labelLineHeight": LABEL_LINE,
        "labelAngle": 0,
        "labelPadding": 8 + (most - 1) * LABEL_LINE,
        "title": None,
        "ticks": False,
        "domain": False,
        "grid": False,
    }


def _hyphenated(text: str, chars: int) -> str:
    """The text with a hyphen where a word is too long for a line and has to be broken."""
    words = text.split()
    return " ".join(re.sub(f"(.{{{chars - 1}}})(?=..)", r"\1- ", word) if len(word) > chars else word for word in words)


def to_vega_lite_5(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification addressed to Vega-Lite 5, which is what JupyterLab runs."""
    return {**spec, "$schema": VEGA_LITE_SCHEMA}


def to_png(spec: dict[str, Any], scale: float = SCALE) -> bytes:
    """A specification as a picture, in the numbers and dates of the language that it was made in.

    Parameters
    ----------
    spec : dict
        From ``chart.to_dict()``.
    scale : float
        Picture points per pixel.
    """
    import vl_convert

    options = spec.get("usermeta", {}).get("embedOptions", {})
    picture = vl_convert.vegalite_to_png(
        spec,
        vl_version=VEGA_LITE_VERSION,
        scale=scale,
        allowed_base_urls=[],
        format_locale=options.get("formatLocale"),
        time_format_locale=options.get("timeFormatLocale"),
    )
    return png.repack(picture)


def title_of(spec: dict[str, Any]) -> str:
    """The title of a specification as one line."""
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    return text if isinstance(text, str) else " ".join(text)


def bundle(spec: dict[str, Any]) -> dict[str, Any]:
    """What a notebook keeps of a chart: the specification, a picture of it, and its title.

    There is no ``text/html``, which JupyterLab would prefer and which would load scripts from the network.
    """
    drawn = live(spec)
    picture = base64.b64encode(to_png(drawn[VEGA_LITE_MIME])).decode("ascii")
    return {**drawn, "image/png": picture}


def live(spec: dict[str, Any]) -> dict[str, Any]:
    """What a page that draws charts itself needs of one: no picture, which takes most of the time."""
    spec = to_vega_lite_5(spec)
    return {VEGA_LITE_MIME: spec, "text/plain": title_of(spec)}


def _render(spec: dict[str, Any], **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The bundle, and the size at which to show the picture, which has `SCALE` points a pixel."""
    shown = bundle(spec)
    width, height = png.size(base64.b64decode(shown["image/png"]))
    return shown, {"image/png": {"width": width // SCALE, "height": height // SCALE}}


alt.renderers.register("workbench", _render)
alt.renderers.enable("workbench")
