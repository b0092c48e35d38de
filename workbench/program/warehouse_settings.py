"""The section ``warehouse`` of ``program.yaml``: where the customer tables are, and how they are made."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.language import mark as N_

DEFAULT_FOLDER = "customers"
DUCKDB = "duckdb:///"
LOCAL_SPARK = re.compile(r"local(\[[\d*]+\])?")
TableName = Literal[
    "customers",
    "products",
    "transactions",
    "campaigns",
    "contacts",
    "responses",
    "outcomes",
    "usage",
    "tickets",
    "distributors",
]


class TableSettings(BaseModel):
    """How one customer table is made of a firm's own files or tables."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    source: str = Field("", description=N_("a file, a pattern such as invoice_lines*.csv, or the name of a table"))
    columns: dict[str, str] = Field(
        default_factory=dict,
        description=N_(
            "for each column of the table, the firm's own column or arithmetic such as Quantity * UnitPrice"
        ),
    )
    attributes: list[str] | None = Field(
        None, description=N_("the list of further columns to keep; without it all that name no person")
    )
    returns: Literal["net", "refuse", "apart"] = Field("apart", description=N_("net, refuse or apart"))
    duplicates: Literal["keep", "leave_out", "refuse"] = Field("keep", description=N_("keep, leave_out or refuse"))
    dates: Literal["year-month-day", "day-month-year", "month-day-year"] = Field(
        "year-month-day", description=N_("year-month-day, day-month-year or month-day-year")
    )
    decimal: Literal[".", ","] = Field(".", description=N_("a point or a comma, in quotation marks"))
    encoding: Literal["utf-8", "latin-1", "utf-16"] = Field("utf-8", description=N_("utf-8, latin-1 or utf-16"))


class WarehouseSettings(BaseModel):
    """Where the customer tables are."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    # An address can hold a password, which no message and no log may show.
    address: str = Field(
        "",
        repr=False,
        description=N_("a folder, duckdb:///file, postgresql://…, spark://… or local[2]"),
    )
    folder: str = Field("", description=N_("the folder of the files that Spark reads"))
    tables: dict[TableName, TableSettings] = Field(
        default_factory=dict, description=N_("for a customer table, its source, columns and returns")
    )

    def anchored(self, base: Path) -> WarehouseSettings:
        """With the places of its files from the root on, so that a program kept elsewhere still finds them.

        Parameters
        ----------
        base : Path
            What places are relative to: where the program is kept.
        """
        places = {"address": _anchored(self.address, base), "folder": str((base / self.folder).resolve())}
        return self.model_copy(update={key: place for key, place in places.items() if getattr(self, key)})

    def of(self, name: str) -> TableSettings:
        """The settings of a table; those by default when it has none."""
        return {str(key): value for key, value in self.tables.items()}.get(name, TableSettings())


def _anchored(address: str, base: Path) -> str:
    if address.startswith(DUCKDB):
        return DUCKDB + str((base / address.removeprefix(DUCKDB)).resolve())
    return address if "://" in address or LOCAL_SPARK.fullmatch(address) else str((base / address).resolve())


def base_of(path: Path | str) -> Path:
    """What a warehouse's folder is relative to: where the program is kept; the working folder for a server's."""
    place = Path(path)
    return place if place.is_dir() else place.parent if place.is_file() else Path()
