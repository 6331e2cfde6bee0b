"""Signing in at an identity provider: OpenID Connect, authorization code with PKCE.

Source: OpenID Connect Core 1.0 (3.1), Discovery 1.0; RFC 7636 (PKCE, S256); RFC 9207 (issuer in the answer); RFC 9700.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from tacit.errors import NotFoundError, PeerError, RefusedError
from tacit.node.access.id_token import check_id_token
from tacit.node.access.providers import Identity, ProviderSettings, identity_of
from tacit.node.access.secrets import hash_of, new_secret, same
from tacit.node.clock import now

PENDING_S = 600.0  # how long somebody may take at the provider
PENDING = 1000  # that are at a provider at a time
KNOWN_S = 3600.0  # how long a provider's description is believed
KEYS_S = 10.0  # no more often are keys fetched anew because one is not known
TIMEOUT_S = 10.0
SILENT_S = 5.0  # after a failure the provider is not asked for its description: nobody else waits for it


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody who was sent to a provider. `browser` is kept in a cookie: nobody else's browser can come back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class _Pending:
    provider: str
    nonce: str
    verifier: str
    browser: str  # hash
    back: str
    until: float


class Provider:
    """What is known of one provider, fetched when it is needed."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._described: dict[str, Any] = {}
        self._described_at = self._keys_at = self._failed_at = -KNOWN_S
        self._keys: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def place(self, name: str) -> str:
        """An endpoint. Raises PeerError("oidc.provider_failed")."""
        with self._lock:
            if monotonic() - self._described_at > KNOWN_S:
                self._describe()
        place = self._described.get(name)
        if not isinstance(place, str):
            raise _failed(f"no {name}")
        return place

    def keys(self, *, anew: bool = False) -> list[dict[str, Any]]:
        """Public keys (JWK). `anew`: one is missing; keys are then fetched again, but not all the time."""
        place = self.place("jwks_uri")
        with self._lock:
            age = monotonic() - self._keys_at
            if age > KNOWN_S or (anew and age > KEYS_S) or not self._keys:
                answer = _fetch("GET", place)
                found = answer.get("keys")
                self._keys = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
                self._keys_at = monotonic()
            return self._keys

    def claims(self, code: str, pending_verifier: str, nonce: str, back: str) -> dict[str, Any]:
        """Trade the code for an ID token and check it. Raises RefusedError("auth.oidc_refused")."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": pending_verifier,
            "client_id": self.settings.client_id,
        }
        secret = self.settings.secret()
        auth = None if secret is None else (self.settings.client_id, secret)
        answer = _fetch("POST", self.place("token_endpoint"), data=form, auth=auth)
        claims = self.check(str(answer.get("id_token", "")), nonce)
        return {**self._more(claims, str(answer.get("access_token", ""))), **claims}

    def check(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token of this provider for this node."""
        return check_id_token(
            token,
            keys=lambda anew: self.keys(anew=anew),
            issuer=self.settings.issuer,
            audience=self.settings.client_id,
            nonce=nonce,
        )

    def _more(self, claims: Mapping[str, Any], access_token: str) -> dict[str, Any]:
        """What only the userinfo endpoint tells, where the ID token lacks name or roles."""
        wanted = (self.settings.name_claim, *((self.settings.roles_claim,) if self.settings.roles else ()))
        if all(name in claims for name in wanted) or "userinfo_endpoint" not in self._described or not access_token:
            return {}
        answer = _fetch("GET", self.place("userinfo_endpoint"), headers={"Authorization": f"Bearer {access_token}"})
        return answer if answer.get("sub") == claims["sub"] else {}

    def _describe(self) -> None:
        issuer = self.settings.issuer
        if monotonic() - self._failed_at < SILENT_S:
            raise _failed("no answer a moment ago")
        try:
            answer = _fetch("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        except PeerError:
            self._failed_at = monotonic()
            raise
        if answer.get("issuer") != issuer:
            raise _failed("another issuer than the setting says")
        self._described, self._described_at = answer, monotonic()


class Oidc:
    """Sends people to providers and takes them back. Whoever is under way is known only to this process."""

    def __init__(self, providers: Iterable[ProviderSettings], clock: Callable[[], float] = now) -> None:
        self.providers = {settings.name: Provider(settings) for settings in providers}
        self._clock = clock
        self._pending: OrderedDict[str, _Pending] = OrderedDict()  # hash of the state
        self._lock = threading.Lock()

    def start(self, name: str, back: str) -> Journey:
        """Where to send the browser. `back`: the redirect URI of this node. Raises NotFoundError, PeerError."""
        provider = self._provider(name)
        state, nonce, verifier, browser = (new_secret() for _ in range(4))
        query = {
            "response_type": "code",
            "client_id": provider.settings.client_id,
            "redirect_uri": back,
            "scope": " ".join(provider.settings.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        place = provider.place("authorization_endpoint")
        pending = _Pending(name, nonce, verifier, hash_of(browser), back, self._clock() + PENDING_S)
        with self._lock:
            self._pending[hash_of(state)] = pending
            while len(self._pending) > PENDING:
                self._pending.popitem(last=False)
        return Journey(f"{place}{'&' if '?' in place else '?'}{urlencode(query)}", browser)

    def finish(self, name: str, *, state: str, code: str, browser: str, issuer: str | None = None) -> Identity:
        """Whom the provider vouches for. A state counts once.

        Raises RefusedError("auth.oidc_state", "auth.oidc_refused"), PeerError("oidc.provider_failed").
        """
        provider = self._provider(name)
        with self._lock:
            pending = self._pending.pop(hash_of(state), None)
        if (
            pending is None
            or pending.provider != name
            or pending.until <= self._clock()
            or not same(pending.browser, hash_of(browser))
        ):
            raise RefusedError(
                "auth.oidc_state",
                "This sign-in was not begun here, or too long ago.",
                hint="Begin again from this node's sign-in page, in the same browser.",
            )
        if issuer is not None and issuer != provider.settings.issuer:
            raise RefusedError("auth.oidc_refused", "Another provider answered than was asked.")
        claims = provider.claims(code, pending.verifier, pending.nonce, pending.back)
        return identity_of(provider.settings, claims)

    def _provider(self, name: str) -> Provider:
        if name not in self.providers:
            raise NotFoundError(
                "oidc.provider_unknown",
                "There is no such identity provider.",
                found=name[:40],
                hint="See [[oidc]] in node.toml.",
            )
        return self.providers[name]


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _fetch(method: str, place: str, **options: Any) -> dict[str, Any]:
    """A JSON object. No redirect is followed: an endpoint is where the provider said it is."""
    import httpx

    try:
        answer = httpx.request(method, place, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False, **options)
        if method == "POST" and answer.status_code in (400, 401, 403):
            raise RefusedError(
                "auth.oidc_refused", "The identity provider did not accept the sign-in.", hint="Begin again."
            )
        found = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as fault:
        raise _failed(type(fault).__name__) from fault
    return found if isinstance(found, dict) else {}


def _failed(found: str) -> PeerError:
    return PeerError(
        "oidc.provider_failed",
        "The identity provider does not answer as it should.",
        found=found,
        hint="Can this node reach it? Is its issuer in node.toml as the provider writes it?",
    )
