"""A whole run: the order of its parts, errors of the caller that reach the peer, and the choice of a protocol."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protocols.psi.psi_pair import SID, both, digests, filled, random_digests, side
from tacit.errors import DataError, ParameterError, PeerFailed, ResourceError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi import choice
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.choice import choose
from tacit.protocols.psi.run import Store, intersect, prepare
from tacit.protocols.psi.wire import Match, Protocol, Reveal, Side, Terms

TERMS = Terms(sid=SID)
ITEMS = digests(range(20))


@pytest.mark.parametrize("me", Side)
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError("data.key_null", "Rows have no key."), "data.key_null"),
        (ValueError("a fault"), "internal.step_failed"),
    ],
)
def test_a_fill_that_fails_stops_the_peer(me: Side, error: Exception, code: str) -> None:
    def fails(keys: KeyBins) -> None:
        keys.add(ITEMS)
        raise error

    def broken(channel: Any) -> Match:
        return intersect(channel, TERMS, me, fails)

    honest = side(Side(1 - me), ITEMS, TERMS)
    results = both(broken, honest) if me is Side.RECEIVER else both(honest, broken)
    assert results[me] is error
    assert isinstance(results[1 - me], PeerFailed)
    assert results[1 - me].peer_code == code


def test_a_check_that_fails_shows_no_size() -> None:
    def refuse(keys: KeyBins) -> None:
        assert keys.repeated == 20
        raise DataError("data.key_duplicate", "Keys are not unique.")

    def fill(keys: KeyBins) -> None:
        keys.add(ITEMS)
        keys.add(ITEMS)

    seen: list[int] = []
    mine, theirs = both(
        lambda channel: intersect(channel, TERMS, Side.RECEIVER, fill, check=refuse),
        lambda channel: seen.append(prepare(channel, TERMS, Side.SENDER, filled(ITEMS)).peer_count),
    )
    assert (mine.code, theirs.peer_code, seen) == ("data.key_duplicate", "data.key_duplicate", [])


@pytest.mark.parametrize("protocol", [Protocol.ECDH, Protocol.VOLE])
def test_keys_in_files_give_the_same(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, protocol: Protocol) -> None:
    monkeypatch.setattr(layouts, "FULL_BIN", 128)
    items = random_digests(3000, 1)
    terms = Terms(sid=SID, protocol=protocol)
    store = Store(expected=3000, memory=1, folder=str(tmp_path), keep_repeats=True)
    mine, theirs = both(
        side(Side.RECEIVER, items, terms, store=store), side(Side.SENDER, items[2900:], terms, store=store)
    )
    assert np.array_equal(mine.rows, theirs.rows + 2900)
    assert mine.count == 100


def test_a_disk_that_fails_is_a_matter_of_resources(tmp_path: Any) -> None:
    def fails(keys: KeyBins) -> None:
        raise OSError(28, "No space left on device")

    mine, theirs = both(
        lambda channel: intersect(channel, TERMS, Side.RECEIVER, fails, store=Store(memory=1, folder=str(tmp_path))),
        side(Side.SENDER, ITEMS, TERMS),
    )
    assert isinstance(mine, ResourceError)
    assert mine.code == theirs.peer_code == "psi.store_failed"


@pytest.mark.parametrize("protocol", [Protocol.UNBALANCED, Protocol.COUNT, Protocol.MULTIPARTY])
def test_other_protocols_are_run_in_another_way(protocol: Protocol) -> None:
    terms = Terms(sid=SID, protocol=protocol)
    mine, theirs = both(side(Side.RECEIVER, ITEMS, terms), side(Side.SENDER, ITEMS, terms))
    assert isinstance(mine, ParameterError) or isinstance(theirs, ParameterError)


@pytest.mark.parametrize(
    ("n", "m", "protocol"),
    [(20, 30, Protocol.ECDH), (choice.FEW // 2, choice.FEW // 2, Protocol.VOLE), (10, choice.FEW, Protocol.VOLE)],
)
def test_the_rule(n: int, m: int, protocol: Protocol) -> None:
    found = choose(n, m, Protocol.AUTO)
    assert found.protocol is choose(m, n, Protocol.AUTO).protocol is protocol
    assert found.reason.zh != found.reason.en


def test_wishes_and_security_come_before_the_rule() -> None:
    assert choose(10, 10, Protocol.VOLE).protocol is Protocol.VOLE
    assert choose(10**7, 10**7, Protocol.ECDH).protocol is Protocol.ECDH
    assert choose(10, 10, Protocol.AUTO, malicious=True).protocol is Protocol.VOLE


def test_very_uneven_sets_are_told_of_the_other_protocol() -> None:
    assert choose(100, 10**6, Protocol.AUTO).advice is not None
    assert choose(10**6, 100, Protocol.VOLE).advice is not None
    assert choose(10**6, 10**5, Protocol.AUTO).advice is None
    assert choose(1, 100, Protocol.AUTO).advice is None


def test_a_kept_table_is_chosen_only_where_both_allow_it_and_sizes_are_very_uneven() -> None:
    found = choose(100, 10**5, Protocol.AUTO, kept=True)
    assert found.protocol is Protocol.UNBALANCED and "kept table" in found.reason.en and found.advice is None
    assert choose(100, 10**5, Protocol.AUTO).protocol is Protocol.VOLE
    for sizes in ((101, 10**5), (10**5, 100), (1, 5_000)):
        left = choose(*sizes, Protocol.AUTO, kept=True)
        assert left.protocol is choose(*sizes, Protocol.AUTO).protocol
        assert "a kept table is allowed, but" in left.reason.en
    assert choose(100, 10**5, Protocol.AUTO, kept=True, malicious=True).protocol is Protocol.VOLE
    assert choose(10**4, 10**4, Protocol.UNBALANCED, kept=True).protocol is Protocol.UNBALANCED


@pytest.mark.parametrize("count", [20, choice.FEW])
def test_a_run_reports_its_choice_and_both_make_the_same(count: int) -> None:
    items = digests(range(count))
    mine, theirs = both(*(side(me, items, Terms(sid=SID, reveal=Reveal.RECEIVER)) for me in Side))
    assert mine.choice == theirs.choice == choose(count, count, Protocol.AUTO)
    assert mine.count == count
