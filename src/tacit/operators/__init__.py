"""Declarations of all operators: what a flow may be made of. Knows no algorithm and loads no cryptography."""

from __future__ import annotations

from tacit.operators.description import describe, sample_params
from tacit.operators.installed import all_specs

__all__ = ["all_specs", "describe", "sample_params"]
