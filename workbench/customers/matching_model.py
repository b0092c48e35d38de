"""How much each field speaks for one person: estimated by splink from the records themselves, nobody telling it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench import language
from workbench.customers.matching_blocks import BLOCKED
from workbench.customers.matching_comparisons import COMPARISONS, MISSING, described, usable
from workbench.errors import DataError, NoSolutionError, Problem, SettingsError
from workbench.language import gettext as _

EXTRA = "matching"
FEWEST_COMPARISONS = 3
SESSIONS_EACH = 3
FEWEST_PAIRS = 10
MOST_TRAINING_PAIRS = 2e6
RANDOM_PAIRS = 1.5e6
LEAST_M = 1e-3
RULE_OF_THREE = 3.0
STARTING_SHARE = 1e-4
STEPS = 1000
TRAINING_STEPS = (25, 4, 2, 1)
CLOSE = 1e-10


@dataclass(frozen=True)
class Scored:
    """All pairs that were compared.

    Attributes
    ----------
    table : str
        In the matching's own DuckDB: unique_id_l, unique_id_r, match_weight (bits).
    shift : float
        To be added to a weight, so that 1 / (1 + 2 ** −weight) is the probability that the two are one.
    share : float
        Of all pairs of records, how many are one person.
    candidates : int
        Pairs that were compared.
    model : DataFrame
        field, level, m, u, weight (log2 of m / u), assumed (whether m or u is, as no such pair was seen).
    """

    table: str
    shift: float
    share: float
    candidates: int
    model: pd.DataFrame


@contextmanager
def silent() -> Iterator[None]:
    """Nothing is logged by splink inside, whatever level others have set: its messages may hold people's names."""
    logger = logging.getLogger("splink")
    before = logger.level, logger.propagate, logger.disabled
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before[0])
        logger.propagate, logger.disabled = before[1:]


def required() -> Any:
    """The package splink.

    Raises
    ------
    SettingsError
        When it is not installed; names the extra that brings it.
    """
    try:
        import splink
    except ImportError as error:
        problem = Problem(
            _("Records of several systems cannot be matched: splink is not installed."),
            _("the extra {extra}").format(extra=EXTRA),
            _('Install it: pip install "crm-workbench[{extra}]"').format(extra=EXTRA),
        )
        raise SettingsError(problem) from error
    return splink


def scored(backend: Any, fields: tuple[str, ...], blocks: pd.DataFrame, seed: int) -> Scored:
    """Estimate how much each field speaks for one person, and weigh every pair that shares a block.

    Parameters
    ----------
    backend : ibis DuckDB backend
        With the records as `matching_blocks.block` left them.
    fields : tuple of str
        Columns that hold anything.
    blocks : DataFrame
        Of `matching_blocks.block`.
    seed : int
        Of the random pairs from which is estimated how often different people agree.

    Raises
    ------
    DataError
        When there are too few fields to tell people apart.
    NoSolutionError
        When too few records have anything in common to estimate from.

    Notes
    -----
    I. P. Fellegi and A. B. Sunter (1969), A theory for record linkage, *Journal of the American Statistical
    Association* 64; the probabilities by expectation maximisation, W. E. Winkler (1988). The share of pairs that are
    one person is the largest likelihood of the weights of all pairs, those that share no block being taken as
    different.
    """
    names = list(usable(fields))
    _check_fields(names)
    splink = required()
    with silent():
        api = splink.DuckDBAPI(backend.con)
        backend.con.execute("SET enable_progress_bar = false")
        trained = _completed(_trained_safely(splink, api, names, blocks, seed), _pairs(backend))
        table = _linker(splink, api, _as_splink_has_it(trained)).inference.predict(warning_mode="never").physical_name
    share, shift, candidates = _share(backend, table)
    return Scored(table, shift, share, candidates, _model(trained))


def _check_fields(names: Sequence[str]) -> None:
    if len(names) >= FEWEST_COMPARISONS:
        return
    found = language.listed([language.quoted(name) for name in names]) or language.quoted("")
    told = _("The records have too few fields to tell people apart: {fields}.").format(fields=found)
    raise DataError(Problem(told, expected=_("three of {fields}").format(fields=language.listed(list(COMPARISONS)))))


def _linker(splink: Any, api: Any, settings: dict[str, Any]) -> Any:
    return splink.Linker(api.register(BLOCKED), settings, log_level=None)


def _settings(names: Sequence[str], blocks: pd.DataFrame, steps: int) -> dict[str, Any]:
    from splink import block_on

    rules = [block_on(name).create_blocking_rule_dict("duckdb") for name in blocks.loc[blocks["pairs"] > 0, "block"]]
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "comparisons": [described(name) for name in names],
        "blocking_rules_to_generate_predictions": rules,
        "probability_two_random_records_match": STARTING_SHARE,
        "max_iterations": steps,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "linker_uid": "matching",
    }


def _trained_safely(splink: Any, api: Any, names: Sequence[str], blocks: pd.DataFrame, seed: int) -> dict[str, Any]:
    for steps in TRAINING_STEPS:
        try:
            return _trained(splink, api, names, blocks, seed, steps)
        except ValueError as error:
            # splink stops where a level that no match has falls below 1e-300; fewer steps do not get there.
            if "below the minimum" not in str(error):
                raise
    raise NoSolutionError(_("The likelihoods of the fields cannot be estimated from these records."))


def _trained(
    splink: Any, api: Any, names: Sequence[str], blocks: pd.DataFrame, seed: int, steps: int
) -> dict[str, Any]:
    sessions = _sessions(names, blocks)
    linker = _linker(splink, api, _settings(names, blocks, steps))
    # All random pairs at once: stopping early would leave frequent levels with an error of a tenth.
    linker.training.estimate_u_using_random_sampling(RANDOM_PAIRS, seed, min_count_per_level=None, num_chunks=1)
    for name, columns, pairs in zip(sessions["block"], sessions["columns"], sessions["pairs"], strict=True):
        most = MOST_TRAINING_PAIRS if pairs > MOST_TRAINING_PAIRS else None
        linker.training.estimate_parameters_using_expectation_maximisation(
            splink.block_on(*columns, name),
            estimate_without_term_frequencies=True,
            max_pairs=most,
        )
    settings: dict[str, Any] = linker.misc.save_model_to_json()
    return settings


def _sessions(names: Sequence[str], blocks: pd.DataFrame) -> pd.DataFrame:
    """Blocks to estimate from, so that each field is estimated among pairs chosen by others."""
    learnt = dict.fromkeys(names, 0)
    chosen = []
    for at, (columns, pairs) in enumerate(zip(blocks["columns"], blocks["pairs"], strict=True)):
        teaches = [name for name in names if not set(COMPARISONS[name].columns) & set(columns)]
        if pairs >= FEWEST_PAIRS and any(learnt[name] < SESSIONS_EACH for name in teaches):
            chosen.append(at)
            learnt |= {name: learnt[name] + 1 for name in teaches}
    never = [language.quoted(name) for name, times in learnt.items() if not times]
    if never:
        told = _("Too few records have anything in common to tell how much {fields} speak for one person.")
        remedy = _("Check the column map, or bring records of more customers.")
        raise NoSolutionError(Problem(told.format(fields=language.listed(never)), remedy=remedy))
    return blocks.iloc[chosen]


def _levels(settings: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for comparison in settings["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if level["label_for_charts"] != MISSING]
        yield comparison["output_column_name"], levels


def _completed(settings: dict[str, Any], pairs: float) -> dict[str, Any]:
    """Nothing is impossible because it was never seen: no m below `LEAST_M`, and u by the rule of three."""
    unseen = RULE_OF_THREE / max(min(pairs, RANDOM_PAIRS), RULE_OF_THREE)
    for _name, levels in _levels(settings):
        values = np.maximum([level.get("m_probability", 0.0) for level in levels], LEAST_M)
        for level, value in zip(levels, values / values.sum(), strict=True):
            level["assumed"] = not {"m_probability", "u_probability"} <= set(level)
            level["m_probability"] = float(value)
            level.setdefault("u_probability", unseen)
    return settings


def _as_splink_has_it(settings: dict[str, Any]) -> dict[str, Any]:
    plain = deepcopy(settings)
    for _name, levels in _levels(plain):
        for level in levels:
            del level["assumed"]
    return plain


def _model(settings: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for name, levels in _levels(settings):
        for level in levels:
            m, u = level["m_probability"], level["u_probability"]
            row = {"field": name, "level": level["label_for_charts"], "m": m, "u": u, "weight": np.log2(m / u)}
            rows.append(row | {"assumed": level["assumed"]})
    return pd.DataFrame(rows)


def _pairs(backend: Any) -> float:
    records = int(backend.table(BLOCKED).count().execute())
    return records * (records - 1) / 2


def _share(backend: Any, table: str) -> tuple[float, float, int]:
    """The share of pairs that are one person, what it adds to the weights, and how many pairs were compared."""
    pairs = backend.table(table)
    rounded = pairs.group_by(weight=pairs.match_weight.round(3)).aggregate(n=lambda group: group.count())
    found = rounded.order_by("weight").execute()
    evidence = found["weight"].to_numpy(float) - _bits(STARTING_SHARE)
    share = likeliest_share(evidence, found["n"].to_numpy(float), _pairs(backend))
    return share, _bits(share) - _bits(STARTING_SHARE), int(found["n"].sum())


def _bits(share: float) -> float:
    return float(np.log2(share) - np.log2(1 - share))


def likeliest_share(evidence: Any, counts: Any, pairs: float) -> float:
    """The share of pairs that are one person, given the evidence (bits) of those compared, the others being different.

    Examples
    --------
    Where the evidence leaves no doubt it is the plain share:

    >>> round(likeliest_share(np.array([60.0, -60.0]), np.array([3.0, 50.0]), 1000.0), 6)
    0.003
    """
    share = STARTING_SHARE
    for _step in range(STEPS):
        odds = np.minimum(evidence + _bits(share), 500.0)
        revised = max(float((counts * expit(np.log(2) * odds)).sum()) / pairs, np.finfo(float).tiny)
        if abs(revised - share) <= CLOSE * share:
            break
        share = revised
    return share
