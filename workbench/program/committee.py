"""A scoring session of a committee, on a program in a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.program import catalogue_entry, database, rounds
from workbench.program.preferring import Preferring
from workbench.program.rounds import FROZEN, OPEN, SHOWN, Round
from workbench.program.scales import Scale
from workbench.program.schema import PLANNING
from workbench.program.tables import TABLES
from workbench.program.values import Culture, Unreadable, read, suggestion
from workbench.program.weighing import Weighing

if TYPE_CHECKING:
    import pandas as pd

SCORES, RATERS = PLANNING["scores"], PLANNING["raters"]


@dataclass(frozen=True)
class Score:
    """A score that a rater gives; None means to abstain, which is not a zero."""

    requirement_id: str
    criterion_id: str
    score: float | None
    comment: str = ""


class Committee(Weighing, Preferring):
    """A session on one program: rounds, scores and requirements.

    Scores are hidden where they are asked for: the query of a rater never fetches another's scores of an open round.
    """

    def rounds(self) -> tuple[Round, ...]:
        """Every round, by its number."""
        with self._reading() as connection:
            return rounds.listed(connection)

    def current_round(self) -> Round | None:
        """The round that is open or shown; None between two rounds."""
        with self._reading() as connection:
            return rounds.current(connection)

    def open_round(self, name: str, now: datetime) -> Round:
        """Begin a round.

        Raises
        ------
        DataError
            When another is open or shown.
        """
        name = _text(name, "rounds", "name")
        with self._writing() as connection:
            return rounds.begin(connection, name, now)

    def show_round(self, now: datetime, number: int | None = None) -> Round:
        """End the scoring of the open round and show its scores to all.

        Parameters
        ----------
        now : datetime
            When.
        number : int, optional
            The round that is meant; whichever is open when left out.

        Raises
        ------
        DataError
            When no round is open, or another than the one that is meant.
        """
        with self._writing() as connection:
            return rounds.advance(connection, OPEN, {"status": SHOWN, "shown_at": rounds.moment(now)}, number)

    def freeze_round(self, by: str, reason: str, now: datetime, number: int | None = None) -> Round:
        """Make the shown round a decision record: who, when, why, and a hash of its scores.

        Parameters
        ----------
        by, reason : str
            Who decides, and why.
        now : datetime
            When.
        number : int, optional
            The round that is meant; whichever is shown when left out.

        Raises
        ------
        DataError
            When no round is shown, or another than the one that is meant, or who or why is missing.
        """
        by, reason = _text(by, "rounds", "frozen_by"), _text(reason, "rounds", "reason")
        _check_record(by, reason)
        values = {"status": FROZEN, "frozen_at": rounds.moment(now), "frozen_by": by, "reason": reason}
        with self._writing() as connection:
            return rounds.advance(connection, SHOWN, values, number)

    def verify_round(self, number: int) -> bool:
        """Whether the scores of a frozen round are still those that the decision rests on.

        Raises
        ------
        DataError
            When there is no such round or it is not frozen.
        """
        with self._reading() as connection:
            found = next((one for one in rounds.listed(connection) if one.number == number), None)
            if found is None or found.status != FROZEN:
                raise DataError(_not_frozen(number))
            return rounds.scores_hash(connection, number) == found.scores_hash

    def score(self, rater_id: str, given: Sequence[Score], now: datetime) -> None:
        """Add scores to the open round: all of them, or none. Who scores again replaces what counts, not what is kept.

        Parameters
        ----------
        rater_id : str
            Who scores.
        given : sequence of Score
            Each requirement and criterion once.
        now : datetime
            When; a time with a zone is kept in UTC.

        Raises
        ------
        DataError
            When no round is open, the rater is unknown or may not score by a criterion, a requirement is unknown, or
            a score is off its scale; with every problem.
        """
        with self._writing() as connection:
            number = rounds.held_open(connection)
            problems = _score_problems(given, self._scales(connection, rater_id), _known(connection, given))
            if problems:
                raise DataError(problems)
            own = {"rater_id": rater_id, "round": number, "scored_at": rounds.moment(now)}
            database.append(connection, "scores", [_row(one) | own for one in given])

    def scores_seen_by(self, rater_id: str | None, facilitator: bool = False) -> pd.DataFrame:
        """The scores that someone may see: their own, and those of every round that is not open.

        Parameters
        ----------
        rater_id : str or None
            Whose own scores are among them; nobody's when None.
        facilitator : bool
            Whether somebody who is no rater may see anything; hidden scores are hidden from a facilitator too.

        Returns
        -------
        DataFrame
            Columns of the table ``scores``; those of rounds that the program brought with it are not hidden.
        """
        if rater_id is not None:
            self.may_score(rater_id)
        elif not facilitator:
            return self._records("scores", sa.false()).frame()
        open_rounds = sa.select(rounds.ROUNDS.c.round).where(rounds.ROUNDS.c.status == OPEN)
        seen = sa.or_(SCORES.c.rater_id == rater_id, SCORES.c.round.not_in(open_rounds))
        return self._records("scores", seen).frame()

    def progress(self) -> pd.DataFrame:
        """How far each rater is in the round that is open or shown.

        Returns
        -------
        DataFrame
            ``rater_id``, ``name``, ``scored``, ``abstained``, ``expected``: pairs of requirement and criterion.
        """
        import pandas as pd

        with self._reading() as connection:
            now = rounds.current(connection)
            counts = _counts(connection, now.number if now else 0)
            wanted = connection.scalar(sa.select(sa.func.count()).select_from(PLANNING["requirements"])) or 0
            query = sa.select(RATERS.c.rater_id, RATERS.c.name).order_by(RATERS.c.position, RATERS.c.rater_id)
            raters = list(connection.execute(query))
            expected = {rater: len(self._scales(connection, rater)) * wanted if now else 0 for rater, _name in raters}
        rows = [(one, name, *counts.get(one, (0, 0)), expected[one]) for one, name in raters]
        return pd.DataFrame(rows, columns=["rater_id", "name", "scored", "abstained", "expected"])

    def next_requirement_id(self) -> str:
        """An id that no requirement has yet, in the manner of those that there are."""
        with self._reading() as connection:
            return catalogue_entry.next_id(connection)

    def save_requirement(self, values: Mapping[str, object], expected: Mapping[str, object] | None) -> None:
        """Add a requirement, or change one that nobody else has changed meanwhile.

        Parameters
        ----------
        values : mapping of str to object
            Column → value as people write it; columns left out stay as they are.
        expected : mapping of str to object, or None
            The row as it was when the change began; None adds a requirement.

        Raises
        ------
        DataError
            When a value is wrong, the id is taken or unknown, or someone has changed the requirement meanwhile.
        """
        culture = self.settings.culture
        with self._writing() as connection:
            catalogue_entry.save(connection, values, expected, culture)


def _row(one: Score) -> dict[str, Any]:
    score = None if one.score is None else float(one.score)
    return vars(one) | {"score": score, "comment": _text(one.comment, "scores", "comment")}


def _text(value: str, table: str, column: str) -> str:
    try:
        return read(value, TABLES[table].column(column), Culture()) or ""
    except Unreadable as error:
        raise DataError(replace(error.problem, where=Location(column=column))) from error


def _counts(connection: sa.Connection, number: int) -> dict[str, tuple[int, int]]:
    """How many pairs each rater has scored and abstained from in a round; the last word on each pair counts."""
    same = (SCORES.c.rater_id, SCORES.c.requirement_id, SCORES.c.criterion_id)
    last = sa.select(sa.func.max(SCORES.c.position)).where(SCORES.c.round == number).group_by(*same)
    query = sa.select(SCORES.c.rater_id, SCORES.c.score.is_(None)).where(SCORES.c.position.in_(last))
    counted = Counter((rater, bool(abstained)) for rater, abstained in connection.execute(query))
    return {rater: (counted[rater, False], counted[rater, True]) for rater, _abstained in counted}


def _known(connection: sa.Connection, given: Sequence[Score]) -> set[str]:
    ids = PLANNING["requirements"].c.requirement_id
    wanted = {one.requirement_id for one in given}
    return set(connection.scalars(sa.select(ids).where(ids.in_(wanted))))


def _score_problems(given: Sequence[Score], scales: Mapping[str, Scale], known: set[str]) -> list[Problem]:
    pairs = Counter((one.requirement_id, one.criterion_id) for one in given)
    problems = [_twice(*pair) for pair, count in pairs.items() if count > 1]
    for one in given:
        if one.requirement_id not in known:
            problems.append(_no_requirement(one))
        elif one.criterion_id not in scales:
            problems.append(_not_yours(one, tuple(scales)))
        elif one.score is not None and not scales[one.criterion_id].holds(one.score):
            problems.append(_off_scale(one, scales[one.criterion_id]))
    return problems


def _place(one: Score) -> Location:
    return Location(one.requirement_id, column=one.criterion_id)


def _twice(requirement: str, criterion: str) -> Problem:
    place = Location(requirement, column=criterion)
    return Problem(_("It is scored twice at once."), _("one score"), _("Give the one that holds."), place)


def _no_requirement(one: Score) -> Problem:
    return Problem(
        _("“{id}” is no requirement.").format(id=one.requirement_id),
        _("a requirement of the program"),
        _("Load the requirements anew: it may have been removed."),
        _place(one),
    )


def _not_yours(one: Score, mine: tuple[str, ...]) -> Problem:
    return Problem(
        _("You do not score by the criterion “{id}”.").format(id=one.criterion_id),
        ", ".join(mine) or _("no criterion: your side scores nothing"),
        suggestion(one.criterion_id, mine) or _("The setting scoring_rights says who scores what."),
        _place(one),
    )


def _off_scale(one: Score, scale: Scale) -> Problem:
    return Problem(
        _("{score} is off the scale.").format(score=f"{one.score:.15g}"),
        scale.told,
        _("Correct it, or leave it empty to abstain."),
        _place(one),
    )


def _not_frozen(number: int) -> Problem:
    return Problem(_("Round {number} is not frozen.").format(number=number), _("a frozen round"), _("Freeze it first."))


def _check_record(by: str, reason: str) -> None:
    missing = [
        Problem(found, _("a text"), _("Fill it in: it becomes part of the decision record."))
        for found, given in ((_("Who decides is missing."), by), (_("The reason is missing."), reason))
        if not given
    ]
    if missing:
        raise DataError(missing)
