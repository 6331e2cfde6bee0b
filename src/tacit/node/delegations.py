"""Delegations: a user lets another one decide in their name, for some kinds, for some time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tacit.errors import ParameterError, RefusedError
from tacit.governance.access import ADMIN, COMPLIANCE, OWNER
from tacit.governance.inbox import Delegation, Kind
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import current
from tacit.node.clock import now
from tacit.node.stores.access import UserStore
from tacit.node.stores.inbox import DelegationStore
from tacit.node.tables.inbox import DelegationRow

DECIDING = frozenset({OWNER, COMPLIANCE, ADMIN})
RolesOf = Callable[[str], frozenset[str] | None]


@dataclass(slots=True)
class Delegations:
    """`roles_of`: what a user ("user:li") may be now, None if there is no such user; a delegation brings no role that
    its giver has lost."""

    store: DelegationStore
    trail: AuditTrail
    roles_of: RolesOf
    clock: Callable[[], float] = now

    def give(
        self,
        delegate: str,
        roles: Iterable[str],
        *,
        until: float,
        kinds: Iterable[str] = (),
        from_at: float | None = None,
        delegator: str | None = None,
        note: str = "",
    ) -> DelegationRow:
        """Let the user `delegate` decide in the name of the present user; the local owner may name another giver.

        Raises RefusedError: delegation.not_yours, delegation.roles_not_held; ParameterError: delegation.user_unknown,
        delegation.to_oneself, delegation.time_wrong.
        """
        giver, receiver = self._giver(delegator), f"user:{delegate}"
        begin = self.clock() if from_at is None else from_at
        wanted = frozenset(roles)
        self._check(giver, receiver, wanted)
        if not begin < until or until <= self.clock():
            raise ParameterError("delegation.time_wrong", "The delegation ends before it begins, or is over already.")
        row = DelegationRow(
            id=f"delegation-{secrets.token_hex(8)}",
            delegator=giver,
            delegate=receiver,
            roles=sorted(wanted),
            kinds=sorted(str(Kind(kind)) for kind in kinds),
            from_at=begin,
            until=until,
            note=note,
            created_at=self.clock(),
            revoked_at=None,
        )
        self.store.add(row)
        details = {"from": giver, "to": receiver, "roles": ",".join(row.roles)}
        self.trail.record("delegation.given", f"delegation:{row.id}", {**details}, actor="person")
        return row

    def revoke(self, id: str) -> DelegationRow:
        """End it now; the giver and the local owner may. Raises RefusedError("delegation.not_yours")."""
        row = self.store.get(id)
        if current().kind != "local" and current().actor != row.delegator and ADMIN not in current().roles:
            raise _not_yours(row.delegator)
        if self.store.revoke(id, self.clock()):
            self.trail.record("delegation.revoked", f"delegation:{id}", {}, actor="person")
        return self.store.get(id)

    def usable(self, delegate: str) -> list[Delegation]:
        """Those that a user ("user:li") can use now, with the roles that their givers still have."""
        found = [as_delegation(row) for row in self.store.of_delegate(delegate, self.clock())]
        return [self._present(each) for each in found]

    def _present(self, delegation: Delegation) -> Delegation:
        present = self.roles_of(delegation.delegator) or frozenset()
        return Delegation(
            delegation.delegator,
            delegation.delegate,
            delegation.roles & present,
            delegation.kinds,
            delegation.from_at,
            delegation.until,
            delegation.revoked,
        )

    def _giver(self, delegator: str | None) -> str:
        principal = current()
        if principal.kind == "local" and delegator is not None:
            return f"user:{delegator}"
        if principal.kind != "user" or delegator not in (None, principal.name):
            raise _not_yours(delegator or principal.actor)
        return principal.actor

    def _check(self, giver: str, receiver: str, wanted: frozenset[str]) -> None:
        if giver == receiver:
            raise ParameterError("delegation.to_oneself", "Nobody delegates to themselves.", found=receiver)
        held = self.roles_of(giver)
        if held is None or self.roles_of(receiver) is None:
            raise ParameterError(
                "delegation.user_unknown",
                "There is no such user.",
                found=(giver if held is None else receiver).removeprefix("user:"),
            )
        if not wanted or wanted - (held & DECIDING):
            raise RefusedError(
                "delegation.roles_not_held",
                "Only roles that decide, and that the giver has, can be delegated.",
                found=", ".join(sorted(wanted)) or "none",
                expected=", ".join(sorted(held & DECIDING)) or "none",
            )


def roles_in(users: UserStore) -> RolesOf:
    """Roles of the users that are kept here; of one who is disabled, none."""

    def roles_of(actor: str) -> frozenset[str] | None:
        row = users.find(actor.removeprefix("user:"))
        return None if row is None or row.disabled else frozenset(row.roles)

    return roles_of


def as_delegation(row: DelegationRow) -> Delegation:
    """As `tacit.governance.inbox` reads it."""
    return Delegation(
        row.delegator,
        row.delegate,
        frozenset(row.roles),
        frozenset(row.kinds),
        row.from_at,
        row.until,
        row.revoked_at is not None,
    )


def _not_yours(found: str) -> RefusedError:
    return RefusedError("delegation.not_yours", "Only the one who delegates may do this.", found=found)
