"""PSI among three to ten parties: zero sharing and programmable OPRFs around a leader; no pair's intersection shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tacit.channel.channel import Session
from tacit.errors import ParameterError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.roundtable import Table, telling_all
from tacit.protocols.psi.run import Check, Fill, Progress, Store
from tacit.protocols.psi.star import Follower, Leader
from tacit.protocols.psi.wire import Match, Protocol, Terms


@dataclass(frozen=True, slots=True)
class MultiMatch(Match):
    """A match among many. `peer_counts`: the sizes that I was told; the leader gets all, a follower the leader's.

    `peer_count` is the largest of them.
    """

    peer_counts: Mapping[str, int] = field(default_factory=dict)


def intersect_many(
    session: Session,
    terms: Terms,
    order: Sequence[str],
    leader: str,
    fill: Fill,
    *,
    store: Store = Store(),  # noqa: B008 - frozen
    check: Check | None = None,
    progress: Progress | None = None,
) -> MultiMatch:
    """The items that all parties have. Every party calls this with the same `order` (all names) and `leader`.

    `fill`, `store`, `check`, `progress`: as in `run.intersect`. terms.reveal: RECEIVER = the leader learns, BOTH = all.
    Learns: the leader the sizes of all sets, and which of its own items all have. A follower the leader's size, the
        largest size if it is above the leader's, rounded up to a power of two, and with BOTH which of its own items all
        have; all get their rows in one order. Nobody learns what some have and others lack, nor how much of it.
    Assumes: parties that follow the protocol. A coalition without the leader learns nothing more. One with the leader
        learns which of the leader's items all parties outside have, as it could by changing its own sets (augmented
        semi-honest model, any number of corrupted parties). LPN as in `tacit.kernel.vole`; AES-128 as a PRF.
    Messages: opening and sizes among all; then per follower the OPRF of `oprf`, the leader its receiver, and hints;
        with BOTH padded lists of tags from the leader; a hash of the result among all.
    Cost: per follower (m keys; leader n) the OPRF, about 23 n bytes, and hints of about 10.5 m; with BOTH 11.7 n more.
    Source: Kolesnikov, Matania, Pinkas, Rosulek, Trieu, "Practical Multi-party PSI from Symmetric-Key Techniques" (CCS
        2017), the augmented semi-honest protocol; key-value stores for its tables as in Nevo, Trieu, Yanai (CCS 2021).
    Raises: ParameterError psi.parties, psi.not_malicious, psi.not_an_intersection; DataError, ResourceError,
        ProtocolError psi.*; PeerLost, PeerFailed; what `fill` and `check` raise. All other parties hear the code.
    """
    with telling_all(session.channels):
        _check_terms(terms)
        table = Table(session, terms, order, leader)
        seed = table.open()
        keys = KeyBins(seed, store.expected, memory=store.memory, folder=store.folder, keep_repeats=store.keep_repeats)
        fill(keys)
        keys.finish()
        if check is not None:
            check(keys)
        counts, room = table.exchange_sizes(keys.distinct)
        seat = Leader if session.me == leader else Follower
        rows = seat(table, keys, counts, room, progress).run()
    count = None if rows is None else len(rows)
    return MultiMatch(rows, max(counts.values()), count, peer_counts=counts)


def _check_terms(terms: Terms) -> None:
    if terms.malicious:
        raise ParameterError(
            "psi.not_malicious",
            "PSI among many is not secure against a party that does not follow the protocol.",
            hint="Leave `malicious` off.",
        )
    if terms.protocol not in (Protocol.AUTO, Protocol.MULTIPARTY):
        raise ParameterError(
            "psi.not_an_intersection",
            "This protocol does not find what three or more parties have in common.",
            found=terms.protocol.name.lower(),
            expected="auto or multiparty",
        )
