"""src/tacit/client/errors.zh.json, made from the page of error codes and what the console has beside it:
`python tests/chinese_errors.py > src/tacit/client/errors.zh.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "errors.md"
SAID = ROOT / "web" / "src" / "core" / "said.zh.json"
HINTED = ROOT / "web" / "src" / "core" / "hinted.zh.json"
WORDS = ROOT / "src" / "tacit" / "client" / "errors.zh.json"
_ROW = re.compile(r"^\| `([a-z0-9_]+\.[a-z0-9_.]+)` \|" + r" ([^|]+) \|" * 4 + "$", re.MULTILINE)


def words() -> str:
    """Code -> meaning in both languages, without the marks of the page; English hint -> Chinese, of the page and of
    those that differ from it; phrases."""
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    errors = {code: [_plain(english), _plain(chinese)] for code, english, chinese, *_ in rows}
    hints = {english: chinese for *_, english, chinese in rows}
    said, hinted = (json.loads(path.read_text(encoding="utf-8")) for path in (SAID, HINTED))
    return (
        json.dumps({"errors": errors, "hints": {**hints, **hinted}, "said": said}, ensure_ascii=False, indent=1) + "\n"
    )


def _plain(cell: str) -> str:
    return cell.replace("`", "")


if __name__ == "__main__":
    print(words(), end="")
