"""`make screenshots`: every page of the console in both languages, from the demo's nodes, into docs/screenshots/.

To be looked at by people. It is no test: nothing is compared.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from tacit.client.client import Client
from tacit.demo.baseline import Baseline
from tacit.demo.chairs import USER, link_of, seat, take_chairs
from tacit.demo.nodes import DemoNodes
from tacit.demo.story import load_flow, meet
from tacit.demo.tables import HOSPITAL

ROOT = Path(__file__).parents[2]
OUT = ROOT / "docs" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", "--force-color-profile=srgb"]
SIZE = {"width": 1440, "height": 900}
TABLET = {"width": 768, "height": 1024}
DARK = ("home", "flow-editor", "job-results", "approval", "project", "cockpit")
NARROW = ("home", "data", "flow-editor", "job", "approval", "cockpit")
SETTLED = """() => document.querySelector('h1') && !document.querySelector('main [role=status][aria-label]')
  && ![...document.querySelectorAll('main *')].some(each => each.className?.includes?.('Skeleton'))"""
WAIT_S = 60.0


class Network:
    """What the pages show: agreements, jobs in several states, drafts, requests, products, users."""

    def __init__(self, nodes: DemoNodes) -> None:
        self.nodes = nodes
        self.hospital, self.lab, self.notary = (nodes.clients[name] for name in HOSPITAL.parties)
        self.flow = load_flow(HOSPITAL)

    def furnish(self) -> dict[str, str]:
        """Values for the places of PAGES."""
        agreement = self._agree()
        self.lab.propose_agreement(
            "Rare tumours",
            purpose="Find out how often the rare forms occur in both registers",
            members=["hospital", "lab"],
            datasets={"hospital": ["patients"], "lab": ["tests"]},
            valid_until="2030-06-30",
        )
        matched = self._part("match", "overlap")
        trained = self._run(self.flow, agreement)
        self._run(matched, agreement)
        asked = self.lab.run(_turned(matched), name="lab-overlap")
        self.hospital.run(self._part("statistics", "joint-statistics"))
        draft = post(self.hospital, "/flows", {"document": self.flow, "agreement": agreement})["id"]
        self._people()
        self._offers()
        until(lambda: any(item["kind"] == "job" for item in items(self.hospital, "/inbox?state=open")))
        item = next(item for item in items(self.hospital, "/inbox?state=open") if item["subject"] == asked.id)
        return {"agreement": agreement, "job": trained, "draft": draft, "item": item["id"]}

    def _agree(self) -> str:
        """Proposed, countered, signed by all."""
        made = self.hospital.propose_agreement(
            "Breast cancer study",
            purpose="Find out which measurements predict the diagnosis. Figures and a model are the only results.",
            members=list(HOSPITAL.parties),
            datasets={"hospital": ["patients"], "lab": ["tests"]},
            valid_until="2030-12-31",
            prices=[{"amount": "120.50", "currency": "CNY", "unit": "job", "payer": "hospital"}],
            limits={"jobs": 100, "period_ms": 30 * 86_400_000},
        )
        place = f"/agreements/{made['id']}"
        until(lambda: made["id"] in [row["id"] for row in self.lab.agreements()])
        prices = [{"amount": "150", "currency": "CNY", "unit": "job", "payer": "hospital"}]
        post(self.lab, f"{place}/counter", {"prices": prices, "revenue": {"lab": "0.8", "notary": "0.2"}})
        for client in (self.hospital, self.notary):
            until(lambda client=client: _of(client, made["id"]).get("version") == 2)  # type: ignore[misc]
            post(client, f"{place}/approve", {})
        until(lambda: all(_of(client, made["id"])["state"] == "ACTIVE" for client in self.nodes.clients.values()))
        return str(made["id"])

    def _run(self, flow: dict[str, Any], agreement: str | None) -> str:
        job = self.hospital.run(flow, agreement=agreement)
        until(lambda: any(row["id"] == job.id and row["decision"] == "waiting" for row in self.lab.jobs()))
        post(self.lab, f"/jobs/{job.id}/approve", {})
        job.wait(WAIT_S)
        if job.state != "FINISHED":
            raise RuntimeError(f"{job.id} ended as {job.state}: {job.record['cause']}")
        return job.id

    def _part(self, last: str, name: str) -> dict[str, Any]:
        """The flow up to a step."""
        wanted = {last}
        for step in reversed(self.flow["steps"]):
            if step["id"] in wanted:
                wanted |= {source.split(".")[0] for source in step.get("inputs", {}).values()}
        steps = [step for step in self.flow["steps"] if step["id"] in wanted]
        return {**self.flow, "name": name, "title": {}, "steps": steps}

    def _people(self) -> None:
        self.hospital.people.add("li.wei", ["data_owner", "compliance_officer"], display_name="Li Wei")
        self.hospital.people.add("chen.jing", ["data_scientist"], display_name="Chen Jing")
        self.hospital.api_clients.add("nightly", ["job.submit", "job.read"], note="runs at night")
        self.hospital.schedule(self._part("match", "overlap"), cron="0 3 * * *", name="nightly-overlap")

    def _offers(self) -> None:
        product = {
            "name": "tumour-tests",
            "title": {"zh": "肿瘤检验指标", "en": "Tumour measurements"},
            "description": {"zh": "二十项显微测量指标", "en": "Twenty measurements under the microscope"},
            "theme": ["health"],
            "keyword": ["oncology"],
            "datasets": ["tests"],
            "contact_point": "data office",
            "valid_until": "2030-12-31",
            "terms": {"prices": [{"amount": "2", "currency": "CNY", "unit": "job"}], "owner_share": "1"},
        }
        self.lab.products.draft(**product)
        self.lab.products.publish("tumour-tests")


def _turned(flow: dict[str, Any]) -> dict[str, Any]:
    """The lab asks: it receives."""
    steps = json.loads(json.dumps(flow["steps"]))
    for step in steps:
        if step["operator"] == "psi":
            step["at"] = {"receiver": "lab", "sender": "hospital"}
            step["inputs"] = {"receiver": "lab_rows.table", "sender": "hospital_rows.table"}
    return {**flow, "name": "lab-overlap", "steps": steps}


def _of(client: Client, agreement: str) -> dict[str, Any]:
    return next((row for row in client.agreements() if row["id"] == agreement), {})


def post(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A call that the client has no method for."""
    answer: dict[str, Any] = client._node.post(path, body)
    return answer


def items(client: Client, path: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = client._node.get(path)["items"]
    return answer


def until(wanted: Callable[[], bool]) -> None:
    """Wait for it. Raises TimeoutError."""
    end = time.monotonic() + WAIT_S
    while not wanted():
        if time.monotonic() > end:
            raise TimeoutError("it did not come to pass")
        time.sleep(0.1)


PAGES = {
    "home": "/",
    "data": "/data",
    "data-connect": "/data/connect",
    "data-columns": "/data/patients",
    "data-profile": "/data/patients?tab=profile",
    "data-labels": "/data/patients?tab=labels",
    "data-policy": "/data/patients?tab=policy",
    "data-grants": "/data/patients?tab=grants",
    "data-requests": "/data/requests",
    "data-peer": "/data/peers/lab",
    "market": "/data/market",
    "market-product": "/data/market/lab/tumour-tests",
    "projects": "/projects",
    "project-new": "/projects/new",
    "project": "/projects/{agreement}",
    "project-negotiation": "/projects/{agreement}?tab=negotiation",
    "project-jobs": "/projects/{agreement}?tab=jobs",
    "project-usage": "/projects/{agreement}?tab=usage",
    "project-amend": "/projects/{agreement}/terms?as=amend",
    "flows": "/flows",
    "flow-new": "/flows/new",
    "flow-editor": "/flows/{draft}",
    "flow-list": "/flows/{draft}?view=list",
    "flow-code": "/flows/{draft}?view=code",
    "jobs": "/jobs",
    "job": "/jobs/{job}",
    "job-results": "/jobs/{job}?tab=results",
    "job-disclosures": "/jobs/{job}?tab=disclosures",
    "job-cost": "/jobs/{job}?tab=cost",
    "job-log": "/jobs/{job}?tab=log",
    "job-receipt": "/jobs/{job}?tab=receipt",
    "job-flow": "/jobs/{job}?tab=flow",
    "job-report": "/jobs/{job}/report",
    "jobs-compare": "/jobs/compare",
    "schedules": "/schedules",
    "schedule": "/schedules/nightly-overlap",
    "models": "/models",
    "model": "/models/breast-cancer",
    "approvals": "/approvals",
    "approval": "/approvals/{item}",
    "approval-rules": "/approvals/rules",
    "approval-standing": "/approvals/standing",
    "approval-delegations": "/approvals/delegations",
    "audit": "/audit",
    "receipts": "/audit/receipts",
    "receipt": "/audit/receipts/{job}",
    "operations": "/operations",
    "cockpit": "/cockpit",
    "cockpit-wall": "/cockpit/wall",
    "portal": "/operations/portal",
    "operations-invitations": "/operations?tab=invitations",
    "operations-doctor": "/operations?tab=doctor",
    "operations-configuration": "/operations?tab=configuration",
    "settings": "/settings",
    "settings-users": "/settings?tab=users",
    "settings-roles": "/settings?tab=roles",
    "settings-user": "/settings/users/li.wei",
    "settings-client": "/settings/clients/nightly",
    "sign-in": "/sign-in",
    "tour": "/",
}
APART = ("sign-in", "tour")  # not by somebody who has signed in as usual


class Camera:
    """Takes the pictures of one language."""

    def __init__(self, browser: Browser, client: Client, url: str, language: str, values: dict[str, str]) -> None:
        self.browser, self.client, self.url, self.language, self.values = browser, client, url, language, values
        self.enter: Callable[[], str] = lambda: url  # gives a fresh link into the demo
        self.folder = OUT / language
        self.folder.mkdir(parents=True, exist_ok=True)
        self.late: list[str] = []

    def take_all(self, only: list[str]) -> None:
        wanted = [name for name in PAGES if not only or name in only]
        self._round([name for name in wanted if name not in APART], "light", SIZE, "")
        self._round([name for name in DARK if name in wanted], "dark", SIZE, "-dark")
        self._round([name for name in NARROW if name in wanted], "light", TABLET, "-tablet")
        if "sign-in" in wanted:
            self._stranger()
        if "tour" in wanted:
            self._guest()

    def _round(self, names: list[str], theme: str, size: dict[str, int], ending: str) -> None:
        if not names:
            return
        page = self._open(theme, size)
        code = self.client.people.give_code(USER)["code"]
        page.goto(f"{self.url}/#/sign-in?code={code}&lang={self.language}&theme={theme}")
        page.get_by_role("button", name=re.compile("Go on|继续")).click()
        page.wait_for_function("() => location.hash.startsWith('#/') && !location.hash.includes('sign-in')")
        for name in names:
            self._take(page, name, f"{name}{ending}")
        page.context.close()

    def _stranger(self) -> None:
        page = self._open("light", SIZE)
        page.goto(f"{self.url}/#/sign-in?lang={self.language}&theme=light")
        page.wait_for_selector("h1")
        self._take(page, None, "sign-in")
        page.context.close()

    def _guest(self) -> None:
        """Somebody who comes by a link of the demo."""
        page = self._open("light", SIZE)
        page.goto(re.sub("lang=..", f"lang={self.language}", self.enter()))
        page.wait_for_selector("aside")
        self._take(page, None, "tour")
        page.context.close()

    def _open(self, theme: str, size: dict[str, int]) -> Page:
        locale = "zh-CN" if self.language == "zh" else "en-GB"
        scheme: Any = theme
        viewport: Any = size
        context = self.browser.new_context(
            viewport=viewport, locale=locale, timezone_id="Asia/Shanghai", color_scheme=scheme, reduced_motion="reduce"
        )
        return context.new_page()

    def _take(self, page: Page, name: str | None, file: str) -> None:
        if name is not None:
            page.evaluate("place => { location.hash = place }", PAGES[name].format(**self.values))
            page.wait_for_timeout(300)
        try:
            page.wait_for_function(SETTLED, timeout=10_000)
        except TimeoutError:
            self.late.append(file)
        page.wait_for_timeout(700)  # charts and canvases are painted after their data
        page.screenshot(path=self.folder / f"{file}.png")


def enter(nodes: DemoNodes) -> str:
    """A fresh link, as the demo prints it."""
    chairs = take_chairs(nodes.clients, {name: each["api"] for name, each in nodes.addresses.items()})
    return link_of(chairs[0], chairs, HOSPITAL.label, Baseline(alone=0.98, pooled=0.99))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="names of pages; none: all")
    only = parser.parse_args().pages
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, DemoNodes(Path(folder), HOSPITAL.parties) as nodes:
        meet(HOSPITAL, nodes, print)
        seat(nodes.clients)
        values = Network(nodes).furnish()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for language in ("en", "zh"):
                camera = Camera(
                    browser, nodes.clients["hospital"], nodes.addresses["hospital"]["api"], language, values
                )
                camera.enter = lambda: enter(nodes)
                camera.take_all(only)
                print(f"{language}: {len(list(camera.folder.glob('*.png')))} pictures; late: {camera.late or 'none'}")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
