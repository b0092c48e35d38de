"""What a report's kernel does beside running the notebook: it hands over problems as data."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from workbench.errors import Problem, WorkbenchError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

PROBLEMS = "application/vnd.crm-workbench.problems+json"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Prepare a report's kernel; IPython calls this when the kernel starts."""
    shell.set_custom_exc((WorkbenchError,), _hand_over)


def problems_in(outputs: list[Any]) -> tuple[Problem, ...]:
    """The problems that a cell handed over; none when it stopped for another reason."""
    told = [output["data"][PROBLEMS] for output in outputs if PROBLEMS in output.get("data", {})]
    return tuple(Problem.from_dict(problem) for problem in told[-1]) if told else ()


def _hand_over(
    shell: InteractiveShell, kind: type[WorkbenchError], error: WorkbenchError, trace: TracebackType, tb_offset: Any
) -> None:
    from IPython.display import display

    display({PROBLEMS: [problem.to_dict() for problem in error.problems]}, raw=True)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
