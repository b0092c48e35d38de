"""How long the committee's page takes to be ready, beside an empty page under the same settings: alternating visits."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import nbformat
from playwright.sync_api import sync_playwright

from workbench import resources
from workbench.program import access, blank, database
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets.visit import PROGRAM

VISITS = 7
SECONDS_TO_WARM_UP = 8
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
EMPTY = "an empty page"
COMMITTEE = "the committee's page"


def empty_notebook(folder: Path) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), folder / "empty.ipynb")
    return folder / "empty.ipynb"


def seconds(chromium: Any, link: str, ready: str) -> float:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    start = perf_counter()
    page.goto(link, wait_until="commit")
    # Looked at with every frame: a locator waits half a second between its looks.
    page.wait_for_function("what => document.querySelector(what) !== null", arg=ready, polling="raf", timeout=60_000)
    taken = perf_counter() - start
    context.close()
    return taken


def main() -> None:
    times: dict[str, list[float]] = {EMPTY: [], COMMITTEE: []}
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        program = f"sqlite:///{folder / 'program.db'}"
        database.write(Program.open(blank.sample("en")), program)
        token = access.issue(program, "RAT-01", "rater", datetime.now(UTC))
        pages = {
            EMPTY: serving.Page(empty_notebook(folder), port=0),
            COMMITTEE: serving.Page(resources.folder("notebooks") / "committee.ipynb", {PROGRAM: program}, port=0),
        }
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with serving.serving(pages[EMPTY], str) as empty, serving.serving(pages[COMMITTEE], str) as committee:
            visits = {
                EMPTY: (empty.address, "#rendered_cells:not([style*=none])"),
                COMMITTEE: (f"{committee.address}?token={token}", ".cw-criterion input"),
            }
            for _visit in range(VISITS):
                for name, (link, ready) in visits.items():
                    # The kernel that waits for the next visitor has started by then, as it has on a page in use.
                    sleep(SECONDS_TO_WARM_UP)
                    times[name].append(seconds(chromium, link, ready))
        chromium.close()
    for name, taken in times.items():
        print(f"{name:28} {median(taken):6.2f} s")
    ratio = median(ours / bare for bare, ours in zip(*times.values(), strict=True))
    print(f"{'ratio, visit by visit':28} {ratio:6.2f}   (at most 1.5)")


if __name__ == "__main__":
    main()
