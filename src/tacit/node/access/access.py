"""Everything of people and access at one node, put together."""

from __future__ import annotations

from tacit.ledger.audit import AuditTrail
from tacit.node.access.authority import RoleAuthority
from tacit.node.access.clients import Clients
from tacit.node.access.oidc import Oidc
from tacit.node.access.people import People
from tacit.node.access.sessions import Sessions
from tacit.node.access.sign_in import SignIn
from tacit.node.database import Database
from tacit.node.settings import Settings
from tacit.node.stores.access import ClientStore, SessionStore, UserStore


class Access:
    """`people`, their `sessions` and ways to `sign_in`, `oidc`, API `clients`, and the `authority` over actions."""

    def __init__(self, database: Database, settings: Settings, trail: AuditTrail) -> None:
        users = UserStore(database)
        self.authority = RoleAuthority()
        self.sessions = Sessions(SessionStore(database), idle_s=settings.session_idle_s, total_s=settings.session_s)
        self.people = People(users, self.sessions, trail, keep_administrator=not settings.local_token)
        self.sign_in = SignIn(users, self.sessions, trail)
        self.clients = Clients(ClientStore(database), trail)
        self.oidc = Oidc(settings.oidc)
