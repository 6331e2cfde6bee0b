"""Runs a protocol's parties as threads over in-memory channels, for tests."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tacit.channel.channel import Session
from tacit.channel.memory import memory_pair
from tacit.errors import PeerError, PeerFailed, TacitError

Program = Callable[[Session], Any]
SID = bytes(range(32))


def make_sessions(roles: tuple[str, ...], wrap: Callable[[Any], Any] = lambda channel: channel) -> dict[str, Session]:
    """A Session for every role, each pair joined by a memory channel; `wrap` may put a recorder around each end."""
    channels: dict[str, dict[str, Any]] = {role: {} for role in roles}
    for left, right in itertools.combinations(roles, 2):
        near, far = memory_pair(left, right, patience_s=30.0)
        channels[left][right], channels[right][left] = wrap(near), wrap(far)
    return {role: Session(SID, role, channels[role]) for role in roles}


def run_parties(
    programs: Mapping[str, Program], *, timeout: float = 60.0, wrap: Callable[[Any], Any] = lambda channel: channel
) -> dict[str, Any]:
    """{role: callable(session)} to {role: result}. The first cause is raised; peers are told its code.

    A program that raises stops its channels with the error's code, as the runtime does.
    """
    results, errors = run_parties_with_errors(programs, timeout=timeout, wrap=wrap)
    if errors:
        raise min(errors.values(), key=lambda error: isinstance(error, PeerError))
    return results


def run_parties_with_errors(
    programs: Mapping[str, Program], *, timeout: float = 60.0, wrap: Callable[[Any], Any] = lambda channel: channel
) -> tuple[dict[str, Any], dict[str, BaseException]]:
    """As `run_parties`, but errors are returned by role, in the order in which they happened."""
    sessions = make_sessions(tuple(programs), wrap)
    results: dict[str, Any] = {}
    errors: dict[str, BaseException] = {}

    def run(role: str) -> None:
        try:
            results[role] = programs[role](sessions[role])
        except BaseException as error:
            errors[role] = error
            _stop(sessions[role], _cause(error))

    threads = [threading.Thread(target=run, args=(role,), daemon=True, name=role) for role in programs]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + timeout
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = [thread.name for thread in threads if thread.is_alive()]
    if late:
        for role in late:
            _stop(sessions[role], "test.timeout")
        raise TimeoutError(f"still running after {timeout} s: {late}; errors so far: {errors}")
    return results, errors


def _cause(error: BaseException) -> str:
    """What to tell the others: a peer's failure is passed on under its own code."""
    if isinstance(error, PeerFailed):
        return error.peer_code
    return error.code if isinstance(error, TacitError) else "internal.error"


def _stop(session: Session, code: str) -> None:
    for channel in session.channels.values():
        channel.fail(code)


def run_mpc(
    program: Callable[[Any], Any], *, timeout: float = 60.0, wrap: Callable[[Any], Any] = lambda channel: channel
) -> dict[str, Any]:
    """Run `program(mpc)` in lock-step at the roles first, second and dealer: {role: result}."""
    from tacit.protocols.mpc import Mpc

    seats = ("first", "second", "dealer")
    return run_parties(
        {role: lambda session: program(Mpc(session, *seats)) for role in seats}, timeout=timeout, wrap=wrap
    )
