"""docs/reference/asvs.md, made from docs/reference/asvs.csv: `python tests/asvs_page.py > docs/reference/asvs.md`."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import groupby
from pathlib import Path

TABLE = Path(__file__).parents[1] / "docs" / "reference" / "asvs.csv"
PAGE = TABLE.with_suffix(".md")
STATES = ("met", "partly met", "not met", "not applicable")
HEAD = """# OWASP ASVS 5.0 level 2 · 应用安全验证标准

Every requirement of levels 1 and 2 of the [OWASP Application Security Verification Standard 5.0.0](https://github.com/OWASP/ASVS/tree/v5.0.0)
(CC BY-SA 4.0) by its number: how it stands for a node, and the test that shows it or the reason. What is not met says
what is missing. Made from [asvs.csv](asvs.csv).

按编号列出标准第 1、2 级的每项要求：节点的符合情况，以及证明它的测试或理由；未满足的写明缺什么。
"""


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page() -> str:
    found = rows()
    counted = Counter((row["level"], row["state"]) for row in found)
    lines = [HEAD, "| level | " + " | ".join(STATES) + " |", "|---|" + "---|" * len(STATES)]
    lines += [f"| {level} | " + " | ".join(str(counted[level, state]) for state in STATES) + " |" for level in "12"]
    for chapter, some in groupby(found, key=lambda row: row["chapter"]):
        lines += ["", f"## {chapter}", "", "| id | level | state | test or reason |", "|---|---|---|---|"]
        lines += [f"| {row['id']} | {row['level']} | {row['state']} | {row['evidence']} |" for row in some]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
