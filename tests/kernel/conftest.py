"""Published vectors, as fixtures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent.parent / "vectors"


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], dict[str, Any]]:
    """The vectors of one file of tests/vectors."""

    def load(name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
        return found

    return load
