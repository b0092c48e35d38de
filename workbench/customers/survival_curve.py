"""Kaplan–Meier curves and the log-rank test, from counts at distinct times."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.customers.retention_shares import normal_quantile

Floats = NDArray[np.float64]


def at_risk(counts: pd.DataFrame) -> pd.DataFrame:
    """At each time at which somebody left, how many were there to leave.

    Parameters
    ----------
    counts : DataFrame
        time, entered (began to be seen then), left, censored (were seen until then).

    Returns
    -------
    DataFrame
        time, at_risk, left, censored (from this time until the next); sorted.

    Notes
    -----
    Who begins to be seen at a time counts from the next one on, and at once at time 0. Who is seen until a time counts
    at that time.
    """
    by_time = counts.groupby("time", as_index=False)[["entered", "left", "censored"]].sum()
    table = by_time.loc[by_time["left"] > 0, ["time", "left"]].reset_index(drop=True)
    table.insert(1, "at_risk", risk_at(by_time, table["time"].to_numpy(float)))
    step = np.searchsorted(table["time"], by_time["time"], side="right") - 1
    censored = by_time["censored"].to_numpy(float)[step >= 0]
    return table.assign(censored=np.bincount(step[step >= 0], weights=censored, minlength=len(table)))


def kaplan_meier(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    r"""The share still there after each time, with Greenwood's error and log-log intervals.

    Parameters
    ----------
    table : DataFrame
        time, at_risk, left.
    confidence : float
        Of the intervals, each for itself.

    Returns
    -------
    DataFrame
        The table with share, error, low and high. Once nobody is left there is no error and no interval.

    Notes
    -----
    E. L. Kaplan and P. Meier (1958), Nonparametric estimation from incomplete observations, *JASA* 53; J. D.
    Kalbfleisch and R. L. Prentice (1980), *The Statistical Analysis of Failure Time Data*, for intervals on log(−log
    S), which stay between 0 and 1.
    """
    n, d = table["at_risk"].to_numpy(float), table["left"].to_numpy(float)
    share = np.cumprod(1 - d / n)
    alive = share > 0
    hazard = np.cumsum(np.divide(d, n * (n - d), out=np.full_like(n, np.nan), where=n > d))
    logs = np.log(share, out=np.full_like(share, np.nan), where=alive)
    spread = np.exp(normal_quantile(confidence) * np.sqrt(hazard) / np.abs(logs))
    error = np.where(alive, share * np.sqrt(hazard), np.nan)
    low, high = np.exp(logs * spread), np.exp(logs / spread)
    return table.assign(share=share, error=error, low=low, high=high)


def first_at_most(times: Floats, shares: Floats, level: float) -> float:
    """The first time after which at most so large a share is there; endless where there is none."""
    below = np.flatnonzero(shares <= level + 1e-12)
    return float(times[below[0]]) if len(below) else float("inf")


def log_rank(tables: dict[str, pd.DataFrame], counts: pd.DataFrame) -> tuple[float, int, float]:
    """Whether groups leave alike: the log-rank test.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Group → what `at_risk` gave.
    counts : DataFrame
        What `at_risk` took, with the group.

    Returns
    -------
    tuple
        Chi-square, its degrees of freedom, and the chance of one as large when all groups leave alike. Not numbers when
        nothing can be compared.

    Notes
    -----
    N. Mantel (1966), Evaluation of survival data and two new rank order statistics arising in its consideration,
    *Cancer Chemotherapy Reports* 50, 163-170; for more than two groups, R. Peto and J. Peto (1972), *JRSS A* 135.
    """
    from scipy.stats import chi2

    groups = list(tables)
    times = np.unique(np.concatenate([table["time"].to_numpy(float) for table in tables.values()]))
    n = np.stack([risk_at(counts[counts["group"] == group], times) for group in groups])
    d = np.stack([_at(tables[group], "left", times) for group in groups])
    whole, left = n.sum(axis=0), d.sum(axis=0)
    expected = n * left / whole
    off = (d - expected).sum(axis=1)[:-1]
    weight = left * (whole - left) / whole**2 / np.maximum(whole - 1, 1)
    covariance = np.diag((weight * whole * n).sum(axis=1)) - (weight * n) @ n.T
    if len(groups) < 2 or np.linalg.matrix_rank(covariance[:-1, :-1]) != len(groups) - 1:
        return float("nan"), max(len(groups) - 1, 0), float("nan")
    statistic = float(off @ np.linalg.solve(covariance[:-1, :-1], off))
    return statistic, len(groups) - 1, float(chi2.sf(statistic, len(groups) - 1))


def risk_at(counts: pd.DataFrame, times: Floats) -> Floats:
    """How many of a group were there to leave at any times."""
    known = counts.sort_values("time")
    time = known["time"].to_numpy(float)
    came, gone = (
        np.concatenate([[0.0], np.cumsum(known[columns].sum(axis=1))])
        for columns in (["entered"], ["left", "censored"])
    )
    before = np.searchsorted(time, times, side="left")
    at_once = float(known.loc[known["time"] == 0, "entered"].sum())
    return np.asarray(came[before] + np.where(times == 0, at_once, 0.0) - gone[before])


def _at(table: pd.DataFrame, column: str, times: Floats) -> Floats:
    return table.set_index("time")[column].reindex(times, fill_value=0).to_numpy(float)
