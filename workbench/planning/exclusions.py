"""Why a lens leaves a requirement out, told to people."""

from __future__ import annotations

import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed, number
from workbench.planning.lens_formulas import EQUAL, Weights
from workbench.planning.lenses import RICE_LABELS, Lens
from workbench.planning.scoring import AXIS_LABELS, RISK_REDUCTION, SAME, axes_not_scored


def left_out(table: pd.DataFrame, lens: Lens, ceiling: float, weights: Weights = EQUAL) -> dict[str, str]:
    """Requirement id → why the lens does not rank it, in the table's order.

    Parameters
    ----------
    table : DataFrame
        From `workbench.planning.lenses.prepare`.
    lens : Lens
        The lens.
    ceiling : float
        Highest complexity that a lens with a ceiling lets in.
    weights : mapping
        Of value, urgency and simplicity, for a weighted lens.
    """
    needs = lens.needed(weights)
    reasons = _reasons_no_figure(table, [name for name in RICE_LABELS if name in needs])
    reasons |= _reasons_no_vote(table) if "moscow" in needs else {}
    axes = [name for name in (*needs, *lens.takes) if name in AXIS_LABELS]
    reasons |= reasons_not_scored(table, [axis for axis in axes if axis != RISK_REDUCTION or axis in table.columns])
    if lens.has_ceiling:
        reasons |= reasons_too_complex(table, ceiling)
    return {str(identifier): reasons[identifier] for identifier in table.index if identifier in reasons}


def check_on_scale(name: str, value: float) -> None:
    """Hold a parameter to the scale of the indices.

    Raises
    ------
    SettingsError
        When it is not from 0 to 100.
    """
    if not 0 <= value <= 100:
        raise SettingsError(
            Problem(
                _("{name} is {value}.").format(name=name, value=value),
                _("a number from 0 to 100"),
                _("Correct {name}.").format(name=name),
            )
        )


def reasons_not_scored(table: pd.DataFrame, needs: list[str] | tuple[str, ...]) -> dict[str, str]:
    """The requirements that lack an index on one of these axes, with the sentence that says which."""
    return {
        identifier: _("It is not scored on {axes}.").format(axes=listed([_(AXIS_LABELS[axis]) for axis in axes]))
        for identifier, axes in axes_not_scored(table, needs).items()
    }


def reasons_too_complex(table: pd.DataFrame, ceiling: float) -> dict[str, str]:
    """The requirements above the complexity ceiling, with the sentence that says so."""
    above = table.loc[table["complexity"] > ceiling + SAME, "complexity"]
    reasons = {}
    for identifier, complexity in above.items():
        found, limit = told_apart(complexity, ceiling)
        reasons[str(identifier)] = _("Its complexity, {found}, is above the ceiling of {limit}.").format(
            found=found, limit=limit
        )
    return reasons


def told_apart(one: float, other: float) -> tuple[str, str]:
    """Both figures, with as many digits as it takes to see that they differ."""
    figures = ((number(one, digits), number(other, digits)) for digits in range(3, 10))
    return next((pair for pair in figures if pair[0] != pair[1]), (str(one), str(other)))


def _reasons_no_figure(table: pd.DataFrame, names: list[str]) -> dict[str, str]:
    """The requirements that lack a figure of RICE, or whose effort is zero, which nothing can be divided by."""
    reasons = {}
    for identifier, row in table.reindex(columns=names).astype(float).iterrows():
        lacking = [_(RICE_LABELS[name]) for name in names if pd.isna(row[name])]
        if lacking:
            reasons[str(identifier)] = _("There is no figure for its {names}.").format(names=listed(lacking))
        elif names and not row["effort_months"] > 0:
            reasons[str(identifier)] = _("Its effort is zero.")
    return reasons


def _reasons_no_vote(table: pd.DataFrame) -> dict[str, str]:
    voted = table["moscow"] if "moscow" in table.columns else pd.Series("", index=table.index)
    return {str(identifier): _("Nobody has voted on its class.") for identifier in table.index[voted == ""]}
