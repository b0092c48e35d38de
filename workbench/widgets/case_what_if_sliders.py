"""The sliders of the business case's what-if page: each tells its unit, and where the program stands."""

from __future__ import annotations

from decimal import Decimal
from math import gcd
from typing import Any

import ipywidgets

from workbench import language
from workbench.language import gettext as _
from workbench.widgets.pieces import column, shared
from workbench.widgets.what_if_controls import round_step

STEPS = 40
"""About how many steps lead from an assumption's low to its high value."""
MOST_STEPS = 400
PARTS = (1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 400, 500, 1000)
ROUNDING = 1e-9


class AssumptionControl:
    """A slider from low to high, and a box to tick that takes the spread away.

    Parameters
    ----------
    row : dict
        name, unit, low, base and high of the assumption.
    varies : bool
        Whether it is spread at all; where it is not, there is nothing to take away.
    """

    def __init__(self, row: dict[Any, Any], *, varies: bool) -> None:
        self.own = float(row["base"])
        step = step_through(row["low"], self.own, row["high"])
        self.slider = ipywidgets.FloatSlider(
            value=self.own,
            min=row["low"],
            max=row["high"],
            step=step,
            description=_label(row),
            readout_format=f".{decimals(step)}f",
            layout=shared(ipywidgets.Layout),
        )
        words = _("As if known")
        self.known = ipywidgets.Checkbox(
            value=False,
            description=words,
            tooltip=f"{words}: {row['name']}",
            indent=False,
            layout=shared(ipywidgets.Layout),
        )
        self.inputs = (self.slider, self.known) if varies else (self.slider,)
        self.widget = column(*self.inputs, kind="cw-assumption")

    @property
    def value(self) -> float:
        """Where the slider stands."""
        return settled(self.slider, self.own)

    @property
    def is_known(self) -> bool:
        """Whether the spread is taken away."""
        return bool(self.known.value)

    def show(self, value: float, is_known: bool) -> None:
        """Stand at this value."""
        self.slider.value, self.known.value = value, is_known


def _label(row: dict[Any, Any]) -> str:
    base = f"{language.number(row['base'], 6)} {row['unit']}".strip()
    return _("{name} (now {base})").format(name=row["name"], base=base)


def step_through(low: float, base: float, high: float) -> float:
    """A step that leads from low to high and on the way to base, which a slider in a browser would else push aside.

    Where the three have too little in common for that, the step is a round one.

    Examples
    --------
    >>> [step_through(*ends) for ends in ((22, 40, 54), (0.02, 0.125, 0.19), (150000, 165000, 176000))]
    [0.5, 0.0025, 500.0]
    >>> step_through(0.0, 0.123457, 1.0)
    0.02
    """
    about = Decimal(repr(high - low)) / STEPS
    ends = [Decimal(repr(float(end))) for end in (low, base, high)]
    unit = Decimal(1).scaleb(min(int(end.as_tuple().exponent) for end in ends))
    common = unit * gcd(*(int((end - ends[0]) / unit) for end in ends[1:]))
    if common * MOST_STEPS < ends[2] - ends[0]:
        return round_step(float(about))
    return float(next((common / part for part in PARTS if common / part <= about), common / PARTS[-1]))


def decimals(step: float) -> int:
    """How many decimals tell one step from the next.

    Examples
    --------
    >>> [decimals(step) for step in (200.0, 1.0, 0.5, 0.0025)]
    [0, 0, 1, 4]
    """
    return max(0, -int(Decimal(repr(step)).normalize().as_tuple().exponent))


def settled(slider: ipywidgets.FloatSlider, own: float) -> float:
    """Where a slider stands; what the program has, where no step of the slider is nearer to that."""
    value = float(slider.value)
    return own if abs(value - own) <= slider.step / 2 * (1 + ROUNDING) else value


def share_slider(label: str, own: float, most: float, step: float, form: str) -> ipywidgets.FloatSlider:
    """A share from nothing to the most, with what the program has told."""
    return ipywidgets.FloatSlider(
        value=own,
        min=0.0,
        max=most,
        step=step,
        description=_("{name} (now {base})").format(name=label, base=language.percent(own)),
        readout_format=form,
        layout=shared(ipywidgets.Layout),
    )


def months_slider(label: str, own: int, least: int, most: int) -> ipywidgets.IntSlider:
    """A number of months, with what the program has told."""
    return ipywidgets.IntSlider(
        value=own,
        min=least,
        max=most,
        description=_("{name} (now {base})").format(name=label, base=language.exact(own)),
        layout=shared(ipywidgets.Layout),
    )
