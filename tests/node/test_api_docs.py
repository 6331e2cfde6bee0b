"""docs/reference/api.md names every call of the local API, docs/guides/operate.md every setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from small_world import SmallWorld
from tacit.node.api.app import PREFIX, Services, make_api
from tacit.node.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def test_every_call_is_documented(world: SmallWorld) -> None:
    services = Services(cast(Any, None), world.parts["alpha"], started_at=0.0, protocol=1)
    described = make_api(services, "token").openapi()["paths"]
    page = (DOCS / "reference" / "api.md").read_text()
    calls = [f"{method.upper()} {path.removeprefix(PREFIX)}" for path, found in described.items() for method in found]
    assert len(calls) > 40
    assert [call for call in calls if f"`{call}`" not in page] == []


def test_every_setting_is_documented() -> None:
    page = (DOCS / "guides" / "operate.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name}`" not in page] == []
