"""Users, their sign-in sessions, and API clients."""

from __future__ import annotations

from typing import Literal

from tacit.node.api.shapes.base import Answer, Time, Wording


class UserRole(Answer):
    """What users can be."""

    name: str
    title: Wording


class ActionShown(Answer):
    """`roles`: who may do it. `scope`: an API key may have it."""

    name: str
    title: Wording
    roles: list[str]
    changes: bool
    scope: bool


class Access(Answer):
    """All roles and actions."""

    roles: list[UserRole]
    actions: list[ActionShown]


class Me(Answer):
    """Who asks, and all that they may do. `must_change`: nothing but setting a password.

    Of a user's session: it ends unused after `idle_s`, which may be counted from up to a minute before the last
    request, and at `expires_at` in any case.
    """

    kind: Literal["local", "user", "client"]
    name: str
    display_name: str
    roles: list[str]
    actions: list[str]
    must_change: bool
    session: str | None
    idle_s: float | None
    expires_at: Time | None


class SignedIn(Answer):
    """The session itself is in the cookie; `csrf` goes into the header X-CSRF-Token of everything but reading."""

    user: str
    csrf: str
    expires_at: Time
    must_change: bool


class SignInSession(Answer):
    """Somebody signed in. `how`: password, code or oidc."""

    id: str
    user: str
    how: str
    address: str
    agent: str
    created_at: Time
    seen_at: Time
    expires_at: Time
    current: bool


class ProviderShown(Answer):
    """Where users can sign in too; `start` is a path of this API for the browser to go to."""

    name: str
    title: str
    start: str


class Providers(Answer):
    """All of them."""

    items: list[ProviderShown]


class Ended(Answer):
    """How many sessions went."""

    ended: int


class Link(Answer):
    """An account at an identity provider."""

    issuer: str
    subject: str
    created_at: Time


class User(Answer):
    """A person. `has_password`: can sign in with one. `origin`: "local", or the provider that gives the roles."""

    name: str
    display_name: str
    roles: list[str]
    disabled: bool
    must_change: bool
    has_password: bool
    origin: str
    created_at: Time
    signed_in_at: Time | None


class UserDetail(User):
    """With links and open sessions."""

    links: list[Link]
    sessions: list[SignInSession]


class OneTimeCode(Answer):
    """Signs the user in once; shown once. `link`: the same for a browser."""

    user: str
    code: str
    link: str
    expires_at: Time


class Client(Answer):
    """An API client. `calls_today`: as last written down."""

    name: str
    id: str
    scopes: list[str]
    note: str
    state: Literal["active", "expired", "revoked"]
    per_minute: int
    per_day: int
    calls_today: int
    expires_at: Time | None
    created_by: str
    created_at: Time
    used_at: Time | None


class ClientKey(Client):
    """With its key, which is shown this once."""

    key: str
