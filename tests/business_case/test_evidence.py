"""Evidence of the assumptions, counted."""

from __future__ import annotations

import pandas as pd

from workbench.business_case.evidence import NOT_STATED, evidence_counts

KINDS = ("randomised", "matched", "opinion")


def test_what_is_not_stated_is_no_opinion() -> None:
    assumptions = pd.DataFrame({"evidence": ["opinion", "", "matched", ""]})
    assert list(evidence_counts(assumptions, KINDS).items()) == [("matched", 1), ("opinion", 1), (NOT_STATED, 2)]


def test_no_assumptions() -> None:
    assert evidence_counts(pd.DataFrame({"evidence": []}, dtype=str), KINDS) == {}
