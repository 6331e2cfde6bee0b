"""The report of a job: one file that opens anywhere and runs nothing, and a print with the receipt's hash."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

from playwright.sync_api import Page, expect

from chairs import Chairs, Desk
from person import Person
from tacit.schema.job import SignedReceipt


def reading(desk: Desk, chairs: Chairs) -> tuple[Person, str]:
    """Somebody in front of the whole report of a finished job."""
    _, job = chairs.worked
    one = Person(desk, "hospital")
    one.go(f"/jobs/{job}/report")
    expect(one.page.get_by_role("heading", name=one.say("report:proof"))).to_be_visible()
    expect(one.page.locator("[data-waiting], [data-late]")).to_have_count(0)
    return one, job


def test_the_file_opens_without_a_network(desk: Desk, chairs: Chairs, tmp_path: Path) -> None:
    one, job = reading(desk, chairs)
    with one.page.expect_download() as saving:
        one.press("report:save_html")
    file = tmp_path / "report.html"
    saving.value.save_as(file)
    context = desk.browser.new_context(offline=True, java_script_enabled=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda sent: wrong.append(sent.url) if not sent.url.startswith(("file:", "data:")) else None)
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("svg").count() >= 3
    scripts = page.locator("script").evaluate_all("all => all.map(each => each.type)")
    names = page.evaluate("() => [...document.querySelectorAll('*')].flatMap(each => each.getAttributeNames())")
    handlers = [name for name in names if name.startswith("on")]
    receipt = json.loads(page.locator("#receipt").text_content() or "")
    context.close()
    assert (scripts, handlers, wrong) == (["application/json"], [], [])
    assert receipt == chairs["hospital"].get(f"/jobs/{job}/receipt")


def test_the_print_has_the_hash_of_the_receipt(desk: Desk, chairs: Chairs) -> None:
    one, job = reading(desk, chairs)
    receipt = SignedReceipt.model_validate(chairs["hospital"].get(f"/jobs/{job}/receipt"))
    made = printed(one.page)
    assert len(re.findall(rb"/Type\s*/Page\b", made)) > 2
    assert receipt.receipt.hash() in text_of(made)


def printed(page: Page) -> bytes:
    return page.pdf(format="A4", print_background=True)


def text_of(pdf: bytes) -> str:
    """What Chromium wrote into a PDF, without blanks: glyphs of each text command through the maps of their fonts."""
    objects = {int(number): body for number, body in re.findall(rb"(\d+) 0 obj(.*?)endobj", pdf, re.DOTALL)}
    maps = {
        number: glyphs_of(streamed(objects[int(found[1])]))
        for number, body in objects.items()
        if (found := re.search(rb"/ToUnicode (\d+) 0 R", body))
    }
    written = []
    for body in objects.values():
        glyphs: dict[int, str] = {}
        for font, text in re.findall(rb"/F(\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", streamed(body)):
            if font:
                glyphs = maps.get(int(font), {})
            written += [glyphs.get(int(text[place : place + 4], 16), "") for place in range(0, len(text), 4)]
    return re.sub(r"\s", "", "".join(written))


def streamed(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL)
    if found is None or b"/FlateDecode" not in body:
        return b""
    return zlib.decompressobj().decompress(found[1])


def glyphs_of(table: bytes) -> dict[int, str]:
    """Glyph -> text, from a ToUnicode table."""
    made = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", block):
            made[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>", block):
            for glyph in range(int(first, 16), int(last, 16) + 1):
                made[glyph] = chr(int(text, 16) + glyph - int(first, 16))
    return made
