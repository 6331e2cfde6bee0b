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
