"""`tacit node audit`: what it asks, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli_process import Said
from fake_node import FakeNode

Tacit = Callable[..., Said]
ENTRY: dict[str, Any] = {
    "number": 7, "time": "2026-11-20T23:10:00.123Z", "at": 1, "act": "job.approved", "actor": "user:li.wei",
    "subject": "job:job-1", "details": {}, "previous": "0" * 64, "hash": "1" * 64,
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[FakeNode]:
    with FakeNode(tmp_path / "home") as node:
        yield node


@pytest.fixture
def tacit(inside: Tacit, node: FakeNode) -> Tacit:
    return lambda *arguments, **options: inside(*arguments, "--home", node.home, **options)


def test_the_newest_entries_are_listed(tacit: Tacit, node: FakeNode) -> None:
    node.answers["GET /audit?order=newest&after=0&limit=50"] = {"items": [ENTRY], "next": None}
    said = tacit("node", "audit")
    assert said.out.splitlines() == [
        "NUMBER  TIME                      ACT           ACTOR        SUBJECT",
        "7       2026-11-20T23:10:00.123Z  job.approved  user:li.wei  job:job-1",
    ]


def test_those_that_fit_are_asked_for(tacit: Tacit, node: FakeNode) -> None:
    asked = "GET /audit?order=newest&after=0&subject=job%3Ajob-1&actor=user%3Ali.wei&act=job&limit=2"
    node.answers[asked] = {"items": [], "next": None}
    words = ["--subject", "job:job-1", "--actor", "user:li.wei", "--act", "job", "--newest", "2"]
    assert tacit("node", "audit", *words).out == "No entry fits.\n"
    assert tacit("node", "audit", *words, "--json").data == []
