"""The keys and certificates that a node works with: for whoever must know which there are and how long they last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography import x509

from tacit.channel.identity import NodeIdentity
from tacit.node.clock import iso
from tacit.node.database import PeerRow
from tacit.node.home import Home
from tacit.node.master_keys import FILE
from tacit.node.settings import Settings

Kind = Literal["identity", "peer", "vault", "token"]


@dataclass(frozen=True, slots=True)
class HeldKey:
    """`name`: whose it is, or where it lies. `since`, `until`: of its certificate; of a key without one, since when its
    file is as it is. None: not known, or it does not end by itself."""

    kind: Kind
    name: str
    fingerprint: str | None = None
    since: str | None = None
    until: str | None = None


def held_keys(home: Home, settings: Settings, identity: NodeIdentity, peers: Iterable[PeerRow]) -> list[HeldKey]:
    """This node's own key first, then those of its partners; nothing of a secret is told."""
    known = [peer for peer in peers if peer.state == "APPROVED"]
    place = settings.vault.split(":", 1)[0]
    vault = HeldKey("vault", place, since=_changed(home.keys / FILE) if place == "file" else None)
    token = [HeldKey("token", home.token_file.name, since=_changed(home.token_file))] if settings.local_token else []
    return [
        _certified("identity", settings.name, identity.fingerprint, identity.certificate),
        *(_certified("peer", peer.name, peer.fingerprint, _read(peer.certificate)) for peer in known),
        vault,
        *token,
    ]


def _certified(kind: Kind, name: str, fingerprint: str, certificate: x509.Certificate) -> HeldKey:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return HeldKey(kind, name, fingerprint, iso(begin.timestamp()), iso(end.timestamp()))


def _read(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def _changed(file: Path) -> str | None:
    try:
        return iso(file.stat().st_mtime)
    except OSError:
        return None
