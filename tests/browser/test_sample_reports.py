"""The sample's reports in a real browser with no network, with text in them that tries to be more than text."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from workbench import resources

pytestmark = pytest.mark.browser

SAMPLE = resources.folder("sample_data") / "program_en"
CHARTS = {"requirements": 1, "prioritisation": 4, "business_case": 4}
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.com","x")',
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
)


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The sample with requirements whose titles try to be more than text."""
    program = tmp_path_factory.mktemp("program") / "hostile"
    shutil.copytree(SAMPLE, program)
    file = program / "requirements.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row, title in zip(rows, HOSTILE, strict=False):
        row["title"] = row["business_objective"] = row["department"] = title
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return program


@pytest.mark.parametrize("report", list(CHARTS))
def test_charts_are_drawn_and_hostile_text_stays_text(report, program, cli, visit, tmp_path):
    code, _printed, told = cli("report", report, "--program", program, "--out", tmp_path)
    assert code == 0, told
    address = (tmp_path / report / "report.html").as_uri()
    visit.page.goto(address)
    visit.page.wait_for_function(f"document.querySelectorAll('svg.marks').length >= {CHARTS[report]}")
    assert visit.errors == []
    assert visit.requests == [address]
    assert visit.page.evaluate("document.querySelectorAll('img[src=x], a[href*=example]').length") == 0
    if report != "business_case":
        shown = visit.page.evaluate("document.body.textContent")
        assert all(text in shown for text in HOSTILE)
