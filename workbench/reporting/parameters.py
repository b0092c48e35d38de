"""A report's parameters: the contract read from its notebook, and given values held to it before any kernel starts.

The contract is the notebook's cell tagged ``parameters``: one annotated name a line, with a comment that explains it
and may end with bounds and the unit in brackets::

    horizon: int = 36  # how far the report looks ahead [1 to 600 months]
    share: float = 0.5  # how many take part [0 to 1]
    team: int = 4  # who does the work [people]
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.errors import Problem, ReportError, SettingsError
from workbench.language import either
from workbench.language import gettext as _
from workbench.reporting import notebooks

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

TAG = "parameters"
_BRACKET = re.compile(r"\s*\[([^\]]+)\]$")
_BOUNDS = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) to (-?[0-9]+(?:\.[0-9]+)?)(?: (.+))?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LONGEST_SHOWN = 60
_SIMPLE: dict[str, Any] = {"str": str, "int": int, "float": float, "bool": bool}
_MADE_OF_THEM: dict[str, Any] = {"list[str]": list[str], "dict[str, dict[str, float]]": dict[str, dict[str, float]]}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report.

    Attributes
    ----------
    name : str
        Its name in the notebook.
    type : str
        Its type as the notebook writes it, for example ``float | None``.
    default : object
        Its value when nothing is given.
    help : str
        What it means.
    unit : str
        The unit of its values; empty when it has none.
    bounds : tuple of two numbers, or None
        The lowest and the highest value; None when any number will do.
    annotation : object
        Its type as an object of `typing`.
    """

    name: str
    type: str
    default: object
    help: str = ""
    unit: str = ""
    bounds: tuple[float, float] | None = None
    annotation: Any = field(default=str, repr=False, compare=False)

    @property
    def optional(self) -> bool:
        """Whether nothing (``None``) may be given."""
        return NoneType in get_args(self.annotation)

    @property
    def base(self) -> Any:
        """The type without the ``None``."""
        return get_args(self.annotation)[0] if self.optional else self.annotation

    @property
    def choices(self) -> tuple[object, ...]:
        """The values to choose from; empty when any of the type will do."""
        return get_args(self.base) if get_origin(self.base) is Literal else ()

    @property
    def bracket(self) -> str:
        """Its bounds and unit in words; empty when it has neither."""
        bounds = _("{lowest} to {highest}").format(lowest=self.bounds[0], highest=self.bounds[1]) if self.bounds else ""
        return f"{bounds} {_(self.unit)}".strip()

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        told = _in_words(self)
        return _("{value}, or nothing").format(value=told) if self.optional else told


def contract(notebook: Path) -> tuple[Parameter, ...]:
    """The parameters that a report notebook takes.

    Parameters
    ----------
    notebook : pathlib.Path
        The notebook.

    Returns
    -------
    tuple of Parameter
        In the notebook's order.

    Raises
    ------
    ReportError
        When the file is no notebook, has no parameters cell, or writes one in a way that the contract does not allow;
        all problems at once.
    """
    source = _parameters_cell(notebook)
    try:
        lines = ast.parse(source).body
    except SyntaxError as error:
        raise ReportError(_broken(notebook, error.lineno or 1, _("a line that Python cannot read"))) from error
    comments = _comments(source)
    found: list[Parameter] = []
    problems: list[Problem] = []
    for line in lines:
        if isinstance(line, ast.ImportFrom) and line.module in ("__future__", "typing"):
            continue
        try:
            # A formatter breaks a long line in brackets and takes the comment inside.
            written = range(line.lineno, (line.end_lineno or line.lineno) + 1)
            found.append(_parameter(line, " ".join(comments[number] for number in written if number in comments)))
        except ValueError as error:
            problems.append(_broken(notebook, line.lineno, str(error)))
    if problems:
        raise ReportError(problems)
    return tuple(found)


def validate(contract: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, object]:
    """The parameters of one run: what was given, held to the contract, and the defaults for the rest.

    Parameters
    ----------
    contract : sequence of Parameter
        From `contract`.
    given : mapping of str to object
        Values by name, typed (from a YAML file) or as text (from the command line). Text becomes the parameter's type:
        numbers with a point, ``true`` or ``false``, lists with commas, and nothing or ``none`` for ``None``.

    Returns
    -------
    dict of str to object
        Every parameter of the contract, in its order, as plain values (text, number, boolean, list of texts, figures by
        name under names, or None).

    Raises
    ------
    SettingsError
        When a name is unknown, or a value is not of the type or out of bounds; all problems at once.

    Examples
    --------
    >>> months = Parameter("months", "int", 36, annotation=int)
    >>> validate([months], {"months": "24"})
    {'months': 24}
    >>> validate([months], {"month": 24})
    Traceback (most recent call last):
    workbench.errors.SettingsError: There is no parameter month. Expected: one of months. Did you mean months?
    """
    known = {parameter.name: parameter for parameter in contract}
    problems = [_unknown(str(name), list(known)) for name in given if name not in known]
    values: dict[str, object] = {}
    for name, parameter in known.items():
        try:
            values[name] = _held(parameter, given.get(name, parameter.default))
        except ValidationError as error:
            problems += _wrong(parameter, given[name], error)
    if problems:
        raise SettingsError(problems)
    return values


def _storable(value: object) -> object:
    # A command line in another encoding arrives with lone surrogates, which no file could hold.
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _held(parameter: Parameter, value: object) -> object:
    value = _from_text(parameter, value) if isinstance(value, str) else value
    if isinstance(value, date) and parameter.base is str:
        value = value.isoformat()
    return _adapter(parameter).validate_python(value)


def _adapter(parameter: Parameter) -> TypeAdapter[Any]:
    strict = ConfigDict(strict=True, allow_inf_nan=False)
    kind: Any = parameter.base
    if parameter.bounds:
        kind = Annotated[kind, Field(ge=parameter.bounds[0], le=parameter.bounds[1])]
    kind = kind | None if parameter.optional else kind
    return TypeAdapter(Annotated[kind, AfterValidator(_storable)], config=strict)


def _from_text(parameter: Parameter, text: str) -> object:
    """The text as the parameter's type; as it is where it cannot be one, for the check to refuse."""
    plain = text.strip()
    for choice in parameter.choices:
        if plain == str(choice):
            return choice
    if parameter.optional and plain.lower() in ("", "none"):
        return None
    if parameter.base is int and _INTEGER.fullmatch(plain):
        return int(plain)
    if parameter.base is float and _NUMBER.fullmatch(plain):
        return float(plain)
    if parameter.base is bool:
        return {"true": True, "false": False}.get(plain.lower(), text)
    if get_origin(parameter.base) is list:
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


def _unknown(name: str, known: list[str]) -> Problem:
    near = get_close_matches(name, known, n=1)
    return Problem(
        found=_("There is no parameter {name}.").format(name=_shown(name)),
        expected=_("one of {names}").format(names=either(known)) if known else _("no parameters"),
        remedy=_("Did you mean {name}?").format(name=near[0]) if near else "",
    )


def _wrong(parameter: Parameter, value: object, error: ValidationError) -> list[Problem]:
    remedy = _("It means: {meaning}.").format(meaning=_(parameter.help).rstrip(".")) if parameter.help else ""
    found = [_("The parameter {name} is {value}.").format(name=parameter.name, value=_shown(value))]
    if get_origin(parameter.base) is dict and isinstance(value, dict):
        found = [_within(parameter, each) for each in error.errors()]
    return [Problem(told, parameter.expected, remedy) for told in found]


def _within(parameter: Parameter, error: ErrorDetails) -> str:
    """What is wrong at one place of a parameter that holds several."""
    # pydantic marks a name that is no text, which the name itself shows.
    place = [_shown(part) for part in error["loc"] if part != "[key]"]
    if not place:
        return _("The parameter {name} is {value}.").format(name=parameter.name, value=_shown(error["input"]))
    told = _("The parameter {name} has {value} at {place}.")
    return told.format(name=parameter.name, value=_shown(error["input"]), place=" → ".join(place))


def _shown(value: object) -> str:
    told = value if isinstance(value, str) and value.isidentifier() else repr(value)
    return told if len(told) <= _LONGEST_SHOWN else told[: _LONGEST_SHOWN - 1] + "…"


def _in_words(parameter: Parameter) -> str:
    if parameter.choices:
        return _("one of {names}").format(names=either([str(choice) for choice in parameter.choices]))
    words = {
        str: _("a text (in a YAML file, in quotes when it looks like a number)"),
        int: _("a whole number"),
        float: _("a finite number, written with a point (0.1)"),
        bool: _("true or false"),
    }
    made = {
        list: _("a list of texts (on the command line, separated by commas)"),
        dict: _("figures by name, under a name, as in Cautious: {churn_reduction: 0.05} (in a YAML file)"),
    }
    told = made.get(get_origin(parameter.base)) or words[parameter.base]
    return f"{told} [{parameter.bracket}]" if parameter.bracket else told


def _parameters_cell(path: Path) -> str:
    code = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    cells = [cell.source for cell in code if TAG in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ReportError(
            Problem(
                found=_("{name} has {count} cells tagged “parameters”.").format(name=path.name, count=len(cells)),
                expected=_("one"),
            )
        )
    return str(cells[0])


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _parameter(line: ast.stmt, comment: str) -> Parameter:
    if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name) or line.value is None:
        raise ValueError(_("{line}, which is no annotated name with a default").format(line=_code(line)))
    annotation = _annotation(line.annotation)
    try:
        default = ast.literal_eval(line.value)
    except ValueError as error:
        raise ValueError(_("{line}, whose default is no plain value").format(line=_code(line))) from error
    bounds, unit = _bounds_and_unit(comment)
    parameter = Parameter(
        name=line.target.id,
        type=ast.unparse(line.annotation),
        default=default,
        help=_BRACKET.sub("", comment),
        unit=unit,
        bounds=bounds,
        annotation=annotation,
    )
    return _with_fitting_default(parameter, line)


def _bounds_and_unit(comment: str) -> tuple[tuple[float, float] | None, str]:
    bracket = _BRACKET.search(comment)
    bounds = _BOUNDS.fullmatch(bracket[1]) if bracket else None
    if bracket is None or bounds is None:
        return None, bracket[1] if bracket else ""
    return (_number(bounds[1]), _number(bounds[2])), bounds[3] or ""


def _number(text: str) -> float:
    return int(text) if _INTEGER.fullmatch(text) else float(text)


def _with_fitting_default(parameter: Parameter, line: ast.stmt) -> Parameter:
    if not parameter.help:
        raise ValueError(_("{line}, without a comment that explains it").format(line=_code(line)))
    if parameter.bounds and parameter.base not in (int, float):
        raise ValueError(_("{line}, with bounds for what is no number").format(line=_code(line)))
    try:
        _adapter(parameter).validate_python(parameter.default)
    except ValidationError as error:
        raise ValueError(
            _("{line}, whose default is not of its type or out of its bounds").format(line=_code(line))
        ) from error
    return parameter


def _annotation(node: ast.expr) -> Any:
    match node:
        case ast.Name(id=name) if name in _SIMPLE:
            return _SIMPLE[name]
        case ast.BinOp(left=kind, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _annotation(kind) | None
        case ast.Subscript() if ast.unparse(node) in _MADE_OF_THEM:
            return _MADE_OF_THEM[ast.unparse(node)]
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=choices)):
            return Literal[tuple(_choices(choices))]
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Constant(value=choice)):
            return Literal[choice]
    allowed = ", ".join([*_SIMPLE, *_MADE_OF_THEM, "Literal[…]", "… | None"])
    raise ValueError(_("the type {type}, which is none of {allowed}").format(type=ast.unparse(node), allowed=allowed))


def _choices(nodes: Iterable[ast.expr]) -> list[object]:
    return [ast.literal_eval(node) for node in nodes]


def _code(line: ast.stmt) -> str:
    return _shown(ast.unparse(line)).strip("'\"")


def _broken(notebook: Path, line: int, found: str) -> Problem:
    return Problem(
        found=_("Line {number} of the parameters cell of {name} has {found}.").format(
            number=line, name=notebook.name, found=found
        ),
        expected=_("an annotated name with a default and a comment a line, as in {line}").format(
            line="months: int = 36  # how far to look ahead"
        ),
    )
