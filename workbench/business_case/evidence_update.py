"""Evidence: a measured figure updates an assumption by precision weighting, shown before and after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.distribution_families import Z
from workbench.business_case.distributions import Distribution, distributions
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program import formulas
from workbench.program.values import suggestion
from workbench.results import Result

Z_80 = 1.2815515655446004
"""Standard normal quantile of 90%: 80% of a normal distribution lies within so many standard deviations."""
COLUMNS = (
    "assumption_id",
    "name",
    "unit",
    "before",
    "sd_before",
    "estimate",
    "standard_error",
    "measurements",
    "weight",
    "after",
    "sd_after",
    "before_low",
    "before_high",
    "after_low",
    "after_high",
    "evidence",
)
TAILS = np.array([0.1, 0.9])
"""An 80% interval lies between these percentiles."""


@dataclass(frozen=True, eq=False)
class EvidenceUpdate(Result):
    """Assumptions before and after what was measured.

    Attributes
    ----------
    table : DataFrame
        assumption_id, name, unit, before (the base value), sd_before (0 where the table gives no range), estimate and
        standard_error (all its measurements taken together), measurements (how many), weight (of what was measured,
        from 0 to 1), after, sd_after, before_low, before_high, after_low, after_high (80% intervals of the assumption's
        documented distribution and of the new one) and evidence (kind of the last measurement that names one, else
        ""); a row for each assumption that was measured.
    assumptions : DataFrame
        The table ``assumptions`` with the measured ones brought up to date: normally distributed, base at the new
        value, low and high at its 5th and 95th percentile, evidence and source those of the measurement where it names
        them.
    """

    table: pd.DataFrame
    assumptions: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Each measured assumption before and after."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """Which assumptions moved, from where to where."""
        if self.table.empty:
            return _("Nothing was measured: all assumptions stay as they are.")
        told = _("{name} goes from {before} to {after}: what was measured weighs {weight}.")
        return " ".join(
            told.format(
                name=language.quoted(row["name"]),
                before=language.number(row["before"]),
                after=language.number(row["after"]),
                weight=language.percent(row["weight"]),
            )
            for row in self.table.to_dict("records")
        )


def update_assumptions(assumptions: pd.DataFrame, evidence: pd.DataFrame) -> EvidenceUpdate:
    """Weigh each assumption's base value and its measurements by their precision (normal prior, normal measurement).

    The prior's centre is the base value, which the plan was computed with; its standard deviation is that of the
    assumption's documented distribution between low and high. With precision 1 ÷ sd², the new value is the mean of
    base and estimates weighted by precision, and the precisions add up. An assumption without a range has no say of its
    own: the measurement replaces it. Results do not depend on the order of the measurements.

    Parameters
    ----------
    assumptions : DataFrame
        The table of this name.
    evidence : DataFrame
        assumption_id, estimate, standard_error (0 for an exact count); evidence and source where known. An assumption
        can be there more than once.

    Raises
    ------
    DataError
        With everything that is wrong in either table.

    Notes
    -----
    A. Gelman and others, *Bayesian Data Analysis*, 3rd edition, section 2.5.

    Examples
    --------
    >>> plan = pd.DataFrame({"assumption_id": ["share"], "low": [0.1], "base": [0.2], "high": [0.3],
    ...                      "distribution": ["uniform"]})
    >>> measured = pd.DataFrame({"assumption_id": ["share"], "estimate": [0.3], "standard_error": [0.2 / 12 ** 0.5]})
    >>> round(float(update_assumptions(plan, measured).table["after"].iloc[0]), 6)
    0.25
    """
    spreads = distributions(assumptions)
    measured = evidence.reindex(columns=["assumption_id", "estimate", "standard_error", "evidence", "source"])
    measured = measured.assign(assumption_id=measured["assumption_id"].astype(str).map(formulas.normalised))
    _check(measured, list(spreads))
    names = _described(assumptions)
    rows = [
        _updated(names[key], spreads[key], group)
        for key in measured["assumption_id"].unique()
        for group in [measured[measured["assumption_id"] == key]]
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return EvidenceUpdate(table, _brought_up_to_date(assumptions, table, measured))


def _described(assumptions: pd.DataFrame) -> dict[Any, dict[str, str]]:
    rows = assumptions.reindex(columns=["assumption_id", "name", "unit"]).astype(object).fillna("").to_dict("records")
    return {
        key: {"assumption_id": key, "name": row["name"] or key, "unit": row["unit"]}
        for row in rows
        for key in [formulas.normalised(str(row["assumption_id"]))]
    }


def _updated(described: dict[str, str], prior: Distribution, measured: pd.DataFrame) -> dict[str, Any]:
    estimate, error = _together(measured["estimate"].to_numpy(float), measured["standard_error"].to_numpy(float))
    deviation = prior.standard_deviation
    weight = 1.0 if deviation == 0 else deviation**2 / (deviation**2 + error**2)
    value = prior.base + weight * (estimate - prior.base)
    left = error if deviation == 0 else deviation * math.sqrt(1 - weight)
    before_low, before_high = prior.quantile(TAILS)
    return described | {
        "before": prior.base,
        "sd_before": deviation,
        "estimate": estimate,
        "standard_error": error,
        "measurements": len(measured),
        "weight": weight,
        "after": value,
        "sd_after": left,
        "before_low": float(before_low),
        "before_high": float(before_high),
        "after_low": value - Z_80 * left,
        "after_high": value + Z_80 * left,
        "evidence": _origin(measured).get("evidence", ""),
    }


def _together(estimates: Any, errors: Any) -> tuple[float, float]:
    """Several measurements as one; exact ones outweigh all others, and count alike."""
    exact = errors == 0
    if exact.any():
        return float(estimates[exact].mean()), 0.0
    precisions = 1 / errors**2
    return float(np.average(estimates, weights=precisions)), float(1 / math.sqrt(precisions.sum()))


def _brought_up_to_date(assumptions: pd.DataFrame, table: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    updated = assumptions.copy()
    keys = [formulas.normalised(key) for key in updated["assumption_id"].astype(str)]
    for row in table.to_dict("records"):
        at = updated.index[keys.index(row["assumption_id"])]
        reach = Z * row["sd_after"]
        new = {"base": row["after"], "low": row["after"] - reach, "high": row["after"] + reach}
        new |= {"distribution": "normal"} | _origin(measured[measured["assumption_id"] == row["assumption_id"]])
        for column, value in new.items():
            updated.loc[at, column] = value
    return updated


def _origin(measured: pd.DataFrame) -> dict[str, str]:
    """Kind of evidence and source of the last measurement that names them."""
    origin: dict[str, str] = {}
    for column in ("evidence", "source"):
        named = [str(value) for value in measured[column] if not pd.isna(value) and value != ""]
        origin |= {column: named[-1]} if named else {}
    return origin


def _check(measured: pd.DataFrame, known: list[str]) -> None:
    problems = []
    for key, estimate, error in zip(
        measured["assumption_id"], measured["estimate"], measured["standard_error"], strict=True
    ):
        if key not in known:
            found = _("What was measured of {name} updates no assumption.").format(name=language.quoted(key))
            problems.append(Problem(found, _("the id of an assumption"), suggestion(key, known)))
        if not math.isfinite(estimate):
            found = _("The measurement of {name} has no estimate.").format(name=language.quoted(key))
            problems.append(Problem(found, _("a number")))
        if not (math.isfinite(error) and error >= 0):
            found = _("The measurement of {name} has the standard error {error}.")
            told = found.format(name=language.quoted(key), error=error)
            problems.append(Problem(told, _("a number of 0 or more"), _("Write 0 for an exact count.")))
    if problems:
        raise DataError(problems)
