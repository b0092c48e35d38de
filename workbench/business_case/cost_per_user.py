"""Cost per user: what the program costs for each of them over three years, and the published range."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import CashFlows, span
from workbench.business_case.categories import label
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

PUBLISHED_MONTHS = 36
PUBLISHED_LOW, PUBLISHED_HIGH = 15_000.0, 30_000.0
PUBLISHED_CURRENCY = "USD"
GARTNER = N_("Gartner: 15,000 to 30,000 US dollars for each CRM user over three years")


@dataclass(frozen=True, eq=False)
class CostPerUser(Result):
    """What the program costs for each user.

    Attributes
    ----------
    users : int
        How many people will use the CRM.
    horizon_months : int
        Last month that counts in the program.
    per_user : float
        In the program's currency, adjusted for risk.
    place : str
        below, within or above the published range; unknown where the horizon is shorter and the cost not above it.
    currency : str
        ISO 4217 code of the amounts.
    categories : DataFrame
        category, label and per_user of each cost category, the dearest first.
    """

    users: int
    horizon_months: int
    per_user: float
    place: str
    currency: str
    categories: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The categories."""
        return self.categories

    @property
    def months(self) -> int:
        """Over how many months, at most the published 36."""
        return min(self.horizon_months, PUBLISHED_MONTHS)

    @property
    def published(self) -> tuple[str, str]:
        """The ends of the published range, written in its own currency."""
        return language.money(PUBLISHED_LOW, PUBLISHED_CURRENCY), language.money(PUBLISHED_HIGH, PUBLISHED_CURRENCY)

    @property
    def reservations(self) -> tuple[str, ...]:
        """What to bear in mind when the cost is compared with the published range."""
        told = []
        if self.horizon_months > PUBLISHED_MONTHS:
            told.append(_("Only the first three years are counted."))
        if self.currency != PUBLISHED_CURRENCY:
            told.append(_("Only the numbers are compared, without converting the currency."))
        return tuple(told)

    @property
    def source(self) -> str:
        """Where the published range comes from."""
        return _(GARTNER)

    @property
    def conclusion(self) -> str:
        """The cost per user and where it lies."""
        places = {
            "below": _("below the published {low} to {high}"),
            "within": _("within the published {low} to {high}"),
            "above": _("above the published {low} to {high}"),
            "unknown": _("too short a time to compare with the published {low} to {high} over three years"),
        }
        low, high = self.published
        told = _("The program costs {amount} for each of {users} users over {span}: {place}.").format(
            amount=language.money(self.per_user, self.currency),
            users=language.exact(self.users),
            span=span(self.months),
            place=places[self.place].format(low=low, high=high),
        )
        return " ".join((told, *self.reservations))


def cost_per_user(flows: CashFlows, users: int, currency: str) -> CostPerUser:
    """What the program costs for each user over three years.

    Parameters
    ----------
    flows : CashFlows
        The program's flows; the costs of months 0 to 36 count.
    users : int
        How many people will use the CRM, 1 or more.
    currency : str
        ISO 4217 code of all amounts.

    Raises
    ------
    DataError
        When there are no users.

    Notes
    -----
    The range is Gartner's 15,000 to 30,000 US dollars for each CRM user over three years.

    Examples
    --------
    >>> from workbench.business_case.cash_flows import cash_flows
    >>> costs = pd.DataFrame({"cost_id": ["C-1"], "category": ["licences"], "formula": ["5000"]})
    >>> cost_per_user(cash_flows(costs, pd.DataFrame(), {}, 36), users=10, currency="USD").place
    'within'
    """
    if users < 1:
        found = _("The program has {count} users.").format(count=users)
        raise DataError(Problem(found, _("1 or more"), _("Correct users in the settings.")))
    amounts = flows.line_flows.loc[:, :PUBLISHED_MONTHS].sum(axis=1) / users
    is_cost = flows.lines["kind"] == "cost"
    by_category = amounts[is_cost].groupby(flows.lines.loc[is_cost, "category"]).sum().sort_values(ascending=False)
    per_user = float(by_category.sum())
    return CostPerUser(
        users=users,
        horizon_months=flows.horizon_months,
        per_user=per_user,
        place=_place(per_user, flows.horizon_months),
        currency=currency,
        categories=pd.DataFrame(
            {
                "category": list(by_category.index),
                "label": [label(str(code)) for code in by_category.index],
                "per_user": by_category.to_numpy(dtype=float),
            }
        ),
    )


def _place(per_user: float, horizon_months: int) -> str:
    """Where the cost lies; a short horizon can show too much, but not too little."""
    if per_user > PUBLISHED_HIGH:
        return "above"
    if horizon_months < PUBLISHED_MONTHS:
        return "unknown"
    return "below" if per_user < PUBLISHED_LOW else "within"
