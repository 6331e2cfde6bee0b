"""Every operator that is installed, whoever wrote it: found through the entry point group `tacit.operators`.

An entry point names a function that takes nothing and returns Specs.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from tacit.errors import InternalError
from tacit.schema.operator import Spec

GROUP = "tacit.operators"


@cache
def _found() -> dict[str, Spec[Any]]:
    doors = sorted(entry_points(group=GROUP), key=lambda door: (door.name != "native", door.name))
    if not doors:
        raise InternalError(
            "operators.not_installed",
            f"No operator is installed: the entry point group {GROUP} is empty.",
            hint="Install the package itself (pip install tacit, or pip install -e . in a checkout).",
        )
    found: dict[str, Spec[Any]] = {}
    for door in doors:
        for spec in _load(door):
            if spec.name in found:
                raise InternalError(
                    "operators.name_taken",
                    f"Two installed packages declare the operator {spec.name}.",
                    found=f"{door.name} ({door.value})",
                    hint="Remove one of the packages.",
                )
            found[spec.name] = spec
    return found


def _load(door: EntryPoint) -> tuple[Spec[Any], ...]:
    try:
        specs = tuple(door.load()())
    except Exception as error:
        raise InternalError(
            "operators.broken_package",
            f"The operators of {door.name} cannot be loaded: {error}",
            found=door.value,
            hint="Repair or remove the package that declares them.",
        ) from error
    wrong = [type(spec).__name__ for spec in specs if not isinstance(spec, Spec)]
    if wrong:
        raise InternalError(
            "operators.broken_package", f"{door.name} returns something that is not a Spec.", found=wrong[0]
        )
    return specs


def all_specs() -> dict[str, Spec[Any]]:
    """Operator name -> Spec. Raises InternalError (operators.not_installed, name_taken, broken_package)."""
    return dict(_found())
