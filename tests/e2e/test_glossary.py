"""The pages written in Chinese keep to the words of the glossary."""

from __future__ import annotations

from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
# What stood in the pages for a word that the glossary has: what to write instead.
INSTEAD = {
    "作业": "任务",
    "回执": "凭证",
    "合同": "合约",
    "协议书": "合约",
    "串通": "合谋",
    "共谋": "合谋",
    "执行进程": "工作进程",
    "错误码": "错误代码",
    "数据所有方": "数据持有方",
    "列的所有者": "列的持有方",
    "组织内": "机构内",
    "个组织": "个机构",
    "缺省": "默认",
}
MADE = {"operators.md", "openapi.json", "errors.md"}  # of sources, which have tests of their own
PAGES = sorted(
    page for page in DOCS.rglob("*.md") if page.name not in MADE | {"glossary.md"} and "adr" not in page.parts
)


@pytest.mark.parametrize("word", INSTEAD)
def test_pages_use_the_word_of_the_glossary(word: str) -> None:
    found = [str(page.relative_to(DOCS)) for page in PAGES if word in page.read_text(encoding="utf-8")]
    assert found == [], f"write {INSTEAD[word]}"
