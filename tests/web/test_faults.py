"""When something fails, the page says so in its place, keeps what was typed, and goes on by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from chairs import Chairs, Desk, small_flow
from person import Person, soon
from real_nodes import RunningNode

GONE = (
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_INCOMPLETE_CHUNKED",
    "ERR_SOCKET",
    "network error",
    "Failed to fetch",
)
AWAY = re.compile("has not answered since")


@contextmanager
def down(node: RunningNode) -> Iterator[None]:
    """The node is gone while this lasts."""
    node.kill()
    try:
        yield
    finally:
        node.start()


def test_a_form_outlives_its_node(desk: Desk, chairs: Chairs) -> None:
    one = Person(desk, "hospital")
    page = one.page
    one.go("/projects/new")
    one.fill("pages/projects:form.name", "Kept name")
    page.evaluate("() => { window.same = true }")
    banner = page.get_by_role("status").filter(has_text=AWAY)
    with desk.expecting(*GONE):
        with down(chairs["hospital"]):
            expect(banner).to_be_visible()
            one.fill("pages/projects:form.purpose", "Typed while nobody answers")
        expect(banner).to_be_hidden()
    assert page.evaluate("() => window.same")
    expect(page.get_by_label(one.say.start("pages/projects:form.name"))).to_have_value("Kept name")
    expect(page.get_by_label(one.say.start("pages/projects:form.purpose"))).to_have_value("Typed while nobody answers")
    one.go("/jobs")
    one.heading(one.say("pages/jobs:title"))
    chairs["hospital"].post("/jobs", {"flow": small_flow("live-again")})
    expect(page.get_by_role("link", name="live-again").first).to_be_visible()


def test_signing_in_again_repeats_the_request(desk: Desk, chairs: Chairs) -> None:
    one = Person(desk, "hospital")
    one.go("/audit")
    expect(one.page.get_by_text(re.compile("entries, unbroken")).first).to_be_visible()
    chairs["hospital"].call("DELETE", "/users/you/sessions")
    with desk.expecting("401", *GONE):
        one.press("pages/audit:check_node")
        expect(one.dialog.get_by_text(one.say("core:expired.title"))).to_be_visible()
        one.dialog.get_by_text(one.say("core:sign_in.with_code"), exact=True).first.click()
        one.dialog.get_by_label(one.say.start("core:sign_in.code")).last.fill(chairs.code("hospital"))
        one.press("core:sign_in", one.dialog)
        expect(one.page.get_by_text(re.compile("The node agrees"))).to_be_visible()
    expect(one.page.get_by_role("dialog")).to_have_count(0)


def test_a_partner_that_is_away_is_named(desk: Desk, chairs: Chairs) -> None:
    one = Person(desk, "hospital")
    one.go("/")
    with desk.expecting("502"), down(chairs["lab"]):
        one.press("pages/home:ping.again_of", name="lab")
        expect(one.page.get_by_text(one.say("pages/home:ping.away")).first).to_be_visible()
        one.go("/data/peers/lab")
        expect(one.page.get_by_text("peer.unreachable").first).to_be_visible()
        expect(one.page.get_by_text(AWAY)).to_have_count(0)  # that is said of the own node alone


def test_a_failure_at_the_other_side(desk: Desk, chairs: Chairs) -> None:
    """The initiator is told whose step failed and the code; the other side also what to do."""
    lab, code = chairs["lab"], "data.column_missing"
    flow = small_flow("no-such-key")
    flow["steps"][1]["params"]["keys"] = ["insurance_number"]
    job = str(chairs["hospital"].post("/jobs", {"flow": flow})["id"])
    lab.until(job, lambda found: found["decision"] == "waiting")
    one, two = Person(desk, "hospital"), Person(desk, "lab")
    for each in (one, two):
        each.go(f"/jobs/{job}")
        each.heading("no-such-key")
    lab.post(f"/jobs/{job}/approve")
    assert lab.wait(job)["cause"] == {"party": "lab", "step": "lab_rows", "code": code}
    expect(one.page.get_by_text(one.say("pages/jobs:failed_step_at", party="lab", step="lab_rows"))).to_be_visible()
    expect(one.page.get_by_text(code, exact=True).first).to_be_visible()
    expect(one.page.get_by_text(one.say("pages/jobs:ask_party", party="lab"))).to_be_visible()
    told = two.page.get_by_role("alert")
    expect(told).to_contain_text(code)
    expect(told).to_contain_text(two.say("core:problem.next"))


@pytest.mark.parametrize(
    "leaves", [pytest.param(False, marks=pytest.mark.slow, id="stays"), pytest.param(True, id="leaves")]
)
def test_a_flow_that_could_not_be_saved(desk: Desk, chairs: Chairs, leaves: bool) -> None:
    """It is kept in the browser, and saved or offered as soon as the node is back."""
    hospital = chairs["hospital"]
    draft = hospital.post("/flows", {"document": small_flow("kept")})["id"]
    one = Person(desk, "hospital")
    page = one.page
    one.go(f"/flows/{draft}")
    page.get_by_role("application").wait_for()
    with desk.expecting(*GONE):
        with down(hospital):
            page.get_by_role("application").focus()
            page.keyboard.press("Control+a")
            page.keyboard.press("Control+d")
            expect(page.get_by_text(one.say("flow/sides:saved.offline"))).to_be_visible()
            if leaves:
                page.evaluate("() => { window.onbeforeunload = null }")
                other = page.context.new_page()
                page.close(run_before_unload=False)
        if leaves:
            page = other
            page.goto(f"{chairs.url('hospital')}/#/flows/{draft}")
            page.get_by_role("button", name=one.say("flow/sides:offer.take")).click()
        expect(page.get_by_text(one.say("flow/sides:saved.saved"), exact=True)).to_be_visible()
    assert len(soon(lambda: hospital.get(f"/flows/{draft}")["document"]["steps"])) == 6


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_that_cannot_be_fetched(desk: Desk, chairs: Chairs, language: str) -> None:
    """Its program is on the node that is gone: the place says so, and the page comes when the node is back."""
    one = Person(desk, "hospital", language)
    one.go("/jobs")
    one.heading(one.say("pages/jobs:title"))
    with desk.expecting(*GONE, "dynamically imported module", "preload CSS"):
        with down(chairs["hospital"]):
            one.go("/schedules")
            main = one.page.get_by_role("main")
            expect(main.get_by_text(one.say("core:unreachable.title"))).to_be_visible()
            one.press("core:retry", main)
            expect(one.page.get_by_role("navigation").first).to_be_visible()
        one.heading(one.say("core:nav.schedules"))
    assert one.place == "/schedules"
