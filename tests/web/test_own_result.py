"""From two own files to an own result: what a newcomer does by the mouse, with nothing chosen that can only be one."""

from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chairs import Chairs, Desk
from person import Person, soon, timed

HERE, THERE = "my_patients", "partner_labs"
COMMON = 400


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Patients with an outcome of two words; and laboratory values of most of them."""
    chance = random.Random(7)
    rows = [(f"P{number}", chance.gauss(0, 1), chance.gauss(0, 1)) for number in range(500)]
    with (tmp_path / f"{HERE}.csv").open("w", newline="") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(["patient_id", "age", "visits", "ward", "readmitted"])
        for number, (name, age, crp) in enumerate(rows):
            word = "yes" if age + crp > 0 else "no"
            writer.writerow([name, round(age, 3), number % 5, "north" if number % 3 else "south", word])
    with (tmp_path / f"{THERE}.csv").open("w", newline="") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(["sample", "patient_id", "crp"])
        for number, (name, _, crp) in enumerate(rows[-COMMON:]):
            writer.writerow([number, name, round(crp, 3)])
    return tmp_path


def test_an_own_result(desk: Desk, chairs: Chairs, files: Path) -> None:
    took: dict[str, float] = {}
    walk = Walk(desk, chairs, files)
    for act in (walk.connect, walk.agree, walk.draw, walk.send, walk.read):
        with timed(took, act.__name__):
            act()
    print(json.dumps({"seconds": took}))


class Walk:
    """The same person at the hospital and at the lab."""

    def __init__(self, desk: Desk, chairs: Chairs, files: Path) -> None:
        self.chairs, self.files = chairs, files
        self.one, self.two = Person(desk, "hospital"), Person(desk, "lab")
        self.say = self.one.say
        self.agreement = self.job = ""

    def connect(self) -> None:
        """By the path of the file: its folder is the place, named after it, and the file is chosen."""
        for person, name in ((self.two, THERE), (self.one, HERE)):
            page = person.page
            person.go("/data/connect")
            page.get_by_text(self.say("pages/data:kind.folder"), exact=True).click()
            person.fill("pages/data:field.path", str(self.files / f"{name}.csv"))
            person.press("pages/data:source.add")
            person.press("pages/data:next")
            person.press("pages/data:choose.next", count=1)
            person.press("pages/data:register", count=1)
            person.press("pages/data:next")
            page.get_by_role("heading", name=self.say("pages/data:done.title", count=1)).wait_for()

    def agree(self) -> None:
        """The dataset just connected comes along to the project; the lab and the notary sign."""
        one, page = self.one, self.one.page
        page.get_by_role("link", name=self.say.start("pages/data:done.project")).click()
        one.fill("pages/projects:form.name", "Readmission")
        one.fill("pages/projects:form.purpose", "Learn whether laboratory values help to foresee readmission")
        one.choose("pages/projects:form.members", "lab")
        page.get_by_role("option", name="notary", exact=True).click()
        page.keyboard.press("Escape")
        one.press("pages/projects:form.next")
        expect(page.get_by_text(HERE, exact=True)).to_be_visible()
        page.get_by_label(self.say("pages/projects:form.datasets_of", member="lab")).first.click()
        page.get_by_role("option", name=THERE, exact=True).click()
        page.keyboard.press("Escape")
        one.press("pages/projects:form.next")
        one.press("pages/projects:form.next")
        one.press("pages/projects:form.send")
        self.agreement = one.arrive("^#/projects/(?!new)[^/]+$")
        for name in ("lab", "notary"):
            node = self.chairs[name]
            soon(lambda node=node: self.agreement in [row["id"] for row in node.get("/agreements")["items"]])  # type: ignore[misc]
            node.post(f"/agreements/{self.agreement}/approve")

    def draw(self) -> None:
        """Partner, dealer, datasets and keys follow from the project; only what is predicted is asked: a column of two
        words, of which the plain one counts as 1."""
        one, page = self.one, self.one.page
        one.press("pages/projects:new_flow")
        page.get_by_role("button", name=self.say.start("flow/sides:template.train")).click()
        label = re.compile(rf"^\s*{self.say('flow/sides:ask.label')}")
        dialog = one.dialog
        dialog.get_by_role("combobox", name=label).or_(dialog.get_by_role("textbox", name=label)).first.click()
        many = page.get_by_role("option", name=self.say("flow/sides:ask.label.values", name="visits"))
        expect(many).to_be_disabled()
        page.get_by_role("option", name="readmitted", exact=True).click()
        positive = dialog.get_by_label(self.say("flow/sides:ask.positive", label="readmitted"))
        expect(positive.first).to_have_value("yes")
        one.press("flow/sides:templates.make", dialog)
        page.get_by_role("button", name=self.say("flow/sides:coach.end")).click()

    def send(self) -> None:
        """The project covers the flow; the lab and the notary approve."""
        one = self.one
        one.press("flow/sides:run")
        send = one.dialog.get_by_role("button", name=self.say("flow/sides:act.submit"))
        send.wait_for()
        expect(one.dialog.get_by_label(self.say("flow/sides:agreement"), exact=True).first).to_have_value("Readmission")
        send.click()
        self.job = one.arrive("^#/jobs/[^/]+$")
        for name in ("lab", "notary"):
            self.chairs[name].until(self.job, lambda found: found["decision"] == "waiting")
            self.chairs[name].post(f"/jobs/{self.job}/approve")
        node = self.chairs["hospital"]
        assert node.wait(self.job)["state"] == "FINISHED", node.log(self.job)
        expect(one.page.get_by_text(self.say("core:state.FINISHED"), exact=True).first).to_be_visible()

    def read(self) -> None:
        """The job knows both files' columns, its report proves itself."""
        one, page = self.one, self.one.page
        one.tab("pages/jobs:tab.results")
        expect(page.get_by_text(self.say("results:evaluation.auc"), exact=True).first).to_be_visible()
        steps = {step["id"]: step for step in self.chairs["hospital"].get(f"/jobs/{self.job}")["flow"]["steps"]}
        assert steps["hospital_rows"]["params"] == {
            "dataset": HERE,
            "columns": ["patient_id", "age", "visits", "readmitted"],
            "keys": ["patient_id"],
            "label": "readmitted",
            "positive": "yes",
        }
        assert steps["lab_rows"]["params"] == {"dataset": THERE, "keys": ["patient_id"]}
        one.press("pages/jobs:report")
        one.arrive("^#/jobs/[^/]+/report$")
        expect(page.get_by_role("heading", level=1)).to_contain_text("joint-model")
