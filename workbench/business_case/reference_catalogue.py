"""The reference classes: what was published of comparable projects, and the spread that reproduces it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from workbench.business_case.reference_spreads import MeanAlone, Mixture, Spread, Tail, with_tail
from workbench.language import mark as N_

MEASURES = ("cost", "time", "benefit")
NEAR, NEAR_SHARE = 0.1, 0.2
"""Eight in ten projects end more than 10% away from their estimate of cost (Budzier and Flyvbjerg 2011)."""
POWER = 2.0
"""Power of the tail of the overruns (Budzier and Flyvbjerg 2011)."""
BLACK_SWANS = 1 / 6


@dataclass(frozen=True)
class Outcome:
    """One measure of a reference class.

    Attributes
    ----------
    build : callable
        Makes the spread.
    published : str
        What is printed in the source; translate where it is shown.
    fitted : str
        What is assumed beyond it; translate where it is shown.
    """

    build: Callable[[], Spread]
    published: str
    fitted: str

    @property
    def spread(self) -> Spread:
        """How far outcomes go beyond their plan, as a share of it."""
        return _built(self.build)


@dataclass(frozen=True)
class ReferenceClass:
    """Projects like ours, whose outcomes are known.

    Attributes
    ----------
    code : str
        What a parameter calls it.
    name, source, limits : str
        Who they are, where it is printed and what to bear in mind; translate where they are shown.
    outcomes : dict of str to Outcome
        By measure (cost, time, benefit); a measure of which nothing is published is not there.
    """

    code: str
    name: str
    source: str
    limits: str
    outcomes: dict[str, Outcome]


@lru_cache(maxsize=32)
def _built(build: Callable[[], Spread]) -> Spread:
    return build()


def _budzier_cost() -> Spread:
    # With a power of 2 the mean is twice where the tail begins: 200% makes it begin at 100%.
    return with_tail(0.27, BLACK_SWANS, Tail(1.0, POWER), NEAR, NEAR_SHARE)


def _budzier_time() -> Spread:
    swans = 0.70
    others = (0.55 - BLACK_SWANS * swans) / (1 - BLACK_SWANS)
    return Mixture(((1 - BLACK_SWANS, MeanAlone(others)), (BLACK_SWANS, MeanAlone(swans))))


def _mckinsey_cost() -> Spread:
    return with_tail(0.45, 0.17, Tail(2.0, POWER, high=4.0), NEAR, NEAR_SHARE)


def _mckinsey_time() -> Spread:
    return MeanAlone(0.07)


def _mckinsey_benefit() -> Spread:
    return MeanAlone(0.56, high=1.0)


def _gardner_cost() -> Spread:
    low, mean = 0.5, 4.47
    # The power that gives a tail from 50% on its printed mean.
    return with_tail(0.73, 0.18, Tail(low, mean / (mean - low)), NEAR, NEAR_SHARE)


_ORDINARY = N_(
    "The projects outside the tail follow a beta distribution from nothing to where the tail begins, with the mean "
    "that is left for them. 8 in 10 of all end more than 10% off their estimate, as Budzier and Flyvbjerg found in "
    "2011."
)
_MEAN_ALONE = N_(
    "Only means are printed, so the spread is the one that assumes least beyond them: an exponential one, with no "
    "project earlier than planned."
)

CLASSES: dict[str, ReferenceClass] = {
    each.code: each
    for each in (
        ReferenceClass(
            "mckinsey_oxford_2012",
            N_("Large IT projects, McKinsey and Oxford 2012"),
            N_("Bloch, Blumberg and Laartz (2012), Delivering large-scale IT projects on time, on budget, on value"),
            N_("Projects above 15 million dollars, out of more than 5,400 IT projects of every kind, not CRM alone."),
            {
                "cost": Outcome(
                    _mckinsey_cost,
                    N_("Mean overrun of 45%; 17% overrun by more than 200%, up to 400% at the extreme."),
                    _ORDINARY,
                ),
                "time": Outcome(_mckinsey_time, N_("Mean delay of 7%."), _MEAN_ALONE),
                "benefit": Outcome(
                    _mckinsey_benefit,
                    N_("56% less value than predicted, on average."),
                    N_(
                        "Only a mean is printed, so the spread is the one that assumes least beyond it, between all of "
                        "the promised value and none of it."
                    ),
                ),
            },
        ),
        ReferenceClass(
            "flyvbjerg_budzier_2011",
            N_("IT projects, Flyvbjerg and Budzier 2011"),
            N_("Flyvbjerg and Budzier (2011), Why your IT project may be riskier than you think"),
            N_(
                "1,471 projects of about 170 million dollars on average, not CRM alone; of benefits nothing is printed."
            ),
            {
                "cost": Outcome(
                    _budzier_cost,
                    N_("Mean overrun of 27%; one in six overruns by 200% on average, in a tail with a power of 2."),
                    _ORDINARY,
                ),
                "time": Outcome(
                    _budzier_time,
                    N_("Mean delay of 55%, and of 70% for the one in six whose costs run away."),
                    _MEAN_ALONE,
                ),
            },
        ),
        ReferenceClass(
            "flyvbjerg_gardner_2023",
            N_("IT projects, Flyvbjerg and Gardner 2023"),
            N_("Flyvbjerg and Gardner (2023), How Big Things Get Done, appendix A"),
            N_(
                "5,392 projects of firms and the US government, not CRM alone; of time and benefits nothing is printed."
            ),
            {
                "cost": Outcome(
                    _gardner_cost,
                    N_("Mean overrun of 73%; 18% overrun by more than 50%, and those by 447% on average."),
                    _ORDINARY,
                ),
            },
        ),
    )
}
"""The reference classes by code; docs/methods/risk.md tells what is published of each and what is fitted."""
