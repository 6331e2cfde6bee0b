"""Every page, in both themes and both languages: nothing breaks, axe finds nothing, nothing runs off a tablet."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError

from chairs import Chairs, Desk, axe

PAGES = Path(__file__).parents[2] / "web" / "src" / "pages"
SETTLED = """() => document.querySelector('h1') && !document.querySelector('main [role=status][aria-label]')
  && ![...document.querySelectorAll('main *')].some(each => each.className?.includes?.('Skeleton'))"""
FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
WORDS = "the and of with your this from not are have yet nobody nothing choose show open new"
WIDTH = 1280
PROBE = re.compile(rf"\b({WORDS.replace(' ', '|')})\b", re.IGNORECASE)


def registered() -> list[str]:
    """The paths that the areas register."""
    found = [path for file in PAGES.glob("*/index.ts") for path in re.findall(r"path: \"([^\"]+)\"", file.read_text())]
    return sorted(set(found))


def places(chairs: Chairs) -> dict[str, str]:
    """Pattern of a path -> a place that exists in the tests' nodes."""
    agreement, job = chairs.worked
    hospital = chairs["hospital"]
    draft = hospital.post("/flows", {"document": hospital.get(f"/jobs/{job}")["flow"], "agreement": agreement})["id"]
    item = hospital.get("/inbox")["items"]
    values = {
        "/jobs/:id": job,
        "/projects/:id": agreement,
        "/flows/:id": draft,
        "/data/peers/:peer": "lab",
        "/data/market/:peer": "lab",
        "/data/:name": "patients",
        "/models/:name": "breast-cancer",
        "/audit/receipts/:id": job,
        "/approvals/:id": item[0]["id"] if item else "",
        "/settings/users/:name": "you",
        **furnished(chairs),
    }
    made = {}
    for path in registered():
        stem = next((stem for stem in values if path == stem or path.startswith(stem + "/")), None)
        if ":" not in path:
            made[path] = path
        elif stem is not None and values[stem]:
            made[path] = re.sub(r":\w+", values[stem], path, count=1).replace(":product", str(PRODUCT["name"]))
    return made


PRODUCT = {
    "name": "test-values",
    "title": {"zh": "检验指标", "en": "Measurements"},
    "description": {"zh": "显微测量指标", "en": "Measurements under the microscope"},
    "theme": ["health"],
    "keyword": ["oncology"],
    "contact_point": "data office",
    "valid_until": "2030-12-31",
    "terms": {"prices": [{"amount": "2", "currency": "CNY", "unit": "job"}], "owner_share": "1"},
}


@cache
def furnished(chairs: Chairs) -> dict[str, str]:
    """A schedule, an API client and a product at both."""
    hospital = chairs["hospital"]
    _, job = chairs.worked
    flow = hospital.get(f"/jobs/{job}")["flow"]
    hospital.post("/schedules", {"name": "nightly", "flow": flow, "cron": "0 3 1 1 *"})
    hospital.post("/clients", {"name": "robot", "scopes": ["job.read"]})
    for name, dataset in (("hospital", "patients"), ("lab", "tests")):
        chairs[name].post("/products", {**PRODUCT, "datasets": [dataset]})
        chairs[name].post(f"/products/{PRODUCT['name']}/publish")
    return {
        "/schedules/:name": "nightly",
        "/settings/clients/:name": "robot",
        "/data/products/:product": "test-values",
    }


def visit(page: Page, base: str, place: str) -> None:
    page.evaluate("place => { location.hash = place }", place)
    page.wait_for_function("place => decodeURI(location.hash).startsWith('#' + place)", arg=place)
    page.wait_for_function(SETTLED)


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_every_page(desk: Desk, chairs: Chairs, theme: str, language: str) -> None:
    page = desk.sit("hospital", theme=theme, language=language, width=WIDTH)
    wrong: dict[str, list[str]] = {}
    for pattern, place in places(chairs).items():
        if ":" in place:
            continue
        visit(page, chairs.url("hospital"), place)
        found = [*axe(page), *_shape(page)]
        if language == "zh":
            found += _english(page)
        if found:
            wrong[pattern] = found
    assert not wrong, "\n".join(f"{pattern}: {each}" for pattern, found in wrong.items() for each in found)


def _shape(page: Page) -> list[str]:
    """One heading, and nothing wider than the window, down to a tablet's."""
    found = [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} headings of level 1"]
    for width in (WIDTH, 768):
        page.set_viewport_size({"width": width, "height": 900})
        try:
            page.wait_for_function(FITS, timeout=2000)
        except TimeoutError:
            found.append(f"wider than {width}")
    page.set_viewport_size({"width": WIDTH, "height": 900})
    return found


def _english(page: Page) -> list[str]:
    """English sentences on a Chinese page, outside of what people and nodes named."""
    text = page.evaluate(
        """() => { const copy = document.body.cloneNode(true);
          for (const raw of copy.querySelectorAll('code, pre, [data-raw], textarea, script, style')) raw.remove();
          return copy.innerText }"""
    )
    lines = [line.strip() for line in text.splitlines()]
    return [f"English: {line}" for line in lines if len(set(map(str.lower, PROBE.findall(line)))) >= 2]
