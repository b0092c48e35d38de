"""Cost lines by vendor: which count with one vendor, with none chosen, and which questions are refused."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.business_case.vendor_lines import in_case, of_vendor, with_own_lines
from workbench.errors import SettingsError


def lines(*owners: str) -> pd.DataFrame:
    return pd.DataFrame({"cost_id": [f"C{place}" for place in range(len(owners))], "vendor_id": list(owners)})


def ids(costs: pd.DataFrame) -> list[str]:
    return list(costs["cost_id"])


COSTS = lines("", "A", "B", "", "A")


@pytest.mark.parametrize(
    ("vendor", "expected"), [("A", ["C0", "C1", "C3", "C4"]), ("B", ["C0", "C2", "C3"]), ("NONE-YET", ["C0", "C3"])]
)
def test_a_vendor_has_the_common_lines_and_its_own(vendor: str, expected: list[str]) -> None:
    assert ids(of_vendor(COSTS, vendor, ["A", "B", "NONE-YET"])) == expected


def test_several_vendors_ask_for_a_choice() -> None:
    with pytest.raises(SettingsError, match="Several vendors have cost lines of their own: A and B") as caught:
        of_vendor(COSTS, None)
    assert "Choose a vendor" in str(caught.value)


def test_one_vendor_needs_no_choice() -> None:
    costs = lines("", "A")
    assert ids(of_vendor(costs, None)) == ["C0", "C1"]
    assert in_case(costs, None).vendor_id == "A"
    assert in_case(costs, None).conclusion == "The costs are those with vendor A."


def test_lines_of_nobody_need_no_choice() -> None:
    costs = lines("", "")
    chosen = in_case(costs, None)
    assert (ids(chosen.costs), chosen.vendor_id, chosen.left_out, chosen.conclusion) == (["C0", "C1"], None, (), "")
    without_column = costs[["cost_id"]]
    assert ids(of_vendor(without_column, None)) == ["C0", "C1"]


@pytest.mark.parametrize("vendor", ["C", "a", ""])
def test_an_unknown_vendor_is_refused_with_those_there_are(vendor: str) -> None:
    for method in (of_vendor, in_case):
        with pytest.raises(SettingsError, match=r"A.*B"):
            method(COSTS, vendor)


def test_without_a_choice_only_the_common_lines_count_and_it_is_told() -> None:
    chosen = in_case(COSTS, None)
    assert ids(chosen.costs) == ["C0", "C3"]
    assert chosen.waiting == ("A", "B")
    assert chosen.left_out == ("C1", "C2", "C4")
    assert chosen.conclusion == "No vendor is chosen: 3 cost lines that one vendor alone brings do not count (A and B)."


def test_with_a_choice_the_others_lines_are_counted_out() -> None:
    chosen = in_case(COSTS, "B")
    assert chosen.left_out == ("C1", "C4")
    assert chosen.conclusion == "The costs are those with vendor B. 2 cost lines of other vendors do not count."


@given(st.lists(st.sampled_from(["", "A", "B", "C"]), max_size=8), st.sampled_from(["A", "B", "C"]))
@settings(max_examples=50)
def test_no_line_is_lost_and_none_is_another_vendors(owners: list[str], vendor: str) -> None:
    chosen = in_case(lines(*owners), vendor, ["A", "B", "C"])
    assert set(chosen.costs["vendor_id"]) <= {"", vendor}
    assert sorted([*ids(chosen.costs), *chosen.left_out]) == ids(lines(*owners))
    assert with_own_lines(chosen.costs) == ((vendor,) if vendor in owners else ())
