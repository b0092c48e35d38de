"""Scores of several raters, reduced to value, urgency and complexity per requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import either, exact, listed, ngettext
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.program.tables import AXES, DIRECTIONS
from workbench.results import Result

AXIS_LABELS = {
    "value": N_("value"),
    "complexity": N_("complexity"),
    "urgency": N_("urgency"),
    "risk_reduction": N_("risk reduction"),
}
"""What each axis is called in a sentence."""

INDICES = ("value", "urgency", "complexity")
RISK_REDUCTION = "risk_reduction"
"""An index of its own, only where criteria of this axis exist; no requirement has to be scored on it."""
SAME = 1e-6
"""Indices closer than this are equal: what separates them is the rounding of the sums."""
BOUNDS = tuple(f"{axis}_{end}" for axis in INDICES for end in ("low", "high"))


@dataclass(frozen=True, eq=False)
class RequirementScores(Result):
    """Indices per requirement, and what they are made of.

    Attributes
    ----------
    table : DataFrame
        Index requirement_id, in the requirements' order. Columns title, department; value, urgency, complexity (0 to
        100, NaN where not scored); value_low, value_high and so on: the lowest and highest index that any single
        rater's own scores give (own criteria only), widened to hold the index itself. That is the raters' range, not
        a confidence interval. Where criteria of risk reduction exist, risk_reduction and its two ends too. Then raters
        (how many gave a score that counts) and missing (tuple of the criteria that have a weight and no score).
    contributions : DataFrame
        A row per requirement and criterion scored: requirement_id, axis, criterion_id, criterion (its name),
        weight_share (of the criteria scored on the axis; they sum to 1), mean_score (on the criterion's own scale),
        goodness (0 to 1, 1 is good news) and points (they sum to the index of the axis).
    superseded : int
        Scores that a later one by the same rater replaced.
    abstained : int
        Scores that count last and are empty.
    without_weight : int
        Scores left out because their rater or their criterion weighs nothing.
    unscored : tuple of str
        Requirements with no index at all.
    incomplete : mapping of str to tuple of str
        Requirement scored on only some criteria of an axis → names of the criteria that its index goes without.
    """

    table: pd.DataFrame
    contributions: pd.DataFrame
    superseded: int
    abstained: int
    without_weight: int
    unscored: tuple[str, ...]
    incomplete: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """The indices per requirement, as in `table`."""
        return self.table.copy()

    @property
    def partly_scored(self) -> dict[str, tuple[str, ...]]:
        """Per requirement that lacks an index on some axis: the axes that it lacks."""
        return axes_not_scored(self.table, INDICES)

    def with_ranges(self) -> pd.DataFrame:
        """The indices in words, with the raters' range: requirement_id, title, value, urgency, complexity, raters."""
        told = self.table[["title"]].copy()
        for axis in INDICES:
            figures = self.table[[axis, f"{axis}_low", f"{axis}_high"]].to_numpy()
            told[axis] = [_("not scored") if np.isnan(row).any() else _range(*row) for row in figures]
        return told.assign(raters=self.table["raters"]).reset_index()

    @property
    def complete(self) -> tuple[str, ...]:
        """The requirements scored on every axis and on every criterion that has a weight."""
        lacking = {*self.partly_scored, *self.incomplete}
        return tuple(str(identifier) for identifier in self.table.index if identifier not in lacking)

    @property
    def incomplete_groups(self) -> dict[tuple[str, ...], list[str]]:
        """The incomplete requirements by the names of the criteria that they go without."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for identifier, names in self.incomplete.items():
            groups.setdefault(names, []).append(identifier)
        return groups

    @property
    def incomplete_told(self) -> str:
        """Which requirements are scored on only some criteria of an axis; empty when there are none."""
        if not self.incomplete:
            return ""
        without = [
            _("{ids} without {criteria}").format(ids=listed(ids), criteria=listed(list(names)))
            for names, ids in self.incomplete_groups.items()
        ]
        return _("Scored on only some criteria of an axis: {groups}.").format(groups="; ".join(without))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the raters' range is, and which scores do not count."""
        of_range = _(
            "The raters' range goes from the lowest to the highest index that a single rater's own scores give, "
            "and always holds the index; it is no confidence interval."
        )
        told = _("{abstained} abstentions and {superseded} replaced scores do not count.").format(
            abstained=self.abstained, superseded=self.superseded
        )
        if not self.without_weight:
            return of_range, told
        weightless = ngettext(
            "{count} score is left out, because its rater or its criterion has no weight.",
            "{count} scores are left out, because their rater or their criterion has no weight.",
            self.without_weight,
        )
        return of_range, told, weightless.format(count=self.without_weight)

    @property
    def conclusion(self) -> str:
        """How many are scored, which lead, and how many are not scored on every axis."""
        lacking = self.partly_scored
        ranked = len(self.table) - len(lacking)
        told = ngettext(
            "{count} requirement is scored on value, urgency and complexity.",
            "{count} requirements are scored on value, urgency and complexity.",
            ranked,
        ).format(count=ranked)
        if ranked:
            highest = _highest(self.table, "value", "valued") | _highest(self.table, "urgency", "urgent")
            told += " " + _(
                "The highest value is {value} ({valued}); the highest urgency is {urgency} ({urgent})."
            ).format(**highest)
        if lacking:
            told += " " + ngettext(
                "{count} is not scored on every axis.", "{count} are not scored on every axis.", len(lacking)
            ).format(count=len(lacking))
        return f"{told} {self.incomplete_told}".strip()

    def _repr_html_(self) -> str:
        return _html(self.conclusion, self.table)


def score_requirements(
    requirements: pd.DataFrame, criteria: pd.DataFrame, raters: pd.DataFrame, scores: pd.DataFrame
) -> RequirementScores:
    """Reduce the raters' scores to value, urgency and complexity per requirement.

    Each score is placed on its criterion's own scale, so an index does not change when other requirements come or go.
    Criteria that nobody scored are left out of the mean and named in ``missing``; nothing is filled in for them.

    Parameters
    ----------
    requirements, criteria, raters, scores : DataFrame
        The planning tables of these names.

    Returns
    -------
    RequirementScores
        Indices from 0 to 100.

    Raises
    ------
    DataError
        When ids are unknown or double, a score is off its scale, or an axis or the raters have no weight at all.

    Notes
    -----
    A weighted additive value model (Keeney and Raiffa 1976; Belton and Stewart 2002) over local scales.

    Examples
    --------
    >>> requirements = pd.DataFrame({"requirement_id": ["R1"], "title": ["Web chat"], "department": ["Care"]})
    >>> criteria = pd.DataFrame({
    ...     "criterion_id": ["V"], "name": ["Business value"], "axis": ["value"], "weight": [1.0],
    ...     "direction": ["higher_is_better"], "scale_min": [1.0], "scale_max": [5.0]})
    >>> raters = pd.DataFrame({"rater_id": ["A", "B"], "weight": [3.0, 1.0]})
    >>> scores = pd.DataFrame({
    ...     "requirement_id": "R1", "rater_id": ["A", "B"], "criterion_id": "V", "round": 1, "score": [5.0, 1.0],
    ...     "scored_at": pd.NaT})
    >>> score_requirements(requirements, criteria, raters, scores).table.loc["R1", "value"]
    np.float64(75.0)
    """
    _check(requirements, criteria, raters, scores)
    latest = last_scores(scores)
    given = latest[latest["score"].notna()]
    rated = _rated(given, criteria, raters)
    contributions = _contributions(rated)
    table = _table(requirements, rated, contributions, axes_of(criteria))
    missing = _missing(table.index, criteria, contributions)
    table["missing"] = [tuple(missing.columns[row]) for row in missing.to_numpy()]
    return RequirementScores(
        table=table,
        contributions=_in_order(contributions, requirements, criteria),
        superseded=len(scores) - len(latest),
        abstained=len(latest) - len(given),
        without_weight=len(given) - len(rated),
        unscored=tuple(table.index[table[list(INDICES)].isna().all(axis=1)]),
        incomplete=_incomplete(table, missing, criteria),
    )


def rated_scores(criteria: pd.DataFrame, raters: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """The scores that an index is made of, each on its own scale.

    Parameters
    ----------
    criteria, raters, scores : DataFrame
        The planning tables of these names, as `score_requirements` found them sound.

    Returns
    -------
    DataFrame
        The last score per rater, requirement and criterion, without abstentions and without raters and criteria that
        weigh nothing: requirement_id, rater_id, criterion_id, score, criterion (its name), axis, criterion_weight,
        direction, scale_min, scale_max, rater_weight and goodness (0 to 1, 1 is good news).
    """
    latest = last_scores(scores)
    return _rated(latest[latest["score"].notna()], criteria, raters)


def of_department(
    requirements: pd.DataFrame, scores: pd.DataFrame, department: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The requirements of one department and their scores; no index changes, as none depends on the others.

    Parameters
    ----------
    requirements, scores : DataFrame
        The planning tables of these names.
    department : str or None
        Upper and lower case and outer spaces make no difference; None takes everything.

    Returns
    -------
    (DataFrame, DataFrame)
        The requirements, and the scores without those of the other departments' requirements.

    Raises
    ------
    SettingsError
        When no requirement is of this department.
    """
    if department is None:
        return requirements, scores
    names = requirements["department"]
    own = requirements[names.str.strip().str.casefold() == department.strip().casefold()]
    if own.empty:
        raise SettingsError(
            Problem(
                _("No requirement is of the department “{name}”.").format(name=department),
                either(sorted(names.unique())),
                _("Choose one of these."),
            )
        )
    # A score of an unknown requirement stays in, so that it is told and not dropped.
    others = set(requirements["requirement_id"]) - set(own["requirement_id"])
    return own, scores[~scores["requirement_id"].isin(others)]


def last_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """The score that counts per rater, requirement and criterion.

    The highest round wins, then the latest ``scored_at`` (an undated score is older than any dated one), then the row
    furthest down. An empty score that comes last withdraws the earlier ones: the rater abstains.
    """
    file_order = scores.assign(_row=range(len(scores)))
    last = file_order.sort_values(["round", "scored_at", "_row"], na_position="first").drop_duplicates(
        ["requirement_id", "rater_id", "criterion_id"], keep="last"
    )
    return last.sort_values("_row").drop(columns="_row")


def axes_of(criteria: pd.DataFrame) -> tuple[str, ...]:
    """The axes that requirements have an index on: the three, and risk reduction where criteria of it exist."""
    return (*INDICES, RISK_REDUCTION) if (criteria["axis"] == RISK_REDUCTION).any() else INDICES


def axes_not_scored(table: pd.DataFrame, axes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Per requirement that lacks an index on one of these axes: the axes that it lacks."""
    names = np.array(list(axes))
    lacking = table[list(names)].isna()
    return {
        str(identifier): tuple(map(str, names[row]))
        for identifier, row in zip(lacking.index, lacking.to_numpy(), strict=True)
        if row.any()
    }


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as people read it: one decimal, ``not scored`` in place of an absent index, lists in words."""
    told = frame.astype(object)
    for name in frame.columns:
        if pd.api.types.is_float_dtype(frame[name]):
            told[name] = [_("not scored") if pd.isna(cell) else exact(cell, 1) for cell in frame[name]]
        elif name == "missing":
            told[name] = [listed(list(cell)) if cell else _("none") for cell in frame[name]]
    return told


def _range(value: float, low: float, high: float) -> str:
    return _("{value} ({low} to {high})").format(value=exact(value, 1), low=exact(low, 1), high=exact(high, 1))


def _html(conclusion: str, table: pd.DataFrame) -> str:
    from markupsafe import escape

    return f"<p>{escape(conclusion)}</p>{readable(table).to_html(escape=True, border=0)}"


def _highest(table: pd.DataFrame, axis: str, whose: str) -> dict[str, str]:
    top = table[axis].max()
    leaders = table.index[table[axis] >= top - SAME]
    return {axis: exact(top, 1), whose: listed([str(identifier) for identifier in leaders])}


def _rated(given: pd.DataFrame, criteria: pd.DataFrame, raters: pd.DataFrame) -> pd.DataFrame:
    by_criterion = criteria[["criterion_id", "name", "axis", "weight", "direction", "scale_min", "scale_max"]].rename(
        columns={"name": "criterion", "weight": "criterion_weight"}
    )
    by_rater = raters[["rater_id", "weight"]].rename(columns={"weight": "rater_weight"})
    rated = given[["requirement_id", "rater_id", "criterion_id", "score"]].merge(by_criterion, on="criterion_id")
    rated = rated.merge(by_rater, on="rater_id")
    rated = rated[(rated["criterion_weight"] > 0) & (rated["rater_weight"] > 0)]
    height = (rated["score"] - rated["scale_min"]) / (rated["scale_max"] - rated["scale_min"])
    rated = rated.assign(goodness=height.where(rated["direction"] == DIRECTIONS[0], 1 - height))
    # One fixed order of summing, so that the order of rows cannot change even the last digit.
    return rated.sort_values(["requirement_id", "criterion_id", "rater_id"], ignore_index=True)


def _weighted_mean(frame: pd.DataFrame, keys: list[str], columns: list[str], weight: str) -> pd.DataFrame:
    weighted = frame[columns].mul(frame[weight], axis=0)
    weighted["_total"] = frame[weight]
    sums = weighted.groupby([frame[key] for key in keys]).sum()
    return sums[columns].div(sums["_total"], axis=0)


def _towards_index(goodness: pd.Series, axis: pd.Series) -> pd.Series:
    """Turn goodness into the share of the index: simplicity is good news, complexity is its opposite."""
    return goodness.where(axis != "complexity", 1 - goodness)


def _contributions(rated: pd.DataFrame) -> pd.DataFrame:
    keys = ["requirement_id", "axis", "criterion_id", "criterion", "criterion_weight"]
    means = _weighted_mean(rated, keys, ["score", "goodness"], "rater_weight").reset_index()
    total = means.groupby(["requirement_id", "axis"])["criterion_weight"].transform("sum")
    means["weight_share"] = means["criterion_weight"] / total
    means["points"] = 100 * means["weight_share"] * _towards_index(means["goodness"], means["axis"])
    means = means.rename(columns={"score": "mean_score"})
    return means[[*keys[:4], "weight_share", "mean_score", "goodness", "points"]]


def _table(
    requirements: pd.DataFrame, rated: pd.DataFrame, contributions: pd.DataFrame, axes: tuple[str, ...]
) -> pd.DataFrame:
    bounds = [f"{axis}_{end}" for axis in axes for end in ("low", "high")]
    table = requirements.set_index("requirement_id")[["title", "department"]]
    indices = contributions.groupby(["requirement_id", "axis"])["points"].sum().unstack("axis")
    table = table.join(indices.reindex(index=table.index, columns=list(axes)).astype(float))
    table = table.join(_raters_range(rated, indices).reindex(index=table.index, columns=bounds).astype(float))
    figures = [*axes, *bounds]
    table[figures] = table[figures].clip(0, 100)  # weights that sum to 1 may miss it in the last digit
    counts = rated.groupby("requirement_id")["rater_id"].nunique()
    table["raters"] = counts.reindex(table.index, fill_value=0).astype(int)
    return table


def _raters_range(rated: pd.DataFrame, indices: pd.DataFrame) -> pd.DataFrame:
    """Lowest and highest index of a single rater, by own criteria, widened to hold the index of all."""
    own = _weighted_mean(rated, ["requirement_id", "axis", "rater_id"], ["goodness"], "criterion_weight").reset_index()
    own["index"] = 100 * _towards_index(own["goodness"], own["axis"])
    ranges = own.groupby(["requirement_id", "axis"])["index"]
    low, high = ranges.min().unstack("axis"), ranges.max().unstack("axis")
    low, high = low.where(low <= indices, indices), high.where(high >= indices, indices)
    return low.add_suffix("_low").join(high.add_suffix("_high"))


def _missing(ids: pd.Index, criteria: pd.DataFrame, contributions: pd.DataFrame) -> pd.DataFrame:
    """Whether a requirement (row) has no score on a criterion that has a weight (column)."""
    wanted = criteria.loc[criteria["weight"] > 0, "criterion_id"].astype(object)
    scored = contributions.pivot(index="requirement_id", columns="criterion_id", values="points")
    return scored.reindex(index=ids, columns=wanted).isna()


def _incomplete(table: pd.DataFrame, missing: pd.DataFrame, criteria: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    described = criteria.set_index("criterion_id").loc[missing.columns]
    names = described["name"].where(described["name"] != "", described.index).to_numpy(dtype=object)
    scored = table[described["axis"]].notna().to_numpy(dtype=bool)
    lacking = missing.to_numpy(dtype=bool) & scored
    return {
        str(identifier): tuple(names[row]) for identifier, row in zip(table.index, lacking, strict=True) if row.any()
    }


def _in_order(contributions: pd.DataFrame, requirements: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    orders = {
        "requirement_id": requirements["requirement_id"],
        "axis": pd.Series(axes_of(criteria)),
        "criterion_id": criteria["criterion_id"],
    }
    places = {name: {key: place for place, key in enumerate(order)} for name, order in orders.items()}
    return contributions.sort_values(
        list(orders), key=lambda column: column.map(places[str(column.name)]), ignore_index=True
    )


def _check(requirements: pd.DataFrame, criteria: pd.DataFrame, raters: pd.DataFrame, scores: pd.DataFrame) -> None:
    problems = [
        *_doubled("requirements", requirements["requirement_id"]),
        *_doubled("criteria", criteria["criterion_id"]),
        *_doubled("raters", raters["rater_id"]),
        *_unknown(scores["requirement_id"], requirements["requirement_id"], "requirements"),
        *_unknown(scores["criterion_id"], criteria["criterion_id"], "criteria"),
        *_unknown(scores["rater_id"], raters["rater_id"], "raters"),
        *_outside_choices(criteria, "axis", AXES),
        *_outside_choices(criteria, "direction", DIRECTIONS),
        *_bad_weights("criteria", criteria, "criterion_id"),
        *_bad_weights("raters", raters, "rater_id"),
    ]
    # The later checks compute with what the earlier ones found sound.
    problems = problems or [*_empty_scales(criteria), *_no_weight(criteria, raters)]
    problems = problems or _off_scale(criteria, scores)
    if problems:
        raise DataError(problems)


def _doubled(table: str, keys: pd.Series) -> list[Problem]:
    return [
        Problem(
            _("The id {id} stands there more than once.").format(id=key),
            _("each id once"),
            _("Remove or rename the second one."),
            Location(file=table, column=str(keys.name)),
        )
        for key in keys[keys.duplicated()].unique()
    ]


def _unknown(used: pd.Series, known: pd.Series, table: str) -> list[Problem]:
    return [
        Problem(
            _("{id} is not in the table {table}.").format(id=key, table=table),
            _("an id of the table {table}").format(table=table),
            _("Correct the id, add it to the table, or leave its scores out."),
            Location(file="scores", column=str(used.name)),
        )
        for key in used[~used.isin(known)].unique()
    ]


def _outside_choices(criteria: pd.DataFrame, column: str, choices: tuple[str, ...]) -> list[Problem]:
    wrong = criteria[~criteria[column].isin(choices)]
    return [
        Problem(
            _("Criterion {id} has {found}.").format(id=key, found=found),
            either(choices),
            _("Write one of these."),
            Location(file="criteria", column=column),
        )
        for key, found in zip(wrong["criterion_id"], wrong[column], strict=True)
    ]


def _bad_weights(table: str, frame: pd.DataFrame, key: str) -> list[Problem]:
    wrong = frame[~(np.isfinite(frame["weight"].astype(float)) & (frame["weight"] >= 0))]
    return [
        Problem(
            _("{id} has the weight {found}.").format(id=identifier, found=found),
            _("a number, zero or more"),
            _("Correct the weight."),
            Location(file=table, column="weight"),
        )
        for identifier, found in zip(wrong[key], wrong["weight"], strict=True)
    ]


def _empty_scales(criteria: pd.DataFrame) -> list[Problem]:
    length = criteria["scale_max"].astype(float) - criteria["scale_min"].astype(float)
    wrong = criteria[~(np.isfinite(length) & (length > 0))]
    return [
        Problem(
            _("Criterion {id} has a scale from {low} to {high}.").format(id=key, low=low, high=high),
            _("a lowest score below the highest"),
            _("Correct scale_min or scale_max."),
            Location(file="criteria", column="scale_max"),
        )
        for key, low, high in zip(wrong["criterion_id"], wrong["scale_min"], wrong["scale_max"], strict=True)
    ]


def _no_weight(criteria: pd.DataFrame, raters: pd.DataFrame) -> list[Problem]:
    totals = criteria.groupby("axis")["weight"].sum()
    problems = [
        Problem(
            _("All criteria of {axis} weigh nothing.").format(axis=_(AXIS_LABELS[axis])),
            _("a weight above zero"),
            _("Give at least one criterion of the axis a weight, or remove the axis's criteria."),
            Location(file="criteria", column="weight"),
        )
        for axis in totals.index[totals == 0]
    ]
    if len(raters) and not raters["weight"].sum() > 0:
        remedy = _("Give at least one rater a weight.")
        where = Location(file="raters", column="weight")
        problems.append(Problem(_("All raters weigh nothing."), _("a weight above zero"), remedy, where))
    return problems


def _off_scale(criteria: pd.DataFrame, scores: pd.DataFrame) -> list[Problem]:
    placed = scores.merge(criteria[["criterion_id", "scale_min", "scale_max"]], on="criterion_id", how="left")
    wrong = placed[placed["score"].notna() & ~placed["score"].between(placed["scale_min"], placed["scale_max"])]
    return [
        Problem(
            _("{rater} gave {requirement} the score {found} on {criterion}.").format(
                rater=row.rater_id, requirement=row.requirement_id, found=row.score, criterion=row.criterion_id
            ),
            _("a score from {low} to {high}").format(low=row.scale_min, high=row.scale_max),
            _("Correct the score, or scale_min and scale_max in the criteria table."),
            Location(file="scores", column="score"),
        )
        for row in wrong.itertuples()
    ]
