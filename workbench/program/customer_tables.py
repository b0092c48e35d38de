"""The customer tables: every large table, column, bound and reference, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.language import mark as N_
from workbench.program.columns import Column, Kind, Table


@dataclass(frozen=True)
class CustomerColumn(Column):
    """A column of a customer table.

    Attributes
    ----------
    moment : bool
        Whether a date comes with its time of day.
    past : bool
        Whether its dates cannot be later than the date of the data.
    """

    moment: bool = False
    past: bool = False


@dataclass(frozen=True)
class CustomerTable(Table):
    """A customer table; its columns are `CustomerColumn`.

    Attributes
    ----------
    strict : bool
        Whether people write it, so that anything wrong in it is fatal. Rows of the other tables, which systems write,
        are left out and counted.
    attributes : bool
        Whether further columns of the source are kept.
    """

    strict: bool = False
    attributes: bool = False


def _text(name: str, help: str, **more: Any) -> CustomerColumn:
    return CustomerColumn(name, help, **more)


def _key(name: str, help: str, **more: Any) -> CustomerColumn:
    return CustomerColumn(name, help, required=True, **more)


def _number(name: str, help: str, **more: Any) -> CustomerColumn:
    return CustomerColumn(name, help, kind=Kind.NUMBER, **more)


def _amount(name: str, help: str, **more: Any) -> CustomerColumn:
    return _number(name, help, minimum=0, unit="currency", **more)


def _day(name: str, help: str, **more: Any) -> CustomerColumn:
    return CustomerColumn(name, help, kind=Kind.DATE, **more)


def _moment(name: str, help: str) -> CustomerColumn:
    return _day(name, help, required=True, moment=True, past=True)


def _customer(help: str = N_("The customer")) -> CustomerColumn:
    return _key("customer_id", help, refers_to="customers")


def _campaign() -> CustomerColumn:
    return _key("campaign_id", N_("The campaign"), refers_to="campaigns")


_ALL = (
    CustomerTable(
        "customers",
        N_("Who the customers are"),
        (
            _key("customer_id", N_("Id of the customer")),
            _day("joined_on", N_("When they became a customer"), past=True),
        ),
        ("customer_id",),
        attributes=True,
    ),
    CustomerTable(
        "products",
        N_("What is sold"),
        (
            _key("product_id", N_("Id of the product")),
            _text("name", N_("Name of the product")),
            _text("family", N_("Family that it belongs to")),
            _amount("price", N_("Price of one")),
            _number("unit_margin", N_("Margin of one"), unit="currency"),
            _day("launched_on", N_("When it was first sold")),
        ),
        ("product_id",),
        strict=True,
        attributes=True,
    ),
    CustomerTable(
        "transactions",
        N_("What was bought; a row a line"),
        (
            _customer(N_("Who bought")),
            _moment("ordered_at", N_("When it was ordered")),
            _text("product_id", N_("What was bought"), refers_to="products"),
            _number("quantity", N_("How many; below 0 for a return")),
            _number("amount", N_("What was paid for the line; below 0 for a return"), unit="currency", required=True),
            _text("channel", N_("Where it was bought")),
        ),
        (),
    ),
    CustomerTable(
        "campaigns",
        N_("What was offered to customers"),
        (
            _key("campaign_id", N_("Id of the campaign")),
            _text("name", N_("Name of the campaign")),
            _text("objective", N_("What it is for")),
            _text("channel", N_("Channel that it goes through")),
            CustomerColumn(
                "product_ids", N_("Products that it offers; ; between them"), kind=Kind.LIST, refers_to="products"
            ),
            _day("starts_on", N_("First day")),
            _day("ends_on", N_("Last day")),
            _amount("fixed_cost", N_("Cost that does not depend on the contacts")),
            _amount("cost_per_contact", N_("Cost of one contact")),
        ),
        ("campaign_id",),
        strict=True,
    ),
    CustomerTable(
        "contacts",
        N_("Who was contacted, and who was held back"),
        (
            _campaign(),
            _customer(),
            _moment("contacted_at", N_("When they were contacted; for a control, when they would have been")),
            _text("channel", N_("Channel of the contact")),
            _text("arm", N_("Name of the treatment, or control")),
            _text("distributor_id", N_("Distributor who made the contact"), refers_to="distributors"),
            _amount("cost", N_("Cost of the contact")),
        ),
        (),
    ),
    CustomerTable(
        "responses",
        N_("Who responded"),
        (
            _campaign(),
            _customer(),
            _moment("responded_at", N_("When they responded")),
            _text("kind", N_("What they did")),
            _number("amount", N_("What it brought"), unit="currency"),
        ),
        (),
    ),
    CustomerTable(
        "outcomes",
        N_("Results of campaigns that come ready; a row a customer"),
        (
            _campaign(),
            _key("arm", N_("Name of the treatment, or control")),
            _text("customer_id", N_("The customer"), refers_to="customers"),
        ),
        (),
        attributes=True,
    ),
    CustomerTable(
        "usage",
        N_("What customers used, by month"),
        (
            _customer(),
            _day("month", N_("First day of the month"), required=True, past=True),
            _number("amount", N_("How much they used"), minimum=0, required=True),
        ),
        ("customer_id", "month"),
    ),
    CustomerTable(
        "tickets",
        N_("What customers asked for help with"),
        (
            _key("ticket_id", N_("Id of the ticket")),
            _customer(),
            _moment("opened_at", N_("When it was opened")),
            _text("topic", N_("What it is about")),
        ),
        ("ticket_id",),
    ),
    CustomerTable(
        "distributors",
        N_("Who sells for the firm"),
        (
            _key("distributor_id", N_("Id of the distributor")),
            _day("joined_on", N_("When they began")),
            _text("channel", N_("Channel that they sell through")),
            CustomerColumn(
                "commission_rate",
                N_("Share of the sale that they are paid"),
                kind=Kind.NUMBER,
                minimum=0,
                maximum=1,
                unit="share",
            ),
        ),
        ("distributor_id",),
        strict=True,
    ),
)

CUSTOMER_TABLES: dict[str, CustomerTable] = {table.name: table for table in _ALL}
"""Every customer table by its name."""


def columns_of(table: CustomerTable) -> tuple[CustomerColumn, ...]:
    """The columns of a table, typed as what they are."""
    return tuple(column for column in table.columns if isinstance(column, CustomerColumn))
