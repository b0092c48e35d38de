"""The value × complexity matrix: four fields, by thresholds that stand on the scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.language import gettext as _
from workbench.language import listed, ngettext
from workbench.language import mark as N_
from workbench.planning.exclusions import check_on_scale, reasons_not_scored
from workbench.planning.lenses import SHOWN
from workbench.planning.scoring import RequirementScores, readable
from workbench.results import Result


@dataclass(frozen=True)
class Field:
    """One field of the value × complexity matrix; label and advice are translated where they are shown."""

    name: str
    label: str
    advice: str
    high_value: bool
    high_complexity: bool


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("quick_win", N_("Quick win"), N_("Do these first: much value at little complexity."), True, False),
        Field("strategic", N_("Strategic"), N_("Plan these well and split them into releases."), True, True),
        Field("fill_in", N_("Fill-in"), N_("Do these when there is capacity to spare."), False, False),
        Field("reconsider", N_("Reconsider"), N_("Simplify these, or let them go."), False, True),
    )
}
"""The fields of the matrix by name: high value and low complexity first."""


@dataclass(frozen=True, eq=False)
class Matrix(Result):
    """The value × complexity matrix.

    Attributes
    ----------
    table : DataFrame
        requirement_id, title, department, value, complexity and field, in the requirements' order.
    threshold : float
        Index from which value and complexity count as high, on the scale of 0 to 100.
    left_out : dict
        Requirement id → why it is in no field, in the language in use when the matrix was made.
    """

    table: pd.DataFrame
    threshold: float
    left_out: dict[str, str]

    def to_frame(self) -> pd.DataFrame:
        """The requirements with their field, as in `table`."""
        return self.table.copy()

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements are in each field."""
        return {name: int((self.table["field"] == name).sum()) for name in FIELDS}

    @property
    def conclusion(self) -> str:
        """How many requirements are in each field, and in none."""
        counts = [f"{_(FIELDS[name].label)} {count}" for name, count in self.counts.items()]
        told = _("Requirements by field: {counts}.").format(counts=listed(counts))
        if self.left_out:
            told += " " + ngettext(
                "{count} is in no field, because it is not scored on both axes.",
                "{count} are in no field, because they are not scored on both axes.",
                len(self.left_out),
            ).format(count=len(self.left_out))
        return told

    def _repr_html_(self) -> str:
        return with_fields_told(self.conclusion, self.table)


def matrix(scores: RequirementScores, threshold: float = 50.0) -> Matrix:
    """Place each requirement in one of the four fields of value × complexity.

    The threshold stands on the scale itself, not on the median, so that a requirement keeps its field when others come
    or go.

    Parameters
    ----------
    scores : RequirementScores
        The indices.
    threshold : float
        Index, 0 to 100; at or above it is high. Both are compared as they are shown, with one decimal.

    Raises
    ------
    SettingsError
        When the threshold is off the scale.
    """
    check_on_scale("threshold", threshold)
    left_out = reasons_not_scored(scores.table, ("value", "complexity"))
    placed = scores.table.drop(index=list(left_out)).reset_index()
    placed["field"] = fields_of(placed, threshold)
    return Matrix(
        placed[["requirement_id", "title", "department", "value", "complexity", "field"]], float(threshold), left_out
    )


def fields_of(table: pd.DataFrame, threshold: float) -> np.ndarray:
    """The field of each row by its value and complexity; empty where one of them is not scored."""
    scored = table[["value", "complexity"]].notna().all(axis=1)
    shown = table[["value", "complexity"]].round(SHOWN)
    high_value, high_complexity = (shown[axis] >= round(threshold, SHOWN) for axis in shown)
    inside = [
        scored & (high_value == field.high_value) & (high_complexity == field.high_complexity)
        for field in FIELDS.values()
    ]
    return np.select(inside, list(FIELDS), default="").astype(object)


def with_fields_told(conclusion: str, table: pd.DataFrame) -> str:
    """A sentence and a table with a column ``field``, as HTML that people read."""
    from markupsafe import escape

    told = readable(table)
    told["field"] = [_(FIELDS[name].label) if name else _("not scored") for name in table["field"]]
    return f"<p>{escape(conclusion)}</p>{told.to_html(escape=True, index=False, border=0)}"
