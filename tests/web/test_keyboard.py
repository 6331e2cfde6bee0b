"""From signing in to an approval with the keys alone: the mouse is not touched once."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from chairs import Chairs, Desk
from console_words import Words
from person import soon

# Any act of a mouse, a pen or a finger is noted; pressing a key on a button makes clicks without a pointer.
POISON = """() => { window.touched = [];
  for (const kind of ['pointerdown', 'mousedown', 'wheel', 'touchstart', 'dragstart'])
    window.addEventListener(kind, event => window.touched.push(kind), true); }"""
FOCUSED = """() => { const at = document.activeElement;
  if (!at || at === document.body) return '';
  const textOf = id => document.getElementById(id)?.textContent ?? '';
  const by = (at.getAttribute('aria-labelledby') ?? '').split(' ').map(textOf);
  const labels = [...(at.labels ?? [])].map(each => each.textContent);
  return [at.getAttribute('aria-label'), ...by, ...labels, at.innerText].filter(Boolean).join(' | ').trim() }"""
OPTION = """() => { const list = document.activeElement?.getAttribute('aria-activedescendant');
  const at = (list && document.getElementById(list)) || document.querySelector('[data-combobox-selected]');
  return at?.textContent ?? '' }"""
SMALL = {"hospital": "patients", "lab": "tests"}
MOST = 120


class Keys:
    """Somebody who has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.say = page, Words("en")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, name: str, key: str = "Tab", times: int = 1) -> None:
        """Walks on until the focus is on what has this name."""
        wanted = re.compile(rf"(^|\| ){re.escape(name)}")
        seen = []
        for _ in range(MOST):
            self.press(key)
            seen.append(self.page.evaluate(FOCUSED).splitlines()[:1])
            if seen[-1] and wanted.search(seen[-1][0]):
                times -= 1
                if times == 0:
                    return
        raise AssertionError(f"{name} is not reached: {seen[:60]}")

    def choose(self, option: str) -> None:
        """In the list of the field that has the focus, unless it stands there already."""
        if self.page.evaluate("() => document.activeElement.value") == option:
            return
        self.press("ArrowDown")
        for _ in range(MOST):
            if self.page.evaluate(OPTION).strip().endswith(option):
                self.press("Enter")
                return
            self.press("ArrowDown")
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{option} is not in the list")


def arrive(desk: Desk, chairs: Chairs, name: str) -> Keys:
    """Signs in."""
    page = desk.open(name)
    page.add_init_script(f"({POISON})()")
    page.goto(f"{chairs.url(name)}/#/sign-in?code={chairs.code(name)}&lang=en&theme=light")
    page.get_by_role("button", name="Go on").wait_for()
    keys = Keys(page)
    keys.press("Enter")
    page.get_by_role("navigation").first.wait_for()
    return keys


def test_the_way_without_a_mouse(desk: Desk, chairs: Chairs) -> None:
    one = arrive(desk, chairs, "hospital")
    begin(one)
    extend(one)
    job = send(one)
    lab = chairs["lab"]
    lab.until(job, lambda found: found["decision"] == "waiting")
    two = arrive(desk, chairs, "lab")
    approve(two, job, chairs)
    assert chairs["hospital"].wait(job)["state"] == "FINISHED"
    expect(one.page.get_by_text(one.say("core:state.FINISHED")).first).to_be_visible()
    for keys in (one, two):
        assert keys.page.evaluate("() => window.touched") == []


def begin(keys: Keys) -> None:
    """By the navigation to a new flow, from a template."""
    page, say = keys.page, keys.say
    for place in ("core:nav.projects", "core:nav.flows"):
        keys.to(say(place))
        keys.press("Enter")
        page.wait_for_function("() => document.activeElement?.tagName === 'H1'")
    page.get_by_role("heading", level=1, name=say("flow:title")).wait_for()
    keys.to(say("flow:list.new"))
    keys.press("Enter")
    page.get_by_role("dialog").wait_for()
    keys.to(say("flow/sides:template.psi"))
    keys.press("Enter")
    page.get_by_label(say.start("flow/sides:ask.partner")).first.wait_for()
    keys.to(say("flow/sides:ask.partner"))
    keys.choose("lab")
    for dataset in SMALL.values():
        keys.to(say("flow/sides:ask.dataset"))
        keys.choose(dataset)
    keys.to(say("flow/sides:templates.make"))
    keys.press("Enter")
    page.get_by_role("button", name=say("flow/sides:coach.end")).wait_for()
    keys.press("Escape")


def extend(keys: Keys) -> None:
    """One more step: added with A, taken off its wire, connected with C, and looked at in the list."""
    page = keys.page
    keys.to("Canvas of")
    keys.press("ArrowRight", "a")
    page.get_by_role("dialog", name=keys.say("flow:add.title")).wait_for()
    keys.type("Profile table")
    keys.press("Enter")
    expect(page.locator('.react-flow__node[data-id="profile"]')).to_be_visible()
    wire = page.locator('.react-flow__edge[data-id="profile:table"]')
    expect(wire).to_have_count(1)
    on_canvas = "() => document.activeElement?.getAttribute('role') === 'application'"
    page.wait_for_function(on_canvas)
    keys.press("w", "Delete")
    expect(wire).to_have_count(0)
    keys.press("c")
    page.get_by_role("dialog").get_by_role("combobox").wait_for()
    keys.type("hospital_rows")
    keys.press("Enter")
    expect(wire).to_have_count(1)
    page.wait_for_function(on_canvas)
    keys.press("l")
    page.get_by_role("region", name=keys.say("flow/sides:list.steps")).wait_for()
    expect(page.get_by_role("button", name=keys.say("flow:status.sound"))).to_be_visible()


def send(keys: Keys) -> str:
    page, say = keys.page, keys.say
    keys.to(say("flow/sides:run"))
    keys.press("Enter")
    page.get_by_role("button", name=say("flow/sides:act.submit")).wait_for()
    keys.to(say("flow/sides:act.submit"))
    keys.press("Enter")
    page.wait_for_function("() => /^#\\/jobs\\/[^/]+$/.test(location.hash)")
    return str(page.evaluate("() => location.hash.split('/').at(-1)"))


def approve(keys: Keys, job: str, chairs: Chairs) -> None:
    page, say = keys.page, keys.say
    lab = chairs["lab"]
    item = soon(lambda: [each for each in lab.get("/inbox")["items"] if each["subject"] == job])[0]
    keys.to(say("core:nav.approvals"))
    keys.press("Enter")
    page.get_by_role("link", name=item["title"]["en"]).first.wait_for()
    keys.to(item["title"]["en"])
    keys.press("Enter")
    page.get_by_role("heading", name=say("pages/approvals:learns")).wait_for()
    keys.to(say("pages/approvals:approve"))
    keys.press("Enter")
    expect(page.get_by_text(say("pages/approvals:ended.approved")).first).to_be_visible()
