"""A Spec as plain JSON: what the console's palette and forms, the CLI and the docs are made from."""

from __future__ import annotations

from typing import Any

from tacit.operators.catalogue import GROUPS
from tacit.schema.operator import Params, Port, Role, Spec


def describe(spec: Spec[Any]) -> dict[str, Any]:
    """JSON description. `params` is a JSON Schema (2020-12) with the `x-` fields of `operators.setting`."""
    return {
        "name": spec.name,
        "version": spec.version,
        "title": spec.title.as_dict(),
        "help": spec.help.as_dict(),
        "group": spec.group,
        "group_title": GROUPS.get(spec.group, GROUPS["general"]).as_dict(),
        "roles": [_role(role) for role in spec.roles],
        "inputs": [_port(port) for port in spec.inputs],
        "outputs": [_port(port) for port in spec.outputs],
        "params": spec.params.model_json_schema(),
        "engines": list(spec.engines),
        "profiles": list(spec.profiles),
        "talks": spec.talks,
        "disclosure": [
            {"learner": item.learner, "code": item.code, "what": item.what.as_dict()}
            for item in spec.disclosure(sample_params(spec))
        ],
    }


def sample_params(spec: Spec[Any]) -> Params:
    """Defaults, and for what has none its first example: to show what the operator discloses and costs."""
    required = {
        name: field.examples[0]
        for name, field in spec.params.model_fields.items()
        if field.is_required() and field.examples
    }
    params: Params = spec.params.model_validate(required)
    return params


def _role(role: Role) -> dict[str, Any]:
    return {"name": role.name, "title": role.title.as_dict(), "dealer": role.dealer, "optional": role.optional}


def _port(port: Port) -> dict[str, Any]:
    return {
        "name": port.name,
        "kind": port.kind.value,
        "placement": port.placement.value,
        "holders": list(port.holders),
        "title": port.title.as_dict(),
        "optional": port.optional,
        "accepts": [kind.value for kind in port.accepts],
    }
