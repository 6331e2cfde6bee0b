"""The console's forms are tested with the declarations that the node gives."""

from __future__ import annotations

import json
from pathlib import Path

from tacit.operators import describe
from tacit.operators.catalogue import specs

FIXTURE = Path(__file__).parents[2] / "web/src/forms/fixtures/operators.json"


def test_the_console_is_tested_with_the_present_declarations() -> None:
    described = [describe(spec) for spec in specs()]
    made = json.dumps(described, ensure_ascii=False, separators=(",", ":")) + "\n"
    if not FIXTURE.exists():
        FIXTURE.parent.mkdir(parents=True, exist_ok=True)
        FIXTURE.write_text(made, encoding="utf-8")
    assert FIXTURE.read_text(encoding="utf-8") == made, f"delete {FIXTURE} and run this test to make it anew"
