"""Figures of the web console: its first page, a flow of 300 boxes that opens and moves, a job's progress on the page.

Run as `python bench/console.py`; needs Chromium. Prints JSON.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright

sys.path.extend(str(Path(__file__).parents[1] / part) for part in ("tests", "tests/web"))
from test_story import Story

from chairs import Chairs, Desk

BOXES, WIRES = 300, 500
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
SECONDS = 3.0
# Frames while something moves, in milliseconds from one to the next.
RECORD = """() => { window.frames_ms = []; let last; window.record = true;
  const frame = at => { if (last !== undefined) window.frames_ms.push(at - last); last = at;
    if (window.record) requestAnimationFrame(frame) };
  requestAnimationFrame(frame) }"""
STOP = "() => { window.record = false; return window.frames_ms }"
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def large_flow(boxes: int = BOXES, wires: int = WIRES) -> dict[str, Any]:
    """Matches of matches, in rows of twenty."""
    steps = []
    for number in range(boxes):
        inputs: dict[str, str] = {}
        for port, back in (("receiver", 2), ("sender", 12)):
            if number >= back and wires > 0:
                inputs[port] = f"s{number - back}.matched"
                wires -= 1
        pair = ("hospital", "lab") if number % 2 == 0 else ("lab", "hospital")
        steps.append(
            {
                "id": f"s{number}",
                "operator": "psi",
                "at": dict(zip(("receiver", "sender"), pair, strict=True)),
                "inputs": inputs,
                "params": {},
                "layout": {"x": number % 20 * 340, "y": number // 20 * 220},
            }
        )
    parties = {"hospital": "data", "lab": "data"}
    return {"tacit": "1", "name": "large", "profile": "2pc", "parties": parties, "steps": steps}


def opening_ms(page: Page, draft: str) -> float:
    """From asking for the editor until the boxes in view stand."""
    return float(
        page.evaluate(
            """draft => new Promise(resolve => { const begun = performance.now();
              const look = () => document.querySelectorAll('.react-flow__node').length >= 12
                && document.querySelector('.react-flow__edge')
                ? resolve(performance.now() - begun) : requestAnimationFrame(look);
              location.hash = '/flows/' + draft; look() })""",
            draft,
        )
    )


def dragging_ms(page: Page, seconds: float = SECONDS) -> list[float]:
    """Frames while a box follows the mouse, with its wires; what is out of view stays undrawn."""
    box = page.locator('.react-flow__node[data-id="s21"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    mouse = page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 5, y + 5)
    page.evaluate(RECORD)
    until = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < until:
        turn += 1
        mouse.move(x + 5 + turn % 60, y + 5 + turn % 40)
    frames: list[float] = page.evaluate(STOP)
    mouse.up()
    return frames


def summary(frames: list[float]) -> dict[str, float]:
    ordered = sorted(frames)
    median = statistics.median(ordered)
    return {
        "frames": len(frames),
        "median_ms": round(median, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "median_fps": round(1000 / median, 1),
    }


def first_paint_ms(browser: Browser, url: str, tries: int = 3) -> float:
    """Of the page for those who have not signed in, with nothing in the cache; the median."""
    found = []
    for _ in range(tries):
        context = browser.new_context()
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        found.append(float(page.evaluate(PAINT)))
        context.close()
    return round(statistics.median(found), 1)


def first_load_bytes(browser: Browser, url: str) -> int:
    """Scripts and styles until the first page stands, as gzip sends them."""
    context = browser.new_context()
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(url, wait_until="networkidle")
    bodies = {answer.url: answer.body() for answer in answers if is_asset(answer.url)}
    context.close()
    return sum(len(gzip.compress(body, 9)) for body in bodies.values())


def live_s(desk: Desk, chairs: Chairs, folder: Path) -> dict[str, float]:
    """Seconds from the end of a step at the node until the page of who asked shows it, over the steps of a training."""
    (story_folder := folder / "story").mkdir()
    story = Story(desk, chairs, story_folder, "en")
    for act in (story.connect, story.agree, story.draw, story.submit, story.approve, story.watch):
        act()
    delays = list(story.delays.values())
    return {"steps": len(delays), "median": round(statistics.median(delays), 2), "slowest": max(delays)}


def is_asset(url: str) -> bool:
    return re.search(r"\.(js|css)(\?|$)", url) is not None


def main() -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        chairs = Chairs(Path(folder))
        try:
            print(json.dumps(measure(browser, chairs, Path(folder)), indent=2))
        finally:
            chairs.close()
            browser.close()


def measure(browser: Browser, chairs: Chairs, folder: Path) -> dict[str, Any]:
    url = chairs.url("hospital") + "/"
    desk = Desk(browser, chairs)
    draft = chairs["hospital"].post("/flows", {"document": large_flow()})["id"]
    page = desk.sit("hospital")
    figures = {
        "first_paint_ms": first_paint_ms(browser, url),
        "first_load_gzip_bytes": first_load_bytes(browser, url),
        "open_300_boxes_ms": round(opening_ms(page, draft)),
        "drag_among_300_boxes": summary(dragging_ms(page)),
        "progress_reaches_page_s": live_s(desk, chairs, folder),
    }
    desk.close()
    return figures


if __name__ == "__main__":
    main()
