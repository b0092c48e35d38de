"""The kernel that runs a report: this Python, shut off from what a user's home would add to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

# The kernel needs this as much as the caller: see workbench.reporting, which a notebook may import after Altair.
_WITHOUT_SLOW_IMPORT = "import sys; sys.modules.setdefault('rfc3987_syntax', None)"
_ARGUMENTS = ["--HistoryManager.enabled=False", f"--IPKernelApp.exec_lines={_WITHOUT_SLOW_IMPORT}"]


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
