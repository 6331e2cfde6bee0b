"""Parties of an intersection among many in threads, for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from parties import SID, run_parties, run_parties_with_errors
from tacit import kernel
from tacit.channel.channel import Session
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.multiparty import MultiMatch, intersect_many
from tacit.protocols.psi.wire import Reveal, Terms

Program = Callable[[Session], Any]


def digests(items: np.ndarray) -> np.ndarray:
    """Digests of integers, (n, 16)."""
    text = np.ascontiguousarray(items, dtype="<i8").tobytes()
    offsets = np.arange(0, len(text) + 1, 8, dtype=np.int64)
    return kernel.blake3_strings(text, offsets, bytes(32), 16)


def filling(items: np.ndarray) -> Callable[[KeyBins], None]:
    return lambda keys: keys.add(digests(items))


def program(
    items: np.ndarray, names: tuple[str, ...], leader: str | None = None, **terms: Any
) -> Callable[[Session], MultiMatch]:
    """One party's part; the first name leads unless told otherwise."""
    agreed = Terms(**{"sid": SID, **terms})
    return lambda session: intersect_many(session, agreed, names, leader or names[0], filling(items))


def intersect(
    tables: Mapping[str, np.ndarray], reveal: Reveal = Reveal.BOTH, leader: str | None = None, **options: Any
) -> dict[str, MultiMatch]:
    names = tuple(tables)
    programs = {name: program(items, names, leader, reveal=reveal) for name, items in tables.items()}
    return run_parties(programs, **options)


def errors_of(programs: Mapping[str, Program], **options: Any) -> dict[str, BaseException]:
    return run_parties_with_errors(programs, **options)[1]
