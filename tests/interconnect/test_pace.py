"""How many requests one peer may make."""

from __future__ import annotations

import pytest

from tacit.errors import RefusedError
from tacit.interconnect.answers import error_envelope, http_status
from tacit.interconnect.pace import Pace


def test_a_peer_that_asks_too_often_waits_and_others_do_not() -> None:
    time = [0.0]
    pace = Pace(10, lambda: time[0])
    for _ in range(20):
        pace.check("beta")
    with pytest.raises(RefusedError) as caught:
        pace.check("beta")
    assert caught.value.code == "request.rate_limited"
    pace.check("gamma")
    time[0] += 0.1
    pace.check("beta")
    with pytest.raises(RefusedError):
        pace.check("beta")
    time[0] += 1000
    for _ in range(20):
        pace.check("beta")
    with pytest.raises(RefusedError):
        pace.check("beta")


def test_it_is_told_in_the_words_of_the_standard() -> None:
    envelope = error_envelope(RefusedError("request.rate_limited", "x"))
    assert (envelope.code, envelope.msg, http_status(envelope.code)) == (700, "request.rate_limited", 429)
