"""What only the in-process pair does: patience, and ends that are dropped."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from tacit.channel import memory_pair
from tacit.errors import PeerLost


def test_patience_ends() -> None:
    alice, bob = memory_pair("alice", "bob", patience_s=0.05, queue_limit=10)
    with pytest.raises(PeerLost) as caught:
        bob.recv(1, 1)
    assert caught.value.code == "peer.silent"
    alice.send(1, bytes(20))
    with pytest.raises(PeerLost) as caught:
        alice.send(1, b"x")
    assert caught.value.code == "peer.silent"


def test_a_dropped_end_counts_as_closed() -> None:
    alice, bob = memory_pair("alice", "bob", patience_s=30)
    alice.send(1, b"x")
    del alice
    gc.collect()
    assert bob.recv(1, 1) == b"x"
    with pytest.raises(PeerLost) as caught:
        bob.recv(1, 1)
    assert caught.value.code == "peer.closed"
    with pytest.raises(PeerLost):
        bob.send(1, b"")


def test_messages_are_not_copied() -> None:
    alice, bob = memory_pair("alice", "bob")
    array = np.arange(10)
    alice.send(1, array.data)
    assert np.shares_memory(np.frombuffer(bob.recv(1, 80), array.dtype), array)


def test_ends_need_different_names() -> None:
    with pytest.raises(ValueError, match="different names"):
        memory_pair("alice", "alice")


def test_a_buffer_with_holes_is_refused() -> None:
    alice, _ = memory_pair("alice", "bob")
    with pytest.raises(TypeError):
        alice.send(1, np.arange(10)[::2].data)
