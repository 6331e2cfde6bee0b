"""Arrays over a channel: little-endian, C order, exact size checked before the memory is taken."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tacit.channel import faults
from tacit.channel.channel import Channel

_KINDS = "biuf"  # booleans, integers, floats: types whose bytes mean the same on both sides


def send_array(ch: Channel, kind: int, array: npt.NDArray[Any]) -> None:
    """Send the elements of `array` (any shape). Shape and type are not sent: the protocol fixes them.

    No copy when the array is already C-contiguous and little-endian; it must not be changed afterwards.
    """
    flat = np.ascontiguousarray(array, dtype=_wire_type(array.dtype)).reshape(-1)
    ch.send(kind, flat.view(np.uint8).data)


def recv_array(ch: Channel, kind: int, dtype: npt.DTypeLike, shape: int | tuple[int, ...]) -> npt.NDArray[Any]:
    """The next message as a read-only array of `dtype` and `shape`.

    Raises ProtocolError "protocol.message_too_large" or "protocol.wrong_size" when it has another number of bytes.
    """
    wire = _wire_type(np.dtype(dtype))
    count = shape if isinstance(shape, int) else math.prod(shape)
    size = count * wire.itemsize
    payload = ch.recv(kind, size)
    if payload.nbytes != size:
        raise faults.wrong_size(ch.peer, payload.nbytes, size)
    return np.frombuffer(payload, dtype=wire).astype(np.dtype(dtype), copy=False).reshape(shape)


def _wire_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    if dtype.kind not in _KINDS:
        raise TypeError(f"arrays of {dtype} do not travel between parties")
    return dtype.newbyteorder("<")
