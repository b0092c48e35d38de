"""What every fitted lifetime model has: parameters with their uncertainty, and what the data do not determine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from workbench import language
from workbench.customers.lifetime_fit import Maximum
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
ENDLESS = 100.0
"""A shape above this makes customers as good as alike."""

DEGENERATE = {
    "no_repeats": N_("Nobody ever bought again, so nothing can be said of repeat purchases."),
    "same_frequency": N_("All customers bought again equally often, so nothing tells how they differ."),
    "same_rate": N_("All customers seem to buy at the same rate: how they differ cannot be told."),
    "nobody_leaves": N_("Nobody seems to leave: how many leave cannot be told, only that they are few."),
    "same_leaving": N_("All customers seem equally likely to leave: how they differ cannot be told."),
    "all_leave": N_("All who do not buy at once seem to leave: how long they stay cannot be told."),
    "nobody_left": N_("Nobody left in the time observed, so nothing can be said of when they will."),
    "all_left_at_once": N_("All left in the first period, so nothing can be said of who stays longer."),
    "one_period": N_("Only one period was observed: how customers differ cannot be told."),
    "same_spend": N_("All customers seem to spend alike on average: how they differ cannot be told."),
    "one_spend": N_("Everybody spent the same amount, so nothing tells how it varies."),
    "no_spread": N_("Each customer's purchases seem to be of equal value: how they vary cannot be told."),
    "no_mean": N_("Some customers seem to spend without limit: the mean spend of a new customer does not exist."),
    "flat": N_("The data do not determine all parameters: very different ones fit as well."),
}
"""What makes the data say too little, by code."""


@dataclasses.dataclass(frozen=True, eq=False)
class LifetimeModel(Result):
    """A model of customers, fitted by maximum likelihood.

    Attributes
    ----------
    estimates : dict
        Parameter → estimate; NaN for all of them where nothing could be fitted (`degenerate` says why).
    covariance : ndarray
        Of the logs of the estimates, in their order: from the observed information, without what is undetermined.
    undetermined : tuple of str
        Parameters that the data do not determine; they have no standard error.
    degenerate : tuple of str
        Codes of `DEGENERATE`; empty for sound data.
    log_likelihood : float
        Of all customers.
    customers, rows : float, int
        How many the model was fitted to, and in how many distinct rows.
    converged : bool
        Whether the maximum was found.
    """

    NAMES: ClassVar[tuple[str, ...]] = ()

    estimates: dict[str, float]
    covariance: Floats
    undetermined: tuple[str, ...]
    degenerate: tuple[str, ...]
    log_likelihood: float
    customers: float
    rows: int
    converged: bool

    @classmethod
    def at(cls, *values: float) -> Self:
        """The model with parameters that are known, for example from a publication.

        Raises
        ------
        ValueError
            When there are not as many as `NAMES`, or one is not above 0.
        """
        if len(values) != len(cls.NAMES) or not min(values) > 0:
            raise ValueError(f"{cls.__name__} has {len(cls.NAMES)} parameters above 0: {', '.join(cls.NAMES)}")
        estimates = dict(zip(cls.NAMES, map(float, values), strict=True))
        return cls(estimates, np.zeros((len(values), len(values))), (), (), np.nan, 0.0, 0, True)

    @classmethod
    def from_maximum(cls, found: Maximum, degenerate: tuple[str, ...], customers: float, rows: int) -> Self:
        """The model at the largest likelihood."""
        undetermined = tuple(name for name, loose in zip(cls.NAMES, found.undetermined, strict=True) if loose)
        return cls(
            estimates=dict(zip(cls.NAMES, map(float, found.parameters), strict=True)),
            covariance=found.covariance,
            undetermined=undetermined,
            degenerate=degenerate or (("flat",) if undetermined else ()),
            log_likelihood=float(found.log_likelihood),
            customers=customers,
            rows=rows,
            converged=found.converged,
        )

    @classmethod
    def unfitted(cls, degenerate: str, customers: float, rows: int) -> Self:
        """The model of data that allow none; its figures are missing, and it says why."""
        size = len(cls.NAMES)
        nothing = np.full((size, size), np.nan)
        return cls(dict.fromkeys(cls.NAMES, np.nan), nothing, cls.NAMES, (degenerate,), np.nan, customers, rows, False)

    @property
    def parameters(self) -> tuple[float, ...]:
        """The estimates in the order of `NAMES`."""
        return tuple(self.estimates[name] for name in self.NAMES)

    @property
    def fitted(self) -> bool:
        """Whether there are estimates at all."""
        return all(np.isfinite(self.parameters))

    @property
    def standard_errors(self) -> dict[str, float]:
        """Parameter → standard error, by the delta method back from logs; NaN where it is undetermined."""
        errors = np.array(self.parameters) * np.sqrt(np.diag(self.covariance))
        return {
            name: np.nan if name in self.undetermined else float(error)
            for name, error in zip(self.NAMES, errors, strict=True)
        }

    def interval(self, confidence: float = CONFIDENCE) -> dict[str, tuple[float, float]]:
        """Parameter → ends of its interval, even in logs, where the likelihood is nearest to a normal one."""
        reach = float(ndtri((1 + confidence) / 2))
        ends = {}
        for name, error in self.standard_errors.items():
            estimate = self.estimates[name]
            factor = np.exp(reach * error / estimate)
            ends[name] = (float(estimate / factor), float(estimate * factor))
        return ends

    def drawn(self, count: int, seed: int) -> Iterator[Self]:
        """The model with parameters drawn from the normal distribution of their logs (scrambled Sobol points).

        Parameters
        ----------
        count : int
            A power of 2 spreads the points evenly.
        seed : int
            The same seed draws the same models.
        """
        variances, directions = np.linalg.eigh(self.covariance)
        root = directions * np.sqrt(np.maximum(variances, 0))
        points = qmc.Sobol(len(self.NAMES), scramble=True, rng=np.random.default_rng(seed)).random(count)
        logs = np.log(self.parameters) + ndtri(np.clip(points, 1e-12, 1 - 1e-12)) @ root.T
        for values in np.exp(logs):
            yield dataclasses.replace(self, estimates=dict(zip(self.NAMES, map(float, values), strict=True)))

    @property
    def remark(self) -> str:
        """What the data do not say, in words; empty for sound data."""
        told = [_(DEGENERATE[code]) for code in self.degenerate]
        if self.undetermined and self.fitted:
            told.append(
                _("Not determined: {names}. Intervals take them as they are, so they are too narrow.").format(
                    names=language.listed(list(self.undetermined))
                )
            )
        if not self.converged and self.fitted:
            told.append(_("The best fit was not found with certainty."))
        return " ".join(told)

    def told(self, finding: str) -> str:
        """The finding, and the remark behind it; the remark alone where nothing could be fitted."""
        return " ".join(part for part in (finding if self.fitted else "", self.remark) if part)

    def to_frame(self) -> pd.DataFrame:
        """Parameter, estimate, standard_error, low and high (95%)."""
        ends = self.interval()
        return pd.DataFrame(
            {
                "parameter": list(self.NAMES),
                "estimate": list(self.parameters),
                "standard_error": [self.standard_errors[name] for name in self.NAMES],
                "low": [ends[name][0] for name in self.NAMES],
                "high": [ends[name][1] for name in self.NAMES],
            }
        )


class PurchaseModel(LifetimeModel):
    """A model of when customers without a contract buy, and of when they silently leave; times are in weeks."""

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The probability that a customer is still one.

        Parameters
        ----------
        frequency, recency, age : array-like
            Repeat purchases; weeks from the first purchase to the last, and to today.
        """
        raise NotImplementedError

    def expected_purchases(self, weeks: ArrayLike) -> Floats:
        """Repeat purchases that a new customer is expected to make in so many weeks."""
        raise NotImplementedError

    def conditional_expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: ArrayLike
    ) -> Floats:
        """Purchases that a customer of this history is expected to make in the coming weeks."""
        raise NotImplementedError

    def discounted_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: float, rate: float
    ) -> Floats:
        """Purchases expected in the coming weeks, each discounted to today.

        Parameters
        ----------
        weeks : float
            Horizon.
        rate : float
            A week, compounded continuously: the log of 1 plus a yearly rate, over the weeks of a year.
        """
        raise NotImplementedError
