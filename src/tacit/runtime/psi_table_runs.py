"""A sealed table's server and its clients: each run on a line of its own, on a code that the server made."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.streams import peak_mb
from tacit.algorithms.alignment.table_rows import Questions, read_questions, result_schema, write_found
from tacit.algorithms.alignment.table_settings import load_server, load_table
from tacit.channel.identity import NodeIdentity
from tacit.data.sinks import open_sink
from tacit.errors import ProtocolError, RefusedError, TacitError
from tacit.protocols.psi.delivery import fetch, publish
from tacit.protocols.psi.unbalanced import Found, answer
from tacit.protocols.psi.unbalanced import query as ask
from tacit.protocols.psi.wire import MAX_ITEMS, Protocol, Terms
from tacit.runtime.psi_meeting import Reception, agree, meet
from tacit.runtime.psi_program import Program
from tacit.runtime.psi_table import check_key, key_types_differ, load_key, open_file, storing
from tacit.runtime.psi_table_budget import CodeBudget, today
from tacit.runtime.psi_table_meeting import Announcement, Wish, announce, check_budget, hear, wish_for

if TYPE_CHECKING:
    from tacit.algorithms.alignment.input import FileInput
    from tacit.protocols.psi.sealed import SealedTable
    from tacit.protocols.psi.sealing import TableKey

Report = dict[str, Any]


def serve(program: Program) -> Report:
    """Answer holders of one code until its runs or its budget are used up, or it has expired."""
    request = program.request
    table, _ = load_server(Path(request["table"]))
    key = load_key(request["key_file"])
    check_key(table, key)
    budget = CodeBudget(Path(request["key_file"]), request["budget"], request["daily"], table.header.queries)
    with storing():
        check_budget(1, budget.rest(table.header.key_id))
    identity = NodeIdentity.generate("tacit psi")
    with Reception(request["meet"], request["me"], request["peer"], identity, program.tell) as reception:
        return _Serving(program, key, budget).run(reception, table.header.key_id)


class _Serving:
    """What one code was used for so far."""

    def __init__(self, program: Program, key: TableKey, budget: CodeBudget) -> None:
        self._program, self._key, self._budget = program, key, budget
        self._runs = self._queries = self._sent = self._received = 0
        self._failed: list[str] = []

    def run(self, reception: Reception, key_id: bytes) -> Report:
        """A run that fails is one of the runs; a single one fails as a whole."""
        wanted = self._program.request["runs"]
        while self._runs < wanted and self._budget.rest(key_id) > 0:
            try:
                self._receive(reception)
            except TacitError as error:
                if wanted == 1 or (error.code == "invitation.unused" and not self._runs):
                    raise
                if error.code == "invitation.unused":
                    break
                self._give_up(error)
            self._runs += 1
        return {
            "role": "server",
            "runs": self._runs,
            "failed": self._failed,
            "queries": self._queries,
            "queries_left": self._budget.rest(key_id),
            "day": today(),
            "bytes_sent": self._sent,
            "bytes_received": self._received,
            "rss_mb": peak_mb(),
        }

    def _receive(self, reception: Reception) -> None:
        program = self._program
        program.channel = None
        program.channel, sid = reception.receive()
        program.tell({"event": "connected"})
        with storing():
            self._queries += self._answer(sid)
        traffic = program.channel.traffic()
        self._sent, self._received = self._sent + traffic.bytes_sent, self._received + traffic.bytes_received
        program.channel.close()

    def _answer(self, sid: bytes) -> int:
        """The table is opened for every run: it may have got a new epoch."""
        program, channel = self._program, self._program.channel
        table, settings = load_server(Path(program.request["table"]))
        header = table.header
        words = Announcement(
            **_public(table),
            left=self._budget.rest(header.key_id),
            key_columns=len(settings.keys),
            normalise=settings.normalise,
            payload_columns=settings.columns,
        )
        wish = announce(channel, words)
        current = wish.digest == words.digest
        yes = program.ask(
            {"event": "confirm", "side": "server", "count": wish.count, "current": current, **asdict(words)}
        )
        agree(channel, yes)
        terms = Terms(sid, key_types=header.key_types, protocol=Protocol.UNBALANCED, max_items=MAX_ITEMS)
        publish(channel, table, terms, progress=lambda done, total: program.progress("send", done, total))
        return answer(
            *(channel, table, self._key, self._budget, today(), terms),
            progress=lambda done, total: program.progress("answer", done, total),
        )

    def _give_up(self, error: TacitError) -> None:
        """This run only: the next guest may come."""
        self._program.fail(error)
        if self._program.channel is not None:
            self._program.channel.close()
        self._failed.append(error.code)
        self._program.tell({"event": "run_failed", "error": error.as_dict()})


def query(program: Program) -> Report:
    """Bring the copy of the table up to date, ask about the keys of a file, write its rows that are in the table."""
    request = program.request
    begin = time.perf_counter()
    source = open_file(request["file"], tuple(request["keys"]))
    program.channel, sid = meet(request, program.tell)
    program.tell({"event": "connected"})
    table = hear(program.channel)
    _check_announced(table, request)
    if not program.ask({"event": "confirm", "side": "client", "rows_about": source.rows_about, **asdict(table)}):
        agree(program.channel, False)
    with storing():
        return _Asking(program, source, table, sid, begin).run()


class _Asking:
    """A client's run, once the person has said yes."""

    def __init__(self, program: Program, source: FileInput, table: Announcement, sid: bytes, begin: float) -> None:
        self._program, self._source, self._table, self._sid, self._begin = program, source, table, sid, begin
        self._last = begin
        self._seconds: dict[str, float] = {}

    def run(self) -> Report:
        """Everything that the server could see is over before anything is looked up or written."""
        program, channel, request = self._program, self._program.channel, self._program.request
        self._mark("connect")
        questions = self._read()
        terms = Terms(self._sid, key_types=questions.types, protocol=Protocol.UNBALANCED, max_items=MAX_ITEMS)
        copy = self._bring(terms, questions)
        out = None if request["out"] is None else Path(request["out"])
        schema = result_schema(self._source, self._table.payload_columns)
        if out is None:
            found, bad = self._ask(copy, questions, terms), 0
        else:
            with open_sink(out, schema, format=request["out_format"]) as sink:
                found = self._ask(copy, questions, terms)
                columns, rows = len(self._table.payload_columns), questions.rows[found.rows]
                bad = write_found(sink, self._source, rows, found.payloads, columns, program.progress)
            self._mark("write")
        return self._report(questions, found, bad, None if out is None else len(found.rows), channel.traffic())

    def _read(self) -> Questions:
        request = self._program.request
        rules = KeyRules(
            tuple(request["keys"]),
            nulls=request["nulls"],
            duplicates=request["duplicates"],
            normalise=self._table.normalise,
            rejected=request["nulls"],
        )
        questions = read_questions(self._source, rules, self._program.progress)
        if questions.types != self._table.key_types.encode():
            raise key_types_differ(questions.types, self._table.key_types.encode())
        self._mark("read")
        return questions

    def _bring(self, terms: Terms, questions: Questions) -> SealedTable:
        """The table as it was announced, here."""
        channel, folder = self._program.channel, Path(self._program.request["table"])
        held = load_table(folder).header.digest.hex() if any(folder.glob("*.seg")) else None
        wish_for(channel, Wish(len(questions.digests), held), self._table.left)
        agree(channel, True)
        self._mark("agree")
        copy = fetch(
            *(channel, folder, terms),
            max_bytes=self._table.bytes,
            progress=lambda done, total: self._program.progress("fetch", done, total),
        )
        announced = asdict(self._table)
        if any(announced[name] != value for name, value in _public(copy).items()):
            raise ProtocolError(
                "psi.table_refused",
                "The sealed table that the peer sent is not the one that it announced.",
                hint="Nothing was asked. If it stays so, the peer does not follow the protocol.",
            )
        self._mark("fetch")
        return copy

    def _ask(self, copy: SealedTable, questions: Questions, terms: Terms) -> Found:
        program, channel = self._program, self._program.channel

        def follow(done: int, total: int) -> None:
            program.progress("ask", done, total)
            if done == total:  # before anything is looked up: when the line ends tells nothing of what is found
                channel.close()

        found = ask(channel, copy, questions.digests, terms, progress=follow)
        program.channel = None  # whatever goes wrong from here on is not the server's business
        channel.close()
        self._mark("ask")
        return found

    def _report(self, questions: Questions, found: Found, bad: int, written: int | None, traffic: Any) -> Report:
        counts = questions.counts
        return {
            "role": "client",
            "matched": len(found.rows),
            "keys_used": len(questions.digests),
            "rows_read": counts.read,
            "rows_without_key": counts.null,
            "rows_rejected": counts.rejected,
            "rows_with_repeated_key": questions.repeated,
            "rows_written": written,
            "unopened": found.unopened + bad,
            "table_size": found.size,
            "epoch": found.epoch,
            "verifiable": self._table.verifiable,
            "payload_columns": list(self._table.payload_columns),
            "queries_left": found.left,
            "seconds": {**self._seconds, "total": round(time.perf_counter() - self._begin, 4)},
            "bytes_sent": traffic.bytes_sent,
            "bytes_received": traffic.bytes_received,
            "rss_mb": peak_mb(),
        }

    def _mark(self, phase: str) -> None:
        now = time.perf_counter()
        self._seconds[phase], self._last = round(now - self._last, 4), now


def _check_announced(table: Announcement, request: dict[str, Any]) -> None:
    """Before anybody is asked. Raises DataError psi.key_types_differ; RefusedError psi.table_plain; ProtocolError
    psi.malformed."""
    if len(request["keys"]) != table.key_columns:
        raise key_types_differ(b"t" * len(request["keys"]), table.key_types.encode())
    if request["verifiable"] and not table.verifiable:
        raise RefusedError(
            "psi.table_plain",
            "The answers to this table carry no proofs.",
            hint="Leave --verifiable away, or ask the server to build the table with it.",
        )
    if bool(table.payload_columns) != bool(table.payload_bytes):
        raise ProtocolError(
            "psi.malformed", "The peer announces payloads without columns, or columns without payloads."
        )


def _public(table: SealedTable) -> dict[str, Any]:
    """What the headers say, in the words of an announcement."""
    header = table.header
    return {
        "size": header.size,
        "epoch": header.epoch,
        "key_id": header.key_id.hex(),
        "digest": header.digest.hex(),
        "bytes": sum(segment.header.file_bytes for segment in table.segments),
        "verifiable": bool(header.mode),
        "key_types": header.key_types.decode("ascii"),
        "payload_bytes": header.payload_bytes,
    }
