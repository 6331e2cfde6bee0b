"""The one place where an action is allowed or refused: casbin over the policy of `tacit.governance.access`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import casbin
import structlog

from tacit.errors import RefusedError
from tacit.governance.access import ACTIONS, MODEL, policy
from tacit.node.acting import Principal

_log = structlog.get_logger("access")


class RoleAuthority:
    """Says whether somebody may do something; see `tacit.node.api.authority.Authority`."""

    def __init__(self) -> None:
        self._enforcer = _enforcer()
        self._allows = lru_cache(maxsize=4096)(self._enforce)  # the policy does not change while the node runs

    def check(self, principal: Principal, action: str) -> None:
        """Raises RefusedError("access.denied")."""
        if not self.may(principal, action):
            _log.warning("access.denied", actor=principal.actor, action=action)
            raise RefusedError(
                "access.denied",
                "You may not do this at this node.",
                found=action,
                expected=", ".join(sorted(ACTIONS[action].roles)) if action in ACTIONS else None,
                hint="Ask somebody with one of these roles, or an administrator.",
            )

    def may(self, principal: Principal, action: str) -> bool:
        """One of the roles has the action, and it is within the scopes where there are any."""
        if principal.kind in ("node", "nobody") or action not in ACTIONS:
            return False
        if principal.scopes is not None and action not in principal.scopes:
            return False
        return any(self._allows(role, action) for role in principal.roles)

    def actions_of(self, principal: Principal) -> list[str]:
        """All that somebody may do, sorted."""
        return sorted(action for action in ACTIONS if self.may(principal, action))

    def _enforce(self, role: str, action: str) -> bool:
        return bool(self._enforcer.enforce(role, action))


def _enforcer() -> Any:
    model = casbin.Model()
    model.load_model_from_text(MODEL)
    enforcer = casbin.Enforcer(model)
    for role, action in policy():
        enforcer.add_policy(role, action)
    return enforcer
