"""Rounds come until the end, also after one that failed."""

from __future__ import annotations

import threading

import structlog

from tacit.node.ticker import Ticker


def test_a_fault_ends_nothing() -> None:
    ticker, rounds, enough = Ticker("counting"), list[int](), threading.Event()

    def look() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 3:
            enough.set()
        raise ValueError

    with structlog.testing.capture_logs() as told:
        ticker.start(look, 0.001)
        assert enough.wait(10)
        ticker.close()
    assert ticker.closed
    assert {each["event"] for each in told} == {"counting.fault"}
    done = len(rounds)
    assert not any(thread.name == "counting" for thread in threading.enumerate()) and len(rounds) == done


def test_what_never_began_can_be_closed() -> None:
    ticker = Ticker("idle")
    ticker.close()
    assert ticker.closed
