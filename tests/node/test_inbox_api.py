"""The inbox and grants of two real nodes, through their API and the SDK."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from cli_process import call
from real_nodes import Group, RunningNode, reading_flow
from tacit.client.client import Client
from tacit.errors import InputError, NotFoundError, RefusedError


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """alpha and beta, paired, with a dataset each; beta wants a grant for every job."""
    made = Group(tmp_path_factory.mktemp("inbox"))
    try:
        made.add("alpha")
        made.add("beta", environment={"TACIT_REQUIRE_GRANT": "true"})
        made.pair_all()
        made.add_tables()
        yield made
    finally:
        made.close()


@pytest.fixture
def alpha(group: Group) -> Iterator[Client]:
    with Client(group["alpha"].home) as client:
        yield client


@pytest.fixture
def beta(group: Group) -> Iterator[Client]:
    with Client(group["beta"].home) as client:
        yield client


def _until(found: Any, timeout_s: float = 20.0) -> Any:
    """What `found` gives as soon as it gives anything."""
    until = time.monotonic() + timeout_s
    while not (value := found()):
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
    return value


def _item(client: Client, kind: str, subject: str) -> dict[str, Any]:
    found = _until(lambda: [item for item in client.inbox.open(kind=kind) if item["subject"] == subject])
    return dict(found[0])


def _grant(alpha: Client, beta: Client, dataset: str = "row*", **limits: Any) -> str:
    """A grant that beta approves in its inbox."""
    asked = alpha.grants.request("beta", dataset, **limits)
    beta.inbox.approve(_item(beta, "grant", asked["id"])["id"])
    _until(lambda: alpha.grants.get(asked["id"])["state"] == "APPROVED")
    return str(asked["id"])


def test_from_a_request_to_a_finished_job_and_back(group: Group, alpha: Client, beta: Client) -> None:
    refused = alpha.run(reading_flow()).wait(30)
    assert (refused.state, refused.record["cause"]["code"]) == ("REJECTED", "grant.missing")
    grant = _grant(alpha, beta, purpose=None, max_jobs=5)
    assert alpha.grants.get(grant)["datasets"] == ["rows"]
    job = alpha.run(reading_flow())
    item = _item(beta, "job", job.id)
    assert (item["level"], item["needed"], item["missing"]["people"], item["obstacle"]) == (3, 1, 1, None)
    assert item["summary"]["zh"] and item["summary"]["en"] and item["kind_title"]["zh"]
    done = beta.inbox.approve(item["id"], note="as agreed")
    assert (done["state"], done["done"], done["decisions"][0]["by"]) == ("approved", True, "local")
    assert job.wait(60).state == "FINISHED"
    assert beta.grants.get(grant)["used"] == 1
    beta.grants.revoke(grant)
    _until(lambda: alpha.grants.get(grant)["state"] == "TERMINATED")
    assert alpha.run(reading_flow()).wait(30).record["cause"]["code"] == "grant.missing"


def test_both_doors_lead_to_the_same(group: Group, alpha: Client, beta: Client) -> None:
    grant = _grant(alpha, beta)
    node: RunningNode = group["beta"]
    job = alpha.run(reading_flow())
    item = _item(beta, "job", job.id)
    wrong = node.post(f"/jobs/{job.id}/approve", {"flow_hash": "0" * 64}, status=403)
    assert wrong["code"] == "job.flow_hash_differs"
    assert node.post(f"/jobs/{job.id}/approve")["decision"] == "APPROVED"
    assert beta.inbox.get(item["id"])["state"] == "approved"
    with pytest.raises(InputError) as caught:
        beta.inbox.approve(item["id"])
    assert caught.value.code == "inbox.wrong_state"
    assert node.post(f"/jobs/{job.id}/approve", status=409)["code"] == "job.wrong_state"
    assert job.wait(60).state == "FINISHED"
    job = alpha.run(reading_flow())
    item = _item(beta, "job", job.id)
    beta.inbox.reject(item["id"], "not today")
    assert job.wait(30).record["cause"]["code"] == "job.rejected"
    assert node.post(f"/jobs/{job.id}/reject", status=409)["code"] == "job.wrong_state"
    beta.grants.revoke(grant)


def test_lists_are_filtered_counted_and_paged(group: Group, alpha: Client, beta: Client) -> None:
    asked = [alpha.grants.request("beta", "rows", max_jobs=number)["id"] for number in (1, 2, 3)]
    for grant in asked:
        _item(beta, "grant", grant)
    node: RunningNode = group["beta"]
    first = node.get("/inbox?state=open&kind=grant&limit=2")
    second = node.get(f"/inbox?state=open&kind=grant&limit=2&cursor={first['next']}")
    assert [item["subject"] for item in first["items"] + second["items"]] == asked and second["next"] is None
    newest = node.get("/inbox?limit=1")
    older = node.get(f"/inbox?limit=1&cursor={newest['next']}")
    assert newest["items"][0]["created_at"] >= older["items"][0]["created_at"]
    counts = beta.inbox.counts()
    assert (counts["kinds"]["grant"], counts["mine"]) == (3, counts["open"])
    assert len(beta.inbox.open(mine=True)) == counts["open"] and beta.inbox.reminders() == []
    told = beta.grants.decide("reject", "row*", peer="alpha")
    assert (sorted(told["done"]), told["failed"]) == (sorted(asked), {})
    assert node.post("/inbox/item-x/approve", status=404)["code"] == "inbox.unknown"
    assert node.call("GET", "/inbox?cursor=x", status=422)["code"] == "request.cursor_invalid"


def test_news_of_the_inbox_comes_as_it_happens(alpha: Client, beta: Client) -> None:
    stream = beta.inbox.watch()
    name, counts = next(each for each in stream if each[0] == "counts")
    asked = alpha.grants.request("beta", "rows")["id"]
    _, item = next(each for each in stream if each[0] == "item" and each[1]["subject"] == asked)
    assert (item["state"], item["requested_by"]) == ("open", "peer:alpha")
    _, later = next(each for each in stream if each[0] == "counts")
    assert (name, later["open"]) == ("counts", counts["open"] + 1)
    beta.grants.deny(asked)
    _, item = next(each for each in stream if each[0] == "item" and each[1]["state"] == "rejected")
    assert item["subject"] == asked
    stream.close()


def test_rules_say_what_they_would_approve(alpha: Client, beta: Client) -> None:
    rule = beta.add_rule(initiators=["alpha"], operators=["psi"], max_uses=3, rate={"jobs": 1, "period_s": 60})
    assert (rule["max_level"], rule["rate"]) == (3, {"jobs": 1, "period_s": 60})
    told = beta.explain_rules(flow=reading_flow(), initiator="alpha")
    (verdict,) = told["rules"]
    assert (told["approved_by"], told["people"], verdict["covers"]) == (None, 1, False)
    assert [gap["code"] for gap in verdict["gaps"]] == ["rule.operator"] and verdict["gaps"][0]["text"]["zh"]
    beta.remove_rule(rule["id"])
    rule = beta.add_rule(initiators=["alpha"])
    assert beta.explain_rules(flow=reading_flow())["approved_by"] == f"rule:{rule['id']}"
    beta.remove_rule(rule["id"])
    with pytest.raises(NotFoundError):
        beta.explain_rules(job="job-x")


def test_a_flow_is_approved_once_for_some_runs(alpha: Client, beta: Client) -> None:
    grant = _grant(alpha, beta)
    standing = beta.standing.propose(reading_flow(), initiator="alpha", max_runs=1)
    assert (standing["state"], standing["used"]) == ("active", 0)  # the owner's own asking is the approval
    assert alpha.run(reading_flow()).wait(60).state == "FINISHED"
    assert beta.standing.all()[0]["used"] == 1
    assert beta.standing.revoke(standing["id"])["state"] == "revoked"
    beta.grants.revoke(grant)


def test_the_commands_do_the_same(group: Group, beta: Client) -> None:
    def tacit(node: str, *words: str, **options: Any) -> str:
        said = call(*words, "--home", group[node].home, **options)
        assert said.code == 0, said.err
        return said.out

    grant = tacit("alpha", "grant", "request", "beta", "rows", "--max-jobs", "2").split()[0]
    item = _item(beta, "grant", grant)["id"]
    assert item in tacit("beta", "inbox", "list", "--mine")
    assert "还需 1 人" in tacit("beta", "inbox", "show", item, TACIT_LANG="zh")
    assert f"{item} approved" in tacit("beta", "inbox", "approve", item, stdin="y\n")
    assert "APPROVED" in tacit("beta", "grant", "list", "--side", "given")
    assert f"{grant} TERMINATED" in tacit("beta", "grant", "revoke", grant)
    assert item in tacit("beta", "inbox", "list", "--all")
    assert tacit("beta", "delegation", "list").strip()
    assert call("inbox", "approve", item, "--yes", "--home", group["beta"].home).code == 10


def test_only_who_is_a_user_can_delegate(beta: Client) -> None:
    with pytest.raises(RefusedError) as caught:
        beta.delegations.give("li", ["data_owner"], until="2030-01-01")
    assert caught.value.code == "delegation.not_yours"
    assert beta.delegations.all() == []
