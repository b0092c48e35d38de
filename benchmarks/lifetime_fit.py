"""A BG/NBD fit of 300,000 customers: ours, lifetimes, and pymc-marketing's MAP.

Set LIFETIMES_PYTHON and PYMC_MARKETING_PYTHON to the interpreters of environments that have them, to see their
times for the same customers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from workbench.customers.lifetime_bg_nbd import BgNbd, BgNbdLikelihood, fit_bg_nbd
from workbench.customers.lifetime_rows import checked_rows, summary_rows

CUSTOMERS, ROUNDS = 300_000, 3
TRUTH = (0.8, 6.0, 0.8, 2.5)
WEEKS = (13, 104)
AT_LEAST = {"lifetimes": 5, "pymc-marketing": 50}
LOST = 1e-3
"""How much log-likelihood ours may be behind, which is nothing but rounding."""

READ = """
import sys, time, json, warnings
import pandas as pd
warnings.simplefilter("ignore")
frame = pd.read_csv(sys.argv[1])
"""
OTHERS = {
    "lifetimes": (
        "LIFETIMES_PYTHON",
        READ
        + """
from lifetimes import BetaGeoFitter
start = time.perf_counter()
fitted = BetaGeoFitter().fit(frame["frequency"], frame["recency"], frame["age"])
took = time.perf_counter() - start
print(json.dumps({"seconds": took, "parameters": [float(fitted.params_[name]) for name in ("r", "alpha", "a", "b")]}))
""",
    ),
    "pymc-marketing": (
        "PYMC_MARKETING_PYTHON",
        READ
        + """
from pymc_marketing.clv import BetaGeoModel
from pymc_extras.prior import Prior
flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
data = frame.rename(columns={"age": "T"}).assign(customer_id=range(len(frame)))
start = time.perf_counter()
model = BetaGeoModel(model_config=flat)
model.fit(data=data, method="map", progressbar=False)
took = time.perf_counter() - start
found = model.idata.posterior
print(json.dumps({"seconds": took, "parameters": [float(found[name].mean()) for name in ("r", "alpha", "a", "b")]}))
""",
    ),
}


def customers() -> pd.DataFrame:
    """Customers of a known truth, by the day."""
    rng = np.random.default_rng(1)
    r, alpha, a, b = TRUTH
    rate, leaves = rng.gamma(r, 1 / alpha, CUSTOMERS), rng.beta(a, b, CUSTOMERS)
    age = rng.integers(7 * WEEKS[0], 7 * WEEKS[1], CUSTOMERS) / 7
    frequency, recency, there = np.zeros(CUSTOMERS), np.zeros(CUSTOMERS), np.ones(CUSTOMERS, dtype=bool)
    while there.any():
        bought = recency + np.ceil(7 * rng.exponential(size=CUSTOMERS) / rate) / 7
        there &= bought <= age
        recency[there] = bought[there]
        frequency[there] += 1
        there &= rng.random(CUSTOMERS) > leaves
    return pd.DataFrame({"frequency": frequency, "recency": recency, "age": age})


def ours(frame: pd.DataFrame) -> tuple[float, BgNbd]:
    """The best of some rounds, each from one row a customer."""
    rounds = []
    for _each in range(ROUNDS):
        start = perf_counter()
        fitted = fit_bg_nbd(summary_rows(frame))
        rounds.append((perf_counter() - start, fitted))
    return min(rounds, key=lambda each: each[0])


def theirs(name: str, path: Path) -> dict[str, object] | None:
    variable, program = OTHERS[name]
    python = os.environ.get(variable)
    if not python:
        print(f"{name:15} not measured: {variable} is not set")
        return None
    run = subprocess.run([python, "-c", program, str(path)], capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"{name:15} failed: {run.stderr[-2000:]}")
        return None
    found: dict[str, object] = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> int:
    frame = customers()
    took, fitted = ours(frame)
    likelihood = BgNbdLikelihood(checked_rows(frame))
    print(f"{'ours':15} {took:8.2f} s   log-likelihood {fitted.log_likelihood:.4f}  {fitted.parameters}")
    behind = False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        frame.to_csv(path, index=False)
        for name, wanted in AT_LEAST.items():
            if (found := theirs(name, path)) is None:
                continue
            value = likelihood(np.array(found["parameters"]))[0]
            ratio = float(str(found["seconds"])) / took
            print(f"{name:15} {found['seconds']:8.2f} s   log-likelihood {value:.4f}  {found['parameters']}")
            print(f"{'':15} ours is {ratio:.1f} times as fast (at least {wanted})")
            behind |= ratio < wanted or value > fitted.log_likelihood + LOST
    return int(behind)


if __name__ == "__main__":
    sys.exit(main())
