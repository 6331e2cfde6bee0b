"""The trail as the API shows it can be checked by anybody: the recipe and the example of docs/reference/api.md hold."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from local_api import app_of, client_of
from small_world import SmallWorld
from tacit.schema.canonical import canonical_json

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
FIELDS = ("number", "at", "act", "actor", "subject", "details", "previous")


def hashed(entry: dict[str, Any]) -> bytes:
    return canonical_json({name: entry[name] for name in FIELDS})


def follows(entries: list[dict[str, Any]]) -> bool:
    previous = "0" * 64
    for number, entry in enumerate(entries, 1):
        fits = (entry["number"], entry["previous"]) == (number, previous)
        if not fits or hashlib.sha256(hashed(entry)).hexdigest() != entry["hash"]:
            return False
        previous = entry["hash"]
    return True


def test_the_example_of_the_page_is_right() -> None:
    found = re.search(r"```json\n(\[.*?\])\n```", PAGE, re.DOTALL)
    assert found is not None
    entries = json.loads(found[1])
    assert follows(entries) and f"`{hashed(entries[1]).decode()}`" in PAGE


def test_what_the_api_shows_can_be_checked(world: SmallWorld) -> None:
    trail, api = world.parts["alpha"].trail, client_of(app_of(world.parts["alpha"]))
    trail.record("node.started", "node:alpha")
    trail.record("job.reason", "job:数据", {"reason": "“é” 😀", "rows": 3, "ok": True, "none": None}, actor="person")
    entries = api.get("/audit").json()["items"]
    assert len(entries) >= 2 and follows(entries)
    assert entries[-1]["hash"] == api.post("/audit/verify").json()["head"]
    assert not follows([{**entries[0], "at": entries[0]["at"] + 1}, *entries[1:]])
