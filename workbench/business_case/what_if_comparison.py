"""Two what-ifs of a business case side by side: what was changed in each, and what each comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from workbench import language
from workbench.business_case.proportions import share_told
from workbench.business_case.what_if import CaseWhatIf
from workbench.business_case.what_if_outcome import CaseOutcome
from workbench.business_case.what_if_scenario import CaseScenario
from workbench.language import gettext as _
from workbench.results import Result

Kept: TypeAlias = tuple[CaseScenario, CaseOutcome]


@dataclass(frozen=True, eq=False)
class CaseComparison(Result):
    """Two outcomes side by side.

    Attributes
    ----------
    first, second : CaseOutcome
        The two.
    changes : DataFrame
        name, first and second, as a person reads them: what the two scenarios have different from one another.
    """

    first: CaseOutcome
    second: CaseOutcome
    changes: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """name, first and second, as a person reads them: each figure of both."""
        first, second = self.first.to_frame(), self.second.to_frame()
        return pd.DataFrame({"name": first["name"], "first": first["told"], "second": second["told"]})

    @property
    def conclusion(self) -> str:
        """Which of the two is worth more, and how surely each gains."""
        difference = self.second.base_npv - self.first.base_npv
        if round(difference, 2) == 0:
            told = _("Both have the same net present value.")
        elif difference > 0:
            told = _("The second has a net present value that is higher by {amount}.")
        else:
            told = _("The second has a net present value that is lower by {amount}.")
        surely = _("It is above zero in {first} of the draws of the first, and in {second} of those of the second.")
        first, second = share_told(self.first.p_positive), share_told(self.second.p_positive)
        return f"{told.format(amount=language.money(abs(difference)))} {surely.format(first=first, second=second)}"


def compare(base: CaseWhatIf, first: Kept, second: Kept) -> CaseComparison:
    """Hold one scenario and its outcome against another.

    Parameters
    ----------
    base : CaseWhatIf
        The business case that both change.
    first, second : (CaseScenario, CaseOutcome)
        The two.
    """
    told = [dict(zip(_names(base), _standing(base, kept[0]), strict=True)) for kept in (first, second)]
    rows = [(name, told[0][name], told[1][name]) for name in told[0] if told[0][name] != told[1][name]]
    return CaseComparison(first[1], second[1], pd.DataFrame(rows, columns=["name", "first", "second"], dtype=object))


def _names(base: CaseWhatIf) -> list[str]:
    labels = base.as_it_stands.labels
    own = [_("{name} ({id})").format(name=row["name"], id=row["assumption_id"]) for row in labels.to_dict("records")]
    others = [_("Discount rate a year"), _("Months that count"), _("Months that everything starts later")]
    return [*own, *others, _("All costs, as a share of the plan's"), _("All benefits, as a share of the plan's")]


def _standing(base: CaseWhatIf, scenario: CaseScenario) -> list[str]:
    """Where a scenario puts what `_names` names."""
    case = base.as_it_stands
    units = case.labels.set_index("assumption_id")["unit"]
    rate = base.discount_rate if scenario.discount_rate is None else scenario.discount_rate
    return [
        *(_value(scenario, name, own, str(units[name])) for name, own in case.base.items()),
        language.percent(rate),
        language.exact(scenario.horizon_months or base.horizon_months),
        language.exact(scenario.delay_months),
        language.percent(scenario.cost_factor),
        language.percent(scenario.benefit_factor),
    ]


def _value(scenario: CaseScenario, name: str, own: float, unit: str) -> str:
    value = f"{language.number(scenario.values.get(name, own), 6)} {unit}".strip()
    return _("{value}, as if known").format(value=value) if name in scenario.known else value
