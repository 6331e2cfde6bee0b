"""Groups of real node processes; see tests/real_nodes.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from real_nodes import Group
from small_world import SmallWorld


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """No node yet."""
    made = Group(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """alpha and beta, paired, each with the dataset "rows", approving each other's jobs."""
    made = Group(tmp_path_factory.mktemp("two"))
    try:
        made.add("alpha", "beta")
        made.pair_all()
        made.approve_all()
        made.add_tables()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def asking_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """alpha and beta, paired, each with the dataset "rows"; no rule approves anything."""
    made = Group(tmp_path_factory.mktemp("asking"))
    try:
        made.add("alpha", "beta")
        made.pair_all()
        made.add_tables()
        yield made
    finally:
        made.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """alpha and beta in this process, with a dataset each; nobody approves by rule."""
    made = SmallWorld(tmp_path)
    made.add_tables()
    yield made
    made.close()
