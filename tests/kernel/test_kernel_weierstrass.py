"""P-256 and SM2: published vectors, agreement with the slow twins, and everything that is no usable point."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.weierstrass import P256, SM2, Curve, hash_to_sm2

Vectors = Callable[[str], dict[str, Any]]
few = settings(max_examples=8, deadline=None)
both = pytest.mark.parametrize("module", [kernel, reference], ids=["native", "reference"])
curves = pytest.mark.parametrize(("name", "curve"), [("p256", P256), ("sm2", SM2)], ids=["p256", "sm2"])
fractions = st.integers(1, 2**256) | st.sampled_from([1, 2, 3, 2**255, 2**256 - 1])
ONE = (1).to_bytes(32, "big")


def rows(*encodings: str) -> Bytes:
    """Hexadecimal encodings as points."""
    return np.frombuffer(bytes.fromhex("".join(encodings)), dtype=np.uint8).reshape(len(encodings), -1)


def of(module: ModuleType, name: str, function: str) -> Callable[..., Bytes]:
    """That function of that curve."""
    found: Callable[..., Bytes] = getattr(module, f"{name}_{function}")
    return found


def scalar(curve: Curve, number: int) -> bytes:
    """A usable scalar."""
    return (1 + number % (curve.order - 1)).to_bytes(32, "big")


@both
def test_p256_hash_to_curve(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("weierstrass")["p256"]
    for case in data["hash_to_curve"]:
        message = np.frombuffer(case["message"].encode(), dtype=np.uint8).reshape(1, -1)
        assert module.p256_hash_mul(message, data["dst"].encode(), ONE).tobytes().hex() == case["point"]


@both
def test_p256_multiples_of_the_generator(module: ModuleType, vectors: Vectors) -> None:
    multiples = vectors("weierstrass")["p256"]["multiples_of_the_generator_from_1"]
    for factor, expected in enumerate(multiples, 1):
        assert module.p256_mul(rows(multiples[0]), factor.to_bytes(32, "big")).tobytes().hex() == expected


@both
def test_sm2_products(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("weierstrass")["sm2"]
    for point, factor, product in (
        ("generator", "secret", "public"),
        ("generator", "ephemeral", "times_generator"),
        ("public", "ephemeral", "times_public"),
    ):
        assert module.sm2_mul(rows(data[point]), bytes.fromhex(data[factor])).tobytes().hex() == data[product]


def test_sm2_hash_takes_the_first_number_on_the_curve_and_the_even_y() -> None:
    messages = np.arange(64, dtype=np.uint8).reshape(32, 2)
    for row, message in zip(kernel.sm2_hash_mul(messages, b"tag", ONE), messages, strict=True):
        point = hash_to_sm2(message.tobytes(), b"tag")
        assert point is not None
        assert row.tobytes() == b"\2" + point[0].to_bytes(32, "big")
    plain = kernel.sm2_hash_mul(messages, b"", ONE)
    joined = np.concatenate([np.full((32, 1), ord("t"), np.uint8), messages], axis=1)
    assert np.array_equal(kernel.sm2_hash_mul(messages, b"t", ONE), kernel.sm2_hash_mul(joined, b"", ONE))
    assert not np.array_equal(plain, kernel.sm2_hash_mul(messages, b"t", ONE))


@curves
@few
@given(
    messages=hnp.arrays(np.uint8, st.tuples(st.integers(0, 3), st.integers(0, 40))),
    dst=st.binary(min_size=1, max_size=300),
    number=fractions,
)
def test_agrees_with_its_twin(name: str, curve: Curve, messages: Bytes, dst: bytes, number: int) -> None:
    factor = scalar(curve, number)
    hashed = of(kernel, name, "hash_mul")(messages, dst, factor)
    assert hashed.shape == (len(messages), 33)
    assert np.array_equal(hashed, of(reference, name, "hash_mul")(messages, dst, factor))
    again = scalar(curve, number * number)
    assert np.array_equal(of(kernel, name, "mul")(hashed, again), of(reference, name, "mul")(hashed, again))


@curves
@few
@given(points=hnp.arrays(np.uint8, st.tuples(st.integers(1, 3), st.just(33))), number=fractions)
def test_refuses_what_its_twin_refuses(name: str, curve: Curve, points: Bytes, number: int) -> None:
    points[:, 0] = 2 + points[:, 0] % 2
    results = []
    for module in (kernel, reference):
        try:
            results.append(of(module, name, "mul")(points, scalar(curve, number)).tobytes())
        except ValueError as error:
            results.append(str(error).encode())
    assert results[0] == results[1]


def bad_points(curve: Curve) -> dict[str, str]:
    """Encodings that stand for no usable point."""
    off = next(x for x in range(1000) if curve.root(curve.square_of_y(x)) is None)
    small = next(x for x in range(1000) if curve.root(curve.square_of_y(x)) is not None)
    on = f"{small:064x}"
    return {
        "off the curve": f"02{off:064x}",
        "x + p": f"02{small + curve.p:064x}",
        "x = p": f"03{curve.p:064x}",
        "all ones": "03" + "f" * 64,
        "identity": "00" * 33,
        "identity with a tail": "00" + on,
        "no tag": "01" + on,
        "uncompressed": "04" + on,
        "compact": "05" + on,
        "hybrid": "06" + on,
        "hybrid odd": "07" + on,
        "high tag": "82" + on,
    }


@both
@curves
def test_bad_points_are_named_by_their_index(module: ModuleType, name: str, curve: Curve) -> None:
    count = 150 if module is kernel else 3
    good = np.repeat(of(kernel, name, "hash_mul")(np.zeros((1, 1), np.uint8), b"t", ONE), count, axis=0)
    assert np.array_equal(of(kernel, name, "mul")(good, ONE), good)
    for bad in bad_points(curve).values():
        points = good.copy()
        points[count - 2 :] = rows(bad)
        with pytest.raises(ValueError, match=rf"^point {count - 2} is not a valid encoding"):
            of(module, name, "mul")(points, ONE)


@both
@curves
def test_bad_scalars_are_refused(module: ModuleType, name: str, curve: Curve) -> None:
    message = np.zeros((1, 1), np.uint8)
    point = of(kernel, name, "hash_mul")(message, b"t", ONE)
    for bad in (bytes(32), curve.order.to_bytes(32, "big"), b"\xff" * 32):
        with pytest.raises(ValueError, match="scalar must be canonical"):
            of(module, name, "mul")(point, bad)
        with pytest.raises(ValueError, match="scalar must be canonical"):
            of(module, name, "hash_mul")(message, b"t", bad)


@curves
def test_shapes_are_checked(name: str, curve: Curve) -> None:
    for width in (0, 32, 34, 65):
        with pytest.raises(ValueError, match=r"shape \(n, 33\)"):
            of(kernel, name, "mul")(np.zeros((1, width), np.uint8), ONE)
    with pytest.raises(ValueError, match="scalar must have 32 bytes"):
        of(kernel, name, "mul")(np.zeros((1, 33), np.uint8), ONE[1:])
    with pytest.raises(TypeError, match="dst must be bytes"):
        of(kernel, name, "hash_mul")(np.zeros((1, 33), np.uint8), "tag", ONE)
    assert of(kernel, name, "mul")(np.zeros((0, 33), np.uint8), ONE).shape == (0, 33)
    assert of(kernel, name, "hash_mul")(np.zeros((0, 33), np.uint8), b"t", ONE).shape == (0, 33)


@both
def test_p256_needs_a_tag(module: ModuleType) -> None:
    with pytest.raises(ValueError, match="dst must not be empty"):
        module.p256_hash_mul(np.zeros((1, 1), np.uint8), b"", ONE)


@curves
def test_masks_commute_over_a_batch(name: str, curve: Curve) -> None:
    messages = np.arange(300, dtype=np.uint64).view(np.uint8).reshape(-1, 8)
    a, b = getattr(kernel, f"{name}_random_scalar")(), getattr(kernel, f"{name}_random_scalar")()
    assert a != b and all(0 < int.from_bytes(s, "big") < curve.order for s in (a, b))
    hash_mul, mul = of(kernel, name, "hash_mul"), of(kernel, name, "mul")
    left = mul(hash_mul(messages, b"t", a), b)
    assert np.array_equal(left, mul(hash_mul(messages, b"t", b), a))
    assert len(np.unique(left, axis=0)) == len(messages)
