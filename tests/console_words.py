"""The console's texts, so that tests find things by the words that people read, in either language."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "web" / "src"


@cache
def texts(area: str, language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((SOURCES / area / "texts" / f"{language}.json").read_text())
    return found


class Words:
    """`say("pages/jobs:tab.log")`: the text of an area's key."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, place: str, /, **values: object) -> str:
        area, _, key = place.partition(":")
        known = texts(area, self.language)
        if key not in known:
            key += "_one" if values.get("count") == 1 and f"{key}_one" in known else "_other"
        return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), known[key])

    def start(self, place: str) -> re.Pattern[str]:
        """For texts with something after what is looked for."""
        return re.compile(rf"^\s*{re.escape(self(place))}")
