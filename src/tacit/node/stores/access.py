"""Users, their sign-in sessions, one-time codes and links, and API clients, as they are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tacit.errors import InputError, NotFoundError, RefusedError
from tacit.node.database import Database
from tacit.node.tables.access import ClientRow, SessionRow, SignInCodeRow, UserLinkRow, UserRow

_ADMIN = "administrator"


class UserStore:
    """Users, with what signs them in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[UserRow]:
        with self._database.read() as session:
            return list(session.scalars(select(UserRow).order_by(UserRow.name)))

    def find(self, name: str) -> UserRow | None:
        with self._database.read() as session:
            return session.get(UserRow, name)

    def get(self, name: str) -> UserRow:
        """Raises NotFoundError("user.unknown")."""
        with self._database.read() as session:
            return _user(session, name)

    def add(self, row: UserRow, link: UserLinkRow | None = None) -> None:
        """Raises InputError("user.name_taken")."""
        try:
            with self._database.write() as session:
                session.add(row)
                session.flush()
                if link is not None:
                    session.add(link)
        except IntegrityError as fault:
            raise InputError(
                "user.name_taken", "There is a user of this name already.", found=row.name, hint="Choose another."
            ) from fault

    def change(self, name: str, *, keep_administrator: bool = False, **values: Any) -> UserRow:
        """Set fields. Raises NotFoundError("user.unknown"), RefusedError("user.last_administrator")."""
        with self._database.write() as session:
            row = _user(session, name)
            for field, value in values.items():
                setattr(row, field, value)
            session.flush()
            _check_administrator(session, keep_administrator)
            return row

    def remove(self, name: str, *, keep_administrator: bool = False) -> None:
        """With everything that signs them in. Raises NotFoundError("user.unknown"), "user.last_administrator"."""
        with self._database.write() as session:
            session.delete(_user(session, name))
            session.flush()
            for table in (UserLinkRow, SessionRow, SignInCodeRow):
                session.execute(delete(table).where(table.user == name))
            _check_administrator(session, keep_administrator)

    # -- one-time codes and links

    def add_code(self, row: SignInCodeRow, now: float) -> None:
        """A new code takes the place of older ones of that user."""
        with self._database.write() as session:
            _user(session, row.user)
            old = (SignInCodeRow.user == row.user) | (SignInCodeRow.expires_at <= now)
            session.execute(delete(SignInCodeRow).where(old))
            session.add(row)

    def take_code(self, hash: str, now: float) -> str | None:
        """The user whose code this is; it cannot be taken again. None: no such code, or too late."""
        with self._database.write() as session:
            row = session.get(SignInCodeRow, hash)
            if row is None:
                return None
            gone = session.execute(delete(SignInCodeRow).where(SignInCodeRow.hash == hash))
            session.expunge(row)
            return row.user if _count(gone) == 1 and row.expires_at > now else None

    def linked(self, issuer: str, subject: str) -> UserRow | None:
        with self._database.read() as session:
            link = session.get(UserLinkRow, (issuer, subject))
            return None if link is None else session.get(UserRow, link.user)

    def links(self, name: str) -> list[UserLinkRow]:
        with self._database.read() as session:
            query = select(UserLinkRow).where(UserLinkRow.user == name)
            return list(session.scalars(query.order_by(UserLinkRow.issuer, UserLinkRow.subject)))

    def link(self, row: UserLinkRow) -> None:
        """Raises NotFoundError("user.unknown"), InputError("user.link_exists")."""
        try:
            with self._database.write() as session:
                _user(session, row.user)
                session.add(row)
        except IntegrityError as fault:
            raise InputError("user.link_exists", "This account at the provider is linked to a user already.") from fault

    def unlink(self, name: str, issuer: str, subject: str) -> bool:
        """False if there is no such link."""
        with self._database.write() as session:
            of = (UserLinkRow.user == name) & (UserLinkRow.issuer == issuer) & (UserLinkRow.subject == subject)
            return _count(session.execute(delete(UserLinkRow).where(of))) == 1


class SessionStore:
    """Who is signed in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: SessionRow, *, at_most: int) -> list[str]:
        """Returns the ids of the oldest sessions of that user, which go when there are more than `at_most`."""
        with self._database.write() as session:
            query = select(SessionRow).where(SessionRow.user == row.user).order_by(SessionRow.seen_at.desc())
            over = list(session.scalars(query))[at_most - 1 :]
            for old in over:
                session.delete(old)
            session.add(row)
            user = session.get(UserRow, row.user)
            if user is not None:
                user.signed_in_at = row.created_at
            return [old.id for old in over]

    def find(self, hash: str) -> tuple[SessionRow, UserRow] | None:
        query = select(SessionRow, UserRow).join(UserRow, UserRow.name == SessionRow.user)
        with self._database.read() as session:
            found = session.execute(query.where(SessionRow.hash == hash)).first()
            return None if found is None else (found[0], found[1])

    def of(self, user: str) -> list[SessionRow]:
        with self._database.read() as session:
            query = select(SessionRow).where(SessionRow.user == user)
            return list(session.scalars(query.order_by(SessionRow.created_at, SessionRow.id)))

    def touch(self, id: str, now: float) -> None:
        with self._database.write() as session:
            session.execute(update(SessionRow).where(SessionRow.id == id).values(seen_at=now))

    def remove(self, user: str, id: str) -> bool:
        """False if that user has no such session."""
        with self._database.write() as session:
            chosen = (SessionRow.user == user) & (SessionRow.id == id)
            return _count(session.execute(delete(SessionRow).where(chosen))) == 1

    def remove_all(self, user: str, *, but: str | None = None) -> int:
        """How many went."""
        with self._database.write() as session:
            chosen = (SessionRow.user == user) & (SessionRow.id != (but or ""))
            return _count(session.execute(delete(SessionRow).where(chosen)))

    def sweep(self, now: float, idle_s: float) -> None:
        """Forget those that are over."""
        with self._database.write() as session:
            over = (SessionRow.expires_at <= now) | (SessionRow.seen_at <= now - idle_s)
            session.execute(delete(SessionRow).where(over))


class ClientStore:
    """API clients."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ClientRow]:
        with self._database.read() as session:
            return list(session.scalars(select(ClientRow).order_by(ClientRow.name)))

    def find(self, id: str) -> ClientRow | None:
        with self._database.read() as session:
            return session.get(ClientRow, id)

    def named(self, name: str) -> ClientRow:
        """Raises NotFoundError("client.unknown")."""
        with self._database.read() as session:
            return _client(session, name)

    def add(self, row: ClientRow) -> None:
        """Raises InputError("client.name_taken")."""
        try:
            with self._database.write() as session:
                session.add(row)
        except IntegrityError as fault:
            raise InputError(
                "client.name_taken", "There is an API client of this name already.", found=row.name
            ) from fault

    def change(self, name: str, **values: Any) -> ClientRow:
        """Set fields. Raises NotFoundError("client.unknown")."""
        with self._database.write() as session:
            row = _client(session, name)
            for field, value in values.items():
                setattr(row, field, value)
            return row

    def remove(self, name: str) -> ClientRow:
        """Raises NotFoundError("client.unknown")."""
        with self._database.write() as session:
            row = _client(session, name)
            session.delete(row)
            return row

    def count(self, id: str, *, used_at: float, day: int, calls: int) -> None:
        """Add to the calls of a day."""
        with self._database.write() as session:
            counted = case((ClientRow.day == day, ClientRow.day_count + calls), else_=calls)
            change = update(ClientRow).where(ClientRow.id == id)
            session.execute(change.values(day_count=counted, day=day, used_at=used_at))


def _user(session: Session, name: str) -> UserRow:
    row = session.get(UserRow, name)
    if row is None:
        raise NotFoundError("user.unknown", "There is no such user.", found=name, hint="`tacit user list` shows them.")
    return row


def _client(session: Session, name: str) -> ClientRow:
    row = session.scalars(select(ClientRow).where(ClientRow.name == name)).first()
    if row is None:
        raise NotFoundError(
            "client.unknown", "There is no such API client.", found=name, hint="`tacit client list` shows them."
        )
    return row


def _check_administrator(session: Session, needed: bool) -> None:
    if not needed:
        return
    if not any(_ADMIN in row.roles for row in session.scalars(select(UserRow).where(UserRow.disabled.is_(False)))):
        raise RefusedError(
            "user.last_administrator",
            "Then nobody could manage this node's people any more.",
            hint="Make another user an administrator first.",
        )


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
