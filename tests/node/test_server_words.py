"""The Chinese of the node, the command line and the errors: the glossary's words, and Chinese punctuation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "tacit"
HAN = "[\u4e00-\u9fff]"
DATA = "data/findings"  # Chinese that is looked for in tables, not said to people
INSTEAD = {
    "(?<![项条])目的": "用途",
    "数据源": "连接",
    "伙伴": "对端",
    "执行[位器]|执行进程": "工作进程",
    "对端申请": "加入申请",
    "结果发布": "结果放行",
    "合约已?变更|变更合约": "修订",
    "合同|契约|协议书": "合约",
    "作业": "任务",
    "工作流": "流程",
    "收据": "凭证",
    "组织": "机构",
    "拥有者|所有者": "持有方",
    "权限域|作用域": "权限范围",
}


def _spoken(path: Path) -> Iterator[tuple[str, str]]:
    """Where, and what: string constants with Chinese, but for docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and id(node) not in told else None
        if isinstance(value, str) and re.search(HAN, value):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", value


def _texts() -> list[tuple[str, str]]:
    sources = [path for path in sorted(SOURCES.rglob("*.py")) if DATA not in path.as_posix()]
    found = [each for path in sources for each in _spoken(path)]
    errors = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    return found + [(f"errors.md:{at}", line) for at, line in enumerate(errors.splitlines(), 1) if re.search(HAN, line)]


TEXTS = _texts()


def test_the_texts_are_found() -> None:
    assert len(TEXTS) > 1000
    assert any("desks.py" in place for place, _ in TEXTS) and any("access.py" in place for place, _ in TEXTS)


@pytest.mark.parametrize("wrong", INSTEAD)
def test_words_are_the_glossarys(wrong: str) -> None:
    found = [f"{place}: {text[:80]}" for place, text in TEXTS if re.search(wrong, text)]
    assert not found, f"the glossary says {INSTEAD[wrong]}"


def test_the_words_to_say_instead_are_in_the_glossary() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    terms = " ".join(row.split("|")[2] for row in rows if row.startswith("| "))
    assert [word for word in INSTEAD.values() if word.removeprefix("结果") not in terms] == []


def test_punctuation_between_chinese_words_is_chinese() -> None:
    half = re.compile(f"{HAN}[,;:!?](?:\\Z|{HAN}|{{)|{HAN}\\((?:{HAN}|{{)")
    assert [f"{place}: {text[:80]}" for place, text in TEXTS if half.search(text)] == []
