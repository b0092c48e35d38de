"""Live pages: a notebook served by Voilà, to whoever can reach this machine's address and holds a link.

The server is a process of its own, whose every line of output passes through here, where tokens are taken out of it.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

from workbench import resources
from workbench.errors import Problem, ReportError, SettingsError
from workbench.language import gettext as _

LOOPBACK = "127.0.0.1"
PORT = 8866
PATIENCE = 60.0
"""Seconds that the server has to start."""

_SECRET = re.compile(r"""(token(?:=|%3D))[^&\s"'<>\\]+""", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A notebook to serve.

    Attributes
    ----------
    notebook : Path
        The notebook.
    environment : mapping of str to str
        What its kernels find in their environment; it never stands in an address.
    host : str
        Address to listen on.
    port : int
        Port to listen on; 0 takes a free one.
    language : str
        Language of the page, told to screen readers.
    loading : str
        What the page says until it is ready.
    kernels : int
        How many kernels wait, warm, for the next to come; 0 starts each when it is asked for.
    debug : bool
        Whether the server tells all that it does.
    """

    notebook: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    host: str = LOOPBACK
    port: int = PORT
    language: str = "en"
    loading: str = "…"
    kernels: int = 1
    debug: bool = False


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def scrub(line: str) -> str:
    """A line of a log without the tokens in it.

    Examples
    --------
    >>> scrub("200 GET /?token=abc.def&x=1 (127.0.0.1) 3.2ms")
    '200 GET /?token=[secret]&x=1 (127.0.0.1) 3.2ms'
    """
    return _SECRET.sub(r"\1[secret]", line)


@dataclass(frozen=True)
class Served:
    """A page that answers.

    Attributes
    ----------
    address : str
        Where a browser finds it.
    """

    address: str
    _server: subprocess.Popen[str] = field(repr=False)

    def wait(self) -> None:
        """Wait for as long as the page is served.

        Raises
        ------
        ReportError
            When the server ends by itself.
        """
        code = self._server.wait()
        raise ReportError(_("The page's server ended by itself, with code {code}.").format(code=code))


@contextmanager
def serving(page: Page, tell: Callable[[str], object]) -> Iterator[Served]:
    """Serve a page inside the block.

    Parameters
    ----------
    page : Page
        What to serve, and where.
    tell : callable
        Takes each line that the server or a kernel writes, tokens taken out.

    Yields
    ------
    Served
        The page, once it answers.

    Raises
    ------
    SettingsError
        When the port is taken.
    ReportError
        When the server does not start.
    """
    port = page.port or _free_port(page.host)
    _require_free(page.host, port)
    server = _start(page, port)
    stopping = Event()
    told = Thread(target=_pass_on, args=(server, tell, stopping), daemon=True)
    told.start()
    try:
        _wait(server, page.host, port)
        yield Served(address(page.host, port), server)
    finally:
        stopping.set()
        _stop(server)
        told.join(timeout=5)


def address(host: str, port: int) -> str:
    """The address of a page, as a browser on this machine writes it."""
    name = LOOPBACK if host in ("", "0.0.0.0", "::") else host  # noqa: S104
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def asked(*names: str) -> tuple[str, ...]:
    """In a kernel: the values of names in the address of the page that this kernel serves, "" where there is none.

    A warm kernel waits here until somebody opens the page. What was asked for is then forgotten, so that nothing that
    the kernel starts later finds it in its environment.
    """
    if os.environ.get("VOILA_PREHEAT") == "True":
        from voila.utils import wait_for_request

        wait_for_request()
    query = os.environ.pop("QUERY_STRING", "")
    os.environ.pop("VOILA_REQUEST_URL", None)
    given = parse_qs(query)
    return tuple(given.get(name, [""])[0] for name in names)


def log_to_server() -> None:
    """In a kernel: write logs where the server keeps its own, for what goes to ``sys.stderr`` is sent to the page."""
    logging.basicConfig(stream=sys.__stderr__, level=logging.WARNING, force=True)
    # A page may still speak of a widget that is gone: nothing that anybody could act on.
    logging.getLogger("Comm").setLevel(logging.ERROR)


def _free_port(host: str) -> int:
    with socket.socket(_family(host)) as door:
        door.bind((host, 0))
        return int(door.getsockname()[1])


def _require_free(host: str, port: int) -> None:
    try:
        with socket.socket(_family(host)) as door:
            if sys.platform != "win32":
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((host, port))
    except OSError as error:
        raise SettingsError(
            Problem(
                _("The page cannot listen on {host}, port {port}: {reason}.").format(
                    host=host, port=port, reason=error.strerror or error
                ),
                _("an address of this machine and a free port"),
                _("Name another port with --port."),
            )
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _start(page: Page, port: int) -> subprocess.Popen[str]:
    plan = {
        "notebook": str(page.notebook.resolve()),
        "host": page.host,
        "port": port,
        "language": page.language,
        "loading": page.loading,
        "kernels": page.kernels,
        "debug": page.debug,
    }
    paths = [str(resources.folder("templates")), os.environ.get("JUPYTER_PATH", "")]
    own = {"JUPYTER_PATH": os.pathsep.join(filter(None, paths)), "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "workbench.reporting.live_server"],
        env={**os.environ, **own, **page.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C then reaches the one who waits, and not the server and every kernel as well.
        start_new_session=True,
    )
    _hand_over(server, json.dumps(plan))
    return server


def _hand_over(server: subprocess.Popen[str], plan: str) -> None:
    if server.stdin is not None:
        server.stdin.write(plan + "\n")
        server.stdin.flush()


def _pass_on(server: subprocess.Popen[str], tell: Callable[[str], object], stopping: Event) -> None:
    for line in server.stdout or ():
        # Kernels that are ended in the middle of something say so at length, which is of no use to anybody.
        if not stopping.is_set():
            tell(scrub(line.rstrip("\n")))


def _wait(server: subprocess.Popen[str], host: str, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while not _answers(host, port):
        if server.poll() is not None or time.monotonic() > until:
            raise ReportError(
                Problem(
                    _("The page could not be started."),
                    _("a server that answers within {seconds} seconds").format(seconds=int(PATIENCE)),
                    _("What it said stands above."),
                )
            )
        time.sleep(0.05)


def _answers(host: str, port: int) -> bool:
    name = {"": LOOPBACK, "0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((name, port), timeout=1):
            return True
    except OSError:
        return False


def _stop(server: subprocess.Popen[str]) -> None:
    """Ask the server to end its kernels and itself: it does so when nobody holds its input any more."""
    if server.stdin is not None:
        server.stdin.close()
    try:
        server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
