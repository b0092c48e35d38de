"""The S-curve: which amount how large a share of the draws stays below."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.business_case.distribution_families import Numbers

STEPS = 200


def s_curve(amounts: Numbers) -> pd.DataFrame:
    """The cumulative distribution of the draws, at every half per cent.

    Parameters
    ----------
    amounts : ndarray, shape (draws,)
        What each draw came to.

    Returns
    -------
    DataFrame
        share (0 to 1) and amount, both rising.

    Examples
    --------
    >>> s_curve(np.array([10.0, 30.0])).iloc[100].to_dict()
    {'share': 0.5, 'amount': 20.0}
    """
    shares = np.linspace(0, 1, STEPS + 1)
    return pd.DataFrame({"share": shares, "amount": np.quantile(amounts, shares)})
