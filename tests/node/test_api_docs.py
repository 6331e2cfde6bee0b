"""The local API as it is described: docs/reference/api.md and openapi.json, docs/guides/operate.md; and what must
hold for each of its routes."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local_api import LocalApi, app_of, client_of
from small_world import SmallWorld
from tacit.governance.access import ACTIONS
from tacit.node.api import reference
from tacit.node.api.app import PREFIX
from tacit.node.api.tags import TAGS
from tacit.node.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
SHORT = {"access_list": "the actions, which are fixed", "session_list": "at most twenty"}
SECRETS = ("token", "password", "secret", "key", "code")


@cache
def described() -> dict[str, Any]:
    return json.loads(reference.as_text(reference.unattached().openapi()))  # type: ignore[no-any-return]


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described()["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_call_is_documented() -> None:
    calls = [f"{method.upper()} {path.removeprefix(PREFIX)}" for path, method, _ in operations()]
    page = (DOCS / "reference" / "calls.md").read_text()
    assert len(calls) > 40
    assert page == reference.as_page(described()), "make docs"
    assert [call for call in calls if f"`{call}`" not in page] == []


def test_calls_that_are_explained_exist() -> None:
    page = (DOCS / "reference" / "api.md").read_text()
    calls = {f"{method.upper()} {path.removeprefix(PREFIX)}" for path, method, _ in operations()}
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`", page))
    assert len(named) > 40 and named - calls == set()


def test_every_setting_is_documented() -> None:
    page = (DOCS / "guides" / "operate.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name}`" not in page] == []


def test_the_openapi_document_is_current() -> None:
    committed = (DOCS / "reference" / "openapi.json").read_text()
    assert json.loads(committed) == described(), "make docs"
    assert described()["openapi"].startswith("3.1")


def test_operation_ids_are_readable_and_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z_]*[a-z]", name)] == []


def test_every_noun_is_described() -> None:
    assert {tag["name"] for tag in described()["tags"]} <= set(TAGS)


def test_every_error_is_a_problem() -> None:
    for path, method, operation in operations():
        errors = {code: told for code, told in operation["responses"].items() if int(code) >= 400}
        assert {"500"} <= set(errors), (method, path)
        assert all(told == {"$ref": f"#/components/responses/{code}"} for code, told in errors.items()), (method, path)


def test_every_answer_has_a_shape() -> None:
    for path, method, operation in operations():
        good = [told for code, told in operation["responses"].items() if int(code) < 300]
        content = [kind for told in good for kind in told.get("content", {}).values()]
        assert all(kind.get("schema") for kind in content), (method, path)


def test_every_input_is_bounded() -> None:
    """Every text has a length or a pattern or is one of some words, every number both ends, every list a length."""
    loose = {}
    for path, method, operation in operations():
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "path" or "pattern" not in parameter["schema"]:
                loose |= _loose(parameter["schema"], f"{method} {path} {parameter['name']}")
    assert loose == {}


def _loose(schema: dict[str, Any], place: str) -> dict[str, str]:
    for each in schema.get("anyOf", [schema]):
        kind = each.get("type")
        if kind == "string" and not {"maxLength", "pattern", "enum", "const", "format"} & set(each):
            return {place: "text"}
        if kind in ("integer", "number") and not ({"maximum", "exclusiveMaximum"} & set(each)):
            return {place: "number"}
        if kind == "array" and "maxItems" not in each:
            return {place: "list"}
    return {}


def test_every_body_is_closed() -> None:
    """Unknown fields are refused."""
    schemas = described()["components"]["schemas"]
    open_bodies = []
    for path, method, operation in operations():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for each in body.get("anyOf", [body]):
            name = each.get("$ref", "").rpartition("/")[2]
            if (
                name
                and schemas[name].get("type") == "object"
                and schemas[name].get("additionalProperties") is not False
            ):
                open_bodies.append(f"{method} {path} {name}")
    assert open_bodies == []


def test_every_shape_has_a_name_of_its_own() -> None:
    """Two shapes of one name would get the names of their modules, and clients would have to know those."""
    ugly = [name for name in described()["components"]["schemas"] if "__" in name.rstrip("_") or "-" in name]
    assert ugly == []


def test_every_list_has_a_limit() -> None:
    for path, method, operation in operations():
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if operation["operationId"].endswith("_list") and operation["operationId"] not in SHORT:
            assert {"limit", "cursor"} <= names, (method, path)


def test_no_get_has_an_action_that_changes(world: SmallWorld) -> None:
    for path, method, actions in routes(world):
        if method == "GET":
            assert [action for action in actions if ACTIONS[action].changes] == [], path


def test_every_route_names_one_action(world: SmallWorld) -> None:
    from tacit.node.api.authority import is_open

    for path, method, actions in routes(world):
        if not is_open(method, path):
            assert len(actions) == 1 and actions[0] in ACTIONS, (method, path, actions)


def routes(world: SmallWorld) -> list[tuple[str, str, list[str]]]:
    from fastapi.routing import APIRoute, iter_route_contexts

    from tacit.node.api.authority import Needs

    found = []
    for context in iter_route_contexts(app_of(world.parts["alpha"]).routes):
        route = context.route
        if isinstance(route, APIRoute):
            calls = [dependency.dependency for dependency in route.dependencies]
            actions = [call.action for call in calls if isinstance(call, Needs)]
            found += [(context.path_format, method, actions) for method in route.methods or ()]
    assert len(found) > 40
    return found


def test_no_secret_in_an_address() -> None:
    for path, method, operation in operations():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and "callback" not in path:
                assert parameter["name"] not in SECRETS, (method, path, parameter["name"])


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = SmallWorld(tmp_path_factory.mktemp("docs"))
    made.add_tables()
    yield client_of(app_of(made.parts["alpha"]))
    made.close()


def test_the_description_is_not_for_strangers(api: LocalApi) -> None:
    assert api.get("/openapi.json").json()["info"]["title"] == "Tacit node"
    assert api.get("/openapi.json", headers={"Authorization": ""}).status_code == 401


def test_trace_is_not_answered(api: LocalApi) -> None:
    assert api.call("TRACE", "/node").status_code == 405


def test_no_other_origin_is_let_in(api: LocalApi) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for answer in (api.get("/node", headers=asked), api.call("OPTIONS", "/rules", headers=asked)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_result_files_have_safe_names() -> None:
    from pydantic import TypeAdapter, ValidationError

    from tacit.schema.flow import Name

    for name in ('a"b', "a\r\nb", "../a", "ä", "a;b"):
        with pytest.raises(ValidationError):
            TypeAdapter(Name).validate_python(name)
