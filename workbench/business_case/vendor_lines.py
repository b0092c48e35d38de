"""Cost lines by vendor: those that come with any vendor, and those that only the choice of one brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import either, listed, ngettext
from workbench.language import gettext as _
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class VendorLines(Result):
    """The cost lines that count in a business case.

    Attributes
    ----------
    costs : DataFrame
        The lines that count, in the table's order.
    vendor_id : str or None
        The vendor whose lines are among them; None when there are only lines that come with any vendor.
    waiting : tuple of str
        Vendors with lines of their own, when none of them is chosen: their lines do not count.
    left_out : tuple of str
        Ids of the lines that do not count.
    """

    costs: pd.DataFrame
    vendor_id: str | None
    waiting: tuple[str, ...]
    left_out: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The lines that count."""
        return self.costs.copy()

    @property
    def conclusion(self) -> str:
        """Whose lines count and how many do not; empty when no line is any vendor's."""
        if self.waiting:
            told = ngettext(
                "No vendor is chosen: {count} cost line that one vendor alone brings does not count ({vendors}).",
                "No vendor is chosen: {count} cost lines that one vendor alone brings do not count ({vendors}).",
                len(self.left_out),
            )
            return told.format(count=len(self.left_out), vendors=listed(list(self.waiting)))
        if self.vendor_id is None:
            return ""
        told = _("The costs are those with vendor {vendor}.").format(vendor=self.vendor_id)
        if self.left_out:
            others = ngettext(
                "{count} cost line of other vendors does not count.",
                "{count} cost lines of other vendors do not count.",
                len(self.left_out),
            )
            told += " " + others.format(count=len(self.left_out))
        return told


def with_own_lines(costs: pd.DataFrame) -> tuple[str, ...]:
    """The vendors that have cost lines of their own, in the order of the lines.

    Examples
    --------
    >>> with_own_lines(pd.DataFrame({"cost_id": ["C1", "C2", "C3"], "vendor_id": ["", "V2", "V2"]}))
    ('V2',)
    """
    owners = _owners(costs)
    return tuple(owners[owners != ""].unique())


def of_vendor(costs: pd.DataFrame, vendor_id: str | None, vendor_ids: Sequence[str] = ()) -> pd.DataFrame:
    """The cost lines of the program with one vendor.

    Parameters
    ----------
    costs : DataFrame
        The table ``costs``. A line whose ``vendor_id`` is empty comes with any vendor.
    vendor_id : str or None
        The vendor; None when there is no choice to make: lines of at most one vendor.
    vendor_ids : sequence of str
        The vendors that there are, with or without lines of their own; those with lines of their own by default.

    Returns
    -------
    DataFrame
        The lines that come with any vendor and those of this one, in the table's order.

    Raises
    ------
    SettingsError
        When the vendor is unknown, or none is named and several have lines of their own.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C1", "C2", "C3"], "vendor_id": ["", "V1", "V2"]})
    >>> of_vendor(costs, "V2")["cost_id"].tolist()
    ['C1', 'C3']
    """
    owning = with_own_lines(costs)
    known = tuple(dict.fromkeys((*vendor_ids, *owning)))
    if vendor_id is None and len(owning) > 1:
        found = _("Several vendors have cost lines of their own: {vendors}.").format(vendors=listed(list(owning)))
        raise SettingsError(Problem(found, _("one vendor"), _("Choose a vendor.")))
    if vendor_id is not None and vendor_id not in known:
        found = _("There is no vendor {vendor}.").format(vendor=vendor_id)
        raise SettingsError(Problem(found, either(known) if known else _("no vendor"), _("Correct vendor.")))
    chosen = vendor_id if vendor_id is not None else "".join(owning)
    return costs[_owners(costs).isin(["", chosen])]


def in_case(costs: pd.DataFrame, vendor_id: str | None, vendor_ids: Sequence[str] = ()) -> VendorLines:
    """The lines of a business case, whether a vendor is chosen or not yet.

    Without a choice, the lines count that come with any vendor, and with them those of the only vendor that has any.

    Parameters
    ----------
    costs : DataFrame
        The table ``costs``.
    vendor_id : str or None
        The vendor chosen.
    vendor_ids : sequence of str
        The vendors that there are.

    Raises
    ------
    SettingsError
        When the vendor is unknown.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C1", "C2", "C3"], "vendor_id": ["", "V1", "V2"]})
    >>> in_case(costs, None).conclusion
    'No vendor is chosen: 2 cost lines that one vendor alone brings do not count (V1 and V2).'
    """
    owning = with_own_lines(costs)
    undecided = vendor_id is None and len(owning) > 1
    counting = costs[_owners(costs) == ""] if undecided else of_vendor(costs, vendor_id, vendor_ids)
    return VendorLines(
        costs=counting,
        vendor_id=vendor_id or (owning[0] if len(owning) == 1 else None),
        waiting=owning if undecided else (),
        left_out=tuple(costs.loc[~costs.index.isin(counting.index), "cost_id"]),
    )


def _owners(costs: pd.DataFrame) -> pd.Series:
    """The vendor of each line; "" where it comes with any."""
    if "vendor_id" not in costs.columns:
        return pd.Series("", index=costs.index, dtype=object)
    return costs["vendor_id"].fillna("")
