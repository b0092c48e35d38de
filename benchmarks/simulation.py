"""A simulation of 40 lines over 60 months and 40 assumptions: ours, by hand in NumPy, and squigglepy.

Set SQUIGGLEPY to the interpreter of an environment that has squigglepy, to see its time for the same model.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pandas as pd
from scipy.special import betaincinv
from scipy.stats import qmc

from workbench.business_case.simulation import Simulation, simulate

DRAWS, MONTHS, LINES, ASSUMPTIONS = 100_000, 60, 40, 40
ROUNDS, MOST_TIMES, MOST_MEMORY = 5, 1.5, 2**31
RATE = 0.1
BAND = (0.1, 0.5, 0.9)
LOW, BASE, HIGH = 0.8, 1.0, 1.4
PERT = {at for at in range(ASSUMPTIONS) if at % 2}
"""Every other assumption is PERT, the others triangular."""

OTHER = f"""
import sys, time
import numpy as np
import squigglepy as sq
start = time.perf_counter()
kinds = sq.pert, sq.triangular
spread = [kinds[at % 2 == 0]({LOW}, {BASE}, {HIGH}) for at in range({ASSUMPTIONS})]
drawn = [sq.sample(each, n={DRAWS}) for each in spread]
net = np.zeros(({DRAWS}, {MONTHS} + 1))
multiples = np.minimum(np.arange({MONTHS} + 1) / 12, 1.0)
for line in range({LINES}):
    a, b, c = (drawn[(line + step) % {ASSUMPTIONS}] for step in (0, 1, 2))
    amount = a * b * 100 / (c + 1) + np.maximum(a, b)
    net += np.outer(amount if line % 2 else -amount, multiples)
np.quantile(net.cumsum(axis=1), {BAND}, axis=0)
years = (np.arange({MONTHS} + 1) + 11) // 12
np.quantile(net @ {1 + RATE} ** -years.astype(float), (0.1, 0.5, 0.8, 0.9))
print(time.perf_counter() - start)
"""


def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    names = [f"a{at}" for at in range(ASSUMPTIONS)]
    assumptions = pd.DataFrame({"assumption_id": names, "low": LOW, "base": BASE, "high": HIGH})
    assumptions["distribution"] = ["pert" if at in PERT else "triangular" for at in range(ASSUMPTIONS)]
    lines = pd.DataFrame({"formula": [formula(line) for line in range(LINES)], "profile": "ramp 12", "first_period": 1})
    costs, benefits = lines.iloc[::2], lines.iloc[1::2]
    return (
        costs.assign(cost_id=[f"C{at}" for at in range(len(costs))], category="other"),
        benefits.assign(benefit_id=[f"B{at}" for at in range(len(benefits))], stream="cost_reduction"),
        assumptions,
    )


def formula(line: int) -> str:
    a, b, c = (f"a{(line + step) % ASSUMPTIONS}" for step in (0, 1, 2))
    return f"{a} * {b} * 100 / ({c} + 1) + max({a}, {b})"


def by_hand() -> np.ndarray:
    """The same draws and the same figures, as somebody would write them who knows this one model."""
    points = qmc.Sobol(ASSUMPTIONS + 1, scramble=True, rng=np.random.default_rng(1)).random_base2(17)[:DRAWS] + 2.0**-31
    shares = np.ascontiguousarray(points.T)
    grid = np.linspace(0, 1, 2**14 + 1)
    table = betaincinv(1 + 4 * (BASE - LOW) / (HIGH - LOW), 1 + 4 * (HIGH - BASE) / (HIGH - LOW), grid)
    below = (BASE - LOW) / (HIGH - LOW)
    drawn = []
    for at in range(ASSUMPTIONS):
        share = shares[at]
        if at in PERT:
            drawn.append(LOW + (HIGH - LOW) * np.interp(share, grid, table))
        else:
            rising = LOW + (HIGH - LOW) * np.sqrt(share * below)
            drawn.append(np.where(share < below, rising, HIGH - (HIGH - LOW) * np.sqrt((1 - share) * (1 - below))))
    amounts = np.empty((LINES, DRAWS))
    for line in range(LINES):
        a, b, c = (drawn[(line + step) % ASSUMPTIONS] for step in (0, 1, 2))
        amounts[line] = a * b * 100 / (c + 1) + np.maximum(a, b)
    sign = np.where(np.arange(LINES) % 2, 1.0, -1.0)
    multiples = np.minimum(np.arange(MONTHS + 1) / 12, 1.0)
    flows = np.outer(sign, multiples)
    cumulative = np.cumsum(flows, axis=1).T @ amounts
    years = (np.arange(MONTHS + 1) + 11) // 12
    npv = (flows @ (1 + RATE) ** -years.astype(float)) @ amounts
    cost = multiples.sum() * amounts[::2].sum(axis=0)
    below_zero = cumulative < 0
    last = MONTHS - np.argmax(below_zero[::-1], axis=0)
    paid = (~below_zero.any(axis=0)) | (last < MONTHS)
    bands = np.quantile(cumulative, BAND, axis=1)
    figures = [*np.quantile(npv, (0.1, 0.5, 0.8, 0.9)), (npv > 0).mean(), np.quantile(cost, 0.8), paid.mean()]
    return np.array([*figures, bands[1, -1]])


def ours(case: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> np.ndarray:
    found: Simulation = simulate(*case, horizon_months=MONTHS, discount_rate=RATE, draws=DRAWS)
    percentiles = [found.npv_percentile(share) for share in (0.1, 0.5, 0.8, 0.9)]
    others = [found.p_npv_positive, found.cost_percentile(0.8), found.p_payback_within(MONTHS)]
    return np.array([*percentiles, *others, found.monthly["p50"].iloc[-1]])


def timed(run: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    start = perf_counter()
    figures = run()
    return perf_counter() - start, figures


class Watch(threading.Thread):
    """The most memory that this process has held while it ran."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.over = 0, threading.Event()

    def run(self) -> None:
        """Look at the memory until told to stop."""
        while not self.over.is_set():
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            self.most = max(self.most, pages * os.sysconf("SC_PAGE_SIZE"))
            sleep(0.002)


def squigglepy() -> str:
    interpreter = os.environ.get("SQUIGGLEPY", sys.executable)
    done = subprocess.run([interpreter, "-c", OTHER], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"not measured: {(done.stderr.strip().splitlines() or ['?'])[-1]} (set SQUIGGLEPY)"
    return f"{float(done.stdout.split()[-1]):.2f} s"


def main() -> None:
    case = tables()
    watch = Watch()
    watch.start()
    ours(case)
    watch.over.set()
    watch.join()
    by_hand()
    pairs = [(timed(lambda: ours(case)), timed(by_hand)) for _round in range(ROUNDS)]
    mine, hand = (min(pair[side][0] for pair in pairs) for side in (0, 1))
    (_mine, my_figures), (_hand, hand_figures) = pairs[0]
    print(f"{DRAWS:,} draws x {MONTHS} months x {LINES} lines x {ASSUMPTIONS} assumptions, best of {ROUNDS}")
    print(f"crm-workbench  {mine:.2f} s, at most {watch.most / 2**20:.0f} MiB in the whole process")
    print(f"by hand        {hand:.2f} s: ours takes {mine / hand:.2f} times as long (at most {MOST_TIMES})")
    print(f"squigglepy     {squigglepy()}")
    if not np.allclose(my_figures, hand_figures, rtol=1e-3):
        sys.exit(f"The figures differ: {my_figures} and {hand_figures}.")
    if mine > MOST_TIMES * hand or watch.most > MOST_MEMORY:
        sys.exit("Too slow, or too much memory.")


if __name__ == "__main__":
    main()
