"""Tacit: organisations compute together; nobody tells anybody their data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tacit.client.client import Client, Job
    from tacit.client.estimators import LogisticRegression
    from tacit.client.rehearsal import rehearse
    from tacit.errors import TacitError

__version__ = "0.1.0"
__all__ = ["Client", "Job", "LogisticRegression", "TacitError", "__version__", "rehearse"]

_HOMES = {
    "Client": "tacit.client.client",
    "Job": "tacit.client.client",
    "LogisticRegression": "tacit.client.estimators",
    "TacitError": "tacit.errors",
    "rehearse": "tacit.client.rehearsal",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: importing `tacit` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tacit' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
