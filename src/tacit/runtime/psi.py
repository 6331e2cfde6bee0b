"""`python -m tacit.runtime psi`: one party of a private set intersection of two files, without a node.

Requests, answers and events: see `psi_program`. Events are invitation, stranger, connected, confirm, progress, and last
finished or refused.

    me, peer       names for messages
    meet           on one machine {"how": "listen", "fd", "secret"} and {"how": "dial", "address", "secret"};
                   two hosts {"how": "serve", "address", "public"?, "lifetime_s"?} and {"how": "join", "code"}
    file           {"path", "format"?, "delimiter"?, "encoding"?}
    keys           column names;  nulls, rejected: refuse | drop;  duplicates: refuse | first
    terms          {"role": receiver | sender, "protocol", "reveal", "malicious", "join", "normalise", "shards"?}; not
                   with join: the side that invites says them
    workers        see `psi_workers`; not there: one process
    out            path or null;  out_format;  memory: bytes, 0 for no limit;  folder: for what does not fit in memory
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tacit.errors import ProtocolError
from tacit.runtime.psi_program import BEGIN, Program, run_program

if TYPE_CHECKING:
    from tacit.runtime.psi_meeting import Met
    from tacit.runtime.psi_workers import SplitMatch

MAX_SHARDS = 1 << 10
_SYNOPSIS = {
    "protocol": ("auto", "vole", "ecdh"),
    "reveal": ("both", "receiver"),
    "role": ("receiver", "sender"),
    "join": ("inner", "left", "right", "full", "difference"),
}


def main() -> NoReturn:
    """The program."""
    run_program(Matching)


class Matching(Program):
    """One side of a run."""

    _has_workers = False

    def abandon(self) -> None:
        """Ray's own processes are in the group that this one leads; some would stay when it is gone."""
        if self._has_workers and os.getpgrp() == os.getpid():
            os.killpg(os.getpgrp(), signal.SIGKILL)

    def run(self) -> dict[str, Any]:
        """Look at the file first: what is wrong with it is known before anybody connects."""
        from tacit.algorithms.alignment.input import open_input
        from tacit.runtime import psi_meeting

        request = self.request
        file = request["file"]
        options = {name: file.get(name) for name in ("delimiter", "encoding")}
        source = open_input(Path(file["path"]), request["keys"], format=file.get("format"), **options)
        opened = time.perf_counter()
        met = psi_meeting.meet_peer(request, self.tell)
        self.channel = met.channel
        self.tell({"event": "connected"})
        connected = time.perf_counter()
        terms = self._settle(source.rows_about)
        report = self._match(source, met, terms)
        self.channel.close()
        report["seconds"] = {
            "start": round(opened - BEGIN, 4),
            "connect": round(connected - opened, 4),
            **report["seconds"],
        }
        return report

    def _settle(self, rows_about: int) -> dict[str, Any]:
        """The terms. Between two hosts both sides see them, with the sizes, and say yes before anything else."""
        from tacit.runtime.psi_meeting import Offer, agree, swap_offers

        request = self.request
        how = request["meet"]["how"]
        if how in ("listen", "dial"):
            return checked_terms(request["terms"])
        mine = Offer(rows_about, len(request["keys"]), request["terms"] if how == "serve" else None)
        theirs = swap_offers(self.channel, mine)
        terms = checked_terms(mine.terms or _mirrored(theirs.terms or {}))
        yes = self.ask(
            {
                "event": "confirm",
                "terms": terms,
                "rows_about": rows_about,
                "peer_rows_about": theirs.rows_about,
                "key_columns": len(request["keys"]),
                "peer_key_columns": theirs.key_columns,
            }
        )
        agree(self.channel, yes)
        return terms

    def _match(self, source: Any, met: Met, terms: dict[str, Any]) -> dict[str, Any]:
        from tacit.algorithms.alignment.keys import KeyRules
        from tacit.algorithms.alignment.streams import Plan, match_files
        from tacit.protocols.psi.wire import DEFAULT_ITEMS, MAX_ITEMS, Protocol, Reveal, Side

        request = self.request
        local = request["meet"]["how"] in ("listen", "dial")
        rules = KeyRules(
            tuple(request["keys"]),
            nulls=request.get("nulls", "refuse"),
            duplicates=request.get("duplicates", "refuse"),
            normalise=tuple(tuple(names) for names in terms["normalise"]),
            rejected=request.get("rejected", "refuse"),
        )
        plan = Plan(
            rules,
            met.sid,
            {
                "protocol": Protocol[terms["protocol"].upper()],
                "reveal": Reveal[terms["reveal"].upper()],
                "malicious": terms["malicious"],
                "max_items": MAX_ITEMS if local else max(DEFAULT_ITEMS, min(2 * source.rows_about, MAX_ITEMS)),
            },
            out=Path(request["out"]) if request.get("out") else None,
            out_format=request.get("out_format"),
            join=terms["join"],
            memory=request.get("memory", 0),
            folder=Path(request["folder"]) if request.get("folder") else None,
        )
        way = self._way(met, terms)
        if way is not None:
            plan = replace(plan, way=way)
        report = match_files(self.channel, Side[terms["role"].upper()], source, plan, self.progress)
        return report if way is None else way.tell(report)

    def _way(self, met: Met, terms: dict[str, Any]) -> SplitMatch | None:
        """Ray is not looked for unless it is asked for."""
        if not terms.get("shards") and self.request.get("workers") is None:
            return None
        from tacit.runtime.psi_workers import way_of

        self._has_workers = True
        self.progress("start", 0, 1)
        return way_of(met, terms, self.request.get("workers"))


def checked_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """Only what is known, each a value that is known; a peer may have written them. Raises ProtocolError
    psi.malformed."""
    normalise = terms.get("normalise", [])
    texts = isinstance(normalise, list) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in normalise
    )
    if (
        not texts
        or not isinstance(terms.get("malicious"), bool)
        or not _are_shards(terms.get("shards", 0))
        or any(terms.get(name) not in values for name, values in _SYNOPSIS.items())
    ):
        raise ProtocolError(
            "psi.malformed", "The terms of the run are not understood.", hint="Both sides must run the same release."
        )
    shards = {"shards": terms["shards"]} if terms.get("shards") else {}
    return {name: terms[name] for name in (*_SYNOPSIS, "malicious")} | {"normalise": normalise, **shards}


def _are_shards(shards: object) -> bool:
    """0: the run is not split."""
    return type(shards) is int and 0 <= shards <= MAX_SHARDS and shards & (shards - 1) == 0


def _mirrored(terms: dict[str, Any]) -> dict[str, Any]:
    """The inviting side's terms as the invited one sees them: the other role."""
    return {**terms, "role": {"receiver": "sender", "sender": "receiver"}.get(str(terms.get("role")))}
