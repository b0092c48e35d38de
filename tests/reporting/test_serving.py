"""A live page's server: what it lets in, what it lets out, and what it writes down."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import nbformat
import pytest
from tornado.websocket import websocket_connect

from workbench.errors import SettingsError
from workbench.reporting import serving

TOKEN = "InVzZXIi.aBcDeF.0123456789abcdefghijklmnop"
REFUSED = ("execute_request", "complete_request", "inspect_request", "history_request", "create_subshell_request")
TELLING = """print('asked for', len(asked), 'letters, reversed', asked[::-1])
print('kept', [name for name, value in os.environ.items() if asked and asked in value])
print('told', os.environ['TOLD'])"""
CELLS = (
    "import os\nfrom workbench.reporting import serving\n(asked,) = serving.asked('token')",
    TELLING,
    "raise ValueError('the inside of the program')",
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    folder = tmp_path_factory.mktemp("live")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "page.ipynb")
    lines: list[str] = []
    page = serving.Page(folder / "page.ipynb", {"TOLD": "by the environment"}, port=0, debug=True, language="es")
    with serving.serving(page, lines.append) as served:
        yield served.address, lines


@pytest.fixture(scope="module")
def page(live: tuple[str, list[str]]) -> tuple[str, Any]:
    """The page as the first visitor gets it, from the kernel that was warm."""
    with urlopen(f"{live[0]}?token={TOKEN}", timeout=60) as answer:
        return answer.read().decode(), answer.headers


def test_the_question_reaches_the_kernel_and_is_forgotten_there(page):
    text, _headers = page
    assert f"asked for {len(TOKEN)} letters, reversed {TOKEN[::-1]}" in text
    assert "kept []" in text
    assert "told by the environment" in text


def test_the_next_kernel_does_not_learn_of_the_last_visitor(page, live):
    with urlopen(live[0], timeout=60) as answer:
        text = answer.read().decode()
    assert "asked for 0 letters" in text
    assert TOKEN not in text


def test_a_warm_kernel_waits_for_its_visitor_however_long_it_takes():
    """It waits inside a cell: a limit on cells would end the page for whoever comes after that time."""
    from workbench.reporting.live_server import configuration

    plan = {"notebook": "page.ipynb", "host": "127.0.0.1", "port": 1, "language": "en", "loading": "", "kernels": 1}
    assert configuration({**plan, "debug": False}).VoilaExecutor.timeout is None


def test_the_page_shows_no_source_and_no_traceback(page):
    text, _headers = page
    assert "the inside of the program" not in text
    assert "serving.asked" not in text
    assert '<html lang="es">' in text


def test_the_page_names_nothing_on_the_network(page, live):
    addresses = re.findall(r"""(?:src|href)=["'](https?://[^"']+)""", page[0])
    assert [address for address in addresses if not address.startswith(live[0])] == []


def test_the_headers_keep_addresses_and_requests_in(page):
    _text, headers = page
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "connect-src 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["picture.png", "page.ipynb", "voila/files/picture.png", "voila/files/page.ipynb"])
def test_no_file_of_the_folder_is_served(path, live):
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{live[0]}{path}?token={TOKEN}", timeout=60)
    assert refused.value.code == 403


@pytest.mark.parametrize("path", ["api/kernels", "api/contents", "voila/tree"])
def test_there_is_no_list_of_kernels_or_files(path, live):
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{live[0]}{path}", timeout=60)
    assert refused.value.code in (403, 404)


def test_a_browser_cannot_have_code_run(page, live, tmp_path):
    kernel = re.search(r'"kernelId": "([^"]+)"', page[0])[1]
    written = tmp_path / "written"
    code = f"open({str(written)!r}, 'w')"
    # In a thread of its own, for a browser of other tests may keep this one's event loop.
    with ThreadPoolExecutor() as threads:
        asked = answers(f"{live[0]}api/kernels/{kernel}/channels?session_id=x", code)
        replies = threads.submit(asyncio.run, asked).result()
    assert "kernel_info_reply" in replies
    assert not {kind.replace("request", "reply") for kind in REFUSED} & replies
    assert not written.exists()


async def answers(address: str, code: str) -> set[str]:
    """The types of the messages that come back, until what is asked last, and is allowed, is answered."""
    connection = await websocket_connect(address.replace("http", "ws", 1))
    body = {"code": code, "silent": False, "cursor_pos": 4, "detail_level": 0}
    for count, asked in enumerate((*REFUSED, "kernel_info_request")):
        header = {"msg_id": str(count), "msg_type": asked, "session": "x", "username": "", "date": "", "version": "5.3"}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": body}
        await connection.write_message(json.dumps({**message, "buffers": []}))
    heard: set[str] = set()
    while "kernel_info_reply" not in heard:
        heard.add(json.loads(await asyncio.wait_for(connection.read_message(), 30))["msg_type"])
    connection.close()
    return heard


def test_no_line_of_the_log_has_the_token(page, live):
    with pytest.raises(HTTPError):
        urlopen(f"{live[0]}voila/files/absent?token={TOKEN}", timeout=60)
    until = monotonic() + 30
    # The server answers before its line of the log has come through the pipe.
    while not any("GET /voila/files/absent" in line for line in live[1]) and monotonic() < until:
        sleep(0.05)
    said = "\n".join(live[1])
    assert "GET /voila/files/absent" in said
    assert TOKEN not in said


def test_a_taken_port_is_told_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind((serving.LOOPBACK, 0))
        taken.listen()
        plan = serving.Page(tmp_path / "page.ipynb", port=taken.getsockname()[1])
        with pytest.raises(SettingsError, match="--port"), serving.serving(plan, print):
            pytest.fail("it was served")


def test_the_server_is_gone_after_the_block(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "page.ipynb")
    with serving.serving(serving.Page(tmp_path / "page.ipynb", port=0, kernels=0), print) as served:
        assert urlopen(served.address, timeout=60).status == 200
    with pytest.raises(URLError):
        urlopen(served.address, timeout=5)


@pytest.mark.parametrize(
    ("line", "scrubbed"),
    [
        ("GET /?token=abc.d-e_f", "GET /?token=[secret]"),
        ("uri='/?token=abc&x=1'", "uri='/?token=[secret]&x=1'"),
        ("Referer: http://x/%3Ftoken%3Dabc.def", "Referer: http://x/%3Ftoken%3D[secret]"),
        ('{"QUERY_STRING": "token=abc"}', '{"QUERY_STRING": "token=[secret]"}'),
        ("nothing here", "nothing here"),
    ],
)
def test_scrub(line, scrubbed):
    assert serving.scrub(line) == scrubbed


def test_the_folder_of_the_page_is_not_needed_by_the_address():
    assert serving.address("0.0.0.0", 80) == "http://127.0.0.1:80/"
    assert serving.address("::1", 80) == "http://[::1]:80/"


def test_the_template_is_found_beside_the_package():
    from workbench import resources

    assert Path(resources.folder("templates"), "voila", "templates", "workbench", "index.html.j2").is_file()
