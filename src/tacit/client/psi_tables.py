"""Sealed tables: a server seals a large file once, and holders of a code ask it about their keys, again and again.

The work is done by a process of its own (`python -m tacit.runtime psi-table`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tacit.client.psi_processes import Confirm, OnEvent, run_one
from tacit.errors import ParameterError

PROGRAM = "psi-table"
QUERIES = 1_000_000
Report = dict[str, Any]


def build_table(
    file: str | Path,
    *,
    key: str | Sequence[str],
    table: str | Path,
    table_key: str | Path,
    columns: Sequence[str] = (),
    normalise: Sequence[Sequence[str]] = (),
    verifiable: bool = False,
    capacity: int = 0,
    queries: int = QUERIES,
    payload_bytes: int = 0,
    nulls: str = "refuse",
    duplicates: str = "refuse",
    delimiter: str | None = None,
    encoding: str | None = None,
    memory: int = 0,
    on_event: OnEvent | None = None,
) -> Report:
    """Seal the keys of a file, and the columns that whoever holds a key of it may read, into a new table.

    table: a new or empty folder. table_key: the file with the server's secret; a new one is made if it is not there.
    columns: travel as text. verifiable: answers carry proofs that they were made with the table's key; that belongs
        to the key. capacity: keys that the table will ever have, by default twice those of the file. queries: how
        often it will be asked in its life, by everybody. payload_bytes: of every row, by default what the longest
        needs. nulls, duplicates, normalise: as in `intersect`; every client uses the same rules of spelling.
    memory: bytes of keys and entries held before they go to the table's disk, 256 MB by default.

    Returns the table's facts and the counts of the file. Raises TacitError.
    """
    return _run(
        {
            "do": "build",
            **_sealing(file, table, table_key, nulls, duplicates, delimiter, encoding, memory),
            "keys": _columns(key),
            "columns": list(columns),
            "normalise": [list(names) for names in normalise],
            "verifiable": bool(verifiable),
            "capacity": _count("capacity", capacity, 0),
            "queries": _count("queries", queries, 1),
            "payload_bytes": _count("payload_bytes", payload_bytes, 0),
        },
        on_event,
    )


def extend_table(
    table: str | Path,
    *,
    table_key: str | Path,
    add: str | Path | None = None,
    remove: str | Path | None = None,
    key: str | Sequence[str] | None = None,
    nulls: str = "refuse",
    duplicates: str = "refuse",
    delimiter: str | None = None,
    encoding: str | None = None,
    memory: int = 0,
    on_event: OnEvent | None = None,
) -> Report:
    """The next epoch of a table: rows to add, or whose columns have changed, and keys to take out.

    What is in both files, stays. Clients fetch the difference only. key: where the files call the key columns
    otherwise than the first one did. Returns the table's facts. Raises TacitError.
    """
    request = {
        "do": "extend",
        "me": "table",
        **_places(table, table_key),
        "add": None if add is None else _file(add, delimiter, encoding),
        "remove": None if remove is None else _file(remove, delimiter, encoding),
        "keys": None if key is None else _columns(key),
        "nulls": nulls,
        "duplicates": duplicates,
        "memory": memory,
    }
    return _run(request, on_event)


def rotate_table(
    old: str | Path,
    file: str | Path,
    *,
    table: str | Path,
    table_key: str | Path,
    nulls: str = "refuse",
    duplicates: str = "refuse",
    delimiter: str | None = None,
    encoding: str | None = None,
    memory: int = 0,
    on_event: OnEvent | None = None,
) -> Report:
    """Seal a file anew under a new key, with the columns, rules and sizes of the table `old`, which stays as it is.

    table, table_key: a new folder and a new file. Clients fetch the new table into a new folder. Raises TacitError.
    """
    request = _sealing(file, table, table_key, nulls, duplicates, delimiter, encoding, memory)
    return _run({"do": "rotate", **request, "old": _path(old)}, on_event)


def show_table(table: str | Path) -> Report:
    """The public facts of a table, at its server or in a client's copy. Raises TacitError."""
    return _run({"do": "show", "me": "table", "table": _path(table)}, None)


def serve_table(
    table: str | Path,
    *,
    table_key: str | Path,
    address: str,
    budget: int,
    confirm: Confirm,
    daily: int | None = None,
    runs: int = 1,
    public: str | None = None,
    lifetime_s: float = 3600,
    on_event: OnEvent | None = None,
) -> Report:
    """Make a code, and answer whoever holds it until it has been used `runs` times, `budget` keys have been asked
    about, or it has expired.

    budget: for this code. daily: for all codes of the table's key together on one day (UTC), by default the same as
        `budget`; kept on disk beside the key, as is what was asked in the key's life, at most the table's `queries`.
    confirm: called for every run, with the number of keys that the client asks about. `on_event` gets
        {"event": "invitation", "code", …}.

    Returns the counts. Raises TacitError; with several runs, those that fail are counted and the next may come.
    """
    request = {
        "do": "serve",
        "me": "inviter",
        "peer": "guest",
        **_places(table, table_key),
        "meet": {"how": "serve", "address": address, "public": public, "lifetime_s": lifetime_s},
        "budget": _count("budget", budget, 1),
        "daily": _count("daily", budget if daily is None else daily, 1),
        "runs": _count("runs", runs, 1),
    }
    return _run(request, on_event, confirm)


def query(
    code: str,
    file: str | Path,
    *,
    key: str | Sequence[str],
    table: str | Path,
    confirm: Confirm,
    out: str | Path | None,
    verifiable: bool = False,
    nulls: str = "refuse",
    duplicates: str = "refuse",
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    on_event: OnEvent | None = None,
) -> Report:
    """Which rows of a file have a key in the table of the server that made the code, with the table's columns.

    table: the folder of the local copy, which is fetched or brought up to date first. out: the rows with a match, in
        the order of the file, all its columns and then the table's; None: counts only. verifiable: refuse a table
        whose answers carry no proofs. confirm: called with the table's facts before anything is said about the file.

    Returns the counts. Raises TacitError.
    """
    target = None if out is None else _path(out)
    request = {
        "do": "query",
        "me": "guest",
        "peer": "inviter",
        "meet": {"how": "join", "code": code},
        "file": _file(file, delimiter, encoding),
        "keys": _columns(key),
        "table": _path(table),
        "nulls": nulls,
        "duplicates": duplicates,
        "verifiable": bool(verifiable),
        "out": target,
        "out_format": format,
    }
    return _run(request, on_event, confirm)


def _run(request: dict[str, Any], on_event: OnEvent | None, confirm: Confirm | None = None) -> Report:
    for name, allowed in (("nulls", ("refuse", "drop")), ("duplicates", ("refuse", "first"))):
        if name in request and request[name] not in allowed:
            raise _bad(name, str(request[name]), ", ".join(allowed))
    return run_one(request, on_event, confirm, program=PROGRAM)


def _sealing(
    file: str | Path,
    table: str | Path,
    table_key: str | Path,
    nulls: str,
    duplicates: str,
    delimiter: str | None,
    encoding: str | None,
    memory: int,
) -> dict[str, Any]:
    return {
        "me": "table",
        "file": _file(file, delimiter, encoding),
        **_places(table, table_key),
        "nulls": nulls,
        "duplicates": duplicates,
        "memory": memory,
    }


def _places(table: str | Path, table_key: str | Path) -> dict[str, str]:
    return {"table": _path(table), "key_file": _path(table_key)}


def _file(path: str | Path, delimiter: str | None, encoding: str | None) -> dict[str, Any]:
    return {"path": _path(path), "delimiter": delimiter, "encoding": encoding}


def _path(path: str | Path) -> str:
    return str(Path(path).expanduser().absolute())


def _columns(key: str | Sequence[str]) -> list[str]:
    columns = [key] if isinstance(key, str) else list(key)
    if not columns:
        raise ParameterError("psi.key_columns", "No key column is named.", hint="Give `key`.")
    return columns


def _count(name: str, value: int, least: int) -> int:
    if not least <= value < 1 << 48:
        raise _bad(name, str(value), f"a number from {least} on")
    return int(value)


def _bad(name: str, found: str, expected: str) -> ParameterError:
    return ParameterError(
        "psi.bad_choice", f"`{name}` has a value that it may not have.", found=found, expected=expected
    )
