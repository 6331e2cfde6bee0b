"""API clients: programs with a key of limited scope, time and number of calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from tacit.errors import RefusedError
from tacit.governance.access import CLIENT, check_scopes
from tacit.ledger.audit import AuditTrail
from tacit.node.access.secrets import hash_of, new_secret, same
from tacit.node.acting import PERSON, Principal, current
from tacit.node.clock import now
from tacit.node.stores.access import ClientStore
from tacit.node.tables.access import ClientRow

PREFIX = "tck_"
FRESH_S = 5.0  # how long what the database said is believed; what ends here is forgotten at once
WRITE_S = 10.0  # how often calls are written down
MINUTE, DAY = 60.0, 86_400.0
PER_MINUTE, PER_DAY = 600, 100_000


@dataclass(slots=True)
class _Known:
    """A client as this process sees it. `counted`: calls of `day`, also those not written yet (`unwritten`)."""

    row: ClientRow
    principal: Principal
    until: float
    day: int
    counted: int
    unwritten: int = 0
    written_at: float = 0.0
    minute: float = 0.0
    in_minute: int = 0


class Clients:
    """Adding and ending API clients, and knowing them by their key. Calls are counted in this process; of the last
    ten seconds' count, a crash of the node loses what was not written yet."""

    def __init__(self, store: ClientStore, trail: AuditTrail, clock: Callable[[], float] = now) -> None:
        self.store, self._trail, self._clock = store, trail, clock
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def add(
        self,
        name: str,
        scopes: Iterable[str],
        *,
        note: str = "",
        expires_at: float | None = None,
        per_minute: int = PER_MINUTE,
        per_day: int = PER_DAY,
    ) -> tuple[ClientRow, str]:
        """The client and its key, which is never shown again.

        Raises ParameterError("access.scope_unknown"), InputError("client.name_taken").
        """
        secret, id = new_secret(), hash_of(new_secret())[:16]
        row = ClientRow(
            id=id,
            name=name,
            hash=hash_of(secret),
            scopes=sorted(check_scopes(scopes)),
            note=note,
            per_minute=per_minute,
            per_day=per_day,
            expires_at=expires_at,
            revoked_at=None,
            created_by=current().actor,
            created_at=self._clock(),
            used_at=None,
            day=0,
            day_count=0,
        )
        self.store.add(row)
        self._record("client.added", name, scopes=len(row.scopes))
        return row, f"{PREFIX}{id}_{secret}"

    def change(self, name: str, **values: Any) -> ClientRow:
        """`scopes`, `note`, `expires_at`, `per_minute`, `per_day`."""
        if "scopes" in values:
            values["scopes"] = sorted(check_scopes(values["scopes"]))
        row = self.store.change(name, **values)
        self._forget(row.id)
        self._record("client.changed", name, fields=" ".join(sorted(values)))
        return row

    def renew(self, name: str) -> tuple[ClientRow, str]:
        """A new key in place of the old one, which ends at once."""
        secret = new_secret()
        row = self.store.change(name, hash=hash_of(secret), revoked_at=None)
        self._forget(row.id)
        self._record("client.key_renewed", name)
        return row, f"{PREFIX}{row.id}_{secret}"

    def revoke(self, name: str) -> ClientRow:
        """The key opens nothing from now on; the client stays in the list."""
        row = self.store.change(name, revoked_at=self._clock())
        self._forget(row.id)
        self._record("client.revoked", name)
        return row

    def remove(self, name: str) -> None:
        """Raises NotFoundError("client.unknown")."""
        self._forget(self.store.remove(name).id)
        self._record("client.removed", name)

    # -- at every request

    def known(self, key: str) -> Principal | None:
        """Who it is, if the database need not be asked. Counts the call. Raises RefusedError as `find`.

        Never waits, not even for another thread that asks the database: it is called on the event loop.
        """
        id, secret = _parts(key)
        if not self._lock.acquire(blocking=False):
            return None
        try:
            known, moment = self._known.get(id), monotonic()
            if known is None or known.until <= moment or known.written_at + WRITE_S <= moment:
                return None
            return self._admit(known, secret)
        finally:
            self._lock.release()

    def find(self, key: str) -> Principal:
        """Who it is. Counts the call.

        Raises RefusedError: auth.key_wrong (unknown, revoked, expired), access.quota_used.
        """
        id, secret = _parts(key)
        with self._lock:
            self._write(id)
            row = self.store.find(id)
            if row is None:
                raise _wrong()
            return self._admit(self._keep(row), secret)

    def stands(self, key: str, principal: Principal) -> bool:
        """Whether the same key would let in the same client with the same scopes. Counts nothing."""
        id, secret = _parts(key)
        row = self.store.find(id)
        if row is None or self._is_over(row) or not same(hash_of(secret), row.hash):
            return False
        return (row.id, frozenset(row.scopes)) == (principal.session, principal.scopes)

    def close(self) -> None:
        """Write down what was counted."""
        with self._lock:
            for id in self._known:
                self._write(id)

    def _keep(self, row: ClientRow) -> _Known:
        moment, today = monotonic(), int(self._clock() // DAY)
        counted = row.day_count if row.day == today else 0
        principal = Principal("client", row.name, frozenset({CLIENT}), frozenset(row.scopes), row.id)
        old = self._known.get(row.id)
        made = _Known(row, principal, moment + FRESH_S, today, counted, 0, moment)
        if old is not None:
            made.minute, made.in_minute = old.minute, old.in_minute
        self._known[row.id] = made
        return made

    def _admit(self, known: _Known, secret: str) -> Principal:
        row, moment = known.row, self._clock()
        if not same(hash_of(secret), row.hash) or self._is_over(row):
            raise _wrong()
        if moment - known.minute >= MINUTE:
            known.minute, known.in_minute = moment, 0
        if int(moment // DAY) != known.day:
            known.day, known.counted = int(moment // DAY), 0
        if known.in_minute >= row.per_minute:
            raise _used(row.per_minute, "a minute", "Wait a minute.")
        if known.counted >= row.per_day:
            raise _used(row.per_day, "a day", "It opens again at midnight UTC, or an administrator raises it.")
        known.in_minute, known.counted, known.unwritten = known.in_minute + 1, known.counted + 1, known.unwritten + 1
        return known.principal

    def _is_over(self, row: ClientRow) -> bool:
        return row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= self._clock())

    def _write(self, id: str) -> None:
        known = self._known.get(id)
        if known is not None and known.unwritten:
            self.store.count(id, used_at=self._clock(), day=known.day, calls=known.unwritten)
            known.unwritten = 0

    def _forget(self, id: str) -> None:
        with self._lock:
            self._write(id)
            self._known.pop(id, None)

    def _record(self, act: str, name: str, **details: str | int | bool | None) -> None:
        self._trail.record(act, f"client:{name}", details, actor=PERSON)


def _parts(key: str) -> tuple[str, str]:
    id, _, secret = key.removeprefix(PREFIX).partition("_")
    if not id or not secret:
        raise _wrong()
    return id, secret


def _wrong() -> RefusedError:
    return RefusedError(
        "auth.key_wrong",
        "This API key opens nothing: it is unknown, revoked or has expired.",
        hint="`tacit client list` shows the keys; `tacit client renew` makes a new one.",
    )


def _used(limit: int, span: str, hint: str) -> RefusedError:
    return RefusedError(
        "access.quota_used",
        "The API client has made all the calls that it may make.",
        found=f"{limit} {span}",
        hint=hint,
    )
