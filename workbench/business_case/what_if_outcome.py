"""What a business case comes to under a what-if, alone and beside the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.distribution_families import Numbers
from workbench.business_case.proportions import share_told
from workbench.business_case.s_curve import s_curve
from workbench.language import gettext as _
from workbench.results import Result

Figure: TypeAlias = tuple[str, str, float, str]
"""Code, name, value, and the value as a person reads it."""


@dataclass(frozen=True, eq=False)
class CaseOutcome(Result):
    """What a business case returns under a scenario.

    Attributes
    ----------
    npv : ndarray, shape (draws,)
        Net present value in each draw.
    payback : ndarray, shape (draws,)
        Months until the money is back for good; infinite where it is not within the horizon.
    base_npv, base_payback : float
        The same where every assumption is at the value about which it is spread.
    horizon_months : int
        Last month that counts.
    """

    npv: Numbers
    payback: Numbers
    base_npv: float
    base_payback: float
    horizon_months: int

    def percentile(self, share: float) -> float:
        """The net present value that this share of the draws stays below."""
        return float(np.quantile(self.npv, share))

    @property
    def p_positive(self) -> float:
        """Share of the draws with a net present value above zero."""
        return float((self.npv > 0).mean())

    @property
    def p_paid_back(self) -> float:
        """Share of the draws in which the money is back for good within the horizon."""
        return float(np.isfinite(self.payback).mean())

    @property
    def range_told(self) -> str:
        """Between what the net present value lies in 8 of 10 draws."""
        low, high = (language.money(self.percentile(share)) for share in (0.1, 0.9))
        return _("{low} to {high}").format(low=low, high=high)

    @property
    def payback_told(self) -> str:
        """In how many months the money is back, or that it is not."""
        if not np.isfinite(self.base_payback):
            return _("not in {count} months").format(count=self.horizon_months)
        return _("{count} months").format(count=language.number(self.base_payback))

    def curve(self) -> pd.DataFrame:
        """Share and amount: the net present value that each share of the draws stays below."""
        return s_curve(self.npv)

    def to_frame(self) -> pd.DataFrame:
        """figure, name, value and told (as a person reads it) for each figure."""
        money = [
            ("npv", _("Net present value"), self.base_npv),
            *((f"npv_p{round(100 * share)}", name, self.percentile(share)) for share, name in _percentiles()),
        ]
        shares = [
            ("p_npv_positive", _("Probability that the net present value is above zero"), self.p_positive),
            ("p_payback", _("Probability that the money is back within the horizon"), self.p_paid_back),
        ]
        rows: list[Figure] = [
            *((*row, language.money(row[2])) for row in money),
            *((*row, share_told(row[2])) for row in shares),
            ("payback_months", _("Payback"), self.base_payback, self.payback_told),
        ]
        return pd.DataFrame(rows, columns=["figure", "name", "value", "told"])

    @property
    def conclusion(self) -> str:
        """What the program is worth, and how often it gains."""
        told = _("The net present value is {npv}; it is above zero in {share} of the draws.")
        return told.format(npv=language.money(self.base_npv), share=share_told(self.p_positive))

    def beside(self, planned: CaseOutcome) -> str:
        """What the program is worth with changes, and how much that differs from the plan."""
        difference = self.base_npv - planned.base_npv
        if round(difference, 2) == 0:
            told = _("The net present value is {npv}, as planned; it is above zero in {share} of the draws.")
        elif difference > 0:
            told = _(
                "The net present value is {npv}, {amount} above the plan; it is above zero in {share} of the draws."
            )
        else:
            told = _(
                "The net present value is {npv}, {amount} below the plan; it is above zero in {share} of the draws."
            )
        npv, amount = language.money(self.base_npv), language.money(abs(difference))
        return told.format(npv=npv, amount=amount, share=share_told(self.p_positive))


def _percentiles() -> tuple[tuple[float, str], ...]:
    return (
        (0.1, _("Net present value, 10th percentile")),
        (0.5, _("Net present value, median")),
        (0.9, _("Net present value, 90th percentile")),
    )
