"""What PSI shows on the wire is a function of the two set sizes alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leakage.recorder import Recorder
from tacit.channel.memory import memory_pair
from tacit.protocols.psi import ecdh
from tacit.protocols.psi.wire import Group, Message, Reveal, Terms

N, M = 60, 40


def _digests(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def _run(xs: np.ndarray, ys: np.ndarray, reveal: Reveal, group: Group = Group.RISTRETTO255) -> tuple[object, object]:
    left, right = memory_pair("receiver", "sender", patience_s=20)
    ends = Recorder(left), Recorder(right)
    terms = Terms(sid=bytes(32), group=group, reveal=reveal)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(ecdh.receive, ends[0], xs, terms)
        two = pool.submit(ecdh.send, ends[1], ys, terms)
        one.result(), two.result()
    return ends


def _pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    """Same sizes: nothing, a part and everything in common."""
    xs = _digests(N, 1)
    return [(xs, _digests(M, 2)), (xs, np.concatenate([xs[:10], _digests(M - 10, 3)])), (xs, xs[:M].copy())]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecdh, "CHUNK", 16)


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize("group", Group)
def test_kinds_sizes_and_number_of_messages_depend_on_set_sizes_only(reveal: Reveal, group: Group) -> None:
    runs = [_run(xs, ys, reveal, group) for xs, ys in _pairs()]
    for end in (0, 1):
        assert len({tuple(run[end].shape) for run in runs}) == 1


def test_the_declared_sizes() -> None:
    ends = _run(*_pairs()[1], Reveal.BOTH)
    sent = {
        kind: sum(size for way, found, size in ends[0].shape if way == "sent" and found == kind) for kind in Message
    }
    assert sent == {Message.HELLO: 52, Message.POINTS: 32 * N, Message.TAGS: 16 * M, Message.DONE: 32}


def test_a_sender_that_does_not_learn_gets_no_tag_and_the_same_last_message_every_time() -> None:
    lasts = set()
    for xs, ys in _pairs():
        _, sender = _run(xs, ys, Reveal.RECEIVER)
        kinds = [kind for way, kind, _ in sender.shape if way == "received"]
        assert kinds == [Message.HELLO] + 4 * [Message.POINTS] + [Message.DONE]
        lasts.add(sender.received[-1])
    assert len(lasts) == 1


@pytest.mark.parametrize("reveal", Reveal)
def test_masked_points_are_fresh_in_every_run(reveal: Reveal) -> None:
    """The same items in the same session id give unlinkable points: no 32-byte row is seen twice."""
    xs, ys = _pairs()[2]
    seen: set[bytes] = set()
    for _ in range(2):
        for end in _run(xs, ys, reveal):
            kinds = [kind for way, kind, _ in end.shape if way == "received"]
            for kind, payload in zip(kinds, end.received, strict=True):
                if kind == Message.POINTS:
                    rows = {payload[i : i + 32] for i in range(0, len(payload), 32)}
                    assert not rows & seen
                    seen |= rows


def test_the_order_of_points_does_not_follow_the_table() -> None:
    """With one item in common at a fixed place, the place of its tag at the receiver changes from run to run."""
    xs = _digests(64, 5)
    places = set()
    for _ in range(6):
        receiver, _ = _run(xs, xs[:1].copy(), Reveal.BOTH)
        sent = [i for i, (way, kind, _) in enumerate(receiver.shape) if (way, kind) == ("received", Message.TAGS)]
        assert len(sent) == 4
        rows = b"".join(
            payload
            for payload, (_, kind, _) in zip(
                receiver.received, [entry for entry in receiver.shape if entry[0] == "received"], strict=True
            )
            if kind == Message.TAGS
        )
        places.add(rows[:16])
    assert len(places) == 6
