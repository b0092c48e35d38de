"""How alike products are by what is known of them, whether anybody bought them or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _

Floats = NDArray[np.float64]

NO_ATTRIBUTES = ("product_id", "name", "unit_margin", "launched_on")
USUAL = {"price": "amount"}


def kinds_of(products: pd.DataFrame) -> dict[str, str]:
    """The kind of each attribute when nobody declares it: prices amounts, other figures numbers, texts categories."""
    columns = [column for column in products.columns if column not in NO_ATTRIBUTES and products[column].notna().any()]
    return {column: USUAL.get(column) or _kind(products[column]) for column in columns}


def _kind(values: pd.Series[Any]) -> str:
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return "number"
    return "tags" if values.map(lambda value: isinstance(value, (tuple, list, set))).any() else "category"


def product_similarity(products: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """How alike each two products are, from 0 to 1.

    Parameters
    ----------
    products : DataFrame
        product_id and attributes.
    kinds : mapping of str to str, optional
        What each attribute is: ``category`` (the same or not), ``number`` (by the share of the range that parts them),
        ``amount`` (the same on logarithms: twice the price is as far as half of it) or ``tags`` (texts, shared ÷ all).
        By default as `kinds_of` says.

    Returns
    -------
    DataFrame
        A row and a column for each product id; the mean over the attributes that both have. 0 where they share none.

    Raises
    ------
    SettingsError
        When an attribute is missing from the products, or a kind does not exist.
    DataError
        When nothing is known of the products.

    Notes
    -----
    J. C. Gower (1971), A general coefficient of similarity and some of its properties, *Biometrics* 27(4).

    Examples
    --------
    >>> shelf = pd.DataFrame({"product_id": ["a", "b", "c"], "family": ["x", "x", "y"], "price": [1.0, 2.0, 4.0]})
    >>> product_similarity(shelf).loc["a"].tolist()
    [1.0, 0.75, 0.0]
    """
    kinds = kinds_of(products) if kinds is None else kinds
    _refuse_unknown(products, kinds)
    parts = [_COMPARED[kind](products[column]) for column, kind in kinds.items()]
    if not parts:
        raise DataError(Problem(_("Nothing is known of the products."), _("one attribute at least, such as family")))
    stacked = np.stack(parts)
    known = np.isfinite(stacked)
    counts = known.sum(axis=0)
    mean = np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(counts, 1)
    return pd.DataFrame(mean, index=products["product_id"].to_numpy(), columns=products["product_id"].to_numpy())


def _refuse_unknown(products: pd.DataFrame, kinds: Mapping[str, str]) -> None:
    missing = [column for column in kinds if column not in products.columns]
    wrong = [kind for kind in kinds.values() if kind not in _COMPARED]
    problems = [
        Problem(
            _("Products have no attribute {name}.").format(name=language.quoted(column)),
            language.either([language.quoted(name) for name in products.columns if name not in NO_ATTRIBUTES]),
        )
        for column in missing
    ]
    known = language.either([language.quoted(kind) for kind in _COMPARED])
    problems += [
        Problem(_("There is no kind of attribute {kind}.").format(kind=language.quoted(kind)), known) for kind in wrong
    ]
    if problems:
        raise SettingsError(problems)


def _categories(values: pd.Series[Any]) -> Floats:
    texts = values.astype(object).where(values.notna() & (values.astype(str) != ""), None).to_numpy()
    same = (texts[:, None] == texts[None, :]).astype(float)
    absent = np.array([text is None for text in texts])
    return np.where(absent[:, None] | absent[None, :], np.nan, same)


def _numbers(values: pd.Series[Any]) -> Floats:
    figures = pd.to_numeric(values).to_numpy(float)
    known = figures[np.isfinite(figures)]
    span = np.ptp(known) if len(known) else 0.0
    apart = np.abs(figures[:, None] - figures[None, :])
    # Where all are equal the attribute parts nobody; they are alike in it.
    found: Floats = 1 - (apart / span if span > 0 else apart)
    return found


def _amounts(values: pd.Series[Any]) -> Floats:
    figures = pd.to_numeric(values)
    return _numbers(np.log(figures.where(figures > 0)))


def _tags(values: pd.Series[Any]) -> Floats:
    sets = [frozenset(value) if isinstance(value, (tuple, list, set)) else frozenset() for value in values]
    shared = [[len(one & other) / len(one | other) if one and other else np.nan for other in sets] for one in sets]
    return np.array(shared, dtype=float)


_COMPARED: dict[str, Callable[[Any], Floats]] = {
    "category": _categories,
    "number": _numbers,
    "amount": _amounts,
    "tags": _tags,
}
