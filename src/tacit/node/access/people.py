"""The users of a node, as administrators see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tacit.errors import NotFoundError, ParameterError
from tacit.governance.access import check_roles
from tacit.ledger.audit import AuditTrail
from tacit.node.access.passwords import check_password, hash_password
from tacit.node.access.secrets import hash_of, new_secret
from tacit.node.access.sessions import Sessions
from tacit.node.acting import PERSON
from tacit.node.clock import now
from tacit.node.stores.access import UserStore
from tacit.node.tables.access import SignInCodeRow, UserLinkRow, UserRow

CODE_S = 3600.0  # how long a one-time code can be used
ORIGIN = "local"
_NAME = re.compile(r"^[a-z][a-z0-9._-]{1,62}$")


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """Signs `user` in once. Shown once; only its hash is kept."""

    user: str
    code: str
    expires_at: float


class People:
    """Adding, changing and removing users. `keep_administrator`: there must always be one among them."""

    def __init__(
        self,
        store: UserStore,
        sessions: Sessions,
        trail: AuditTrail,
        *,
        keep_administrator: bool,
        clock: Callable[[], float] = now,
    ) -> None:
        self.store, self._sessions, self._trail = store, sessions, trail
        self._keep_administrator, self._clock = keep_administrator, clock

    def add(
        self,
        name: str,
        roles: Iterable[str],
        *,
        display_name: str = "",
        password: str | None = None,
        must_change: bool = True,
    ) -> UserRow:
        """A user without `password` signs in with a one-time code first.

        Raises ParameterError("user.name_invalid", "access.…", "password.…"), InputError("user.name_taken").
        """
        if password is not None:
            check_password(password, name, display_name)
        row = new_user(name, check_roles(roles), display_name, moment=self._clock())
        row.password, row.must_change = None if password is None else hash_password(password), must_change
        self.store.add(row)
        self._record("user.added", name, roles=" ".join(row.roles))
        return row

    def change(self, name: str, **values: Any) -> UserRow:
        """`display_name`, `roles`, `disabled`. What was open to the user before is closed at once."""
        if "roles" in values:
            values["roles"] = sorted(check_roles(values["roles"]))
        row = self.store.change(name, keep_administrator=self._keep_administrator, **values)
        if row.disabled:
            self._sessions.end_all(name)
        self._sessions.forget()
        self._record("user.changed", name, fields=" ".join(sorted(values)), roles=" ".join(row.roles))
        return row

    def remove(self, name: str) -> None:
        """With sessions, codes and links. Raises NotFoundError("user.unknown")."""
        self.store.remove(name, keep_administrator=self._keep_administrator)
        self._sessions.forget()
        self._record("user.removed", name)

    def give_code(self, name: str, *, reset: bool = False) -> OneTimeCode:
        """A code that signs the user in once, within an hour. `reset`: the password is gone, a new one must be set."""
        code = new_secret()
        moment = self._clock()
        if reset:
            self.store.change(name, password=None, must_change=True)
            self._sessions.end_all(name)
        self.store.add_code(SignInCodeRow(hash=hash_of(code), user=name, expires_at=moment + CODE_S), moment)
        self._record("user.code_given", name, reset=reset)
        return OneTimeCode(name, code, moment + CODE_S)

    def link(self, name: str, issuer: str, subject: str) -> None:
        """Whoever signs in as `subject` at `issuer` is this user from now on."""
        self.store.link(UserLinkRow(issuer=issuer, subject=subject, user=name, created_at=self._clock()))
        self._record("user.linked", name, issuer=issuer)

    def unlink(self, name: str, issuer: str, subject: str) -> None:
        """Raises NotFoundError("user.link_unknown")."""
        if not self.store.unlink(name, issuer, subject):
            raise NotFoundError("user.link_unknown", "The user is not linked to that provider.", found=issuer)
        self._sessions.end_all(name)
        self._record("user.unlinked", name, issuer=issuer)

    def end_sessions(self, name: str) -> int:
        """Sign a user out everywhere. Raises NotFoundError("user.unknown")."""
        self.store.get(name)
        gone = self._sessions.end_all(name)
        self._record("session.ended_all", name, sessions=gone)
        return gone

    def _record(self, act: str, name: str, **details: str | int | bool | None) -> None:
        self._trail.record(act, f"user:{name}", details, actor=PERSON)


def new_user(
    name: str, roles: Iterable[str], display_name: str = "", *, origin: str = ORIGIN, moment: float
) -> UserRow:
    """A user who cannot sign in yet. Raises ParameterError("user.name_invalid")."""
    if not _NAME.match(name):
        raise ParameterError(
            "user.name_invalid",
            "This cannot be the name of a user.",
            found=name[:80],
            expected="a lower-case letter, then letters, digits, '.', '-' or '_', 2 to 63 in all",
        )
    return UserRow(
        name=name,
        display_name=display_name or name,
        roles=sorted(roles),
        password=None,
        disabled=False,
        must_change=False,
        origin=origin,
        created_at=moment,
        signed_in_at=None,
    )
