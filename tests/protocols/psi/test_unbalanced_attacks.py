"""A server of the unbalanced protocol that answers or seals in its own way, and what the client lets it know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protocols.psi.psi_pair import both
from protocols.psi.table_world import PAYLOAD, TERMS, World, items, payloads
from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import ProtocolError
from tacit.protocols.psi import sealing, table_wire, unbalanced
from tacit.protocols.psi.blinding import Blinding, Mode, context, evaluate_blinded, proof_context
from tacit.protocols.psi.sealed import SealedTable, seal_payloads
from tacit.protocols.psi.table_wire import Message, Purpose
from tacit.protocols.psi.wire import Side

Answer = Callable[[World, np.ndarray], bytes]


def _asked(world: World, answer: Answer, asked: list[int]) -> Any:
    """An honest client against a server that answers in its own way."""
    world.fetch()

    def peer(channel: Channel) -> None:
        table_wire.greet(channel, TERMS, Side.SENDER, Purpose.QUERY, world.table.header, 0)
        channel.send(Message.GRANT, bytes(8))
        points = np.frombuffer(channel.recv(Message.BLINDED, 1 << 20), dtype=np.uint8).reshape(-1, 32)
        channel.send(Message.EVALUATED, answer(world, points))
        channel.recv(Message.DONE, 0)

    found, _ = both(lambda channel: unbalanced.query(channel, SealedTable(world.client), items(asked), TERMS), peer)
    return found


def _honest(world: World, points: np.ndarray) -> bytes:
    return evaluate_blinded(points, world.key.secret, world.key.mode)


def _another_key(world: World, points: np.ndarray) -> bytes:
    return evaluate_blinded(points, kernel.ristretto_random_scalar(), world.key.mode)


def _another_key_once(world: World, points: np.ndarray) -> bytes:
    """One answer with another key, and an honest proof for the rest."""
    honest = _honest(world, points)
    return kernel.ristretto_mul(points[:1], kernel.ristretto_random_scalar()).tobytes() + honest[32:]


def _exchanged(world: World, points: np.ndarray) -> bytes:
    honest = _honest(world, points)
    return honest[32:64] + honest[:32] + honest[64:]


def _no_proof(world: World, points: np.ndarray) -> bytes:
    return evaluate_blinded(points, world.key.secret, Mode.PLAIN) + bytes(64)


def _old_answer(world: World, points: np.ndarray) -> bytes:
    """What was answered to the same items before."""
    blinding = Blinding(items([1, 2, 3]), world.key.mode)
    return _honest(world, blinding.points)


def _identity(world: World, points: np.ndarray) -> bytes:
    return bytes(32) + _honest(world, points)[32:]


def _no_point(world: World, points: np.ndarray) -> bytes:
    return b"\xff" * 32 + _honest(world, points)[32:]


def _short(world: World, points: np.ndarray) -> bytes:
    return _honest(world, points)[:-1]


def test_the_double_of_the_server_is_right_when_it_is_honest(tmp_path: Path) -> None:
    assert _asked(World(tmp_path, [2]), _honest, [1, 2, 3]).rows.tolist() == [1]


@pytest.mark.parametrize("answer", [_another_key, _another_key_once, _exchanged, _no_proof, _old_answer])
def test_with_proofs_only_the_tables_key_is_believed(tmp_path: Path, answer: Answer) -> None:
    error = _asked(World(tmp_path, [1, 2], mode=Mode.VERIFIABLE), answer, [1, 2, 3])
    assert isinstance(error, ProtocolError) and error.code == "psi.proof_refused"


def _context_of_the_standard(world: World, points: np.ndarray) -> bytes:
    """Right answers, with a proof whose weights do not depend on all of them."""
    secret, mode = world.key.secret, world.key.mode
    answers = kernel.ristretto_mul(points, secret)
    return answers.tobytes() + kernel.dleq_prove(context(mode), secret, points, answers)


def test_a_proof_is_bound_to_all_points_of_its_batch(tmp_path: Path) -> None:
    error = _asked(World(tmp_path, [1, 2], mode=Mode.VERIFIABLE), _context_of_the_standard, [1, 2, 3])
    assert isinstance(error, ProtocolError) and error.code == "psi.proof_refused"
    points = np.arange(96, dtype=np.uint8).reshape(3, 32)
    contexts = {proof_context(Mode.VERIFIABLE, np.roll(points, turn, axis=0), b"") for turn in range(3)}
    assert len(contexts) == 3


@pytest.mark.parametrize("place", [0, -1])
def test_a_spoilt_payload_is_noticed_here_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: int
) -> None:
    """A server that could see who stumbles over one bad entry would learn who asked about its item."""

    def spoil(outputs: np.ndarray, rows: np.ndarray, nonce: bytes) -> np.ndarray:
        sealed = seal_payloads(outputs, rows, nonce)
        sealed[3, place] ^= 1
        return sealed

    monkeypatch.setattr(sealing, "seal_payloads", spoil)
    monkeypatch.setattr(unbalanced, "CHUNK", 2)
    world = World(tmp_path, range(6), payload=PAYLOAD)
    world.fetch()
    mine, theirs = world.ask_both(range(8))
    assert mine.rows.tolist() == [0, 1, 2, 4, 5] and mine.unopened == 1 and theirs == 8
    assert np.array_equal(mine.payloads, payloads([0, 1, 2, 4, 5]))
    assert world.ask([4, 9]).unopened == 0


def test_nothing_is_looked_up_before_the_last_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(unbalanced, "CHUNK", 2)
    world = World(tmp_path, range(9))
    world.fetch()
    order: list[str] = []
    finish, find = Blinding.finish, SealedTable.look_up
    monkeypatch.setattr(Blinding, "finish", lambda *given: [order.append("answer"), finish(*given)][1])
    monkeypatch.setattr(SealedTable, "look_up", lambda *given: [order.append("search"), find(*given)][1])
    assert world.ask(range(12)).rows.tolist() == list(range(9))
    assert order == ["answer"] * 6 + ["search"] * 6


def test_tables_limit_how_often_they_are_asked(tmp_path: Path) -> None:
    world = World(tmp_path, [1, 2], queries=5)
    world.fetch()
    assert world.ask(range(4)).left == 1
    mine, theirs = world.ask_both(range(2))
    assert theirs.code == mine.peer_code == "psi.query_budget"


@pytest.mark.parametrize("answer", [_another_key, _old_answer])
def test_without_proofs_another_key_only_hides_items(tmp_path: Path, answer: Answer) -> None:
    assert _asked(World(tmp_path, [1, 2]), answer, [1, 2, 3]).rows.tolist() == []


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("answer", "code"),
    [(_identity, "psi.invalid_point"), (_no_point, "psi.invalid_point"), (_short, "psi.malformed")],
)
def test_answers_that_are_no_points(tmp_path: Path, mode: Mode, answer: Answer, code: str) -> None:
    error = _asked(World(tmp_path, [1, 2], mode=mode), answer, [1, 2, 3])
    assert isinstance(error, ProtocolError) and error.code == code
