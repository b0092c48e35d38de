"""Baselines: read back as they were frozen, and refused once changed."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from workbench import resources
from workbench.business_case.baseline import freeze, read_baseline, read_baselines
from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.returns import returns
from workbench.errors import DataError
from workbench.program.store import Program

DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, ...]:
    program = Program.open(resources.folder("sample_data") / "program_es")
    return program.tables("costs", "benefits", "assumptions")


@pytest.fixture(scope="module")
def text(tables: tuple[pd.DataFrame, ...]) -> str:
    terms: dict[str, Any] = {"horizon_months": 36, "discount_rate": 0.1}
    return freeze(*tables, gate_id="GATE-1", name="Piloto", frozen_on=DAY, month=2, **terms)


def test_it_is_read_back_as_it_was(tables: tuple[pd.DataFrame, ...], text: str) -> None:
    baseline = read_baseline(text)
    for kept, table in zip((baseline.costs, baseline.benefits, baseline.assumptions), tables, strict=True):
        pd.testing.assert_frame_equal(kept, table, check_dtype=False)
        assert kept.dtypes.astype(str).tolist() == table.dtypes.astype(str).tolist()
    costs, benefits, assumptions = tables
    promised = returns(cash_flows(costs, benefits, base_values(assumptions), 36), 0.1)
    assert (baseline.gate_id, baseline.month, baseline.frozen_on) == ("GATE-1", 2, DAY)
    assert baseline.npv == pytest.approx(promised.npv, rel=0, abs=1e-6)
    assert "“Piloto”" in baseline.conclusion


def test_the_seal_is_the_hash_of_the_content(text: str) -> None:
    sealed = json.loads(text)
    plain = json.dumps(sealed["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert read_baseline(text).sha256 == hashlib.sha256(plain.encode()).hexdigest()


def changed(text: str, change: Any, reseal: bool = False) -> str:
    sealed = json.loads(text)
    change(sealed["content"])
    if reseal:
        plain = json.dumps(sealed["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        sealed["sha256"] = hashlib.sha256(plain.encode()).hexdigest()
    return json.dumps(sealed)


CHANGES = {
    "promise": lambda content: content.update(npv=content["npv"] * 0.9),
    "rate": lambda content: content.update(discount_rate=0.11),
    "assumption": lambda content: content["assumptions"][0].update(base=1.0),
    "formula": lambda content: content["costs"][0].update(formula="0"),
    "line": lambda content: content["benefits"].pop(),
    "day": lambda content: content.update(frozen_on="2026-10-01"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_one_is_refused(text: str, change: str) -> None:
    with pytest.raises(DataError, match="GATE-1 was changed after it was frozen"):
        read_baseline(changed(text, CHANGES[change]))


def test_a_seal_noted_elsewhere_tells_of_a_new_seal(text: str) -> None:
    noted = read_baseline(text).sha256
    forged = changed(text, CHANGES["promise"], reseal=True)
    assert read_baseline(text, noted).sha256 == noted
    assert read_baseline(forged).npv < read_baseline(text).npv
    with pytest.raises(DataError, match=f"has the seal .*, and the one that was noted is {noted}"):
        read_baseline(forged, noted)


def test_layout_alone_is_no_change(text: str) -> None:
    assert read_baseline(changed(text, lambda content: None)).npv == read_baseline(text).npv


LISTED = '{"content": ["format", "gate_id", "frozen_on", "costs", "benefits", "assumptions"], "sha256": ""}'


@pytest.mark.parametrize(
    "other",
    [
        "",
        "{}",
        "[]",
        "3",
        '{"content": {}, "sha256": ""}',
        '{"content": 1}',
        "not JSON",
        pytest.param("[" * 100_000, id="deep"),
        pytest.param(LISTED, id="listed"),
    ],
)
def test_other_texts_are_no_baselines(other: str) -> None:
    with pytest.raises(DataError, match="not the baseline of a gate"):
        read_baseline(other)


@pytest.mark.parametrize(
    "change",
    [{"frozen_on": "soon"}, {"costs": 3}, {"benefits": ["B-1"]}, {"more": 1}],
    ids=["day", "table", "row", "key"],
)
def test_a_plan_that_somebody_wrote_and_sealed_is_refused_where_it_is_none(text: str, change: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="not the baseline of a gate"):
        read_baseline(changed(text, lambda content: content.update(change), reseal=True))


def test_each_gate_has_its_own_baseline(text: str) -> None:
    assert read_baselines({"GATE-1": text})["GATE-1"].npv == read_baseline(text).npv
    with pytest.raises(DataError) as refused:
        read_baselines({"GATE-1": text, "GATE-2": text, "GATE-3": "torn"})
    assert [problem.found for problem in refused.value.problems] == [
        "What is kept for gate GATE-3: This text is not the baseline of a gate.",
        "What is kept for gate GATE-2 is the baseline of gate GATE-1.",
    ]


def test_a_later_format_is_told(text: str) -> None:
    with pytest.raises(DataError, match="format 2"):
        read_baseline(changed(text, lambda content: content.update(format=2), reseal=True))


def test_a_noted_seal_is_compared_as_people_copy_it(text: str) -> None:
    noted = read_baseline(text).sha256
    assert read_baseline(text, f" {noted.upper()}\n").sha256 == noted
    with pytest.raises(DataError, match="the one that was noted is abc"):
        read_baseline(text, "abc")


def test_the_promise_is_sealed_rounded_so_that_all_processors_agree(text: str) -> None:
    npv = json.loads(text)["content"]["npv"]
    assert npv == round(npv, 6)
