"""Write the sample program in English and in Spanish, today and a year on: ``python sample_data/generate.py [DIR]``.

Texts and figures stand once in ``source``, and what changed in a year in ``source/year_on``. Only the raters' scores
and the noise on actual amounts are drawn, from known levels and with fixed seeds.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from statistics import median_low
from typing import Any

import pandas as pd
import yaml
import year_on

from workbench.business_case.cash_flows import cash_flows
from workbench.business_case.drivers import base_values
from workbench.business_case.freezing import freeze_gate
from workbench.program.keeping import keep_baseline
from workbench.program.store import Program
from workbench.program.tables import TABLES

HERE = Path(__file__).parent
SOURCE = HERE / "source"
LANGUAGES = ("en", "es")
NAMED = frozenset(
    "name department other_departments business_objective objective systems_touched technologies skills owner"
    " objectives own_systems own_technologies own_skills minimum_shares resource".split()
)
"""Columns and settings whose plain words are keys of ``names.yaml``."""

Row = dict[str, Any]


def main(folder: Path = HERE) -> None:
    """Write ``program_en`` and ``program_es``, and each a year on, into the folder."""
    tables = {name: rows_of(name) for name in TABLES}
    tables["capacity"], tables["demand"] = resources()
    tables["scores"] = list(scores(tables["requirements"], tables["criteria"], tables["raters"]))
    for language in LANGUAGES:
        write_program(folder / f"program_{language}", load("program"), tables, Speaker(language))
        write_year_on(folder / f"program_{language}_year_on", tables, Speaker(language))


def write_year_on(folder: Path, tables: dict[str, list[Row]], speaker: Speaker) -> None:
    """Write the program a year later: as it stood at each gate, whose plan is frozen, and then as it stands now."""
    settings = load("program") | load("year_on/program")
    # The customer tables end with the day of the first program.
    del settings["warehouse"]
    tables = tables | {"gates": tables["gates"] + load("year_on/gates")}
    *held, (_now, today) = year_on.stages(tables, load("year_on/changes"))
    for kept in folder.glob("baselines/*.json"):
        kept.unlink()
    for gate_id, plan in held:
        write_program(folder, settings, plan, speaker)
        keep_baseline(str(folder), gate_id, freeze_gate(Program.open(folder), gate_id).text)
    # The folder still holds the last plan that was frozen: the one that actual amounts are told from.
    paid = year_on.actuals(flows_of(Program.open(folder)), load("year_on/actuals"))
    write_program(folder, settings, today | {"actuals": paid, "evidence": load("year_on/evidence")}, speaker)


def flows_of(program: Program) -> pd.DataFrame:
    """What each line comes to in each month by the plan: a row a line, a column a month."""
    costs, benefits, assumptions = program.tables("costs", "benefits", "assumptions")
    flows = cash_flows(costs, benefits, base_values(assumptions), program.settings.horizon_months)
    return flows.line_flows.set_axis(flows.lines["line_id"])


def load(name: str) -> Any:
    """What a source file holds; None when there is no such file."""
    path = SOURCE / f"{name}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def rows_of(table: str) -> list[Row]:
    """The rows of a table's source file; none when the sample leaves the table empty."""
    return load(table) or []


def resources() -> tuple[list[Row], list[Row]]:
    """The rows of ``capacity`` and ``demand``."""
    given = load("resources")
    capacity = [
        {"release": release, "resource": resource, "available": amount}
        for release, amounts in given["capacity"].items()
        for resource, amount in amounts.items()
    ]
    demand = [
        {"project_id": project, "resource": resource, "amount": amount}
        for project, amounts in given["demand"].items()
        for resource, amount in amounts.items()
    ]
    return capacity, demand


def scores(requirements: list[Row], criteria: list[Row], raters: list[Row]) -> Iterator[Row]:
    """The scores of round one, then those that the discussed questions got in round two."""
    setup = load("scoring")
    first = first_round(requirements, criteria, raters, setup)
    second = second_round(first, setup["discussed"])
    for number, given in enumerate((first, second), start=1):
        comments = {tuple(key): comment for *key, comment in setup["comments"][number]}
        for (requirement, rater, criterion), score in given.items():
            yield {
                "requirement_id": requirement,
                "rater_id": rater,
                "criterion_id": criterion,
                "round": number,
                "score": score,
                "comment": comments.get((requirement, rater, criterion)),
                "scored_at": setup["scored_on"][number][rater],
            }


Scores = dict[tuple[str, str, str], int | None]
"""The score by requirement, rater and criterion; None where the rater abstained."""


def first_round(requirements: list[Row], criteria: list[Row], raters: list[Row], setup: Mapping[str, Any]) -> Scores:
    """Each rater's scores: business people on value and urgency, development people on complexity."""
    levels = read_levels()
    # Only `random()` itself is promised to give the same numbers in every version of Python.
    draw = Random(setup["seed"]).random
    seen_otherwise = {tuple(key): shift for *key, shift in setup["seen_otherwise"]}
    given: Scores = {}
    for requirement, rater, criterion in questions(requirements, raters, criteria):
        key = (requirement["requirement_id"], rater["rater_id"], criterion["criterion_id"])
        noise = setup["noise"] * (draw() + draw() - 1)
        opinion = lean(rater, requirement, setup) + seen_otherwise.get(key, 0)
        sign = 1 if criterion["direction"] == "higher_is_better" else -1
        given[key] = on_scale(levels[key[0], key[2]] + sign * opinion + noise, criterion)
    return given | {tuple(key): None for key in setup["abstained"]}


def questions(requirements: list[Row], raters: list[Row], criteria: list[Row]) -> Iterator[tuple[Row, Row, Row]]:
    """What is asked of whom: requirement, rater, criterion."""
    for requirement in requirements:
        for rater in raters:
            for criterion in criteria:
                if (rater["side"] == "development") == (criterion["axis"] == "complexity"):
                    yield requirement, rater, criterion


def lean(rater: Row, requirement: Row, setup: Mapping[str, Any]) -> float:
    """How much kinder than the average this rater is to this requirement."""
    own = rater["department"] == requirement["department"]
    return float(setup["lean"][rater["rater_id"]] + own * setup["own_lean"][rater["rater_id"]])


def on_scale(score: float, criterion: Row) -> int:
    """The score rounded, and no further than the ends of the scale."""
    return int(min(max(round(score), criterion["scale_min"]), criterion["scale_max"]))


def second_round(first: Scores, discussed: Iterable[list[str]]) -> Scores:
    """After the discussion, those far from the middle come a point nearer to it; the others keep their scores."""
    second: Scores = {}
    for requirement, criterion in discussed:
        given = {
            key: score
            for key, score in first.items()
            if (key[0], key[2]) == (requirement, criterion) and score is not None
        }
        middle = median_low(given.values())
        for key, score in given.items():
            if abs(score - middle) > 1:
                second[key] = score + (1 if score < middle else -1)
    return second


def read_levels() -> dict[tuple[str, str], float]:
    """The true level by requirement and criterion, on the criterion's scale."""
    with (SOURCE / "levels.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["requirement_id"], criterion): float(level)
            for row in csv.DictReader(file)
            for criterion, level in row.items()
            if criterion != "requirement_id"
        }


class Speaker:
    """Says the sources' texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.names = load("names")

    def say(self, value: Any, column: str) -> Any:
        """The value with its texts in the language."""
        if isinstance(value, dict) and value.keys() == set(LANGUAGES):
            return value[self.language]
        if isinstance(value, dict):
            return {self.say(key, column): self.say(inner, column) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.say(item, column) for item in value]
        is_name = column in NAMED and isinstance(value, str) and value
        return self.names[value][self.language] if is_name else value


def write_program(folder: Path, given: Row, tables: Mapping[str, list[Row]], speaker: Speaker) -> None:
    """Write one version: its settings and a CSV file per table."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {key: speaker.say(value, key) for key, value in given.items()}
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=120)
    (folder / "program.yaml").write_text(text, encoding="utf-8", newline="\n")
    for name, rows in tables.items():
        write_table(folder / f"{name}.csv", TABLES[name].headings, rows, speaker)


def write_table(path: Path, headings: Iterable[str], rows: Iterable[Row], speaker: Speaker) -> None:
    """Write one table; an unknown column in the source is an error."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(headings), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell(speaker.say(value, name)) for name, value in row.items()} for row in rows)


def cell(value: Any) -> str:
    """A value as a CSV file writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(value) if isinstance(value, list) else str(value)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
