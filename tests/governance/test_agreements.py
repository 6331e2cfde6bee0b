"""Whether a job falls under a project agreement."""

from __future__ import annotations

import pytest

from tacit.errors import InputError, RefusedError
from tacit.governance.agreements import changes, check_counters, check_covers, check_terms, period_begin_ms
from tacit.schema.agreement import ProjectAgreement
from tacit.schema.wire import public_key_text
from trust_world import KEYS, NOW, PARTIES

PROJECT = ProjectAgreement(
    id="agr-" + "a" * 32,
    name="Joint risk",
    purpose="Find out together what drives the risk.",
    members={party: public_key_text(KEYS[party]) for party in PARTIES},
    datasets={"hospital": ("patients",), "lab": ("values", "more")},
    operators=("psi", "stats.joint"),
    created=NOW,
    valid_until=NOW + 1000,
)
JOB = {
    "parties": {"hospital", "lab"},
    "datasets": {"hospital": ["patients"], "lab": ["values"]},
    "operators": ["psi"],
    "now_ms": NOW + 1000,
}


def test_job_under_the_agreement():
    check_covers(PROJECT, **JOB)
    check_covers(PROJECT.model_copy(update={"operators": ()}), **{**JOB, "operators": ["anything.else"]})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"now_ms": NOW + 1001}, "project.expired"),
        ({"parties": {"hospital", "stranger"}}, "project.not_a_member"),
        ({"datasets": {"lab": ["values", "secret"]}}, "project.dataset_not_listed"),
        ({"datasets": {"notary": ["anything"]}}, "project.dataset_not_listed"),
        ({"operators": ["table.profile"]}, "project.operator_not_listed"),
    ],
)
def test_job_outside_the_agreement(change, code):
    with pytest.raises(RefusedError) as caught:
        check_covers(PROJECT, **{**JOB, **change})
    assert caught.value.code == code


def offer(**changes):
    """The same in format 2, with more terms."""
    fields = {**PROJECT.model_dump(), "format": 2, "version": 1, **changes}
    return ProjectAgreement.model_validate(fields)


def test_the_first_format_keeps_its_hash():
    """Signatures of old agreements must fit for ever."""
    assert PROJECT.hash() == "bff58a6632bce41203377590cfe46c8809e532c14496db37fb3cb81a6c299ddd"
    assert "version" not in PROJECT.document() and "prices" not in PROJECT.document()
    with pytest.raises(ValueError, match="format 1"):
        ProjectAgreement.model_validate({**PROJECT.model_dump(), "revenue": {"lab": "1"}})
    with pytest.raises(ValueError, match="format 2"):
        ProjectAgreement.model_validate({**PROJECT.model_dump(), "format": 2})


@pytest.mark.parametrize(
    ("terms", "job", "code"),
    [
        ({"valid_from": NOW + 900}, {"now_ms": NOW + 899}, "project.not_yet_valid"),
        ({"initiators": ("lab",)}, {"initiator": "hospital"}, "project.initiator_not_listed"),
        ({"profiles": ("2pc",)}, {"profile": "2pc-dealer"}, "project.profile_not_listed"),
        ({"limits": {"rows": 10}}, {"rows": 11}, "project.limit_reached"),
        ({"limits": {"jobs": 2}}, {"jobs": 2}, "project.limit_reached"),
    ],
)
def test_further_terms_limit_jobs(terms, job, code):
    check_covers(offer(**terms), **{**JOB, "initiator": "lab", "profile": "2pc", "rows": 10, "jobs": 1})
    with pytest.raises(RefusedError) as caught:
        check_covers(offer(**terms), **{**JOB, **job})
    assert caught.value.code == code


def test_periods_of_the_limits():
    assert period_begin_ms(offer(), NOW + 500) == NOW
    by_100 = offer(limits={"jobs": 1, "period_ms": 100}, valid_from=NOW + 10)
    assert [period_begin_ms(by_100, NOW + each) for each in (5, 10, 109, 110, 345)] == [
        NOW + 10,
        NOW + 10,
        NOW + 10,
        NOW + 110,
        NOW + 310,
    ]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"revenue": {"lab": "0.5", "hospital": "0.4"}}, "agreement.shares_wrong"),
        ({"revenue": {"lab": "0.5", "stranger": "0.5"}}, "agreement.term_not_a_member"),
        ({"initiators": ("stranger",)}, "agreement.term_not_a_member"),
        (
            {"prices": [{"amount": "1", "currency": "CNY", "unit": "job", "payer": "stranger"}]},
            "agreement.term_not_a_member",
        ),
        ({"valid_from": NOW + 1000}, "agreement.dates_wrong"),
    ],
)
def test_terms_that_make_no_sense(terms, code):
    check_terms(offer(revenue={"lab": "0.333333333", "hospital": "0.666666667"}))
    with pytest.raises(InputError) as caught:
        check_terms(offer(**terms))
    assert caught.value.code == code


def test_a_counter_offer_answers_the_present_one():
    first = offer()
    good = offer(version=2, base=first.hash(), purpose="Something else.")
    check_counters(good, first)
    for wrong, code in (
        (offer(version=3, base=first.hash()), "project.superseded"),
        (offer(version=2, base="0" * 64), "project.superseded"),
        (offer(version=2, base=first.hash(), members=dict(list(first.members.items())[:2])), "project.members_changed"),
    ):
        with pytest.raises(RefusedError) as caught:
            check_counters(wrong, first)
        assert caught.value.code == code


def test_what_differs_between_two_offers():
    before = offer(limits={"jobs": 3})
    after = offer(version=2, base=before.hash(), limits={"jobs": 4}, datasets={"hospital": ("patients",)}, operators=())
    found = {change.field: (change.before, change.after) for change in changes(before, after)}
    assert found == {
        "datasets.lab": (["values", "more"], None),
        "limits.jobs": (3, 4),
        "operators": (["psi", "stats.joint"], []),
    }
