"""An owner's caution in matches: probing by almost equal sets is stopped, small results are given to nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from step_io import MemoryIO, step_call
from tacit.channel.channel import Session
from tacit.channel.memory import memory_pair
from tacit.data.columns import with_roles
from tacit.engines.native.psi import run_psi
from tacit.operators.psi import Psi
from tacit.privacy.caution import Caution

PARTIES = {"receiver": "bank", "sender": "shop"}


class Pair:
    """Two parties that remember, run after run."""

    def __init__(self, **caution: Caution) -> None:
        self.ios = {role: MemoryIO(owner_caution=caution.get(role, Caution())) for role in PARTIES}

    def run(self, receiver: range, sender: range, **params: Any) -> dict[str, Any]:
        """Role -> report, or the code of the error."""
        ends = dict(zip(PARTIES, memory_pair("receiver", "sender", patience_s=20), strict=True))
        tables = {"receiver": receiver, "sender": sender}

        def one(role: str) -> Any:
            io = self.ios[role]
            io.inputs[role] = with_roles(pa.table({"id": list(tables[role])}), keys=["id"])
            io.outputs = {}
            peer = "sender" if role == "receiver" else "receiver"
            session = Session(sid=bytes(range(32)), me=role, channels={peer: ends[role]})
            full = Psi.model_validate(params).model_dump(mode="json")
            try:
                run_psi(step_call("psi", io, full, role=role, parties=PARTIES, session=session))
            except Exception as error:
                assert io.outputs == {}
                return getattr(error, "peer_code", None) or getattr(error, "code", repr(error))
            finally:
                ends[role].close()
            return io.outputs["report"]

        with ThreadPoolExecutor(2) as pool:
            return dict(zip(PARTIES, pool.map(one, PARTIES), strict=True))


def test_a_probe_row_by_row_is_stopped_by_the_other_owner() -> None:
    pair = Pair(sender=Caution(similar_runs=2))
    results = [pair.run(range(200 + probe), range(150, 400))["receiver"] for probe in range(5)]
    assert [isinstance(result, dict) for result in results] == [True, True, True, False, False]
    assert results[-1] == "psi.probing"


def test_without_the_switch_the_probe_succeeds() -> None:
    pair = Pair()
    counts = [pair.run(range(200 + probe), range(150, 400))["receiver"]["matched"] for probe in range(5)]
    assert counts == [50, 51, 52, 53, 54]


def test_runs_are_counted_over_the_days_of_the_owner_whose_limit_it_is() -> None:
    """The side that probes cannot shorten its memory by a setting of its own."""
    pair = Pair(sender=Caution(similar_runs=0, similar_days=30), receiver=Caution(similar_days=1))
    assert isinstance(pair.run(range(200), range(150, 400))["sender"], dict)
    for entry in pair.ios["receiver"].notebook["psi-shop"]:
        entry["at"] -= 10 * 86_400
    assert pair.run(range(201), range(150, 400))["receiver"] == "psi.probing"
    for entry in pair.ios["receiver"].notebook["psi-shop"]:
        entry["at"] -= 30 * 86_400
    assert isinstance(pair.run(range(202), range(150, 400))["sender"], dict)


def test_the_same_set_again_and_a_new_set_are_no_probes() -> None:
    pair = Pair(sender=Caution(similar_runs=0))
    for _ in range(3):
        assert isinstance(pair.run(range(200), range(150, 400))["sender"], dict)
    assert isinstance(pair.run(range(200, 400), range(150, 400))["sender"], dict)


@pytest.mark.parametrize(
    "params",
    [{}, {"learner": "receiver"}, {"reveal": "count"}, {"reveal": "threshold", "threshold": 9}],
)
def test_small_results_are_given_to_nobody(params: dict[str, Any]) -> None:
    pair = Pair(sender=Caution(min_result=10))
    assert pair.run(range(100), range(91, 200), **params)["receiver"] == "psi.result_too_small"
    params = params | ({"threshold": 10} if "threshold" in params else {})
    assert isinstance(pair.run(range(100), range(90, 200), **params)["receiver"], dict)


def test_notes_name_no_keys_and_no_result() -> None:
    pair = Pair()
    pair.run(range(100), range(50, 200))
    (entry,) = pair.ios["sender"].notebook["psi-bank"]
    assert set(entry) == {"at", "mark", "sketch", "keys", "similar", "basis"}
