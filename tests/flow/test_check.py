"""Sound flows become plans; every fault has its code and its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from flow.flows import SPECS, by_id, document, step, whole
from tacit.errors import FlowError, from_dict
from tacit.flow import FlowCheckError, Problem, Source, check, problems
from tacit.schema.flow import Flow, PartyKind
from tacit.schema.operator import Kind, Placement, Role
from tacit.schema.text import Text

Change = Callable[[dict[str, Any]], object]


def found(change: Change, **arguments: Any) -> list[Problem]:
    made = document()
    change(made)
    return problems(Flow.model_validate(made), SPECS, **arguments)


def test_a_sound_flow_has_no_problems() -> None:
    assert problems(whole(), SPECS) == []


def test_the_plan() -> None:
    flow = whole()
    plan = check(flow, SPECS)
    assert plan.flow is flow and plan.hash == flow.hash()
    assert [step.id for step in plan.steps] == [step.id for step in flow.steps]
    match = plan.step("match")
    assert match.spec is SPECS["psi"]
    assert match.at == {"receiver": "hospital", "sender": "lab"}
    assert match.parties == ("hospital", "lab")
    assert match.inputs == {"receiver": Source("rows", "table"), "sender": Source("tests", "table")}
    assert match.after == ("rows", "tests")
    assert match.role_of("lab") == "sender" and match.role_of("notary") is None
    assert match.inputs_at("lab") == {"sender": Source("tests", "table")}
    assert match.outputs_at("lab") == ("aligned", "report")
    predict = plan.step("predict")
    assert predict.outputs_at("hospital") == ("scores",)
    assert predict.outputs_at("lab") == predict.outputs_at("notary") == ()
    assert predict.inputs_at("notary") == {}
    assert predict.holders(predict.spec.output("scores")) == ("hospital",)
    assert plan.step("save").inputs == {"model": Source("train", "model")}
    assert plan.step("train").params_document()["epochs"] == 10
    assert [step.id for step in plan.steps_of("notary")] == ["stats", "train", "predict"]
    assert plan.parties["notary"] is PartyKind.DEALER and plan.profile == "2pc-dealer"


def test_the_order_follows_the_wires_and_then_the_document() -> None:
    made = document()
    made["steps"].reverse()
    plan = check(Flow.model_validate(made), SPECS)
    assert [step.id for step in plan.steps] == [
        *("tests", "rows", "match", "stats", "split", "fit", "train", "save", "predict", "evaluate"),
    ]


def at(id: str, **seats: str) -> Change:
    return lambda made: by_id(made, id)["at"].update(seats)


def wire(id: str, **inputs: str) -> Change:
    return lambda made: by_id(made, id)["inputs"].update(inputs)


def params(id: str, **values: Any) -> Change:
    return lambda made: by_id(made, id).setdefault("params", {}).update(values)


def fields(id: str, **values: Any) -> Change:
    return lambda made: by_id(made, id).update(values)


def add(*more: dict[str, Any]) -> Change:
    return lambda made: made["steps"].extend(more)


PAIR = {"first": "hospital", "second": "lab"}

CASES: list[tuple[str, Change, dict[str, Any]]] = [
    ("flow.unknown_operator", fields("match", operator="stats.jiont"), {"hint": "Did you mean stats.joint?"}),
    ("flow.unknown_operator", fields("save", operator="zzz.qqq"), {"step": "save"}),
    ("flow.unknown_version", fields("match", version="7"), {"found": "7", "expected": "1"}),
    (
        "flow.duplicate_step",
        add(step("rows", "dataset.read", {"owner": "lab"}, params={"dataset": "x"})),
        {"step": "rows"},
    ),
    ("flow.unknown_role", at("match", sendr="lab"), {"role": "sendr", "hint": "Did you mean sender?"}),
    ("flow.missing_role", lambda made: by_id(made, "match")["at"].pop("sender"), {"role": "sender"}),
    ("flow.missing_role", lambda made: by_id(made, "train")["at"].pop("dealer"), {"role": "dealer"}),
    ("flow.unknown_party", at("rows", owner="hospitl"), {"found": "hospitl", "hint": "Did you mean hospital?"}),
    ("flow.party_kind", at("train", dealer="lab"), {"found": "data", "expected": "dealer"}),
    ("flow.party_kind", at("rows", owner="notary"), {"found": "dealer", "expected": "data"}),
    ("flow.same_party", at("match", sender="hospital"), {"found": "hospital", "role": "sender"}),
    ("flow.profile_unsupported", lambda made: made.update(profile="2pc"), {"found": "2pc", "expected": "2pc-dealer"}),
    ("flow.dealer_missing", lambda made: made["parties"].update(notary="data"), {"path": ("parties",)}),
    ("flow.dealer_unexpected", lambda made: made.update(profile="2pc"), {"found": "dealer"}),
    ("flow.unknown_input", wire("match", third="rows.table"), {"port": "third", "expected": "receiver, sender"}),
    ("flow.missing_input", lambda made: by_id(made, "match")["inputs"].pop("sender"), {"port": "sender"}),
    ("flow.unknown_step", wire("match", sender="testz.table"), {"hint": "Did you mean tests?"}),
    ("flow.unknown_output", wire("match", sender="tests.tabel"), {"hint": "Did you mean table?"}),
    ("flow.output_not_filled", params("match", learner="receiver"), {"step": "split", "found": "match.aligned"}),
    ("flow.output_not_filled", wire("split", aligned="match.matched"), {"expected": "aligned, report"}),
    ("flow.type_mismatch", wire("split", aligned="match.report"), {"found": "report", "expected": "aligned"}),
    ("flow.type_mismatch", wire("match", receiver="match.aligned"), {"port": "receiver"}),
    ("flow.holder_mismatch", wire("match", receiver="tests.table"), {"found": "lab", "expected": "hospital"}),
    ("flow.holder_mismatch", at("evaluate", owner="lab"), {"found": "hospital", "expected": "lab"}),
    ("flow.seat_mismatch", at("predict", label="lab", feature="hospital"), {"found": "lab", "role": "label"}),
    ("flow.cycle", wire("split", aligned="fit.aligned"), {"found": "fit → split → fit"}),
    (
        "flow.cycle",
        add(step("self", "table.split", PAIR, inputs={"aligned": "self.train"})),
        {"step": "self", "found": "self → self"},
    ),
    ("flow.unknown_parameter", params("split", test_fracton=0.5), {"hint": "Did you mean test_fraction?"}),
    (
        "flow.unknown_parameter",
        params("train", early_stop={"patience": 1, "tolerance": 0.1, "patients": 3}),
        {"param": "early_stop.patients", "hint": "Did you mean patience?"},
    ),
    ("flow.missing_parameter", lambda made: by_id(made, "rows")["params"].pop("dataset"), {"param": "dataset"}),
    ("flow.missing_parameter", params("train", early_stop={"patience": 1}), {"param": "early_stop.tolerance"}),
    ("flow.bad_parameter", params("split", test_fraction=2), {"param": "test_fraction", "found": "2"}),
    ("flow.bad_parameter", params("stats", group={"role": "dealer", "column": "a"}), {"param": "group.role"}),
    ("flow.bad_parameter", params("stats", columns={"third": ["a"]}), {"param": "columns.third"}),
    ("flow.bad_parameter", params("stats", columns={"first": ["a", 3]}), {"param": "columns.first.1", "found": "3"}),
    ("flow.bad_parameter", params("rows", label="id"), {"param": None}),
    ("flow.bad_parameter", params("rows", null_values=["x" * 500] * 65), {"param": "null_values"}),
]


@pytest.mark.parametrize(("code", "change", "place"), CASES)
def test_every_fault_has_its_code_and_place(code: str, change: Change, place: dict[str, Any]) -> None:
    hits = [problem for problem in found(change) if problem.code == code]
    assert hits, [problem.code for problem in found(change)]
    assert {name: getattr(hits[0], name) for name in place} == place
    assert hits[0].message.endswith(".") and len(str(hits[0].found)) <= 200
    assert hits[0].path


def test_placement_is_checked_where_the_kinds_agree() -> None:
    spec = SPECS["logistic_regression.train"]
    each = tuple(replace(port, placement=Placement.EACH) if port.name == "model" else port for port in spec.outputs)
    changed = {**SPECS, spec.name: replace(spec, outputs=each)}
    codes = [(problem.code, problem.step, problem.port) for problem in problems(whole(), changed)]
    assert codes == [("flow.placement_mismatch", "predict", "model"), ("flow.placement_mismatch", "save", "model")]


def test_a_port_may_accept_further_kinds() -> None:
    spec = SPECS["table.split"]
    widened = replace(spec, inputs=(replace(spec.inputs[0], accepts=(Kind.REPORT,)),))
    made = document()
    by_id(made, "split")["inputs"]["aligned"] = "match.report"
    assert problems(Flow.model_validate(made), {**SPECS, spec.name: widened}) == []


def test_an_optional_role_may_stay_empty() -> None:
    spec = SPECS["psi"]
    guest = replace(spec, roles=(*spec.roles, Role("guest", Text("来宾", "Guest"), optional=True)))
    plan = check(whole(), {**SPECS, spec.name: guest})
    assert plan.step("match").parties == ("hospital", "lab")


def test_all_problems_are_reported_together_in_document_order() -> None:
    def change(made: dict[str, Any]) -> None:
        params("split", seed=-1)(made)
        at("rows", owner="nobody")(made)
        fields("save", operator="model.sav")(made)

    assert [(problem.step, problem.code) for problem in found(change)] == [
        ("rows", "flow.unknown_party"),
        ("match", "flow.holder_mismatch"),
        ("split", "flow.bad_parameter"),
        ("save", "flow.unknown_operator"),
    ]


def test_an_unknown_operator_is_reported_once() -> None:
    assert [problem.code for problem in found(fields("rows", operator="data.read"))] == ["flow.unknown_operator"]


def test_two_cycles_are_both_named() -> None:
    made = document()
    for name in ("p", "q"):
        made["steps"] += [
            step(f"{name}1", "table.split", PAIR, inputs={"aligned": f"{name}2.train"}),
            step(f"{name}2", "table.split", PAIR, inputs={"aligned": f"{name}1.train"}),
        ]
    made["steps"].append(step("behind", "table.split", PAIR, inputs={"aligned": "q1.test"}))
    cycles = [problem.found for problem in problems(Flow.model_validate(made), SPECS)]
    assert cycles == ["p1 → p2 → p1", "q1 → q2 → q1"]


def test_check_raises_one_error_with_all_problems() -> None:
    made = document()
    params("split", seed=-1, test_fraction=0)(made)
    with pytest.raises(FlowError) as caught:
        check(Flow.model_validate(made), SPECS)
    error = caught.value
    assert isinstance(error, FlowCheckError)
    assert error.code == "flow.bad_parameter" and len(error.problems) == 2 and "(and 1 more)" in error.message
    shown = error.as_dict()
    assert shown["type"] == "FlowError" and len(shown["problems"]) == 2
    assert shown["problems"][0]["path"] == ["steps", 3, "params", "test_fraction"]
    again = from_dict(shown)
    assert isinstance(again, FlowError) and again.code == error.code


def test_datasets_are_looked_up_where_a_catalogue_is_given() -> None:
    unknown = found(lambda made: None, datasets={"hospital": ["patient"], "lab": {"tests": 1}})
    assert [(problem.code, problem.step, problem.hint) for problem in unknown] == [
        ("flow.unknown_dataset", "rows", "Did you mean patient?")
    ]
    assert found(lambda made: None, datasets={"lab": ["tests"]}) == []


def test_many_faults_stay_readable_and_quick() -> None:
    made = document()
    made["steps"] += [step(f"s{i}", "table.split", PAIR, inputs={"aligned": f"nowhere{i}.train"}) for i in range(1000)]
    many = problems(Flow.model_validate(made), SPECS)
    assert len(many) == 1000 and len(str(many[0].expected)) < 500
