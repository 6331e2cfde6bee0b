"""What docs/concepts/flows.md shows is true."""

from __future__ import annotations

import re
from pathlib import Path

from tacit.flow import check, load, read, summary
from tacit.operators.catalogue import specs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "concepts" / "flows.md").read_text(encoding="utf-8")


def block(language: str, index: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[index]


def test_yaml_and_python_are_the_same_flow_and_the_summary_is_its_own() -> None:
    flow = load(block("yaml"))
    made: dict[str, object] = {}
    exec(block("python"), made)
    assert made["flow"] == flow == read(block("python"), "python").flow
    told = summary(check(flow, {spec.name: spec for spec in specs()}))
    assert block("text") == f"{told['hospital'].en}\n{told['lab'].en}\n"
    assert block("text", 1) == f"{told['hospital'].zh}\n"


def test_every_code_of_the_flow_room_is_on_the_page() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "tacit" / "flow").glob("*.py"))
    codes = set(re.findall(r'"(flow\.[a-z_]+)"', sources))
    assert codes == set(re.findall(r"`(flow\.[a-z_]+)`", PAGE))
