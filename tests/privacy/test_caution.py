"""Sketches of sets, their similarity, and how many past runs were almost the present one."""

from __future__ import annotations

import numpy as np
import pytest

from tacit.privacy.caution import DAY_S, SKETCH, similar_runs, similarity, sketch


def _set(seed: int, size: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**64 - 1, size, dtype=np.uint64)


def test_small_sets_are_compared_exactly() -> None:
    values = _set(1, 100)
    assert similarity(sketch(values[:80]), sketch(values[20:])) == pytest.approx(60 / 100)
    assert similarity(sketch(values), sketch(values[::-1].copy())) == 1.0
    assert similarity([], []) == 1.0


@pytest.mark.parametrize("shared", [0, 5_000, 9_000, 9_900, 10_000])
def test_large_sets_are_estimated(shared: int) -> None:
    left, right = _set(2, 10_000), _set(3, 10_000)
    right[:shared] = left[:shared]
    true = shared / (20_000 - shared)
    assert len(sketch(left)) == SKETCH
    assert similarity(sketch(left), sketch(right)) == pytest.approx(true, abs=0.1)


def test_only_recent_similar_and_different_runs_count() -> None:
    values, other = _set(4, 1000), _set(5, 1000)
    now = 1000 * DAY_S
    entries = [
        {"at": now - 1, "mark": "same", "sketch": sketch(values)},
        {"at": now - 2, "mark": "probe", "sketch": sketch(values[1:])},
        {"at": now - 31 * DAY_S, "mark": "old", "sketch": sketch(values[1:])},
        {"at": now - 3, "mark": "other", "sketch": sketch(other)},
    ]
    assert similar_runs(entries, sketch(values), "same", now=now, days=30) == 1
    assert similar_runs(entries, sketch(values), "same", now=now, days=60) == 2
