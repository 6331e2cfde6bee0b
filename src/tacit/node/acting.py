"""Who acts: the one thing that authorisation asks about and that the audit trail writes down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from tacit.governance.access import LOCAL_ROLE, ROLES
from tacit.ledger.audit import AuditEntry, AuditStore, AuditTrail, Detail

PERSON = "person"  # what parts write as the actor of an act that somebody at this node asked for


@dataclass(frozen=True, slots=True)
class Principal:
    """`local`: whoever can read the node's token file. `user`: signed in. `client`: an API key. `node`: itself.
    `nobody`: asks without saying who, which only a few routes allow.

    `scopes`: the actions that an API key is limited to; None: everything that the roles allow. `session`: id of the
    session or key.
    """

    kind: Literal["local", "user", "client", "node", "nobody"]
    name: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    session: str | None = None

    @property
    def actor(self) -> str:
        """As the audit trail writes it: "user:li.wei", "client:billing", "local", "node"."""
        return self.kind if self.kind in ("local", "node", "nobody") else f"{self.kind}:{self.name}"


NODE = Principal("node", "node")
NOBODY = Principal("nobody", "nobody")
LOCAL = Principal("local", "local", frozenset({*ROLES, LOCAL_ROLE}))
_current: ContextVar[Principal] = ContextVar("acting", default=NODE)


def current() -> Principal:
    """Whoever asked for what this thread or task does now."""
    return _current.get()


@contextmanager
def acting(principal: Principal) -> Iterator[None]:
    """What happens inside is done by `principal`."""
    token = _current.set(principal)
    try:
        yield
    finally:
        _current.reset(token)


def actor_of(actor: str) -> str:
    """`actor`, with the present principal in place of "person"; "person" stays where nobody is known."""
    principal = current()
    return principal.actor if actor == PERSON and principal is not NODE else actor


class NodeTrail(AuditTrail):
    """The node's audit trail: every auditable act passes here, and nowhere else."""

    def __init__(self, store: AuditStore) -> None:
        super().__init__(store)
        self.followers: list[Callable[[str, str], None]] = []  # called after each act with (act, subject)

    def record(
        self, act: str, subject: str, details: dict[str, Detail] | None = None, *, actor: str = "node"
    ) -> AuditEntry:
        """As AuditTrail.record; knows which person it was."""
        entry = super().record(act, subject, details, actor=actor_of(actor))
        for follow in self.followers:
            follow(act, subject)
        return entry
