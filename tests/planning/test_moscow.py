"""MoSCoW with a cap on must."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.errors import DataError, SettingsError
from workbench.planning.moscow import CLASS_LABELS, moscow


def classes(*rows: tuple[str, float], ranks: list[float] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["class", "effort"])
    frame.insert(0, "requirement_id", [f"R{place + 1}" for place in range(len(frame))])
    return frame if ranks is None else frame.assign(rank=ranks)


def test_shares_are_of_what_is_planned():
    found = moscow(classes(("must", 60), ("should", 20), ("could", 20), ("wont", 900)))
    assert found.planned == 100
    assert found.table["share"].tolist()[:3] == [0.6, 0.2, 0.2]
    assert math.isnan(found.table["share"].iloc[3])
    assert found.table["requirements"].tolist() == [1, 1, 1, 1]
    assert found.is_within
    assert found.conclusion == "Must have takes 60% of the planned effort, within the 60% that it may take."


def test_all_must_is_told_how_much_is_too_much():
    found = moscow(classes(("must", 50), ("must", 30), ("must", 20), ranks=[1, 3, 2]))
    assert (found.excess, found.excess_out) == (pytest.approx(40), pytest.approx(100))
    assert found.candidates == ("R2", "R3")
    assert found.conclusion == (
        "Must have takes 100% of the planned effort, more than the 60% that it may take. Reclassify 40 of effort as "
        "should or could, or 100 as won't. Look first at R2 and R3. Could have takes 0%; DSDM finds about 20% "
        "sensible, to have something to leave out."
    )


@given(st.lists(st.tuples(st.sampled_from(list(CLASS_LABELS)), st.floats(0, 1000)), min_size=1), st.floats(0.1, 0.9))
def test_reclassifying_the_excess_brings_must_to_its_cap(rows, cap):
    assume(sum(effort for name, effort in rows if name != "wont") > 0.01)
    found = moscow(classes(*rows), cap)
    must = found.table.set_index("class").loc["must", "effort"]
    if found.is_within:
        assert must <= cap * found.planned * (1 + 1e-5) + 1e-9
    else:
        assert must - found.excess == pytest.approx(cap * found.planned)
        assert must - found.excess_out == pytest.approx(cap * (found.planned - found.excess_out), abs=1e-6)


def test_musts_without_a_rank_come_first_among_the_candidates():
    found = moscow(classes(("must", 50), ("must", 30), ("must", 20), ranks=[1, math.nan, 2]))
    assert found.candidates == ("R2", "R3")
    assert moscow(classes(("must", 5), ("should", 95), ranks=[1, 2])).candidates == ()


def test_all_that_is_wrong_is_told_at_once():
    wrong = classes(("must", math.nan), ("essential", 3), ("could", -1))
    wrong.loc[2, "requirement_id"] = "R1"
    with pytest.raises(DataError) as caught:
        moscow(wrong)
    assert len(caught.value.problems) == 4
    with pytest.raises(DataError, match="Nothing that takes effort"):
        moscow(classes(("must", 0), ("wont", 5)))
    for cap in (0, 1, math.nan):
        with pytest.raises(SettingsError, match="cap"):
            moscow(classes(("must", 1)), cap)
