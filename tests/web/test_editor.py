"""Fields of a step's parameters that a test outside of a browser cannot judge: typing, choosing, leaving."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from chairs import Chairs, Desk, axe, small_flow
from person import Person, soon


def field_of_words(desk: Desk, chairs: Chairs, name: str) -> tuple[Person, Locator, str]:
    """The first list of rules of a matching's keys, empty and ready to type into."""
    draft = str(chairs["hospital"].post("/flows", {"document": small_flow(name)})["id"])
    one = Person(desk, "hospital")
    one.go(f"/flows/{draft}")
    one.box("match").dblclick()
    one.press("forms:word_lists.add")
    return one, one.page.get_by_role("combobox", name=one.say("forms:word_lists.row", place=1)), draft


@pytest.mark.parametrize("leaving", ["Enter", "Tab", "click"])
def test_a_word_typed_is_a_word_added(desk: Desk, chairs: Chairs, leaving: str) -> None:
    one, field, draft = field_of_words(desk, chairs, f"words-{leaving.lower()}")
    field.click()
    one.page.keyboard.type("trim")
    if leaving == "click":
        one.page.get_by_role("heading", level=1).click()
    else:
        one.page.keyboard.press(leaving)
    expect(one.page.get_by_text("trim", exact=True).first).to_be_visible()
    expect(field).to_have_value("")

    def kept() -> Any:
        return chairs["hospital"].get(f"/flows/{draft}")["document"]["steps"][2].get("params")

    assert soon(kept) == {"normalise": [["trim"]]}


@pytest.mark.parametrize("key", ["Escape", "Enter"])
def test_the_tour_gives_the_focus_back(desk: Desk, chairs: Chairs, key: str) -> None:
    """To the button whose menu opened it, whether it is broken off or seen to its end."""
    draft = chairs["hospital"].post("/flows", {"document": small_flow("toured")})["id"]
    one = Person(desk, "hospital")
    one.go(f"/flows/{draft}")
    opener = one.page.get_by_role("button", name=one.say("flow/sides:file"), exact=True)
    opener.click()
    one.page.get_by_role("menuitem", name=one.say("flow/sides:file.tour"), exact=True).click()
    for mark in ("canvas", "drawer", "learns", "text", "run"):
        title = one.page.get_by_role("dialog").get_by_role("heading", name=one.say(f"flow/sides:coach.{mark}.title"))
        expect(title).to_be_visible()
        expect(one.dialog.locator(":focus")).to_have_count(1)
        one.page.keyboard.press(key)
        if key == "Escape":
            break
    expect(one.page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (765, 1024)])
def test_a_tablet_shows_the_box_beside_its_settings(desk: Desk, chairs: Chairs, width: int, height: int) -> None:
    """The drawer is a sheet below the canvas, and all of the editor is in the window whatever stands above it."""
    title = {"en": "A flow with a title that takes two lines wherever there is no room for it beside the buttons"}
    document = {**small_flow(f"tablet-{width}"), "title": title}
    draft = chairs["hospital"].post("/flows", {"document": document})["id"]
    one = Person(desk, "hospital")
    one.page.set_viewport_size({"width": width, "height": height})
    one.go(f"/flows/{draft}?view=canvas")
    one.box("match").dblclick()
    drawer = one.page.get_by_role("complementary", name=one.say("flow/sides:drawer"))
    expect(drawer).to_be_visible()
    foot = one.page.get_by_role("toolbar", name=one.say("flow:status"))

    def stands() -> bool:
        box, sheet, end = (part.bounding_box() for part in (one.box("match"), drawer, foot))
        assert box is not None and sheet is not None and end is not None
        above = box["y"] + box["height"] <= sheet["y"]
        return above and sheet["width"] > 0.9 * width and end["y"] + end["height"] <= height

    assert soon(stands)
    assert axe(one.page) == []
