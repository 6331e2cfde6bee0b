"""Flows of two owners and a helper for tests of policies, and one flow for every operator."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tacit.flow import check
from tacit.flow.plan import Plan
from tacit.governance.policies import Policy, Question
from tacit.governance.uses import Known, Use, uses
from tacit.operators import all_specs
from tacit.schema.flow import Flow, Profile

COLUMNS = {"bank": ("id", "y", "income", "city", "age"), "shop": ("id", "spend", "visits", "segment", "secret")}
DATASETS = {"bank": "customers", "shop": "buyers"}
LABELS_OF = {"bank": "y", "shop": None}


def read(party: str, **params: Any) -> dict[str, Any]:
    """The reading step of a party."""
    known = {"dataset": DATASETS[party], "keys": ["id"], "label": LABELS_OF[party]}
    given = {name: value for name, value in {**known, **params}.items() if value is not None}
    return {"id": f"{party}_rows", "operator": "dataset.read", "at": {"owner": party}, "params": given}


def match(**params: Any) -> dict[str, Any]:
    return {
        "id": "match",
        "operator": "psi",
        "at": {"receiver": "bank", "sender": "shop"},
        "inputs": {"receiver": "bank_rows.table", "sender": "shop_rows.table"},
        "params": params,
    }


def pair_step(id: str, operator: str, inputs: dict[str, str], **params: Any) -> dict[str, Any]:
    return {
        "id": id,
        "operator": operator,
        "at": {"first": "bank", "second": "shop"},
        "inputs": inputs,
        "params": params,
    }


def stats(aligned: str = "match.aligned", **params: Any) -> dict[str, Any]:
    step = pair_step("statistics", "stats.joint", {"aligned": aligned}, **params)
    step["at"]["dealer"] = "notary"
    return step


def train(aligned: str = "match.aligned", **params: Any) -> dict[str, Any]:
    return {
        "id": "train",
        "operator": "logistic_regression.train",
        "at": {"label": "bank", "feature": "shop", "dealer": "notary"},
        "inputs": {"aligned": aligned},
        "params": params,
    }


def predict(aligned: str = "match.aligned", model: str = "train.model") -> dict[str, Any]:
    return {
        "id": "predict",
        "operator": "logistic_regression.predict",
        "at": {"label": "bank", "feature": "shop", "dealer": "notary"},
        "inputs": {"aligned": aligned, "model": model},
    }


def flow(*steps: dict[str, Any], **parties: str) -> dict[str, Any]:
    """The document of these steps after both have read and, unless it stands among them, matched."""
    ids = {step["id"] for step in steps}
    first = [step for step in (read("bank"), read("shop")) if step["id"] not in ids]
    if "match" not in ids and any("match.aligned" in step.get("inputs", {}).values() for step in steps):
        first.append(match())
    return {
        "tacit": "1",
        "name": "policy-test",
        "profile": "2pc-dealer",
        "parties": {"bank": "data", "shop": "data", "notary": "dealer", **parties},
        "steps": [*first, *steps],
    }


def plan_of(document: dict[str, Any]) -> Plan:
    return check(Flow.model_validate(document), all_specs())


def known(*parties: str) -> Known:
    return Known({DATASETS[party]: COLUMNS[party] for party in parties or COLUMNS})


def uses_of(document: dict[str, Any], me: str = "shop") -> tuple[Use, ...]:
    return _uses(json.dumps(document), me)


@cache
def _uses(text: str, me: str) -> tuple[Use, ...]:
    return uses(plan_of(json.loads(text)), me, known(me))


def question(**fields: Any) -> Question:
    given: dict[str, Any] = {"initiator": "bank", "profile": Profile.TWO_PARTY_DEALER, "now_ms": 1_000_000, **fields}
    return Question(**given)


def policy(*rules: dict[str, Any], exceptions: tuple[dict[str, Any], ...] = (), dataset: str = "buyers") -> Policy:
    numbered = [{"id": f"r{place}", **rule} for place, rule in enumerate(rules)]
    lifted = [{"id": f"e{place}", **each} for place, each in enumerate(exceptions)]
    return Policy.model_validate({"dataset": dataset, "rules": numbered, "exceptions": lifted})


OPERATORS: dict[str, dict[str, Any]] = {
    "dataset.read": flow(),
    "table.profile": flow(
        {"id": "look", "operator": "table.profile", "at": {"owner": "shop"}, "inputs": {"table": "shop_rows.table"}}
    ),
    "psi": flow(match()),
    "psi.many": flow(
        {"id": "third_rows", "operator": "dataset.read", "at": {"owner": "third"}, "params": {"dataset": "x"}},
        {
            "id": "circle",
            "operator": "psi.many",
            "at": {"leader": "bank", "member_2": "shop", "member_3": "third"},
            "inputs": {"leader": "bank_rows.table", "member_2": "shop_rows.table", "member_3": "third_rows.table"},
        },
        third="data",
    ),
    "table.split": flow(pair_step("split", "table.split", {"aligned": "match.aligned"})),
    "preprocess.fit": flow(pair_step("fit", "preprocess.fit", {"aligned": "match.aligned"})),
    "preprocess.apply": flow(
        pair_step("fit", "preprocess.fit", {"aligned": "match.aligned"}),
        pair_step("again", "preprocess.apply", {"aligned": "match.aligned", "transform": "fit.transform"}),
    ),
    "stats.joint": flow(stats(group={"role": "second", "column": "segment"})),
    "logistic_regression.train": flow(train()),
    "logistic_regression.predict": flow(train(), predict()),
    "evaluation.binary": flow(
        train(),
        predict(),
        {
            "id": "judge",
            "operator": "evaluation.binary",
            "at": {"owner": "bank"},
            "inputs": {"scores": "predict.scores"},
        },
    ),
    "model.save": flow(train(), pair_step("save", "model.save", {"model": "train.model"}, name="m")),
    "model.load": flow(
        {"id": "saved", "operator": "model.load", "at": {"first": "bank", "second": "shop"}, "params": {"name": "m"}},
        predict(model="saved.model"),
    ),
}
