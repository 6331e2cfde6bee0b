"""POST /flows/convert: one flow in every form, and Python that is never run."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_api import LocalApi, app_of, client_of
from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.schema.flow import Flow


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    return client_of(app_of(world.parts["alpha"]))


def test_every_form_leads_to_every_other(api: LocalApi) -> None:
    flow = Flow.model_validate(reading_flow())
    told = api.post("/flows/convert", json={"flow": reading_flow()}).json()
    assert told["flow"] == flow.document() and told["flow_hash"] == flow.hash()
    for form in ("yaml", "json", "python"):
        assert api.post("/flows/convert", json={"text": told[form], "format": form}).json() == told
    assert api.post("/flows/convert", json={"text": told["yaml"]}).json() == told


def test_what_is_not_a_flow_is_refused_with_its_place(api: LocalApi, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = f"d = Draft('a', parties={{'p': 'data'}})\nd.step('s', 'o', at=open({str(mark)!r}, 'w'))\nd.build()\n"
    told = api.post("/flows/convert", json={"text": text, "format": "python"})
    assert told.status_code == 422 and told.json()["code"] == "flow.bad_python"
    (problem,) = told.json()["problems"]
    assert problem["line"] == 2 and problem["path"] == ["steps", 0, "at"]
    assert not mark.exists()
    told = api.post("/flows/convert", json={"text": text, "format": "ruby"})
    assert told.json()["code"] == "request.invalid"


def test_what_takes_too_long_to_write_is_refused(api: LocalApi) -> None:
    flow = reading_flow()
    flow["steps"][0]["params"]["columns"] = ["x" * 100] * 6000
    told = api.post("/flows/convert", json={"flow": flow})
    assert (told.status_code, told.json()["code"]) == (422, "flow.too_large")
    assert api.post("/flows/check", json={"flow": flow}).json()["flow_hash"]


def test_checking_python_tells_lines(api: LocalApi) -> None:
    python = api.post("/flows/convert", json={"flow": reading_flow()}).json()["python"]
    told = api.post(
        "/flows/check", json={"text": python.replace('"table.profile"', '"table.nothing"'), "format": "python"}
    )
    lines = [problem["line"] for problem in told.json()["problems"]]
    assert [python.splitlines()[line - 1].strip() for line in lines] == ['"table.profile",'] * 2
