"""How long ``crm-workbench --help`` takes, beside a bare ``import typer``: medians of alternating runs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 15
COMMANDS = {
    "python -c 'import typer'": [sys.executable, "-c", "import typer"],
    "crm-workbench --help": [str(Path(sysconfig.get_path("scripts")) / "crm-workbench"), "--help"],
}


def seconds(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _round in range(RUNS):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    bare, ours = times.values()
    for name, taken in times.items():
        print(f"{name:28} {median(taken):6.3f} s")
    print(f"{'ratio, run by run':28} {median(b / a for a, b in zip(bare, ours, strict=True)):6.2f}   (at most 3)")


if __name__ == "__main__":
    main()
