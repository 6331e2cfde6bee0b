"""The opening of every run: greeting and joint coin toss, then sizes. Symmetric."""

from __future__ import annotations

import hmac
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tacit.channel.channel import Channel
from tacit.errors import DataError, PeerFailed, PeerLost, ProtocolError, ResourceError, TacitError
from tacit.kernel import Blake3
from tacit.protocols.psi.wire import KEY_TYPES, VERSION, Message, Protocol, Side, Terms, malformed, swap

SEED_BYTES = 16
# magic, version, role, group, reveal, protocol, malicious, key types, hash of other terms, session mark, commitment
_HELLO = struct.Struct("<4sHBBBBBx16s16s16s32s")
_MAGIC = b"TPSI"
_SIZES = struct.Struct("<Q")
_COIN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """`seed`: 16 bytes, for the KeyBins. `terms`: for what follows, bound to the seed and with the agreed protocol."""

    seed: bytes
    terms: Terms


def open_run(channel: Channel, terms: Terms, me: Side) -> bytes:
    """The seed of `agree`, for protocols that do not go by a wish."""
    return agree(channel, terms, me).seed


def agree(channel: Channel, terms: Terms, me: Side) -> Opening:
    """Agree on the terms and toss a seed of 16 bytes: uniform if one of the two draws its part at random.

    Messages, both ways at once: HELLO (terms, H(coin)), then COIN. The coins are bound to session and role, so that
    a commitment sent back is no commitment. Neither side has shown anything about its items, nor its size.
    Raises ProtocolError psi.malformed, psi.version, psi.wrong_session, psi.terms_differ, psi.bad_toss; DataError
    psi.key_types_differ; PeerLost, PeerFailed.
    """
    peer = Side(1 - me)
    coin = os.urandom(_COIN_BYTES)
    theirs = swap(channel, Message.HELLO, _greeting(terms, me, _commit(terms, me, coin)))
    protocol, commitment = _check_greeting(theirs, terms, peer)
    answer = swap(channel, Message.COIN, coin)
    if not hmac.compare_digest(_commit(terms, peer, answer), commitment):
        raise ProtocolError("psi.bad_toss", "The peer's coin is not the one that it had bound itself to.")
    tossed = Blake3(terms.key("toss"))
    tossed.update(coin + answer if me is Side.RECEIVER else answer + coin)
    seed = tossed.digest()[:SEED_BYTES]
    return Opening(seed, replace(terms.bound(seed), protocol=protocol))


def exchange_sizes(channel: Channel, count: int, terms: Terms, me: Side) -> int:
    """Say how many distinct items I have, hear how many the peer has; checked before any memory is taken.

    Raises ResourceError psi.too_many_items for my own set, ProtocolError psi.set_too_large for the peer's.
    """
    check_own_size(count, terms)
    (theirs,) = _SIZES.unpack(swap(channel, Message.SIZES, _SIZES.pack(count)))
    check_size(theirs, terms)
    return int(theirs)


def check_own_size(count: int, terms: Terms) -> None:
    """Raises ResourceError psi.too_many_items for more own items than the terms allow."""
    if count > terms.max_items:
        raise ResourceError(
            "psi.too_many_items",
            "The table has more keys than one PSI may take.",
            found=str(count),
            expected=f"at most {terms.max_items}",
            hint="Split the table.",
        )


def check_size(count: int, terms: Terms) -> None:
    """Raises ProtocolError psi.set_too_large for a peer with more items than the terms allow."""
    if count > terms.max_items:
        raise ProtocolError(
            "psi.set_too_large",
            "The peer announces more items than are allowed here.",
            found=str(count),
            expected=f"at most {terms.max_items}",
        )


@contextmanager
def telling_peer(channel: Channel) -> Iterator[None]:
    """If this side stops on an error of its own, the peer hears the code and does not wait for a time-out."""
    try:
        yield
    except (PeerLost, PeerFailed):
        raise
    except TacitError as error:
        channel.fail(error.code)
        raise
    except BaseException:
        channel.fail("internal.step_failed")
        raise


def _greeting(terms: Terms, me: Side, commitment: bytes) -> bytes:
    plain = (me, terms.group, terms.reveal, terms.protocol, terms.malicious)
    return _HELLO.pack(_MAGIC, VERSION, *plain, terms.key_types, _others(terms), _mark(terms, me), commitment)


def _check_greeting(payload: bytes, terms: Terms, peer: Side) -> tuple[Protocol, bytes]:
    """The agreed protocol and the peer's commitment."""
    magic, version, side, group, reveal, protocol, malicious, key_types, others, mark, commitment = _HELLO.unpack(
        payload
    )
    if magic != _MAGIC:
        raise malformed("a greeting of another protocol")
    if version != VERSION:
        raise ProtocolError(
            "psi.version",
            "The peer speaks another version of this protocol.",
            found=str(version),
            expected=str(VERSION),
        )
    if mark != _mark(terms, peer):
        raise ProtocolError("psi.wrong_session", "The peer's greeting belongs to another session or another role.")
    if (side, group, reveal, malicious) != (peer, terms.group, terms.reveal, terms.malicious):
        raise _terms_differ("another group, role, receiver of the result or security against malicious parties")
    if others != _others(terms) or not _compatible(protocol, terms.protocol):
        raise _terms_differ("another protocol, parameter set or detail")
    check_types(key_types.rstrip(b"\0"), terms.key_types)
    return Protocol(max(protocol, terms.protocol)), commitment


def _compatible(theirs: int, mine: Protocol) -> bool:
    """A side that wishes AUTO goes along with a way to an intersection that the other names, and with no other use."""
    ways = (Protocol.AUTO, Protocol.ECDH, Protocol.VOLE)
    return theirs == mine or (Protocol.AUTO in (theirs, mine) and theirs in ways and mine in ways)


def _terms_differ(found: str) -> ProtocolError:
    return ProtocolError(
        "psi.terms_differ",
        "The peer was told other terms of this run.",
        found=found,
        hint="Both sides must be given the same protocol, group, reveal and security.",
    )


def check_types(theirs: bytes, mine: bytes) -> None:
    """Raises DataError psi.key_types_differ for key columns of other types at the peer."""
    if theirs == mine:
        return
    if not set(theirs) <= set(KEY_TYPES):
        raise malformed("unknown key types")
    raise DataError(
        "psi.key_types_differ",
        "The key columns of the two sides differ in number or type, so that no key could match.",
        found=f"here {_type_names(mine)}, at the peer {_type_names(theirs)}",
        expected="the same types in the same order",
        hint="Set `types` in dataset.read at one side, for example text for numbers with leading zeros.",
    )


def _type_names(key_types: bytes) -> str:
    return ", ".join(KEY_TYPES[letter] for letter in key_types) or "none"


def _mark(terms: Terms, side: Side) -> bytes:
    return terms.key(f"hello/{side.name}")[:16]


def _others(terms: Terms) -> bytes:
    name = terms.parameters.encode()
    hashed = Blake3(terms.key("terms"))
    hashed.update(len(name).to_bytes(4, "little") + name + terms.detail)
    return hashed.digest()[:16]


def _commit(terms: Terms, side: Side, coin: bytes) -> bytes:
    hashed = Blake3(terms.key(f"coin/{side.name}"))
    hashed.update(coin)
    return hashed.digest()
