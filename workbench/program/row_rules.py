"""What breaks a rule over a row of the planning tables; each sees None where a cell is empty or could not be read."""

from __future__ import annotations

from workbench.errors import SettingsError
from workbench.program.columns import Lookup, Row
from workbench.program.scales import Scale, scale_of


def _outside(value: float | None, low: float | None, high: float | None) -> bool:
    return value is not None and low is not None and high is not None and not low <= value <= high


def off_scale(row: Row, lookup: Lookup) -> bool:
    """A score that its criterion's scale does not have."""
    criterion = lookup("criteria", row["criterion_id"])
    scale = None if criterion is None or row["score"] is None else _readable_scale(criterion)
    return scale is not None and not scale.holds(row["score"])


def _readable_scale(criterion: Row) -> Scale | None:
    """The scale of a criterion, or None where its row is wrong itself and told so."""
    if criterion["scale_min"] is None or criterion["scale_max"] is None:
        return None
    try:
        return scale_of(criterion)
    except SettingsError:
        return None


def has_no_levels(row: Row, lookup: Lookup) -> bool:
    """An own scale without its levels."""
    return row["scale"] == "own" and _lacks_scores(row)


def has_too_few_scores(row: Row, lookup: Lookup) -> bool:
    """A scale on which fewer than two scores can be given."""
    return row["scale"] in ("fibonacci", "powers_of_two") and _lacks_scores(row)


def _lacks_scores(row: Row) -> bool:
    low, high = row["scale_min"], row["scale_max"]
    return low is not None and high is not None and low < high and _readable_scale(row) is None


def has_idle_levels(row: Row, lookup: Lookup) -> bool:
    """Levels beside a scale that has its own."""
    return bool(row["levels"]) and row["scale"] not in (None, "own")


def ends_before_start(row: Row, lookup: Lookup) -> bool:
    """A line that ends before it begins."""
    first, last = row["first_period"], row["last_period"]
    return first is not None and last is not None and last < first


def scale_is_empty(row: Row, lookup: Lookup) -> bool:
    """A scale whose highest score is not above its lowest."""
    low, high = row["scale_min"], row["scale_max"]
    return low is not None and high is not None and low >= high


def out_of_order(row: Row, lookup: Lookup) -> bool:
    """Low, base and high that are not in this order."""
    given = [row[name] for name in ("low", "base", "high") if row[name] is not None]
    return given != sorted(given)


def needs_itself(row: Row, lookup: Lookup) -> bool:
    """A project that needs itself."""
    return row["project_id"] is not None and bool(row["project_id"] == row["needs_project_id"])


def judges_itself(row: Row, lookup: Lookup) -> bool:
    """A criterion that is compared with itself."""
    return row["criterion_id"] is not None and bool(row["criterion_id"] == row["other_criterion_id"])


def judges_across_axes(row: Row, lookup: Lookup) -> bool:
    """Two criteria compared that do not count towards the same."""
    one, other = (lookup("criteria", row[name]) for name in ("criterion_id", "other_criterion_id"))
    return (
        one is not None
        and other is not None
        and None not in (one["axis"], other["axis"])
        and one["axis"] != other["axis"]
    )


def outside_vendor_scale(row: Row, lookup: Lookup) -> bool:
    """A vendor's value that its criterion's scale does not have."""
    criterion = lookup("vendor_criteria", row["criterion_id"])
    return criterion is not None and _outside(row["value"], criterion["scale_min"], criterion["scale_max"])


def must_have_has_no_threshold(row: Row, lookup: Lookup) -> bool:
    """A must-have without a threshold on its scale."""
    if not row["must_have"]:
        return False
    return row["threshold"] is None or _outside(row["threshold"], row["scale_min"], row["scale_max"])
