"""The two streams of benefit: drivers of cheaper service and of customer value, and what is lost on the way."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.business_case.categories import label
from workbench.business_case.driver_rows import Driver, Figure, assumption_rows, benefit_rows, cost_rows
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

_SHARE, _SECONDS, _MONTHS, _MONEY = N_("share"), N_("seconds"), N_("months"), N_("currency")
_HOURLY = N_("currency an hour")

KEPT = "((1 - churn_after) / (1 + yearly_discount) ** (1 / 12))"
"""Chance to stay for another month, discounted: q of `customer_lifetime.lifetime_value`."""
SAVED_WORTH = f"customer_margin * (1 - {KEPT} ** value_months) / (1 - {KEPT})"
"""What a customer who stays is worth over the months that count: `lifetime_value` with the first margin now."""

FIGURES = (
    Figure("adoption", N_("Users who work with it, once it is known"), _SHARE),
    Figure("calls_a_month", N_("Calls that agents answer in a month"), N_("calls a month")),
    Figure("talk_seconds", N_("Talk time of a call today"), _SECONDS),
    Figure("seconds_saved", N_("Seconds saved in a call"), _SECONDS),
    Figure("agent_hour", N_("Hour of an agent"), _HOURLY),
    Figure("self_service_share", N_("Calls that self-service makes unnecessary"), _SHARE),
    Figure("self_service_cost", N_("Cost of a contact by self-service"), N_("currency a contact")),
    Figure("cases_a_month", N_("Cases that the back office handles in a month"), N_("cases a month")),
    Figure("minutes_saved", N_("Minutes saved in a case"), N_("minutes")),
    Figure("clerk_hour", N_("Hour of a clerk"), _HOURLY),
    Figure("customers", N_("Customers"), N_("customers")),
    Figure("customer_margin", N_("Margin of a customer in a month"), N_("currency a month")),
    Figure("churn_before", N_("Customers who leave in a month today"), N_("share a month")),
    Figure("churn_after", N_("Customers who will leave in a month"), N_("share a month")),
    Figure("yearly_discount", N_("Yearly discount rate, as in the settings"), N_("share a year")),
    Figure("value_months", N_("Months of a saved customer that count"), _MONTHS),
    Figure("contacts_a_month", N_("Campaign contacts in a month"), N_("contacts a month")),
    Figure("response_before", N_("Sales for each contact today"), N_("sales a contact")),
    Figure("lift", N_("How much more the better aimed contacts sell"), _SHARE),
    Figure("sale_margin", N_("Margin of a sale"), _MONEY),
    Figure("sale_discount", N_("Discount given on it"), _MONEY),
    Figure("offers_a_month", N_("Cross-selling offers in a month"), N_("offers a month")),
    Figure("extra_sales", N_("Additional sales for each offer"), N_("sales an offer")),
    Figure("product_margin", N_("Margin of one more product in a month"), N_("currency a month")),
    Figure("product_months", N_("Months that it is kept"), _MONTHS),
    Figure("learning_seconds", N_("Seconds that a call takes longer while agents learn"), _SECONDS),
    Figure("offer_cost", N_("Cost of the offer to a customer who would leave"), _MONEY),
    Figure("loyal_offers", N_("Offers to customers who would have stayed, for each one saved"), N_("offers")),
    Figure("extra_leavers", N_("Customers who leave in a month for being contacted more"), N_("share a month")),
)
"""The assumptions that the drivers are computed from."""

BENEFITS = (
    Driver(
        "BEN-01",
        N_("Shorter calls"),
        "cost_reduction",
        "calls_a_month * (1 - self_service_share) * adoption * seconds_saved / 3600 * agent_hour",
        first=13,
        profile="s_curve 12",
    ),
    Driver(
        "BEN-02",
        N_("Calls that self-service makes unnecessary"),
        "cost_reduction",
        "calls_a_month * self_service_share * (talk_seconds / 3600 * agent_hour - self_service_cost)",
        first=13,
        profile="s_curve 12",
    ),
    Driver(
        "BEN-03",
        N_("Faster cases in the back office"),
        "cost_reduction",
        "cases_a_month * adoption * minutes_saved / 60 * clerk_hour",
        first=13,
        profile="s_curve 12",
    ),
    Driver(
        "BEN-04",
        N_("Customers who do not leave"),
        "customer_value",
        f"customers * (churn_before - churn_after) * {SAVED_WORTH}",
        first=13,
        profile="s_curve 12",
    ),
    Driver(
        "BEN-05",
        N_("Better aimed campaigns"),
        "customer_value",
        "contacts_a_month * response_before * lift * (sale_margin - sale_discount)",
        first=13,
        profile="s_curve 12",
    ),
    Driver(
        "BEN-06",
        N_("Cross-selling to existing customers"),
        "customer_value",
        "offers_a_month * extra_sales * (product_margin * product_months - sale_discount)",
        first=13,
        profile="s_curve 12",
    ),
)
"""The benefit lines, with the ramp of their adoption."""

LOSSES = (
    Driver(
        "COST-21",
        N_("Lost: longer calls while agents learn"),
        "other",
        "calls_a_month * learning_seconds / 3600 * agent_hour",
        first=13,
        last=18,
    ),
    Driver(
        "COST-22",
        N_("Lost: offers to those who stay, and to those who would have stayed"),
        "other",
        "customers * (churn_before - churn_after) * (1 + loyal_offers) * offer_cost",
        first=13,
        profile="s_curve 12",
    ),
    Driver(
        "COST-23",
        N_("Lost: customers who leave for being contacted more"),
        "other",
        f"customers * extra_leavers * {SAVED_WORTH}",
        first=13,
    ),
)
"""Dis-benefits: a benefit that is lost is entered as a cost, since amounts are never negative."""


@dataclass(frozen=True, eq=False)
class ValueDrivers(Result):
    """Rows to start the benefits of a program from.

    Attributes
    ----------
    assumptions : DataFrame
        Rows of the table ``assumptions``: low, base and high are empty, since only the firm knows them.
    benefits : DataFrame
        Rows of the table ``benefits``: how much of each CRM causes (attribution) is left to fill in, and counts as all.
    losses : DataFrame
        Rows of the table ``costs``: what is lost on the way to the benefits.
    """

    assumptions: pd.DataFrame
    benefits: pd.DataFrame
    losses: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The benefits, then the losses: stream (in words), name and formula."""
        gained = self.benefits.assign(stream=[label(code) for code in self.benefits["stream"]])
        lost = self.losses.assign(stream=_("Lost benefit, entered as a cost"))
        return pd.concat([gained, lost], ignore_index=True)[["stream", "name", "formula"]]

    @property
    def conclusion(self) -> str:
        """How many lines there are, and how many figures they ask for."""
        told = _(
            "{benefits} benefit lines in two streams and {losses} lines of lost benefit ask for {figures} figures."
        )
        return told.format(benefits=len(self.benefits), losses=len(self.losses), figures=len(self.assumptions))


def value_drivers() -> ValueDrivers:
    """Benefit lines of both streams and lines of lost benefit, over assumptions that wait for the firm's figures.

    Returns
    -------
    ValueDrivers
        Names and units in the language in use; ids and formulas are the same in all of them.

    Examples
    --------
    >>> value_drivers().benefits["stream"].unique().tolist()
    ['cost_reduction', 'customer_value']
    """
    return ValueDrivers(assumption_rows(FIGURES), benefit_rows(BENEFITS), cost_rows(LOSSES))
