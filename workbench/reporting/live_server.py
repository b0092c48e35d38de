"""The process behind a live page: Voilà for one notebook, shut off from what a user's home would add to it.

Run by `workbench.reporting.serving`, which hands the plan over as a line of JSON on standard input; when that input
ends, so does the server.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from threading import Thread
from typing import Any

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila

TEMPLATE = "workbench"
PING_MILLISECONDS = 30_000
IDLE_SECONDS = 2 * 60 * 60
"""After this long without a visitor, a kernel that a closed page left behind is ended."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
ARGUMENTS = ["--HistoryManager.enabled=False", "--IPKernelApp.capture_fd_output=False"]
"""What a kernel writes to its own error stream is for the server's log, and never for the page."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

log = logging.getLogger("workbench.live")


class ThisPython(KernelSpecManager):
    """Knows one kernel: this Python. One called ``python3`` in a user's home may be another."""

    def get_all_specs(self) -> dict[str, Any]:
        """The one kernel under the name that notebooks give it."""
        return {"python3": {"resource_dir": "", "spec": self.get_kernel_spec("python3").to_dict()}}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The one kernel, whatever it is called."""
        return KernelSpec(**get_kernel_dict(extra_arguments=ARGUMENTS))


class Kernels(AsyncMappingKernelManager):
    """Starts kernels that do not learn, from their environment, who opened the page before."""

    async def start_kernel(self, **options: Any) -> Any:  # type: ignore[override]
        """Start one, without the last visitor's address, in which a token stands."""
        environment = options.get("env", {})
        if environment.get("VOILA_PREHEAT") == "True":
            environment.pop("VOILA_REQUEST_URL", None)
            environment.pop("QUERY_STRING", None)
        return await super().start_kernel(**options)


class LivePages(Voila):  # type: ignore[misc]
    """Voilà that reads no configuration but ours."""

    def load_config_file(self, *_names: Any, **_options: Any) -> None:
        """Read nothing: a file in a user's home could open what is closed here."""


def configuration(plan: dict[str, Any]) -> Config:
    """The settings of Voilà for a plan."""
    return Config(
        Voila={
            "notebook_path": plan["notebook"],
            "ip": plan["host"],
            "port": plan["port"],
            "port_retries": 0,
            "open_browser": False,
            "log_level": logging.DEBUG if plan["debug"] else logging.ERROR,
            "tornado_settings": {
                "headers": HEADERS,
                "log_function": _log_request,
                "ws_ping_interval": PING_MILLISECONDS,
                "ws_ping_timeout": PING_MILLISECONDS,
            },
        },
        VoilaConfiguration={
            "template": TEMPLATE,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "file_allowlist": [],
            "preheat_kernel": plan["kernels"] > 0,
            "default_pool_size": plan["kernels"],
            "extension_allowlist": ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"],
            "multi_kernel_manager_class": Kernels,
            "kernel_spec_manager_class": ThisPython,
            "resources": {"loading": plan["loading"]},
        },
        KernelManager={"transport_encryption": "auto" if zmq.has("curve") else "disabled"},
        MappingKernelManager={"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 300, "cull_connected": False},
        HTMLExporter={"language_code": plan["language"]},
        # A warm kernel waits in a cell for its visitor, who may come tomorrow.
        VoilaExecutor={"timeout": None},
    )


def _log_request(handler: RequestHandler) -> None:
    """The access log: the path alone, for in the rest of an address stands a token."""
    status, request = handler.get_status(), handler.request
    level = logging.WARNING if status >= 400 else logging.DEBUG
    log.log(level, "%d %s %s %.0f ms", status, request.method, request.path, 1000 * request.request_time())


def main() -> None:
    """Serve until standard input ends."""
    plan = json.loads(sys.stdin.readline())
    logging.basicConfig(level=logging.DEBUG if plan["debug"] else logging.WARNING)
    app = LivePages(config=configuration(plan))
    app.initialize([])
    Thread(target=_end_with_input, args=(app,), daemon=True).start()
    app.start()


def _end_with_input(app: Voila) -> None:
    sys.stdin.read()
    loop = getattr(app, "ioloop", None)
    if loop is None:
        os._exit(1)
    loop.add_callback(loop.stop)


if __name__ == "__main__":
    main()
