"""The oblivious function: published vectors, native against reference, and what proofs refuse."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.groups import ORDER

Vectors = Callable[[str], dict[str, Any]]
both = pytest.mark.parametrize("module", [kernel, reference], ids=["native", "reference"])
GENERATOR = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"


def rows(encodings: list[str]) -> Bytes:
    """Hexadecimal strings of one length as rows."""
    return np.frombuffer(bytes.fromhex("".join(encodings)), dtype=np.uint8).reshape(len(encodings), -1)


@both
def test_oprf_outputs(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("oprf")
    for case in data["cases"]:
        message, blind = rows([case["input"]]), rows([case["blind"]])
        blinded = module.ristretto_hash_mul_each(message, bytes.fromhex(data["dst"]), blind)
        assert blinded.tobytes().hex() == case["blinded"]
        element = module.ristretto_div_each(rows([case["evaluated"]]), blind)
        assert module.oprf_finalize(message, element).tobytes().hex() == case["output"]


@both
def test_voprf(module: ModuleType, vectors: Vectors) -> None:
    data = vectors("voprf")
    context, secret, public = (bytes.fromhex(data[name]) for name in ("context", "secret", "public"))
    assert kernel.ristretto_mul(rows([GENERATOR.hex()]), secret).tobytes() == public
    for case in data["cases"]:
        blinds, evaluated = rows(case["blinds"]), rows(case["evaluated"])
        messages = [rows([text]) for text in case["inputs"]]
        each = [
            module.ristretto_hash_mul_each(message, b"HashToGroup-" + context, blinds[i : i + 1])
            for i, message in enumerate(messages)
        ]
        blinded = np.concatenate(each)
        assert blinded.tobytes().hex() == "".join(case["blinded"])
        proof = module.dleq_prove(context, secret, blinded, evaluated, bytes.fromhex(case["nonce"]))
        assert proof.hex() == case["proof"]
        assert module.dleq_verify(context, public, blinded, evaluated, proof)
        elements = module.ristretto_div_each(evaluated, blinds)
        for i, message in enumerate(messages):
            assert module.oprf_finalize(message, elements[i : i + 1]).tobytes().hex() == case["outputs"][i]


scalars = st.lists(
    st.integers(1, ORDER - 1) | st.sampled_from([1, 2, ORDER - 1, ORDER // 2]), min_size=1, max_size=11
).map(lambda numbers: rows([number.to_bytes(32, "little").hex() for number in numbers]))


@settings(max_examples=12, deadline=None)
@given(scalars, st.integers(0, 20))
def test_a_scalar_for_every_row(each: Bytes, width: int) -> None:
    messages = np.arange(len(each) * width, dtype=np.uint8).reshape(len(each), width)
    blinded = kernel.ristretto_hash_mul_each(messages, b"test", each)
    assert np.array_equal(blinded, reference.ristretto_hash_mul_each(messages, b"test", each))
    assert np.array_equal(kernel.ristretto_div_each(blinded, each), kernel.ristretto_hash(messages, b"test"))
    assert np.array_equal(kernel.ristretto_div_each(blinded, each), reference.ristretto_div_each(blinded, each))
    assert np.array_equal(kernel.oprf_finalize(messages, blinded), reference.oprf_finalize(messages, blinded))


def test_more_rows_than_one_task() -> None:
    messages = np.arange(1200, dtype=np.uint8).reshape(600, 2).copy()
    each = kernel.ristretto_random_scalars(600)
    assert len({scalar.tobytes() for scalar in each}) == 600
    assert all(0 < int.from_bytes(scalar.tobytes(), "little") < ORDER for scalar in each)
    blinded = kernel.ristretto_hash_mul_each(messages, b"test", each)
    assert np.array_equal(kernel.ristretto_div_each(blinded, each), kernel.ristretto_hash(messages, b"test"))
    alone = kernel.ristretto_hash_mul(messages[555:556], b"test", each[555].tobytes())
    assert np.array_equal(blinded[555:556], alone)


def evaluated(count: int) -> tuple[bytes, bytes, Bytes, Bytes]:
    """Secret, public key, points, and the points times the secret."""
    secret = kernel.ristretto_random_scalar()
    public = kernel.ristretto_mul(rows([GENERATOR.hex()]), secret).tobytes()
    points = kernel.ristretto_hash(np.arange(2 * count, dtype=np.uint16).view(np.uint8).reshape(count, -1), b"t")
    return secret, public, points, kernel.ristretto_mul(points, secret)


def test_proofs_cover_many_points_and_differ_every_time() -> None:
    secret, public, points, products = evaluated(3000)
    proofs = [kernel.dleq_prove(CONTEXT, secret, points, products) for _ in range(2)]
    assert proofs[0] != proofs[1]
    assert all(kernel.dleq_verify(CONTEXT, public, points, products, proof) for proof in proofs)


def test_proofs_of_anything_else_are_refused() -> None:
    secret, public, points, products = evaluated(9)
    proof = kernel.dleq_prove(CONTEXT, secret, points, products)
    other = kernel.ristretto_random_scalar()
    wrong = products.copy()
    wrong[4] = kernel.ristretto_mul(points[4:5], other)
    forged = kernel.dleq_prove(CONTEXT, secret, points, wrong)
    bent = bytes([proof[0] ^ 1]) + proof[1:]
    stranger = kernel.ristretto_mul(rows([GENERATOR.hex()]), other).tobytes()
    assert kernel.dleq_verify(CONTEXT, public, points, products, proof)
    assert not kernel.dleq_verify(CONTEXT, public, points, wrong, proof)
    assert not kernel.dleq_verify(CONTEXT, public, points, wrong, forged)
    assert not kernel.dleq_verify(CONTEXT, public, points, products, bent)
    assert not kernel.dleq_verify(CONTEXT, public, points, products, b"\xff" * 64)
    assert not kernel.dleq_verify(CONTEXT, stranger, points, products, proof)
    assert not kernel.dleq_verify(CONTEXT + b"x", public, points, products, proof)
    assert not kernel.dleq_verify(CONTEXT, public, points[::-1].copy(), products[::-1].copy(), proof)


REFUSED: dict[str, tuple[Callable[[Bytes, Bytes], Any], str]] = {
    "fewer scalars": (lambda p, s: kernel.ristretto_div_each(p, s[:1]), "rows on both sides"),
    "fewer elements": (lambda p, s: kernel.oprf_finalize(p, p[:1]), "rows on both sides"),
    "scalar zero": (lambda p, s: kernel.ristretto_div_each(p, np.zeros_like(s)), "scalar must be canonical"),
    "blind zero": (lambda p, s: kernel.ristretto_hash_mul_each(p, b"t", np.zeros_like(s)), "scalar must be canonical"),
    "identity": (lambda p, s: kernel.ristretto_div_each(np.zeros_like(p), s), "point 0 is not"),
    "no point to prove": (lambda p, s: kernel.dleq_prove(CONTEXT, bytes(31) + b"\x01", s, p), "point 0 is not"),
    "no public key": (lambda p, s: kernel.dleq_verify(CONTEXT, bytes(32), p, p, bytes(64)), "scalar must be"),
    "wide inputs": (lambda p, s: kernel.oprf_finalize(np.zeros((1, 1 << 16), np.uint8), p[:1]), "shorter than"),
    "too many points": (
        lambda p, s: kernel.dleq_prove(CONTEXT, bytes(31) + b"\x01", np.repeat(p, 32769, 0), np.repeat(p, 32769, 0)),
        "at most",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    points = kernel.ristretto_hash(np.arange(4, dtype=np.uint8).reshape(2, 2), b"t")
    call, text = REFUSED[name]
    with pytest.raises(ValueError, match=text):
        call(points, np.full((2, 32), 1, np.uint8))
