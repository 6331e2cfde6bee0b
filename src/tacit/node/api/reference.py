"""The OpenAPI document of the local API. `python -m tacit.node.api.reference` prints docs/reference/openapi.json,
with `calls` behind it docs/reference/calls.md.

FastAPI describes paths, parameters and answers; this adds what holds for all of them: how to sign in, which errors
can come (RFC 9457), the idempotency key, readable operation ids, and a description of each noun.
"""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from tacit.node.api.authority import Needs, is_open
from tacit.node.api.problems import MEDIA
from tacit.node.api.shapes.base import Problem
from tacit.node.api.tags import TAGS

_PREFIX = "/api/v1/"
_UNSAFE = frozenset({"post", "put", "patch", "delete"})
_ERRORS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in: `auth.*`.",
    403: "Refused by a role, a rule, an owner or a signature check.",
    404: "Nothing of that name.",
    409: "It exists already, or is in another state.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The request is not valid.",
    429: "Too many requests or tries.",
    500: "A fault of the node.",
    502: "Another node does not answer, or refuses.",
    503: "A limit of this node.",
}
_INTRODUCTION = (
    "The HTTP API of a Tacit node, for its own organisation: command line, SDK and console use nothing else. "
    "JSON in and out; times in ISO 8601 UTC. Lists come in pages: `next` of a page is the `cursor` of the following "
    "one. Errors are problem details (RFC 9457) with a stable `code`."
)
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once and answered alike for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token in the file api.token of the node's folder, or an API key of limited scope.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "tacit_session",
        "description": "A session after signing in.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "With a session, for everything but reading.",
    },
}


def operation_id(route: APIRoute) -> str:
    """`jobs_submit`: the noun, and the verb as the route is named."""
    return f"{_noun(route.path_format, [str(tag) for tag in route.tags])}_{route.name}"


def install(app: FastAPI) -> None:
    """Let the application serve this document."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def describe(app: FastAPI) -> dict[str, Any]:
    """The document as JSON values."""
    made = get_openapi(
        title="Tacit node", version=app.version, openapi_version="3.1.0", description=_INTRODUCTION, routes=app.routes
    )
    components = made.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(by_alias=True)
    components["responses"] = {str(status): _error(text) for status, text in _ERRORS.items()}
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    actions, used = _actions(app), set()
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            operation["tags"] = [_noun(path, operation.get("tags", []))]
            used.update(operation["tags"])
            _complete(path, method, operation)
            if (path, method) in actions:
                operation["x-action"] = actions[path, method]
    made["tags"] = [{"name": name, "description": TAGS.get(name, name)} for name in sorted(used)]
    return made


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Errors, the idempotency key, and who may call."""
    open_to_all = is_open(method.upper(), path)
    operation["security"] = [] if open_to_all else _security(method)
    if method == "post" and not open_to_all:
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
    answers = operation["responses"]
    answers.pop("422", None)
    for status in _errors(path, method, operation):
        answers[str(status)] = {"$ref": f"#/components/responses/{status}"}
    operation["responses"] = dict(sorted(answers.items()))


def _errors(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    found = {500}
    if path != f"{_PREFIX}health":
        found |= {401, 403, 404, 422, 429, 503}
    if "{" in path or method in _UNSAFE:
        found.add(502)
    if method in _UNSAFE:
        found |= {400, 409, 413, 415}
    return sorted(found)


def _actions(app: FastAPI) -> dict[tuple[str, str], str]:
    """(path, method) -> the action that the caller must be allowed."""
    return {
        (str(context.path_format), method.lower()): call.action
        for context in iter_route_contexts(app.routes)
        if isinstance(context.route, APIRoute)
        for call in (dependency.dependency for dependency in context.route.dependencies)
        if isinstance(call, Needs)
        for method in context.route.methods or ()
    }


def _security(method: str) -> list[dict[str, list[str]]]:
    session: dict[str, list[str]] = {"session": []}
    return [{"bearer": []}, session | ({"csrf": []} if method in _UNSAFE else {})]


def _noun(path: str, tags: list[str]) -> str:
    return tags[0] if tags else path.removeprefix(_PREFIX).strip("/").split("/")[0]


class _Absent:
    """Stands for the parts of a node, which are only used when a request is answered."""

    def __getattr__(self, name: str) -> _Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> _Absent:
        return self


def unattached() -> FastAPI:
    """The application without a node behind it: enough to describe it."""
    from tacit.node.api.app import Services, make_api

    absent = cast(Any, _Absent())
    return make_api(Services(absent, absent, started_at=0.0, protocol=1), "none")


def as_text(document: dict[str, Any]) -> str:
    """As it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_page(document: dict[str, Any]) -> str:
    """All calls by noun, for people."""
    found: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            call = f"`{method.upper()} {path.removeprefix(_PREFIX[:-1])}`"
            action = f"`{operation['x-action']}`" if "x-action" in operation else ""
            told = " ".join(operation.get("description", "").split()).replace("|", "\\|")
            found.setdefault(operation["tags"][0], []).append(
                f"| {call} | `{operation['operationId']}` | {action} | {told} |"
            )
    lines = [_PAGE]
    for noun in sorted(found):
        lines += [f"\n## {noun}\n", TAGS.get(noun, ""), "\n| call | operation | action | |", "|---|---|---|---|"]
        lines += sorted(found[noun])
    return "\n".join(lines) + "\n"


_PAGE = """# All calls of the local API · 本地接口调用一览

Made from [openapi.json](openapi.json), which holds parameters, bodies and answers. `action` is what a role or an API
key must allow. How to call, and what answers mean: [api.md](api.md).

由 openapi.json 生成；其中有参数、请求与响应的定义。action 为角色或接口密钥须具有的权限。"""

if __name__ == "__main__":
    made = unattached().openapi()
    sys.stdout.write(as_page(made) if "calls" in sys.argv[1:] else as_text(made))
