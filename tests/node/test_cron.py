"""When a cron expression is due next, also where clocks change."""

from __future__ import annotations

import pytest

from tacit.errors import ParameterError
from tacit.node.clock import iso, seconds_of
from tacit.node.cron import next_due


def following(cron: str, timezone: str, after: str, count: int = 1) -> list[str]:
    moment, found = seconds_of(after), []
    for _ in range(count):
        moment = next_due(cron, timezone, moment)
        found.append(str(iso(moment)).removesuffix(":00.000Z"))
    return found


@pytest.mark.parametrize(
    ("cron", "timezone", "after", "wanted"),
    [
        ("0 3 * * *", "UTC", "2026-11-21T02:59:59.999Z", "2026-11-21T03:00"),
        ("0 3 * * *", "UTC", "2026-11-21T03:00:00Z", "2026-11-22T03:00"),
        ("0 3 * * *", "Asia/Shanghai", "2026-11-21T00:00:00Z", "2026-11-21T19:00"),
        ("*/15 * * * *", "UTC", "2026-11-21T03:10:30.5Z", "2026-11-21T03:15"),
        ("0 0 1 JAN *", "UTC", "2026-11-21T00:00:00Z", "2027-01-01T00:00"),
        ("30 6 * * MON-FRI", "UTC", "2026-11-21T00:00:00Z", "2026-11-23T06:30"),
        ("0 0 29 2 *", "UTC", "2026-11-21T00:00:00Z", "2028-02-29T00:00"),
        ("  0  3 *  * * ", "UTC", "2026-11-21T00:00:00Z", "2026-11-21T03:00"),
    ],
)
def test_the_next_time(cron: str, timezone: str, after: str, wanted: str) -> None:
    assert following(cron, timezone, after) == [wanted]


def test_a_skipped_time_is_due_after_the_gap() -> None:
    """Berlin goes from 02:00 to 03:00 on 2027-03-28, that is at 01:00 UTC."""
    assert following("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", 2) == [
        "2027-03-28T01:00", "2027-03-29T00:30",
    ]  # fmt: skip


@pytest.mark.parametrize("after", ["2026-10-24T12:00:00Z", "2026-10-25T00:10:00Z"])
def test_a_repeated_time_is_due_once(after: str) -> None:
    """Berlin shows 02:00 to 03:00 twice on 2026-10-25, from 00:00 and from 01:00 UTC."""
    assert following("30 2 * * *", "Europe/Berlin", after, 2) == ["2026-10-25T00:30", "2026-10-26T01:30"]


def test_asked_in_the_second_of_two_hours_the_answer_is_later_than_now() -> None:
    assert following("45 2 * * *", "Europe/Berlin", "2026-10-25T01:40:00Z") == ["2026-10-26T01:45"]


def test_every_ten_minutes_goes_by_real_time() -> None:
    found = following("*/10 * * * *", "Europe/Berlin", "2026-10-25T00:45:00Z", 8)
    assert found[0] == "2026-10-25T00:50" and found[-1] == "2026-10-25T02:00"


@pytest.mark.parametrize(
    "cron",
    ["", "3", "* * * *", "* * * * * *", "60 * * * *", "0 24 * * *", "0 0 30 2 *", "0 0 * * 8", "a b c d e",
     "1#2/3 * * * *", "@daily", "*/0 * * * *", "0 0 * * 1#2/3", "² * * * *"],
)  # fmt: skip
def test_what_is_no_time_is_refused(cron: str) -> None:
    with pytest.raises(ParameterError) as caught:
        next_due(cron, "UTC", 0.0)
    assert caught.value.code == "schedule.cron_invalid"


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "Europe", "a\x00b"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ParameterError) as caught:
        next_due("0 3 * * *", zone, 0.0)
    assert caught.value.code == "schedule.timezone_unknown"
