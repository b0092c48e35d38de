"""How long ``crm-workbench --help`` takes in each language, beside a bare ``import typer``: medians of turns."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 15
BARE = [sys.executable, "-c", "import typer"]
HELP = [str(Path(sysconfig.get_path("scripts")) / "crm-workbench"), "--help"]
COMMANDS = {
    "python -c 'import typer'": ("en", BARE),
    "crm-workbench --help": ("en", HELP),
    "LANGUAGE=es crm-workbench --help": ("es", HELP),
}


def seconds(language: str, command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "LANGUAGE": language})
    return perf_counter() - start


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _round in range(RUNS):
        for name, (language, command) in COMMANDS.items():
            times[name].append(seconds(language, command))
    bare = next(iter(times.values()))
    for name, taken in times.items():
        ratio = median(ours / theirs for theirs, ours in zip(bare, taken, strict=True))
        print(f"{name:34} {median(taken):6.3f} s   {ratio:5.2f} times the first (at most 3)")


if __name__ == "__main__":
    main()
