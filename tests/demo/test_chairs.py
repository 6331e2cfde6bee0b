"""Links into the consoles: what they hold, that each signs in once, and that new ones end the old ones."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from real_nodes import Group
from tacit.client.client import Client
from tacit.demo import reception
from tacit.demo.baseline import Baseline, expect_baseline
from tacit.demo.chairs import USER, Chair, has_console, link_of, seat, take_chairs
from tacit.demo.tables import HOSPITAL, make_tables

CHAIRS = [Chair("hospital", "http://127.0.0.1:7301", "a-_1"), Chair("lab", "http://127.0.0.1:7302", "b")]
BASELINE = Baseline(alone=0.98, pooled=0.99123)


def query_of(link: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(link).fragment.partition("?")[2]).items()}


def test_a_link_leads_to_every_chair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_LANG", "zh_CN.UTF-8")
    link = link_of(CHAIRS[0], CHAIRS, "diagnosis", BASELINE)
    assert link.startswith("http://127.0.0.1:7301/#/sign-in?")
    assert query_of(link) == {
        "lang": "zh",
        "facts": "diagnosis~0.9800~0.9912",
        "chairs": "hospital.7301.a-_1~lab.7302.b",
    }
    assert len(link) < 200


def test_a_chair_signs_in_once_and_new_codes_end_old_ones(tmp_path: Path) -> None:
    group = Group(tmp_path)
    try:
        group.add("hospital")
        node = group.nodes["hospital"]
        with Client(node.home) as client:
            seat({"hospital": client})
            old, new = (take_chairs({"hospital": client}, {"hospital": node.info["api"]})[0] for _ in range(2))
        tried = [_sign_in(chair) for chair in (old, new, new)]
        assert [answer.status_code for answer in tried] == [401, 201, 401]
        me = httpx.get(f"{new.url}/api/v1/session", cookies=tried[1].cookies).json()
        assert me["name"] == USER and {"job.submit", "job.approve", "user.add"} <= set(me["actions"])
        assert not tried[1].json()["must_change"]
    finally:
        for each in group.nodes.values():
            each.stop()


def _sign_in(chair: Chair) -> httpx.Response:
    return httpx.post(f"{chair.url}/api/v1/session/code", json={"code": chair.code}, headers={"Origin": chair.url})


def test_no_node_serves_no_console() -> None:
    assert not has_console("http://127.0.0.1:9")


def test_expected_baselines_are_those_of_a_good_model() -> None:
    expected = expect_baseline(HOSPITAL, make_tables(HOSPITAL), 0.01)
    assert 0.9 < expected.alone < expected.pooled <= 1


class People:
    """Counts the codes that it gives."""

    def __init__(self) -> None:
        self.added: list[str] = []
        self.codes = 0

    def add(self, name: str, roles: Any, *, display_name: str, must_change: bool) -> None:
        self.added.append(name)

    def give_code(self, name: str) -> dict[str, Any]:
        self.codes += 1
        return {"code": f"code{self.codes}"}


def test_enter_prints_new_links(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TACIT_LANG", "en")
    people = {name: People() for name in HOSPITAL.parties}
    clients = {name: SimpleNamespace(people=each) for name, each in people.items()}
    addresses = {name: {"api": f"http://127.0.0.1:{7300 + i}"} for i, name in enumerate(HOSPITAL.parties)}
    nodes: Any = SimpleNamespace(clients=clients, addresses=addresses)
    desk = reception.Reception(HOSPITAL, nodes, BASELINE)
    seat(nodes.clients)
    assert [each.added for each in people.values()] == [[USER]] * 3
    first = desk.show_links()
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    desk._renew()
    told = capsys.readouterr().err
    assert first in told and "notary.7302.code2" in told and told.count("Enter: new links") == 2
    assert f"http://127.0.0.1:7301/#/sign-in?code={'code2'}" in told
