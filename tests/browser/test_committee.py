"""The committee at work in real browsers: two raters and a facilitator at once, and people who are not invited."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workbench import resources
from workbench.program import access, database
from workbench.program.committee import Committee
from workbench.program.store import Program
from workbench.reporting import serving
from workbench.widgets.visit import PROGRAM

pytestmark = pytest.mark.browser

SAMPLE = resources.folder("sample_data") / "program_en"
HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'> $x^2$ {{ 7*7 }}"
SECRET = "a comment that the others must not see <b>yet</b>"
REFUSAL = "This invitation does not hold. Ask whoever runs the committee for a new one."
PATIENCE = 30_000
CHECKED = """label => [...document.querySelectorAll(".cw-criterion input:checked")]
    .some(one => one.closest("label").textContent.trim() === label)"""


@dataclass
class Served:
    """A program, its page, the links to it, and all that the server said."""

    program: str
    address: str
    lines: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def link(self, rater: str, role: access.Role = "rater", now: datetime | None = None) -> str:
        token = access.issue(self.program, rater, role, now or datetime.now(UTC))
        self.tokens.append(token)
        return f"{self.address}?token={token}"

    @property
    def scores(self) -> Any:
        return Program.open(self.program).records("scores").frame()


def hostile_program(folder: Path) -> Path:
    """The sample without scores, with three requirements, whose texts try to be more than text."""
    shutil.copytree(SAMPLE, folder)
    for name, change in (
        ("requirements", with_hostile_texts),
        ("raters", with_hostile_names),
        ("criteria", some_of_each),
    ):
        rewrite(folder / f"{name}.csv", change)
    referring = (
        "scores",
        "judgements",
        "preferences",
        "projects",
        "dependencies",
        "demand",
        "costs",
        "benefits",
        "actuals",
    )
    for name in referring:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    return folder


def rewrite(file: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = change(list(csv.DictReader(lines)))
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def with_hostile_texts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    for name in ("title", "description", "department", "in_scope", "source", "business_objective"):
        rows[0][name] = HOSTILE
    return rows[:3]


def with_hostile_names(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    rows[0]["name"] = HOSTILE
    return rows


def some_of_each(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    rows[0]["rubric"] = HOSTILE
    return [row for row in rows if row["criterion_id"] in ("CRI-01", "CRI-05", "CRI-07", "CRI-08")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("committee")
    program = f"sqlite:///{folder / 'program.db'}"
    database.write(Program.open(hostile_program(folder / "program")), program)
    lines: list[str] = []
    environment = {PROGRAM: program, "LANGUAGE": "en"}
    page = serving.Page(resources.folder("notebooks") / "committee.ipynb", environment, port=0, kernels=2, debug=True)
    with serving.serving(page, lines.append) as live:
        yield Served(program, live.address, lines)


class Person:
    """Somebody with a browser of their own; remembers what the page asked for and what it was sent."""

    def __init__(self, browser: Any, address: str) -> None:
        self.requests: list[str] = []
        self.received: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        self.context.route(lambda url: not url.startswith(address), lambda route: route.abort())
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, frame: str | bytes) -> None:
        self.received.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    def open(self, link: str) -> Person:
        self.page.goto(link)
        self.page.locator(".cw-tasks, .cw-notice").first.wait_for()
        return self

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def reads(self, words: str) -> None:
        """Wait until the page says so."""
        self.page.get_by_text(words).first.wait_for()

    def choose(self, criterion: str, score: str, why: str = "") -> None:
        group = self.page.get_by_role("radiogroup", name=criterion)
        group.get_by_label(score, exact=True).check()
        if why:
            box = self.page.locator(".cw-criterion").filter(has=group).locator("input[type=text]")
            box.fill(why)
            box.press("Tab")


@contextmanager
def people(browser: Any, served: Served, *links: str) -> Iterator[list[Person]]:
    found = [Person(browser, served.address) for _link in links]
    try:
        yield [person.open(link) for person, link in zip(found, links, strict=True)]
    finally:
        for person in found:
            person.context.close()


def test_a_round_from_the_first_score_to_the_decision(browser: Any, served: Served) -> None:
    links = served.link("RAT-03", "facilitator"), served.link("RAT-01"), served.link("RAT-02")
    with people(browser, served, *links) as (chair, one, other):
        one.reads("No round is open yet.")
        chair.page.get_by_label("Name of the round").fill("First round")
        chair.press("Open the round")
        chair.reads("First round is open.")
        scored_and_hidden(chair, one, other, served)
        shown(chair, one, other)
        frozen(chair, one, other, served)
        for person in (chair, one, other):
            assert person.page.evaluate("window.hacked") is None
            assert person.page.locator("img[src=x]").count() == 0
            assert all(url.startswith((served.address, "data:", "blob:")) for url in person.requests)
            assert "token" not in person.page.url
        assert HOSTILE in one.page.locator(".cw-side").text_content()


def scored_and_hidden(chair: Person, one: Person, other: Person, served: Served) -> None:
    one.reads("First round is open. Until the facilitator shows")
    one.choose("Business value", "4", SECRET)
    one.choose("Urgency of demand", "Abstain")
    one.reads("Saved. 2 of 6 scores given.")
    by_keyboard(other)
    last = served.scores.drop_duplicates(["rater_id", "criterion_id"], keep="last")
    kept = last.set_index(["rater_id", "criterion_id"])["score"]
    assert kept["RAT-01", "CRI-01"] == 4
    assert kept.isna()["RAT-01", "CRI-05"]
    assert kept["RAT-02", "CRI-01"] == 2
    chair.page.get_by_role("row", name="Customer care manager").get_by_role("cell").first.wait_for()
    chair.page.wait_for_function("document.querySelector('.cw-table').innerText.match(/\\t1\\t1\\t6/)")
    for person in (chair, other):
        assert SECRET not in "".join(person.received)
        assert SECRET[:20] not in "".join(person.received)
        assert SECRET[:20] not in person.page.content()


def by_keyboard(other: Person) -> None:
    """A score given with no mouse: the arrows move in the scale, Tab goes on, Enter presses the button."""
    other.reads("First round is open. Until the facilitator shows")
    scale = other.page.get_by_role("radiogroup", name="Business value")
    scale.get_by_label("1", exact=True).focus()
    other.page.keyboard.press("Space")
    other.page.keyboard.press("ArrowRight")
    assert scale.get_by_label("2", exact=True).is_checked()
    assert other.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    go_on = other.page.get_by_role("button", name="Next", exact=True)
    go_on.focus()
    other.page.keyboard.press("Enter")
    other.page.get_by_role("heading", name="(REQ-02)").wait_for()
    other.page.get_by_role("button", name="Previous", exact=True).click()
    other.page.wait_for_function(CHECKED, arg="2")


def shown(chair: Person, one: Person, other: Person) -> None:
    chair.press("Show the scores to all")
    other.reads(f"4 ({SECRET})")
    one.reads("Customer care manager: 2")
    chair.reads("Where do people differ?")
    assert other.page.get_by_role("radiogroup", name="Business value").get_by_label("5", exact=True).is_disabled()


def frozen(chair: Person, one: Person, other: Person, served: Served) -> None:
    chair.press("Freeze the round…")
    chair.reads("Write the reason first")
    reason = chair.page.get_by_label("Reason of the decision")
    reason.fill("The budget is given.")
    reason.press("Tab")
    chair.press("Freeze the round…")
    chair.reads("Freeze First round? It becomes the record of a decision")
    chair.press("Yes, freeze it")
    chair.reads("First round is frozen.")
    one.reads("First round is frozen: its scores are the record of a decision.")
    before = len(served.scores)
    force_a_score(other)
    other.reads("No round is open, so that nothing can be scored.")
    assert len(served.scores) == before
    [record] = Committee.open(served.program).rounds()
    assert (record.status, record.reason) == ("frozen", "The budget is given.")
    assert len(record.scores_hash) == 64


def force_a_score(person: Person) -> None:
    """What a page can be made to send: its controls enabled again by hand."""
    scale = person.page.get_by_role("radiogroup", name="Business value").get_by_label("5", exact=True)
    scale.evaluate("one => { one.disabled = false; one.click(); }")


@pytest.mark.parametrize("how", ["none", "forged", "expired", "revoked"])
def test_without_a_valid_invitation_the_page_is_one_sentence(how: str, browser: Any, served: Served) -> None:
    link = {
        "none": lambda: served.address,
        "forged": lambda: served.link("RAT-04")[:-3] + "AAA",
        "expired": lambda: served.link("RAT-04", now=datetime.now(UTC) - timedelta(days=31)),
        "revoked": lambda: served.link("RAT-05"),
    }[how]()
    if how == "revoked":
        assert access.revoke(served.program, "RAT-05") == 1
    with people(browser, served, link) as (stranger,):
        assert stranger.page.inner_text("body").strip() == REFUSAL
        told = "".join(stranger.received) + stranger.page.content()
        for hidden in ("Every Customer Counts", "REQ-0", "RAT-0", "Business value", "Customer care"):
            assert hidden not in told


def test_an_invitation_taken_back_closes_the_open_page(browser: Any, served: Served) -> None:
    with people(browser, served, served.link("RAT-06")) as (person,):
        person.page.locator(".cw-criterion").first.wait_for()
        access.revoke(served.program, "RAT-06")
        person.reads(REFUSAL)
        assert person.page.locator(".cw-criterion").count() == 0


def test_a_requirement_is_captured_with_what_is_wrong_beside_its_field(browser: Any, served: Served) -> None:
    committee = Committee.open(served.program)
    with people(browser, served, served.link("RAT-04")) as (person,):
        person.press("Requirements")
        person.page.get_by_label("Department").first.fill("Sales")
        person.press("Save requirement")
        person.reads("What is wrong stands beside the fields.")
        wrong = person.page.locator(".widget-vbox").filter(has=person.page.get_by_label("Title *")).last
        assert wrong.locator(".cw-wrong").count() == 1
        person.page.get_by_label("Title *").fill("Quotes from the phone")
        person.press("Save requirement")
        person.reads("REQ-04 is saved.")
        saved = committee.requirements().set_index("requirement_id").loc["REQ-04"]
        assert (saved["title"], saved["department"]) == ("Quotes from the phone", "Sales")
        row = committee.requirements().iloc[-1].to_dict()
        committee.save_requirement({**row, "title": "Changed by another"}, row)
        person.page.get_by_label("Title *").fill("Changed here")
        person.press("Save requirement")
        person.reads("Someone has changed it meanwhile")
    assert committee.requirements().iloc[-1]["title"] == "Changed by another"


def test_judgements_become_weights_and_wishes_stay_hidden_until_shown(browser: Any, served: Served) -> None:
    committee = Committee.open(served.program)
    with people(browser, served, served.link("RAT-03", "facilitator"), served.link("RAT-06")) as (chair, one):
        judged(one)
        taken_over(chair)
        weights = committee.criteria().set_index("criterion_id")["weight"]
        assert weights[["CRI-07", "CRI-08"]].tolist() == pytest.approx([5 / 6, 1 / 6])
        committee.open_round("Wishes", datetime.now(UTC))
        chair.press("What fits?")
        wished(one)
        chair.page.wait_for_function(r"document.querySelector('.cw-table').innerText.match(/Integration lead\t1\t60/)")
        assert "Must have takes" not in chair.page.content()
        committee.show_round(datetime.now(UTC))
        chair.reads("Must have takes 100% of the planned effort")
        committee.freeze_round("Ana", "Seen by all", datetime.now(UTC))
    row = committee.preferences_seen_by("RAT-06").set_index("requirement_id").loc["REQ-02"]
    assert (row["rater_id"], row["moscow"], row["points"]) == ("RAT-06", "must", 60)


def judged(one: Person) -> None:
    one.press("Compare criteria")
    pair = one.page.get_by_label("Technical complexity or Impact on existing systems")
    pair.select_option(label="Technical complexity is strongly more important (5)")
    one.reads("Saved. 1 of 1 pairs compared.")


def taken_over(chair: Person) -> None:
    chair.press("Criteria")
    chair.page.get_by_label("Criteria of").select_option(label="Complexity")
    chair.page.get_by_label("Weights by").select_option(label="Judgements of the raters")
    chair.reads("83.3%")
    chair.press("Use these weights…")
    chair.reads("What changes: Technical complexity from 60% to 83.3%")
    chair.press("Yes, use them")
    chair.reads("The criteria of Complexity have these weights now.")


def wished(one: Person) -> None:
    one.press("What fits?")
    one.page.get_by_label("Class of REQ-02").select_option(label="Must have")
    points = one.page.get_by_label("Points of REQ-02")
    points.fill("60")
    points.press("Tab")
    one.reads("40 of 100 points are left.")


def test_a_page_loads_again_though_its_address_shows_no_token(browser: Any, served: Served) -> None:
    with people(browser, served, served.link("RAT-04")) as (person,):
        assert person.page.url == served.address
        person.page.reload()
        person.reads("You score as Financial controller.")
        assert person.page.url == served.address


def test_no_token_is_in_any_line_that_the_server_wrote(served: Served) -> None:
    said = "\n".join(served.lines)
    assert "token=[secret]" in said or "GET /" in said
    assert served.tokens
    assert not [token for token in served.tokens if token in said]
