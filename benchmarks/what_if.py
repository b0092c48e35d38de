"""How long a slider move takes to redraw the plan of sixty projects, and the sample's business case."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from workbench import pages
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.planning.release_plan.scenario import Scenario
from workbench.program import blank
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets import case_what_if_door
from workbench.widgets.case_what_if import DRAWS_ON_THE_WAY, CaseWhatIfPage
from workbench.widgets.what_if import WhatIfPage
from workbench.widgets.what_if_door import base_of

PROJECTS, A_PROJECT, RELEASES, MOVES = 60, 2, 4, 8
CASE_MOVES = 20
RESOURCES = ("money", "development_days", "integration_days", "key_user_days")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
REDRAWN = """before => new Promise(done => {
  const look = () => {
    const [answer, drawn] = [".cw-answer", ".vega-embed canvas"].map(one => document.querySelector(one));
    if (answer?.innerText !== before && drawn && drawn !== window.drawnBefore) {
      window.drawnBefore = drawn;
      done();
    } else requestAnimationFrame(look);
  };
  look();
})"""


def write(path: Path, rows: Iterable[dict[str, object]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def sixty_projects(folder: Path) -> Path:
    """A program of sixty projects with two requirements each; about 60% of them fit into four releases."""
    shutil.copytree(
        blank.sample("en"), folder, ignore=lambda *_: {"rounds.csv", "preferences.csv", "benefits.csv", "costs.csv"}
    )
    random = np.random.default_rng(0)
    ids = [f"PRJ-{number:02}" for number in range(1, PROJECTS + 1)]
    asked = [f"REQ-{number:03}" for number in range(1, PROJECTS * A_PROJECT + 1)]
    raters = [row["rater_id"] for row in csv.DictReader((folder / "raters.csv").open(encoding="utf-8"))]
    criteria = [row["criterion_id"] for row in csv.DictReader((folder / "criteria.csv").open(encoding="utf-8"))]
    amounts = np.round(random.gamma(2, 50, (PROJECTS, len(RESOURCES)))) + 1
    write(
        folder / "requirements.csv",
        (
            {
                "requirement_id": one,
                "title": f"Need {one}",
                "department": str(random.choice(["Sales", "Customer care"])),
            }
            for one in asked
        ),
    )
    write(
        folder / "scores.csv",
        (
            {"requirement_id": one, "rater_id": rater, "criterion_id": criterion, "score": int(random.integers(1, 6))}
            for one in asked
            for rater in raters
            for criterion in criteria
        ),
    )
    write(
        folder / "projects.csv",
        (
            {
                "project_id": one,
                "title": f"Project {one}",
                "requirement_ids": ";".join(asked[A_PROJECT * at : A_PROJECT * (at + 1)]),
            }
            for at, one in enumerate(ids)
        ),
    )
    needs = [(ids[at], ids[random.integers(at)]) for at in range(1, PROJECTS) if random.random() < 0.3]
    write(folder / "dependencies.csv", ({"project_id": one, "needs_project_id": other} for one, other in needs))
    write(
        folder / "demand.csv",
        (
            {"project_id": one, "resource": name, "amount": amounts[row, column]}
            for row, one in enumerate(ids)
            for column, name in enumerate(RESOURCES)
        ),
    )
    write(
        folder / "capacity.csv",
        (
            {"release": release, "resource": name, "available": round(amounts[:, column].sum() * 0.15)}
            for release in range(1, RELEASES + 1)
            for column, name in enumerate(RESOURCES)
        ),
    )
    return folder


def in_the_kernel(program: Path) -> list[float]:
    page = WhatIfPage(base_of(Program.open(str(program))), Scenario())
    page._search = lambda _portfolio: None  # type: ignore[method-assign]
    taken = []
    for move in range(MOVES):
        start = perf_counter()
        page.controls.means["money"].value = 0.95 - 0.05 * move
        taken.append(perf_counter() - start)
    return taken


def in_a_browser(program: Path) -> list[float]:
    live = pages.what_if(str(program), serving.LOOPBACK, 8899)
    with sync_playwright() as playwright, serving.serving(live.page, str) as served:
        sleep(10)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(served.address + live.query)
        page.wait_for_function(REDRAWN, arg="", timeout=60_000)
        taken = [moved(page) for _move in range(MOVES)]
        chromium.close()
    return taken


def moved(page: Page, rest: float = 10) -> float:
    sleep(rest)  # what follows the last move, such as the search for a better plan, has ended by then
    page.evaluate("window.drawnBefore = document.querySelector('.vega-embed canvas')")
    before = page.locator(".cw-answer").inner_text()
    handle: Any = page.locator(".noUi-handle").first
    handle.focus()
    start = perf_counter()
    handle.press("ArrowLeft")
    page.wait_for_function(REDRAWN, arg=before, timeout=60_000)
    return perf_counter() - start


def case_in_the_kernel(program: Path) -> list[float]:
    page = CaseWhatIfPage(case_what_if_door.base_of(Program.open(str(program))), CaseScenario())
    first = next(iter(page.controls.assumptions.values())).slider
    taken = []
    for move in range(CASE_MOVES):
        page.controls.show(CaseScenario({"churn_reduction": first.min + first.step * (move + 1)}))
        start = perf_counter()
        page._compute(DRAWS_ON_THE_WAY)
        taken.append(perf_counter() - start)
    return taken


def case_in_a_browser(program: Path) -> list[float]:
    live = pages.case_what_if(str(program), serving.LOOPBACK, 8898)
    with sync_playwright() as playwright, serving.serving(live.page, str) as served:
        sleep(10)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(served.address + live.query)
        page.wait_for_function(REDRAWN, arg="", timeout=60_000)
        taken = [moved(page, rest=2) for _move in range(CASE_MOVES)]
        chromium.close()
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        program = sixty_projects(Path(place) / "sixty")
        for name, measure in (("in the kernel", in_the_kernel), ("seen in a browser", in_a_browser)):
            taken = measure(program)
            tell(name, taken, "1 s")
    for name, measure in (("case, in the kernel", case_in_the_kernel), ("case, in a browser", case_in_a_browser)):
        tell(name, measure(blank.sample("en")), "0.5 s")


def tell(name: str, taken: list[float], most: str) -> None:
    print(f"{name:28} median {median(taken):6.2f} s, longest {max(taken):6.2f} s   (at most {most})")


if __name__ == "__main__":
    main()
