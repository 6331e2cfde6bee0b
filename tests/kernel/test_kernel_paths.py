"""Every code path that this processor can run gives the same results; the others stop the import."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tacit import kernel

LEVELS = ["scalar", "avx2", "avx512", "ifma"]

PROBE = """
import hashlib, sys
import numpy as np
from tacit import kernel
h = hashlib.sha256()
def add(array): h.update(array.tobytes())
def refused(call):
    try: call()
    except ValueError as error: h.update(str(error).encode())
    else: raise SystemExit("not refused")
key = b"0123456789abcdef"
bytes_of = lambda count, stream: kernel.prg_bytes(key, stream, count)
words_of = lambda count, stream: kernel.prg_u64(key, stream, count)
scalar = (2**252 - 12345).to_bytes(32, "little")
for n in (1, 7, 8, 9, 70):
    points = kernel.ristretto_hash(bytes_of(16 * n, n).reshape(n, 16), b"paths")
    add(points); add(kernel.ristretto_mul(points, scalar))
    add(kernel.ristretto_hash_mul(bytes_of(16 * n, n).reshape(n, 16), b"paths", scalar))
    add(kernel.x25519_mul(bytes_of(32 * n, n).reshape(n, 32), scalar))
    bad = points.copy(); bad[n // 2] = 1
    refused(lambda: kernel.ristretto_mul(bad, scalar))
    bad[n // 2] = 0
    refused(lambda: kernel.ristretto_mul(bad, scalar)); refused(lambda: kernel.x25519_mul(bad, scalar))
for m, k, n in ((1, 1, 1), (9, 17, 23), (33, 200, 9), (3, 3000, 40), (300, 20, 1)):
    a, b = words_of(m * k, 1).reshape(m, k), words_of(k * n, 2).reshape(k, n)
    add(kernel.ring_matmul(a, b)); add(kernel.ring_matvec(a, b[:, 0].copy())); add(kernel.ring_matvec_t(b, a[0].copy()))
print(kernel.features()["path"], h.hexdigest())
"""


def probe(level: str) -> subprocess.CompletedProcess[str]:
    """A fresh process on the given path."""
    environment = {**os.environ, "TACIT_KERNEL": level}
    return subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_all_paths_agree() -> None:
    runnable = LEVELS[: LEVELS.index(kernel.features()["best"]) + 1]
    lines = []
    for level in runnable:
        done = probe(level)
        assert done.returncode == 0, done.stderr
        path, digest = done.stdout.split()
        assert path == level
        lines.append(digest)
    assert len(set(lines)) == 1, dict(zip(runnable, lines, strict=True))


@pytest.mark.parametrize("level", [*LEVELS, "nonsense"])
def test_a_path_that_cannot_run_stops_the_import(level: str) -> None:
    best = kernel.features()["best"]
    if level in LEVELS[: LEVELS.index(best) + 1]:
        assert probe(level).returncode == 0
    else:
        assert "ImportError: TACIT_KERNEL" in probe(level).stderr
