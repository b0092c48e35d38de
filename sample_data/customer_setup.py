"""Give the engine the parameters of the customer sample: variables, and small tables to draw from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

SOURCE = Path(__file__).parent / "source" / "customers"
SLOTS = 1000
NO_PRODUCT, BY_TASTE = 0, -1

Row = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """What the source files say."""

    parameters: Row
    products: list[Row]
    campaigns: list[Row]
    tastes: list[str]
    bundles: list[Row]
    second_by_taste: float
    purchase_share: float
    launched_before: date
    people: Row

    def launched_on(self, product: Row) -> date:
        """The day on which a product could be bought first."""
        day: date = product.get("launched_on", self.launched_before)
        return day

    @property
    def launches(self) -> list[date]:
        """The days on which products were launched while the shop was open."""
        return sorted({product["launched_on"] for product in self.products if "launched_on" in product})

    @property
    def mean_spend(self) -> float:
        """The mean of what a customer spends in a month."""
        spend = self.parameters["monthly_spend"]
        return float(spend["least"] + spend["shape"] * spend["scale"])


def read(customers: int | None, seed: int | None, pace: float) -> Source:
    """Read the source files, with the number of customers, the seed and the pace that were asked for."""
    parameters, products, campaigns, people = (load(name) for name in ("parameters", "products", "campaigns", "people"))
    parameters["customers"] = parameters["customers"] if customers is None else customers
    parameters["seed"] = parameters["seed"] if seed is None else seed
    parameters["purchases"]["alpha"] /= pace
    return Source(parameters=parameters, people=people, **products, **campaigns)


def load(name: str) -> Any:
    """What a source file holds."""
    return yaml.safe_load((SOURCE / f"{name}.yaml").read_text(encoding="utf-8"))


def sql(name: str) -> str:
    """The statements of one step."""
    return (SOURCE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def prepare(engine: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Set the variables, write the small tables, and draw the distributors."""
    engine.execute("SET VARIABLE seed = ?", [source.parameters["seed"]])
    engine.execute("SET VARIABLE p = ?", [source.parameters | {"tastes": source.tastes}])
    for name, value in variables(source).items():
        engine.execute(f"SET VARIABLE {name} = ?", [value])
    for name, rows in tables(source).items():
        engine.execute("SET VARIABLE given_rows = ?", [list(rows)])
        engine.execute(f"CREATE TEMP TABLE {name} AS SELECT unnest(getvariable('given_rows'), recursive := true)")
    for step in ("randomness", "parameters", "distributors"):
        engine.execute(sql(step))


def variables(source: Source) -> Row:
    """Lists and numbers by the names that the statements know."""
    return {
        "launches": source.launches,
        "first_pick": [number for row in first_picks(source) for number in row],
        "companion_pick": [number for row in companion_picks(source) for number in row],
        "prices": [product["price"] for product in source.products],
        "product_ids": [product["product_id"] for product in source.products],
        "purchase_share": source.purchase_share,
        "mean_spend": source.mean_spend,
        "recorded": round(source.parameters["source_records"]["customers"] * source.parameters["customers"]),
        **{name: source.people[name] for name in ("given", "family", "streets")},
    }


def first_picks(source: Source) -> list[list[int]]:
    """A thousand product numbers for each time between launches and each taste, as often as they are picked first."""
    return [
        slots({number: weight for number, weight in weights_at(source, start, taste).items() if weight})
        for start in (source.launched_before, *source.launches)
        for taste in range(len(source.tastes))
    ]


def weights_at(source: Source, day: date, taste: int) -> dict[int, float]:
    """The weight of each product's number for a taste on a day; none before its launch."""
    return {
        number: product["weights"][taste] if source.launched_on(product) <= day else 0
        for number, product in enumerate(source.products, start=1)
    }


def companion_picks(source: Source) -> list[list[int]]:
    """A thousand companions for each product picked first: a number, by taste, or none."""
    return [slots(companions(source, product["product_id"])) for product in source.products]


def companions(source: Source, first: str) -> dict[int, float]:
    """How probable each companion of a product is."""
    numbers = {product["product_id"]: number for number, product in enumerate(source.products, start=1)}
    bundled = {
        numbers[bundle["companion"]]: bundle["probability"] for bundle in source.bundles if bundle["first"] == first
    }
    rest = 1 - sum(bundled.values())
    by_taste = rest * source.second_by_taste
    return bundled | {BY_TASTE: by_taste, NO_PRODUCT: rest - by_taste}


def slots(weights: Mapping[int, float]) -> list[int]:
    """A thousand slots shared out by weight, the largest remainders first.

    >>> from collections import Counter
    >>> Counter(slots({1: 2, 2: 1}))
    Counter({1: 667, 2: 333})
    """
    total = sum(weights.values())
    exact = {key: SLOTS * weight / total for key, weight in weights.items()}
    shares = {key: math.floor(share) for key, share in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in by_remainder[: SLOTS - sum(shares.values())]:
        shares[key] += 1
    return [key for key, share in shares.items() for _ in range(share)]


def tables(source: Source) -> dict[str, Iterable[Row]]:
    """The small tables that the statements join."""
    parameters = source.parameters
    return {
        "region": intervals(parameters["regions"]),
        "plan": intervals(parameters["plans"]),
        "topic": intervals(parameters["tickets"]["topics"]),
        "age_band": [row | {"buys": parameters["ages"][row["name"]]["buys"]} for row in intervals(age_shares(source))],
        "taste": tastes(source),
        "spend_band": bands(parameters["spend_bands"]),
        "usage_band": bands(parameters["usage_bands"]),
        "system": systems(parameters["source_records"]),
        "campaign": [campaign_row(campaign) for campaign in source.campaigns],
        "audience": [row for campaign in source.campaigns for row in audience(campaign, parameters)],
        "arm": [row for campaign in source.campaigns for row in arms(campaign)],
        "effect": [row for campaign in source.campaigns for row in effects(campaign, parameters)],
        "fatigue": [
            {"spend_band": band} | curve
            for campaign in source.campaigns
            for band, curve in campaign.get("fatigue", {}).items()
        ],
    }


def intervals(shares: Mapping[str, float]) -> list[Row]:
    """Each name with the part of the numbers from 0 to 1 that picks it."""
    ends = [math.fsum(list(shares.values())[: position + 1]) for position in range(len(shares))]
    ends[-1] = 1.0
    return [
        {"name": name, "low": low, "high": high} for name, low, high in zip(shares, [0.0, *ends], ends, strict=False)
    ]


def bands(limits: Mapping[str, list[float | None]]) -> list[Row]:
    """Bands with their limits; the last has none above."""
    return [
        {"name": name, "low": float(low or 0), "high": math.inf if high is None else float(high)}
        for name, (low, high) in limits.items()
    ]


def age_shares(source: Source) -> dict[str, float]:
    """The share of the customers in each age band."""
    return {name: age["share"] for name, age in source.parameters["ages"].items()}


def tastes(source: Source) -> list[Row]:
    """The tastes of each age band."""
    return [
        row | {"age_band": band, "number": source.tastes.index(row["name"])}
        for band, age in source.parameters["ages"].items()
        for row in intervals(age["tastes"])
    ]


def systems(given: Row) -> list[Row]:
    """The source systems with the faults of each."""
    faults = ("initial_only", "moved", "no_email", "other_email", "no_phone", "no_birth_year")
    prefixes = {"billing": ("B", 61803401), "care": ("K", 41421359), "web_shop": ("W", 73205081)}
    return [
        {"source": system, "kept": kept, "prefix": prefixes[system][0], "multiplier": prefixes[system][1]}
        | {fault: given[fault][system] for fault in faults}
        | {"wrong_letter": given["misspelt"][system]}
        for system, kept in given["systems"].items()
    ]


def campaign_row(campaign: Row) -> Row:
    """What the statements need to know of a campaign."""
    days = (campaign["ends_on"] - campaign["starts_on"]).days + 1
    reach = campaign.get("contacts", {"first": campaign["starts_on"], "days": days})
    wave, low, high = campaign.get("wave", (campaign["campaign_id"], 0.0, 1.0))
    return {
        **{name: campaign[name] for name in ("campaign_id", "channel", "starts_on", "amount", "delay_days")},
        "cost_per_contact": campaign["cost_per_contact"],
        "reach_first": reach["first"],
        "reach_days": reach["days"],
        "wave": f"wave {wave}",
        "wave_low": float(low),
        "wave_high": float(high),
        "control_lost": float(campaign.get("control_lost", 0)),
        "has_control": campaign["control"] > 0,
        "counted": "counts" in campaign,
    }


def audience(campaign: Row, parameters: Row) -> list[Row]:
    """The share of each band that a campaign draws, and how probable a response is without it."""
    return [
        {
            "campaign_id": campaign["campaign_id"],
            "spend_band": spend,
            "usage_band": usage,
            "share": float(of_band(campaign["audience"], spend, usage)),
            "response": float(of_band(campaign["response"], spend, usage)),
        }
        for spend in parameters["spend_bands"]
        for usage in parameters["usage_bands"]
    ]


def of_band(given: float | Mapping[str, float], spend: str, usage: str) -> float:
    """A number that may differ by spend band or by usage band."""
    if not isinstance(given, Mapping):
        return given
    return next(given[key] for key in (spend, usage, "share") if key in given)


def arms(campaign: Row) -> list[Row]:
    """The arms of a campaign with their parts of the numbers from 0 to 1; those that are treated share evenly."""
    counts: dict[str, int | None] = {f"contacts_{count}": count for count in campaign.get("counts", ())}
    treated = counts or dict.fromkeys(campaign["arms"])
    each = (1 - campaign["control"]) / len(treated)
    shares = ({"control": campaign["control"]} if campaign["control"] else {}) | dict.fromkeys(treated, each)
    return [
        {
            "campaign_id": campaign["campaign_id"],
            "arm": row["name"],
            "low": row["low"],
            "high": row["high"],
            "count": 1 if counts and row["name"] == "control" else treated.get(row["name"]),
        }
        for row in intervals(shares)
    ]


def effects(campaign: Row, parameters: Row) -> list[Row]:
    """What each arm of a campaign adds to the probability of a response, by spend band."""
    return [
        {
            "campaign_id": campaign["campaign_id"],
            "arm": arm,
            "spend_band": band,
            "lift": float(lift_in(lift, band)),
            "senior": float(lift.get("senior", 0) if isinstance(lift, Mapping) else 0),
            "high_commission": float(lift.get("high_commission", 0) if isinstance(lift, Mapping) else 0),
        }
        for arm, lift in campaign.get("arms", {}).items()
        for band in parameters["spend_bands"]
    ]


def lift_in(lift: float | Mapping[str, float], band: str) -> float:
    """The lift in a spend band, before what is due to the distributor."""
    return lift.get(band, lift.get("base", 0.0)) if isinstance(lift, Mapping) else lift
