"""The page's parts: escaped HTML, and a text for terminals."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from workbench import language
from workbench.reporting import parts
from workbench.reporting.part import RUN_FACTS, RUN_ID, Part

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{0.__class__}"
DAY = date(2027, 3, 1)


def every_part(text: str) -> list[Part]:
    frame = pd.DataFrame({text: [text, None], "value": [1.5, float("nan")]})
    return [
        parts.masthead(text, text, DAY, text),
        parts.answer(text),
        parts.boxes([parts.Box(text, text, text, text)]),
        parts.section(text),
        parts.reading(text),
        parts.table(frame, labels={"value": text}, caption=text),
        parts.table(frame, collapsed=True, caption=text),
        parts.decisions([parts.Decision(text, text)]),
        parts.methods([parts.Method(text, "https://example.org/?q=" + text, text)], [text]),
        parts.foot(text),
        parts.notice(text),
        parts.warnings([text]),
    ]


@given(st.text(alphabet="<>&\"'{}%=/ abc", min_size=1))
def test_text_never_becomes_markup(text: str) -> None:
    plain = [re.sub(r"<style.*?</style>", "", part.html) for part in every_part("x")]
    for known, part in zip(plain, every_part(text), strict=True):
        html = re.sub(r"<style.*?</style>", "", part.html)
        assert re.findall(r"</?[a-z0-9]+", html) == re.findall(r"</?[a-z0-9]+", known)
        assert str(escape(text)) in html


def test_hostile_text_stays_text() -> None:
    for part in every_part(HOSTILE):
        assert "<script>alert" not in part.html
        assert "<img src=x" not in part.html
        assert HOSTILE in repr(part)


def test_parts_read_well_in_a_terminal() -> None:
    with language.using("en"):
        box = parts.Box("Net present value", "1.2 M €", "0.4 to 2.1 M €", "▲ more than the last run")
        assert repr(parts.masthead("Cable", "Business case", DAY, "EUR")) == (
            "Cable · Business case · data as of March 1, 2027 · EUR"
        )
        assert repr(parts.boxes([box])) == "Net present value: 1.2 M € (0.4 to 2.1 M €; ▲ more than the last run)"
        assert repr(parts.decisions([parts.Decision("Start?", "Else wait.")])).endswith("1. Start? (Else wait.)")
        assert repr(parts.evidence("before_after")) == "Evidence: before/after"


def test_a_table_aligns_heads_and_shows_no_nan() -> None:
    frame = pd.DataFrame(
        {
            "id": ["REQ-1", "REQ-2"],
            "value": [1234.5, float("nan")],
            "count": pd.array([3, pd.NA], dtype="Int64"),
            "on": pd.to_datetime(["2027-03-01", None]),
            "must": [True, False],
            "needs": [("a", "b"), ()],
        }
    )
    with language.using("en"):
        shown = parts.table(frame, labels={"value": "Value"}, formats={"value": language.exact}, caption="Needs")
    assert '<th scope="col" class="cw-num">Value</th>' in shown.html
    assert '<th scope="row" class="cw-short">REQ-1</th><td class="cw-num">1,234</td>' in shown.html
    assert "<caption>Needs</caption>" in shown.html
    assert repr(shown).splitlines() == [
        "Needs",
        "id     Value  count  on           must  needs",
        "REQ-1  1,234      3  Mar 1, 2027  yes   a, b",
        "REQ-2      –      –  –            no    –",
    ]
    assert not re.search(r"nan|NaT|NA|None", shown.html)


@pytest.mark.parametrize(
    ("rows", "asked", "folded"), [(12, None, False), (13, None, True), (1, True, True), (50, False, False)]
)
def test_long_tables_are_folded(rows: int, asked: bool | None, folded: bool) -> None:
    shown = parts.table(pd.DataFrame({"a": range(rows)}), caption="All", collapsed=asked)
    assert shown.html.startswith("<details") is folded
    assert (f"All ({rows} row" in shown.html) is folded


def test_an_empty_table_still_has_its_head() -> None:
    assert '<th scope="col">a</th>' in parts.table(pd.DataFrame({"a": pd.Series([], dtype=str)})).html.replace(
        ' class="cw-short"', ""
    )


def test_no_warning_shows_nothing() -> None:
    assert parts.warnings([]).html == ""


def test_places_for_the_run_are_left_where_no_text_can_make_them() -> None:
    assert RUN_ID in parts.masthead("a", "b", DAY, "EUR").html
    assert RUN_FACTS in parts.foot().html
    assert RUN_FACTS not in parts.answer(str(RUN_FACTS) + "x").html


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "JaVaScRiPt:x"])
def test_links_lead_to_the_web_only(link: str) -> None:
    with pytest.raises(ValueError, match="no address on the web"):
        parts.methods([parts.Method("m", link)])


def test_unknown_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="no evidence is called 'gut'"):
        parts.evidence("gut")  # type: ignore[arg-type]


def test_a_logo_is_held_in_the_page(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert 'src="data:image/svg+xml;base64,PHN2Zy' in parts.masthead("a", "b", DAY, "EUR", logo).html
    with pytest.raises(ValueError, match="is none of"):
        parts.masthead("a", "b", DAY, "EUR", tmp_path / "logo.exe")
