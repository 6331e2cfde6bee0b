"""Divide rows into train and test from a public seed, the same way at every party and in every version."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.errors import DataError, ParameterError


def split_rows(rows: int, *, test_fraction: float, seed: int) -> NDArray[np.bool_]:
    """Mask (rows,) that is True for test rows; exactly floor(rows · test_fraction + 1/2) of them.

    Row i draws the i-th 64-bit output of Philox4x64-10 (Salmon et al., SC 2011) with key `seed` mod 2^64 and the
    block counters 1, 2, …; the rows with the smallest draws (then the smallest i) are the test rows. The raw generator
    is used because numpy promises its stream, and not that of `permutation`, for all versions: two parties need not
    have the same.
    Raises ParameterError parameter.invalid, DataError data.too_few_rows.
    """
    if not 0 < test_fraction < 1:
        raise ParameterError(
            "parameter.invalid", "The test fraction is out of range.", found=str(test_fraction), expected="0 < x < 1"
        )
    tests = math.floor(rows * test_fraction + 0.5)
    if not 0 < tests < rows:
        raise DataError(
            "data.too_few_rows",
            "The split would leave one side without rows.",
            found=f"{rows} rows, {tests} of them for test",
            expected="at least one row on each side",
            hint="Choose another `test_fraction`, or more rows.",
        )
    draws = np.random.Philox(key=seed % (1 << 64)).random_raw(rows)
    mask = np.zeros(rows, dtype=np.bool_)
    mask[np.argsort(draws, kind="stable")[:tests]] = True
    return mask


def split(table: pa.Table, *, test_fraction: float, seed: int) -> tuple[pa.Table, pa.Table]:
    """Train and test tables, rows in their old order, roles kept. Errors as in `split_rows`."""
    mask = split_rows(table.num_rows, test_fraction=test_fraction, seed=seed)
    return table.filter(pa.array(~mask)), table.filter(pa.array(mask))
