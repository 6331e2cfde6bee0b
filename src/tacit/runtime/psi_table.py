"""`python -m tacit.runtime psi-table`: sealed tables: build, extend, rotate, show, serve, query.

Requests, answers and events: see `psi_program`; `do` names the work. Meetings are in `psi_table_runs`.

    table, key_file   the table's folder; the file with the server's key
    file, add, remove {"path", "format"?, "delimiter"?, "encoding"?}
    keys              column names;  nulls, rejected: refuse | drop;  duplicates: refuse | first
    build             also normalise, columns (of the payload), verifiable, capacity, queries, payload_bytes (0: chosen)
    rotate            also old: the folder of the table whose settings are taken over
    memory            bytes of keys and entries that are held before they go to the table's disk
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tacit.errors import DataError, ParameterError, ResourceError, TacitError
from tacit.runtime.psi_program import Program, run_program

if TYPE_CHECKING:
    from tacit.algorithms.alignment.table_rows import Survey, TableRows
    from tacit.algorithms.alignment.table_settings import Settings
    from tacit.protocols.psi.sealed import SealedTable
    from tacit.protocols.psi.sealing import TableKey

LEAST_CAPACITY = 1024
LEAST_PAYLOAD = 8  # lengths of payloads are multiples of it
MEMORY = 1 << 28


def main() -> NoReturn:
    """The program."""
    run_program(TableProgram)


class TableProgram(Program):
    """One piece of work on a sealed table."""

    def run(self) -> dict[str, Any]:
        """The report."""
        works: dict[str, Callable[[Program], dict[str, Any]]] = {
            "build": build,
            "extend": extend,
            "rotate": rotate,
            "show": show,
        }
        if self.request["do"] in works:
            return works[self.request["do"]](self)
        from tacit.runtime import psi_table_runs

        return psi_table_runs.serve(self) if self.request["do"] == "serve" else psi_table_runs.query(self)


def build(program: Program) -> dict[str, Any]:
    """A new table from a file. The key is made if there is none, and goes again if nothing comes of it."""
    from tacit.algorithms.alignment.table_settings import Settings

    request = program.request
    rules = tuple(tuple(names) for names in request["normalise"])
    settings = Settings(tuple(request["keys"]), rules, tuple(request["columns"]))
    return _seal(program, settings, request)


def rotate(program: Program) -> dict[str, Any]:
    """A new table under a new key, with the settings of an old one, which stays as it is."""
    from tacit.algorithms.alignment.table_settings import load_server

    request = program.request
    old, settings = load_server(Path(request["old"]))
    if Path(request["key_file"]).exists():
        raise _bad_key("The file is there already.", "Name a file that is not there yet: a new key goes into it.")
    header = old.header
    numbers = {"capacity": header.capacity, "queries": header.queries, "payload_bytes": header.payload_bytes}
    return _seal(program, settings, {**request, **numbers, "verifiable": bool(header.mode)})


def extend(program: Program) -> dict[str, Any]:
    """The next epoch of a table: keys to add or to give other payloads, keys to take out."""
    from tacit.algorithms.alignment.streams import peak_mb
    from tacit.algorithms.alignment.table_settings import load_server
    from tacit.protocols.psi.sealing import extend_table

    request, folder = program.request, Path(program.request["table"])
    if not request["add"] and not request["remove"]:
        raise ParameterError("psi.bad_choice", "There is nothing to add and nothing to remove.", expected="one of both")
    table, settings = load_server(folder)
    key = load_key(request["key_file"])
    check_key(table, key)
    width, memory = table.header.payload_bytes, _memory(request)
    with storing():
        added: Any = ()
        removed: Any = ()
        counts: dict[str, int] = {}
        if request["add"]:
            rows = _rows(program, settings, request["add"])
            survey = rows.survey(memory, folder)
            check_types(table, survey.types)
            _check_width(survey.widest, width)
            counts = _counts(survey)
            added = rows.batches(width, survey.counts.read)
        if request["remove"]:
            gone = _rows(program, settings, request["remove"], payload=False, duplicates="first")
            check_types(table, gone.survey(memory, folder).types)
            removed = gone.digests()
        extended = extend_table(folder, key, added, removed, memory=memory)
    last = extended.header
    return {**facts(extended, settings), "added": last.added, "removed": last.removed, **counts, "rss_mb": peak_mb()}


def show(program: Program) -> dict[str, Any]:
    """What headers say, and at the server the settings."""
    from tacit.algorithms.alignment.table_settings import Settings, load_table

    folder = Path(program.request["table"])
    return facts(load_table(folder), Settings.load(folder))


def facts(table: SealedTable, settings: Settings | None) -> dict[str, Any]:
    """The public facts of a table; of its settings only where it was built."""
    header = table.header
    epochs = [segment.header for segment in table.segments]
    return {
        "table": str(table.folder),
        "size": header.size,
        "epochs": len(epochs),
        "key_id": header.key_id.hex(),
        "digest": header.digest.hex(),
        "verifiable": bool(header.mode),
        "tag_bytes": header.tag_bytes,
        "payload_bytes": header.payload_bytes,
        "capacity": header.capacity,
        "queries": header.queries,
        "key_types": header.key_types.decode("ascii", "replace"),
        "bytes": sum(each.file_bytes for each in epochs),
        "history": [{name: getattr(each, name) for name in ("epoch", "added", "removed", "size")} for each in epochs],
        "key_columns": None if settings is None else list(settings.keys),
        "normalise": None if settings is None else [list(names) for names in settings.normalise],
        "payload_columns": None if settings is None else list(settings.columns),
    }


def check_key(table: SealedTable, key: TableKey) -> None:
    """Raises ParameterError psi.table_key."""
    if key.public != table.header.public or key.mode is not table.header.mode:
        raise ParameterError(
            "psi.table_key", "This key is not the one that sealed the table.", hint="Name the table's own key."
        )


def check_types(table: SealedTable, types: bytes) -> None:
    """Raises DataError psi.key_types_differ."""
    if types != table.header.key_types:
        raise key_types_differ(types, table.header.key_types)


def key_types_differ(found: bytes, expected: bytes) -> DataError:
    """The error for a file whose keys cannot be those of the table."""
    return DataError(
        "psi.key_types_differ",
        "The key columns of the file and of the table differ in number or type, so that no key could match.",
        found=found.decode("ascii", "replace"),
        expected=expected.decode("ascii", "replace"),
        hint="Name as many key columns as the table has, in its order.",
    )


@contextmanager
def storing() -> Iterator[None]:
    """A disk that is full or read-only is no fault of the program."""
    from tacit.protocols.psi.wire import store_failed

    try:
        yield
    except OSError as error:
        raise store_failed(error) from None


def _seal(program: Program, settings: Settings, wishes: dict[str, Any]) -> dict[str, Any]:
    """Survey, then seal. What was made and is of no use is gone again."""
    from tacit.algorithms.alignment.streams import peak_mb
    from tacit.protocols.psi import sealing

    folder, memory = Path(wishes["table"]), _memory(wishes)
    rows = _rows(program, settings, wishes["file"])
    with storing(), ExitStack() as undoing:
        if any(folder.glob("*.seg")):
            raise DataError(
                "psi.table_exists", "The folder holds a sealed table already.", hint="Name an empty folder."
            )
        if not folder.exists():
            folder.mkdir(parents=True)
            undoing.callback(_remove, folder)
        survey = rows.survey(memory, folder)
        width = _width(survey.widest, wishes["payload_bytes"], settings)
        capacity = wishes["capacity"] or max(2 * survey.counts.used, LEAST_CAPACITY)
        _check_capacity(survey, capacity)
        key, fresh = _key(Path(wishes["key_file"]), wishes["verifiable"])
        if fresh:
            undoing.callback(Path(wishes["key_file"]).unlink, missing_ok=True)
        settings.save(folder)
        undoing.callback(settings.discard, folder)
        table = sealing.build_table(
            folder,
            key,
            rows.batches(width, survey.counts.read),
            capacity=capacity,
            queries=wishes["queries"],
            key_types=survey.types,
            payload_bytes=width,
            memory=memory,
        )
        undoing.pop_all()
    repeated = survey.counts.used - table.size
    return {
        **facts(table, settings),
        "key_created": fresh,
        **_counts(survey),
        "rows_with_repeated_key": repeated,
        "rss_mb": peak_mb(),
    }


def _remove(folder: Path) -> None:
    with suppress(OSError):  # somebody else has put something there
        folder.rmdir()


def _rows(
    program: Program,
    settings: Settings,
    file: dict[str, Any],
    *,
    payload: bool = True,
    duplicates: str | None = None,
) -> TableRows:
    from tacit.algorithms.alignment.keys import KeyRules
    from tacit.algorithms.alignment.table_rows import TableRows

    request = program.request
    rules = KeyRules(
        tuple(request.get("keys") or settings.keys),
        nulls=request["nulls"],
        duplicates=duplicates or request["duplicates"],
        normalise=settings.normalise,
        rejected=request["nulls"],
    )
    source = open_file(file, rules.columns)
    return TableRows(source, rules, settings.columns if payload else (), program.progress)


def open_file(file: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """A file of a request."""
    from tacit.algorithms.alignment.input import open_input

    options = {name: file.get(name) for name in ("delimiter", "encoding")}
    return open_input(Path(file["path"]), keys, format=file.get("format"), **options)


def _key(path: Path, verifiable: bool) -> tuple[TableKey, bool]:
    """The key in the file, and whether it was made now. Raises ParameterError psi.key_file, psi.table_key."""
    from tacit.protocols.psi.blinding import Mode
    from tacit.protocols.psi.sealing import TableKey

    mode = Mode.VERIFIABLE if verifiable else Mode.PLAIN
    try:
        return TableKey.create(path, mode), True
    except FileExistsError:
        key = TableKey.load(path)
    except OSError:
        raise _bad_key(
            "It cannot be written.", "Name a file in a folder that exists and where you may write."
        ) from None
    if key.mode is not mode:
        raise ParameterError(
            "psi.table_key",
            "The key in the file is of the other kind.",
            found=key.mode.name.lower(),
            expected=mode.name.lower(),
            hint="Whether answers carry proofs is chosen when the key is made: name a new file.",
        )
    return key, False


def _existing_key(path: str) -> Path:
    if not Path(path).is_file():
        raise _bad_key("It is not there.", "Name the file that holds the key of this table.")
    return Path(path)


def load_key(path: str) -> TableKey:
    """Raises ParameterError psi.key_file."""
    from tacit.protocols.psi.sealing import TableKey

    try:
        return TableKey.load(_existing_key(path))
    except PermissionError:
        raise _bad_key("It cannot be read.", "Name a file that you may read.") from None


def _bad_key(found: str, hint: str) -> TacitError:
    return ParameterError(
        "psi.key_file", "The file with the key of the sealed table cannot be used.", found=found, hint=hint
    )


def _width(widest: int, wished: int, settings: Settings) -> int:
    """Bytes of a payload: as wished, else what the longest row needs, rounded up."""
    if not settings.columns:
        return 0
    width = wished or -(-max(widest, 1) // LEAST_PAYLOAD) * LEAST_PAYLOAD
    _check_width(widest, width)
    return width


def _check_width(widest: int, width: int) -> None:
    from tacit.algorithms.alignment.table_payload import too_wide

    if widest > width:
        raise too_wide(widest, width)


def _check_capacity(survey: Survey, capacity: int) -> None:
    if survey.repeated is not None and survey.counts.used > capacity:
        raise ResourceError(
            "psi.too_many_items",
            "The table has more keys than one PSI may take.",
            found=str(survey.counts.used),
            expected=f"at most {capacity}",
            hint="Build the table for a larger capacity, or split it.",
        )


def _counts(survey: Survey) -> dict[str, int]:
    counts = survey.counts
    return {"rows_read": counts.read, "rows_without_key": counts.null, "rows_rejected": counts.rejected}


def _memory(request: dict[str, Any]) -> int:
    return int(request["memory"] or MEMORY)
