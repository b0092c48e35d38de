"""What to do at a stage gate: stop, continue or change, by a rule that is told with the answer."""

from __future__ import annotations

from dataclasses import dataclass

from workbench import language
from workbench.language import gettext as _

STOP, CONTINUE, CHANGE, ENDED = "stop", "continue", "change", "ended"
TOLERANCE = 0.10
"""Share of the promised net present value that the forecast may fall short by before the program has to change."""


@dataclass(frozen=True)
class Recommendation:
    """What to do, and why.

    Attributes
    ----------
    decision : str
        ``stop``, ``continue`` or ``change``; ``ended`` where no month is left to decide about.
    reason : str
        The rule with its figures, in plain words.
    """

    decision: str
    reason: str


def recommend(
    baseline_npv: float,
    forecast_npv: float,
    remaining: float,
    stop_cost: float = 0.0,
    tolerance: float = TOLERANCE,
    *,
    has_ended: bool = False,
) -> Recommendation:
    """Stop when going on is worth less than stopping; change when the promise is missed; continue otherwise.

    What was spent does not count: nothing that is decided now brings it back.

    Parameters
    ----------
    baseline_npv, forecast_npv : float
        Net present value as promised and as it is forecast now.
    remaining : float
        Net present value of what is still to come, at the gate.
    stop_cost : float
        What stopping now would cost.
    tolerance : float
        Share of the promise that the forecast may fall short by.
    has_ended : bool
        Whether the gate's month is the last that was promised.

    Examples
    --------
    >>> recommend(100.0, -20.0, 50.0).decision, recommend(100.0, 95.0, -1.0).decision
    ('change', 'stop')
    """
    figures = {
        "remaining": language.money(remaining),
        "forecast": language.money(forecast_npv),
        "baseline": language.money(baseline_npv),
        "stop_cost": language.money(stop_cost),
        "tolerance": language.percent(tolerance),
    }
    if has_ended:
        told = _("The program has ended: it came to {forecast}, against {baseline} promised.")
        return Recommendation(ENDED, told.format(**figures))
    if remaining < -stop_cost:
        told = _("Going on is worth {remaining}, less than stopping now, which costs {stop_cost}.")
        return Recommendation(STOP, told.format(**figures))
    if forecast_npv < baseline_npv - tolerance * abs(baseline_npv):
        told = _(
            "Going on is worth {remaining}, but the whole program now comes to {forecast}, more than {tolerance} below "
            "the {baseline} that were promised: change what can be changed."
        )
        return Recommendation(CHANGE, told.format(**figures))
    if forecast_npv < 0:
        told = _("Going on is worth {remaining}, but the whole program now loses money ({forecast}).")
        return Recommendation(CHANGE, told.format(**figures))
    told = _("Going on is worth {remaining}, and the whole program comes to {forecast}, against {baseline} promised.")
    return Recommendation(CONTINUE, told.format(**figures))
