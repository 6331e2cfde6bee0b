"""Every error that Tacit raises on purpose.

    TacitError                what went wrong, what was found, what was expected, what to do next
    ├─ InputError             the caller's side: data, parameters, flow, command     (exit 10)
    │  ├─ DataError           a table, a column, a file
    │  ├─ ParameterError      an operator's parameter or a command's option
    │  └─ FlowError           a flow document: unknown operator, cycle, types
    ├─ PeerError              another party or the line to it                        (exit 20)
    │  ├─ ProtocolError       the peer sent what the protocol does not allow
    │  ├─ PeerLost            the line broke or went silent
    │  └─ PeerFailed          the peer stopped and said so; carries its code
    ├─ RefusedError           a rule of this or the other node says no               (exit 30)
    ├─ ResourceError          memory, disk, time, a limit                            (exit 40)
    ├─ NotFoundError          no such job, dataset, peer …                           (exit 11)
    └─ InternalError          a fault of ours                                        (exit 70)

`code` is stable and dotted ("data.column_missing"); all codes are listed in docs/reference/errors.md.
Only the code of an error ever travels to a peer: a message may name columns and files of its owner.
"""

from __future__ import annotations

from typing import Any, ClassVar


class TacitError(Exception):
    """Base of all. `message` is one sentence; `found`/`expected` are short; `hint` is the next step."""

    exit_code: ClassVar[int] = 70

    def __init__(
        self, code: str, message: str, *, found: str | None = None, expected: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.found = found
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        parts = [self.message]
        if self.found is not None:
            parts.append(f"Found: {self.found}.")
        if self.expected is not None:
            parts.append(f"Expected: {self.expected}.")
        if self.hint is not None:
            parts.append(self.hint)
        return " ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """For the owner's own eyes (command line, API, job record); never for a peer."""
        return {
            "type": type(self).__name__,
            "code": self.code,
            "message": self.message,
            "found": self.found,
            "expected": self.expected,
            "hint": self.hint,
        }


class InputError(TacitError):
    """The caller can mend it."""

    exit_code = 10


class DataError(InputError):
    """A table, a column or a file is not as the step needs it."""


class ParameterError(InputError):
    """A parameter or an option has a value it may not have."""


class FlowError(InputError):
    """A flow document does not hold together."""


class NotFoundError(InputError):
    """Nothing of that name here."""

    exit_code = 11


class PeerError(TacitError):
    """Another party, or the line to it."""

    exit_code = 20


class ProtocolError(PeerError):
    """The peer sent something the protocol does not allow. The session is over."""


class PeerLost(PeerError):
    """The line broke or went silent. Safe to retry with a fresh session."""


class PeerFailed(PeerError):
    """The peer stopped on an error of its own and said so."""

    def __init__(self, peer: str, peer_code: str) -> None:
        super().__init__(
            "peer.failed",
            f"{peer} stopped with {peer_code}.",
            hint=f"The details are in {peer}'s own job record.",
        )
        self.peer = peer
        self.peer_code = peer_code

    def as_dict(self) -> dict[str, Any]:
        """As above, with the peer and its code."""
        return {**super().as_dict(), "peer": self.peer, "peer_code": self.peer_code}


class RefusedError(TacitError):
    """A rule, an owner or a signature check says no."""

    exit_code = 30


class ResourceError(TacitError):
    """Memory, disk, time or another limit ran out."""

    exit_code = 40


class InternalError(TacitError):
    """A fault of ours; please report it."""

    exit_code = 70


_BY_NAME = {
    cls.__name__: cls
    for cls in (
        InputError,
        DataError,
        ParameterError,
        FlowError,
        NotFoundError,
        PeerError,
        ProtocolError,
        PeerLost,
        RefusedError,
        ResourceError,
        InternalError,
    )
}


def from_dict(fields: dict[str, Any]) -> TacitError:
    """Rebuild an error that crossed a process border inside one organisation (see `as_dict`)."""
    if fields.get("type") == "PeerFailed":
        return PeerFailed(str(fields.get("peer", "the peer")), str(fields.get("peer_code", "unknown")))
    cls = _BY_NAME.get(str(fields.get("type")), InternalError)
    return cls(
        str(fields.get("code", "internal.unknown")),
        str(fields.get("message", "")),
        found=fields.get("found"),
        expected=fields.get("expected"),
        hint=fields.get("hint"),
    )
