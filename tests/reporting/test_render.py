"""The page: one file, its own scripts only, and of the notebook what a reader needs."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import nbformat
import pytest

from workbench.reporting import parts, render
from workbench.reporting.manifest import Manifest
from workbench.reporting.outputs import CHART

RUN = Manifest("0123abcdef", "demo", "Cable", "en", {}, [], {}, {"python": "3.12"}, seed=7)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "mark": "bar",
    "description": 'Bars "fall" </script>',
}


def shown(part: parts.Part) -> nbformat.NotebookNode:
    return output({"text/html": str(part.html), "text/plain": part.text})


def output(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("display_data", data, metadata=metadata or {})


def page(*outputs: nbformat.NotebookNode, language: str = "en") -> str:
    cells = [
        nbformat.v4.new_markdown_cell("# Secret note"),
        nbformat.v4.new_code_cell("secret_code()", outputs=list(outputs)),
    ]
    return render.to_html(nbformat.v4.new_notebook(cells=cells), title="Demo", language=language, run=RUN)


class Scripts(HTMLParser):
    """Every script of a page that a browser would run, as the browser cuts it out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside, self.found = False, list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and not attrs:
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


@pytest.fixture(scope="module")
def charted() -> str:
    chart = output({CHART: SPEC, "image/png": PIXEL, "text/plain": "Bars"}, {"image/png": {"width": 380.4}})
    return page(chart, chart)


def test_code_and_notes_are_left_out() -> None:
    assert "secret" not in page(shown(parts.answer("Yes."))).lower()


def test_the_run_is_told_in_masthead_and_foot() -> None:
    html = page(shown(parts.masthead("Cable", "Business & case", date(2027, 3, 1), "EUR")), shown(parts.foot()))
    assert '<span class="cw-run-id">Run 0123abcdef</span>' in html
    assert '<span class="cw-run-facts">Manifest 0123abcdef · seed 7 · python 3.12</span>' in html
    assert "<title>Business &amp; case · Cable</title>" in html
    assert html.count("<style") == 1


def test_the_title_is_the_callers_without_a_masthead() -> None:
    assert "<title>Demo</title>" in page(language="es")
    assert '<html lang="es">' in page(language="es")


def test_prints_are_left_out_unless_the_cell_failed() -> None:
    stream = nbformat.v4.new_output("stream", text="printed <here>")
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no <b>", traceback=[])
    assert "printed" not in page(stream)
    assert "printed &lt;here&gt;" in page(stream, error)
    assert "ValueError: no &lt;b&gt;" in page(stream, error)


def test_panels_and_published_results_are_left_out() -> None:
    panel = output({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "IntSlider(value=7)"})
    published = output({"application/vnd.crm-workbench.results+json": {"npv": 1}, "text/plain": "npv: 1"})
    html = page(panel, published)
    assert "IntSlider" not in html
    assert "npv" not in html


def test_plain_outputs_are_escaped() -> None:
    assert '<pre class="cw-plain">&lt;b&gt;</pre>' in page(output({"text/plain": "<b>"}))
    assert "<script>bad" not in page(output({"text/markdown": "<script>bad()</script>"}))


def test_a_chart_keeps_its_picture_described_for_who_cannot_run_scripts(charted: str) -> None:
    assert charted.count('<img class="cw-still" alt="Bars &#34;fall&#34; &lt;/script&gt;" width="380" src="data:') == 2


def test_the_chart_library_is_in_the_page_once_and_only_with_charts(charted: str) -> None:
    assert len(Scripts(charted).found) == 2
    assert 500_000 < len(charted) < 1_500_000
    assert len(page(shown(parts.answer("Yes.")))) < 50_000


def test_the_policy_allows_these_scripts_by_hash_and_no_request(charted: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', charted)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].replace("&#39;", "'").split(";"))
    assert rules["default-src"] == "'none'"
    assert "'unsafe-inline'" not in rules["script-src"]
    assert not re.search(r"https?:|\*", policy[1])
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in Scripts(charted).found]
    assert [f"'sha256-{one}'" for one in hashes] == rules["script-src"].split()[:2]


def test_the_same_notebook_gives_the_same_page(charted: str) -> None:
    chart = output({CHART: SPEC, "image/png": PIXEL, "text/plain": "Bars"}, {"image/png": {"width": 380.4}})
    assert page(chart, chart) == charted


def test_ids_are_not_broken_at_their_hyphen_and_tags_are_left_alone() -> None:
    told = page(output({"text/html": '<p title="REQ-07">First REQ-07, A1-2 &amp; so-1</p><a href="x-REQ-08">y</a>'}))
    whole = '<span class="cw-whole">{}</span>'
    assert f'<p title="REQ-07">First {whole.format("REQ-07")}, {whole.format("A1-2")} &amp; so-1</p>' in told
    assert '<a href="x-REQ-08">y</a>' in told
