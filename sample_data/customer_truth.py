"""The truth behind the customer sample, in closed form from its parameters, and the dirt that was counted in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import customer_setup as setup

Row = dict[str, Any]
MOST_CONTACTS = 12


def known(source: setup.Source, distributors: list[Row], rows: Mapping[str, int], dirt: Mapping[str, int]) -> Row:
    """Everything that an analysis of the sample should find."""
    parameters = source.parameters
    return {
        **{name: parameters[name] for name in ("seed", "customers", "window", "policy")},
        **{name: parameters[name] for name in ("subscription", "purchases", "spend_per_order")},
        "mean_order": rounded(mean_order(parameters["spend_per_order"])),
        "monthly_spend": parameters["monthly_spend"] | {"bands": spend_bands(source)},
        **{name: parameters[name] for name in ("usage", "usage_bands", "tickets", "regions", "plans", "ages")},
        "campaigns": {campaign["campaign_id"]: effect(source, campaign, distributors) for campaign in source.campaigns},
        "contact_pressure": pressure(source),
        "products_bought_together": together(source),
        "launched_in_the_window": {
            product["product_id"]: product["launched_on"] for product in source.products if "launched_on" in product
        },
        "distributors": parameters["distributors"] | {"matter_in": "CMP-07"},
        "matching": {"truth": "truth_source_records.csv"} | parameters["source_records"],
        "dirt": {kind: dirt.get(kind, 0) for kind in parameters["dirt"]},
        "rows": dict(rows),
    }


def rounded(value: float) -> float:
    """The figure as the file shows it."""
    return round(value, 6)


def mean_order(spend: Mapping[str, float]) -> float:
    """The mean of a Gamma-Gamma order, p gamma / (q - 1)."""
    return spend["p"] * spend["gamma"] / (spend["q"] - 1)


def gamma_below(shape: int, value: float) -> float:
    """The probability that a gamma variable of a whole shape and unit scale is below the value."""
    if math.isinf(value):
        return 1.0
    return 1 - math.exp(-value) * math.fsum(value**power / math.factorial(power) for power in range(shape))


def spend_bands(source: setup.Source) -> Row:
    """The share of the customers in each spend band and their mean spend."""
    return {
        band: {"share": rounded(share_of(source, band)), "mean": rounded(mean_spend_in(source, band))}
        for band in source.parameters["spend_bands"]
    }


def within(source: setup.Source, band: str, shape: int) -> float:
    """The probability of the band for a gamma variable of this shape."""
    spend = source.parameters["monthly_spend"]
    low, high = source.parameters["spend_bands"][band]
    ends = (max(0.0, ((math.inf if end is None else end) - spend["least"]) / spend["scale"]) for end in (low, high))
    below_low, below_high = (gamma_below(shape, end) for end in ends)
    return below_high - below_low


def share_of(source: setup.Source, band: str) -> float:
    """The share of the customers in a spend band."""
    return within(source, band, source.parameters["monthly_spend"]["shape"])


def mean_spend_in(source: setup.Source, band: str) -> float:
    """The mean monthly spend of the customers in a spend band."""
    spend = source.parameters["monthly_spend"]
    part = within(source, band, spend["shape"] + 1) / share_of(source, band)
    return float(spend["least"] + spend["scale"] * spend["shape"] * part)


def effect(source: setup.Source, campaign: Row, distributors: list[Row]) -> Row:
    """What a campaign truly does: without contact, and what each arm adds, overall and where it differs."""
    told = {"response_without_contact": campaign["response"], "mean_days_to_response": mean_delay(campaign)}
    told |= {"share_of_purchases": source.purchase_share, "mean_purchase": campaign["amount"]}
    told |= {"margin_rate": rounded(margin_rate(source, campaign))}
    if "counts" in campaign:
        return told | {"lifts": "see contact_pressure", "arms": [f"contacts_{count}" for count in campaign["counts"]]}
    told["arms"] = {arm: arm_effect(source, campaign, lift, distributors) for arm, lift in campaign["arms"].items()}
    if campaign["control"] == 0:
        told |= {"control": "none", "naive_difference": rounded(naive_difference(source, campaign))}
    if "control_lost" in campaign:
        kept = campaign["control"] * (1 - campaign["control_lost"])
        told |= {"planned_control": campaign["control"], "control_lost": campaign["control_lost"]}
        told["control_in_table"] = rounded(kept / (1 - campaign["control"] + kept))
    return told


def mean_delay(campaign: Row) -> float:
    """The mean of 1 + the whole days of an exponential delay."""
    return rounded(1 + 1 / math.expm1(1 / campaign["delay_days"]))


def margin_rate(source: setup.Source, campaign: Row) -> float:
    """The margin in each unit of the campaign's revenue."""
    product = next(product for product in source.products if product["product_id"] == campaign["product_id"])
    return float(product["unit_margin"] / product["price"])


def arm_effect(source: setup.Source, campaign: Row, lift: Any, distributors: list[Row]) -> Row:
    """The lifts of an arm in response, purchase and revenue for each contact; by slice when they differ."""
    if isinstance(lift, Mapping) and "base" in lift:
        slices = by_distributor(source, campaign, lift, distributors)
        overall = slices.pop("all")
        return lifts(source, overall, overall, campaign) | slices
    by_band = {band: setup.lift_in(lift, band) for band in source.parameters["spend_bands"]}
    weights = drawn_shares(source, campaign)
    response = math.fsum(weights[band] * by_band[band] for band in by_band)
    factors = {band: mean_spend_in(source, band) / source.mean_spend for band in by_band}
    valued = math.fsum(weights[band] * by_band[band] * factors[band] for band in by_band)
    told = lifts(source, response, valued, campaign)
    if isinstance(lift, Mapping):
        told["spend_band"] = {
            band: lifts(source, by_band[band], by_band[band] * factors[band], campaign) for band in by_band
        }
    return told


def lifts(source: setup.Source, response: float, valued: float, campaign: Row) -> Row:
    """The lifts, and what a contact adds to the profit; `valued` is the lift in response, weighted by monthly spend."""
    revenue = source.purchase_share * valued * campaign["amount"]
    return {
        "response_lift": rounded(response),
        "purchase_lift": rounded(source.purchase_share * response),
        "revenue_lift": rounded(revenue),
        "profit_of_a_contact": rounded(revenue * margin_rate(source, campaign) - campaign["cost_per_contact"]),
    }


def drawn_shares(source: setup.Source, campaign: Row) -> dict[str, float]:
    """The share of each spend band among those that a campaign draws."""
    usage = usage_shares(source)
    weights = {
        band: share_of(source, band)
        * math.fsum(usage[level] * setup.of_band(campaign["audience"], band, level) for level in usage)
        for band in source.parameters["spend_bands"]
    }
    total = math.fsum(weights.values())
    return {band: weight / total for band, weight in weights.items()}


def usage_shares(source: setup.Source) -> dict[str, float]:
    """The share of the customers in each usage band."""
    usage = source.parameters["usage"]
    return {
        name: gamma_below(usage["shape"], (math.inf if high is None else high) / usage["scale"])
        - gamma_below(usage["shape"], low / usage["scale"])
        for name, (low, high) in source.parameters["usage_bands"].items()
    }


def naive_difference(source: setup.Source, campaign: Row) -> float:
    """What comparing those reached with those not reached finds where usage decided who was reached."""
    shares, drawn, response = usage_shares(source), campaign["audience"], campaign["response"]
    reached = {band: shares[band] * drawn[band] for band in shares}
    left = {band: shares[band] * (1 - drawn[band]) for band in shares}
    lift = math.fsum(campaign["arms"].values())
    return lift + weighted(response, reached) - weighted(response, left)


def weighted(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted mean."""
    return math.fsum(values[key] * weights[key] for key in weights) / math.fsum(weights.values())


def by_distributor(source: setup.Source, campaign: Row, lift: Mapping[str, float], distributors: list[Row]) -> Row:
    """The lift in response overall and by the distributor's tenure and commission; distributors weigh the same."""
    given = source.parameters["distributors"]
    since = campaign["starts_on"].replace(year=campaign["starts_on"].year - given["senior_years"])
    traits = [(row["joined_on"] <= since, row["commission_rate"] >= given["high_commission"]) for row in distributors]
    each = [lift["base"] + old * lift["senior"] + high * lift["high_commission"] for old, high in traits]
    return {
        "all": mean(each),
        "tenure": {
            name: mean([value for value, (old, _) in zip(each, traits, strict=True) if old == wanted])
            for name, wanted in (
                (f"under {given['senior_years']} years", False),
                (f"{given['senior_years']} years", True),
            )
        },
        "commission": {
            name: mean([value for value, (_, high) in zip(each, traits, strict=True) if high == wanted])
            for name, wanted in (("low", False), ("high", True))
        },
        "adds": dict(lift),
    }


def mean(values: list[float]) -> float | None:
    """The mean as the file shows it; none of none."""
    return rounded(math.fsum(values) / len(values)) if values else None


def pressure(source: setup.Source) -> Row:
    """The fatigue curves of the counted campaign, and the number of contacts a year that pays best."""
    campaign = next(campaign for campaign in source.campaigns if "counts" in campaign)
    return {
        "campaign_id": campaign["campaign_id"],
        "response_to_each_of_n_contacts": "first * exp(-wear * (n - 1))",
        "categories": {band: curve(source, campaign, band) for band in source.parameters["spend_bands"]},
    }


def curve(source: setup.Source, campaign: Row, band: str) -> Row:
    """What a customer adds in a year by the number of contacts, before fixed cost."""
    factor = mean_spend_in(source, band) / source.mean_spend
    worth = source.purchase_share * campaign["amount"] * factor * margin_rate(source, campaign)
    fatigue = campaign["fatigue"][band]
    responses = {n: n * fatigue["first"] * math.exp(-fatigue["wear"] * (n - 1)) for n in range(MOST_CONTACTS + 1)}
    profits = {n: worth * count - n * campaign["cost_per_contact"] for n, count in responses.items()}
    return {
        **fatigue,
        "best_for_response": best(responses),
        "best_for_profit": best(profits),
        "best_for_profit_of_those_tried": best({n: profits[n] for n in (0, *campaign["counts"])}),
        "responses": {n: rounded(value) for n, value in responses.items()},
        "profits": {n: rounded(value) for n, value in profits.items()},
    }


def best(values: Mapping[int, float]) -> int:
    """The number with the highest value."""
    return max(values, key=lambda number: values[number])


def together(source: setup.Source) -> Row:
    """What the bundles promise, and the lift of each pair within orders from the last launch on."""
    return {
        "bundles": source.bundles,
        "second_by_taste": source.second_by_taste,
        "from": max(source.launches),
        "lift_in_orders": [
            {"products": list(pair), "lift": rounded(lift)}
            for pair, lift in sorted(order_lifts(source).items(), key=lambda item: -item[1])
            if is_bundle(source, pair)
        ],
    }


def is_bundle(source: setup.Source, pair: Iterable[str]) -> bool:
    """Whether one of the two leads to the other."""
    return any({bundle["first"], bundle["companion"]} == set(pair) for bundle in source.bundles)


def order_lifts(source: setup.Source) -> dict[tuple[str, str], float]:
    """P(both) / (P(one) P(other)) within an order, all products launched, by pair of products."""
    taste_shares = order_tastes(source)
    picks = setup.first_picks(source)[-len(taste_shares) :]
    joint: dict[tuple[int, int], float] = {}
    for share, row in zip(taste_shares, picks, strict=True):
        for pair, probability in pairs_of_taste(source, row).items():
            joint[pair] = joint.get(pair, 0) + share * probability
    numbers = range(1, len(source.products) + 1)
    either = {
        number: math.fsum(probability for pair, probability in joint.items() if number in pair) for number in numbers
    }
    names = {number: product["product_id"] for number, product in enumerate(source.products, start=1)}
    return {
        (names[one], names[other]): (joint.get((one, other), 0) + joint.get((other, one), 0))
        / (either[one] * either[other])
        for one, other in combinations(numbers, 2)
    }


def order_tastes(source: setup.Source) -> list[float]:
    """The share of the buyers with each taste; rates of purchase do not depend on it."""
    ages = source.parameters["ages"].values()
    buyers = [math.fsum(age["share"] * age["buys"] * age["tastes"][taste] for age in ages) for taste in source.tastes]
    return [share / math.fsum(buyers) for share in buyers]


def pairs_of_taste(source: setup.Source, picks: list[int]) -> dict[tuple[int, int], float]:
    """The probability of each (first, second) within an order by a taste; second 0 when there is one product alone."""
    shares = {number: picks.count(number) / setup.SLOTS for number in set(picks)}
    followers = setup.companion_picks(source)
    found: dict[tuple[int, int], float] = {}
    for first, share in shares.items():
        for second in set(followers[first - 1]):
            chance = share * followers[first - 1].count(second) / setup.SLOTS
            spread = shares if second == setup.BY_TASTE else {second: 1.0}
            for taken, part in spread.items():
                pair = (first, 0 if taken == first else taken)
                found[pair] = found.get(pair, 0) + chance * part
    return found
