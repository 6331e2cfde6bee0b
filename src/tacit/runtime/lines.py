"""Sessions and lines of a step: who listens, who dials, under which key. Both ends compute the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tacit.channel.identity import NodeIdentity, Side
from tacit.channel.line import Line
from tacit.channel.sni import session_name


@dataclass(frozen=True, slots=True)
class PeerContact:
    """Where a party's peer port is, and its pinned certificate."""

    address: str  # host:port
    certificate: str  # PEM


def listens(me: str, peer: str) -> bool:
    """Of two parties the one whose name sorts first listens."""
    return me < peer


def resolve_lines(
    sid: bytes,
    role: str,
    parties: Mapping[str, str],
    identity: NodeIdentity,
    contacts: Mapping[str, PeerContact],
) -> dict[str, Line]:
    """The lines of `role` to every other role of a step; `contacts` is by party."""
    lines = {}
    for other, party in parties.items():
        if other == role:
            continue
        name = session_name(sid, role, other)
        side: Side = "listen" if listens(parties[role], party) else "dial"
        leaf = identity.issue_session(name, side)
        lines[other] = Line(
            session=name,
            me=role,
            peer=other,
            side=side,
            address=contacts[party].address,
            sid=sid.hex(),
            key_pem=leaf.key_pem,
            certificate_pem=leaf.certificate_pem,
            peer_certificate_pem=contacts[party].certificate,
        )
    return lines
