"""Two people change the same flow: who saves second is asked, and nothing that either of them did is lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from chairs import ROLES, Chairs, Desk, small_flow
from person import Person, soon

REFUSED = "409"


class Collision:
    """You and Mei have the same flow open, and both change it."""

    def __init__(self, desk: Desk, chairs: Chairs, name: str) -> None:
        self.node = chairs["hospital"]
        self.draft = str(self.node.post("/flows", {"document": small_flow(name)})["id"])
        self.you, self.mei = Person(desk, "hospital"), Person(desk, "hospital", user="mei")
        for each in (self.you, self.mei):
            each.go(f"/flows/{self.draft}")
            each.page.get_by_role("application").wait_for()

    def double(self, person: Person) -> None:
        """Every step once more."""
        person.page.get_by_role("application").focus()
        person.page.keyboard.press("Control+a")
        person.page.keyboard.press("Control+d")

    def entitle(self, person: Person, title: str) -> None:
        person.press("flow:settings.open")
        person.fill("flow/sides:flow.title.en", title)

    def is_saved(self, person: Person) -> None:
        expect(person.page.get_by_text(person.say("flow/sides:saved.saved"), exact=True)).to_be_visible()

    def is_asked(self, person: Person) -> None:
        expect(person.dialog.get_by_text(person.say("flow/sides:conflict.title"))).to_be_visible()

    def kept(self, draft: str | None = None) -> tuple[int, str | None]:
        """How many steps the flow has at the node, and its title."""
        document: dict[str, Any] = self.node.get(f"/flows/{draft or self.draft}")["document"]
        return len(document["steps"]), (document.get("title") or {}).get("en")


@pytest.fixture(scope="session", autouse=True)
def mei(chairs: Chairs) -> None:
    body = {"name": "mei", "display_name": "Mei", "roles": ROLES, "must_change": False}
    chairs["hospital"].post("/users", body)


def test_the_second_chooses(desk: Desk, chairs: Chairs) -> None:
    flow = Collision(desk, chairs, "second-chooses")
    with desk.expecting(REFUSED):
        flow.double(flow.you)
        flow.is_saved(flow.you)
        flow.entitle(flow.mei, "Typed by Mei")
        flow.is_asked(flow.mei)
        expect(flow.mei.dialog).to_contain_text("you saved version 2")
        flow.mei.press("flow/sides:conflict.mine", flow.mei.dialog)
        flow.is_saved(flow.mei)
        assert flow.kept() == (3, "Typed by Mei")
        flow.double(flow.you)
        flow.is_asked(flow.you)
        flow.you.press("flow/sides:conflict.theirs", flow.you.dialog)
        flow.is_saved(flow.you)
        expect(flow.you.page.get_by_role("heading", level=1, name="Typed by Mei")).to_be_visible()
    flow.you.page.get_by_role("application").focus()
    flow.you.page.keyboard.press("Control+z")
    assert soon(lambda: flow.kept() == (12, None))


def test_whoever_puts_it_off_is_asked_again(desk: Desk, chairs: Chairs) -> None:
    """What the other saves meanwhile is not lost by a choice that did not know of it."""
    flow = Collision(desk, chairs, "put-off")
    with desk.expecting(REFUSED):
        flow.double(flow.you)
        flow.is_saved(flow.you)
        flow.entitle(flow.mei, "Typed by Mei")
        flow.is_asked(flow.mei)
        flow.mei.page.keyboard.press("Escape")
        expect(flow.mei.page.get_by_role("dialog")).to_have_count(0)
        flow.entitle(flow.mei, "Typed on by Mei")
        flow.entitle(flow.you, "Typed by you")
        assert soon(lambda: flow.kept() == (6, "Typed by you"))
        flow.mei.press("flow/sides:saved.conflict")
        expect(flow.mei.dialog).to_contain_text("you saved version 3")
        flow.entitle(flow.you, "Typed on by you")
        assert soon(lambda: flow.kept() == (6, "Typed on by you"))
        flow.mei.press("flow/sides:conflict.mine", flow.mei.dialog)
        expect(flow.mei.dialog).to_contain_text("you saved version 4")
        flow.mei.press("flow/sides:conflict.both", flow.mei.dialog)
        copy = flow.mei.arrive(rf"^#/flows/(?!{flow.draft})[^/]+$")
    assert (flow.kept(), flow.kept(copy)) == ((6, "Typed on by you"), (3, "Typed on by Mei"))
