"""The tables of a release plan's report, and what other programs read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.language import listed
from workbench.planning.release_plan.rules import resource_label

if TYPE_CHECKING:
    import pandas as pd

    from workbench.planning.release_plan.alternatives import Alternatives
    from workbench.planning.release_plan.by_hand import HandMade
    from workbench.planning.release_plan.conflicts import Conflict
    from workbench.planning.release_plan.frontier import Frontier
    from workbench.planning.release_plan.reasons import Reason
    from workbench.planning.release_plan.robustness import Robustness
    from workbench.planning.release_plan.solve import ReleasePlan

EMPTY = "–"
OF_THE_FRONTIER = ["budget", "least_budget", "value", "projects", "status", "gap", "proven", "today"]


def load(plan: ReleasePlan) -> pd.DataFrame:
    """The load of each resource by release: release, resource_label, used, available, free, resource."""
    found = plan.load.assign(resource_label=plan.load["resource"].map(resource_label))
    found = found.assign(free=found["available"] - found["used"])
    return found[["release", "resource_label", "used", "available", "free", "resource"]]


def left_out(plan: ReleasePlan, why: Mapping[str, Reason]) -> pd.DataFrame:
    """The projects that are not in the plan: project_id, title, reason."""
    table = plan.to_frame()
    found = table.loc[table["release"].isna(), ["project_id", "title"]]
    return found.assign(reason=[why[project].told for project in found["project_id"]])


def steps(found: Frontier) -> pd.DataFrame:
    """The budgets at which a plan becomes possible or better: least_budget, value, projects."""
    reached = found.table[found.table["value"].notna()].drop_duplicates("least_budget")
    return reached[["least_budget", "value", "projects"]]


def other_plans(found: Alternatives) -> pd.DataFrame:
    """The other plans: plan, value, share, and what each adds, drops and moves as words."""
    table = found.to_frame()
    named = {name: table[name].map(lambda ids: listed(list(ids)) or EMPTY) for name in ("added", "dropped", "moved")}
    return table.assign(**named)[["plan", "value", "share", "added", "dropped", "moved"]]


def results(
    plan: ReleasePlan,
    why: Mapping[str, Reason],
    conflict: Conflict | None,
    *,
    frontier: Frontier | None,
    changes: HandMade | None,
    others: Alternatives | None,
    sure: Robustness | None,
) -> dict[str, Any]:
    """What ``results.json`` holds: the plan with its proof, and each analysis; empty where one was not made."""
    return {
        "status": plan.status,
        "gap": plan.gap,
        "objective": plan.objective,
        "plan": plan.plan,
        "left_out": {project: reason.told for project, reason in why.items()},
        "conflict": {rule.name: rule.told for rule in conflict.rules} if conflict else {},
        "frontier": [] if frontier is None else _frontier(frontier),
        "by_hand": {} if changes is None else _by_hand(changes),
        "alternatives": [{"objective": one.objective, "plan": one.plan} for one in others.plans] if others else [],
        "robustness": {} if sure is None else _robustness(sure),
    }


def _frontier(found: Frontier) -> list[dict[str, Any]]:
    rows = found.table.loc[found.table["value"].notna(), OF_THE_FRONTIER].to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _by_hand(changes: HandMade) -> dict[str, Any]:
    broken = [rule.name for rule in changes.broken]
    return {"plan": changes.plan, "broken": broken, "difference": changes.difference}


def _robustness(sure: Robustness) -> dict[str, Any]:
    return {
        "chosen": dict(zip(sure.table["project_id"], sure.table["chosen"], strict=True)),
        "draws": sure.draws,
        "without_plan": sure.without_plan,
        "unanswered": sure.unanswered,
        "unproven": sure.unproven,
        "fits": sure.fits_share,
        "regret": float(sure.regret.mean()) if sure.fits else None,
    }
