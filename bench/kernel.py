"""Rates of the native kernel's functions on one thread. Prints one JSON object."""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tacit import kernel


@dataclass(frozen=True)
class Case:
    """One call, and how many units of work it does."""

    name: str
    unit: str
    amount: float
    call: Callable[[], Any]


def cases(points: int) -> list[Case]:
    """All functions, on inputs that stay the same from run to run."""
    key, scalar = b"k" * 16, kernel.ristretto_random_scalar()
    digests = kernel.prg_bytes(key, 1, 32 * points).reshape(points, 32)
    encodings, scalars = kernel.ristretto_hash(digests, b"bench"), kernel.ristretto_random_scalars(points)
    strings, offsets = kernel.prg_bytes(key, 2, 16 * 100_000), np.arange(100_001, dtype=np.int64) * 16
    bulk = kernel.prg_bytes(key, 3, 1 << 24)
    batch, weights = words(4, 1024, 20), words(5, 1, 20).reshape(-1)
    errors, square = words(6, 1, 1024).reshape(-1), words(7, 512, 512)
    nist, chinese = kernel.p256_random_scalar(), kernel.sm2_random_scalar()
    on_nist, on_chinese = kernel.p256_hash_mul(digests, b"bench", nist), kernel.sm2_hash_mul(digests, b"bench", chinese)
    return [
        Case("ristretto_hash", "points/s", points, lambda: kernel.ristretto_hash(digests, b"bench")),
        Case("ristretto_mul", "points/s", points, lambda: kernel.ristretto_mul(encodings, scalar)),
        Case("ristretto_hash_mul", "points/s", points, lambda: kernel.ristretto_hash_mul(digests, b"bench", scalar)),
        Case("ristretto_div_each", "points/s", points, lambda: kernel.ristretto_div_each(encodings, scalars)),
        Case("oprf_finalize", "points/s", points, lambda: kernel.oprf_finalize(digests, encodings)),
        Case("x25519_mul", "points/s", points, lambda: kernel.x25519_mul(encodings, scalar)),
        Case("p256_hash_mul", "points/s", points, lambda: kernel.p256_hash_mul(digests, b"bench", nist)),
        Case("p256_mul", "points/s", points, lambda: kernel.p256_mul(on_nist, nist)),
        Case("sm2_hash_mul", "points/s", points, lambda: kernel.sm2_hash_mul(digests, b"bench", chinese)),
        Case("sm2_mul", "points/s", points, lambda: kernel.sm2_mul(on_chinese, chinese)),
        Case("blake3_hash", "bytes/s", bulk.nbytes, lambda: kernel.blake3_hash(bulk)),
        Case("blake3_strings", "strings/s", 100_000, lambda: kernel.blake3_strings(strings, offsets, b"k" * 32)),
        Case("prg_bytes", "bytes/s", 1 << 24, lambda: kernel.prg_bytes(key, 8, 1 << 24)),
        Case("prg_u64", "bytes/s", 1 << 24, lambda: kernel.prg_u64(key, 8, 1 << 21)),
        Case("ring_matvec (1024, 20)", "calls/s", 1, lambda: kernel.ring_matvec(batch, weights)),
        Case("ring_matvec_t (1024, 20)", "calls/s", 1, lambda: kernel.ring_matvec_t(batch, errors)),
        Case("ring_matmul (512, 512, 512)", "products/s", 512**3, lambda: kernel.ring_matmul(square, square)),
    ]


def words(stream: int, rows: int, columns: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A matrix of pseudorandom words."""
    return kernel.prg_u64(b"k" * 16, stream, rows * columns).reshape(rows, columns)


def rate(case: Case, seconds: float) -> float:
    """Units per second of processor time, best of the runs that fit into `seconds`."""
    best, end = float("inf"), time.perf_counter() + seconds
    while True:
        start = time.process_time_ns()
        case.call()
        best = min(best, max(time.process_time_ns() - start, 1) / 1e9)
        if time.perf_counter() > end:
            return case.amount / best


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=2048, help="points per call")
    parser.add_argument("--seconds", type=float, default=1.0, help="time per function")
    arguments = parser.parse_args()
    kernel.set_threads(1)
    rates = {
        case.name: {"rate": round(rate(case, arguments.seconds)), "unit": case.unit} for case in cases(arguments.points)
    }
    print(json.dumps({"bench": "kernel", "machine": platform.machine(), "features": kernel.features(), "rates": rates}))


if __name__ == "__main__":
    main()
