"""The console judges a wire as the check does: its fixture holds the verdict on every pair of ports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tacit.flow.wiring import Declared, wiring_problems
from tacit.operators import describe
from tacit.operators.catalogue import specs
from tacit.schema.flow import Flow
from tacit.schema.operator import Port, Spec

FIXTURE = Path(__file__).parents[2] / "web/src/flow/fixtures/wiring.json"
PARTIES = ["hospital", "lab", "bank", "shop", "clinic", "insurer", "agency", "school", "court", "harbour"]
LETTERS = {
    "flow.type_mismatch": "k",
    "flow.placement_mismatch": "p",
    "flow.holder_mismatch": "h",
    "flow.seat_mismatch": "s",
}
MIRRORED = -1
# Who sits at the source and at the target: turned by so many places, or in the reverse order; without the last roles.
SEATINGS = {
    "same": ((0, 0), (0, 0)),
    "turned": ((0, 0), (1, 0)),
    "mirrored": ((0, 0), (MIRRORED, 0)),
    "source open": ((0, 1), (0, 0)),
    "target open": ((0, 0), (0, 1)),
    "few": ((0, 7), (0, 6)),
}


def test_the_console_has_the_verdicts_of_the_check() -> None:
    made = json.dumps(_fixture(), ensure_ascii=False, separators=(",", ":")) + "\n"
    if not FIXTURE.exists():
        FIXTURE.parent.mkdir(parents=True, exist_ok=True)
        FIXTURE.write_text(made, encoding="utf-8")
    assert FIXTURE.read_text(encoding="utf-8") == made, f"delete {FIXTURE} and run this test to make it anew"


def test_the_verdicts_are_of_many_sorts() -> None:
    found = {letter for rows in _fixture()["verdicts"].values() for row in rows for letter in row}
    assert found >= {"k", "h", "s", "."}


def _fixture() -> dict[str, Any]:
    known = list(specs())
    outputs = [(spec, port) for spec in known for port in spec.outputs]
    inputs = [(spec, port) for spec in known for port in spec.inputs]
    seatings = {name: _seating(known, *turns) for name, turns in SEATINGS.items()}
    return {
        "operators": [_short(spec) for spec in known],
        "outputs": [f"{spec.name}:{port.name}" for spec, port in outputs],
        "inputs": [f"{spec.name}:{port.name}" for spec, port in inputs],
        "seatings": seatings,
        "verdicts": {name: list(_rows(outputs, inputs, seats)) for name, seats in seatings.items()},
    }


def _short(spec: Spec[Any]) -> dict[str, Any]:
    return {**describe(spec), "params": {}, "help": {"zh": "", "en": ""}, "disclosure": []}


def _seating(known: list[Spec[Any]], source: tuple[int, int], target: tuple[int, int]) -> dict[str, Any]:
    return {
        "source": {spec.name: _seats(spec, *source) for spec in known},
        "target": {spec.name: _seats(spec, *target) for spec in known},
    }


def _seats(spec: Spec[Any], turn: int, left_out: int) -> dict[str, str]:
    """A party for every role but the last few, of which one is always left."""
    kept = spec.roles[: max(1, len(spec.roles) - left_out)]
    roles = [role.name for role in kept if not role.dealer]
    order = PARTIES[: len(roles)][::-1] if turn == MIRRORED else PARTIES[turn:] + PARTIES[:turn]
    return {**dict(zip(roles, order, strict=False)), **{role.name: "notary" for role in kept if role.dealer}}


def _rows(
    outputs: list[tuple[Spec[Any], Port]], inputs: list[tuple[Spec[Any], Port]], seats: dict[str, Any]
) -> Iterator[str]:
    """For every output a letter for every input."""
    for source, output in outputs:
        yield "".join(_verdict((source, output), (target, port), seats) for target, port in inputs)


def _verdict(source: tuple[Spec[Any], Port], target: tuple[Spec[Any], Port], seats: dict[str, Any]) -> str:
    flow = Flow.model_validate(
        {
            "name": "pair",
            "parties": {**dict.fromkeys(PARTIES, "data"), "notary": "dealer"},
            "steps": [
                {"id": "source", "operator": source[0].name, "at": seats["source"][source[0].name]},
                {
                    "id": "target",
                    "operator": target[0].name,
                    "at": seats["target"][target[0].name],
                    "inputs": {target[1].name: f"source.{source[1].name}"},
                },
            ],
        }
    )
    declared = Declared(flow, {0: source[0], 1: target[0]})
    found = [problem.code for problem in wiring_problems(declared, 1) if problem.port == target[1].name]
    return LETTERS[found[0]] if found else "."
