"""`python -m tacit.runtime rehearse`: one request as JSON on stdin, events as JSON lines on stdout.

A program of its own, so that the SDK and the command line stay light and never load the computing wing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tacit.errors import FlowError, TacitError
from tacit.flow import check, load
from tacit.operators import all_specs
from tacit.runtime.rehearsal import Rehearsal, entries_by_party
from tacit.runtime.sizes import measure


def main() -> int:
    request = json.loads(sys.stdin.read())
    try:
        report = _rehearse(request)
    except TacitError as error:
        _emit({"event": "refused", "error": error.as_dict()})
        return error.exit_code
    _emit({"event": "finished", "report": report})
    return 0 if report["ok"] else 1


def _rehearse(request: dict[str, Any]) -> dict[str, Any]:
    flow = load(json.dumps(request["flow"]) if request["flow"] is not None else Path(request["flow_path"]))
    entries = entries_by_party(flow, request["data"])
    plan = check(flow, all_specs(), {party: entries.get(party, {}) for party in flow.parties})
    out = Path(request["out"]).expanduser().absolute()
    out.mkdir(parents=True, exist_ok=True)
    models = Path(request["models"]).expanduser().absolute() if request["models"] else out / "models"
    return Rehearsal(plan, entries, out, models, emit=_emit).run(measure(entries))


def _emit(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:] != ["rehearse"]:
        raise FlowError("runtime.usage", "Usage: python -m tacit.runtime rehearse < request.json")
    sys.exit(main())
