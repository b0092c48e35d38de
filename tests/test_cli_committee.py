"""The commands around the committee's page: a program into a database and out, links, and where the page may listen."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest

from workbench import resources
from workbench.errors import AccessError
from workbench.program import access
from workbench.program.store import Program
from workbench.program.tables import TABLES

SAMPLE = resources.folder("sample_data") / "program_en"


@pytest.fixture
def kept(cli, tmp_path):
    """The sample in a database."""
    code, _printed, told = cli("import", SAMPLE, tmp_path / "program.db")
    assert code == 0, told
    return tmp_path / "program.db"


def token_in(link: str) -> str:
    return re.fullmatch(r"https?://\S+/\?token=(\S+)\n", link)[1]


@pytest.mark.parametrize("target", ["folder", "book.xlsx"])
def test_a_program_goes_into_a_database_and_out_again(target, kept, cli, tmp_path):
    assert cli("check", kept)[0] == 0
    assert cli("export", kept, tmp_path / target)[0] == 0
    before, after = Program.open(SAMPLE), Program.open(tmp_path / target)
    for name in TABLES:
        assert after.table(name).equals(before.table(name)), name


def test_nothing_is_written_over(kept, cli, tmp_path):
    for words in (("import", SAMPLE, kept), ("export", kept, tmp_path)):
        code, _printed, told = cli(*words)
        assert code == 1
        assert "already" in told


def test_a_database_must_look_like_one(cli, tmp_path):
    assert cli("import", SAMPLE, tmp_path / "folder")[0] == 2
    for command in ("serve", "revoke", "invite"):
        code, _printed, told = cli(command, SAMPLE, *([] if command == "serve" else ["RAT-01"]))
        assert code == 2
        assert "crm-workbench import" in told


def test_a_workbook_to_fill_in(cli, tmp_path):
    assert cli("init", tmp_path / "new", "--excel", "--language", "es")[0] == 0
    assert cli("check", tmp_path / "new")[0] == 0
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["program.xlsx"]
    assert cli("init", tmp_path / "new", "--excel")[0] == 1


@pytest.mark.parametrize(("options", "role"), [([], "rater"), (["--facilitator"], "facilitator")])
def test_an_invitation_is_a_link_that_holds_until_it_is_taken_back(options, role, kept, cli):
    code, printed, told = cli("invite", kept, "RAT-01", *options, "--at", "https://crm.example.org/page")
    assert code == 0
    assert printed.startswith("https://crm.example.org/page/?token=")
    assert "RAT-01" in told
    now = datetime.now(UTC)
    assert access.verify(str(kept), token_in(printed), now) == access.Invitation("RAT-01", role)
    assert "1 invitation " in cli("revoke", kept, "RAT-01")[1]
    with pytest.raises(AccessError):
        access.verify(str(kept), token_in(printed), now)


def test_a_wrong_invitation_is_refused(kept, cli):
    assert cli("invite", kept, "NOBODY")[0] == 1
    assert cli("invite", kept, "RAT-01", "--at", "javascript:alert(1)")[0] == 2
    assert cli("invite", kept, "RAT-01", "--days", "0")[0] == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_machines_are_let_in_only_when_asked_for(host, kept, cli, monkeypatch):
    monkeypatch.setattr("workbench.reporting.serving.serving", lambda *_: pytest.fail("it was served"))
    code, _printed, told = cli("serve", kept, "--host", host)
    assert code == 2
    assert "TLS" in told
    assert "--allow-remote" in told


def test_a_live_page_is_no_report(cli):
    assert "committee" not in cli("list")[1]
    code, _printed, told = cli("report", "committee", "--program", SAMPLE, "--out", "nowhere")
    assert code == 2
    assert "committee" in told


def test_the_page_is_served_until_it_is_interrupted(kept):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    command = "from workbench.cli import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", command, "serve", str(kept), "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
    assert urlopen(f"http://127.0.0.1:{port}/", timeout=60).status == 200
    server.send_signal(signal.SIGINT)
    _printed, told = server.communicate(timeout=60)
    assert server.returncode == 0
    assert told.startswith("Starting the page …\n")
    assert "Traceback" not in told
    time.sleep(0.1)
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port)):
        pytest.fail("it still answers")
