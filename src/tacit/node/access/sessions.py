"""Sign-in sessions: opened, found by the secret in the cookie, ended by time, by their user or by an administrator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tacit.governance.access import OWN
from tacit.node.access.secrets import csrf_of, hash_of, new_id, new_secret
from tacit.node.acting import Principal
from tacit.node.clock import now
from tacit.node.stores.access import SessionStore
from tacit.node.tables.access import SessionRow, UserRow

FRESH_S = 5.0  # how long what the database said is believed; what ends here is forgotten at once
TOUCH_S = 60.0  # how often it is written that a session is used
AT_MOST = 20  # sessions of one user
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session. `secret` goes into the cookie and nowhere else; `csrf` into a header of unsafe requests."""

    id: str
    user: str
    secret: str
    csrf: str
    expires_at: float
    must_change: bool


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    until: float  # of the monotonic clock


class Sessions:
    """`idle_s`: how long one lasts unused; `total_s`: how long at most."""

    def __init__(self, store: SessionStore, *, idle_s: float, total_s: float, clock: Callable[[], float] = now) -> None:
        self.store = store
        self._idle_s, self._total_s, self._clock = idle_s, total_s, clock
        self._known: dict[str, _Known] = {}
        self._generation = 0  # goes up with every end, so that a reader in between keeps nothing
        self._lock = threading.Lock()

    def open(self, user: UserRow, how: str, address: str, agent: str) -> Opened:
        """Sign in: always a new secret."""
        moment, secret = self._clock(), new_secret()
        self.store.sweep(moment, self._idle_s)
        row = SessionRow(
            id=new_id("ses"),
            hash=hash_of(secret),
            user=user.name,
            how=how,
            address=address[:64],
            agent=agent[:200],
            created_at=moment,
            seen_at=moment,
            expires_at=moment + self._total_s,
        )
        if self.store.add(row, at_most=AT_MOST):
            self.forget()
        return Opened(row.id, user.name, secret, csrf_of(secret), row.expires_at, user.must_change)

    def known(self, secret: str) -> Principal | None:
        """Who it is, if that was asked a moment ago. Never touches the database."""
        with self._lock:
            found = self._known.get(hash_of(secret))
        return found.principal if found is not None and found.until > monotonic() else None

    def find(self, secret: str) -> Principal | None:
        """Who it is; None: no such session, or it is over."""
        hash, generation, moment = hash_of(secret), self._generation, self._clock()
        found = self.store.find(hash)
        if found is None:
            return None
        row, user = found
        if self._is_over(row, user, moment):
            self.end(row.user, row.id)
            return None
        if moment - row.seen_at > TOUCH_S:
            self.store.touch(row.id, moment)
        principal = principal_of(user, row.id)
        self._keep(hash, principal, generation)
        return principal

    def stands(self, secret: str, principal: Principal) -> bool:
        """Whether the session would let in the same person with the same roles. It does not count as use of it: what
        merely stays open must not keep a session from ending unused."""
        found, moment = self.store.find(hash_of(secret)), self._clock()
        if found is None or self._is_over(*found, moment):
            return False
        return principal_of(found[1], found[0].id) == principal

    def of(self, user: str) -> list[SessionRow]:
        """Those of a user that are not over."""
        moment = self._clock()
        alive = (row for row in self.store.of(user) if row.expires_at > moment)
        return [row for row in alive if row.seen_at + self._idle_s > moment]

    def end(self, user: str, id: str) -> bool:
        """False if that user has no such session."""
        gone = self.store.remove(user, id)
        self.forget()
        return gone

    def end_all(self, user: str, *, but: str | None = None) -> int:
        """How many went."""
        gone = self.store.remove_all(user, but=but)
        self.forget()
        return gone

    def forget(self) -> None:
        """What the database says now counts at once."""
        with self._lock:
            self._generation += 1
            self._known.clear()

    def _is_over(self, row: SessionRow, user: UserRow, moment: float) -> bool:
        return user.disabled or row.expires_at <= moment or row.seen_at + self._idle_s <= moment

    def _keep(self, hash: str, principal: Principal, generation: int) -> None:
        with self._lock:
            if generation == self._generation:
                if len(self._known) >= KEPT:
                    self._known.clear()
                self._known[hash] = _Known(principal, monotonic() + FRESH_S)


def principal_of(user: UserRow, session: str | None) -> Principal:
    """Who must change the password can do nothing else before."""
    scopes = OWN if user.must_change else None
    return Principal("user", user.name, frozenset(user.roles), scopes, session)
