"""What an engine can refuse, told so that a person can mend it; never a password, and never a customer's value."""

from __future__ import annotations

from collections.abc import Callable

from workbench.errors import DataError, Location, Problem, SettingsError, WorkbenchError
from workbench.language import gettext as _

_PERMISSION = ("permission", "insufficient", "access denied", "not authorized", "42501")
_PASSWORD = ("password", "28p01", "authentication")
_SILENT = (
    "could not connect",
    "connection refused",
    "connection failed",
    "timeout",
    "timed out",
    "could not translate",
    "failed to resolve",
    "server closed the connection",
    "all masters are unresponsive",
)
_FULL = ("out of memory", "no space left", "disk is full")


_OWN = (WorkbenchError, AttributeError, TypeError, NameError, LookupError, AssertionError)
"""Errors that the engine does not raise: ours, and mistakes in the program."""


class Told:
    """Turns whatever the engine refuses inside the block into a DataError.

    Parameters
    ----------
    place : str
        The file or the address, without its password.
    otherwise : callable
        Looks for a cause that is nearer than what the engine says, for example a broken line.
    """

    def __init__(self, place: str, otherwise: Callable[[], Problem | None] = lambda: None) -> None:
        self.place, self.otherwise = place, otherwise

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        # Each engine has errors of its own, and their texts can hold customers' values: they are cut off.
        if isinstance(error, Exception) and not isinstance(error, _OWN):
            raise DataError(self.otherwise() or problem_of(error, self.place)) from None


def problem_of(error: Exception, place: str) -> Problem:
    """What was refused, and what to do about it."""
    words = f"{type(error).__name__} {getattr(error, 'sqlstate', '')} {error}".casefold()
    found, remedy = next((tell() for signs, tell in _TEXTS if any(sign in words for sign in signs)), None) or (
        _("The engine refused the customer tables ({kind}).").format(kind=type(error).__name__),
        _("Check that the files are whole and of one kind, then try again."),
    )
    return Problem(found, remedy=remedy, where=Location(place))


_TEXTS: tuple[tuple[tuple[str, ...], Callable[[], tuple[str, str]]], ...] = (
    (
        _PASSWORD,
        lambda: (_("The server refuses the user or the password."), _("Check the user and the password.")),
    ),
    (
        _PERMISSION,
        lambda: (_("The customer tables may not be read."), _("Ask for the right to read them.")),
    ),
    (
        ("does not exist", "undefinedtable", "tablenotfound", "3d000"),
        lambda: (_("The database or a table of it is not there."), _("Check its name in the address.")),
    ),
    (
        _SILENT,
        lambda: (_("Nothing answers at this address."), _("Check the address, and that the server is running.")),
    ),
    (
        ("out of range", "overflow"),
        lambda: (
            _("A figure is too large to compute with."),
            _("Look at the figures, and at the formulas under columns in program.yaml."),
        ),
    ),
    (
        _FULL,
        lambda: (_("The engine has not enough room."), _("Make room on the disk, or use a larger engine.")),
    ),
)


def missing_extra(name: str, extra: str) -> SettingsError:
    """What to say when an engine's libraries are not installed."""
    return SettingsError(
        Problem(
            _("The engine {name} is not installed.").format(name=name),
            _("the extra {extra}").format(extra=extra),
            _('Install it: pip install "crm-workbench[{extra}]"').format(extra=extra),
        )
    )
