"""Peers with their pinned keys, and the invitations this node gave out."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tacit.errors import NotFoundError, RefusedError
from tacit.node.clock import now
from tacit.node.database import Database, InvitationRow, PeerRow


class PeerStore:
    """Rows of pinned peers. A name once pinned to a key keeps that key until its contract is terminated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[PeerRow]:
        with self._database.read() as session:
            return list(session.scalars(select(PeerRow).order_by(PeerRow.name)))

    def find(self, name: str) -> PeerRow | None:
        with self._database.read() as session:
            return session.get(PeerRow, name)

    def get(self, name: str) -> PeerRow:
        """Raises NotFoundError("peer.unknown")."""
        row = self.find(name)
        if row is None:
            raise NotFoundError(
                "peer.unknown",
                f"This node knows no peer named '{name}'.",
                hint="Ask its owner for an invitation code and run `tacit peer accept CODE`.",
            )
        return row

    def active(self, name: str) -> PeerRow:
        """As `get`, and its contract must hold. Raises RefusedError("peer.terminated")."""
        row = self.get(name)
        if row.state != "APPROVED":
            raise RefusedError(
                "peer.terminated",
                f"The contract with '{name}' has ended.",
                hint="Connect again with a new invitation code.",
            )
        return row

    def check_free(self, name: str, fingerprint: str) -> None:
        """Raises RefusedError("peer.name_taken") if the name belongs to another key."""
        with self._database.read() as session:
            _check_free(session.get(PeerRow, name), name, fingerprint)

    def pin(self, peer: PeerRow, *, invitation: str | None = None) -> None:
        """Keep a peer; uses up the invitation that brought it, in the same commit.

        An application that comes again while its contract holds changes nothing; after the contract's end it is void.
        Raises RefusedError("peer.name_taken", "peer.key_taken", "invitation.used").
        """
        with self._database.write() as session:
            known = session.get(PeerRow, peer.name)
            check_pinnable(session, peer)
            if invitation is not None:
                row = session.get(InvitationRow, invitation)
                if row is None or row.state == "revoked":
                    raise _used()
                if row.used_by is not None:
                    if row.used_by != peer.fingerprint or not _holds(known, peer):
                        raise _used()
                    return
                row.state, row.used_by = "used", peer.fingerprint
            session.merge(peer)

    def set_state(self, name: str, state: str) -> None:
        with self._database.write() as session:
            session.execute(update(PeerRow).where(PeerRow.name == name).values(state=state))

    def set_address(self, name: str, address: str) -> None:
        with self._database.write() as session:
            session.execute(update(PeerRow).where(PeerRow.name == name).values(address=address))

    def seen(self, name: str, version: str | None = None) -> None:
        """Note that the peer was heard of just now."""
        values: dict[str, object] = {"last_seen_at": now()}
        if version is not None:
            values["version"] = version
        with self._database.write() as session:
            session.execute(update(PeerRow).where(PeerRow.name == name).values(**values))


def check_pinnable(session: Session, peer: PeerRow) -> None:
    """Raises RefusedError("peer.name_taken", "peer.key_taken")."""
    _check_free(session.get(PeerRow, peer.name), peer.name, peer.fingerprint)
    _check_one_name(session, peer)


def _check_free(known: PeerRow | None, name: str, fingerprint: str) -> None:
    if known is not None and known.state == "APPROVED" and known.fingerprint != fingerprint:
        raise RefusedError(
            "peer.name_taken",
            f"The name '{name}' is pinned to another key here.",
            hint="Terminate the old contract first, or ask the peer to choose another name.",
        )


def _check_one_name(session: Session, peer: PeerRow) -> None:
    """One key under two names would pass for two parties, of which a profile says that they do not collude."""
    query = select(PeerRow.name).where(
        PeerRow.fingerprint == peer.fingerprint, PeerRow.name != peer.name, PeerRow.state == "APPROVED"
    )
    if session.scalar(query.limit(1)) is not None:
        raise RefusedError(
            "peer.key_taken",
            f"The key of '{peer.name}' is pinned under another name here.",
            expected="one name for each key",
            hint="Terminate the contract under the old name first.",
        )


def _holds(known: PeerRow | None, peer: PeerRow) -> bool:
    return known is not None and known.state == "APPROVED" and known.fingerprint == peer.fingerprint


def _used() -> RefusedError:
    return RefusedError("invitation.used", "This invitation was already used.", hint="Ask for a new one.")


class InvitationStore:
    """Invitations of this node: usable once, until they expire."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: InvitationRow) -> None:
        with self._database.write() as session:
            session.add(row)

    def all(self) -> list[InvitationRow]:
        with self._database.read() as session:
            return list(session.scalars(select(InvitationRow).order_by(InvitationRow.expires_at.desc())))

    def find(self, invitation: str) -> InvitationRow | None:
        with self._database.read() as session:
            return session.get(InvitationRow, invitation)

    def revoke(self, invitation: str) -> None:
        """Raises NotFoundError("invitation.unknown")."""
        with self._database.write() as session:
            row = session.get(InvitationRow, invitation)
            if row is None:
                raise NotFoundError("invitation.unknown", "There is no such invitation.")
            if row.state == "open":
                row.state = "revoked"
