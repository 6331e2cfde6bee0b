"""What a person does with the console, in either language, by the words on the page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from chairs import Desk
from console_words import Words

CENTRE = """element => { const box = element.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2] }"""
PLACE = "(place) => { location.hash = place }"


class Person:
    """Somebody at the console of a node."""

    def __init__(self, desk: Desk, name: str, language: str = "en", user: str = "you") -> None:
        self.say = Words(language)
        self.node = desk.chairs[name]
        self.page: Page = desk.sit(name, language=language, user=user)

    def go(self, place: str) -> None:
        self.page.evaluate(PLACE, place)
        self.page.wait_for_function("place => decodeURI(location.hash).startsWith('#' + place)", arg=place)

    @property
    def place(self) -> str:
        return self.page.evaluate("() => location.hash.slice(1)")  # type: ignore[no-any-return]

    def arrive(self, pattern: str) -> str:
        """The last part of the place, when it is like this."""
        self.page.wait_for_function("pattern => new RegExp(pattern).test(location.hash)", arg=pattern)
        return self.place.partition("?")[0].rsplit("/", 1)[-1]

    def heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1, name=text)).to_be_visible()

    def press(self, place: str, within: Locator | None = None, **values: object) -> None:
        """A button or a link that looks like one, by what it says."""
        root = within or self.page.locator("body")
        name = self.say(place, **values)
        found = root.get_by_role("button", name=name, exact=True)
        found.or_(root.get_by_role("link", name=name, exact=True)).first.click()

    def fill(self, place: str, text: str, within: Locator | None = None) -> None:
        (within or self.page.locator("body")).get_by_label(self.say.start(place)).first.fill(text)

    def choose(self, place: str, option: str, within: Locator | None = None, **values: object) -> None:
        """An option of a field that opens a list, unless it stands there already."""
        root = within or self.page.locator("body")
        label = re.compile(rf"^\s*{re.escape(self.say(place, **values))}")
        field = root.get_by_role("combobox", name=label).or_(root.get_by_role("textbox", name=label)).first
        if field.input_value() == option:
            return
        field.click()
        self.page.get_by_role("option", name=option, exact=True).first.click()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").last

    def tab(self, place: str) -> None:
        self.page.get_by_role("tab", name=self.say(place), exact=True).click()

    def section(self, place: str) -> Locator:
        return self.page.get_by_role("region", name=self.say(place), exact=True)

    def drag(self, start: Locator, end: Locator) -> None:
        """By the mouse, in small moves as a hand does."""
        here, there = start.evaluate(CENTRE), end.evaluate(CENTRE)
        mouse = self.page.mouse
        mouse.move(*here)
        mouse.down()
        for part in range(1, 9):
            mouse.move(*(a + (b - a) * part / 8 for a, b in zip(here, there, strict=True)))
        mouse.up()

    def handle(self, step: str, port: str) -> Locator:
        return self.page.locator(f'.react-flow__handle[data-nodeid="{step}"][data-handleid="{port}"]')

    def box(self, step: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{step}"]')

    def wire(self, step: str, port: str) -> Locator:
        return self.page.locator(f'.react-flow__edge[data-id="{step}:{port}"]')


def soon(wanted: Callable[[], Any], timeout_s: float = 20.0) -> Any:
    """What it gives as soon as that is something."""
    until = time.monotonic() + timeout_s
    while not (found := wanted()):
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)
    return found


@contextmanager
def timed(report: dict[str, float], name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    report[name] = round(time.monotonic() - begun, 1)
