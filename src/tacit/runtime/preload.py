"""Loaded once by the fork server, so that a worker starts in milliseconds. Must start no thread."""

from __future__ import annotations

from importlib import import_module

from tacit.runtime.without_pandas import leave_out_pandas

leave_out_pandas()

import pyarrow.compute  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401

import tacit.runtime.worker  # noqa: E402, F401
from tacit.engines.native import modules  # noqa: E402
from tacit.engines.registry import all_engines  # noqa: E402

all_engines()
for module in modules():
    import_module(module)
