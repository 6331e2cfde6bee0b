"""When a cron expression is due next.

Five fields (minute, hour, day of month, month, day of week) in a time zone, read as Debian's cron reads them; also
where clocks change: a time that a clock skips is due right after the gap, one that it shows twice is due once.
Expressions with `*` or `*/n` as minute or hour go by real time instead.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from tacit.errors import ParameterError

FIELDS = 5


def next_due(cron: str, timezone: str, after: float) -> float:
    """The first time later than `after`, both in seconds since 1970.

    Raises ParameterError("schedule.cron_invalid", "schedule.timezone_unknown").
    """
    zone = _zone(timezone)
    if len(cron.split()) != FIELDS:
        raise _invalid(cron)
    try:
        times = CronSim(cron, datetime.fromtimestamp(after, UTC).astimezone(zone))
        for moment in times:
            if moment.timestamp() > after:  # where an hour comes twice, the first of both may be over
                return moment.timestamp()
    except (CronSimError, AssertionError, TypeError, ValueError, OverflowError):
        pass
    raise _invalid(cron)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ParameterError(
            "schedule.timezone_unknown",
            "There is no such time zone on this machine.",
            found=name,
            expected="a name of the IANA database, for example Asia/Shanghai",
            hint="If no zone but UTC is known, install the package tzdata.",
        ) from None


def _invalid(cron: str) -> ParameterError:
    return ParameterError(
        "schedule.cron_invalid",
        "This is not a time at which something could be due.",
        found=cron,
        expected='minute, hour, day of month, month and day of week, for example "0 3 * * *"',
    )
