"""Applications, this node's data products, and copies of its peers' products."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tacit.errors import NotFoundError
from tacit.governance.applications import OPEN, WAITING, ApplicationState, check_room
from tacit.node.clock import now
from tacit.node.database import Database, Document, OutboxRow, PeerRow
from tacit.node.stores.outbox import enqueue
from tacit.node.stores.peers import check_pinnable
from tacit.node.tables.portal import ApplicationRow, PeerProductRow, ProductFetchRow, ProductRow

RECEIVED, SENT = "received", "sent"


class ApplicationStore:
    """`move` is the only way to another state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, row: ApplicationRow, since: float) -> ApplicationRow:
        """Keep a stranger's application if there is room; the one that this key has open, if it has one.

        Raises RefusedError("application.full", "application.too_many").
        """
        with self._database.write() as session:
            known = _open(session, row.open_key)
            if known is not None:
                return known
            received = select(func.count()).select_from(ApplicationRow).where(ApplicationRow.side == RECEIVED)
            waiting = received.where(ApplicationRow.state.in_(WAITING))
            mine = received.where(ApplicationRow.fingerprint == row.fingerprint, ApplicationRow.created_at >= since)
            check_room(
                waiting=session.scalar(waiting) or 0,
                of_caller=session.scalar(waiting.where(ApplicationRow.host == row.host)) or 0,
                of_key=session.scalar(mine) or 0,
            )
            session.add(row)
        return row

    def send(self, row: ApplicationRow) -> ApplicationRow:
        """Keep an own application, or find the one that is open at the same node."""
        with self._database.write() as session:
            known = _open(session, row.open_key)
            if known is not None:
                return known
            session.add(row)
        return row

    def find(self, application: str) -> ApplicationRow | None:
        with self._database.read() as session:
            return session.get(ApplicationRow, application)

    def get(self, application: str) -> ApplicationRow:
        """Raises NotFoundError("application.unknown")."""
        row = self.find(application)
        if row is None:
            raise NotFoundError("application.unknown", "There is no such application here.", found=application)
        return row

    def all(self, *, side: str | None = None, states: Iterable[str] | None = None) -> list[ApplicationRow]:
        """Newest first."""
        query = select(ApplicationRow).order_by(ApplicationRow.created_at.desc(), ApplicationRow.id)
        if side is not None:
            query = query.where(ApplicationRow.side == side)
        if states is not None:
            query = query.where(ApplicationRow.state.in_(list(states)))
        with self._database.read() as session:
            return list(session.scalars(query))

    def candidate(self, node_id: str) -> ApplicationRow | None:
        """An open own application at a node of this name."""
        found = (each for each in self.all(side=SENT, states=OPEN) if each.node_id == node_id and each.certificate)
        return next(found, None)

    def due(self, at: float) -> list[ApplicationRow]:
        """Own applications about which the other node is to be asked or told now."""
        rows = self.all(side=SENT, states=(*OPEN, ApplicationState.WITHDRAWN))
        return [row for row in rows if row.next_at <= at and not row.told]

    def move(
        self,
        application: str,
        sources: Iterable[ApplicationState],
        state: ApplicationState,
        also: Iterable[OutboxRow] = (),
        *,
        peer: PeerRow | None = None,
        **values: Any,
    ) -> bool:
        """Change the state, pin the peer and enqueue messages in one commit; False if it is in another state.

        Raises RefusedError("peer.name_taken", "peer.key_taken").
        """
        at = now()
        with self._database.write() as session:
            query = update(ApplicationRow).where(ApplicationRow.id == application, ApplicationRow.state.in_(sources))
            if state not in OPEN:
                values |= {"open_key": None, "ended_at": at}
            if not session.execute(query.values(state=state, **values)).rowcount:  # type: ignore[attr-defined]
                return False
            row = session.get_one(ApplicationRow, application, populate_existing=True)
            row.times = {**row.times, str(state): at}
            if peer is not None:
                check_pinnable(session, peer)
                session.merge(peer)
            enqueue(session, also)
            return True

    def note(self, application: str, **values: Any) -> None:
        with self._database.write() as session:
            session.execute(update(ApplicationRow).where(ApplicationRow.id == application).values(**values))

    def drop_ended(self, before: float) -> None:
        """Forget strangers' applications that ended long ago, but not those that made a peer."""
        gone = (ApplicationState.REJECTED, ApplicationState.EXPIRED, ApplicationState.WITHDRAWN)
        query = delete(ApplicationRow).where(ApplicationRow.side == RECEIVED, ApplicationRow.state.in_(gone))
        with self._database.write() as session:
            session.execute(query.where(ApplicationRow.ended_at < before))


def _open(session: Session, key: str | None) -> ApplicationRow | None:
    return session.scalar(select(ApplicationRow).where(ApplicationRow.open_key == key)) if key else None


class ProductStore:
    """This node's own products, and copies of its peers'."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str) -> ProductRow | None:
        with self._database.read() as session:
            return session.get(ProductRow, name)

    def get(self, name: str) -> ProductRow:
        """Raises NotFoundError("product.unknown")."""
        row = self.find(name)
        if row is None:
            raise unknown_product(name)
        return row

    def all(self, state: str | None = None) -> list[ProductRow]:
        """In order of their names."""
        query = select(ProductRow).order_by(ProductRow.name)
        if state is not None:
            query = query.where(ProductRow.state == state)
        with self._database.read() as session:
            return list(session.scalars(query))

    def keep(self, row: ProductRow) -> None:
        with self._database.write() as session:
            session.merge(row)

    def move(self, name: str, version: int, state: str, **values: Any) -> bool:
        """Change the state of this version; False if another version has come, or it is in that state already."""
        query = update(ProductRow).where(ProductRow.name == name, ProductRow.version == version)
        with self._database.write() as session:
            done = session.execute(query.where(ProductRow.state != state).values(state=state, **values))
            return bool(done.rowcount)  # type: ignore[attr-defined]

    # -- of peers --------------------------------------------------------------------------------------------------

    def copies(self) -> list[PeerProductRow]:
        with self._database.read() as session:
            return list(session.scalars(select(PeerProductRow).order_by(PeerProductRow.peer, PeerProductRow.name)))

    def copy(self, peer: str, name: str) -> PeerProductRow:
        """Raises NotFoundError("product.unknown")."""
        with self._database.read() as session:
            row = session.get(PeerProductRow, (peer, name))
        if row is None:
            raise unknown_product(name)
        return row

    def fetches(self) -> dict[str, ProductFetchRow]:
        with self._database.read() as session:
            return {row.peer: row for row in session.scalars(select(ProductFetchRow))}

    def replace_copies(self, peer: str, documents: Iterable[Document]) -> None:
        """What a peer offers now, in place of what it offered before."""
        at = now()
        with self._database.write() as session:
            session.execute(delete(PeerProductRow).where(PeerProductRow.peer == peer))
            session.add_all(PeerProductRow(peer=peer, name=each["identifier"], document=each) for each in documents)
            session.merge(ProductFetchRow(peer=peer, fetched_at=at, tried_at=at, error=None))

    def note_failure(self, peer: str, error: str) -> None:
        with self._database.write() as session:
            known = session.get(ProductFetchRow, peer)
            fetched = known.fetched_at if known is not None else None
            session.merge(ProductFetchRow(peer=peer, fetched_at=fetched, tried_at=now(), error=error))

    def drop_copies(self, peer: str) -> None:
        """The contract with the peer has ended."""
        with self._database.write() as session:
            session.execute(delete(PeerProductRow).where(PeerProductRow.peer == peer))
            session.execute(delete(ProductFetchRow).where(ProductFetchRow.peer == peer))


def unknown_product(name: str) -> NotFoundError:
    """For a product that is not there, or not for the caller's eyes."""
    return NotFoundError("product.unknown", "There is no such data product.", found=name[:128])
