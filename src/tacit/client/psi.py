"""Private set intersection for people who want nothing else: two files or tables here, or one here and one there.

Every party is a process of its own (`python -m tacit.runtime psi`) and talks to the other over TLS 1.3.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tacit.client.psi_processes import Confirm, OnEvent, run_one, run_pair
from tacit.client.psi_tables import build_table, extend_table, query, rotate_table, serve_table, show_table
from tacit.client.psi_workers import LOCAL, crew, split
from tacit.errors import InputError, ParameterError

__all__ = [
    "Intersection",
    "build_table",
    "extend_table",
    "intersect",
    "join",
    "query",
    "rotate_table",
    "serve",
    "serve_table",
    "show_table",
]

PROTOCOLS = ("auto", "vole", "ecdh")
REVEALS = ("both", "receiver")
JOINS = ("inner", "left", "right", "full", "difference")
_CSV = (".csv", ".tsv", ".txt")
_OPTIONS = {
    *("nulls", "duplicates", "format", "delimiter", "encoding", "memory"),
    *("workers", "cluster", "worker_host", "worker_ports"),
}


@dataclass(frozen=True, slots=True)
class Intersection:
    """Both results, row k of one and row k of the other with the same key; tables, or paths where files were written.

    A side that learns nothing has None. `report`: matched, wall_s, and under `parties` each side's counts, seconds per
    phase, bytes and memory.
    """

    left: Any
    right: Any
    report: dict[str, Any]


def intersect(
    left: Any,
    right: Any,
    *,
    key: str | Sequence[str] | None = None,
    left_key: str | Sequence[str] | None = None,
    right_key: str | Sequence[str] | None = None,
    protocol: str = "auto",
    reveal: str = "both",
    join: str = "inner",
    malicious: bool = False,
    nulls: str = "refuse",
    duplicates: str = "refuse",
    normalise: Sequence[Sequence[str]] = (),
    out: str | Path | None = None,
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    memory: int = 0,
    workers: int | tuple[int, int] = 0,
    cluster: str = LOCAL,
    on_event: OnEvent | None = None,
) -> Intersection:
    """The rows of two tables whose keys stand in both, found as two organisations would: by protocol, not by looking.

    left, right: paths (CSV, Parquet, Arrow), or pyarrow or pandas tables. Cells of a CSV stay the text that they are.
    key: column or columns of both; left_key, right_key where they are called differently. Compared as text, exactly,
        after the rules of `normalise` (one list of rule names per key column; see `docs/reference/operators.md`, psi).
    protocol: auto, vole or ecdh; malicious: also against a party that does not follow the protocol (vole).
    reveal: both learn the common rows, or the receiver (left) alone. join: inner, left, right, full, difference.
    nulls, duplicates: refuse, or drop such rows, or keep the first of equal keys.
    out: a folder for left.…, right.… and report.json; without it tables are returned. format: csv, parquet or arrow of
        the results, by default that of the input. memory: bytes per party, 0 for no limit; more goes to disk.
    workers: processes of each side (left, right) that match at the same time, in Ray (`pip install 'tacit[ray]'`);
        0: neither side splits its work. cluster: "local", or the address of a Ray cluster.

    Raises the TacitError of the party that stopped.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tacit-psi-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) if out is None else _make_folder(out)
        terms = _terms(protocol, reveal, join, malicious, normalise)
        crews = dict(zip(("left", "right"), _pair_of(workers), strict=True))
        sides = {"left": (left, left_key or key), "right": (right, right_key or key)}
        requests: dict[str, dict[str, Any]] = {}
        for side, (table, columns) in sides.items():
            file = _as_file(
                table, Path(scratch) / f"{side}.in.arrow", format=None, delimiter=delimiter, encoding=encoding
            )
            target = folder / f"{side}{_suffix(file['path'], format, tables=out is None or file['temporary'])}"
            target.unlink(missing_ok=True)
            requests[side] = {
                "me": side,
                "peer": "right" if side == "left" else "left",
                "file": file,
                "keys": _columns(columns, side),
                "nulls": nulls,
                "rejected": nulls,
                "duplicates": duplicates,
                "terms": {**terms, "role": "receiver" if side == "left" else "sender"},
                "out": str(target) if side == "left" or reveal == "both" else None,
                "memory": memory,
                "folder": str(folder),
                "workers": crew(crews[side], cluster, sides=2),
            }
        split(requests)
        reports = run_pair(requests, on_event)
        results = {side: _result(requests[side]["out"], sides[side][0], as_path=out is not None) for side in sides}
        report = _report(reports, results, time.perf_counter() - begin, as_path=out is not None)
        if out is not None:
            (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
        return Intersection(results["left"], results["right"], report)


def serve(
    file: str | Path,
    *,
    key: str | Sequence[str],
    address: str,
    public: str | None = None,
    confirm: Confirm,
    out: str | Path | None,
    role: str = "receiver",
    protocol: str = "auto",
    reveal: str = "both",
    join: str = "inner",
    malicious: bool = False,
    normalise: Sequence[Sequence[str]] = (),
    lifetime_s: float = 3600,
    on_event: OnEvent | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Invite one other host to one run and do it; returns this side's report.

    address: host:port to listen at; public: what the other side dials, if different. `on_event` gets
    {"event": "invitation", "code", …}: the code goes to the other side over a private way; whoever has it can take part
    once. confirm: called with sizes and terms before anything that depends on a key is sent; False ends the run.
    options: nulls, duplicates, format, delimiter, encoding, memory, workers (of this side), cluster as in `intersect`;
    worker_host, worker_ports (first, last): where this side's workers listen. With workers the run is split, at both
    sides: the other has one worker unless it says another number.
    """
    meet = {"how": "serve", "address": address, "public": public, "lifetime_s": lifetime_s}
    terms = {**_terms(protocol, reveal, join, malicious, normalise), "role": role}
    request = _party("inviter", "guest", file, key, out, meet, terms, options)
    split({"inviter": request})
    return run_one(request, on_event, confirm)


def join(
    code: str,
    file: str | Path,
    *,
    key: str | Sequence[str],
    confirm: Confirm,
    out: str | Path | None,
    on_event: OnEvent | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Take part in the run that another host's `serve` invited to; its terms are shown to `confirm`. As `serve`."""
    request = _party("guest", "inviter", file, key, out, {"how": "join", "code": code}, None, options)
    return run_one(request, on_event, confirm)


def _party(
    me: str,
    peer: str,
    file: str | Path,
    key: str | Sequence[str],
    out: str | Path | None,
    meet: dict[str, Any],
    terms: dict[str, Any] | None,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    unknown = set(options) - _OPTIONS
    if unknown:
        raise ParameterError("psi.unknown_option", "There is no such option.", found=", ".join(sorted(unknown)))
    target = None if out is None else Path(out).expanduser().absolute()
    return {
        "me": me,
        "peer": peer,
        "meet": meet,
        "file": {
            "path": str(Path(file).expanduser().absolute()),
            **{n: options.get(n) for n in ("delimiter", "encoding")},
        },
        "keys": _columns(key, "file"),
        "nulls": options.get("nulls", "refuse"),
        "rejected": options.get("nulls", "refuse"),
        "duplicates": options.get("duplicates", "refuse"),
        "terms": terms,
        "out": None if target is None else str(target),
        "out_format": options.get("format"),
        "memory": options.get("memory", 0),
        "folder": str(target.parent) if target is not None and target.parent.is_dir() else None,
        "workers": crew(
            int(options.get("workers", 0)),
            str(options.get("cluster", LOCAL)),
            host=options.get("worker_host"),
            ports=options.get("worker_ports"),
        ),
    }


def _terms(
    protocol: str, reveal: str, join: str, malicious: bool, normalise: Sequence[Sequence[str]]
) -> dict[str, Any]:
    for name, value, allowed in (("protocol", protocol, PROTOCOLS), ("reveal", reveal, REVEALS), ("join", join, JOINS)):
        if value not in allowed:
            raise ParameterError(
                "psi.bad_choice",
                f"`{name}` has a value that it may not have.",
                found=value,
                expected=", ".join(allowed),
            )
    return {
        "protocol": protocol,
        "reveal": reveal,
        "join": join,
        "malicious": bool(malicious),
        "normalise": [list(names) for names in normalise],
    }


def _pair_of(workers: int | tuple[int, int]) -> tuple[int, int]:
    left, right = (workers, workers) if isinstance(workers, int) else workers
    return left, right


def _as_file(table: Any, temporary: Path, **options: str | None) -> dict[str, Any]:
    """A path as it is; a table as an Arrow file that the child maps."""
    if isinstance(table, str | Path):
        path = Path(table).expanduser().absolute()
        return {"path": str(path), "temporary": False, **options}
    import pyarrow as pa

    from tacit.client.tables import to_arrow

    content = to_arrow(table)
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, content.schema) as writer:
        writer.write_table(content)
    return {"path": str(temporary), "format": "arrow", "temporary": True}


def _suffix(path: str, format: str | None, *, tables: bool) -> str:
    if format is not None:
        return f".{format}"
    if tables:
        return ".arrow"
    suffix = Path(path).suffix.lower()
    return ".csv" if suffix in _CSV else suffix


def _columns(key: str | Sequence[str] | None, side: str) -> list[str]:
    columns = [key] if isinstance(key, str) else list(key or ())
    if not columns:
        raise ParameterError(
            "psi.key_columns", f"No key column is named ({side}).", hint="Give `key`, or `left_key` and `right_key`."
        )
    return columns


def _result(path: str | None, given: Any, *, as_path: bool) -> Any:
    if path is None or as_path:
        return None if path is None else Path(path)
    import pyarrow as pa

    with pa.OSFile(path) as source, pa.ipc.open_file(source) as file:
        table = file.read_all()
    if type(given).__module__.split(".")[0] == "pandas":
        return table.to_pandas()
    return table


def _report(
    reports: dict[str, dict[str, Any]], results: Mapping[str, Any], wall_s: float, *, as_path: bool
) -> dict[str, Any]:
    return {
        "matched": reports["left"]["matched"],
        "protocol": reports["left"]["protocol"],
        "why": reports["left"]["why"],
        "wall_s": round(wall_s, 4),
        "bytes_sent": sum(report["bytes_sent"] for report in reports.values()),
        "files": {side: str(path) for side, path in results.items() if path is not None} if as_path else {},
        "parties": reports,
    }


def _make_folder(out: str | Path) -> Path:
    folder = Path(out).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "psi.bad_out",
            f"The folder {folder} cannot be made.",
            found=error.strerror,
            hint="Name a folder where you may write.",
        ) from None
    return folder
