"""psi through the engine's door: tables in, joins and reports out."""

from __future__ import annotations

from collections import Counter
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
from tacit.engines.native.psi import run_psi
from tacit.errors import DataError, ParameterError, PeerFailed
from tacit.operators.psi import Psi


def run(receiver: pa.Table, sender: pa.Table, **params: Any) -> tuple[Any, Any]:
    """Outputs, or the error, of receiver and sender."""
    return run_apart(receiver, sender, params, params)


def run_apart(receiver: pa.Table, sender: pa.Table, *told: dict[str, Any]) -> tuple[Any, Any]:
    """As `run`, each side with its own parameters."""
    left, right = memory_pair("receiver", "sender", patience_s=20)

    def one(role: str, peer: str, table: pa.Table, channel: Any, params: dict[str, Any]) -> Any:
        io = MemoryIO(inputs={role: table})
        session = Session(sid=bytes(range(32)), me=role, channels={peer: channel})
        full = Psi.model_validate(params).model_dump(mode="json")
        try:
            run_psi(step_call("psi", io, full, role=role, session=session))
        except Exception as error:
            return error
        finally:
            channel.close()
        return io.outputs

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one, "receiver", "sender", receiver, left, told[0])
        second = pool.submit(one, "sender", "receiver", sender, right, told[1])
        return first.result(), second.result()


def _bank() -> pa.Table:
    table = pa.table({"id": ["a", "b", "é", "d", "中文"], "income": [1.0, 2.0, 3.0, 4.0, None], "y": [0, 1, 0, 1, 0]})
    return with_roles(table, keys=["id"], label="y")


def _shop() -> pa.Table:
    return with_roles(pa.table({"spend": [7, 8, 9, 6], "id": ["中文", "zz", "b", "é"]}), keys=["id"])


def test_the_same_rows_in_the_same_order() -> None:
    bank, shop = run(_bank(), _shop())
    assert bank["aligned"]["id"].to_pylist() == shop["aligned"]["id"].to_pylist()
    joined = dict(zip(bank["aligned"]["income"].to_pylist(), shop["aligned"]["spend"].to_pylist(), strict=True))
    assert joined == {2.0: 9, 3.0: 6, None: 7}
    assert columns_with_role(bank["aligned"], "key") == ["id"]
    assert columns_with_role(bank["aligned"], "label") == ["y"]


@pytest.mark.parametrize("protocol", ["ecdh", "vole"])
def test_the_order_is_the_same_in_every_run(protocol: str) -> None:
    tables = [pa.table({"k": list(range(start, start + 400))}) for start in (0, 150)]
    params = {"receiver_keys": ["k"], "sender_keys": ["k"], "protocol": protocol}
    orders = [run(*tables, **params)[side]["aligned"]["k"].to_pylist() for side in (0, 1)]
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == list(range(150, 400))
    assert orders[0] != sorted(orders[0])


def test_reports_reconcile() -> None:
    receiver = pa.table({"k": [1, 2, 2, None, 5]})
    sender = pa.table({"n": [2, 9, 1, 1]})
    params = {"receiver_keys": ["k"], "sender_keys": ["n"], "nulls": "drop", "duplicates": "first"}
    one, other = run(receiver, sender, **params)
    report = one["report"]
    assert set(report.pop("protocol_reason")) == {"zh", "en"}
    assert report.pop("protocol_advice") is None
    assert report == {
        "kind": "psi",
        "reveal": "rows",
        "join": "inner",
        "role": "receiver",
        "protocol": "ecdh",
        "key_columns": 1,
        "rows_read": 5,
        "rows_without_key": 1,
        "rows_rejected": 0,
        "rows_with_repeated_key": 1,
        "keys_used": 3,
        "peer_keys_used": 3,
        "matched": 2,
        "rows_out": 2,
    }
    assert (other["report"]["rows_with_repeated_key"], other["report"]["matched"]) == (1, 2)
    assert sorted(one["aligned"]["k"].to_pylist()) == [1, 2]


def test_the_receiver_alone() -> None:
    bank, shop = run(_bank(), _shop(), learner="receiver")
    assert bank["matched"]["income"].to_pylist() == [2.0, 3.0, None]
    assert bank["report"]["matched"] == 3
    assert set(shop) == {"report"}
    assert shop["report"]["matched"] is shop["report"]["rows_out"] is None
    assert (shop["report"]["keys_used"], shop["report"]["peer_keys_used"]) == (4, 5)


def test_disjoint_tables_are_an_empty_table_so_that_the_sender_cannot_tell() -> None:
    bank, shop = run(_bank(), pa.table({"id": ["q"]}), sender_keys=["id"], learner="receiver")
    assert bank["matched"].num_rows == 0
    assert bank["report"]["matched"] == 0
    assert shop["report"]["matched"] is None


def test_a_difference() -> None:
    bank, shop = run(_bank(), _shop(), learner="receiver", join="difference")
    assert bank["matched"]["id"].to_pylist() == ["a", "d"]
    assert set(shop) == {"report"}


@pytest.mark.parametrize("ids", [["q", "r"], []])
def test_no_overlap_is_the_same_error_at_both(ids: list[str]) -> None:
    results = run(_bank(), pa.table({"id": pa.array(ids, pa.string())}), sender_keys=["id"])
    for error in results:
        assert isinstance(error, DataError)
        assert error.code == "psi.no_overlap"


@pytest.mark.parametrize("group", ["x25519", "p256", "sm2"])
def test_other_groups(group: str) -> None:
    bank, shop = run(_bank(), _shop(), group=group, protocol="ecdh")
    assert bank["aligned"]["id"].to_pylist() == shop["aligned"]["id"].to_pylist()
    assert sorted(bank["aligned"]["id"].to_pylist()) == ["b", "é", "中文"]


def test_numbers_against_texts() -> None:
    results = run(pa.table({"k": [7]}), pa.table({"k": ["7"]}), receiver_keys=["k"], sender_keys=["k"])
    for error in results:
        assert isinstance(error, DataError)
        assert error.code == "psi.key_types_differ"


def test_an_error_of_one_side_reaches_the_other_as_a_code_only() -> None:
    error, told = run(pa.table({"id": ["a", "a"]}), _shop(), receiver_keys=["id"])
    assert isinstance(error, DataError)
    assert error.code == "data.key_duplicate"
    assert isinstance(told, PeerFailed)
    assert told.peer_code == "data.key_duplicate"


def test_no_key_columns() -> None:
    error, told = run(pa.table({"id": ["a"]}), _shop())
    assert isinstance(error, ParameterError)
    assert error.code == "psi.key_columns"
    assert isinstance(told, PeerFailed)


@pytest.mark.parametrize(
    "other",
    [{"join": "left"}, {"sender_columns": ["spend"]}, {"duplicates": "all"}, {"normalise": [["trim"]]}],
)
def test_parties_that_were_told_different_things_do_not_begin(other: dict[str, Any]) -> None:
    for told in ([{}, other], [other, {}]):
        codes = [getattr(error, "code", None) for error in run_apart(_bank(), _shop(), *told)]
        assert "psi.terms_differ" in codes


def test_normalised_keys_match() -> None:
    receiver = with_roles(pa.table({"phone": ["+86 138-0013-8000", "13900139000", "hello"]}), keys=["phone"])
    sender = with_roles(pa.table({"tel": ["13800138000", "1"]}), keys=["tel"])
    one, other = run(receiver, sender, normalise=[["phone_cn"]], nulls="drop")
    assert one["aligned"]["phone"].to_pylist() == ["+86 138-0013-8000"]
    assert other["aligned"]["tel"].to_pylist() == ["13800138000"]
    assert (one["report"]["rows_rejected"], other["report"]["rows_rejected"]) == (1, 1)
    error, _ = run(receiver, sender, normalise=[["phone_cn"]])
    assert isinstance(error, DataError)
    assert error.code == "data.key_rejected"


def test_columns_are_given_for_matching_rows_only() -> None:
    bank, shop = run(_bank(), _shop(), receiver_columns=["y"], sender_columns=["spend", "id"], join="left")
    rows = bank["aligned"].to_pylist()
    assert {row["id"]: row["spend"] for row in rows} == {"中文": 7, "b": 9, "é": 6, "a": None, "d": None}
    assert all(row["sender_id"] in (row["id"], None) for row in rows)
    assert {row["spend"]: row["y"] for row in shop["aligned"].to_pylist()} == {7: 0, 9: 1, 6: 0, None: None}


def test_a_column_that_cannot_be_given() -> None:
    odd = _shop().append_column("list", pa.array([[1], [2], [3], [4]]))
    told, error = run(_bank(), odd, sender_columns=["list"])
    assert isinstance(error, DataError)
    assert error.code == "psi.column_not_given"
    assert isinstance(told, PeerFailed)


def test_a_union_shows_both_all_keys() -> None:
    bank, shop = run(_bank(), _shop(), join="union")
    assert bank["aligned"]["id"].to_pylist() == shop["aligned"]["id"].to_pylist()
    assert sorted(bank["aligned"]["id"].to_pylist()) == sorted(["a", "b", "é", "d", "中文", "zz"])
    assert bank["aligned"]["income"].null_count == 2


def test_a_union_whose_keys_do_not_fit() -> None:
    params = {"receiver_keys": ["k"], "sender_keys": ["k"], "join": "union"}
    small, large = pa.table({"k": pa.array([1, 2], pa.int8())}), pa.table({"k": [2, 70_000]})
    error, _ = run(small, large, **params)
    assert isinstance(error, DataError)
    assert error.code == "psi.key_out_of_range"
    assert "70000" not in str(error.as_dict())


def test_malicious_protocol() -> None:
    for learner in ("both", "receiver"):
        bank, _ = run(_bank(), _shop(), malicious=True, learner=learner)
        assert sorted(bank["aligned" if learner == "both" else "matched"]["id"].to_pylist()) == ["b", "é", "中文"]
        assert bank["report"]["protocol"] == "vole"


def test_repeated_keys_multiply_but_not_without_end() -> None:
    table = pa.table({"k": [1] * 3000})
    params = {"receiver_keys": ["k"], "sender_keys": ["k"], "duplicates": "all"}
    for error in run(table, table, **params):  # nine million rows
        assert error.code == "psi.result_too_large" or isinstance(error, PeerFailed)


keys = st.lists(st.tuples(st.sampled_from(["", "a", "ä", "a b", "ab"]), st.integers(-2, 2)), max_size=12)
Row = tuple[Any, ...]


def _table(rows: list[tuple[str, int]], name: str) -> pa.Table:
    columns = {
        "a": pa.array([a for a, _ in rows], pa.string()),
        "b": pa.array([b for _, b in rows], pa.int64()),
        name: pa.array(range(len(rows)), pa.int64()),
    }
    return with_roles(pa.table(columns), keys=["a", "b"])


def _expected(left: list[Row], right: list[Row], join: str, duplicates: str) -> Counter[Row]:
    """Pairs of row numbers of the join, None for a missing one."""
    if duplicates == "first":
        first = [{key: at for at, key in reversed(list(enumerate(side)))} for side in (left, right)]
        lefts, rights = ([(at, key) for key, at in side.items()] for side in first)
    else:
        lefts, rights = list(enumerate(left)), list(enumerate(right))
    pairs: Counter[Row] = Counter((i, j) for i, x in lefts for j, y in rights if x == y)
    if join in ("left", "full", "union"):
        pairs.update((i, None) for i, x in lefts if x not in right)
    if join in ("right", "full", "union"):
        pairs.update((None, j) for j, y in rights if y not in left)
    return pairs


@given(keys, keys, st.sampled_from(["inner", "left", "right", "full", "union"]), st.sampled_from(["first", "all"]))
@settings(max_examples=60, deadline=None)
def test_every_join_is_the_join_of_the_tables(
    left: list[tuple[str, int]], right: list[tuple[str, int]], join: str, duplicates: str
) -> None:
    results = run(_table(left, "i"), _table(right, "j"), duplicates=duplicates, join=join)
    if join == "inner" and not set(left) & set(right):
        assert all(isinstance(error, DataError) and error.code == "psi.no_overlap" for error in results)
        return
    one, other = (out["aligned"] for out in results)
    pairs = Counter(zip(one["i"].to_pylist(), other["j"].to_pylist(), strict=True))
    assert pairs == _expected(left, right, join, duplicates)
    for table, rows, at in ((one, left, "i"), (other, right, "j")):
        for row in table.to_pylist():
            assert row[at] is None or rows[row[at]] == (row["a"], row["b"])
    if join == "union":
        assert [(r["a"], r["b"]) for r in one.to_pylist()] == [(r["a"], r["b"]) for r in other.to_pylist()]


def _values(size: int) -> tuple[pa.Table, pa.Table]:
    receiver = with_roles(pa.table({"id": list(range(size))}), keys=["id"])
    amounts = [None if at % 7 == 0 else at - 40 for at in range(size)]
    sender = {"id": list(range(size // 3, size // 3 + size)), "x": amounts, "y": [at / 8 for at in range(size)]}
    return receiver, with_roles(pa.table(sender), keys=["id"])


@pytest.mark.parametrize("learner", ["both", "receiver"])
def test_only_how_many(learner: str) -> None:
    one, other = run(*_values(90), reveal="count", learner=learner)
    assert set(one) == set(other) == {"report"}
    assert one["report"]["matched"] == 60
    assert other["report"]["matched"] == (60 if learner == "both" else None)
    assert (one["report"]["protocol"], one["report"]["reveal"]) == ("count", "count")


def test_a_count_with_noise_is_near() -> None:
    one, other = run(*_values(90), reveal="count", epsilon=4.0)
    assert abs(one["report"]["matched"] - 60) <= 10
    assert abs(other["report"]["matched"] - 60) <= 10


@pytest.mark.parametrize("threshold", [None, 60, 61])
def test_sums_over_the_common_rows(threshold: int | None) -> None:
    receiver, sender = _values(90)
    expected = {
        "x": sum(x or 0 for x, key in zip(sender["x"].to_pylist(), sender["id"].to_pylist(), strict=True) if key < 90),
        "y": sum(y for y, key in zip(sender["y"].to_pylist(), sender["id"].to_pylist(), strict=True) if key < 90),
    }
    wish: dict[str, Any] = {"reveal": "sum", "values": ["x", "y"], "value_bound": 1000, "value_scale": 3}
    for out in run(receiver, sender, **wish, threshold=threshold):
        report = out["report"]
        assert report["matched"] == (60 if threshold is None else None)
        assert report.get("reached") == (None if threshold is None else threshold <= 60)
        assert report["sums"] == (None if threshold == 61 else expected)


def test_what_cannot_be_summed() -> None:
    receiver, sender = _values(30)
    text = sender.append_column("t", pa.array(["secret"] * 30))
    for wish, code in (
        ({"values": ["t"]}, "psi.value_column"),
        ({"values": ["z"]}, "data.column_missing"),
        ({"values": ["x"], "value_bound": 3}, "psi.payload_bound"),
    ):
        told, error = run(receiver, text, reveal="sum", **wish)
        assert error.code == code
        assert isinstance(told, PeerFailed)
        assert "secret" not in str(error.as_dict())


@pytest.mark.parametrize("threshold", [59, 60, 61])
def test_only_whether_enough(threshold: int) -> None:
    one, other = run(*_values(90), reveal="threshold", threshold=threshold, learner="receiver")
    assert one["report"]["reached"] is (threshold <= 60)
    assert one["report"]["matched"] is None
    assert other["report"]["reached"] is None
