"""The audit trail: any change, gap, swap or cut is found and located."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tacit.errors import RefusedError
from tacit.ledger.audit import AuditEntry, AuditTrail, MemoryAuditStore, verify_trail
from trust_world import mutations


def _trail(count: int = 5) -> tuple[MemoryAuditStore, AuditTrail]:
    store = MemoryAuditStore()
    ticks = iter(range(1_000, 1_000_000))
    trail = AuditTrail(store, lambda: next(ticks))
    for index in range(count):
        trail.record("job.approved", f"job:{index}", {"rule": "r1", "rows": index}, actor="rule:r1")
    return store, trail


def test_chain_verifies_and_knows_an_older_head():
    store, trail = _trail()
    entries = list(store.entries())
    head = trail.verify()
    assert (head.length, head.hash) == (5, entries[-1].hash)
    assert trail.verify(entries[1].hash) == head
    assert verify_trail([]).length == 0


def test_empty_trail_against_a_noted_head_is_found():
    store, trail = _trail()
    noted = trail.verify().hash
    cut = list(store.entries())[:3]
    assert verify_trail(cut).length == 3  # by itself a cut trail is a good one
    with pytest.raises(RefusedError) as caught:
        verify_trail(cut, noted)
    assert caught.value.code == "audit.head_missing"


def test_each_changed_field_is_found():
    store, _ = _trail()
    entries = list(store.entries())
    for mutation in mutations(entries[2].document()):
        try:
            altered = AuditEntry.model_validate(mutation.document)
        except ValidationError:
            continue
        if altered == entries[2]:
            continue
        with pytest.raises(RefusedError) as caught:
            verify_trail([*entries[:2], altered, *entries[3:]])
        assert caught.value.code.startswith("audit.")
        assert caught.value.found == "entry 3"


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(5)), st.integers(0, 5))
def test_reordered_or_dropped_entries_are_found(order, kept):
    store, trail = _trail()
    head = trail.verify().hash
    entries = list(store.entries())
    shuffled = [entries[index] for index in order][:kept]
    if shuffled == entries:
        assert verify_trail(shuffled, head).hash == head
        return
    with pytest.raises(RefusedError):
        verify_trail(shuffled, head)


def test_rewritten_chain_needs_the_head_to_be_found():
    store, trail = _trail()
    head = trail.verify().hash
    forged = AuditTrail(forged_store := MemoryAuditStore(), lambda: 1)
    for _ in range(5):
        forged.record("job.approved", "job:forged")
    verify_trail(forged_store.entries())
    with pytest.raises(RefusedError):
        verify_trail(forged_store.entries(), head)
    assert len(list(store.entries())) == 5


def test_many_threads_make_one_chain():
    store = MemoryAuditStore()
    trail = AuditTrail(store)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda index: trail.record("peer.added", f"peer:{index}"), range(200)))
    assert trail.verify().length == 200
