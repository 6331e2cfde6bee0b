"""psi.align and psi.match through the engine's door: tables in, aligned tables and reports out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from step_io import MemoryIO, step_call
from tacit.channel.channel import Session
from tacit.channel.memory import memory_pair
from tacit.data.columns import columns_with_role, with_roles
from tacit.engines.native.psi import run_align, run_match
from tacit.errors import DataError, ParameterError, PeerFailed

STEPS = {"psi.align": run_align, "psi.match": run_match}


def run(operator: str, receiver: pa.Table, sender: pa.Table, **params: Any) -> tuple[Any, Any]:
    """Outputs, or the error, of receiver and sender."""
    left, right = memory_pair("receiver", "sender", patience_s=20)

    def one(role: str, peer: str, table: pa.Table, channel: Any) -> Any:
        io = MemoryIO(inputs={role: table})
        session = Session(sid=bytes(range(32)), me=role, channels={peer: channel})
        try:
            STEPS[operator](step_call(operator, io, params, role=role, session=session))
        except Exception as error:
            return error
        finally:
            channel.close()
        return io.outputs

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one, "receiver", "sender", receiver, left)
        second = pool.submit(one, "sender", "receiver", sender, right)
        return first.result(), second.result()


def _bank() -> pa.Table:
    table = pa.table({"id": ["a", "b", "é", "d", "中文"], "income": [1.0, 2.0, 3.0, 4.0, None], "y": [0, 1, 0, 1, 0]})
    return with_roles(table, keys=["id"], label="y")


def _shop() -> pa.Table:
    return with_roles(pa.table({"spend": [7, 8, 9, 6], "id": ["中文", "zz", "b", "é"]}), keys=["id"])


def test_align_gives_the_same_rows_in_the_same_order() -> None:
    bank, shop = run("psi.align", _bank(), _shop())
    assert bank["aligned"]["id"].to_pylist() == shop["aligned"]["id"].to_pylist()
    joined = dict(zip(bank["aligned"]["income"].to_pylist(), shop["aligned"]["spend"].to_pylist(), strict=True))
    assert joined == {2.0: 9, 3.0: 6, None: 7}
    assert columns_with_role(bank["aligned"], "key") == ["id"]
    assert columns_with_role(bank["aligned"], "label") == ["y"]


def test_reports_reconcile() -> None:
    receiver = pa.table({"k": [1, 2, 2, None, 5]})
    sender = pa.table({"n": [2, 9, 1, 1]})
    params = {"receiver_keys": ["k"], "sender_keys": ["n"], "nulls": "drop", "duplicates": "first"}
    one, other = run("psi.align", receiver, sender, **params)
    assert one["report"] == {
        "kind": "psi",
        "mode": "align",
        "role": "receiver",
        "group": "ristretto255",
        "key_columns": 1,
        "rows_read": 5,
        "rows_without_key": 1,
        "rows_with_repeated_key": 1,
        "keys_used": 3,
        "peer_keys_used": 3,
        "matched": 2,
    }
    assert (other["report"]["rows_with_repeated_key"], other["report"]["matched"]) == (1, 2)
    assert sorted(one["aligned"]["k"].to_pylist()) == [1, 2]


def test_match_tells_only_the_receiver() -> None:
    bank, shop = run("psi.match", _bank(), _shop())
    assert sorted(bank["matched"]["income"].to_pylist(), key=str) == [2.0, 3.0, None]
    assert bank["report"]["matched"] == 3
    assert set(shop) == {"report"}
    assert shop["report"]["matched"] is None
    assert (shop["report"]["keys_used"], shop["report"]["peer_keys_used"]) == (4, 5)


def test_match_of_disjoint_tables_is_an_empty_table_so_that_the_sender_cannot_tell() -> None:
    bank, shop = run("psi.match", _bank(), pa.table({"id": ["q"]}), sender_keys=["id"])
    assert bank["matched"].num_rows == 0
    assert bank["report"]["matched"] == 0
    assert shop["report"]["matched"] is None


@pytest.mark.parametrize("ids", [["q", "r"], []])
def test_align_without_overlap_is_the_same_error_at_both(ids: list[str]) -> None:
    results = run("psi.align", _bank(), pa.table({"id": pa.array(ids, pa.string())}), sender_keys=["id"])
    for error in results:
        assert isinstance(error, DataError)
        assert error.code == "psi.no_overlap"


def test_x25519() -> None:
    bank, shop = run("psi.align", _bank(), _shop(), group="x25519")
    assert bank["aligned"]["id"].to_pylist() == shop["aligned"]["id"].to_pylist()
    assert sorted(bank["aligned"]["id"].to_pylist()) == ["b", "é", "中文"]


def test_numbers_against_texts() -> None:
    results = run("psi.align", pa.table({"k": [7]}), pa.table({"k": ["7"]}), receiver_keys=["k"], sender_keys=["k"])
    for error in results:
        assert isinstance(error, DataError)
        assert error.code == "psi.key_types_differ"


def test_an_error_of_one_side_reaches_the_other_as_a_code_only() -> None:
    error, told = run("psi.align", pa.table({"id": ["a", "a"]}), _shop(), receiver_keys=["id"])
    assert isinstance(error, DataError)
    assert error.code == "data.key_duplicate"
    assert isinstance(told, PeerFailed)
    assert told.peer_code == "data.key_duplicate"


def test_no_key_columns() -> None:
    error, told = run("psi.align", pa.table({"id": ["a"]}), _shop())
    assert isinstance(error, ParameterError)
    assert error.code == "psi.key_columns"
    assert isinstance(told, PeerFailed)


keys = st.lists(st.tuples(st.sampled_from(["", "a", "ä", "a b", "ab"]), st.integers(-2, 2)), max_size=12)


@given(keys, keys)
@settings(max_examples=15, deadline=None)
def test_align_is_the_inner_join_of_distinct_keys(left: list[tuple[str, int]], right: list[tuple[str, int]]) -> None:
    tables = [
        with_roles(
            pa.table(
                {"a": pa.array([a for a, _ in rows], pa.string()), "b": pa.array([b for _, b in rows], pa.int64())}
            ),
            keys=["a", "b"],
        )
        for rows in (left, right)
    ]
    results = run("psi.align", *tables, duplicates="first")
    common = sorted(set(left) & set(right))
    if not common:
        assert all(isinstance(error, DataError) and error.code == "psi.no_overlap" for error in results)
        return
    rows = [list(zip(*(out["aligned"][name].to_pylist() for name in "ab"), strict=True)) for out in results]
    assert rows[0] == rows[1]
    assert sorted(rows[0]) == common
