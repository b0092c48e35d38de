"""Pairs that are the same or uncertain, with how alike each field is: ids and figures, no values."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

SHOWN = ("given", "family", "email", "phone", "street", "postcode", "birth_year")
PAIR = ("first_source", "first_id", "second_source", "second_id")
DECIMALS = 9


def _jaro_winkler_similarity(first: str, second: str) -> float:
    """How alike two texts are, from 0 to 1, by DuckDB's function of the same name."""
    raise NotImplementedError(first, second)


jaro_winkler_similarity: Any = ibis.udf.scalar.builtin(_jaro_winkler_similarity, name="jaro_winkler_similarity")


def likely(backend: Any, scored: ir.Table, records: ir.Table, shift: float, least: float) -> pd.DataFrame:
    """Pairs at least this probable, the surest first.

    Parameters
    ----------
    backend : ibis DuckDB backend
        Of this matching alone.
    scored : ibis Table
        unique_id_l, unique_id_r, match_weight (bits).
    records : ibis Table
        As `matching_records.load` left them.
    shift : float
        Added to the weights, see `matching_model.Scored`.
    least : float
        Probability from which a pair is of interest.

    Returns
    -------
    DataFrame
        first, second (numbers of the records from 0), first_source, first_id, second_source, second_id, probability,
        and for each of `SHOWN` the Jaro-Winkler similarity from 0 to 1, missing where one of the two is.
    """
    weight = scored.match_weight + shift
    found = scored.filter(weight >= float(np.log2(least) - np.log2(1 - least)))
    found = found.mutate(probability=(1 / (1 + 2.0 ** -ibis.least(weight, 500.0))).round(DECIMALS))
    left, right = (records.rename(lambda name, side=side: f"{side}_{name}") for side in ("first", "second"))
    both = found.join(left, found.unique_id_l == left.first_unique_id)
    both = both.join(right, both.unique_id_r == right.second_unique_id)
    likeness = {name: _likeness(both[f"first_{name}"], both[f"second_{name}"]) for name in SHOWN}
    pairs = both.select(
        first=both.unique_id_l - 1,
        second=both.unique_id_r - 1,
        first_source=both.first_source,
        first_id=both.first_source_id,
        second_source=both.second_source,
        second_id=both.second_source_id,
        probability=both.probability,
        **likeness,
    )
    frame: pd.DataFrame = pairs.execute()
    return frame.sort_values(["probability", "first", "second"], ascending=[False, True, True], ignore_index=True)


def _likeness(first: Any, second: Any) -> Any:
    return jaro_winkler_similarity(first.cast("string"), second.cast("string"))
