"""From a one-time code to the first page, and out again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from chairs import Chairs, Desk


def test_a_code_opens_the_console_once(desk: Desk, chairs: Chairs) -> None:
    page = desk.sit("hospital")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "code=" not in page.url
    code = chairs.code("lab")
    first, second = desk.open("lab"), desk.open("lab")
    first.goto(f"{chairs.url('lab')}/#/sign-in?code={code}")
    first.get_by_role("button", name="Go on").click()
    first.get_by_role("navigation").first.wait_for()
    with desk.expecting("401", "403"):
        second.goto(f"{chairs.url('lab')}/#/sign-in?code={code}")
        second.get_by_role("button", name="Go on").click()
        expect(second.get_by_role("alert")).to_be_visible()


def test_the_page_is_ours_alone(desk: Desk, chairs: Chairs) -> None:
    page = desk.open("lab")
    answer = page.goto(chairs.url("lab") + "/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    again = page.request.get(chairs.url("lab") + "/")
    assert nonce is not None and nonce.group(1) not in again.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_all_tabs_of_a_browser_belong_to_one_person(desk: Desk, chairs: Chairs) -> None:
    """Who signs in or out in one tab does so in all: none goes on showing, or acting for, somebody else."""
    first = desk.sit("notary")
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_role("navigation").first.wait_for()
    chairs["notary"].post(
        "/users", {"name": "mei", "display_name": "Mei", "roles": ["data_owner"], "must_change": False}
    )
    second.request.post(f"{chairs.url('notary')}/api/v1/session/code", data={"code": chairs.code("notary", "mei")})
    second.reload()
    expect(first.get_by_role("button", name="Mei")).to_be_visible()
    first.evaluate("() => localStorage.setItem('tacit:draft:mei:new', '{}')")
    with desk.expecting("401"):
        second.get_by_role("button", name="Mei").click()
        second.get_by_role("menuitem", name="Sign out").click()
        for page in (first, second):
            expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert "draft" not in first.evaluate("() => JSON.stringify(localStorage)")


def test_a_link_with_a_code_leaves_no_code_in_the_address(desk: Desk, chairs: Chairs) -> None:
    page = desk.sit("notary")
    page.evaluate("code => { location.hash = `#/sign-in?code=${code}` }", chairs.code("notary"))
    expect(page.get_by_text("You are signed in already")).to_be_visible()
    assert "code=" not in page.url
