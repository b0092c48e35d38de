"""The kernel that runs a report: this Python, shut off from what a user's home would add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from workbench.reporting import kernel_side

_ARGUMENTS = [
    "--HistoryManager.enabled=False",
    f"--IPKernelApp.extensions={kernel_side.__name__}",
    # On the person's terminal the kernel would only tell of its own stopping: a report's errors are in the notebook.
    "--IPKernelApp.log_level=CRITICAL",
]


def kernel_manager(environment: Mapping[str, str]) -> type[AsyncKernelManager]:
    """A class of kernel managers, as nbclient asks for one, whose kernel is this Python with these variables.

    A kernel called ``python3`` in the user's home may be another Python, so the kernel is described here and never
    looked up.

    Parameters
    ----------
    environment : mapping of str to str
        Variables to set in the kernel beside the caller's own.
    """
    spec = KernelSpec(**get_kernel_dict(extra_arguments=_ARGUMENTS), env=dict(environment))

    class ReportKernelManager(AsyncKernelManager):
        """Starts the report's kernel."""

        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # Without encryption ipykernel warns, on the person's terminal, that others on the machine could listen.
            self.transport_encryption = "auto" if zmq.has("curve") else "disabled"

    return ReportKernelManager
