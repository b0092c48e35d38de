"""Units of assumptions, read as money and time; and the sums of a formula whose parts do not go together."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from workbench.errors import Location, Problem
from workbench.language import gettext as _
from workbench.program import formulas
from workbench.program.currencies import named_in
from workbench.program.formula_text import one_line, quoted, tree
from workbench.program.reading import UNREAD, Records
from workbench.program.unit_words import ADVERBS, BY, SCALES

TIMES = {
    "second": "s sec secs second seconds segundo segundos",
    "minute": "min mins minute minutes minuto minutos",
    "hour": "h hr hrs hour hours hourly hora horas",
    "day": "day days daily dia dias diario jornada jornadas",
    "week": "week weeks weekly semana semanas semanal",
    "month": "month months monthly mes meses mensual mensuales",
    "quarter": "quarter quarters quarterly trimestre trimestres trimestral trimestrales",
    "year": "year years yearly annual ano anos anual anuales",
}
MONEY = frozenset("currency money moneda dinero euro euros dollar dollars dolar dolares".split())
_TIME_OF = {word: time for time, words in TIMES.items() for word in words.split()}
_WORD = re.compile(r"%|/|[^\W\d_]+|[€$£¥₹]|\d+")


@dataclass(frozen=True)
class Measure:
    """What a figure measures, as far as its unit tells; everything that is counted is left out.

    Attributes
    ----------
    money : Fraction or None
        Power of money in it: 1 for a price or an amount, 0 for a count or a share; None where nobody can tell.
    times : tuple of (str, Fraction) or None
        Powers of months, hours…; None where nobody can tell, as after a division by 3600.
    """

    money: Fraction | None = None
    times: tuple[tuple[str, Fraction], ...] | None = None

    def __mul__(self, other: Measure) -> Measure:
        money = None if self.money is None or other.money is None else self.money + other.money
        if self.times is None or other.times is None:
            return Measure(money)
        powers = dict(self.times)
        for time, power in other.times:
            powers[time] = powers.get(time, Fraction(0)) + power
        return Measure(money, _tidied(powers))

    def __pow__(self, power: Fraction) -> Measure:
        money = None if self.money is None else self.money * power
        times = None if self.times is None else _tidied({time: each * power for time, each in self.times})
        return Measure(money, times)

    def fits(self, other: Measure) -> bool:
        """Whether the two can be added; what is not known fits everything."""
        moneys, times = {self.money, other.money} - {None}, {self.times, other.times} - {None}
        return len(moneys) < 2 and len(times) < 2


UNKNOWN, PLAIN = Measure(), Measure(Fraction(0), ())


def _tidied(powers: Mapping[str, Fraction]) -> tuple[tuple[str, Fraction], ...]:
    return tuple(sorted((time, power) for time, power in powers.items() if power))


def measure(unit: str, currency: str) -> Measure:
    """What a unit says of money and time.

    Parameters
    ----------
    unit : str
        As people write it, in English or Spanish: ``EUR an hour``, ``€/h``, ``llamadas al mes``.
    currency : str
        ISO 4217 code of the program.

    Examples
    --------
    >>> measure("EUR an hour", "EUR") == measure("€/h", "EUR") == measure("EUR por hora", "EUR")
    True
    >>> measure("thousand EUR", "EUR") == UNKNOWN, measure("", "EUR") == UNKNOWN
    (True, True)
    """
    words = _WORD.findall(_plain(unit))
    if not words or SCALES.intersection(words) or any(word.isdigit() for word in words):
        return UNKNOWN
    found, below = PLAIN, False
    for word in words:
        below = below or word in BY
        found *= _of_word(word, currency) ** Fraction(-1 if below or word in ADVERBS else 1)
    return found


def names_money(unit: str, currency: str) -> bool:
    """Whether a unit is one of money, in whatever thousands.

    Examples
    --------
    >>> [names_money(unit, "EUR") for unit in ("thousand EUR", "€ a call", "currency an hour", "calls a month")]
    [True, True, True, False]
    """
    return any(_of_word(word, currency).money for word in _WORD.findall(_plain(unit)))


def _plain(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return bare.casefold()


def _of_word(word: str, currency: str) -> Measure:
    if word in MONEY or named_in(word.upper(), currency):
        return Measure(Fraction(1), ())
    time = _TIME_OF.get(word)
    return Measure(Fraction(0), ((time, Fraction(1)),)) if time else PLAIN


def notices(tables: Mapping[str, Records], currency: str) -> list[Problem]:
    """Sums, differences and comparisons in formulas whose parts have units that do not go together.

    A unit is a text that people write, and can be read wrongly: what it seems to say is a reason to look, not to
    refuse. Nothing is said of an assumption without a unit.

    Parameters
    ----------
    tables : mapping of str to Records
        The tables of a program, without problems.
    currency : str
        ISO 4217 code of the program.
    """
    if "assumptions" not in tables:
        return []
    rows = tables["assumptions"].rows
    units = {row["assumption_id"]: row["unit"] or "" for row in rows}
    measures = {name: measure(unit, currency) for name, unit in units.items()}
    return [
        _told(row["formula"], pair, units, records.at(index, "formula"))
        for name in ("costs", "benefits")
        for records in [tables.get(name)]
        if records is not None
        for index, row in enumerate(records.rows)
        if row["formula"] is not UNREAD
        for pair in mismatches(row["formula"], measures)
    ]


def _told(formula: str, pair: tuple[str, str], units: Mapping[str, str], where: Location) -> Problem:
    one, other = (_with_units(part, units) for part in pair)
    found = _("The formula {formula} puts together {one} and {other}.")
    told = found.format(formula=quoted(formula), one=one, other=other)
    remedy = _("Correct the formula, or the units of the assumptions.")
    return Problem(told, _("figures of the same unit on both sides of a sum"), remedy, where)


def _with_units(part: str, units: Mapping[str, str]) -> str:
    names = sorted(formulas.names(part))
    given = [f"{name}: {units[name]}" for name in names if units.get(name)]
    return f"{quoted(part)} ({units[part] if names == [part] else ', '.join(given)})"


def mismatches(formula: str, measures: Mapping[str, Measure]) -> list[tuple[str, str]]:
    """The parts of a formula that are added, subtracted or compared although their units differ.

    Parameters
    ----------
    formula : str
        One without problems.
    measures : mapping of str to Measure
        What each assumption measures.

    Examples
    --------
    >>> known = {"calls": measure("calls a month", "EUR"), "cost": measure("EUR", "EUR")}
    >>> mismatches("calls + cost", known), mismatches("calls * cost + cost * 2", known)
    ([('calls', 'cost')], [])
    """
    reader = _Reader(one_line(formula), measures)
    reader.of(tree(formula))
    return list(dict.fromkeys(reader.found))


class _Reader:
    """Goes through a formula, and notes which of its parts do not go together."""

    def __init__(self, text: str, measures: Mapping[str, Measure]) -> None:
        self.text, self.measures = text, measures
        self.found: list[tuple[str, str]] = []

    def of(self, node: ast.expr) -> Measure:
        """What a part of the formula measures."""
        match node:
            case ast.Name():
                return self.measures.get(node.id, UNKNOWN)
            case ast.UnaryOp():
                return self.of(node.operand)
            case ast.BinOp():
                return self._of_operation(node)
            case ast.Compare():
                self._together([node.left, *node.comparators])
                return PLAIN
            case ast.IfExp():
                self.of(node.test)
                return self._together([node.body, node.orelse])
            case ast.Call():
                return self._of_call(node)
        return UNKNOWN

    def _of_operation(self, node: ast.BinOp) -> Measure:
        if isinstance(node.op, ast.Add | ast.Sub):
            return self._together([node.left, node.right])
        if isinstance(node.op, ast.Pow):
            base, power = self.of(node.left), node.right
            self.of(power)
            return base ** Fraction(str(power.value)) if isinstance(power, ast.Constant) else UNKNOWN
        left, right = self._factor(node.left), self._factor(node.right)
        if isinstance(node.op, ast.Mod):
            return left
        return left * (right if isinstance(node.op, ast.Mult) else right ** Fraction(-1))

    def _factor(self, node: ast.expr) -> Measure:
        """A number makes hours of seconds, or years of months: what is left of the times, nobody can tell."""
        return Measure(Fraction(0)) if isinstance(node, ast.Constant) else self.of(node)

    def _of_call(self, node: ast.Call) -> Measure:
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in ("min", "max"):
            return self._together(node.args)
        measured = [self.of(one) for one in node.args]
        return measured[0] if called in ("abs", "round") else UNKNOWN

    def _together(self, parts: list[ast.expr]) -> Measure:
        """The measure that all parts share, where they do."""
        first, *rest = parts
        shared = self.of(first)
        for part in rest:
            other = self.of(part)
            if not shared.fits(other):
                self.found.append((self._written(first), self._written(part)))
                return UNKNOWN
            shared = Measure(
                other.money if shared.money is None else shared.money,
                other.times if shared.times is None else shared.times,
            )
        return shared

    def _written(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ""
