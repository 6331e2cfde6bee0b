"""Becoming peers without an invitation: between nodes in one process, and once between two real ones."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from real_nodes import RunningNode
from small_world import SmallWorld
from tacit.cli.main import main
from tacit.errors import PeerError, RefusedError, TacitError
from tacit.governance.access import ADMIN, COMPLIANCE, OWNER
from tacit.governance.applications import MOST_OF_CALLER, MOST_OPEN
from tacit.governance.inbox import Kind
from tacit.interconnect.caller import PeerTarget
from tacit.interconnect.endpoints import CONTRACT_APPLY, NODE_QUERY
from tacit.interconnect.shapes import (
    Application,
    ApplicationProof,
    ContractApplied,
    ContractApply,
    ContractConfirm,
    NodeInfo,
    NodeQuery,
)
from tacit.ledger.signature import sign_document
from tacit.node.acting import Principal, acting
from tacit.node.database import PeerRow
from tacit.node.strangers import HOST, Turnstile
from tacit.node.tables.portal import ApplicationRow
from tacit.node.wiring import Parts

ADDRESS = "127.0.0.1:7304"
LI = Principal("user", "li", frozenset({COMPLIANCE}))
WANG = Principal("user", "wang", frozenset({OWNER}))
ZHAO = Principal("user", "zhao", frozenset({ADMIN}))


class HandDoor:
    """The way to beta, from hand to hand. `lose`: answers that do not come back."""

    def __init__(self, world: SmallWorld) -> None:
        self.world, self.lose, self.bodies = world, 0, list[ContractApply]()

    def meet(self, address: str, fingerprint: str) -> tuple[NodeInfo, str]:
        self._check()
        beta = self.world.parts["beta"]
        identity = beta.ground.identity
        if identity.fingerprint != fingerprint:
            raise PeerError("peer.wrong_key", "Another key.")
        card = beta.handlers.handle(NODE_QUERY, "", NodeQuery())
        assert isinstance(card, NodeInfo)
        return card, identity.certificate_pem

    def apply(self, target: PeerTarget, body: ContractApply) -> ContractApplied:
        self._check()
        self.bodies.append(body)
        again = ContractApply.model_validate_json(body.model_dump_json(exclude_none=True))
        try:
            answer = self.world.parts["beta"].handlers.handle(CONTRACT_APPLY, "", again)
        except TacitError as fault:
            raise PeerError("peer.refused", "No.", found=fault.code) from fault
        if self.lose:
            self.lose -= 1
            raise PeerError("peer.unreachable", "The answer was lost.")
        assert isinstance(answer, ContractApplied)
        return answer

    def _check(self) -> None:
        if "beta" in self.world.down:
            raise PeerError("peer.unreachable", "beta is down.")


class Strangers(SmallWorld):
    """alpha and beta do not know each other; beta takes applications."""

    def boot(self, name: str) -> Parts:
        parts = super().boot(name)
        parts.applying.door = self.door if hasattr(self, "door") else HandDoor(self)
        self.door = parts.applying.door
        return parts

    def part(self) -> None:
        for parts in self.parts.values():
            with parts.ground.database.write() as session:
                session.execute(delete(PeerRow))


def _open_world(folder: Path, **settings: Any) -> Strangers:
    world = Strangers(folder, accept_applications=True, institution="Alpha Bank 甲银行", **settings)
    world.part()
    return world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Strangers]:
    made = _open_world(tmp_path)
    yield made
    made.close()


def _apply(world: SmallWorld, message: str = "请准予加入") -> ApplicationRow:
    return world.parts["alpha"].applying.apply(ADDRESS, _key(world, "beta"), message)


def _key(world: SmallWorld, name: str) -> str:
    return world.parts[name].ground.identity.fingerprint


def _approve(world: SmallWorld, id: str, by: Principal = LI, fingerprint: str | None = None) -> None:
    beta = world.parts["beta"]
    with acting(by):
        beta.applications.compare(id, fingerprint or _key(world, "alpha"))
        beta.signoff.decide(Kind.PEER, id, "approve")


def _state(world: SmallWorld, at: str, id: str) -> str:
    return world.parts[at].applications.store.get(id).state


def _code(act: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(TacitError) as caught:
        act(*arguments, **options)
    return caught.value.code


def _are_peers(world: SmallWorld) -> bool:
    one = world.parts["alpha"].peers.find("beta")
    other = world.parts["beta"].peers.find("alpha")
    if one is None or other is None:
        return False
    assert (one.fingerprint, other.fingerprint) == (_key(world, "beta"), _key(world, "alpha"))
    return one.contract_id == other.contract_id and one.state == other.state == "APPROVED"


# -- from an application to a contract -----------------------------------------------------------------------------


def test_from_an_application_to_peers(world: Strangers) -> None:
    row = _apply(world)
    assert (row.state, row.node_id, row.institution) == ("APPLIED", "beta", "Alpha Bank 甲银行")
    beta = world.parts["beta"]
    item = beta.inbox.store.open_of(Kind.PEER, row.id)
    assert item is not None
    for text in item.summary.values():
        assert "请准予加入" in text and _key(world, "alpha") in text and "Alpha Bank" in text and "127.0.0.1" in text
    assert beta.peers.find("alpha") is None and world.parts["alpha"].peers.find("beta") is None
    with acting(ZHAO):
        beta.applications.review(row.id)
    assert world.parts["alpha"].applying.contact(row.id).state == "IN_REVIEW"
    _approve(world, row.id)
    world.until(lambda: _are_peers(world))  # the confirmation comes by the outbox
    assert _state(world, "alpha", row.id) == _state(world, "beta", row.id) == "APPROVED"
    assert set(world.parts["alpha"].applications.store.get(row.id).times) == {
        "DRAFT",
        "SENT",
        "APPLIED",
        "IN_REVIEW",
        "APPROVED",
    }
    acts = [each.act for each in beta.audit.entries(0, 100)]
    assert {"application.received", "application.reviewed", "application.approved", "peer.pinned"} <= set(acts)


def test_an_application_that_is_repeated_is_one(world: Strangers) -> None:
    first = _apply(world)
    again = _apply(world, "again")
    assert first.id == again.id
    for _ in range(5):
        world.parts["alpha"].applying.contact(first.id)
    assert len(world.parts["beta"].applications.store.all()) == 1
    assert len(world.parts["beta"].inbox.store.open(Kind.PEER)) == 1


def test_the_state_travels_by_asking_when_the_confirmation_is_lost(world: Strangers) -> None:
    row = _apply(world)
    world.tamper = _lose_all  # every signed call between the nodes fails
    _approve(world, row.id)
    assert world.parts["alpha"].applying.contact(row.id).state == "APPROVED"
    assert _are_peers(world)


def _lose_all(_one: str, _other: str, _endpoint: Any, _text: str) -> str:
    raise PeerError("peer.unreachable", "Lost.")


def test_lost_answers_and_restarts_change_nothing(world: Strangers) -> None:
    world.door.lose = 2
    row = _apply(world)
    assert (row.state, row.error) == ("SENT", "peer.unreachable")
    for name in ("alpha", "beta"):
        world.crash(name)
        world.restart(name)
    world.parts["alpha"].applications.store.note(row.id, next_at=0.0)
    world.parts["alpha"].applying.look()
    world.parts["alpha"].applications.store.note(row.id, next_at=0.0)
    world.parts["alpha"].applying.look()
    assert _state(world, "alpha", row.id) == "APPLIED"
    world.crash("alpha")
    _approve(world, row.id)
    world.crash("beta")
    world.restart("beta")
    world.restart("alpha")
    world.until(lambda: _are_peers(world))
    assert len(world.parts["beta"].applications.store.all()) == 1


def test_a_node_that_is_down_is_tried_again(world: Strangers) -> None:
    world.down.add("beta")
    row = _apply(world)
    assert (row.state, row.node_id, row.error) == ("DRAFT", "", "peer.unreachable")
    world.down.discard("beta")
    assert world.parts["alpha"].applying.contact(row.id).state == "APPLIED"


def test_the_applicant_needs_the_right_fingerprint(world: Strangers) -> None:
    alpha = world.parts["alpha"]
    assert _code(alpha.applying.apply, ADDRESS, "0" * 64, "") == "peer.wrong_key"
    assert _code(alpha.applying.apply, ADDRESS, _key(world, "alpha"), "") == "peer.key_taken"
    assert _code(alpha.applying.apply, ADDRESS, _key(world, "beta"), "x\x1b[2J") == "application.text_invalid"
    assert alpha.applications.store.all() == []


# -- deciding ------------------------------------------------------------------------------------------------------


def test_approving_needs_the_fingerprint_over_another_way(world: Strangers) -> None:
    row = _apply(world)
    beta = world.parts["beta"]
    with acting(LI):
        assert _code(beta.applications.compare, row.id, "0" * 64) == "application.fingerprint_differs"
        assert _code(beta.signoff.decide, Kind.PEER, row.id, "approve") == "application.not_compared"
    assert _state(world, "beta", row.id) == "APPLIED" and beta.peers.find("alpha") is None
    shown = ":".join(_key(world, "alpha").upper()[at : at + 2] for at in range(0, 64, 2))
    _approve(world, row.id, ZHAO, shown)
    assert _state(world, "beta", row.id) == "APPROVED"


def test_only_administrators_and_compliance_decide(world: Strangers) -> None:
    row = _apply(world)
    with pytest.raises(RefusedError) as caught:
        _approve(world, row.id, WANG)
    assert caught.value.code == "signoff.not_entitled"


def test_a_rejection_is_told_with_its_reason_when_asked(world: Strangers) -> None:
    row = _apply(world)
    beta = world.parts["beta"]
    with acting(LI):
        beta.applications.explain(row.id, "unverified")
        beta.signoff.decide(Kind.PEER, row.id, "reject")
    assert not world.calls, "this node calls no stranger"
    told = world.parts["alpha"].applying.contact(row.id)
    assert (told.state, told.reason) == ("REJECTED", "unverified")
    assert _code(beta.applications.approve, row.id, "user:li") == "application.not_compared"
    assert _code(beta.applications.compare, row.id, _key(world, "alpha")) == "application.wrong_state"


def test_withdrawing_before_and_after_the_approval(world: Strangers) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    row = _apply(world)
    world.door.lose = 1
    alpha.applying.withdraw(row.id)
    assert not alpha.applications.store.get(row.id).told
    alpha.applying.contact(row.id)
    assert _state(world, "beta", row.id) == "WITHDRAWN" and alpha.applications.store.get(row.id).told
    assert beta.inbox.store.open(Kind.PEER) == []
    second = _apply(world)
    assert second.id != row.id
    world.tamper = _lose_all
    _approve(world, second.id)
    world.down.add("beta")
    alpha.applying.withdraw(second.id)
    world.down.discard("beta")
    alpha.applying.contact(second.id)
    known = beta.peers.find("alpha")
    assert known is not None and known.state == "TERMINATED"
    assert (_state(world, "alpha", second.id), alpha.peers.find("beta")) == ("WITHDRAWN", None)


def test_an_application_expires_at_both_sides(world: Strangers) -> None:
    row = _apply(world)
    later = time.time() + 15 * 86_400
    beta = world.parts["beta"]
    beta.applications.clock = lambda: later
    beta.applications.look()
    assert _state(world, "beta", row.id) == "EXPIRED" and beta.inbox.store.open(Kind.PEER) == []
    assert world.parts["alpha"].applying.contact(row.id).state == "EXPIRED"


# -- strangers -----------------------------------------------------------------------------------------------------


def _said(world: SmallWorld, **changed: Any) -> Application:
    fields = {
        "id": "app-" + "1" * 32,
        "target": _key(world, "beta"),
        "node_id": "alpha",
        "institution": "Alpha",
        "address": "https://127.0.0.1:1",
        "time": time.time_ns() // 1_000_000,
    }
    return Application.model_validate(fields | changed)


def _body(world: SmallWorld, said: Application, purpose: str = "application", **changed: Any) -> ContractApply:
    identity = world.parts["alpha"].ground.identity
    proof = ApplicationProof(
        application=said, signature=sign_document(purpose, said, identity), protocol=1, software="0"
    )
    fields = {
        "address": said.address,
        "auth_credential": identity.certificate_pem,
        "auth_type": "ED25519_CERT",
        "inst_id": "a",
        "institution": said.institution,
        "name": "a",
        "node_id": said.node_id,
        "system": "tacit",
        "system_version": "0",
        "tacit": proof,
    }
    return ContractApply.model_validate(fields | changed)


def _send(world: SmallWorld, body: ContractApply) -> ContractApplied:
    answer = world.parts["beta"].handlers.handle(CONTRACT_APPLY, "", body)
    assert isinstance(answer, ContractApplied)
    return answer


def test_without_proof_nothing_is_believed(world: Strangers) -> None:
    said = _said(world)
    old = _said(world, time=said.time - 600_000)
    elsewhere = _said(world, target="0" * 64)
    stolen = world.parts["beta"].ground.identity.certificate_pem
    wrong = {
        "another purpose": _body(world, said, "project"),
        "another node's key": _body(world, said, auth_credential=stolen),
        "another name": _body(world, said, node_id="gamma"),
        "another address": _body(world, said, address="https://10.0.0.1:1"),
        "another institution": _body(world, said, institution="Central Bank"),
        "for another node": _body(world, elsewhere),
    }
    for what, body in wrong.items():
        assert _code(_send, world, body) == "application.proof_wrong", what
    assert _code(_send, world, _body(world, old)) == "application.proof_old"
    assert world.parts["beta"].applications.store.all() == []
    assert _send(world, _body(world, said)).tacit is not None


def test_names_are_told_only_after_the_proof(world: Strangers, tmp_path: Path) -> None:
    beta, other = world.parts["beta"], "e" * 64
    row = PeerRow(
        name="taken",
        institution="",
        address="127.0.0.1:1",
        certificate="",
        fingerprint=other,
        contract_id="c",
        state="APPROVED",
        version="0",
        added_at=0.0,
        last_seen_at=None,
    )
    beta.peers.pin(row)
    said = _said(world, node_id="taken")
    assert _code(_send, world, _body(world, said, "project")) == "application.proof_wrong"
    assert _code(_send, world, _body(world, said)) == "peer.name_taken"
    assert _code(_send, world, _body(world, _said(world, node_id="beta"))) == "peer.same_name"


def test_who_asks_for_anothers_application_learns_nothing(world: Strangers) -> None:
    row = _apply(world)
    other = world.parts["beta"].applications.store
    other.note(row.id, fingerprint="e" * 64)  # as if it were another key's
    assert _code(_send, world, _body(world, _said(world, id=row.id))) == "application.proof_wrong"


def test_applications_are_off_unless_they_are_switched_on(tmp_path: Path) -> None:
    world = Strangers(tmp_path)
    world.part()
    try:
        row = _apply(world)
        assert (row.state, row.reason) == ("REJECTED", "invitation.needed")
        assert world.parts["beta"].applications.store.all() == []
    finally:
        world.close()


def test_strangers_fill_neither_the_table_nor_the_line(world: Strangers) -> None:
    beta = world.parts["beta"]
    store, template = beta.applications.store, _apply(world)
    kept = store.get(template.id)
    fields = {column.name: getattr(kept, column.name) for column in ApplicationRow.__table__.columns}

    def another(number: int, **changed: Any) -> ApplicationRow:
        key = f"{number:064x}"
        own = {"id": f"app-{number:032x}", "fingerprint": key, "open_key": f"received {key}", "host": f"h{number}"}
        return ApplicationRow(**(fields | own | changed))

    for number in range(1, MOST_OF_CALLER + 1):
        store.receive(another(number, host="10.0.0.9"), 0.0)
    assert _code(store.receive, another(500, host="10.0.0.9"), 0.0) == "application.full"
    for number in range(100, 100 + MOST_OPEN - MOST_OF_CALLER - 1):
        store.receive(another(number), 0.0)
    assert _code(store.receive, another(501), 0.0) == "application.full"


def test_a_key_applies_three_times_at_most(world: Strangers) -> None:
    for _ in range(3):
        row = _apply(world)
        assert row.state == "APPLIED"
        world.parts["alpha"].applying.withdraw(row.id)
    row = _apply(world)
    assert (row.state, row.reason) == ("REJECTED", "application.too_many")


def test_a_caller_has_a_pace() -> None:
    clock = [0.0]
    gate = Turnstile(2, lambda: clock[0])
    gate.step("a")
    gate.step("a")
    gate.step("b")
    assert _code(gate.step, "a") == "application.too_often"
    clock[0] = 61.0
    gate.step("a")
    assert HOST.get() == ""


def test_two_at_once_make_one_application(world: Strangers) -> None:
    body, faults = _body(world, _said(world)), list[BaseException]()

    def send() -> None:
        try:
            _send(world, body)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults and len(world.parts["beta"].applications.store.all()) == 1


def test_a_confirmation_that_nobody_asked_for_is_refused(world: Strangers) -> None:
    alpha, body = world.parts["alpha"], ContractConfirm(contract_id="contract-1", status="APPROVED")
    assert _code(alpha.applying.confirmed, "beta", body) == "contract.by_invitation"
    row = _apply(world)
    assert _code(alpha.applying.confirmed, "beta", body) == "contract.by_invitation"
    assert alpha.applying.public_key("beta") is not None and alpha.keys.public_key("beta") is None
    assert alpha.applying.public_key("gamma") is None
    assert _state(world, "alpha", row.id) == "APPLIED"


# -- two real nodes ------------------------------------------------------------------------------------------------


PRODUCT = """
name: retail
title: {zh: 零售客户, en: Retail customers}
description: {zh: 客户汇总, en: Customers}
datasets: [rows]
contact_point: data office
valid_until: 2099-12-31
terms: {prices: [{amount: "2", currency: CNY, unit: job}]}
"""


def test_two_real_nodes_become_peers_and_find_products(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alpha = RunningNode(tmp_path / "alpha", "alpha")
    beta = RunningNode(tmp_path / "beta", "beta", {"TACIT_ACCEPT_APPLICATIONS": "true"})

    def run(node: RunningNode, *words: str, code: int = 0) -> Any:
        assert main([*words, "--home", str(node.home), "--json"]) == code
        return json.loads(capsys.readouterr().out).get("data")

    try:
        alpha.start()
        beta.start()
        key = {node.name: node.get("/node")["fingerprint"] for node in (alpha, beta)}
        sent = run(alpha, "peer", "apply", beta.info["peer"], "--fingerprint", key["beta"], "--message", "a study 研究")
        assert (sent["state"], sent["node"], sent["institution"]) == ("APPLIED", "beta", "beta ltd")
        got = run(beta, "peer", "applications", "--side", "received")[0]
        assert (got["id"], got["message"], got["address"]) == (sent["id"], "a study 研究", alpha.info["peer"])
        assert run(beta, "inbox", "list")[0]["id"] == got["item"]
        run(beta, "peer", "approve", sent["id"], "--fingerprint", "0" * 64, code=30)
        run(beta, "peer", "approve", sent["id"], "--fingerprint", key["alpha"])
        until = time.monotonic() + 20
        while run(alpha, "peer", "application", sent["id"])["state"] != "APPROVED":
            assert time.monotonic() < until
            time.sleep(0.1)
        assert run(alpha, "peer", "ping", "beta")["reachable"] and run(beta, "peer", "ping", "alpha")["reachable"]
        (tmp_path / "rows.csv").write_text("id,x\n1,2\n")
        (tmp_path / "retail.yaml").write_text(PRODUCT)
        run(beta, "data", "add", "rows", str(tmp_path / "rows.csv"))
        assert run(beta, "product", "publish", str(tmp_path / "retail.yaml"))["version"] == 1
        found = run(alpha, "product", "search", "零售", "--unit", "job")
        assert [each["product"]["identifier"] for each in found] == ["retail"]
        asked = ("beta", "retail", "--purpose", "study", "--valid-until", "2090-01-01")
        assert run(alpha, "product", "request", *asked)["name"].startswith("retail v1")
        assert run(beta, "product", "withdraw", "retail")["state"] == "withdrawn"
    finally:
        for node in (alpha, beta):
            if node.running:
                node.stop()
