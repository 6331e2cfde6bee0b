"""Rehearsal from Python: any flow, every party a local process, on given files. Runs in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tacit.client.rebuilding import rebuild
from tacit.errors import InputError, InternalError, ParameterError, TacitError

Event = dict[str, Any]
_LONGEST_ROOT = 50  # the address of a local socket below it has at most 104 bytes on some systems
_PROGRAM = [sys.executable, "-P", "-m", "tacit.runtime", "rehearse"]
_STOP_S = 5.0  # for the workers to go on their own before they are killed
_FAULT = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)")
_PLACE = re.compile(r'^\s*File "(?:.*/)?([^"/]+)", line (\d+)', re.MULTILINE)


def rehearse(
    flow: str | Path | Mapping[str, Any],
    data: Mapping[str, str | Path | Mapping[str, Any]],
    out: str | Path,
    *,
    models: str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> dict[str, Any]:
    """Run `flow` on local files and return its report.

    flow: path of a YAML or JSON file, or the document as a mapping.
    data: "party.dataset" -> path, or -> {"path", "format"?: "csv"|"parquet", "options"?: {…}}.
    out: folder for `PARTY/STEP/PORT.parquet|json` and `report.json`; made if missing.
    models: folder of saved models, one folder per party; default `out`/models.
    on_event: called with {"event": "step"|"progress", …} as the run goes on.

    Raises the TacitError that stopped the flow, its message naming party and step; `out`/report.json is written in
    either case. Intermediate results live in a private folder that is gone when this returns.
    """
    folder = _make_folder(out)
    request = {
        "flow": dict(flow) if isinstance(flow, Mapping) else None,
        "flow_path": None if isinstance(flow, Mapping) else str(flow),
        "data": {name: _entry(name, value) for name, value in data.items()},
        "out": str(folder),
        "models": None if models is None else str(models),
    }
    try:
        last = _run(request, on_event)
        if last["event"] == "refused":
            raise _with_needs(rebuild(last["error"]), request)
    except TacitError as error:
        _write_refusal(folder, error)
        raise
    return _report_or_raise(last["report"])


def needed_data(flow: str | Path | Mapping[str, Any]) -> list[str]:
    """ "party.dataset" of everything that a flow reads, in the flow's order."""
    from tacit.flow import load

    document = load(json.dumps(dict(flow)) if isinstance(flow, Mapping) else Path(flow))
    reads = [step for step in document.steps if step.operator == "dataset.read"]
    return list(dict.fromkeys(f"{step.at.get('owner')}.{step.params.get('dataset')}" for step in reads))


def _run(request: dict[str, Any], on_event: Callable[[Event], None] | None) -> Event:
    """The final event. The process group is its own: Ctrl-C reaches it once, through us."""
    with (
        tempfile.TemporaryDirectory(prefix="tacit-", dir=_scratch_root(), ignore_cleanup_errors=True) as scratch,
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603
            _PROGRAM,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "TMPDIR": scratch},
            process_group=0,
        ) as process,
    ):
        try:
            last = _follow(process, request, on_event)
        except BaseException:
            _stop(process)
            raise
        if last is None:
            errors.seek(0)
            raise _broken(errors.read().decode(errors="replace"))
    return last


def _scratch_root() -> str | None:
    """Where private folders go: the usual place, unless the paths of sockets below it would be too long."""
    return None if len(os.fsencode(tempfile.gettempdir())) <= _LONGEST_ROOT else "/tmp"  # noqa: S108


def _follow(
    process: subprocess.Popen[bytes], request: dict[str, Any], on_event: Callable[[Event], None] | None
) -> Event | None:
    """Send the request, pass events on, return the final event."""
    if process.stdin is None or process.stdout is None:
        raise InternalError("rehearsal.broke", "The rehearsal has no pipes.")
    with contextlib.suppress(BrokenPipeError):  # then it ends without a report, which says more
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
    last: Event | None = None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] in ("finished", "refused"):
            last = event
        elif on_event is not None:
            on_event(event)
    process.wait()
    return last


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop its workers, then make sure that nothing of its group is left."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        process.send_signal(signal.SIGINT)
        process.wait(_STOP_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _broken(trace: str) -> InternalError:
    """Only the kind and place of the fault: the text of a foreign exception may quote a cell."""
    lines = trace.strip().splitlines()
    fault = _FAULT.match(lines[-1]) if lines else None
    places = _PLACE.findall(trace)
    found = fault.group(1) if fault else None
    if found and places:
        found += " at {}:{}".format(*places[-1])
    return InternalError(
        "rehearsal.broke",
        "The rehearsal ended without a report.",
        found=found,
        hint="If nobody killed it, the machine may have run out of memory; otherwise please report it.",
    )


def _report_or_raise(report: dict[str, Any]) -> dict[str, Any]:
    if report["ok"]:
        return report
    failure = report["error"]
    error = rebuild(failure["cause"])
    error.message = f"At {failure['party']}, step {failure['step']}: {error.message}"
    error.args = (error.message,)
    raise error


def _with_needs(error: TacitError, request: dict[str, Any]) -> TacitError:
    """A flow that lacks data says all that it needs."""
    if error.code != "flow.unknown_dataset":
        return error
    needs = needed_data(request["flow"] if request["flow"] is not None else request["flow_path"])
    error.expected = ", ".join(needs)
    error.hint = "Give each with --data PARTY.DATASET=PATH (in Python: the argument `data`)."
    return error


def _write_refusal(folder: Path, error: TacitError) -> None:
    """A report for a flow that never began, so that none of an earlier run is taken for this one's."""
    report: dict[str, Any] = {
        "flow": None,
        "name": None,
        "ok": False,
        "wall_s": 0.0,
        "bytes_sent": 0,
        "parties": {},
        "steps": [],
        "forecast": None,
        "disclosures": {},
        "error": {"step": None, "party": None, "cause": error.as_dict(), "parties": {}},
    }
    with contextlib.suppress(OSError):  # the error itself is raised and matters more
        (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")


def _make_folder(out: str | Path) -> Path:
    folder = Path(out).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "rehearsal.bad_out",
            f"The folder {folder} cannot be made.",
            found=error.strerror,
            hint="Name a folder where you may write.",
        ) from None
    return folder


def _entry(name: str, value: str | Path | Mapping[str, Any]) -> dict[str, Any]:
    entry = dict(value) if isinstance(value, Mapping) else {"path": value}
    if not isinstance(entry.get("path"), str | Path):
        raise ParameterError(
            "rehearsal.bad_data",
            f"The data of {name} are not understood.",
            found=type(value).__name__,
            expected="a path, or {'path', 'format', 'options'}",
        )
    return {**entry, "path": str(entry["path"])}
