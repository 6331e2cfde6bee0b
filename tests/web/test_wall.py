"""The cockpit on a wall: everything on one dark screen, live, and left by a key."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from chairs import Chairs, Desk, axe, small_flow

SIZE = {"width": 1920, "height": 1080}
HIDDEN = """() => [document.documentElement.scrollHeight - innerHeight,
  document.documentElement.scrollWidth - innerWidth]"""
LIGHT = """() => { const [r, g, b] = getComputedStyle(document.querySelector('main')).backgroundColor.match(/\\d+/g);
  return (+r + +g + +b) / 3 }"""


def wall(desk: Desk, chairs: Chairs) -> Page:
    page = desk.sit("hospital")
    page.set_viewport_size(SIZE)
    page.goto(f"{chairs.url('hospital')}/#/cockpit/wall")
    page.get_by_role("heading", name="To look at").wait_for()
    return page


def test_the_wall_is_one_dark_screen(desk: Desk, chairs: Chairs) -> None:
    page = wall(desk, chairs)
    expect(page.get_by_role("button")).to_have_count(1)
    page.wait_for_function(f"() => String(({HIDDEN})()) === '0,0'")
    assert page.evaluate(LIGHT) < 60, "dark, whatever the person chose"
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Cockpit", exact=True).wait_for()


def test_a_new_job_comes_to_the_wall_by_itself(desk: Desk, chairs: Chairs) -> None:
    page = wall(desk, chairs)
    job = chairs["hospital"].post("/jobs", {"flow": small_flow("for-the-wall"), "agreement": None})["id"]
    chairs["lab"].until(job, lambda found: found["decision"] == "waiting")
    chairs["lab"].post(f"/jobs/{job}/reject")
    expect(page.get_by_text("for-the-wall")).to_be_visible()
    expect(page.get_by_text("Live; last news at")).to_be_visible()
