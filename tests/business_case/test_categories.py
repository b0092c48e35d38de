"""Every category that a program can name has a label."""

from __future__ import annotations

from workbench.business_case.categories import LABELS
from workbench.program.tables import COST_CATEGORIES, STREAMS


def test_every_category_and_stream_has_a_label() -> None:
    assert set(LABELS) == {*COST_CATEGORIES, *STREAMS}
