"""Loaded once by the fork server, so that a worker starts in milliseconds. Must start no thread."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class _WithoutPandas(MetaPathFinder):
    """Arrow imports pandas, where it is installed, at the first conversion to numpy: half a second in every worker."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("workers do without pandas", name=name)
        return None


sys.meta_path.insert(0, _WithoutPandas())

import pyarrow.compute  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401

import tacit.runtime.worker  # noqa: E402, F401
from tacit.engines.native import modules  # noqa: E402
from tacit.engines.registry import all_engines  # noqa: E402

all_engines()
for module in modules():
    import_module(module)
