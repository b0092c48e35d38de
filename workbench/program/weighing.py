"""Weights of criteria: the raters' pairwise judgements, and the weights that the committee works with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import database, rounds
from workbench.program.schema import PLANNING
from workbench.program.session import Session
from workbench.program.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

JUDGEMENTS, CRITERIA = PLANNING["judgements"], PLANNING["criteria"]
TIMES = TABLES["judgements"].column("times")


@dataclass(frozen=True)
class Comparison:
    """How many times as important one criterion is as another, from 1/9 to 9; None takes back what was judged."""

    criterion_id: str
    other_criterion_id: str
    times: float | None


class Weighing(Session):
    """What a session does with weights."""

    def judgements_of(self, rater_id: str) -> pd.DataFrame:
        """A rater's own judgements: the columns of the table ``judgements``."""
        return self._records("judgements", JUDGEMENTS.c.rater_id == rater_id).frame()

    def judgements(self) -> pd.DataFrame:
        """All raters' judgements, for whoever finds the weights from them."""
        return self._records("judgements").frame()

    def judge(self, rater_id: str, given: Sequence[Comparison]) -> None:
        """Keep a rater's judgements, each in place of what that rater judged of the pair before: all, or none.

        Raises
        ------
        DataError
            When the rater is unknown or may not score by a criterion, two criteria do not count towards the same, or
            a figure is not from 1/9 to 9; with every problem.
        """
        with self._writing() as connection:
            axes = self._axes(connection, tuple(self._scales(connection, rater_id)))
            problems = _judgement_problems(given, axes)
            if problems:
                raise DataError(problems)
            # Two pages of one rater that judge at the same moment wait for one another.
            database.alone(connection)
            for one in given:
                connection.execute(sa.delete(JUDGEMENTS).where(JUDGEMENTS.c.rater_id == rater_id, _is_pair(one)))
            rows = [vars(one) | {"rater_id": rater_id} for one in given if one.times is not None]
            database.append(connection, "judgements", rows)

    def _axes(self, connection: sa.Connection, criteria: Sequence[str]) -> dict[str, str]:
        query = sa.select(CRITERIA.c.criterion_id, CRITERIA.c.axis).where(CRITERIA.c.criterion_id.in_(criteria))
        return {row.criterion_id: row.axis for row in connection.execute(query)}

    def use_weights(self, weights: Mapping[str, float], expected: Mapping[str, float]) -> None:
        """Make these the weights of the criteria that they name.

        Parameters
        ----------
        weights : mapping of str to float
            Criterion → its new weight, zero or more; not all zero.
        expected : mapping of str to float
            What the same criteria weighed when the decision was made.

        Raises
        ------
        DataError
            When a round is open or shown, a criterion is unknown, a weight is wrong, or somebody has changed one
            meanwhile.
        """
        with self._writing() as connection:
            database.alone(connection)  # No round opens while the weights change.
            _check_no_round(connection)
            current = _current_weights(connection, tuple(weights))
            problems = [*_weight_problems(weights, current), *_overtaken(weights, expected, current)]
            if problems:
                raise DataError(problems)
            for criterion, weight in weights.items():
                is_it = CRITERIA.c.criterion_id == criterion
                connection.execute(sa.update(CRITERIA).where(is_it).values(weight=float(weight)))

    def may_change_weights(self) -> bool:
        """Whether no round is open or shown, so that weights may change."""
        with self._reading() as connection:
            return rounds.current(connection) is None


def _is_pair(one: Comparison) -> sa.ColumnElement[bool]:
    """Whether a row is about the same two criteria, in either order."""
    pair = (one.criterion_id, one.other_criterion_id)
    return sa.and_(JUDGEMENTS.c.criterion_id.in_(pair), JUDGEMENTS.c.other_criterion_id.in_(pair))


def _judgement_problems(given: Sequence[Comparison], axes: Mapping[str, str]) -> list[Problem]:
    pairs = Counter(frozenset((one.criterion_id, one.other_criterion_id)) for one in given)
    problems = [_twice(tuple(sorted(pair))) for pair, count in pairs.items() if count > 1]
    for one in given:
        place = Location(column=one.criterion_id)
        unknown = [name for name in (one.criterion_id, one.other_criterion_id) if name not in axes]
        problems += [_not_yours(name, axes, place) for name in dict.fromkeys(unknown)]
        if not unknown and axes[one.criterion_id] != axes[one.other_criterion_id]:
            problems.append(_other_axis(one, place))
        if one.criterion_id == one.other_criterion_id:
            problems.append(_itself(one, place))
        if one.times is not None and not _is_allowed(one.times):
            problems.append(_off_range(one, place))
    return problems


def _is_allowed(times: float) -> bool:
    least, most = TIMES.minimum, TIMES.maximum
    return math.isfinite(times) and least is not None and most is not None and least <= times <= most


def _twice(pair: tuple[str, ...]) -> Problem:
    found = _("{names} are compared twice at once.").format(names=" – ".join(pair))
    return Problem(found, _("each pair once"), _("Give the one that holds."))


def _not_yours(name: str, axes: Mapping[str, Any], place: Location) -> Problem:
    return Problem(
        _("You do not score by the criterion “{id}”.").format(id=name),
        ", ".join(axes) or _("no criterion: your side scores nothing"),
        _("The setting scoring_rights says who scores what."),
        place,
    )


def _other_axis(one: Comparison, place: Location) -> Problem:
    told = _("“{one}” and “{other}” do not count towards the same.")
    found = told.format(one=one.criterion_id, other=one.other_criterion_id)
    return Problem(found, _("two criteria that count towards the same"), _("Compare it with another one."), place)


def _itself(one: Comparison, place: Location) -> Problem:
    found = _("There is a comparison of {one} with {other}.").format(one=one.criterion_id, other=one.criterion_id)
    return Problem(found, _("two different ones"), _("Remove this comparison."), place)


def _off_range(one: Comparison, place: Location) -> Problem:
    found = _("{value} is out of bounds.").format(value=f"{one.times:.15g}")
    return Problem(found, _("a number from 1/9 to 9"), _("Correct the comparison."), place)


def _check_no_round(connection: sa.Connection) -> None:
    now = rounds.current(connection)
    if now is not None:
        raise DataError(
            Problem(
                _("Round {number} is not frozen yet, so that weights cannot change.").format(number=now.number),
                _("weights that stay the same during a round"),
                _("Show and freeze it first."),
            )
        )


def _current_weights(connection: sa.Connection, criteria: Sequence[str]) -> dict[str, float]:
    query = sa.select(CRITERIA.c.criterion_id, CRITERIA.c.weight).where(CRITERIA.c.criterion_id.in_(criteria))
    blank = TABLES["criteria"].column("weight").default
    return {name: float(blank if weight is None else weight) for name, weight in connection.execute(query)}


def _weight_problems(weights: Mapping[str, float], current: Mapping[str, float]) -> list[Problem]:
    problems = []
    for name, weight in weights.items():
        place = Location(column=name)
        if name not in current:
            found = _("“{id}” is no criterion.").format(id=name)
            problems.append(Problem(found, _("an id of the table criteria"), _("Load the page anew."), place))
        if not (math.isfinite(weight) and weight >= 0):
            found = _("{id} has the weight {found}.").format(id=name, found=weight)
            problems.append(Problem(found, _("a number, zero or more"), _("Correct the weight."), place))
    if not problems and not sum(weights.values()) > 0:
        told = _("No criterion has any weight."), _("a weight above zero"), _("Give at least one criterion a weight.")
        problems.append(Problem(*told))
    return problems


def _overtaken(
    weights: Mapping[str, float], expected: Mapping[str, float], current: Mapping[str, float]
) -> list[Problem]:
    return [
        Problem(
            _("Someone has changed it meanwhile: it is now “{value}”.").format(value=f"{current[name]:.15g}"),
            "",
            _("Look at the weights again, and decide again."),
            Location(column=name),
        )
        for name in weights
        if name in current and expected.get(name) != current[name]
    ]
