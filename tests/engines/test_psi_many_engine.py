"""psi.many through the engine's door: three and more tables in, common rows in one order out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import Any

import pyarrow as pa
import pytest

from step_io import MemoryIO, step_call
from tacit.channel.channel import Channel, Session
from tacit.channel.memory import memory_pair
from tacit.data.columns import with_roles
from tacit.engines.native.psi_many import run_many
from tacit.operators.psi_many import SEATS, PsiMany
from tacit.privacy.caution import Caution


def run(*tables: pa.Table | None, caution: Caution | None = None, **params: Any) -> list[Any]:
    """Outputs, or the code of the error, of the leader and the members."""
    roles = SEATS[: len(tables)]
    channels: dict[str, dict[str, Channel]] = {role: {} for role in roles}
    for one, other in combinations(roles, 2):
        channels[one][other], channels[other][one] = memory_pair(one, other, patience_s=20)
    full = PsiMany.model_validate(params).model_dump(mode="json")

    def sit(role: str, table: pa.Table | None) -> Any:
        io = MemoryIO(inputs={} if table is None else {role: table})
        if role == roles[-1] and caution is not None:
            io.owner_caution = caution
        session = Session(sid=bytes(range(32)), me=role, channels=channels[role])
        try:
            run_many(step_call("psi.many", io, full, role=role, parties={r: r for r in roles}, session=session))
        except Exception as error:
            return getattr(error, "peer_code", None) or getattr(error, "code", repr(error))
        finally:
            for channel in channels[role].values():
                channel.close()
        return io.outputs

    with ThreadPoolExecutor(len(tables)) as pool:
        return list(pool.map(sit, roles, tables))


def table(*keys: str | None, name: str = "x") -> pa.Table:
    return with_roles(pa.table({"id": pa.array(keys, pa.string()), name: list(range(len(keys)))}), keys=["id"])


def test_all_get_the_rows_that_all_have() -> None:
    found = run(table("a", "b", "c", "d"), table("d", "c", "z"), table("c", "y", "d", "a"), table("d", "c"))
    orders = [out["aligned"]["id"].to_pylist() for out in found]
    assert orders[0] == orders[1] == orders[2] == orders[3]
    assert sorted(orders[0]) == ["c", "d"]
    report = found[0]["report"]
    assert report["peer_keys_used"] == {"member_2": 3, "member_3": 4, "member_4": 2}
    assert (report["matched"], report["rows_out"], report["parties"]) == (2, 2, 4)
    assert found[1]["report"]["peer_keys_used"] == {"leader": 4}


def test_the_leader_alone_and_rows_that_take_no_part() -> None:
    params = {"learner": "leader", "nulls": "drop", "duplicates": "first", "normalise": [["trim"]]}
    leader, two, three = run(table("a", None, " b", "b", "c"), table("b ", "b"), table("b", "a"), **params)
    assert leader["matched"]["x"].to_pylist() == [2]
    assert set(two) == set(three) == {"report"}
    assert two["report"]["matched"] is None
    used = [out["report"] for out in (leader, two, three)]
    assert [(each["rows_read"], each["rows_without_key"], each["keys_used"]) for each in used] == [
        (5, 1, 3),
        (2, 0, 1),
        (2, 0, 2),
    ]


def test_nothing_in_common_is_said_to_all() -> None:
    assert run(table("a"), table("b"), table("a")) == ["psi.no_overlap"] * 3
    leader, *_ = run(table("a"), table("b"), table("a"), learner="leader")
    assert leader["matched"].num_rows == 0


def test_a_seat_without_a_table_ends_the_match_of_all() -> None:
    codes = run(table("a"), table("a"), table("a"), None)
    assert codes[-1] == "psi.seat_without_table"
    assert all(isinstance(code, str) for code in codes)


@pytest.mark.parametrize("least", [2, 3])
def test_one_owners_least_result_holds_for_all(least: int) -> None:
    found = run(
        table("a", "b", "c"), table("a", "b"), table("a", "b", "q"), learner="leader", caution=Caution(min_result=least)
    )
    assert (found[0] == "psi.result_too_small") is (least > 2)
