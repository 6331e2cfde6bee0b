"""Lists come in pages; the client follows them to the end, or as far as it was asked to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_node import FakeNode
from tacit.client.connection import Connection


@pytest.fixture
def node(tmp_path: Path) -> Iterator[FakeNode]:
    with FakeNode(tmp_path) as made:
        yield made


def test_every_page_is_asked_for(node: FakeNode) -> None:
    node.answers["GET /rules"] = {"items": [{"id": "a"}], "next": "c1"}
    node.answers["GET /rules?cursor=c1"] = {"items": [{"id": "b"}], "next": None}
    connection = Connection(node.url, "t")
    assert [item["id"] for item in connection.items("/rules")] == ["a", "b"]
    connection.close()


def test_no_more_is_asked_for_than_wanted(node: FakeNode) -> None:
    node.answers["GET /rules?limit=3"] = {"items": [{"id": "a"}, {"id": "b"}], "next": "c1"}
    node.answers["GET /rules?limit=1&cursor=c1"] = {"items": [{"id": "c"}], "next": "c2"}
    connection = Connection(node.url, "t")
    assert [item["id"] for item in connection.items("/rules", limit=3)] == ["a", "b", "c"]
    connection.close()
