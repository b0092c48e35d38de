"""Complexity adjusted to the firm: what a project needs and the firm does not have makes it more complex."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _

MAX_UPLIFT = 0.5
"""Share of the way to full complexity that a project goes when the firm has nothing of what it needs."""


def adjusted_complexity(complexity: float, lacking: float, max_uplift: float = MAX_UPLIFT) -> float:
    """Complexity of a project for a firm that lacks some of what it needs.

    ``complexity + max_uplift × lacking × (100 − complexity)``: the index itself when the firm has everything; never
    above 100; never falling when complexity or what is lacking grows.

    Parameters
    ----------
    complexity : float
        Index from 0 to 100, as scored. NaN stays NaN.
    lacking : float
        Share of the means that the firm does not have, 0 to 1. NaN, not known, gives NaN.
    max_uplift : float
        Share of the way to 100 when everything is lacking, 0 to 1. A judgement: see docs/methods/scoping.md.

    Raises
    ------
    SettingsError
        When ``max_uplift`` is no share.

    Examples
    --------
    >>> adjusted_complexity(40, 0.5, max_uplift=0.5)
    55.0
    """
    if not 0 <= max_uplift <= 1:
        found = _("{name} is {value}.").format(name="max_uplift", value=max_uplift)
        raise SettingsError(Problem(found, _("a number from 0 to 1"), _("Correct {name}.").format(name="max_uplift")))
    return complexity + max_uplift * lacking * (100 - complexity)


def not_owned(needed: Iterable[str], own: Sequence[str]) -> tuple[str, ...]:
    """What of the needed things the firm does not have; upper and lower case and outer spaces make no difference.

    Examples
    --------
    >>> not_owned(["Data warehouse", "Chat engine"], ["data warehouse "])
    ('Chat engine',)
    """
    there = {_plain(name) for name in own}
    return tuple(name for name in needed if _plain(name) not in there)


def lacking_shares(projects: pd.DataFrame, own_technologies: Sequence[str], own_skills: Sequence[str]) -> pd.DataFrame:
    """What each project needs and the firm does not have.

    Parameters
    ----------
    projects : DataFrame
        project_id, technologies and skills (tuples of str).
    own_technologies, own_skills : sequence of str
        What the firm has. An empty list says nothing: the kind of means is then left out, not taken as lacking.

    Returns
    -------
    DataFrame
        project_id, new_technologies, new_skills (tuples of str) and lacking (mean of the shares of technologies and of
        skills that are new; NaN where neither can be known).

    Examples
    --------
    >>> projects = pd.DataFrame({"project_id": ["P"], "technologies": [("CRM", "Web")], "skills": [("Design",)]})
    >>> lacking_shares(projects, ["Web"], ["Design"])["lacking"].item()
    0.25
    """
    owned = {"technologies": own_technologies, "skills": own_skills}
    new = {kind: [not_owned(needed, own) if own else () for needed in projects[kind]] for kind, own in owned.items()}
    shares = pd.DataFrame({kind: _shares(projects[kind], new[kind], own) for kind, own in owned.items()}, dtype=float)
    return pd.DataFrame(
        {
            "project_id": projects["project_id"].to_numpy(),
            "new_technologies": new["technologies"],
            "new_skills": new["skills"],
            "lacking": shares.mean(axis=1).to_numpy(),
        }
    )


def _shares(needed: pd.Series, new: list[tuple[str, ...]], own: Sequence[str]) -> list[float]:
    return [
        len(lacking) / len(all_) if own and len(all_) else float("nan")
        for all_, lacking in zip(needed, new, strict=True)
    ]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
