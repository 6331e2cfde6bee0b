"""The console as organisations run it: at a path of their web server, with sign-in at their identity provider."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from chairs import Desk
from console_words import Words
from oidc_provider import ProviderProcess
from path_proxy import PathProxy
from real_nodes import RunningNode, free_port, write_rows

PATH = "/tacit/hospital"
SAY = Words("en")


@dataclass(frozen=True)
class Front:
    """A node behind a proxy, and the provider that its users sign in at."""

    node: RunningNode
    proxy: PathProxy
    provider: ProviderProcess

    def open(self, desk: Desk, place: str) -> Page:
        """A page at its console, where nobody has signed in."""
        page = desk.open_at(self.proxy.url)
        page.goto(f"{self.proxy.url}/#{place}")
        return page


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    proxy = PathProxy(PATH)
    provider = ProviderProcess(folder, free_port(), f"{proxy.url}/api/v1/session/oidc/bank/callback")
    node = RunningNode(folder / "node", "hospital", settings(folder, proxy, provider)).start()
    proxy.target = node.info["api"]
    file = write_rows(folder / "rows.csv", range(50), {"age": lambda number: number % 7})
    node.post("/datasets", {"name": "rows", "path": str(file)})
    yield Front(node, proxy, provider)
    node.kill()
    provider.stop()
    proxy.close()


def settings(folder: Path, proxy: PathProxy, provider: ProviderProcess) -> dict[str, str]:
    secret = folder / "secret"
    secret.write_text(provider.secret)
    bank = {
        "name": "bank",
        "title": "Bank account",
        "issuer": provider.issuer,
        "client_id": provider.client,
        "client_secret_file": str(secret),
        "scopes": ["openid", "profile", "email", "groups"],
        "roles": {"analysts": "data_scientist"},
        "join": True,
    }
    return {"TACIT_API_URL": proxy.url, "TACIT_OIDC": json.dumps([bank]), "TACIT_API_PROXIES": '["127.0.0.1"]'}


def profiling(name: str) -> dict[str, Any]:
    """One party reads its table and looks at it."""
    at = {"owner": "hospital"}
    read = {"id": "rows", "operator": "dataset.read", "at": at, "params": {"dataset": "rows"}}
    look = {"id": "look", "operator": "table.profile", "at": at, "inputs": {"table": "rows.table"}}
    return {"tacit": "1", "name": name, "profile": "2pc", "parties": {"hospital": "data"}, "steps": [read, look]}


def go_to_provider(page: Page) -> None:
    page.get_by_role("link", name=SAY("core:sign_in.with", provider="Bank account")).click()


def test_signing_in_at_the_provider(desk: Desk, front: Front) -> None:
    """One lands where one wanted to go; signing out ends the session."""
    front.provider.sign_in("wang.fang")
    with desk.expecting(f"request to {urlsplit(front.provider.issuer).netloc}"):
        page = front.open(desk, "/jobs?state=FAILED")
        go_to_provider(page)
        expect(page.get_by_role("heading", level=1, name=SAY("pages/jobs:title"))).to_be_visible()
        assert page.url == f"{front.proxy.url}/#/jobs?state=FAILED"
        account = page.get_by_role("button", name=re.compile("Wang"))
        account.click()
        page.get_by_role("menuitem", name=SAY("core:sign_out"), exact=True).click()
        expect(page.get_by_role("heading", level=1, name=SAY("core:sign_in.title_plain"))).to_be_visible()
        page.goto(f"{front.proxy.url}/#/audit")
        page.reload()
        expect(page.get_by_role("heading", level=1, name=SAY("core:sign_in.title_plain"))).to_be_visible()


def test_who_has_no_role_is_told(desk: Desk, front: Front) -> None:
    front.provider.sign_in("zhao.lei")
    with desk.expecting(f"request to {urlsplit(front.provider.issuer).netloc}"):
        page = front.open(desk, "/jobs")
        go_to_provider(page)
        refusal = page.get_by_role("alert")
        expect(refusal).to_contain_text("auth.no_role")
        expect(refusal).to_contain_text("gives this account a role here")
        assert "error" not in page.url
        front.provider.sign_in("wang.fang")
        go_to_provider(page)
        expect(page.get_by_role("heading", level=1, name=SAY("pages/jobs:title"))).to_be_visible()


def test_live_under_a_path(desk: Desk, front: Front) -> None:
    """A flow opens, and a job's progress arrives by itself."""
    front.node.post("/users", {"name": "you", "display_name": "You", "roles": ["data_scientist"], "must_change": False})
    code = front.node.post("/users/you/codes")
    assert str(code["link"]).startswith(f"{front.proxy.url}/#/sign-in?code=")
    draft = front.node.post("/flows", {"document": profiling("under-a-path")})["id"]
    page = desk.open_at(front.proxy.url)
    page.goto(str(code["link"]))
    page.get_by_role("button", name=SAY("core:sign_in.go_on")).click()
    page.get_by_role("navigation").first.wait_for()
    page.evaluate("place => { location.hash = place }", f"/flows/{draft}")
    expect(page.locator('.react-flow__node[data-id="look"]')).to_be_visible()
    page.evaluate("() => { location.hash = '/jobs' }")
    expect(page.get_by_role("img", name=SAY("core:live.open"))).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/api/v1/jobs" in sent.url else None)
    job = str(front.node.post("/jobs", {"flow": profiling("live-under-a-path")})["id"])
    row = page.get_by_role("row", name=re.compile("live-under-a-path"))
    expect(row).to_contain_text(SAY("core:state.FINISHED"), timeout=20_000)
    assert front.node.wait(job)["state"] == "FINISHED"
    assert len(asked) <= 2, asked  # the list, because it did not know the job; the rest was told
