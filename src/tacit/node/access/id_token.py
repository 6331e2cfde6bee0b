"""Checks an ID token. Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 8725 (algorithms that are allowed, no `none`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt

from tacit.errors import RefusedError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY_S = 60.0
MAX_CHARACTERS = 32_768
Keys = Callable[[bool], list[dict[str, Any]]]  # True: fetch them anew


def check_id_token(token: str, *, keys: Keys, issuer: str, audience: str, nonce: str) -> dict[str, Any]:
    """The claims of a token that `issuer` signed for `audience` in answer to `nonce`.

    Raises RefusedError("auth.oidc_refused") that says what is wrong, never what the token holds.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(token, keys),
            algorithms=list(ALGORITHMS),
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as fault:
        raise _refuse(type(fault).__name__) from fault
    _check_rest(claims, audience, nonce)
    return claims


def _key(token: str, keys: Keys) -> Any:
    """The provider's key that the token names; fetched anew if it is not known, for providers change their keys."""
    if len(token) > MAX_CHARACTERS:
        raise _refuse("too long")
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise _refuse("an algorithm that is not allowed")
    for anew in (False, True):
        if (found := _matching(keys(anew), header)) is not None:
            return found
    raise _refuse("an unknown key")


def _matching(keys: list[dict[str, Any]], header: dict[str, Any]) -> Any:
    """By its id. A token without one fits only a provider that has one key for signing."""
    signing = [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]
    wanted = header.get("kid")
    fitting = [key for key in signing if key.get("kid") == wanted] if wanted is not None else signing
    if len(fitting) != 1 or fitting[0].get("alg", header["alg"]) != header["alg"]:
        return None
    return jwt.PyJWK.from_dict(fitting[0], algorithm=header["alg"]).key


def _check_rest(claims: dict[str, Any], audience: str, nonce: str) -> None:
    if claims.get("nonce") != nonce:
        raise _refuse("another nonce")
    party = claims.get("azp")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several and party is None) or (party is not None and party != audience):
        raise _refuse("another party")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise _refuse("no subject")


def _refuse(found: str) -> RefusedError:
    return RefusedError(
        "auth.oidc_refused",
        "What the identity provider sent does not prove who signs in.",
        found=found,
        hint="Begin again; if it stays so, compare issuer and client_id in node.toml with the provider's.",
    )
