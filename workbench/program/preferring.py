"""What each rater would keep when not everything fits: a class and points a requirement, given in an open round."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.language import number
from workbench.program import database, rounds
from workbench.program.rounds import OPEN, ROUNDS
from workbench.program.schema import PLANNING
from workbench.program.session import Session
from workbench.program.tables import MOSCOW

if TYPE_CHECKING:
    import pandas as pd

PREFERENCES, REQUIREMENTS, RATERS = (PLANNING[name] for name in ("preferences", "requirements", "raters"))
BUDGET = 100.0
"""Points that each rater has to share."""
ROUNDING = 1e-6


@dataclass(frozen=True)
class Preference:
    """What a rater makes of a requirement: "" is no class, None no points; with neither, it is taken back."""

    requirement_id: str
    moscow: str = ""
    points: float | None = None


class Preferring(Session):
    """What a session does with preferences."""

    def prefer(self, rater_id: str, given: Sequence[Preference]) -> None:
        """Keep a rater's preferences in the open round, each in place of the one before: all, or none.

        Raises
        ------
        DataError
            When no round is open, the rater or a requirement is unknown, a class or points are wrong, or all points
            together exceed the budget; with every problem.
        """
        with self._writing() as connection:
            # Who shows the round waits for this lock, so that nothing is hidden late or shown early.
            rounds.held_open(connection)
            self._scales(connection, rater_id)
            database.alone(connection)
            problems = _problems(given, _known(connection, given)) or _over_budget(connection, rater_id, given)
            if problems:
                raise DataError(problems)
            ids = [one.requirement_id for one in given]
            own = sa.and_(PREFERENCES.c.rater_id == rater_id, PREFERENCES.c.requirement_id.in_(ids))
            connection.execute(sa.delete(PREFERENCES).where(own))
            kept = [vars(one) | {"rater_id": rater_id} for one in given if one.moscow or one.points is not None]
            database.append(connection, "preferences", kept)

    def preferences_seen_by(self, rater_id: str | None, facilitator: bool = False) -> pd.DataFrame:
        """The preferences that someone may see: their own, and everybody's when no round is open.

        Parameters
        ----------
        rater_id : str or None
            Whose own preferences are among them; nobody's when None.
        facilitator : bool
            Whether somebody who is no rater may see anything; what is hidden is hidden from a facilitator too.

        Returns
        -------
        DataFrame
            Columns of the table ``preferences``.
        """
        if rater_id is not None:
            self.may_score(rater_id)
        elif not facilitator:
            return self._records("preferences", sa.false()).frame()
        is_open = sa.exists().where(ROUNDS.c.status == OPEN)
        return self._records("preferences", sa.or_(PREFERENCES.c.rater_id == rater_id, ~is_open)).frame()

    def preference_progress(self) -> pd.DataFrame:
        """How far each rater is; the figures tell nothing of what was preferred.

        Returns
        -------
        DataFrame
            ``rater_id``, ``name``, ``classed`` (requirements with a class) and ``points`` (given so far).
        """
        import pandas as pd

        columns = (PREFERENCES.c.rater_id, sa.func.count(PREFERENCES.c.moscow), sa.func.sum(PREFERENCES.c.points))
        with self._reading() as connection:
            query = sa.select(RATERS.c.rater_id, RATERS.c.name).order_by(RATERS.c.position, RATERS.c.rater_id)
            raters = list(connection.execute(query))
            counted = connection.execute(sa.select(*columns).group_by(PREFERENCES.c.rater_id))
            counts = {rater: (classed, points or 0.0) for rater, classed, points in counted}
        rows = [(rater, name, *counts.get(rater, (0, 0.0))) for rater, name in raters]
        return pd.DataFrame(rows, columns=["rater_id", "name", "classed", "points"])


def _known(connection: sa.Connection, given: Sequence[Preference]) -> set[str]:
    ids = REQUIREMENTS.c.requirement_id
    wanted = {one.requirement_id for one in given}
    return set(connection.scalars(sa.select(ids).where(ids.in_(wanted))))


def _problems(given: Sequence[Preference], known: set[str]) -> list[Problem]:
    counts = Counter(one.requirement_id for one in given)
    problems = [_twice(name) for name, count in counts.items() if count > 1]
    for one in given:
        place = Location(one.requirement_id)
        if one.requirement_id not in known:
            problems.append(_unknown(one, place))
        if one.moscow and one.moscow not in MOSCOW:
            found = _("“{value}” is not among the choices.").format(value=one.moscow)
            problems.append(Problem(found, ", ".join(MOSCOW), "", place))
        if one.points is not None and not (math.isfinite(one.points) and one.points >= 0):
            found = _("{value} is out of bounds.").format(value=f"{one.points:.15g}")
            problems.append(Problem(found, _("a number, zero or more"), _("Correct the points."), place))
    return problems


def _twice(requirement: str) -> Problem:
    found, place = _("It is preferred twice at once."), Location(requirement)
    return Problem(found, _("each requirement once"), _("Give the one that holds."), place)


def _unknown(one: Preference, place: Location) -> Problem:
    return Problem(
        _("“{id}” is no requirement.").format(id=one.requirement_id),
        _("a requirement of the program"),
        _("Load the requirements anew: it may have been removed."),
        place,
    )


def _over_budget(connection: sa.Connection, rater_id: str, given: Sequence[Preference]) -> list[Problem]:
    spent = sum(
        (_kept_points(connection, rater_id) | {one.requirement_id: one.points or 0.0 for one in given}).values()
    )
    if spent <= BUDGET * (1 + ROUNDING):
        return []
    return [
        Problem(
            _("These are {spent} points.").format(spent=number(spent, 6)),
            _("at most {budget}").format(budget=number(BUDGET, 6)),
            _("Take away {difference}.").format(difference=number(spent - BUDGET, 6)),
        )
    ]


def _kept_points(connection: sa.Connection, rater_id: str) -> dict[str, float]:
    query = sa.select(PREFERENCES.c.requirement_id, PREFERENCES.c.points).where(PREFERENCES.c.rater_id == rater_id)
    return {requirement: float(points or 0.0) for requirement, points in connection.execute(query)}
