"""Peers and invitations."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Column, Fault, Time


class Answering(Answer):
    """How long a peer takes to answer a question that needs no work: medians of its last few answers, and of those
    before; null: too few to say."""

    recent_ms: float
    usual_ms: float | None


class Peer(Answer):
    """Another node with its pinned key. `answering`: null where it answered nothing since this node started."""

    name: str
    institution: str
    address: str
    fingerprint: str
    contract_id: str
    state: str
    version: str
    added_at: Time
    last_seen_at: Time | None
    answering: Answering | None


class Ping(Answer):
    """`rtt_ms`: there and back; `clock_skew_s`: how far the peer's clock is ahead."""

    name: str
    reachable: bool
    rtt_ms: float | None
    clock_skew_s: float | None
    version: str | None
    error: Fault | None


class PeerDataset(Answer):
    """What a peer publishes of a dataset."""

    name: str
    description: str | None
    rows: int | None
    columns: list[Column]


class PeerOperator(Answer):
    """An operator that a peer can run."""

    name: str
    version: str
    group: str


class PeerOperators(Answer):
    """`as_of`: when the peer said so; `error`: the code of why it did not say anything newer, null if it is new."""

    items: list[PeerOperator]
    next: str | None = None
    as_of: Time
    error: str | None


class Invitation(Answer):
    """`used_by`: fingerprint of the peer that came."""

    id: str
    state: str
    expires_at: Time
    used_by: str | None


class NewInvitation(Invitation):
    """`code` is shown only now."""

    code: str
