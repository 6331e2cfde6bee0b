"""Which addresses of the network may be asked for data: public ones, unless the node allows others."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from tacit.data.storage import unreachable
from tacit.errors import RefusedError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def checked_address(host: str, port: int, *, private: bool) -> tuple[Any, ...]:
    """Where to connect: the first address of a host; all of them must be public unless `private`.

    Raises DataError dataset.unreachable, RefusedError dataset.address_private.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise unreachable() from None
    if not private and not all(is_public(str(each[4][0])) for each in found):
        raise RefusedError(
            "dataset.address_private",
            "The address of the dataset lies in a network that is not public.",
            expected="a public address",
            hint="The node's setting `http_private = true` allows it.",
        )
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is of the public network; also of an IPv4 address inside (RFC 4291, 6052, 3056, 4380)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved
