"""Published vectors, for the native functions and for their references."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.groups import P, Point, decode, expand_message_xmd, map_to_point
from tacit.kernel.reference.prg import encrypt, expand_key

Vectors = Callable[[str], dict[str, Any]]
both = pytest.mark.parametrize("module", [kernel, reference], ids=["native", "reference"])


def rows(*encodings: str) -> Bytes:
    """Hexadecimal encodings as points."""
    return np.frombuffer(bytes.fromhex("".join(encodings)), dtype=np.uint8).reshape(len(encodings), -1)


def hexes(points: Bytes) -> list[str]:
    """Points as hexadecimal encodings."""
    return [row.tobytes().hex() for row in points]


@both
def test_small_multiples_of_the_generator(module: ModuleType, vectors: Vectors) -> None:
    multiples = vectors("ristretto255")["multiples_of_the_generator_from_1"]
    generator = rows(multiples[0])
    for factor, expected in enumerate(multiples, 1):
        assert hexes(module.ristretto_mul(generator, factor.to_bytes(32, "little"))) == [expected]


@both
@pytest.mark.parametrize("kind", ["non_canonical", "negative", "non_square", "negative_xy", "s_minus_one"])
def test_invalid_encodings_are_refused(module: ModuleType, kind: str, vectors: Vectors) -> None:
    data = vectors("ristretto255")
    good = data["multiples_of_the_generator_from_1"]
    for bad in data["invalid"][kind]:
        points = rows(*good[:9], bad, *good[:3], bad)
        with pytest.raises(ValueError, match=r"^point 9 is not a valid encoding"):
            module.ristretto_mul(points, (1).to_bytes(32, "little"))


def test_elements_derived_from_uniform_bytes(vectors: Vectors) -> None:
    for text, expected in vectors("ristretto255")["derived_from_sha512"].items():
        uniform = hashlib.sha512(text.encode()).digest()
        point = map_to_point(uniform[:32]) + map_to_point(uniform[32:])
        assert point.encode().hex() == expected
        decoded = decode(point.encode())
        assert isinstance(decoded, Point)
        assert decoded.y < P
        assert decoded.encode() == point.encode()


@both
def test_oprf(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("oprf")
    for case in data["cases"]:
        message, dst, blind = rows(case["input"]), bytes.fromhex(data["dst"]), bytes.fromhex(case["blind"])
        blinded = module.ristretto_hash_mul(message, dst, blind)
        assert hexes(blinded) == [case["blinded"]]
        assert hexes(module.ristretto_mul(module.ristretto_hash(message, dst), blind)) == [case["blinded"]]
        assert hexes(module.ristretto_mul(blinded, bytes.fromhex(data["secret"]))) == [case["evaluated"]]


def test_expand_message(vectors: Vectors) -> None:
    data = vectors("expand_message")
    for case in data["cases"]:
        assert expand_message_xmd(case["message"].encode(), data["dst"].encode(), 32).hex() == case["bytes"]


@both
def test_x25519(module: ModuleType, vectors: Vectors) -> None:
    for case in vectors("x25519")["cases"]:
        assert hexes(module.x25519_mul(rows(case["u"]), bytes.fromhex(case["scalar"]))) == [case["out"]]


def test_x25519_a_thousand_times(vectors: Vectors) -> None:
    data = vectors("x25519")["iterated"]
    scalar, u = bytes.fromhex(data["start"]), rows(data["start"])
    for turn in range(1, 1001):
        product = kernel.x25519_mul(u, scalar)
        scalar, u = product.tobytes(), np.frombuffer(scalar, dtype=np.uint8).reshape(1, 32)
        if turn == 1:
            assert scalar.hex() == data["1"]
    assert scalar.hex() == data["1000"]


@both
def test_x25519_refuses_points_of_low_order(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("x25519")
    good, scalar = data["cases"][0]["u"], bytes.fromhex(data["cases"][0]["scalar"])
    for bad in data["low_order"]:
        with pytest.raises(ValueError, match=r"^point 10 is not a valid encoding"):
            module.x25519_mul(rows(*[good] * 10, bad, good), scalar)


def test_aes_blocks(vectors: Vectors) -> None:
    data = vectors("aes_ctr")
    keys = expand_key(bytes.fromhex(data["key"]))
    for block, expected in data["blocks"].items():
        assert encrypt(keys, bytes.fromhex(block)).hex() == expected


@both
def test_aes_keystream(module: ModuleType, vectors: Vectors) -> None:
    case = vectors("aes_ctr")["stream"]
    assert (
        module.prg_bytes(bytes.fromhex(case["key"]), case["stream"], 16, case["offset"]).tobytes().hex()
        == case["bytes"]
    )


@both
def test_blake3(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("blake3")
    key = data["key"].encode()
    for case in data["cases"]:
        text = bytes(i % 251 for i in range(case["length"]))
        keyed = module.Blake3(key)
        keyed.update(text)
        offsets = np.array([0, len(text)], dtype=np.int64)
        assert module.blake3_hash(text).hex() == case["hash"][:64]
        assert keyed.digest().hex() == case["keyed"][:64]
        assert hexes(module.blake3_strings(text, offsets, key, 40)) == [case["keyed"]]
