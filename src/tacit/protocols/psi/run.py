"""A whole run in its one right order: opening, my keys into bins, sizes, choice, protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tacit.channel.channel import Channel
from tacit.errors import ParameterError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi import ecdh, vole
from tacit.protocols.psi.choice import choose
from tacit.protocols.psi.opening import agree, exchange_sizes, telling_peer
from tacit.protocols.psi.wire import Choice, Match, Protocol, Side, Terms, store_failed

__all__ = [
    "Check",
    "Choice",
    "Fill",
    "Match",
    "Progress",
    "Ready",
    "Store",
    "conclude",
    "intersect",
    "prepare",
    "telling_peer",
]

Fill = Callable[[KeyBins], None]
Check = Callable[[KeyBins], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Store:
    """How my keys are kept: `expected`, a guess of their number; above `memory` bytes (0: never) they go to unnamed
    files in `folder`; `keep_repeats`, whether `KeyBins.repeats` will be asked for."""

    expected: int = 0
    memory: int = 0
    folder: str | None = None
    keep_repeats: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """The state between the opening and a protocol: terms bound to the joint seed, my finished keys, peer's count."""

    terms: Terms
    keys: KeyBins
    peer_count: int


def prepare(
    channel: Channel, terms: Terms, me: Side, fill: Fill, *, store: Store = Store(), check: Check | None = None
) -> Ready:
    """Open the run, take in my keys, exchange sizes. For protocols that have a second half of their own.

    `fill` gets the KeyBins and adds digests, all of them or batch by batch; the joint seed is known by then, so that
    nothing has to be read twice. `check` sees the finished keys before any size leaves. An error of theirs stops both
    sides: the peer hears its code.
    Learns: either side the terms and the number of distinct keys of the other.
    Raises what `opening` raises, and what `fill` and `check` raise.
    """
    with telling_peer(channel):
        opened = agree(channel, terms, me)
        keys = KeyBins(
            opened.seed, store.expected, memory=store.memory, folder=store.folder, keep_repeats=store.keep_repeats
        )
        with _storing(store):
            fill(keys)
            keys.finish()
        if check is not None:
            check(keys)
        return Ready(opened.terms, keys, exchange_sizes(channel, keys.distinct, opened.terms, me))


@contextmanager
def _storing(store: Store) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if store.folder is None:
            raise
        raise store_failed(error) from None


def intersect(
    channel: Channel,
    terms: Terms,
    me: Side,
    fill: Fill,
    *,
    store: Store = Store(),
    check: Check | None = None,
    progress: Progress | None = None,
) -> Match:
    """Which of my items the peer has too, by the protocol that both wish or that `choice` finds.

    Learns and assumes: see `vole.receive` and `ecdh.receive`. `fill`, `check`: see `prepare`. `progress` is told
    (done, total) after the sizes are known.
    """
    with telling_peer(channel):
        if terms.protocol not in _WAYS:
            raise ParameterError(
                "psi.not_an_intersection",
                "This protocol does not give common rows and is run in another way.",
                found=terms.protocol.name.lower(),
                expected="auto, ecdh or vole",
            )
    ready = prepare(channel, terms, me, fill, store=store, check=check)
    receiver_count, sender_count = ready.keys.distinct, ready.peer_count
    if me is Side.SENDER:
        receiver_count, sender_count = sender_count, receiver_count
    choice = choose(receiver_count, sender_count, ready.terms.protocol, malicious=terms.malicious)
    return conclude(channel, ready, me, choice, progress=progress)


def conclude(channel: Channel, ready: Ready, me: Side, choice: Choice, *, progress: Progress | None = None) -> Match:
    """The protocol of `choice`, AUTO, ECDH or VOLE, after `prepare`. The second half of `intersect`."""
    receive, send = _WAYS[choice.protocol]
    run = receive if me is Side.RECEIVER else send
    return replace(run(channel, ready.keys, ready.peer_count, ready.terms, progress=progress), choice=choice)


_WAYS = {
    Protocol.AUTO: (vole.receive, vole.send),
    Protocol.ECDH: (ecdh.receive, ecdh.send),
    Protocol.VOLE: (vole.receive, vole.send),
}
