"""Forged ID tokens: what one that is not in order is refused for."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tacit.errors import ParameterError, RefusedError
from tacit.node.access.id_token import check_id_token
from tacit.node.access.providers import ProviderSettings, identity_of

ISSUER, AUDIENCE, NONCE = "https://login.bank.example", "tacit-node", "n" * 43
KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def jwk(key: rsa.RSAPrivateKey, **more: Any) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "one", "use": "sig", **more}


KEYS = [jwk(KEY), {**ECAlgorithm.to_jwk(CURVE.public_key(), as_dict=True), "kid": "curve", "use": "sig"}]


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    made = {"iss": ISSUER, "aud": AUDIENCE, "sub": "4711", "iat": now, "exp": now + 300, "nonce": NONCE, **changed}
    return {key: value for key, value in made.items() if value is not None}


def signed(key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one", **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm, headers={} if kid is None else {"kid": kid})


def check(token: str, keys: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    given = KEYS if keys is None else keys
    return check_id_token(token, keys=lambda _anew: given, issuer=ISSUER, audience=AUDIENCE, nonce=NONCE)


def raw(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_a_token_in_order() -> None:
    assert check(signed())["sub"] == "4711"
    assert check(signed(aud=[AUDIENCE]))["sub"] == "4711"
    assert check(signed(aud=[AUDIENCE, "x"], azp=AUDIENCE))["sub"] == "4711"
    assert check(signed(CURVE, "ES256", "curve"))["sub"] == "4711"
    assert check(signed(kid=None), [KEYS[0]])["sub"] == "4711"
    assert check(signed(algorithm="PS256"))["sub"] == "4711"


def shared(secret: bytes) -> str:
    """Signed with HMAC, under the id of an RSA key."""
    head = raw({"alg": "HS256", "kid": "one"}, claims()).rpartition(".")[0]
    made = hmac.digest(secret, head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
FORGED = {
    "wrong nonce": signed(nonce="m" * 43),
    "no nonce": signed(nonce=None),
    "wrong audience": signed(aud="another"),
    "no audience": signed(aud=None),
    "several audiences without a party": signed(aud=[AUDIENCE, "x"]),
    "another party": signed(aud=[AUDIENCE, "x"], azp="x"),
    "another party of one audience": signed(azp="x"),
    "wrong issuer": signed(iss="https://evil.example"),
    "issuer with a slash": signed(iss=ISSUER + "/"),
    "no issuer": signed(iss=None),
    "expired": signed(exp=int(time.time()) - 120),
    "no expiry": signed(exp=None),
    "issued in the future": signed(iat=int(time.time()) + 600),
    "not valid yet": signed(nbf=int(time.time()) + 600),
    "no time of issue": signed(iat=None),
    "no subject": signed(sub=None),
    "empty subject": signed(sub=""),
    "long subject": signed(sub="x" * 256),
    "another key under a known id": signed(OTHER),
    "unknown key id": signed(kid="two"),
    "no key id and several keys": signed(kid=None),
    "algorithm none": raw({"alg": "none", "kid": "one"}, claims()),
    "algorithm None": raw({"alg": "None", "kid": "one"}, claims()),
    "no algorithm": raw({"kid": "one"}, claims()),
    "the public key as a shared secret": shared(PUBLIC),
    "algorithm of another key type": signed(CURVE, "ES256", "one"),
    "signature cut off": signed().rpartition(".")[0] + ".",
    "changed body": ".".join((lambda a, b, c: (a, raw({}, claims(sub="1")).split(".")[1], c))(*signed().split("."))),
    "key in the header": jwt.encode(claims(), OTHER, "RS256", headers={"jwk": jwk(OTHER), "kid": "evil"}),
    "two parts": "a.b",
    "nothing": "",
    "too long": "x" * 40_000,
    "not ASCII": "头.体.签",
}


@pytest.mark.parametrize("kind", sorted(FORGED))
def test_a_token_that_is_not_in_order(kind: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check(FORGED[kind])
    assert caught.value.code == "auth.oidc_refused"
    assert "4711" not in str(caught.value) and NONCE not in str(caught.value)


def test_a_key_for_encryption_or_another_algorithm_signs_nothing() -> None:
    for keys in ([jwk(KEY, use="enc")], [jwk(KEY, alg="RS512")], [], [{"kty": "oct", "k": "eA", "kid": "one"}]):
        with pytest.raises(RefusedError):
            check(signed(), keys)


def test_keys_are_fetched_anew_only_when_one_is_missing() -> None:
    asked: list[bool] = []

    def keys(anew: bool) -> list[dict[str, Any]]:
        asked.append(anew)
        return KEYS if anew else []

    check_id_token(signed(), keys=keys, issuer=ISSUER, audience=AUDIENCE, nonce=NONCE)
    assert asked == [False, True]


# -- from claims to a person


def provider(**values: Any) -> ProviderSettings:
    made = {"name": "bank", "issuer": ISSUER, "client_id": AUDIENCE, "roles": {"a": "operator", "b": "auditor"}}
    return ProviderSettings.model_validate({**made, **values})


@pytest.mark.parametrize(
    ("told", "name"),
    [("Li.Wei", "li.wei"), ("li wei@bank.example", "li-wei"), ("李伟", "u-"), ("007", "u-007"), ("a" * 99, "a" * 62)],
)
def test_names_become_names_of_users(told: str, name: str) -> None:
    assert identity_of(provider(), {"sub": "1", "preferred_username": told}).name == name


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["a", "x"], {"operator"}),
        ("a", {"operator"}),
        ([], set()),
        (None, set()),
        ({"a": 1}, set()),
        ([["a"], 7], set()),
    ],
)
def test_groups_become_roles(groups: Any, roles: set[str]) -> None:
    assert identity_of(provider(), {"sub": "1", "groups": groups}).roles == roles


def test_groups_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        identity_of(provider(), {"sub": "1", "groups": ["a", "b"]})
    assert caught.value.code == "access.roles_conflict"


@pytest.mark.parametrize(
    "values",
    [
        {"issuer": "http://login.bank.example"},
        {"issuer": "ftp://x"},
        {"roles": {"a": "king"}},
        {"name": "A B"},
        {"x": 1},
    ],
)
def test_settings_that_are_not_safe_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        provider(**values)
