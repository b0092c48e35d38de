"""What the comparison of vendors says: whom to choose and why, how firm that is, and what another method says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.language import exact, listed, money, number, percent, quoted
from workbench.language import gettext as _
from workbench.planning.rank_acceptability import share_told
from workbench.planning.scoring import SAME

if TYPE_CHECKING:
    from workbench.planning.vendors import VendorChoice

MOST_NAMED = 2
"""Criteria that a sentence names as those on which a vendor leads."""


def conclusion(choice: VendorChoice) -> str:
    """Whom to choose and why, or why nobody can be chosen yet."""
    if choice.vendors.empty:
        return _("There are no vendors to compare yet.")
    if choice.table.empty:
        return _nobody(choice)
    if len(choice.table) == 1:
        return _one_left(choice)
    if len(choice.tied_first) > 1:
        return _level(choice)
    return _best(choice) if choice.lead_is_clear else _narrow(choice)


def stability_told(choice: VendorChoice) -> str:
    """In what share of weightings the first stays first, and the smallest change of one weight that changes it."""
    if len(choice.table) < 2:
        return ""
    told = _("Over all weightings, whatever the given weights, it would be first in {share}.")
    anyhow = told.format(share=share_told(choice.table["first_share_any"].iloc[0]))
    return f"{first_told(choice)}. {anyhow} {change_told(choice)}"


def first_told(choice: VendorChoice) -> str:
    """In what share of the weightings the first is first, as a heading."""
    first = choice.table.iloc[0]
    told = _("{name} is first in {share} of the weightings around the given ones")
    return told.format(name=first["name"], share=share_told(first["first_share"]))


def change_told(choice: VendorChoice) -> str:
    """The smallest change of one weight that changes the first place."""
    change = choice.smallest_change
    if len(choice.tied_first) > 1:
        return _("The first place is shared, so any change of a weight may decide it.")
    if change is None:
        return _("No change of one weight alone puts another vendor first.")
    rises = _(
        "The smallest change of one weight that changes the first place: {criterion} from {share} of all weight to "
        "more than {changed}; then {name} is first."
    )
    falls = _(
        "The smallest change of one weight that changes the first place: {criterion} from {share} of all weight to "
        "less than {changed}; then {name} is first."
    )
    told = rises if change.change > 0 else falls
    return told.format(
        criterion=quoted(choice.matrix.criteria["name"][change.criterion_id]),
        share=percent(change.share),
        changed=percent(change.changed_share),
        name=choice.vendors["name"][change.new_first],
    )


def check_told(choice: VendorChoice) -> str:
    """What TOPSIS says of the same figures; empty when there is nothing to compare."""
    if len(choice.table) < 2:
        return ""
    best = choice.table.loc[choice.table["topsis_rank"] == 1, "name"]
    told = _("Another method, TOPSIS, puts {name} first: look at what each of them is good at.")
    if len(best) > 1:
        told = _("Another method, TOPSIS, puts {name} level in first place.")
    elif choice.methods_agree:
        told = _("Another method, TOPSIS, puts {name} first too.")
    return told.format(name=listed(list(best)))


def cost_told(choice: VendorChoice) -> str:
    """What more value costs: the first against the one that costs least, and who is worse in both; may be empty."""
    if not choice.has_costs or len(choice.table) < 2:
        return ""
    return " ".join([f"{cost_finding(choice)}.", *_dominated_told(choice)])


def cost_finding(choice: VendorChoice) -> str:
    """What the value of the first costs beside the one that costs least, as a heading."""
    table, first = choice.table, choice.table.iloc[0]
    cheapest = table.iloc[int(table["cost_of_ownership"].argmin())]
    if cheapest["vendor_id"] == first["vendor_id"]:
        return _("{name} has the highest value and the lowest cost of ownership").format(name=first["name"])
    told = _("{name} offers {points} points more than {cheapest}, the cheapest, for {amount} more over {span}")
    return told.format(
        name=first["name"],
        points=exact(first["score"] - cheapest["score"], 1),
        cheapest=cheapest["name"],
        amount=money(first["cost_of_ownership"] - cheapest["cost_of_ownership"]),
        span=choice.span,
    )


def _dominated_told(choice: VendorChoice) -> list[str]:
    worse = choice.table[choice.table["dominated_by"] != ""]
    told = _("{name} offers no more than {other} and costs no less.")
    return [
        told.format(name=name, other=choice.vendors["name"][other])
        for name, other in zip(worse["name"], worse["dominated_by"], strict=True)
    ]


def _nobody(choice: VendorChoice) -> str:
    if not choice.failed:
        return _("No vendor can be compared yet: {reason}").format(reason=next(iter(choice.out.values())))
    told = _("No vendor meets every must-have.")
    if len(choice.failed) < len(choice.vendors):
        told = _("No vendor meets every must-have and has all its values.")
    nearest = choice.nearest_miss
    return f"{told} " + _("The nearest miss is {name}: {reason}").format(
        name=choice.vendors["name"][nearest], reason=choice.out[nearest]
    )


def _one_left(choice: VendorChoice) -> str:
    only = choice.table.iloc[0]
    if not choice.out:
        told = _("{name} is the only vendor under evaluation, with {score} of 100 points.")
    else:
        told = _("{name} is the only vendor that can be chosen, with {score} of 100 points: all others are out.")
    return told.format(name=only["name"], score=exact(only["score"], 1))


def _level(choice: VendorChoice) -> str:
    names = [choice.vendors["name"][key] for key in choice.tied_first]
    told = _("{names} are level in first place with {score} of 100 points.").format(
        names=listed(names), score=exact(choice.table["score"].iloc[0], 1)
    )
    return " ".join(filter(None, (told, _cheapest_of(choice, choice.tied_first))))


def _narrow(choice: VendorChoice) -> str:
    first, second = choice.table.iloc[0], choice.table.iloc[1]
    others = choice.level_with_first
    told = _(
        "{name} comes first with {score} of 100, {ahead} ahead of {second}, but in only {share} of the weightings "
        "around the given ones: treat {level} as level."
    ).format(
        name=first["name"],
        score=exact(first["score"], 1),
        ahead=number(first["score"] - second["score"], 2),
        second=second["name"],
        share=share_told(first["first_share"]),
        level=listed([choice.vendors["name"][key] for key in others]),
    )
    return " ".join(filter(None, (told, _cheapest_of(choice, others))))


def _cheapest_of(choice: VendorChoice, vendor_ids: tuple[str, ...]) -> str:
    if not choice.has_costs:
        return ""
    among = choice.table[choice.table["vendor_id"].isin(vendor_ids)]
    lowest = among[among["cost_of_ownership"] == among["cost_of_ownership"].min()]
    if len(lowest) > 1:
        return _("Their cost of ownership is the same.")
    told = _("Of these, {name} costs least: {cost} over {span}.")
    return told.format(name=lowest["name"].iloc[0], cost=money(lowest["cost_of_ownership"].iloc[0]), span=choice.span)


def _best(choice: VendorChoice) -> str:
    first, second = choice.table.iloc[0], choice.table.iloc[1]
    head = _("Choose {name}: it scores {score} of 100, {ahead} ahead of {second}").format(
        name=first["name"],
        score=exact(first["score"], 1),
        ahead=exact(first["score"] - second["score"], 1),
        second=second["name"],
    )
    stays = _("it stays first in {share} of the weightings around the given ones").format(
        share=share_told(first["first_share"])
    )
    return "; ".join(filter(None, (head, _leads(choice), _costs(choice), stays))) + "."


def _leads(choice: VendorChoice) -> str:
    leading = leads_on(choice)
    return _("it leads on {criteria}").format(criteria=listed([quoted(name) for name in leading])) if leading else ""


def leads_on(choice: VendorChoice, most: int = MOST_NAMED) -> list[str]:
    """The criteria by which the first is better than every other, those first that count most; at most so many."""
    goodness = choice.matrix.goodness(list(choice.table["vendor_id"]))
    ahead = goodness.iloc[0] - goodness.iloc[1:].max()
    gain = (goodness.iloc[0] - goodness.iloc[1]) * choice.matrix.criteria["weight_share"]
    leading = gain[ahead > SAME].sort_values(ascending=False, kind="stable").index[:most]
    return list(choice.matrix.criteria.loc[leading, "name"])


def _costs(choice: VendorChoice) -> str:
    if not choice.has_costs:
        return ""
    first, lowest = choice.table.iloc[0], choice.table["cost_of_ownership"].min()
    more = first["cost_of_ownership"] - lowest
    told = (
        _("it costs {cost} over {span}, {more} more than the cheapest")
        if more > 0
        else _("it costs {cost} over {span}, the least of all")
    )
    return told.format(cost=money(first["cost_of_ownership"]), span=choice.span, more=money(more))
