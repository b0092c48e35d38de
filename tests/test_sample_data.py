"""The sample program: made by its generator, equal in both languages, with the orders and return that it promises."""

from __future__ import annotations

import csv
import itertools
import math
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from simpleeval import simple_eval

from workbench.business_case.baseline import read_baseline
from workbench.program.columns import Column, Kind
from workbench.program.store import Program
from workbench.program.tables import COST_CATEGORIES, TABLES

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"
LANGUAGES = ("en", "es")
CARE = tuple(f"REQ-{number}" for number in range(18, 24))
SELF_SERVICE, CHAT, OUTBOUND, WORKFORCE, PROFILES, SCRIPTS = CARE
HORIZON = 36
RATE = 0.10

Row = dict[str, str]


def rows(table: str, language: str = "en") -> list[Row]:
    with (SAMPLE / f"program_{language}" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def settings(language: str = "en") -> dict[str, Any]:
    given: dict[str, Any] = yaml.safe_load(
        (SAMPLE / f"program_{language}" / "program.yaml").read_text(encoding="utf-8")
    )
    return given


def files_under(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.glob("program_*/**/*"))
        if path.is_file()
    }


def number(text: str, otherwise: float) -> float:
    return float(text) if text else otherwise


def items(cell: str) -> list[str]:
    return [item for item in cell.split("; ") if item]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, str(SAMPLE / "generate.py"), str(folder)], check=True, env=os.environ | {"PYTHONPATH": paths}
    )
    return folder


def test_the_shipped_files_are_the_generators(generated: Path) -> None:
    assert files_under(generated) == files_under(SAMPLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_one_file_for_each_table(language: str) -> None:
    names = {path.name for path in (SAMPLE / f"program_{language}").iterdir()}
    assert names == {"program.yaml", *(f"{name}.csv" for name in TABLES)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_without_a_problem(language: str) -> None:
    program = Program.open(SAMPLE / f"program_{language}")
    assert program.settings.language == language
    assert {name: len(program.table(name)) for name in TABLES} == {name: len(rows(name, language)) for name in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_headings_are_the_declared_ones(table: str) -> None:
    for language in LANGUAGES:
        first = (SAMPLE / f"program_{language}" / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert first == ",".join(TABLES[table].headings)


def is_free_text(column: Column, key: tuple[str, ...]) -> bool:
    plain = column.kind in (Kind.TEXT, Kind.LIST)
    is_id = column.name in key and column.name != "resource"  # what a resource is called is a word of the firm's
    return plain and not is_id and not column.choices and not column.refers_to


@pytest.mark.parametrize("table", [name for name in TABLES if rows(name)])
def test_ids_and_figures_are_equal_in_both_languages(table: str) -> None:
    for column in TABLES[table].columns:
        english, spanish = ([row[column.name] for row in rows(table, language)] for language in LANGUAGES)
        if is_free_text(column, TABLES[table].key):
            assert [len(items(cell)) > 0 for cell in english] == [len(items(cell)) > 0 for cell in spanish]
        else:
            assert english == spanish, column.name


def test_settings_differ_in_language_alone() -> None:
    english, spanish = settings("en"), settings("es")
    told = (
        "name", "language", "locale", "own_systems", "objectives",
        "own_technologies", "own_skills", "minimum_shares", "warehouse",
    )  # fmt: skip
    assert {key for key in english if english[key] != spanish[key]} == set(told)
    assert [len(systems) for systems in english["own_systems"].values()] == [
        len(systems) for systems in spanish["own_systems"].values()
    ]
    for name in ("objectives", "own_technologies", "own_skills"):
        assert len(english[name]) == len(spanish[name])
    assert str(english["warehouse"]).replace("_en.csv", "_es.csv") == str(spanish["warehouse"])
    assert list(english["minimum_shares"].values()) == list(spanish["minimum_shares"].values())


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("requirements", "title"),
        ("requirements", "description"),
        ("criteria", "rubric"),
        ("projects", "title"),
        ("readiness", "evidence"),
        ("success_metrics", "name"),
        ("assumptions", "name"),
        ("assumptions", "source"),
        ("costs", "name"),
        ("benefits", "name"),
        ("vendor_criteria", "name"),
        ("vendor_criteria", "rubric"),
        ("vendor_scores", "source"),
    ],
)
def test_texts_are_said_in_each_language(table: str, column: str) -> None:
    for english, spanish in zip(rows(table, "en"), rows(table, "es"), strict=True):
        assert english[column]
        assert english[column] != spanish[column]


@pytest.mark.parametrize("language", LANGUAGES)
def test_departments_systems_and_objectives_are_those_of_the_settings(language: str) -> None:
    given = settings(language)
    systems = {system for group in given["own_systems"].values() for system in group}
    for row in rows("requirements", language):
        assert {row["department"], *items(row["other_departments"])} <= given["own_systems"].keys()
        assert set(items(row["systems_touched"])) <= systems
        assert row["business_objective"] in ("", *given["objectives"])
    assert {row["objective"] for row in rows("success_metrics", language)} <= set(given["objectives"])


def cells() -> Iterator[tuple[str, Column, str]]:
    for language, name in itertools.product(LANGUAGES, TABLES):
        for row in rows(name, language):
            for column in TABLES[name].columns:
                yield name, column, row[column.name]


def test_every_figure_has_one_reading_in_every_locale() -> None:
    """A point followed by three digits is a decimal point to some and a thousands separator to others."""
    figures = [cell for _table, column, cell in cells() if column.kind in (Kind.NUMBER, Kind.INTEGER)]
    assert not [cell for cell in figures if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", cell)]


def test_no_text_looks_like_a_formula_to_a_spreadsheet() -> None:
    assert not [cell for _table, _column, cell in cells() if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_firm_has_is_needed_somewhere_and_does_not_reach(language: str) -> None:
    for setting, column in (("own_technologies", "technologies"), ("own_skills", "skills")):
        needed = {item for row in rows("projects", language) for item in items(row[column])}
        assert set(settings(language)[setting]) < needed
    departments = {row["department"] for row in rows("requirements", language)}
    assert set(settings(language)["minimum_shares"]) <= departments


def test_scopes_have_gaps_to_be_found() -> None:
    asked = ("in_scope", "out_of_scope", "organisational_limits")
    gaps = {(row["project_id"], name) for row in rows("projects") for name in asked if not row[name]}
    assert gaps == {("PRJ-06", "out_of_scope"), ("PRJ-08", "organisational_limits")}
    silent = [
        row["project_id"] for row in rows("projects") if row["political_risk"] != "low" and not row["political_issues"]
    ]
    assert silent == ["PRJ-08"]


def test_every_vendor_is_rated_and_one_misses_a_must_have() -> None:
    criteria = {row["criterion_id"]: row for row in rows("vendor_criteria")}
    values = {(row["vendor_id"], row["criterion_id"]): float(row["value"]) for row in rows("vendor_scores")}
    vendors = [row["vendor_id"] for row in rows("vendors")]
    assert set(values) == set(itertools.product(vendors, criteria))
    musts = {key: float(row["threshold"]) for key, row in criteria.items() if row["must_have"] == "true"}
    assert {row["direction"] for key, row in criteria.items() if key in musts} == {"higher_is_better"}
    out = {vendor for vendor in vendors for key, least in musts.items() if values[vendor, key] < least}
    assert out == {"VEN-05"}
    assert {row["kind"] for row in rows("vendors")} == {"product", "integrator", "hosted"}
    assert {row["vendor_id"] for row in rows("costs")} == {"", *vendors}


def test_titles_fit_in_a_table() -> None:
    assert all(len(cell) <= 80 for _table, column, cell in cells() if column.name in ("title", "name"))


def test_the_requirements_are_the_three_sets() -> None:
    given = rows("requirements")
    assert [row["requirement_id"] for row in given] == [f"REQ-{number:02}" for number in range(1, 24)]
    departments = [row["department"] for row in given]
    assert departments == ["Marketing"] * 17 + ["Customer care"] * 6


def test_the_first_set_is_departmental_and_the_second_is_not() -> None:
    own = set(settings()["own_systems"]["Marketing"])
    given = rows("requirements")
    alone = [not row["other_departments"] and set(items(row["systems_touched"])) <= own for row in given]
    assert all(alone[:10])
    assert not any(alone[10:17])


def test_orphans_are_there_to_be_found() -> None:
    given = rows("requirements")
    assert [row["requirement_id"] for row in given if not row["business_objective"]] == ["REQ-04", "REQ-16"]
    served = {row["business_objective"] for row in given}
    assert [objective for objective in settings()["objectives"] if objective not in served] == [
        "Send bills that nobody needs to query"
    ]


def goodness(score: float, criterion: Row) -> float:
    low, high = float(criterion["scale_min"]), float(criterion["scale_max"])
    share = (score - low) / (high - low)
    return share if criterion["direction"] == "higher_is_better" else 1 - share


def mean(pairs: list[tuple[float, float]]) -> float:
    return sum(weight * value for weight, value in pairs) / sum(weight for weight, _value in pairs)


@pytest.fixture(scope="module")
def indices() -> dict[str, dict[str, float]]:
    """Value, urgency and complexity by requirement, with plain loops over the files."""
    criteria = {row["criterion_id"]: row for row in rows("criteria")}
    weights = {row["rater_id"]: float(row["weight"]) for row in rows("raters")}
    last: dict[tuple[str, str, str], str] = {}
    for row in sorted(rows("scores"), key=lambda row: int(row["round"])):
        last[row["requirement_id"], row["criterion_id"], row["rater_id"]] = row["score"]
    by_criterion = defaultdict(list)
    for (requirement, criterion, rater), score in last.items():
        if score:
            good = goodness(float(score), criteria[criterion])
            by_criterion[requirement, criterion].append((weights[rater], good))
    by_axis = defaultdict(list)
    for (requirement, criterion), pairs in by_criterion.items():
        by_axis[requirement, criteria[criterion]["axis"]].append((float(criteria[criterion]["weight"]), mean(pairs)))
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (requirement, axis), pairs in by_axis.items():
        found[requirement][axis] = 100 * (1 - mean(pairs) if axis == "complexity" else mean(pairs))
    return found


def smallest_step_down(figures: list[float]) -> float:
    return min(before - after for before, after in itertools.pairwise(figures))


def test_care_by_urgency(indices: dict[str, dict[str, float]]) -> None:
    order = (SELF_SERVICE, CHAT, OUTBOUND, WORKFORCE, PROFILES, SCRIPTS)
    assert smallest_step_down([indices[requirement]["urgency"] for requirement in order]) > 5


def test_care_by_quick_wins(indices: dict[str, dict[str, float]]) -> None:
    order = (WORKFORCE, SCRIPTS, SELF_SERVICE, OUTBOUND, CHAT)
    wins = [(indices[name]["value"] + 100 - indices[name]["complexity"]) / 2 for name in order]
    assert smallest_step_down(wins) > 4


def test_only_the_profiles_of_care_are_above_the_ceiling(indices: dict[str, dict[str, float]]) -> None:
    ceiling = settings()["complexity_ceiling"]
    assert [name for name in CARE if indices[name]["complexity"] > ceiling] == [PROFILES]
    assert indices[PROFILES]["complexity"] > ceiling + 10
    assert max(indices[name]["complexity"] for name in CARE if name != PROFILES) < ceiling - 4


def test_all_four_fields_of_the_matrix_hold_something(indices: dict[str, dict[str, float]]) -> None:
    fields = {(found["value"] > 50, found["complexity"] > 50) for found in indices.values()}
    assert len(fields) == 4
    assert all(abs(found[axis] - 50) > 1 for found in indices.values() for axis in ("value", "complexity"))


def test_each_side_scores_what_it_knows() -> None:
    axes = {row["criterion_id"]: row["axis"] for row in rows("criteria")}
    sides = {row["rater_id"]: row["side"] for row in rows("raters")}
    for row in rows("scores"):
        assert (axes[row["criterion_id"]] == "complexity") == (sides[row["rater_id"]] == "development")
    first_round = [row for row in rows("scores") if row["round"] == "1"]
    assert len(first_round) == 23 * (4 * 6 + 2 * 3)


def test_some_abstain_and_some_score_again() -> None:
    given = rows("scores")
    assert sum(not row["score"] for row in given) == 8
    again = [row for row in given if row["round"] == "2"]
    assert len(again) == 8
    assert all(row["comment"] and row["score"] for row in again)


def test_every_comment_of_the_source_is_used() -> None:
    source = yaml.safe_load((SAMPLE / "source" / "scoring.yaml").read_text(encoding="utf-8"))
    assert sum(bool(row["comment"]) for row in rows("scores")) == sum(map(len, source["comments"].values()))


def test_every_requirement_is_delivered_and_projects_add_up() -> None:
    delivered = {name for row in rows("projects") for name in items(row["requirement_ids"])}
    assert delivered == {row["requirement_id"] for row in rows("requirements")}
    demand: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows("demand"):
        demand[row["project_id"]][row["resource"]] = float(row["amount"])
    for row in rows("projects"):
        used = demand[row["project_id"]]
        assert used["money"] == float(row["cost"])
        assert used["development_days"] + used["integration_days"] == float(row["effort_days"])


def fits(plan: dict[str, int], demand: list[Row], available: dict[tuple[int, str], float]) -> bool:
    used: dict[tuple[int, str], float] = defaultdict(float)
    for row in demand:
        if row["project_id"] in plan:
            used[plan[row["project_id"]], row["resource"]] += float(row["amount"])
    return all(amount <= available[place] for place, amount in used.items())


def plans(projects: list[Row], releases: int) -> Iterator[dict[str, int]]:
    """Every way to do these projects that respects earliest releases and what needs what."""
    choices = [range(int(row["earliest_release"] or 1), releases + 1) for row in projects]
    for places in itertools.product(*choices):
        plan = {row["project_id"]: place for row, place in zip(projects, places, strict=True)}
        if all(
            plan[row["needs_project_id"]] < plan[row["project_id"]]
            for row in rows("dependencies")
            if row["project_id"] in plan
        ):
            yield plan


def can_be_done(projects: list[Row], releases: int) -> bool:
    available = {(int(row["release"]), row["resource"]): float(row["available"]) for row in rows("capacity")}
    return any(fits(plan, rows("demand"), available) for plan in plans(projects, releases))


@pytest.mark.parametrize("chat", ["PRJ-02", "PRJ-03"])
def test_everything_with_one_chat_fits_in_four_releases_and_not_in_three(chat: str) -> None:
    other = next(row["excludes"] for row in rows("projects") if row["project_id"] == chat)
    projects = [row for row in rows("projects") if row["project_id"] != other]
    assert can_be_done(projects, 4)
    assert not can_be_done(projects, 3)


def test_readiness_asks_all_sins_pillars_and_causes() -> None:
    groups = [row["group"] for row in rows("readiness")]
    assert groups == ["sin"] * 7 + ["pillar"] * 4 + ["failure_cause"] * 12
    assert [row["item_id"] for row in rows("readiness") if not row["answer"]] == ["CAUSE-12"]


def test_exactly_one_category_of_cost_is_forgotten() -> None:
    assert set(COST_CATEGORIES) - {row["category"] for row in rows("costs")} == {"business_users_time"}


def test_exactly_one_benefit_has_no_metric() -> None:
    assert [row["benefit_id"] for row in rows("benefits") if not row["metric_id"]] == ["BEN-08"]


def test_each_assumption_serves_a_formula() -> None:
    formulas = " ".join(row["formula"] for row in rows("costs") + rows("benefits"))
    assert {row["assumption_id"] for row in rows("assumptions")} == set(re.findall(r"[a-z_]+", formulas))


def test_figures_that_stand_twice_agree() -> None:
    base = {row["assumption_id"]: float(row["base"]) for row in rows("assumptions")}
    baseline = {row["metric_id"]: float(row["baseline"]) for row in rows("success_metrics")}
    pilot = {row["group"]: float(row["value"]) for row in rows("measurements") if row["measured_on"] == "2026-09-18"}
    assert base["crm_users"] == settings()["users"]
    assert base["average_handling_seconds"] == baseline["MET-01"]
    assert base["letters_per_month"] == baseline["MET-03"]
    assert base["monthly_churn"] * 100 == pytest.approx(baseline["MET-05"])
    assert base["seconds_saved"] == pilot["control"] - pilot["treated"]


def multiple(profile: str, month: int) -> float:
    kind, *figures = profile.replace("%", "").split()
    year = month // 12
    match kind:
        case "one_off":
            return float(month == 0)
        case "ramp" | "s_curve":
            x = min((month + 1) / float(figures[0]), 1)
            return x if kind == "ramp" else 3 * x**2 - 2 * x**3
        case "percentages":
            return float(figures[min(year, len(figures) - 1)]) / 100
        case "growth":
            return (1 + float(figures[0]) / 100) ** year
    assert kind == "even"
    return 1.0


def monthly(lines: list[Row], values: dict[str, float], adjust: int) -> list[float]:
    amounts = [0.0] * (HORIZON + 1)
    for row in lines:
        full = simple_eval(row["formula"], names=values) * number(row.get("attribution", ""), 1)
        full *= 1 + adjust * number(row["risk_adjustment"], 0)
        first, last = int(row["first_period"] or 1), int(row["last_period"] or HORIZON)
        for month in range(first, last + 1):
            amounts[month] += full * multiple(row["profile"] or "even", month - first)
    return amounts


def present_value(amounts: list[float]) -> float:
    years = [amounts[0], *(sum(amounts[first : first + 12]) for first in range(1, HORIZON, 12))]
    return sum(amount / (1 + RATE) ** year for year, amount in enumerate(years))


@pytest.fixture(scope="module")
def flows() -> tuple[list[float], list[float]]:
    base = {row["assumption_id"]: float(row["base"]) for row in rows("assumptions")}
    with_any_vendor = [row for row in rows("costs") if not row["vendor_id"]]
    return monthly(with_any_vendor, base, +1), monthly(rows("benefits"), base, -1)


def test_a_consultant_would_believe_the_cost(flows: tuple[list[float], list[float]]) -> None:
    costs, _benefits = flows
    assert 15_000 < present_value(costs) / settings()["users"] < sum(costs) / settings()["users"] < 30_000
    assert 0.15 < costs[0] / sum(costs) < 0.35


def test_a_consultant_would_believe_the_return(flows: tuple[list[float], list[float]]) -> None:
    costs, benefits = flows
    assert 0.4 < present_value(benefits) / present_value(costs) - 1 < 1.3
    cumulative = list(itertools.accumulate(gain - cost for cost, gain in zip(costs, benefits, strict=True)))
    payback = next(month for month, amount in enumerate(cumulative) if amount >= 0)
    assert 18 <= payback <= 28
    assert min(cumulative[payback:]) >= 0


def test_the_page_about_the_sample_gives_its_figures(flows: tuple[list[float], list[float]]) -> None:
    page = " ".join((ROOT / "docs" / "sample_program.md").read_text(encoding="utf-8").split())
    costs, benefits = flows
    net = present_value(benefits) - present_value(costs)
    cost = f"costs {sum(costs) / 1e6:.2f} million euros, €{sum(costs) / settings()['users']:,.0f} for each user"
    gain = f"net present value is {net / 1e6:.2f} million, the return on investment {net / present_value(costs):.0%}"
    assert cost in page
    assert gain in page


def test_customer_value_is_the_larger_part_of_the_return() -> None:
    base = {row["assumption_id"]: float(row["base"]) for row in rows("assumptions")}
    streams = {
        stream: sum(monthly([row for row in rows("benefits") if row["stream"] == stream], base, -1))
        for stream in ("cost_reduction", "customer_value")
    }
    assert streams["customer_value"] > streams["cost_reduction"] > 0


def test_ranges_are_whole_or_absent() -> None:
    for row in rows("assumptions"):
        assert bool(row["low"]) == bool(row["high"]) == bool(row["distribution"]), row["assumption_id"]
        assert all(row[name] for name in ("evidence", "source", "owner", "as_of"))


def geometric_mean(values: list[float]) -> float:
    return math.prod(values) ** (1 / len(values))


def test_the_judgements_are_near_the_weights_in_use() -> None:
    given: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows("judgements"):
        given[row["criterion_id"], row["other_criterion_id"]].append(float(row["times"]))
        given[row["other_criterion_id"], row["criterion_id"]].append(1 / float(row["times"]))
    axes = defaultdict(dict)
    for row in rows("criteria"):
        axes[row["axis"]][row["criterion_id"]] = float(row["weight"])
    for weights in axes.values():
        # The geometric mean of all comparisons of a criterion is the eigenvector's nearest neighbour.
        every = {one: [geometric_mean(given[one, other]) for other in weights if other != one] for one in weights}
        means = {one: geometric_mean([1.0, *ratios]) for one, ratios in every.items()}
        for one, weight in weights.items():
            assert abs(means[one] / sum(means.values()) - weight / sum(weights.values())) < 0.05, one


def test_most_of_what_the_raters_would_keep_is_essential() -> None:
    votes: dict[str, list[str]] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    for row in rows("preferences"):
        votes[row["requirement_id"]].append(row["moscow"])
        spent[row["rater_id"]] += number(row["points"], 0)
    assert {rater for rater, points in spent.items() if points} == {f"RAT-0{one}" for one in range(1, 5)}
    assert set(spent.values()) == {0, 100}
    order = ("must", "should", "could", "wont")
    middle = [sorted(given, key=order.index)[len(given) // 2] for given in votes.values()]
    planned = [voted for voted in middle if voted != "wont"]
    assert len(middle) == 23
    assert planned.count("must") / len(planned) > 0.6


def year_on(table: str, language: str = "en") -> list[Row]:
    with (SAMPLE / f"program_{language}_year_on" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_on_it_opens_without_a_problem(language: str) -> None:
    program = Program.open(SAMPLE / f"program_{language}_year_on")
    assert program.settings.language == language
    assert not program.notices
    assert list(program.baselines) == ["GATE-1", "GATE-2"]


@pytest.mark.parametrize("table", TABLES)
def test_a_year_on_ids_and_figures_are_equal_in_both_languages(table: str) -> None:
    english, spanish = (year_on(table, language) for language in LANGUAGES)
    assert len(english) == len(spanish)
    for column in TABLES[table].columns:
        if not is_free_text(column, TABLES[table].key):
            assert [row[column.name] for row in english] == [row[column.name] for row in spanish], column.name


def test_what_was_promised_at_the_pilot_is_the_plan_of_today() -> None:
    program = Program.open(SAMPLE / "program_en")
    promised = read_baseline(Program.open(SAMPLE / "program_en_year_on").baselines["GATE-1"])
    costs = program.table("costs")
    pd.testing.assert_frame_equal(promised.costs, costs[costs["vendor_id"] == ""])
    pd.testing.assert_frame_equal(promised.benefits, program.table("benefits"))
    pd.testing.assert_frame_equal(promised.assumptions, program.table("assumptions"))


def test_every_line_that_had_begun_has_its_actual_amounts() -> None:
    lines = [("cost_id", row) for row in year_on("costs")] + [("benefit_id", row) for row in year_on("benefits")]
    paid = {(row["line_id"], int(row["period"])) for row in year_on("actuals")}
    assert max(period for _line, period in paid) == 12
    for key, row in lines:
        first, last = int(row["first_period"] or 1), min(int(number(row["last_period"], 12)), 12)
        months = range(first, first + 1 if row["profile"] == "one_off" else last + 1)
        assert {period for period in months if period <= 12} <= {month for line, month in paid if line == row[key]}


def test_the_pilots_standard_error_is_that_of_its_difference() -> None:
    pilot = [row for row in rows("measurements") if row["measured_on"] == "2026-09-18"]
    errors = {row["group"]: float(row["standard_error"]) for row in pilot}
    values = {row["group"]: float(row["value"]) for row in pilot}
    (told,) = [row for row in year_on("evidence") if row["measured_on"] == "2026-09-18"]
    assert float(told["estimate"]) == values["control"] - values["treated"]
    assert round(math.hypot(*errors.values()), 1) == float(told["standard_error"])


def test_first_versions_cost_more_than_estimated() -> None:
    planned = 260 * 480 * 1.1
    assert sum(float(row["amount"]) for row in year_on("actuals") if row["line_id"] == "COST-05") > 1.5 * planned


def test_the_page_about_the_sample_gives_the_gates_figures() -> None:
    page = " ".join((ROOT / "docs" / "sample_program.md").read_text(encoding="utf-8").split())
    assert f"{len(year_on('actuals'))} actual amounts" in page
