"""Shared values: encoding, local operations, and the range analysis that goes with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parties import run_mpc, run_parties_with_errors
from tacit.errors import DataError, InternalError, ParameterError
from tacit.protocols.mpc import Mpc, Shared, concatenate
from tacit.protocols.mpc.shares import decode, encode

X = np.array([[1.5, -2.25, 3.0], [0.0, 100.5, -100.5]])


def given_to(mpc: Mpc, role: str, values: Any) -> Any:
    """The values at their owner, None elsewhere."""
    return values if mpc.me == role else None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-(2.0**20), 2.0**20), min_size=1, max_size=20), st.integers(0, 40))
def test_encoding_is_exact_to_half_a_unit(values: list[float], scale: int) -> None:
    again = decode(encode(np.array(values), scale), scale)
    assert np.abs(again - values).max() <= 0.5 * 2.0**-scale


def test_whole_numbers_are_encoded_exactly() -> None:
    numbers = np.array([0, 1, -1, 2**53 + 1, -(2**53) - 1])
    assert (encode(numbers, 2).view(np.int64) == numbers * 4).all()


@pytest.mark.parametrize("number", [2**40, -(2**40), 2.0**33, -1e300, np.uint64(2**63)])
def test_public_numbers_that_would_be_cut_are_refused(number: Any) -> None:
    """A sum or product with them would be wrong and nobody would notice."""
    x = Shared(None, (1,), 30, 0, False)
    for call in (lambda: encode(number, 30), lambda: x + number, lambda: x.times(number, 30)):
        with pytest.raises(ParameterError) as caught:
            call()
        assert caught.value.code == "mpc.overflow"


def test_share_and_reveal_to_both_and_to_one() -> None:
    def program(mpc: Mpc) -> Any:
        x = mpc.share("second", given_to(mpc, "second", X), X.shape, scale=10, bound=128)
        return mpc.reveal(x), mpc.reveal(x, to="first")

    results = run_mpc(program)
    assert (results["first"][0] == X).all() and (results["second"][0] == X).all()
    assert (results["first"][1] == X).all() and results["second"][1] is None
    assert results["dealer"] == (None, None)


def test_linear_operations() -> None:
    def program(mpc: Mpc) -> Any:
        x = mpc.share("first", given_to(mpc, "first", X), X.shape, scale=10, bound=128)
        y = mpc.share("second", given_to(mpc, "second", 2 * X), X.shape, scale=10, bound=256)
        values = [
            x + y, x - y, -x, x + 1.5, 1.5 - x, x - X, 3 * x, x * np.array([1, -2, 3]), x.times(0.5, 4), x.rescaled(20),
            x.sum(), x.sum(axis=0), x.sum(axis=1), x[1], x[:, 1:], x.transpose(), x.reshape(3, 2),
            concatenate([x, y]), x[0].sum(axis=0),
        ]  # fmt: skip
        return [(value.shape, value.bound, mpc.reveal(value)) for value in values]

    results = run_mpc(program)
    expected = [
        3 * X, -X, -X, X + 1.5, 1.5 - X, 0 * X, 3 * X, X * [1, -2, 3], X / 2, X, X.sum(), X.sum(0), X.sum(1), X[1],
        X[:, 1:], X.T, X.reshape(3, 2), np.concatenate([X, 2 * X]), X[0].sum(),
    ]  # fmt: skip
    for (shape, bound, value), (dealt_shape, dealt_bound, _), plain in zip(
        results["first"], results["dealer"], expected, strict=True
    ):
        assert (value == plain).all()
        assert shape == dealt_shape == np.atleast_1d(plain).shape
        assert bound == dealt_bound


def test_bounds_hold_for_every_operation() -> None:
    x = Shared(None, (4,), 0, 10, False)
    assert (x + x).bound == 20 and (x + 5).bound == 15 and (x * -7).bound == 70 and x.sum().bound == 40
    assert x.rescaled(3).bound == 80 and (-x).bound == 10 and x.times(0.5, 4).bound == 80


@pytest.mark.parametrize(
    "grow",
    [lambda x: x + x, lambda x: x * 2, lambda x: x.rescaled(1), lambda x: x.sum(), lambda x: x.times(2.0, 1)],
)
def test_a_bound_beyond_the_ring_is_refused(grow: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        grow(Shared(None, (2,), 0, 1 << 62, False))
    assert caught.value.code == "mpc.overflow"
    assert caught.value.found and caught.value.expected and caught.value.hint


def test_every_party_refuses_an_overflow_before_anything_is_sent() -> None:
    sent: dict[str, int] = {}

    def program(session: Any) -> None:
        mpc = Mpc(session, "first", "second", "dealer")
        x = mpc.zeros((3,), 20) + 2.0**20
        before = {peer: channel.traffic().messages_sent for peer, channel in session.channels.items()}
        try:
            mpc.mul(x, x)
        finally:
            after = {peer: channel.traffic().messages_sent for peer, channel in session.channels.items()}
            sent[session.me] = sum(after.values()) - sum(before.values())

    _, errors = run_parties_with_errors(dict.fromkeys(("first", "second", "dealer"), program))
    assert {role: getattr(error, "code", None) for role, error in errors.items()} == dict.fromkeys(
        ("first", "second", "dealer"), "mpc.overflow"
    )
    assert set(sent.values()) == {0}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.array([1.0, np.nan]), "mpc.not_finite"),
        (np.array([1.0, np.inf]), "mpc.not_finite"),
        (np.array([1.0, -5.0]), "mpc.out_of_bound"),
        (np.array([1, -(2**63)]), "mpc.out_of_bound"),
        (np.array([4 + 2**-50, 0.0]), "mpc.out_of_bound"),
    ],
)
def test_the_owner_checks_values_and_the_message_tells_none(values: Any, code: str) -> None:
    def program(mpc: Mpc) -> None:
        mpc.share("first", given_to(mpc, "first", values), (2,), scale=4, bound=4)
        mpc.reveal(mpc.zeros((2,)))

    with pytest.raises(DataError) as caught:
        run_mpc(program)
    assert caught.value.code == code
    assert "5" not in str(caught.value)


def test_a_wrong_shape_is_an_internal_error() -> None:
    with pytest.raises(InternalError):
        run_mpc(lambda mpc: mpc.share("first", given_to(mpc, "first", np.ones(3)), (2,), bound=1))


def test_scales_are_not_mixed_up() -> None:
    with pytest.raises(InternalError):
        Shared(None, (1,), 3, 1, False) + Shared(None, (1,), 4, 1, False)
    with pytest.raises(InternalError):
        Shared(None, (1,), 3, 1, False).rescaled(2)


def test_the_same_ring_numbers_read_another_way() -> None:
    x = Shared(np.array([8], np.uint64), (1,), 2, 40, True)
    assert (x.read_as(scale=3).scale, x.read_as(bound=9).bound) == (3, 9)
    assert x.read_as(scale=3).bound == 40 and x.read_as(bound=9).scale == 2
