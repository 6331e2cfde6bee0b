"""Programs that the command line and the SDK start: `python -m tacit.runtime rehearse | psi | psi-table`.

A program of its own, so that they stay light and never load the computing wing; each loads only what it needs. One
request as JSON on stdin, events as JSON lines on stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tacit.errors import FlowError, TacitError


def rehearse() -> int:
    """A flow, every party its own processes: see `tacit.runtime.rehearsal`."""
    request = json.loads(sys.stdin.read())
    try:
        report = _rehearse(request)
    except TacitError as error:
        _emit({"event": "refused", "error": error.as_dict()})
        return error.exit_code
    _emit({"event": "finished", "report": report})
    return 0 if report["ok"] else 1


def psi() -> int:
    """One party of a private set intersection of two files: see `tacit.runtime.psi`."""
    from tacit.runtime.psi import main

    return main()


def psi_table() -> int:
    """Work on a sealed table, at its server or a client: see `tacit.runtime.psi_table`."""
    from tacit.runtime.psi_table import main

    return main()


PROGRAMS = {"rehearse": rehearse, "psi": psi, "psi-table": psi_table}


def _rehearse(request: dict[str, Any]) -> dict[str, Any]:
    from tacit.flow import check, load
    from tacit.operators import all_specs
    from tacit.runtime.rehearsal import Rehearsal, entries_by_party
    from tacit.runtime.sizes import measure

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
    if len(sys.argv) != 2 or sys.argv[1] not in PROGRAMS:
        usage = f"Usage: python -m tacit.runtime {'|'.join(PROGRAMS)} < request.json"
        raise FlowError("runtime.usage", usage)
    sys.exit(PROGRAMS[sys.argv[1]]())
