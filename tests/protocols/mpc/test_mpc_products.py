"""Products of shared and private arrays against plain arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from parties import run_mpc
from tacit.errors import InternalError, ParameterError
from tacit.protocols.mpc import Mpc, Private, products
from tacit.protocols.mpc.corrections import CHUNK

RANDOM = np.random.default_rng(3)
A = RANDOM.integers(-(2**20), 2**20, (5, 7))
B = RANDOM.integers(-(2**20), 2**20, (7, 4))
EDGE = 2.0**20


def given_to(mpc: Mpc, role: str, values: Any) -> Any:
    return values if mpc.me == role else None


def test_elements() -> None:
    def program(mpc: Mpc) -> Any:
        x = mpc.share("first", given_to(mpc, "first", A), A.shape, bound=EDGE)
        y = mpc.share("second", given_to(mpc, "second", A[::-1]), A.shape, bound=EDGE)
        return mpc.reveal(mpc.mul(x, y)), mpc.reveal(mpc.mul(x + y, x - y))

    results = run_mpc(program)
    assert (results["first"][0] == A * A[::-1]).all()
    assert (results["second"][1] == A**2 - A[::-1] ** 2).all()


def test_matrices() -> None:
    def program(mpc: Mpc) -> Any:
        x = mpc.share("first", given_to(mpc, "first", A), A.shape, bound=EDGE)
        y = mpc.share("second", given_to(mpc, "second", B), B.shape, bound=EDGE)
        return mpc.reveal(mpc.matmul(x, y))

    assert (run_mpc(program)["second"] == A @ B).all()


@pytest.mark.parametrize("owners", [("first", "second"), ("second", "first"), ("first", "first"), ("second", "second")])
def test_private_matrices_of_any_owners(owners: tuple[str, str]) -> None:
    left, right = owners

    def program(mpc: Mpc) -> Any:
        a, b = given_to(mpc, left, A / 16), given_to(mpc, right, B)
        product = mpc.private_matmul(left, a, right, b, A.shape, B.shape, EDGE, EDGE, scale_a=4)
        return product.scale, product.shape, mpc.reveal(product)

    results = run_mpc(program)
    assert results["first"][:2] == results["dealer"][:2] == (4, (5, 4))
    assert (results["second"][2] == A @ B / 16).all()


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 2), (2, 3, 0), (1, 1, 1)])
def test_private_matrices_of_odd_shapes(shape: tuple[int, int, int]) -> None:
    m, k, n = shape

    def program(mpc: Mpc) -> Any:
        a, b = given_to(mpc, "first", np.ones((m, k))), given_to(mpc, "second", np.ones((k, n)))
        return mpc.reveal(mpc.private_matmul("first", a, "second", b, (m, k), (k, n), 1, 1))

    assert (run_mpc(program)["first"] == np.ones((m, k)) @ np.ones((k, n))).all()


def test_a_long_product_is_streamed_in_blocks() -> None:
    k = CHUNK + 5
    a, b = RANDOM.integers(-9, 9, (1, k)), RANDOM.integers(-9, 9, (k, 1))

    def program(mpc: Mpc) -> Any:
        left, right = given_to(mpc, "first", a), given_to(mpc, "second", b)
        return mpc.reveal(mpc.private_matmul("first", left, "second", right, a.shape, b.shape, 9, 9))

    assert run_mpc(program)["first"] == a @ b


def test_long_arrays_are_exchanged_in_pieces() -> None:
    size = 2 * CHUNK + 1

    def program(mpc: Mpc) -> Any:
        x = mpc.share("first", given_to(mpc, "first", np.arange(size)), (size,), bound=size)
        return mpc.reveal(mpc.mul(x, x))

    assert (run_mpc(program)["second"] == np.arange(size) ** 2.0).all()


X1, X2 = RANDOM.normal(size=(20, 3)), RANDOM.normal(size=(20, 2))


def test_blocks_serve_many_products() -> None:
    w = np.array([0.5, -1.0, 2.0, 1.0, -0.25])
    both = np.column_stack([X1, X2])

    def program(mpc: Mpc) -> Any:
        blocks = mpc.fix(
            mpc.private("first", given_to(mpc, "first", X1), X1.shape, scale=16, bound=8),
            mpc.private("second", given_to(mpc, "second", X2), X2.shape, scale=16, bound=8),
        )
        weights = mpc.share("second", given_to(mpc, "second", w), w.shape, scale=10, bound=2)
        results = []
        for rows in (slice(0, 20), np.array([3, 1, 1]), slice(5, 9)):
            batch = blocks.batch(rows)
            scores = batch.times(mpc.seat, weights)
            results += [mpc.reveal(scores), mpc.reveal(batch.transposed_times(mpc.seat, scores))]
        return results

    first = run_mpc(program)["first"]
    for i, rows in enumerate((slice(0, 20), np.array([3, 1, 1]), slice(5, 9))):
        assert np.abs(first[2 * i] - both[rows] @ w).max() < 1e-3
        assert np.abs(first[2 * i + 1] - both[rows].T @ (both[rows] @ w)).max() < 1e-2


def test_a_block_may_be_empty() -> None:
    def program(mpc: Mpc) -> Any:
        blocks = mpc.fix(
            mpc.private("first", given_to(mpc, "first", X1), X1.shape, scale=20, bound=8),
            mpc.private("second", given_to(mpc, "second", X2[:, :0]), (20, 0), scale=20, bound=8),
        )
        batch = blocks.batch(slice(0, 20))
        scores = batch.times(mpc.seat, mpc.zeros((3,)) + 1)
        return mpc.reveal(scores), mpc.reveal(batch.transposed_times(mpc.seat, scores))

    scores, gradient = run_mpc(program)["second"]
    assert np.abs(scores - X1.sum(1)).max() < 1e-4 and np.abs(gradient - X1.T @ X1.sum(1)).max() < 1e-3


def test_shapes_must_fit() -> None:
    def elements(mpc: Mpc) -> None:
        mpc.mul(mpc.zeros((2,)), mpc.zeros((3,)))

    def matrices(mpc: Mpc) -> None:
        mpc.matmul(mpc.zeros((2, 2)), mpc.zeros((3, 2)))

    def private(mpc: Mpc) -> None:
        mpc.private_matmul("first", None, "second", None, (2, 2), (3, 2), 1, 1)

    for program in (elements, matrices, private):
        with pytest.raises(InternalError):
            run_mpc(program)


def test_products_beyond_the_ring_are_refused() -> None:
    def program(mpc: Mpc) -> None:
        mpc.private_matmul("first", None, "second", None, (1, 4), (4, 1), 2.0**31, 2.0**31)

    with pytest.raises(ParameterError) as caught:
        run_mpc(lambda mpc: mpc.matmul(mpc.zeros((1, 4)) + 2**31, mpc.zeros((4, 1)) + 2**31))
    assert caught.value.code == "mpc.overflow"
    with pytest.raises((ParameterError, InternalError)):
        run_mpc(program)


def test_blocks_must_belong_to_first_and_second() -> None:
    left = products.Fixed(1, np.zeros((2, 1), np.uint64), 0, 1)
    with pytest.raises(InternalError):
        products.Blocks((left, left))
    assert Private(0, None, (2, 1), 0, 1).words is None
