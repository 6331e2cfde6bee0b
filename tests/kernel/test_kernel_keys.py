"""Keys in bins: agreement with the slow twin, in memory and in files, and refusals."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes

few = settings(max_examples=12, deadline=None)
SEED = b"0123456789abcdef"


def random_blocks(stream: int, count: int) -> Bytes:
    """The same blocks in every run."""
    return kernel.prg_bytes(SEED, stream, 16 * count).reshape(count, 16)


def distinct_pairs(keys: Bytes, rows: Bytes) -> set[tuple[bytes, int]]:
    """Keys with their rows, without order."""
    return {(key.tobytes(), int(row)) for key, row in zip(keys, rows, strict=True)}


def fill(bins: kernel.KeyBins, digests: Bytes, cuts: list[int], gap: int = 0) -> None:
    """Adds the digests in parts, with skipped rows in between."""
    for start, stop in pairwise([0, *cuts, len(digests)]):
        bins.add(digests[start:stop].copy())
        bins.skip(gap)
    bins.finish()


@few
@given(st.integers(0, 90), st.integers(1, 40), st.integers(0, 3), st.integers(0, 7), st.sampled_from([0, 7, 10**6]))
def test_both_agree(count: int, different: int, gap: int, bits: int, expected: int) -> None:
    digests = random_blocks(1, different)[np.arange(count) * 7 % different]
    mine = kernel.KeyBins(SEED, expected, keep_repeats=True)
    slow = reference.KeyBins(SEED, expected, keep_repeats=True)
    for bins in (mine, slow):
        fill(bins, digests, sorted({count // 3, count // 2}), gap)
        bins.arrange(1 << bits)
    assert (mine.rows, mine.distinct, mine.repeated) == (slow.rows, slow.distinct, slow.repeated)
    first, stop = (1 << bits) // 3, 1 << bits
    keys, rows, offsets = mine.group(first, stop)
    slow_keys, slow_rows, slow_offsets = slow.group(first, stop)
    assert np.array_equal(offsets, slow_offsets)
    for a, b in pairwise(offsets.tolist()):
        assert distinct_pairs(keys[a:b], rows[a:b]) == distinct_pairs(slow_keys[a:b], slow_rows[a:b])
    for found, wanted in zip(mine.repeats(), slow.repeats(), strict=True):
        assert np.array_equal(found, wanted)


@pytest.mark.parametrize("expected", [0, 1, 300_000, 10**9])
@pytest.mark.parametrize("spilled", [False, True])
def test_many_keys(expected: int, spilled: bool, tmp_path: Path) -> None:
    count, different = 150_000, 100_000
    digests = random_blocks(3, different)[np.arange(count) % different]
    limit = {"memory": 1, "folder": str(tmp_path)} if spilled else {}
    bins = kernel.KeyBins(SEED, expected, keep_repeats=True, **limit)  # type: ignore[arg-type]
    fill(bins, digests, [5, 60_000])
    assert list(tmp_path.iterdir()) == []
    assert (bins.rows, bins.distinct, bins.repeated) == (count, different, count - different)
    hashed = kernel.block_hash(digests, SEED)
    dropped, kept = bins.repeats()
    assert np.array_equal(dropped, np.arange(different, count))
    assert np.array_equal(kept, np.arange(count - different))
    for number in (1, 64, 1 << 13):
        bins.arrange(number)
        keys, rows, offsets = bins.group(0, number)
        assert np.array_equal(np.sort(rows), np.arange(different))
        assert np.array_equal(keys, hashed[rows])
        tops = keys[:, 15].astype(np.int64) << 8 | keys[:, 14]
        assert np.array_equal(tops * number >> 16, np.repeat(np.arange(number), np.diff(offsets)))
        half, _, half_offsets = bins.group(number // 2, number)
        assert distinct_pairs(half, half[:, 0]) == distinct_pairs(keys[offsets[number // 2] :], half[:, 0])
        assert half_offsets[-1] == len(half)


def test_spilling_changes_nothing(tmp_path: Path) -> None:
    digests = random_blocks(4, 90_000)
    digests[70_000:] = digests[:20_000]
    inside, outside = (kernel.KeyBins(SEED, 90_000, memory=m, folder=f) for m, f in ((0, None), (1, str(tmp_path))))
    for bins in (inside, outside):
        for part in range(0, 90_000, 1000):
            bins.add(digests[part : part + 1000])
        bins.finish()
        bins.arrange(32)
    for found, wanted in zip(outside.group(3, 20), inside.group(3, 20), strict=True):
        assert np.array_equal(found, wanted)


def test_views_outlive_their_keys() -> None:
    bins = kernel.KeyBins(SEED)
    fill(bins, random_blocks(5, 1000), [])
    keys, rows, _ = bins.group(0, 1)
    before = keys.copy(), rows.copy()
    assert not keys.flags.writeable and not rows.flags.writeable and not keys.flags.owndata
    bins.arrange(1 << 20)
    del bins
    assert np.array_equal(keys, before[0]) and np.array_equal(rows, before[1])


def test_no_keys_at_all(tmp_path: Path) -> None:
    for limit in ({}, {"memory": 1, "folder": str(tmp_path)}):
        bins = kernel.KeyBins(SEED, **limit)  # type: ignore[arg-type]
        bins.add(random_blocks(1, 0))
        bins.skip(9)
        bins.finish()
        bins.arrange(4)
        keys, rows, offsets = bins.group(1, 3)
        assert (bins.rows, bins.distinct, bins.repeated) == (9, 0, 0)
        assert keys.shape == (0, 16) and rows.shape == (0,) and offsets.tolist() == [0, 0, 0]


def test_one_key_many_times() -> None:
    bins = kernel.KeyBins(SEED, 10**6)
    for _ in range(3):
        bins.add(np.zeros((100_000, 16), dtype=np.uint8))
    bins.finish()
    assert (bins.distinct, bins.repeated) == (1, 299_999)
    assert bins.group(0, 1)[1].tolist() == [0]
    assert [len(part) for part in bins.repeats()] == [0, 0]


def test_steps_in_another_order_are_refused() -> None:
    bins = kernel.KeyBins(SEED)
    for step in (lambda: bins.group(0, 1), lambda: bins.arrange(2), bins.repeats, lambda: bins.distinct):
        with pytest.raises(RuntimeError):
            step()
    bins.finish()
    for step in (bins.finish, lambda: bins.add(random_blocks(1, 1)), lambda: bins.skip(1)):
        with pytest.raises(RuntimeError, match="not the next step"):
            step()


def test_refusals(tmp_path: Path) -> None:
    bins = kernel.KeyBins(SEED)
    bins.skip(2**32 - 1)
    with pytest.raises(ValueError, match=r"more than 2\*\*32 rows"):
        bins.add(random_blocks(1, 2))
    with pytest.raises(ValueError, match=r"more than 2\*\*32 rows"):
        bins.skip(2)
    bins.add(random_blocks(1, 1))
    bins.finish()
    assert bins.group(0, 1)[1].tolist() == [2**32 - 1]
    bins.arrange(4)
    for first, stop in ((0, 5), (2, 1), (5, 5)):
        with pytest.raises(ValueError, match="no such bins"):
            bins.group(first, stop)
    with pytest.raises(ValueError, match="power of two"):
        bins.arrange(3)
    with pytest.raises(ValueError, match="16 bytes"):
        kernel.KeyBins(b"short")
    with pytest.raises(ValueError, match="go together"):
        kernel.KeyBins(SEED, memory=5)
    with pytest.raises(NotADirectoryError):
        kernel.KeyBins(SEED, memory=5, folder=str(tmp_path / "none"))


def test_threads_that_share_keys_wait_for_each_other() -> None:
    """Who waits for its turn must not keep a thread of the pool that the other one's work needs."""
    digests = np.random.default_rng(1).integers(0, 256, (60_000, 16), dtype=np.uint8)
    for _ in range(8):
        keys = kernel.KeyBins(bytes(16), 1_000_000)

        def add(keys: kernel.KeyBins = keys) -> None:
            keys.add(digests)
            keys.add(digests)

        threads = [Thread(target=add, daemon=True) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
        keys.finish()
        assert (keys.rows, keys.distinct) == (12 * len(digests), len(digests))
