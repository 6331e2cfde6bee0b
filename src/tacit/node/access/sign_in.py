"""Signing in by password, by one-time code or by an identity provider; changing one's password; signing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import structlog

from tacit.errors import InputError, NotFoundError, RefusedError
from tacit.ledger.audit import AuditTrail
from tacit.node.access.attempts import Attempts
from tacit.node.access.passwords import check_password, hash_password, is_outdated, password_fits, turn
from tacit.node.access.people import new_user
from tacit.node.access.providers import Identity
from tacit.node.access.secrets import hash_of
from tacit.node.access.sessions import Opened, Sessions
from tacit.node.acting import Principal
from tacit.node.clock import now
from tacit.node.stores.access import UserStore
from tacit.node.tables.access import SessionRow, UserLinkRow, UserRow

_log = structlog.get_logger("access")


@dataclass(frozen=True, slots=True)
class Caller:
    """From where a sign-in comes."""

    address: str
    agent: str = ""


class SignIn:
    """Every way in. What fails says the same, and takes the same time, whether there is such a user or not."""

    def __init__(
        self,
        store: UserStore,
        sessions: Sessions,
        trail: AuditTrail,
        attempts: Attempts | None = None,
        clock: Callable[[], float] = now,
    ) -> None:
        self.store, self.sessions, self._trail, self._clock = store, sessions, trail, clock
        self.attempts = attempts or Attempts()

    def by_password(self, name: str, password: str, caller: Caller) -> Opened:
        """Raises RefusedError: auth.sign_in_failed, auth.locked, auth.busy."""
        with turn():
            waits = self.attempts.enter(name, caller.address)
            user = self.store.find(name)
            fits = password_fits(None if user is None else user.password, password)
        if user is None or not fits or user.disabled:
            self._refuse("password", user, waits)
        self.attempts.succeed(name, caller.address)
        if user.password is not None and is_outdated(user.password):
            self.store.change(name, password=hash_password(password))
        return self._open(user, "password", caller)

    def by_code(self, code: str, caller: Caller) -> Opened:
        """Raises RefusedError: auth.sign_in_failed, auth.locked."""
        self.attempts.enter(None, caller.address)
        name = self.store.take_code(hash_of(code), self._clock())
        user = None if name is None else self.store.find(name)
        if user is None or user.disabled:
            self._refuse("code", user, False)
        self.attempts.succeed(user.name, caller.address)
        return self._open(user, "code", caller)

    def by_identity(self, identity: Identity, caller: Caller) -> Opened:
        """Whom a provider vouched for. Raises RefusedError: auth.not_linked, auth.no_role, auth.sign_in_failed."""
        user = self.store.linked(identity.issuer, identity.subject)
        user = self._welcome(identity) if user is None else self._refresh(user, identity)
        if user.disabled:
            self._refuse("oidc", user, False)
        return self._open(user, "oidc", caller)

    def change_password(self, who: Principal, old: str | None, new: str, caller: Caller) -> Opened:
        """A new password, and a new session in place of all that were. `old` may be left out only by whoever came by
        a one-time code and must set a password. Raises RefusedError("auth.sign_in_failed"), "password.…"."""
        user, session = self.store.get(who.name), self._session_of(who)
        if not (user.must_change and session.how == "code"):
            waits = self.attempts.enter(user.name, caller.address)
            if not password_fits(user.password, old or ""):
                self._refuse("password", user, waits)
            self.attempts.succeed(user.name, caller.address)
        check_password(new, user.name, user.display_name)
        if password_fits(user.password, new):
            raise InputError("password.unchanged", "This is the password that is to be changed.")
        user = self.store.change(user.name, password=hash_password(new), must_change=False)
        self.sessions.end_all(user.name)
        self._trail.record("user.password_changed", f"user:{user.name}", {}, actor="person")
        return self.sessions.open(user, "password", caller.address, caller.agent)

    def out(self, who: Principal) -> None:
        """End the session that asks."""
        if who.session is not None:
            self.sessions.end(who.name, who.session)
            self._trail.record("session.closed", f"user:{who.name}", {}, actor="person")

    def _session_of(self, who: Principal) -> SessionRow:
        for row in self.sessions.of(who.name) if who.kind == "user" else ():
            if row.id == who.session:
                return row
        raise NotFoundError(
            "session.unknown", "There is no such session.", hint="Only a user who signed in has a password."
        )

    def _open(self, user: UserRow, how: str, caller: Caller) -> Opened:
        opened = self.sessions.open(user, how, caller.address, caller.agent)
        self._trail.record("session.opened", f"user:{user.name}", {"how": how}, actor=f"user:{user.name}")
        return opened

    def _refuse(self, how: str, user: UserRow | None, waits: bool) -> NoReturn:
        """The trail names only users that there are: what was typed may be a password in the wrong field."""
        _log.warning("access.sign_in_failed", how=how)
        if user is not None and waits:
            self._trail.record("session.locked", f"user:{user.name}", {"how": how})
        raise RefusedError(
            "auth.sign_in_failed",
            "This name and password, or this code, do not sign anybody in.",
            hint="Try again. A one-time code works once: ask an administrator for another; in a demo, press Enter in "
            "its terminal.",
        )

    def _welcome(self, identity: Identity) -> UserRow:
        """Whoever comes from a provider for the first time."""
        if not identity.may_join:
            raise RefusedError(
                "auth.not_linked",
                "Nobody at this node is linked to this account of the provider.",
                hint="An administrator links it: `tacit user link`.",
            )
        user = new_user(
            identity.name, self._roles(identity), identity.display_name, origin=identity.issuer, moment=self._clock()
        )
        link = UserLinkRow(issuer=identity.issuer, subject=identity.subject, user=user.name, created_at=self._clock())
        self.store.add(user, link)
        self._trail.record(
            "user.added", f"user:{user.name}", {"issuer": identity.issuer, "roles": " ".join(user.roles)}
        )
        return user

    def _refresh(self, user: UserRow, identity: Identity) -> UserRow:
        """The provider decides anew at every sign-in on the roles of those that came from it."""
        if user.origin != identity.issuer:
            return user
        roles = sorted(self._roles(identity))
        if roles == user.roles:
            return user
        user = self.store.change(user.name, roles=roles)
        self.sessions.forget()
        self._trail.record("user.changed", f"user:{user.name}", {"fields": "roles", "roles": " ".join(roles)})
        return user

    def _roles(self, identity: Identity) -> frozenset[str]:
        if not identity.roles:
            raise RefusedError(
                "auth.no_role",
                "The provider says nothing that gives this account a role here.",
                hint="Its groups must be named in the setting oidc.roles, or an administrator links the account.",
            )
        return identity.roles
