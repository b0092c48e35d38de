"""The cost of ownership of each vendor: the business case once for every one of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.returns import returns
from workbench.business_case.vendor_lines import of_vendor


def cost_of_ownership(
    costs: pd.DataFrame,
    benefits: pd.DataFrame,
    values: dict[str, float],
    horizon_months: int,
    discount_rate: float,
    vendor_ids: Sequence[str],
    convention: str = "tei",
) -> pd.DataFrame:
    """What the program costs with each vendor, and what it then brings.

    Parameters
    ----------
    costs, benefits : DataFrame
        The tables of these names. A cost line whose ``vendor_id`` is empty comes with any vendor.
    values : dict of str to float
        The assumptions, as `drivers.base_values` gives them.
    horizon_months : int
        Last month that counts.
    discount_rate : float
        Yearly.
    vendor_ids : sequence of str
        The vendors.
    convention : str
        One of `returns.CONVENTIONS`.

    Returns
    -------
    DataFrame
        vendor_id, own_lines (how many cost lines only this vendor brings), cost_of_ownership (present value of all
        costs) and npv (net present value of the program), in the currency of the program.

    Raises
    ------
    DataError
        With every line whose formula, profile, timing or shares are wrong.

    Examples
    --------
    >>> costs = pd.DataFrame({
    ...     "cost_id": ["C1", "C2"], "vendor_id": ["", "V1"], "category": "licences", "formula": ["100", "20"],
    ...     "first_period": 0, "profile": "one_off"})
    >>> cost_of_ownership(costs, pd.DataFrame(), {}, 12, 0.1, ["V1", "V2"])["cost_of_ownership"].tolist()
    [120.0, 100.0]
    """
    rows = []
    for vendor_id in vendor_ids:
        lines = of_vendor(costs, vendor_id, vendor_ids)
        figures = returns(cash_flows(lines, benefits, values, horizon_months), discount_rate, convention)
        own = int((lines["vendor_id"] == vendor_id).sum()) if "vendor_id" in lines.columns else 0
        rows.append((vendor_id, own, figures.costs_pv, figures.npv))
    table = pd.DataFrame(rows, columns=["vendor_id", "own_lines", "cost_of_ownership", "npv"])
    return table.astype({"own_lines": int, "cost_of_ownership": float, "npv": float})
