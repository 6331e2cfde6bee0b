"""Finds engines by the entry point group `tacit.engines`; the native engine has no other door."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from tacit.engines.engine import Engine
from tacit.errors import FlowError, InternalError

GROUP = "tacit.engines"


@cache
def all_engines() -> dict[str, Engine]:
    """Engine name -> engine. Raises InternalError if the package is not properly installed."""
    found: dict[str, Engine] = {}
    for entry in entry_points(group=GROUP):
        engine: Engine = entry.load()()
        found[engine.name] = engine
    if not found:
        raise InternalError(
            "engine.none_found", "No engine is installed.", hint="Install Tacit as a package: `pip install .`"
        )
    return found


def engine_for(operator: str, version: str) -> Engine:
    """The first engine, by name, that runs this operator in this version."""
    for _, engine in sorted(all_engines().items()):
        if engine.operators().get(operator) == version:
            return engine
    raise FlowError(
        "engine.cannot_run",
        f"No installed engine runs {operator} version {version}.",
        found=", ".join(sorted(all_engines())),
        hint="Bring all nodes to the same release, or install the engine that offers this operator.",
    )
