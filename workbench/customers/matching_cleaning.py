"""Fields of a record as they are compared: small letters without accents, digits of a telephone, a year."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

# What is taken as missing although something stands there: the cleaned column and the one that it was read from.
UNREADABLE = {"email": "email", "phone": "phone", "birth_year": "birth_year"}
NOT_LETTERS_OR_DIGITS = r"[^\pL\pN]+"
YEAR = r"(1[89][0-9]{2}|20[0-9]{2})"
DIGITS_OF_A_PHONE = 9
FEWEST_DIGITS = 6


def _strip_accents(text: str) -> str:
    """The text without accents, by DuckDB's function of the same name."""
    raise NotImplementedError(text)


strip_accents: Any = ibis.udf.scalar.builtin(_strip_accents, name="strip_accents")


def cleaned(raw: ir.Table) -> ir.Table:
    """Records as they are compared.

    Parameters
    ----------
    raw : ibis Table
        place (of the source among the sources), source, source_id and the fields as text, on DuckDB.

    Returns
    -------
    ibis Table
        unique_id (from 1, by place, source and id), source, source_id, given, family, email, phone, street, postcode,
        birth_year; null where missing or unreadable.
    """
    given, family = _names(raw)
    order = ibis.row_number().over(order_by=[raw.place, raw.source, raw.source_id])
    return raw.select(
        "source",
        "source_id",
        unique_id=(order + 1).cast("int64"),
        given=given,
        family=family,
        email=_email(raw.email),
        phone=_phone(raw.phone),
        street=_plain(raw.street),
        postcode=_plain(raw.postcode).replace(" ", ""),
        birth_year=raw.birth_year.re_extract(YEAR, 1).nullif("").cast("int32"),
    )


def given_in(table: ir.Table, name: str) -> Any:
    """How many rows have anything in the column."""
    return (table[name].cast("string").fill_null("").strip() != "").sum().fill_null(0)


def _plain(text: Any) -> Any:
    return strip_accents(text.lower()).re_replace(NOT_LETTERS_OR_DIGITS, " ").strip().nullif("")


def _names(raw: ir.Table) -> tuple[Any, Any]:
    """The given name is the first word of a name, or what follows a comma; one word alone is a family name."""
    comma = raw.name.contains(",")
    before, after = _plain(raw.name.re_extract("^([^,]*),", 1)), _plain(raw.name.re_extract(",(.*)$", 1))
    words = _plain(raw.name)
    first, rest = words.re_extract("^([^ ]+) ", 1).nullif(""), words.re_replace("^[^ ]+ ", "")
    given = ibis.coalesce(_plain(raw.given_name), comma.ifelse(after, first))
    family = ibis.coalesce(_plain(raw.family_name), comma.ifelse(before, rest))
    return given, family


def _email(text: Any) -> Any:
    found = text.lower().re_replace(r"\s+", "")
    return found.re_search("^[^@]+@[^@]+$").ifelse(found, None)


def _phone(text: Any) -> Any:
    """The last digits, so that it is the same with and without the country's number."""
    digits = text.re_replace("[^0-9]", "")
    return (digits.length() >= FEWEST_DIGITS).ifelse(digits.right(DIGITS_OF_A_PHONE), None)
