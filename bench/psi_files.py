"""Generated tables for `bench/psi.py`, and the plaintext truth about them.

Party p of k has n ids from p * n * (1 - overlap) / (k - 1) on, in random order, so that overlap * n ids are common to
all. An id is written as 18 characters; in memory it is a 16-byte digest.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

PREFIX = b"110101199"  # and nine digits
_CHUNK = 1 << 20
_THOUSAND = np.array([list(f"{number:03d}".encode()) for number in range(1000)], dtype=np.uint8)


def ids_of(party: int, parties: int, rows: int, overlap: float, *, seed: int = 7) -> NDArray[np.uint32]:
    """(rows,) numbers below 10^9 in random order."""
    first = party * _step(parties, rows, overlap)
    if first + rows > 10**9:
        raise SystemExit("ids have nine digits: too many rows")
    ids = np.arange(first, first + rows, dtype=np.uint32)
    np.random.default_rng(seed + party).shuffle(ids)
    return ids


def generated_ids(party: int, rows: int, overlap: float, numbers: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The ids of two parties' rows `numbers`, in an order of each party's own that needs no memory: a walk through the
    range in steps that share no factor with its length. For up to 2.8 * 10^9 rows at half overlap."""
    stride = next(step for step in range(618_033_989 + 2 * party * 5_003, 1 << 31) if math.gcd(step, rows) == 1)
    places = numbers * np.uint64(stride) % np.uint64(rows)
    return (places + np.uint64(party * _step(2, rows, overlap))).astype(np.uint32)


def common_ids(parties: int, rows: int, overlap: float) -> tuple[int, int]:
    """The range [first, stop) of ids that all parties have."""
    first = (parties - 1) * _step(parties, rows, overlap)
    return first, max(first, rows)


def _step(parties: int, rows: int, overlap: float) -> int:
    return round(rows * (1 - overlap) / (parties - 1))


def csv_file(folder: Path, party: int, rows: int, overlap: float) -> Path:
    """The party's file `ids-ROWS-OVERLAP-PARTY.csv` with the column `id`, made unless it is there."""
    path = folder / f"ids-{rows}-{overlap}-{party}.csv"
    if path.exists() and path.stat().st_size == 3 + 19 * rows:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    ids, part = ids_of(party, 2, rows, overlap), path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(b"id\n")
        for start in range(0, rows, _CHUNK):
            file.write(_lines(ids[start : start + _CHUNK]).data)
    part.replace(path)
    return path


def _lines(ids: NDArray[np.uint32]) -> NDArray[np.uint8]:
    lines = np.empty((len(ids), 19), dtype=np.uint8)
    lines[:, :9] = np.frombuffer(PREFIX, dtype=np.uint8)
    lines[:, 9:12] = _THOUSAND[ids // 1_000_000]
    lines[:, 12:15] = _THOUSAND[ids // 1000 % 1000]
    lines[:, 15:18] = _THOUSAND[ids % 1000]
    lines[:, 18] = ord("\n")
    return lines


def digests_of(ids: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """(n, 16): two rounds of splitmix64 with different streams; distinct for distinct ids."""
    words = np.empty((len(ids), 2), dtype=np.uint64)
    for stream, constant in enumerate((0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)):
        z = (ids.astype(np.uint64) + np.uint64(stream + 1)) * np.uint64(constant)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        words[:, stream] = z ^ (z >> np.uint64(31))
    return words.view(np.uint8).reshape(len(ids), 16)


def read_ids(path: Path, column: str = "id") -> NDArray[np.uint32]:
    """The nine digits of every id of a result, in its order; quotes or not."""
    table = pa.csv.read_csv(path, convert_options=pa.csv.ConvertOptions(column_types={column: pa.int64()}))
    return (table.column(column).to_numpy() - int(PREFIX) * 10**9).astype(np.uint32)


def check(results: list[NDArray[np.uint32]], parties: int, rows: int, overlap: float, *, aligned: bool = True) -> bool:
    """All results are the plaintext intersection, and (unless the system does not align) in one and the same order."""
    first, stop = common_ids(parties, rows, overlap)
    expected = np.arange(first, stop, dtype=np.uint32)
    same = all(np.array_equal(np.sort(found), expected) for found in results)
    return same and (not aligned or all(np.array_equal(results[0], found) for found in results[1:]))


def fingerprint(ids: NDArray[np.uint32]) -> str:
    """Of a result in its order, to compare two processes' results."""
    return hashlib.sha256(np.ascontiguousarray(ids).data).hexdigest()
