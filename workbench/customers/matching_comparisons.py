"""How two records are compared field by field, and which pairs are compared at all: declared, not computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MISSING = "missing"
DIFFERENT = "different"
ALIKE = 0.9


@dataclass(frozen=True)
class Comparison:
    """Grades of likeness of one field, or of fields that say one thing together.

    Attributes
    ----------
    columns : tuple of str
        Cleaned columns that it needs.
    levels : tuple of (str, str)
        Name and condition in SQL, from the closest on; what fulfils none is `DIFFERENT`.
    frequencies : str
        Column whose frequent values count as weaker evidence; empty when all values count alike.
    """

    columns: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    frequencies: str = ""


def _same(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


def _one_edit(column: str) -> str:
    """One letter more, less or other, or two changed places; their ends tell most pairs apart, which is quick."""
    left, right = f'"{column}_l"', f'"{column}_r"'
    ends = f"left({left}, 2) = left({right}, 2) OR right({left}, 2) = right({right}, 2) OR length({left}) < 5"
    return f"({ends}) AND damerau_levenshtein({left}, {right}) <= 1"


def _alike(column: str) -> str:
    return f'jaro_winkler_similarity("{column}_l", "{column}_r") >= {ALIKE}'


_INITIAL = '(length("given_l") = 1 OR length("given_r") = 1) AND left("given_l", 1) = left("given_r", 1)'

COMPARISONS = {
    "given": Comparison(
        ("given",), (("same", _same("given")), ("initial", _INITIAL), ("near", _alike("given"))), "given"
    ),
    "family": Comparison(
        ("family",),
        (("same", _same("family")), ("one_edit", _one_edit("family")), ("near", _alike("family"))),
        "family",
    ),
    "email": Comparison(
        ("email", "email_name"),
        (("same", _same("email")), ("near", f"{_same('email_name')} OR ({_one_edit('email_name')})")),
    ),
    "phone": Comparison(("phone",), (("same", _same("phone")), ("one_edit", _one_edit("phone")))),
    "address": Comparison(
        ("street", "postcode"),
        (
            ("same", f"{_same('postcode')} AND {_same('street')}"),
            ("near", f"{_same('postcode')} AND {_alike('street')}"),
            ("half", f"{_same('postcode')} OR {_same('street')}"),
        ),
    ),
    "birth_year": Comparison(
        ("birth_year",), (("same", _same("birth_year")), ("near", 'abs("birth_year_l" - "birth_year_r") <= 1'))
    ),
}

# Pairs that have all of one group in common are compared. The likelihoods are estimated from the first that serve: an
# address comes late, because families share it. The last two are for files so large that too many share those before.
BLOCKS = (
    ("email",),
    ("phone",),
    ("family", "birth_year"),
    ("given", "family"),
    ("given", "birth_year"),
    ("street", "postcode"),
    ("given", "family", "birth_year"),
    ("family", "postcode"),
)


def usable(fields: tuple[str, ...]) -> dict[str, Comparison]:
    """The comparisons whose columns hold anything.

    Examples
    --------
    >>> list(usable(("email", "email_name", "street")))
    ['email']
    """
    return {name: compared for name, compared in COMPARISONS.items() if set(compared.columns) <= set(fields)}


def described(name: str) -> dict[str, Any]:
    """A comparison as splink's settings have it."""
    compared = COMPARISONS[name]
    missing = " OR ".join(f'"{column}_{side}" IS NULL' for column in compared.columns for side in "lr")
    levels: list[dict[str, Any]] = [{"sql_condition": missing, "label_for_charts": MISSING, "is_null_level": True}]
    levels += [{"sql_condition": condition, "label_for_charts": label} for label, condition in compared.levels]
    if compared.frequencies:
        levels[1] |= {"tf_adjustment_column": compared.frequencies, "tf_adjustment_weight": 1.0}
    levels.append({"sql_condition": "ELSE", "label_for_charts": DIFFERENT})
    return {"output_column_name": name, "comparison_levels": levels}
