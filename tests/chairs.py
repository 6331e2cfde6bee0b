"""Three real nodes with a person in front of each, in a real browser; what the tests of the console start from."""

from __future__ import annotations

import copy
import csv
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from sklearn.datasets import load_breast_cancer

from real_nodes import Group, RunningNode
from tacit.flow.document import load

NAMES = ("hospital", "lab", "notary")
ROLES = ["administrator", "data_owner", "data_scientist", "compliance_officer", "operator"]
HALF = 8  # columns of the hospital; the others are the lab's
EXAMPLE = Path(__file__).parents[1] / "examples" / "breast_cancer.yaml"
AXE = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
STEPS = {
    "hospital_rows": {"at": {"owner": "hospital"}, "params": {"dataset": "patients", "keys": ["patient_id"]}},
    "lab_rows": {"at": {"owner": "lab"}, "params": {"dataset": "tests", "keys": ["patient_id"]}},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Chairs:
    """The nodes know each other, hold halves of the breast cancer data, and have a user each who may do everything."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.group = Group(folder)
        self.cookies: dict[tuple[str, str], list[Any]] = {}  # of who has signed in: (node, user)
        try:
            self._furnish(folder, environment)
        except BaseException:
            self.close()
            raise

    def _furnish(self, folder: Path, environment: dict[str, str] | None) -> None:
        self.group.add(*NAMES, environment=environment)
        self.group.pair_all()
        for name in NAMES:
            body = {"name": "you", "display_name": f"You at {name}", "roles": ROLES, "must_change": False}
            self[name].post("/users", body)
        files = write_halves(folder)
        self[NAMES[0]].post("/datasets", {"name": "patients", "path": str(files[0])})
        self[NAMES[1]].post("/datasets", {"name": "tests", "path": str(files[1])})

    def __getitem__(self, name: str) -> RunningNode:
        return self.group[name]

    def code(self, name: str, user: str = "you") -> str:
        return str(self[name].post(f"/users/{user}/codes")["code"])

    def url(self, name: str) -> str:
        return str(self[name].info["api"])

    def agree(self, name: str = "breast-cancer") -> str:
        """An agreement of all three over their data, in force everywhere; its id."""
        body = {
            "name": name,
            "purpose": "find out who falls ill",
            "members": list(NAMES),
            "datasets": {"hospital": ["patients"], "lab": ["tests"]},
            "valid_until": "2099-12-31",
        }
        agreement = str(self["hospital"].post("/agreements", body)["id"])
        for other in NAMES[1:]:
            self._until(lambda other=other: agreement in self._agreements(other))  # type: ignore[misc]
            self[other].post(f"/agreements/{agreement}/approve")
        self._until(lambda: all(self._agreements(name).get(agreement) == "ACTIVE" for name in NAMES))
        return agreement

    def run(self, agreement: str | None, flow: dict[str, Any] | None = None) -> str:
        """A job of the example flow, approved by all; its id when it has finished everywhere."""
        document = flow or load(EXAMPLE).model_dump(mode="json", exclude_none=True)
        job = str(self["hospital"].post("/jobs", {"flow": document, "agreement": agreement})["id"])
        for other in NAMES[1:]:
            self[other].until(job, lambda found: found["decision"] == "waiting")
            self[other].post(f"/jobs/{job}/approve")
        for name in NAMES:
            assert self[name].wait(job)["state"] == "FINISHED", self[name].get(f"/jobs/{job}")
        return job

    @cached_property
    def worked(self) -> tuple[str, str]:
        """Ids of an agreement and of a job that came of it."""
        agreement = self.agree()
        return agreement, self.run(agreement)

    def _agreements(self, name: str) -> dict[str, str]:
        return {row["id"]: row["state"] for row in self[name].get("/agreements")["items"]}

    def _until(self, wanted: Callable[[], bool], timeout_s: float = 30.0) -> None:
        until = time.monotonic() + timeout_s
        while not wanted():
            assert time.monotonic() < until, "it did not come to pass"
            time.sleep(0.05)

    def close(self) -> None:
        self.group.close()


def write_halves(folder: Path) -> tuple[Path, Path]:
    """CSV files: patients with their diagnosis and some measurements, tests with the others; not the same patients."""
    data = load_breast_cancer()
    names = [str(name).replace(" ", "_") for name in data.feature_names]
    halves = (
        ("patients.csv", ["diagnosis", *names[:HALF]], range(500)),
        ("tests.csv", names[HALF:], range(60, len(data.target))),
    )
    written = []
    for file, columns, rows in halves:
        with (folder / file).open("w", newline="") as sheet:
            writer = csv.writer(sheet)
            writer.writerow(["patient_id", *columns])
            for row in rows:
                values = {"diagnosis": int(data.target[row]), **dict(zip(names, data.data[row], strict=True))}
                writer.writerow([f"p{row:04}", *(values[column] for column in columns)])
        written.append(folder / file)
    return written[0], written[1]


def small_flow(name: str) -> dict[str, Any]:
    """Both read, and match."""
    steps: list[dict[str, Any]] = [
        {"id": step, "operator": "dataset.read", **copy.deepcopy(values)} for step, values in STEPS.items()
    ]
    inputs = {"receiver": "hospital_rows.table", "sender": "lab_rows.table"}
    at = {"receiver": "hospital", "sender": "lab"}
    steps.append({"id": "match", "operator": "psi", "at": at, "inputs": inputs})
    return {
        "tacit": "1",
        "name": name,
        "profile": "2pc",
        "parties": {"hospital": "data", "lab": "data"},
        "steps": steps,
    }


class Desk:
    """Pages of one test, each with what went wrong in it."""

    def __init__(self, browser: Browser, chairs: Chairs) -> None:
        self.browser, self.chairs = browser, chairs
        self.faults: list[str] = []
        self.expected: list[str] = []  # pieces of texts of faults that a test brings about
        self._contexts: list[BrowserContext] = []

    def sit(
        self, name: str, *, language: str = "en", theme: str = "light", width: int = 1440, user: str = "you"
    ) -> Page:
        """A page at a node's console, signed in: by a one-time code the first time, later with the cookie of then."""
        page = self.open(name, language=language, theme=theme, width=width)
        taste, kept = f"lang={language}&theme={theme}", self.chairs.cookies.get((name, user))
        if kept is not None:
            page.context.add_cookies(kept)
            page.goto(f"{self.chairs.url(name)}/#/?{taste}")
            inside = page.get_by_role("navigation").first
            inside.or_(page.locator("form")).first.wait_for()
            if inside.is_visible():
                return page
            page.goto("about:blank")
        page.goto(f"{self.chairs.url(name)}/#/sign-in?code={self.chairs.code(name, user)}&{taste}")
        page.get_by_role("button", name={"en": "Go on", "zh": "继续"}[language]).click()
        page.get_by_role("navigation").first.wait_for()
        self.chairs.cookies[name, user] = list(page.context.cookies())
        return page

    def open(self, name: str, *, language: str = "en", theme: str = "light", width: int = 1440) -> Page:
        """A page of a browser of its own, which has been nowhere yet."""
        return self.open_at(self.chairs.url(name), language=language, theme=theme, width=width)

    def open_at(self, url: str, *, language: str = "en", theme: str = "light", width: int = 1440) -> Page:
        """The same for a console at this address."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        self._watch(page, url)
        return page

    def _watch(self, page: Page, home: str) -> None:
        def console(message: ConsoleMessage) -> None:
            where = message.location["url"] if message.location else ""
            if where.endswith("/api/v1/session") and "401" in message.text:
                return  # how the page finds out that nobody has signed in
            if message.type == "error" or "Content Security Policy" in message.text:
                self.faults.append(f"console: {message.text} {where}")

        def request(sent: Request) -> None:
            origin = urlsplit(sent.url)
            if origin.scheme in ("http", "https", "ws", "wss") and not sent.url.startswith(home + "/"):
                self.faults.append(f"request to {origin.netloc}")

        page.on("console", console)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("request", request)

    @contextmanager
    def expecting(self, *pieces: str) -> Iterator[None]:
        """Faults with one of these pieces are what the test brings about."""
        self.expected += pieces
        yield

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        left = [fault for fault in self.faults if not any(piece in fault for piece in self.expected)]
        assert not left, left


def axe(page: Page) -> list[str]:
    """What the axe rules for WCAG 2.2 AA find on a page: rule, why, and where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found => found.violations)",
        RULES,
    )
    return [
        f"{each['id']}: {each['help']}: {json.dumps([node['target'] for node in each['nodes']][:3])}" for each in found
    ]
