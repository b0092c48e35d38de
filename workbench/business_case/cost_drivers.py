"""The whole cost of a CRM program: a driver for each category, ready to fill in."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.business_case.categories import label
from workbench.business_case.driver_rows import Driver, Figure, assumption_rows, cost_rows
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

_MONEY_A_DAY, _MONEY_A_MONTH, _DAYS_A_MONTH = N_("currency a day"), N_("currency a month"), N_("days a month")
_PEOPLE, _DAYS, _MONTHS = N_("people"), N_("days"), N_("months")

FIGURES = (
    Figure("crm_users", N_("People who will use the CRM"), _PEOPLE),
    Figure("licence_fee", N_("Licence or subscription of a user in a month"), N_("currency a user and month")),
    Figure("infrastructure_purchase", N_("Servers, networks and devices bought at the start"), N_("currency")),
    Figure("hosting_month", N_("Hosting and communications in a month"), _MONEY_A_MONTH),
    Figure("customisation_days", N_("Days to fit the product to the firm"), _DAYS),
    Figure("developer_day", N_("Day of a developer"), _MONEY_A_DAY),
    Figure("systems_to_join", N_("Systems to join with the CRM"), N_("systems")),
    Figure("days_a_system", N_("Days to join one system"), N_("days a system")),
    Figure("integration_day", N_("Day of an integration specialist"), _MONEY_A_DAY),
    Figure("consultant_days", N_("Days of outside consultants and integrators"), _DAYS),
    Figure("consultant_day", N_("Day of an outside consultant"), _MONEY_A_DAY),
    Figure("key_users", N_("Business users who plan, test and accept"), _PEOPLE),
    Figure("key_user_days", N_("Days that each of them gives in a month"), N_("days a person and month")),
    Figure("user_day", N_("Day of a business user"), _MONEY_A_DAY),
    Figure("new_people", N_("People hired to run the CRM"), _PEOPLE),
    Figure("person_month", N_("Month of one of them, with social security"), N_("currency a person and month")),
    Figure("training_days", N_("Days of training for each user"), N_("days a person")),
    Figure("training_day", N_("Training of one person for one day"), N_("currency a person and day")),
    Figure("records_to_clean", N_("Customer records to be checked by hand"), N_("records")),
    Figure("minutes_a_record", N_("Minutes to check a record"), N_("minutes a record")),
    Figure("clerk_hour", N_("Hour of a clerk"), N_("currency an hour")),
    Figure("change_days", N_("Days of change management in a month"), _DAYS_A_MONTH),
    Figure("support_days", N_("Days of support and small improvements in a month"), _DAYS_A_MONTH),
    Figure("promotion_days", N_("Days in a month to tell what the CRM achieved"), _DAYS_A_MONTH),
    Figure("promotion_material", N_("Bulletins, meetings and the internal site in a month"), _MONEY_A_MONTH),
    Figure("build_months", N_("Months until the first version is in use"), _MONTHS),
)
"""The assumptions that the drivers are computed from."""

DRIVERS = (
    Driver("COST-01", N_("User licences or subscriptions"), "licences", "crm_users * licence_fee"),
    Driver(
        "COST-02",
        N_("Servers, networks and devices"),
        "infrastructure",
        "infrastructure_purchase",
        first=0,
        profile="one_off",
    ),
    Driver("COST-03", N_("Hosting and communications"), "infrastructure", "hosting_month"),
    Driver(
        "COST-04",
        N_("Fitting the product to the firm"),
        "customisation",
        "customisation_days * developer_day / build_months",
        last=12,
    ),
    Driver(
        "COST-05",
        N_("Joining the CRM with the firm's systems"),
        "integration_labour",
        "systems_to_join * days_a_system * integration_day / build_months",
        last=12,
    ),
    Driver(
        "COST-06",
        N_("Consultants and integrators"),
        "outside_specialists",
        "consultant_days * consultant_day / build_months",
        last=12,
    ),
    Driver(
        "COST-07",
        N_("Business users' time to plan, test and accept"),
        "business_users_time",
        "key_users * key_user_days * user_day",
        last=12,
    ),
    Driver("COST-08", N_("People hired to run the CRM"), "new_staff", "new_people * person_month"),
    Driver(
        "COST-09",
        N_("Training, and the users' days away from work"),
        "training",
        "crm_users * training_days * (training_day + user_day)",
        first=12,
        profile="one_off",
    ),
    Driver(
        "COST-10",
        N_("Checking customer records"),
        "data_clean_up",
        "records_to_clean * minutes_a_record / 60 * clerk_hour / build_months",
        last=12,
    ),
    Driver("COST-11", N_("Change management"), "change_management", "change_days * consultant_day", last=18),
    Driver("COST-12", N_("Support and small improvements"), "support", "support_days * developer_day", first=13),
    Driver(
        "COST-13",
        N_("Telling what the CRM achieved"),
        "continued_promotion",
        "promotion_days * user_day + promotion_material",
        first=13,
    ),
)
"""A line for each category; those spread over the months of the build end in month 12, to be changed with them."""


@dataclass(frozen=True, eq=False)
class CostDrivers(Result):
    """Rows to start the costs of a program from.

    Attributes
    ----------
    assumptions : DataFrame
        Rows of the table ``assumptions``: low, base and high are empty, since only the firm knows them. A program is
        not complete before every base has a figure.
    costs : DataFrame
        Rows of the table ``costs``.
    """

    assumptions: pd.DataFrame
    costs: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The lines: category (in words), name and formula."""
        return self.costs.assign(category=[label(code) for code in self.costs["category"]])[
            ["category", "name", "formula"]
        ]

    @property
    def conclusion(self) -> str:
        """How many lines there are, and how many figures they ask for."""
        told = _("{lines} cost lines cover {categories} categories; they ask for {figures} figures.")
        return told.format(
            lines=len(self.costs), categories=self.costs["category"].nunique(), figures=len(self.assumptions)
        )


def cost_drivers() -> CostDrivers:
    """A cost line for each category, with a formula over assumptions that wait for the firm's figures.

    Returns
    -------
    CostDrivers
        Names and units in the language in use; ids and formulas are the same in all of them.

    Examples
    --------
    >>> found = cost_drivers()
    >>> found.costs.set_index("cost_id").loc["COST-01", "formula"]
    'crm_users * licence_fee'
    """
    return CostDrivers(assumption_rows(FIGURES), cost_rows(DRIVERS))
