"""Roles, actions and the duties that are kept apart."""

from __future__ import annotations

import re

import pytest

from tacit.errors import ParameterError
from tacit.governance import access
from tacit.governance.access import ACTIONS, ROLES, SCOPES, check_roles, check_scopes, policy


def of(role: str) -> set[str]:
    return {name for name, action in ACTIONS.items() if role in action.roles}


def test_every_action_is_named_titled_and_given_to_somebody() -> None:
    for name, action in ACTIONS.items():
        assert re.fullmatch(r"[a-z]+\.[a-z]+", name) and action.name == name
        assert re.search("[\u4e00-\u9fff]", action.title["zh"]) and action.title["en"], name
        assert action.roles and action.roles <= set(ROLES), name
    assert len(ACTIONS) == len(access._LIST)


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    assert {name for name, action in ACTIONS.items() if not action.changes} <= of("auditor")
    assert {name for name in of("auditor") if ACTIONS[name].changes} == {"session.change"}


def test_who_submits_does_not_approve() -> None:
    assert "job.submit" in of("data_scientist") and "job.submit" not in of("data_owner") | of("compliance_officer")
    assert not {"job.approve", "grant.give", "result.release", "rule.add", "policy.change"} & of("data_scientist")


def test_an_operator_has_neither_data_nor_results() -> None:
    nouns = {name.split(".")[0] for name in of("operator") - {"dataset.read"}}
    assert not nouns & {"dataset", "source", "credential", "result", "model", "label", "policy", "grant", "rule"}


def test_an_administrator_manages_people_and_no_data() -> None:
    assert {"user.add", "client.add", "backup.create"} <= of("administrator")
    assert not {"result.read", "job.submit", "job.approve", "dataset.register", "audit.read"} & of("administrator")


def test_keys_never_manage_people_nor_approve() -> None:
    nouns = {name.split(".")[0] for name in SCOPES}
    assert not nouns & {"user", "client", "credential", "backup", "vault", "inbox", "delegation", "invitation"}
    assert not {"job.approve", "agreement.approve", "label.confirm", "session.change"} & SCOPES


def test_the_policy_is_the_list_and_the_local_account_has_all() -> None:
    lines = policy()
    assert len(lines) == len(set(lines))
    assert {action for role, action in lines if role == access.LOCAL_ROLE} == set(ACTIONS)
    assert {line for line in lines if line[0] in ROLES} == {(r, a.name) for a in ACTIONS.values() for r in a.roles}


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ((), "access.role_unknown"),
        (("king",), "access.role_unknown"),
        (("api_client",), "access.role_unknown"),
        (("local",), "access.role_unknown"),
        (("auditor", "operator"), "access.roles_conflict"),
    ],
)
def test_roles_that_nobody_can_have(roles: tuple[str, ...], code: str) -> None:
    with pytest.raises(ParameterError) as caught:
        check_roles(roles)
    assert caught.value.code == code


def test_roles_and_scopes_that_are_in_order() -> None:
    assert check_roles(["data_owner", "data_scientist"]) == {"data_owner", "data_scientist"}
    assert check_scopes(["job.submit"]) == {"job.submit"}
    for scopes in ((), ("user.add",), ("job.dance",)):
        with pytest.raises(ParameterError) as caught:
            check_scopes(scopes)
        assert caught.value.code == "access.scope_unknown"
