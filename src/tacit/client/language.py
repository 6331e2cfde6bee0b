"""Which of the two languages a person reads."""

from __future__ import annotations

import os
from typing import Literal

Language = Literal["zh", "en"]


def language() -> Language:
    """The language of TACIT_LANG; without it that of the locale (LC_ALL, LC_MESSAGES, LANG)."""
    names = ("TACIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "en")
    return "zh" if chosen.lower().startswith("zh") else "en"
