"""Whether a job falls under a project agreement."""

from __future__ import annotations

import pytest

from tacit.errors import RefusedError
from tacit.governance.agreements import check_covers
from tacit.schema.job import ProjectAgreement
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
