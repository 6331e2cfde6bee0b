"""Shards of an intersection: split, padded to public sizes, run for themselves; together the plaintext answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.psi.psi_pair import SID, both, random_digests
from tacit.channel.channel import Channel
from tacit.errors import ParameterError, ProtocolError, ResourceError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi import run
from tacit.protocols.psi.shards import (
    MAX_SHARDS,
    check_shards,
    intersect_shard,
    padded,
    plan_shards,
    shard_size,
    sharded_terms,
    split_keys,
)
from tacit.protocols.psi.wire import Match, Protocol, Reveal, Side, Terms

TERMS = Terms(sid=SID, protocol=Protocol.ECDH)
SEED = bytes(range(16))
POWERS = st.integers(0, 5).map(lambda exponent: 1 << exponent)


def bins_of(items: np.ndarray, seed: bytes = SEED) -> KeyBins:
    keys = KeyBins(seed)
    keys.add(items)
    keys.finish()
    return keys


def whole(items: np.ndarray, terms: Terms, me: Side, shards: int) -> Any:
    """All shards one after the other over one channel, as workers do it at the same time over many."""

    def work(channel: Channel) -> Match:
        ready = run.prepare(channel, sharded_terms(terms, shards), me, lambda keys: keys.add(items))
        plan = plan_shards(ready.terms, ready.keys.distinct, ready.peer_count, shards)
        split_keys(ready.keys, shards, plan[0].size)
        found, matches = [], []
        for shard in plan:
            keys, rows, _ = ready.keys.group(shard.number, shard.number + 1)
            matches.append(intersect_shard(channel, shard, me, keys))
            found.append(None if matches[-1].rows is None else rows[matches[-1].rows])
        joined = None if found[0] is None else np.concatenate(found)
        return Match(joined, ready.peer_count, None)

    return work


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 3000), shards=POWERS, stream=st.integers(0, 99))
def test_every_key_is_in_one_shard_and_none_is_too_full(count: int, shards: int, stream: int) -> None:
    keys, size = bins_of(random_digests(count, stream)), shard_size(count, shards)
    counts = split_keys(keys, shards, size)
    assert sum(counts) == count
    assert max(counts) <= size
    rows = np.concatenate([keys.group(number, number + 1)[1] for number in range(shards)])
    assert sorted(rows.tolist()) == list(range(count))


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 500), shards=POWERS, stream=st.integers(0, 99))
def test_equal_keys_meet_in_one_shard(count: int, shards: int, stream: int) -> None:
    items = random_digests(count, stream)
    here, there = bins_of(items), bins_of(items[::-1].copy())
    for each in (here, there):
        each.arrange(shards)
    for number in range(shards):
        mine, theirs = here.group(number, number + 1), there.group(number, number + 1)
        assert {key.tobytes() for key in mine[0]} == {key.tobytes() for key in theirs[0]}


def test_sizes_say_no_more_than_the_number_of_keys() -> None:
    plan = plan_shards(TERMS, 1 << 20, 1000, 8)
    assert {(shard.size, shard.peer_size) for shard in plan} == {(shard_size(1 << 20, 8), shard_size(1000, 8))}
    assert shard_size(1 << 20, 8) < 1.03 * (1 << 17)
    assert shard_size(0, 8) == 1
    assert shard_size(77, 1) == 77


def test_every_shard_has_a_session_of_its_own() -> None:
    plans = [plan_shards(terms, 100, 100, 16) for terms in (TERMS, TERMS.bound(SEED))]
    assert len({shard.terms.sid for plan in plans for shard in plan} | {SID}) == 33


def test_filling_is_random_and_after_the_keys() -> None:
    items = random_digests(10, 1)
    one, two = padded(items, 50), padded(items, 50)
    assert np.array_equal(one[:10], items)
    assert len(np.unique(np.concatenate([one, two[10:]]), axis=0)) == 90
    assert np.array_equal(padded(items, 10), items)


@pytest.mark.parametrize("protocol", [Protocol.ECDH, Protocol.VOLE])
@pytest.mark.parametrize("shards", [1, 2, 8])
@pytest.mark.parametrize(("receivers", "senders", "common"), [(400, 300, 100), (0, 5, 0), (1, 1, 1), (60, 600, 60)])
def test_together_they_are_the_whole(
    protocol: Protocol, shards: int, receivers: int, senders: int, common: int
) -> None:
    xs = random_digests(receivers, 1)
    ys = np.concatenate([random_digests(senders - common, 2), xs[:common]])
    terms = Terms(sid=SID, protocol=protocol)
    mine, theirs = both(whole(xs, terms, Side.RECEIVER, shards), whole(ys, terms, Side.SENDER, shards))
    assert sorted(mine.rows.tolist()) == list(range(common))
    assert np.array_equal(mine.rows.astype(np.int64) + (senders - common), theirs.rows)
    assert (mine.peer_count, theirs.peer_count) == (senders, receivers)


def test_the_receiver_alone_learns() -> None:
    items = random_digests(50, 1)
    terms = Terms(sid=SID, protocol=Protocol.ECDH, reveal=Reveal.RECEIVER)
    mine, theirs = both(whole(items, terms, Side.RECEIVER, 4), whole(items[25:], terms, Side.SENDER, 4))
    assert sorted(mine.rows.tolist()) == list(range(25, 50))
    assert theirs.rows is None


def test_another_number_of_shards_is_refused_by_both() -> None:
    items = random_digests(5, 1)
    for error in both(whole(items, TERMS, Side.RECEIVER, 4), whole(items, TERMS, Side.SENDER, 2)):
        assert isinstance(error, ProtocolError)
        assert error.code == "psi.terms_differ"


def test_a_peer_with_another_size_is_refused() -> None:
    mine = plan_shards(TERMS, 40, 40, 2)[0]
    theirs = plan_shards(TERMS, 20, 40, 2)[0]
    items = random_digests(10, 1)
    errors = both(
        lambda channel: intersect_shard(channel, mine, Side.RECEIVER, items),
        lambda channel: intersect_shard(channel, theirs, Side.SENDER, items),
    )
    assert isinstance(errors[0], ProtocolError)
    assert errors[0].code == "psi.malformed"


def test_a_full_shard_ends_the_run() -> None:
    with pytest.raises(ResourceError) as caught:
        split_keys(bins_of(random_digests(100, 1)), 2, 40)
    assert caught.value.code == "psi.unlucky"


@pytest.mark.parametrize("shards", [-1, 0, 3, 6, 2 * MAX_SHARDS])
def test_impossible_numbers(shards: int) -> None:
    with pytest.raises(ParameterError) as caught:
        check_shards(shards)
    assert caught.value.code == "psi.shards"
