"""A calibrated logistic regression whose score every engine can compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FOLDS = 5
GROUPS = 10
# Weak enough not to move what the data know, strong enough for levels that nobody has.
PENALTY = 1.0
ALMOST_NONE = 1e-9


@dataclass(frozen=True)
class Score:
    """Logits as a weighted sum of features.

    Attributes
    ----------
    features : tuple of str
    weights : ndarray
        Of the features as they are.
    intercept : float
    """

    features: tuple[str, ...]
    weights: Floats
    intercept: float

    def logits(self, frame: pd.DataFrame) -> Floats:
        """The logits of a frame's rows."""
        found: Floats = frame[list(self.features)].to_numpy(float) @ self.weights + self.intercept
        return found

    def expression(self, table: ir.Table) -> Any:
        """The logits of a table's rows, as an expression of the engine."""
        total: Any = ibis.literal(self.intercept)
        for name, weight in zip(self.features, self.weights, strict=True):
            total = total + table[name] * float(weight)
        return total


@dataclass(frozen=True)
class Calibration:
    """Probabilities that rise with the logit in steps.

    Attributes
    ----------
    points : tuple of float
        Logits at which the steps begin, rising; what lies below the first is on the first step.
    chances : tuple of float
        Of the steps, rising.
    """

    points: tuple[float, ...]
    chances: tuple[float, ...]

    def of(self, logits: Floats) -> Floats:
        """The probabilities of logits."""
        at = np.searchsorted(np.array(self.points), logits, side="right") - 1
        found: Floats = np.array(self.chances)[np.maximum(at, 0)]
        return found

    def expression(self, logit: Any) -> Any:
        """The probabilities of logits, as an expression of the engine."""
        steps = [(logit >= point, chance) for point, chance in zip(self.points, self.chances, strict=True)]
        return ibis.cases(*reversed(steps), else_=self.chances[0])


@dataclass(frozen=True)
class Fitted:
    """What was learnt.

    Attributes
    ----------
    score : Score
        Logits, which put the customers in order.
    calibration : Calibration
        The probabilities that go with them.
    effects : DataFrame
        feature, effect (of one standard deviation on the logit), the strongest first.
    held_out : ndarray
        Calibrated probability of each row from a model that had not seen its customer, calibrated on others.
    """

    score: Score
    calibration: Calibration
    effects: pd.DataFrame
    held_out: Floats


def fitted(frame: pd.DataFrame, features: Sequence[str], weights: Floats) -> Fitted:
    """Learn who buys, and calibrate it on customers who were held out.

    Parameters
    ----------
    frame : DataFrame
        A row for each customer and product: customer_id, bought (0 or 1) and the features.
    features : sequence of str
        Their names.
    weights : ndarray
        Of the rows.

    Raises
    ------
    DataError
        When a fifth of the customers can be left out so that nobody bought, or everybody did.

    Notes
    -----
    B. Zadrozny and C. Elkan (2002), Transforming classifier scores into accurate multiclass probability estimates,
    *KDD*: isotonic regression, here on logits of customers who were held out in turn (five folds, by customer).
    """
    bought = frame["bought"].to_numpy(int)
    score = _regression(frame, features, bought, weights)
    held, fold = _held_out(frame, features, bought, weights)
    spread = frame[list(features)].to_numpy(float).std(axis=0)
    effects = pd.DataFrame({"feature": list(features), "effect": score.weights * spread})
    effects = effects.sort_values("effect", key=np.abs, ascending=False, kind="stable", ignore_index=True)
    return Fitted(score, calibrated(held, bought, weights), effects, _honest(held, fold, bought, weights))


def _held_out(
    frame: pd.DataFrame, features: Sequence[str], bought: Integers, weights: Floats
) -> tuple[Floats, Integers]:
    """Each row's logit from a model that has not seen its customer, and the fold that the customer is in."""
    customers = pd.factorize(frame["customer_id"], sort=True)[0]
    if len(np.unique(customers)) < FOLDS:
        raise _too_few()
    held, fold = np.empty(len(frame)), np.empty(len(frame), dtype=np.int64)
    for at, (rest, out) in enumerate(GroupKFold(FOLDS).split(frame, bought, customers)):
        part = _regression(frame.iloc[rest], features, bought[rest], weights[rest])
        held[out], fold[out] = part.logits(frame.iloc[out]), at
    return held, fold


def _too_few() -> DataError:
    found = _("Too few customers, or too few who bought or did not, to learn from.")
    return DataError(Problem(found, remedy=_("Allow more days, or more similar products.")))


def _regression(frame: pd.DataFrame, features: Sequence[str], bought: Integers, weights: Floats) -> Score:
    if bought.min() == bought.max():
        raise _too_few()
    values = frame[list(features)].to_numpy(float)
    middle, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > ALMOST_NONE, spread, 1.0)
    # Many rows and few features: Newton's steps need a dozen passes where others need a hundred.
    model = LogisticRegression(C=PENALTY, solver="newton-cholesky", tol=1e-8)
    model.fit((values - middle) / spread, bought, sample_weight=weights)
    slopes = model.coef_[0] / spread
    return Score(tuple(features), slopes, float(model.intercept_[0] - slopes @ middle))


def calibrated(logits: Floats, bought: Integers, weights: Floats) -> Calibration:
    """The rising steps that are nearest to who bought, each with one row more that bought as all did.

    With that row no step is at 0 or 1: what has never been seen is not impossible.

    Examples
    --------
    >>> calibrated(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 0, 1]), np.ones(4))
    Calibration(points=(1.0, 2.0, 4.0), chances=(0.25, 0.5, 0.75))
    """
    sums = pd.DataFrame({"logit": logits, "w": weights, "b": weights * bought}).groupby("logit")[["w", "b"]].sum()
    fit: Any = isotonic_regression(sums["b"] / sums["w"], weights=sums["w"])
    begins = fit.blocks[:-1]
    size = np.add.reduceat(sums["w"].to_numpy(float), begins)
    mean = float(sums["b"].sum() / sums["w"].sum())
    chances = np.maximum.accumulate((size * fit.x[begins] + mean) / (size + 1))
    return Calibration(tuple(map(float, sums.index[begins])), tuple(map(float, chances)))


def _honest(held: Floats, fold: Integers, bought: Integers, weights: Floats) -> Floats:
    """Held-out logits calibrated on the other folds, so that the table of reliability has seen none of its rows."""
    found = np.empty_like(held)
    for at in range(FOLDS):
        out = fold == at
        found[out] = calibrated(held[~out], bought[~out], weights[~out]).of(held[out])
    return found


def reliability(chances: Floats, bought: Integers, weights: Floats, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """What was expected beside what came true, by tenths of the rows.

    Returns
    -------
    DataFrame
        group (from 1), rows, bought, expected (mean probability), observed (share), low, high (Wilson, with as many
        rows as the weights are worth), inside (whether the expected is in the interval).

    Notes
    -----
    The effective number of weighted rows is L. Kish's (1965, *Survey Sampling*): (Σw)² ÷ Σw².
    """
    order = np.argsort(chances, kind="stable")
    rows = []
    for at, part in enumerate(np.array_split(order, GROUPS)):
        w, total = weights[part], weights[part].sum()
        size, observed = total**2 / (w**2).sum(), float(w @ bought[part] / total)
        low, high = wilson(observed * size, size, confidence)
        told = {"group": at + 1, "rows": len(part), "bought": int(bought[part].sum())}
        expected = float(w @ chances[part] / total)
        ends = {"low": float(low), "high": float(high)}
        rows.append({**told, "expected": expected, "observed": observed, **ends})
    table = pd.DataFrame(rows)
    return table.assign(inside=table["expected"].between(table["low"], table["high"]))
