"""The standard's picture of a flow loses nothing, and cannot say anything else than the flow."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from tacit.errors import RefusedError
from tacit.interconnect.projection import check_projection, party_roles, project, restore
from tacit.interconnect.shapes import Config, Dag
from tacit.operators import all_specs
from tacit.schema.flow import Flow
from trust_world import FLOW, mutations

SPECS = all_specs()


def test_round_trip_through_json():
    dag, config = project(FLOW, SPECS, "hospital")
    dag = Dag.model_validate_json(json.dumps(dag.document()))
    config = Config.model_validate_json(json.dumps(config.document()))
    check_projection(dag, config, flow=FLOW, specs=SPECS, initiator="hospital")
    again = restore(dag, config)
    assert again.document() == FLOW.document()
    assert again.hash() == FLOW.hash()


def test_standard_fields_are_filled():
    dag, config = (part.document() for part in project(FLOW, SPECS, "hospital"))
    match = dag["components"][2]
    assert match["name"] == "match"
    assert match["componentName"] == "psi"
    assert match["provider"] == "tacit"
    assert match["input"][0] == {"type": "table", "key": "rows_h.table", "tacit": "receiver"}
    assert {port["key"] for port in match["output"]} == {"aligned", "matched", "report"}
    assert config["initiator"] == {"role": "guest", "node_id": "hospital"}
    assert config["role"] == {"guest": ["hospital"], "host": ["lab"], "arbiter": ["notary"]}
    assert config["task_params"]["common"]["match"]["group"] == "ristretto255"
    assert config["task_params"]["host"]["0"]["rows_l"] == {"dataset_id": "values"}


@pytest.mark.parametrize(
    ("initiator", "guest", "hosts", "arbiters"),
    [
        ("hospital", "hospital", ["lab"], ["notary"]),
        ("lab", "lab", ["hospital"], ["notary"]),
        ("notary", "hospital", ["lab"], ["notary"]),
    ],
)
def test_roles(initiator, guest, hosts, arbiters):
    assert party_roles(FLOW, initiator) == {"guest": [guest], "host": hosts, "arbiter": arbiters}
    dag, config = project(FLOW, SPECS, initiator)
    check_projection(dag, config, flow=FLOW, specs=SPECS, initiator=initiator)
    assert restore(dag, config) == restore(*project(FLOW, SPECS, "hospital"))


def test_each_changed_field_is_refused():
    honest = project(FLOW, SPECS, "hospital")
    for index, shape in enumerate((Dag, Config)):
        for mutation in mutations(honest[index].document()):
            try:
                altered = shape.model_validate(mutation.document)
            except ValidationError:
                continue
            if altered.document() == honest[index].document():
                continue
            pair = (altered, honest[1]) if index == 0 else (honest[0], altered)
            with pytest.raises(RefusedError) as caught:
                check_projection(*pair, flow=FLOW, specs=SPECS, initiator="hospital")
            assert caught.value.code == "job.projection_differs"


def test_restore_answers_damage_with_one_code():
    dag, config = project(FLOW, SPECS, "hospital")
    for mutation in mutations(dag.document()):
        try:
            altered = Dag.model_validate(mutation.document)
        except ValidationError:
            continue
        try:
            assert isinstance(restore(altered, config), Flow)
        except RefusedError as error:
            assert error.code == "job.foreign_flow"
    foreign = dag.model_copy(update={"tacit": None})
    with pytest.raises(RefusedError) as caught:
        restore(foreign, config)
    assert caught.value.code == "job.foreign_flow"


def test_unknown_operator_and_foreign_initiator():
    with pytest.raises(RefusedError) as caught:
        project(FLOW, {}, "hospital")
    assert caught.value.code == "job.operator_unknown"
    with pytest.raises(RefusedError) as caught:
        project(FLOW, SPECS, "stranger")
    assert caught.value.code == "job.initiator_not_a_party"
