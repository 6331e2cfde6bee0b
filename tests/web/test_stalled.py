"""A node that hangs, and neither answers nor refuses, is told apart from one that works; when it goes on, so do all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from playwright.sync_api import expect

from chairs import Chairs, Desk, small_flow
from person import Person
from real_nodes import RunningNode

SOON_MS = 15_000
SILENCE_MS = 25_000


@contextmanager
def stalled(node: RunningNode) -> Iterator[None]:
    """Its processes stand still while this lasts; the system still accepts connections for them."""
    assert node.process is not None
    processes = [psutil.Process(node.process.pid), *node.children()]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


def test_the_own_node(desk: Desk, chairs: Chairs) -> None:
    one = Person(desk, "hospital")
    page = one.page
    one.go("/projects/new")
    one.fill("pages/projects:form.name", "Typed before")
    page.evaluate("() => { window.same = true }")
    banner = page.get_by_role("status").filter(has_text="has not answered since")
    with desk.expecting("ERR_", "Failed to fetch", "network error"):
        with stalled(chairs["hospital"]):
            one.go("/jobs")
            expect(banner).to_be_visible(timeout=SOON_MS)
            expect(banner).to_contain_text(one.say("core:console.unreachable.hint"))
        expect(banner).to_be_hidden(timeout=SOON_MS)
        chairs["hospital"].post("/jobs", {"flow": small_flow("after-the-stall")})
        expect(page.get_by_role("link", name="after-the-stall").first).to_be_visible(timeout=SOON_MS)
    assert page.evaluate("() => window.same")


def test_a_partners_node(desk: Desk, chairs: Chairs) -> None:
    """Both the partner's line on the home page and the running job name it."""
    hospital, lab = chairs["hospital"], chairs["lab"]
    home, watcher = Person(desk, "hospital"), Person(desk, "hospital")
    home.go("/")
    ask = home.page.get_by_role("button", name=home.say("pages/home:ping.again_of", name="lab"))
    expect(ask).to_be_enabled()
    job = str(hospital.post("/jobs", {"flow": small_flow("held-up")})["id"])
    lab.until(job, lambda found: found["decision"] == "waiting")
    watcher.go(f"/jobs/{job}")
    watcher.heading("held-up")
    lab.post(f"/jobs/{job}/approve")
    hospital.until(job, lambda found: found["state"] == "RUNNING")
    with stalled(lab):
        ask.click()
        waits = watcher.page.get_by_text(watcher.say("pages/jobs:waiting.for", party="lab"))
        expect(waits).to_be_visible(timeout=SOON_MS)
        expect(home.page.get_by_text(home.say("pages/home:ping.away"))).to_be_visible(timeout=SILENCE_MS)
    expect(waits).to_be_hidden(timeout=SOON_MS)
    assert hospital.wait(job)["state"] == "FINISHED"
    expect(watcher.page.get_by_text(watcher.say("core:state.FINISHED")).first).to_be_visible()
    ask.click()
    expect(home.page.get_by_text(home.say("pages/home:ping.away"))).to_be_hidden()
