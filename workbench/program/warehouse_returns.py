"""Returns set off against what was bought: the oldest earlier lines of the same customer and product first."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.program.warehouse_rules import is_return

NOTHING = 1e-9
"""Share of a line's amount below which what is left of it is a rounding error."""


def netted(rows: ir.Table) -> ir.Table:
    """Transactions with what is left of every line once the returns are set off.

    Parameters
    ----------
    rows : ibis Table
        Transactions whose customer, time and amount are known; returns have a quantity or an amount below 0.

    Returns
    -------
    ibis Table
        The same columns, and ``_left``: 0 for a return and for a line that was wholly returned, else the share of the
        line that was kept; and ``_beyond``: in each row what its customer returned of its product beyond what had been
        bought before.

    Notes
    -----
    With P(t) bought and R(t) returned of one product by one customer up to t, the returns that a purchase stands
    against are E = R − max(0, max over t of R(t) − P(t)): whatever goes beyond what had been bought *by then* is set
    off against nothing. The first E of the purchases, in the order of time, are gone. No purchase is ever set off
    against an earlier return. Sums run within a customer and product, so that no worker sees all rows.
    """
    back = is_return(rows)
    marked = rows.mutate(
        _bought=ibis.ifelse(back, 0.0, rows.amount),
        _returned=ibis.ifelse(back, rows.amount.abs(), 0.0),
        _back=ibis.ifelse(back, 1, 0),
    )
    keys = ["customer_id", "product_id"]
    order = [marked.ordered_at, marked._back, marked.amount, marked.quantity, marked.channel]
    so_far = ibis.window(group_by=keys, order_by=order, preceding=None, following=0)
    summed = marked.mutate(
        _bought_so_far=marked._bought.sum().over(so_far), _returned_so_far=marked._returned.sum().over(so_far)
    )
    whole = ibis.window(group_by=keys)
    excess = (summed._returned_so_far - summed._bought_so_far).max().over(whole)
    beyond = ibis.greatest(excess, 0.0)
    total = summed.mutate(_beyond=beyond, _against=summed._returned.sum().over(whole) - beyond)
    return total.mutate(_left=_share_left(total)).drop(
        "_bought", "_returned", "_back", "_bought_so_far", "_returned_so_far", "_against"
    )


def _share_left(rows: ir.Table) -> Any:
    before = rows._bought_so_far - rows._bought
    gone = ibis.least(ibis.greatest(rows._against - before, 0.0), rows._bought)
    share = 1.0 - gone / rows._bought.nullif(0.0)
    known = ibis.cases((rows._back == 1, 0.0), (rows._bought == 0, 1.0), else_=share)
    return ibis.ifelse(known < NOTHING, 0.0, known)


def kept(rows: ir.Table) -> ir.Table:
    """The lines that are left of `netted`, with the amounts and quantities that are left of them."""
    there = rows.filter(rows._left > 0)
    return there.mutate(amount=there.amount * there._left, quantity=there.quantity * there._left)
