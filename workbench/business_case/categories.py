"""What cost categories and streams of benefit are called."""

from __future__ import annotations

from workbench.language import gettext as _
from workbench.language import mark as N_

LABELS = {
    "licences": N_("Licences"),
    "infrastructure": N_("Infrastructure"),
    "customisation": N_("Customisation"),
    "integration_labour": N_("Integration labour"),
    "outside_specialists": N_("Outside specialists"),
    "business_users_time": N_("Business users' time"),
    "new_staff": N_("New staff"),
    "training": N_("Training"),
    "data_clean_up": N_("Data clean-up"),
    "change_management": N_("Change management"),
    "support": N_("Support"),
    "continued_promotion": N_("Continued promotion"),
    "other": N_("Other"),
    "cost_reduction": N_("Cost reduction"),
    "customer_value": N_("Customer value"),
}


def label(code: str) -> str:
    """What a cost category or a stream of benefit is called, in the language in use.

    Examples
    --------
    >>> label("integration_labour")
    'Integration labour'
    """
    return _(LABELS[code])
