"""Every built-in operator is declared completely, in both languages."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from tacit.operators import describe, sample_params
from tacit.operators.catalogue import GROUPS, specs
from tacit.schema.flow import Profile
from tacit.schema.operator import Placement, Size, Spec
from tacit.schema.text import Text

SPECS = {spec.name: spec for spec in specs()}
CJK = re.compile(r"[\u4e00-\u9fff]")
OTHER_SCRIPTS = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A parameter model and those nested in it."""
    yield model
    for field in model.model_fields.values():
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from models_in(inner)


def extras(spec: Spec[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for model in models_in(spec.params):
        for name, field in model.model_fields.items():
            assert isinstance(field.json_schema_extra, dict), f"{spec.name}: {name} is not made by setting()"
            yield f"{spec.name}.{name}", dict(field.json_schema_extra)


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Every {zh, en} inside a JSON value."""
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_the_table_of_operators() -> None:
    assert list(SPECS) == [
        "dataset.read",
        "table.profile",
        "psi",
        "psi.many",
        "table.split",
        "preprocess.fit",
        "preprocess.apply",
        "stats.joint",
        "logistic_regression.train",
        "logistic_regression.predict",
        "evaluation.binary",
        "model.save",
        "model.load",
    ]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", name) for name in SPECS)


@every_spec
def test_every_text_is_in_both_languages(spec: Spec[Any]) -> None:
    names = {value for name, extra in extras(spec) for value in extra.get("x-options", {})}
    for text in texts(describe(spec)):
        proper_name = text["zh"] in names
        assert CJK.search(text["zh"]) or proper_name, text
        assert not OTHER_SCRIPTS.search(text["en"]), text


@every_spec
def test_every_parameter_is_documented(spec: Spec[Any]) -> None:
    for name, extra in extras(spec):
        assert {"x-title", "x-help"} <= set(extra), name
    for model in models_in(spec.params):
        schema = model.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            choices = field.get("enum", [])
            assert set(field.get("x-options", choices)) >= set(choices), name
            assert field["title"] and field["description"], name
            assert "default" in field or name in schema["required"], name


@every_spec
def test_what_has_no_default_has_an_example(spec: Spec[Any]) -> None:
    for model in models_in(spec.params):
        for name, field in model.model_fields.items():
            assert not field.is_required() or field.examples, f"{model.__name__}.{name}"
    assert sample_params(spec)


@every_spec
def test_disclosure_covers_every_role_and_names_only_roles(spec: Spec[Any]) -> None:
    disclosed = spec.disclosure(sample_params(spec))
    roles = {role.name for role in spec.roles}
    assert {item.learner for item in disclosed} == roles
    for item in disclosed:
        for text in (item.what.zh, item.what.en):
            places = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            assert places <= roles - {item.learner}, text
        assert re.fullmatch(r"[a-z][a-z_]*", item.code)
    assert len({(item.learner, item.code) for item in disclosed}) == len(disclosed)


@every_spec
def test_local_operators_teach_nothing_and_talking_ones_something(spec: Spec[Any]) -> None:
    codes = {item.code for item in spec.disclosure(sample_params(spec))}
    assert (codes == {"nothing"}) is (not spec.talks)


@every_spec
def test_ports_and_roles_fit_together(spec: Spec[Any]) -> None:
    roles = [role.name for role in spec.roles]
    assert len(set(roles)) == len(roles)
    dealers = {role.name for role in spec.roles if role.dealer}
    for ports in (spec.inputs, spec.outputs):
        assert len({port.name for port in ports}) == len(ports)
        for port in ports:
            assert port.holders and set(port.holders) <= set(roles) - dealers
            assert (len(port.holders) == 1) is (port.placement is Placement.ONE)
    assert spec.outputs
    assert spec.input(spec.inputs[0].name) is spec.inputs[0] if spec.inputs else True
    assert spec.output(spec.outputs[0].name) is spec.outputs[0]


@every_spec
def test_profiles_groups_and_versions(spec: Spec[Any]) -> None:
    dealer = any(role.dealer for role in spec.roles)
    assert spec.profiles == ((Profile.TWO_PARTY_DEALER,) if dealer else (Profile.TWO_PARTY, Profile.TWO_PARTY_DEALER))
    assert spec.group in GROUPS
    assert spec.version == "1" and spec.engines == ("native",)


def inputs_of(spec: Spec[Any], rows: int) -> dict[str, Size]:
    ports = {port.name: Size(rows, dict.fromkeys(port.holders, 10)) for port in spec.inputs}
    return ports | {"dataset": Size(rows, {"owner": 10})}


@every_spec
def test_sizes_and_cost_are_given_for_every_output_and_grow(spec: Spec[Any]) -> None:
    params = sample_params(spec)
    small, large = inputs_of(spec, 1_000), inputs_of(spec, 1_000_000)
    sizes = spec.sizes(params, small)
    filled = spec.produces(params) if spec.produces is not None else {port.name for port in spec.outputs}
    assert set(sizes) == filled
    for port in spec.outputs:
        assert port.name in filled or port.optional
        assert port.name not in filled or set(sizes[port.name].columns) == set(port.holders)
    low, high = spec.cost(params, small), spec.cost(params, large)
    assert 0 < low.seconds <= high.seconds and 0 < low.memory_mb <= high.memory_mb
    assert (high.bytes_sent >= low.bytes_sent > 0) if spec.talks else high.bytes_sent == 0
    assert spec.cost(params, inputs_of(spec, 0)).seconds > 0


@every_spec
def test_description_is_plain_json(spec: Spec[Any]) -> None:
    described = describe(spec)
    assert json.loads(json.dumps(described)) == described
    assert set(described) == {
        *("name", "version", "title", "help", "group", "group_title", "roles", "inputs", "outputs", "params"),
        *("engines", "profiles", "talks", "disclosure"),
    }


def test_texts_of_groups() -> None:
    assert all(isinstance(text, Text) for text in GROUPS.values())
