"""Failed sign-ins: after some, the account and the address must wait, longer each time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from time import monotonic

from tacit.errors import RefusedError

FREE = {"account": 5, "address": 20}  # failures without delay
LONGEST_S = 900.0
FORGOTTEN_S = 86_400.0
KEPT = 20_000  # accounts and addresses that are remembered, together
_Key = tuple[str, str]


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Attempts:
    """Counts in this process; a restart forgets. Names that nobody has are counted like others, so that the answer
    tells nothing. An attempt counts as failed until `succeed`: many at once gain nothing."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[_Key, _Failures] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, account: str | None, address: str) -> bool:
        """Begin an attempt; `account` None: a code, which names nobody. True: should it fail, the account must wait.

        Raises RefusedError("auth.locked") while one of both must wait.
        """
        now = self._clock()
        with self._lock:
            self._check(account, address, now)
            longer = [self._count(key, now) for key in _keys(account, address)]
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return account is not None and longer[0]

    def succeed(self, account: str | None, address: str) -> None:
        """It did not fail: the account begins anew, the address is as it was before."""
        with self._lock:
            self._known.pop(("account", account or ""), None)
            known = self._known.get(("address", _network(address)))
            if known is not None:
                known.count, known.until = known.count - 1, 0.0

    def _check(self, account: str | None, address: str, now: float) -> None:
        until = max((self._known[key].until for key in _keys(account, address) if key in self._known), default=0.0)
        if until > now:
            raise RefusedError(
                "auth.locked",
                "Too many sign-ins have failed.",
                found=f"another {max(1, round(until - now))} s to wait",
                hint="Wait that long, or have an administrator give you a one-time code.",
            )

    def _count(self, key: _Key, now: float) -> bool:
        found = self._known.pop(key, None) or _Failures()
        if now - found.last > FORGOTTEN_S:
            found.count = 0
        found.count, found.last = found.count + 1, now
        over = found.count - FREE[key[0]]
        found.until = now + min(LONGEST_S, 2.0 ** min(over, 20)) if over >= 0 else 0.0
        self._known[key] = found
        return over >= 0


def _network(address: str) -> str:
    """Whoever has one IPv6 address has all of its /64."""
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def _keys(account: str | None, address: str) -> tuple[_Key, ...]:
    of_address = ("address", _network(address))
    return (of_address,) if account is None else (("account", account), of_address)
