"""Tacit: organisations compute together; nobody tells anybody their data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tacit.client import psi
    from tacit.client.client import Client, Job, connect
    from tacit.client.estimators import LogisticRegression
    from tacit.client.rehearsal import rehearse
    from tacit.errors import TacitError

__version__ = "0.1.0"
__all__ = ["Client", "Job", "LogisticRegression", "TacitError", "__version__", "connect", "psi", "rehearse"]

_HOMES = {
    "Client": "tacit.client.client",
    "Job": "tacit.client.client",
    "LogisticRegression": "tacit.client.estimators",
    "TacitError": "tacit.errors",
    "connect": "tacit.client.client",
    "psi": "tacit.client.psi",
    "rehearse": "tacit.client.rehearsal",
}
_MODULES = {"psi"}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: importing `tacit` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tacit' has no attribute {name!r}")
    from importlib import import_module

    home = import_module(_HOMES[name])
    return home if name in _MODULES else getattr(home, name)


def __dir__() -> list[str]:
    return sorted(__all__)
