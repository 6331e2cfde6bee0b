"""The whole local API against generated requests, good and bad: no fault, no leak, nothing but what is documented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from structlog.testing import capture_logs

from local_api import TOKEN, app_of, client_of
from real_nodes import reading_flow
from small_world import SmallWorld

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
DOCUMENT = json.loads(REFERENCE.read_text())
LEFT_OUT = {
    "events_follow": "does not end",
    "inbox_follow": "does not end",
    "doctor_examine": "examines this machine and its peers, in seconds",
}
OPERATIONS = {
    operation["operationId"]: (path, method)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if operation["operationId"] not in LEFT_OUT
}
LEAKS = re.compile(r"Traceback|site-packages|\.py\b|sqlalchemy|sqlite3|psycopg|" + re.escape(TOKEN))
SIGNED_IN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Of a node with datasets, a rule, an invitation and a job that waits."""
    import schemathesis

    world = SmallWorld(tmp_path_factory.mktemp("fuzz"))
    world.add_tables()
    app = app_of(world.parts["alpha"])
    for path, body in (("/rules", {"initiators": ["beta"]}), ("/invitations", {}), ("/jobs", {"flow": reading_flow()})):
        assert client_of(app).post(path, json=body).status_code == 201
    made = schemathesis.openapi.from_dict(DOCUMENT)
    made.app = app
    yield made
    world.close()


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_nothing_breaks_or_leaks(operation: str, schema: Any) -> None:
    examine(operation, schema, 3)


@pytest.mark.slow
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_nothing_breaks_or_leaks_in_many_tries(operation: str, schema: Any) -> None:
    examine(operation, schema, 100)


def test_what_is_left_out_is_there() -> None:
    known = {operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()}
    assert set(LEFT_OUT) <= known


def examine(operation: str, schema: Any, examples: int) -> None:
    """`examples` requests as they should be, and as many as they should not."""
    from schemathesis import GenerationMode

    path, method = OPERATIONS[operation]
    found = schema[path][method.upper()]
    rounds = settings(
        derandomize=True, database=None, deadline=None, max_examples=examples, suppress_health_check=list(HealthCheck)
    )
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        if mode is GenerationMode.NEGATIVE and not (found.body or found.query or found.path_parameters):
            continue
        rounds(given(case=found.as_strategy(generation_mode=mode))(judge))()


def judge(case: Any) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    conforming = (checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance)
    with capture_logs():
        answer = case.call(base_url="http://localhost", headers=SIGNED_IN)
        case.validate_response(answer, checks=[not_a_server_error, *conforming, checks.ignored_auth], headers=SIGNED_IN)
    assert not LEAKS.search(answer.text or ""), answer.text[:500]
