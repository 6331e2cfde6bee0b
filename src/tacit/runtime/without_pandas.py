"""Keep pandas out of a process that never shows a table to a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


class _WithoutPandas:
    """Arrow imports pandas, where it is installed, at the first conversion to numpy: half a second in every worker.

    A finder by its shape alone: the base class in importlib.abc costs twenty milliseconds of imports.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("workers do without pandas", name=name)
        return None


def leave_out_pandas() -> None:
    """From now on pandas counts as not installed in this process. Call it before Arrow is imported."""
    sys.meta_path.insert(0, _WithoutPandas)
