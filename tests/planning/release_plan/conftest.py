"""Small random portfolios, and every plan of them, looked at one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations, product
from random import Random
from types import SimpleNamespace

import pandas as pd
import pytest

from workbench.language import using
from workbench.planning.release_plan.problem import Portfolio

Plan = dict[str, int]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever the machine speaks, the tests read English."""
    with using("en", currency="EUR"):
        yield


def random_portfolio(seed: int, size: int = 5, *, strict: bool = False) -> Portfolio:
    """A portfolio of small whole numbers; a strict one asks for so much that often no plan exists."""
    chance = Random(seed)
    projects = tuple("ABCDEFGH"[:size])
    releases = (1, 2)
    pairs = list(combinations(projects, 2))
    excluding = tuple(chance.sample(pairs, chance.randint(0, 1 + strict)))
    needs = tuple((b, a) for a, b in chance.sample(pairs, chance.randint(0, 3)) if (a, b) not in excluding)
    resources = ["money", "days"]
    departments = pd.DataFrame([{"North": share, "South": 1 - share} for share in chance.choices([0, 0.5, 1], k=size)])
    return Portfolio(
        projects=projects,
        titles={name: f"Title {name}" for name in projects},
        value=pd.Series([float(chance.randint(0, 20)) for _one in projects], index=list(projects)),
        releases=releases,
        capacity=pd.DataFrame([[float(chance.randint(0, 16)) for _two in releases] for _one in resources],
                              index=resources, columns=list(releases)),
        demand=pd.DataFrame([[float(chance.randint(0, 10)) for _two in resources] for _one in projects],
                            index=list(projects), columns=resources),
        needs=needs,
        must_do=frozenset(chance.sample(projects, chance.randint(1, 3) if strict else chance.randint(0, 1))),
        forced_out=frozenset(chance.sample(projects, 1)) if strict and chance.random() < 0.4 else frozenset(),
        excludes=excluding,
        choose_one={"group": tuple(chance.sample(projects, 2))} if chance.random() < 0.4 else {},
        earliest={chance.choice(projects): 2} if chance.random() < 0.4 else {},
        latest={chance.choice(projects): 1} if chance.random() < 0.4 else {},
        departments=departments.set_axis(list(projects)),
        minimum_shares={"North": 0.4} if chance.random() < 0.3 else {},
        discount=0.1,
    )  # fmt: skip


def every_plan(portfolio: Portfolio) -> Iterator[Plan]:
    for chosen in product((None, *portfolio.releases), repeat=len(portfolio.projects)):
        yield {name: release for name, release in zip(portfolio.projects, chosen, strict=True) if release is not None}


def worth(portfolio: Portfolio, plan: Plan) -> float:
    kept = {release: (1 - portfolio.discount) ** place for place, release in enumerate(portfolio.releases)}
    return sum(float(portfolio.value[name]) * kept[release] for name, release in plan.items())


def use(portfolio: Portfolio, plan: Plan, release: int, resource: str) -> float:
    return sum(float(portfolio.demand.at[name, resource]) for name in plan if plan[name] == release)


def broken_rules(portfolio: Portfolio, plan: Plan) -> frozenset[str]:
    """Names of the rules that a plan breaks, written down anew from what they mean."""
    money = {name: float(portfolio.demand.at[name, "money"]) for name in plan}
    own = {
        department: sum(money[name] * float(portfolio.departments.at[name, department]) for name in plan)
        for department in portfolio.minimum_shares
    }
    last = max(portfolio.releases) + 1
    found = {
        **{f"must_do:{name}": name not in plan for name in portfolio.must_do},
        **{f"forced_out:{name}": name in plan for name in portfolio.forced_out},
        **{f"needs:{a}:{b}": a in plan and plan.get(b, last) > plan[a] for a, b in portfolio.needs},
        **{f"excludes:{a}:{b}": a in plan and b in plan for a, b in portfolio.excludes},
        **{f"choose_one:{key}": len(set(names) & set(plan)) != 1 for key, names in portfolio.choose_one.items()},
        **{f"earliest:{name}": plan.get(name, first) < first for name, first in portfolio.earliest.items()},
        **{f"latest:{name}": plan.get(name, end) > end for name, end in portfolio.latest.items()},
        **{
            f"capacity:{release}:{resource}": use(portfolio, plan, release, resource)
            > portfolio.capacity.at[resource, release] + 1e-6
            for release in portfolio.releases
            for resource in portfolio.capacity.index
        },
        **{
            f"minimum_share:{department}": own[department] < share * sum(money.values()) - 1e-6
            for department, share in portfolio.minimum_shares.items()
        },
    }
    return frozenset(name for name, is_broken in found.items() if is_broken)


def sound_plans(portfolio: Portfolio) -> list[Plan]:
    return [plan for plan in every_plan(portfolio) if not broken_rules(portfolio, plan)]


def best_worth(portfolio: Portfolio, plans: Collection[Plan] | None = None) -> float | None:
    """The highest value of the sound plans, or of those given; None where there is none."""
    looked_at = sound_plans(portfolio) if plans is None else plans
    return max((worth(portfolio, plan) for plan in looked_at), default=None)


@pytest.fixture(scope="session")
def brute() -> SimpleNamespace:
    """What looks at every plan."""
    return SimpleNamespace(
        portfolio=random_portfolio,
        plans=every_plan,
        sound=sound_plans,
        worth=worth,
        use=use,
        broken=broken_rules,
        best=best_worth,
    )
