"""What a page shows of a run notebook's outputs: each as HTML, or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from workbench.language import gettext as _
from workbench.reporting import attachments, kernel_side, results
from workbench.reporting.part import RUN_FACTS, RUN_ID, style, trusted

CHART = "application/vnd.vegalite.v5+json"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_NEVER_SHOWN = {attachments.MIME, results.MIME, kernel_side.PROBLEMS, _WIDGET}
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
_ID = re.compile(r"\b[A-Z][A-Z0-9]*-\d+\b")
_PLAIN = ("text/markdown", "text/latex", "text/plain")


def shown(notebook: NotebookNode, run_id: str, facts: str) -> list[Markup]:
    """The notebook's outputs in order, as HTML.

    Code, notes to the analyst, what was printed, published results and interactive panels are left out; an error and
    what was printed around it are shown.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A run notebook.
    run_id, facts : str
        What to write where the parts left room for the run's id, and for its versions and seed.
    """
    pieces = [piece for cell in notebook.cells for piece in _of_cell(cell.get("outputs", []))]
    return [_filled(piece, run_id, facts) for piece in pieces]


def has_charts(notebook: NotebookNode) -> bool:
    """Whether the notebook shows a chart that can be drawn live."""
    return any(CHART in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))


def _of_cell(outputs: Iterable[NotebookNode]) -> list[Markup]:
    outputs = list(outputs)
    failed = any(output.output_type == "error" for output in outputs)
    pieces = [_piece(output, failed) for output in outputs]
    return [piece for piece in pieces if piece]


def _piece(output: NotebookNode, failed: bool) -> Markup:
    if output.output_type == "stream":
        return _preformatted(output.text) if failed else Markup("")
    if output.output_type == "error":
        return _preformatted(f"{output.ename}: {output.evalue}")
    data = output.data
    if _NEVER_SHOWN & data.keys():
        return Markup("")
    if CHART in data:
        return _chart(data, output.metadata)
    return _other(data)


def _other(data: dict[str, Any]) -> Markup:
    if "text/html" in data:
        return trusted(_with_whole_ids(data["text/html"]))
    if "image/png" in data:
        return Markup('<figure class="cw-chart">{}</figure>').format(_picture(data, "", None))
    plain = next((data[kind] for kind in _PLAIN if kind in data), "")
    return _preformatted(plain) if plain else Markup("")


def _with_whole_ids(html: str) -> str:
    """The markup with every id, such as REQ-07, kept from being broken at its hyphen; tags stay as they are."""
    return _TEXT.sub(lambda text: _ID.sub(r'<span class="cw-whole">\g<0></span>', text[0]), html)


def _chart(data: dict[str, Any], metadata: dict[str, Any]) -> Markup:
    """The chart's picture, and its specification for the page's script to draw in the picture's place."""
    # Charts keep to Vega-Lite 5, which JupyterLab runs; the page brings a newer one, which would warn of the older.
    spec = {key: value for key, value in data[CHART].items() if key != "$schema"}
    # In a script block the browser reads until the next tag, so no tag may be in it.
    specification = json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c")
    width = metadata.get("image/png", {}).get("width")
    return Markup(
        '<figure class="cw-chart"><div class="cw-live" hidden></div>{}'
        '<script type="application/json">{}</script></figure>'
    ).format(_picture(data, _description(spec), width), trusted(specification))


def _picture(data: dict[str, Any], description: str, width: object) -> Markup:
    if "image/png" not in data:
        return Markup("<p>{}</p>").format(description or data.get("text/plain", ""))
    size = Markup(' width="{}"').format(round(float(width))) if isinstance(width, int | float) else Markup("")
    picture = "".join(data["image/png"].split())
    alt = description or data.get("text/plain", "") or _("Chart")
    return Markup('<img class="cw-still" alt="{}"{} src="data:image/png;base64,{}">').format(alt, size, picture)


def _description(spec: dict[str, Any]) -> str:
    title = spec.get("description") or spec.get("title") or ""
    text = title.get("text", "") if isinstance(title, dict) else title
    return " ".join(text) if isinstance(text, list) else str(text)


def _preformatted(text: str) -> Markup:
    return Markup('<pre class="cw-plain">{}</pre>').format(text)


def _filled(piece: Markup, run_id: str, facts: str) -> Markup:
    """The piece with the run's facts in their places, and without the style, which the page's head holds."""
    html = str(piece).replace(str(style()), "")
    html = html.replace(str(RUN_ID), str(_in_place(RUN_ID, run_id)))
    return trusted(html.replace(str(RUN_FACTS), str(_in_place(RUN_FACTS, facts))))


def _in_place(place: Markup, text: str) -> Markup:
    return trusted(str(place).replace("></", ">{}</")).format(text)
