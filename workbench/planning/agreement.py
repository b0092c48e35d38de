"""How far the raters agree: one figure for the committee, and where to talk first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from workbench.errors import NoSolutionError, Problem, SettingsError
from workbench.language import exact, listed, number, percent
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.planning import discussion, reliability
from workbench.planning.leaning import leaning
from workbench.planning.reliability import MEASURE_LABELS, RELIABLE, TENTATIVE, Concordance, Matrix, Resamples
from workbench.planning.spread import LEVEL_LABELS, place_scores, spread_table
from workbench.results import Result

FEWEST_FOR_INTERVAL = 5
"""Fewest requirements that an interval is made from."""
NAMED_FIRST = 3
"""How many requirements the conclusion names for discussion."""

BAND_TEXTS = {
    "reliable": N_("at or above {reliable}, from where Krippendorff's custom relies on scores"),
    "tentative": N_(
        "between {tentative} and {reliable}, where Krippendorff's custom allows tentative conclusions only"
    ),
    "weak": N_("below {tentative}, Krippendorff's customary bound even for tentative conclusions"),
}
"""What is said of an alpha by Krippendorff's customary bounds; translate it where it is shown."""


CRITERION_COLUMNS = [
    "criterion_id",
    "criterion",
    "n_scores",
    "n_raters",
    "n_items",
    *(f"{name}{end}" for name in ("krippendorff_alpha", "kendall_w") for end in ("", "_low", "_high")),
    "kendall_w_raw",
    "chi_square",
    "degrees",
    "p_value",
    "n_ranking",
    "left_out",
]


@dataclass(frozen=True, eq=False)
class Agreement(Result):
    """How far raters agree, overall, by criterion and by requirement.

    Attributes
    ----------
    krippendorff_alpha, kendall_w : float or None
        Krippendorff's alpha and Kendall's W (ties corrected): the mean of the criteria's figures, weighted by the
        scores that each rests on. None where `notes` say why.
    krippendorff_alpha_low, krippendorff_alpha_high, kendall_w_low, kendall_w_high : float or None
        Bootstrap intervals, requirements drawn anew; None where `notes` say why.
    level : str
        Level of measurement of alpha: one of `workbench.planning.reliability.MEASURES`.
    confidence : float
        Of all intervals.
    n_raters, n_items, n_scores : int
        Raters and requirements with at least one score, and scores that count.
    table : DataFrame
        From `workbench.planning.spread.spread_table`: a row per requirement and criterion.
    by_criterion : DataFrame
        criterion_id, criterion, n_scores, n_raters, n_items; krippendorff_alpha and kendall_w with _low and _high;
        kendall_w_raw, chi_square, degrees and p_value (of W, NaN without one); n_ranking (raters who scored every
        requirement that anyone scored, so that W counts them) and left_out (tuple of the other raters).
    discuss_first : DataFrame
        From `workbench.planning.discussion.discuss_first`.
    lean : DataFrame
        From `workbench.planning.leaning.leaning`; to be shown to each rater alone.
    notes : tuple of str
        Why a figure is None, who is left out, and so on, in the language in use when the result was made.
    """

    krippendorff_alpha: float | None
    krippendorff_alpha_low: float | None
    krippendorff_alpha_high: float | None
    kendall_w: float | None
    kendall_w_low: float | None
    kendall_w_high: float | None
    level: str
    confidence: float
    n_raters: int
    n_items: int
    n_scores: int
    table: pd.DataFrame
    by_criterion: pd.DataFrame
    discuss_first: pd.DataFrame
    lean: pd.DataFrame
    notes: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The spread per requirement and criterion, as in `table`."""
        return self.table.copy()

    @property
    def band(self) -> str | None:
        """``reliable``, ``tentative`` or ``weak``, by Krippendorff's customary bounds; None without an alpha."""
        return None if self.krippendorff_alpha is None else _band(self.krippendorff_alpha)

    @property
    def counts(self) -> dict[str, int]:
        """How many pairs of requirement and criterion are at each level."""
        return {level: int((self.table["level"] == level).sum()) for level in LEVEL_LABELS}

    @property
    def conclusion(self) -> str:
        """Alpha with its bounds, W, and what to discuss first."""
        told = [_told_alpha(self), _told_w(self)]
        first = list(self.discuss_first["requirement_id"][:NAMED_FIRST])
        if first:
            told.append(_("Discuss first: {ids}.").format(ids=listed(first)))
        return " ".join(sentence for sentence in told if sentence)

    def _repr_html_(self) -> str:
        from markupsafe import escape

        told = self.table.assign(level=[_(LEVEL_LABELS[level]) for level in self.table["level"]])
        for name in ("mean", "lowest", "highest", "spread", "range"):
            told[name] = [exact(cell, 2) for cell in self.table[name]]
        return f"<p>{escape(self.conclusion)}</p>{told.to_html(escape=True, index=False, border=0)}"


@dataclass(frozen=True)
class _Figure:
    """A figure, how many scores it rests on, the same of each resample, and why there is none."""

    observed: float = np.nan
    weight: float = 0.0
    drawn: Matrix = field(default_factory=lambda: np.array([]))
    without_one: Matrix = field(default_factory=lambda: np.array([]))
    reason: str = ""

    def interval(self, confidence: float) -> tuple[float, float]:
        if np.isnan(self.observed):
            return np.nan, np.nan
        found = reliability.bootstrap_interval(self.observed, self.drawn, self.without_one, confidence)
        return found or (np.nan, np.nan)


@dataclass(frozen=True)
class _Order:
    """Kendall's W, all that belongs to it, and the raters whom it leaves out."""

    figure: _Figure
    concordance: Concordance | None
    left_out: tuple[str, ...]


def agreement(
    scores: pd.DataFrame,
    criteria: pd.DataFrame,
    *,
    level: str = "interval",
    after_round: int | None = None,
    places: pd.DataFrame | None = None,
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Agreement:
    """Measure how far raters agree.

    Every rater counts the same, whatever the weight of its scores, and so does every criterion. An empty score is an
    abstention and counts as missing.

    Parameters
    ----------
    scores, criteria : DataFrame
        The planning tables of these names.
    level : str
        Level of measurement of Krippendorff's alpha: ``nominal``, ``ordinal``, ``interval`` or ``ratio``.
    after_round : int, optional
        As things stood after this round; after all rounds by default.
    places : DataFrame, optional
        From `workbench.planning.discussion.influence`, for the order of discussion.
    resamples : int
        How many times the requirements are drawn anew for the intervals; 0 for none.
    seed : int
        Of the draws: the same seed gives the same intervals.
    confidence : float
        Of the intervals, between 0 and 1.

    Raises
    ------
    DataError
        When a criterion is unknown, a score is off its scale, or is negative on a ratio scale.
    SettingsError
        When there is no such level of measurement, or `resamples` or `confidence` is out of range.

    Examples
    --------
    >>> criteria = pd.DataFrame({"criterion_id": ["V"], "name": ["Value"], "scale_min": [1.0], "scale_max": [5.0]})
    >>> scores = pd.DataFrame({
    ...     "requirement_id": ["R1", "R2", "R3", "R4"] * 2, "rater_id": ["A"] * 4 + ["B"] * 4, "criterion_id": "V",
    ...     "round": 1, "score": [1.0, 2, 3, 4, 1, 2, 4, 3]})
    >>> found = agreement(scores, criteria)
    >>> round(found.krippendorff_alpha, 3), round(found.kendall_w, 3), found.counts["full"]
    (0.825, 0.9, 2)
    """
    _check_settings(level, resamples, confidence)
    placed = place_scores(scores, criteria, after_round)
    table = spread_table(placed, criteria)
    items = sorted(placed["requirement_id"].unique())
    again = reliability.draw(len(items), resamples if len(items) >= FEWEST_FOR_INTERVAL else 0, seed)
    matrices = _matrices(placed, criteria, items, "score" if level == "ratio" else "height")
    alphas = {name: _alpha(matrix, again, level) for name, matrix in matrices.items()}
    orders = {name: _order(matrix, again) for name, matrix in matrices.items()}
    alpha, w = _overall(alphas.values()), _overall(order.figure for order in orders.values())
    result = Agreement(
        *_with_interval(alpha, confidence),
        *_with_interval(w, confidence),
        level,
        confidence,
        placed["rater_id"].nunique(),
        len(items),
        len(placed),
        table,
        _by_criterion(matrices, alphas, orders, criteria, confidence),
        discussion.discuss_first(table, places),
        leaning(placed, confidence),
        (),
    )
    names = dict(zip(criteria["criterion_id"], criteria["name"], strict=True))
    return replace(result, notes=tuple(_notes(result, alphas, orders, names, resamples, places is not None)))


def _check_settings(level: str, resamples: int, confidence: float) -> None:
    problems = []
    if level not in reliability.MEASURES:
        found = _("There is no level of measurement named {name}.").format(name=level)
        problems.append(Problem(found, listed(list(reliability.MEASURES)), _("Choose one of these.")))
    for name, value, sound, expected in (
        ("resamples", resamples, resamples >= 0, _("a number, zero or more")),
        ("confidence", confidence, 0 < confidence < 1, _("a number between 0 and 1")),
    ):
        if not sound:
            found = _("{name} is {value}.").format(name=name, value=value)
            problems.append(Problem(found, expected, _("Correct {name}.").format(name=name)))
    if problems:
        raise SettingsError(problems)


def _matrices(placed: pd.DataFrame, criteria: pd.DataFrame, items: list[str], column: str) -> dict[str, pd.DataFrame]:
    """Per criterion that has scores: requirements × raters who scored it, NaN where one abstained."""
    found = {}
    for name in criteria["criterion_id"]:
        own = placed[placed["criterion_id"] == name]
        if len(own):
            wide = own.pivot(index="requirement_id", columns="rater_id", values=column)
            found[str(name)] = wide.astype(float).reindex(items)
    return found


def _alpha(matrix: pd.DataFrame, again: Resamples, level: str) -> _Figure:
    ratings = matrix.to_numpy()
    per_item = np.isfinite(ratings).sum(axis=1)
    try:
        observed = reliability.krippendorff_alpha(ratings, level)
    except NoSolutionError as reason:
        return _Figure(reason=str(reason))
    drawn, without_one = (
        reliability.weighted_krippendorff_alpha(ratings, weights, level) for weights in (again.drawn, again.without_one)
    )
    return _Figure(observed, float(per_item[per_item > 1].sum()), drawn, without_one)


def _order(matrix: pd.DataFrame, again: Resamples) -> _Order:
    """Kendall's W over the raters who scored every requirement that anyone scored, and who else there is."""
    scored = matrix.notna().any(axis=1).to_numpy()
    complete = matrix[scored].notna().all(axis=0)
    left_out = tuple(matrix.columns[~complete])
    ratings = matrix.loc[scored, complete].to_numpy()
    try:
        concordance = reliability.kendall_w(ratings)
    except NoSolutionError as reason:
        return _Order(_Figure(reason=str(reason)), None, left_out)
    drawn, without_one = (
        reliability.weighted_kendall_w(ratings, weights[:, scored]) for weights in (again.drawn, again.without_one)
    )
    return _Order(_Figure(concordance.w, float(ratings.size), drawn, without_one), concordance, left_out)


def _overall(figures: Iterable[_Figure]) -> _Figure:
    """The mean of the criteria's figures, weighted by their scores; a criterion without a figure stays out."""
    there = [figure for figure in figures if not np.isnan(figure.observed)]
    if not there:
        return _Figure()
    weights = np.array([figure.weight for figure in there])
    observed = float(np.average([figure.observed for figure in there], weights=weights))
    drawn = _weighted_mean(np.array([figure.drawn for figure in there]), weights)
    without_one = _weighted_mean(np.array([figure.without_one for figure in there]), weights)
    return _Figure(observed, float(weights.sum()), drawn, without_one)


def _weighted_mean(figures: Matrix, weights: Matrix) -> Matrix:
    """Mean over the first axis of what is there, NaN where nothing is."""
    found = np.isfinite(figures)
    total = weights @ found
    sums = weights @ np.where(found, figures, 0.0)
    return np.asarray(np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0))


def _with_interval(figure: _Figure, confidence: float) -> tuple[float | None, float | None, float | None]:
    found = (figure.observed, *figure.interval(confidence))
    one, low, high = (None if np.isnan(value) else float(value) for value in found)
    return one, low, high


def _by_criterion(
    matrices: dict[str, pd.DataFrame],
    alphas: dict[str, _Figure],
    orders: dict[str, _Order],
    criteria: pd.DataFrame,
    confidence: float,
) -> pd.DataFrame:
    names = criteria.set_index("criterion_id")["name"]
    rows = []
    for key, matrix in matrices.items():
        order = orders[key]
        rows.append(
            {
                "criterion_id": key,
                "criterion": names[key],
                "n_scores": int(matrix.notna().to_numpy().sum()),
                "n_raters": matrix.shape[1],
                "n_items": int(matrix.notna().any(axis=1).sum()),
                **_columns("krippendorff_alpha", alphas[key], confidence),
                **_columns("kendall_w", order.figure, confidence),
                **_test(order.concordance),
                "n_ranking": matrix.shape[1] - len(order.left_out),
                "left_out": order.left_out,
            }
        )
    return pd.DataFrame(rows, columns=CRITERION_COLUMNS).astype({"degrees": "Int64"})


def _test(concordance: Concordance | None) -> dict[str, object]:
    if concordance is None:
        return {"kendall_w_raw": np.nan, "chi_square": np.nan, "degrees": pd.NA, "p_value": np.nan}
    return {
        "kendall_w_raw": concordance.w_raw,
        "chi_square": concordance.chi_square,
        "degrees": concordance.degrees,
        "p_value": concordance.p_value,
    }


def _columns(name: str, figure: _Figure, confidence: float) -> dict[str, float]:
    low, high = figure.interval(confidence)
    return {name: figure.observed, f"{name}_low": low, f"{name}_high": high}


def _notes(
    result: Agreement,
    alphas: dict[str, _Figure],
    orders: dict[str, _Order],
    names: dict[str, str],
    resamples: int,
    ranked: bool,
) -> list[str]:
    if not result.n_scores:
        return [_("Nobody has scored anything yet.")]
    told = [
        *_reasons(_("Krippendorff's alpha"), {names[key]: figure.reason for key, figure in alphas.items()}),
        *_reasons(_("Kendall's W"), {names[key]: order.figure.reason for key, order in orders.items()}),
        *_left_out({names[key]: order.left_out for key, order in orders.items()}),
    ]
    if result.n_items < FEWEST_FOR_INTERVAL and resamples:
        told.append(_("Intervals need at least {count} requirements.").format(count=FEWEST_FOR_INTERVAL))
    elif resamples and _lacks_interval(result):
        told.append(_("Too many resamples have no figure, so there is no interval."))
    if not ranked:
        told.append(_("What to discuss first is ordered by disagreement alone, without its influence on the ranking."))
    return told


def _lacks_interval(result: Agreement) -> bool:
    return any(
        one is not None and low is None
        for one, low in (
            (result.krippendorff_alpha, result.krippendorff_alpha_low),
            (result.kendall_w, result.kendall_w_low),
        )
    )


def _reasons(figure: str, by_criterion: dict[str, str]) -> list[str]:
    """One sentence per reason, with all criteria that it holds for."""
    return [
        _("{figure} is missing on {criteria}: {reason}").format(
            figure=figure, criteria=listed([name for name, own in by_criterion.items() if own == reason]), reason=reason
        )
        for reason in dict.fromkeys(by_criterion.values())
        if reason
    ]


def _left_out(by_criterion: dict[str, tuple[str, ...]]) -> list[str]:
    return [
        _("Kendall's W on {criteria} leaves out {raters}, who did not score every requirement.").format(
            criteria=listed([name for name, own in by_criterion.items() if own == out]), raters=listed(list(out))
        )
        for out in dict.fromkeys(by_criterion.values())
        if out
    ]


def _band(alpha: float) -> str:
    return "reliable" if alpha >= RELIABLE else "tentative" if alpha >= TENTATIVE else "weak"


def _decimals(alpha: float) -> int:
    """As many as it takes to see on which side of the bounds an alpha is."""
    return next((digits for digits in range(2, 9) if _band(round(alpha, digits)) == _band(alpha)), 9)


def _told_alpha(result: Agreement) -> str:
    if result.krippendorff_alpha is None or result.band is None:
        return _("Agreement cannot be measured: {reason}").format(reason=" ".join(result.notes[:1]))
    bounds = _(BAND_TEXTS[result.band]).format(tentative=number(TENTATIVE), reliable=number(RELIABLE))
    return _("Krippendorff's alpha ({measure}) is {alpha}, {bounds}.").format(
        measure=_(MEASURE_LABELS[result.level]),
        alpha=_told(
            result.krippendorff_alpha,
            result.krippendorff_alpha_low,
            result.krippendorff_alpha_high,
            result.confidence,
            _decimals(result.krippendorff_alpha),
        ),
        bounds=bounds,
    )


def _told_w(result: Agreement) -> str:
    if result.kendall_w is None:
        return ""
    told = _told(result.kendall_w, result.kendall_w_low, result.kendall_w_high, result.confidence)
    return _("Kendall's W, for the order in which raters put the requirements, is {w}.").format(w=told)


def _told(figure: float, low: float | None, high: float | None, confidence: float, decimals: int = 2) -> str:
    if low is None or high is None:
        return _rounded(figure, decimals)
    return _("{figure} ({share} interval {low} to {high})").format(
        figure=_rounded(figure, decimals), share=percent(confidence), low=_rounded(low), high=_rounded(high)
    )


def _rounded(figure: float, decimals: int = 2) -> str:
    # Adding zero takes the sign off a negative zero.
    return exact(round(figure, decimals) + 0.0, decimals)
