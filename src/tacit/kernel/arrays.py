"""Checks of arrays and buffers at the kernel's door."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
Buffer: TypeAlias = "bytes | bytearray | memoryview | npt.NDArray[Any]"


def check(array: object, name: str, dtype: type[np.generic], ndim: int) -> None:
    """TypeError unless `array` is an array of `dtype`; ValueError unless it has `ndim` axes, C-contiguous."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a numpy array, not {type(array).__name__}")
    if array.dtype != dtype:
        raise TypeError(f"{name} must have dtype {np.dtype(dtype)}, not {array.dtype}")
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, not {array.ndim}")
    if not array.flags.c_contiguous:
        raise ValueError(f"{name} must be C-contiguous")
    if not array.flags.aligned:
        raise ValueError(f"{name} must be aligned")


def check_points(points: object, name: str = "points", width: int = 32) -> None:
    """As `check`, for encoded points: uint8 of shape (n, width)."""
    check(points, name, np.uint8, 2)
    if isinstance(points, np.ndarray) and points.shape[1] != width:
        raise ValueError(f"{name} must have shape (n, {width}), not {points.shape}")


def check_tag(dst: object) -> bytes:
    """A domain separation tag. TypeError unless it is bytes."""
    if not isinstance(dst, bytes):
        raise TypeError(f"dst must be bytes, not {type(dst).__name__}")
    return dst


def check_secret(secret: object, name: str, length: int) -> None:
    """TypeError unless `secret` is bytes, ValueError unless of `length`. Its value never shows in a message."""
    if not isinstance(secret, bytes):
        raise TypeError(f"{name} must be bytes, not {type(secret).__name__}")
    if len(secret) != length:
        raise ValueError(f"{name} must have {length} bytes, not {len(secret)}")


def check_count(count: object, name: str, limit: int = 1 << 60) -> None:
    """TypeError unless `count` is an integer, ValueError unless 0 ≤ count < `limit`."""
    if not isinstance(count, (int, np.integer)) or isinstance(count, bool):
        raise TypeError(f"{name} must be an integer, not {type(count).__name__}")
    if not 0 <= count < limit:
        raise ValueError(f"{name} must be in 0..{limit - 1}")


def as_bytes(data: Buffer, name: str) -> bytes | Bytes:
    """`data` as bytes or as a uint8 vector over the same memory. TypeError, or ValueError if not contiguous."""
    if isinstance(data, bytes):
        return data
    try:
        view = memoryview(cast(bytearray, data))  # numpy's stubs do not say that arrays are buffers
    except TypeError:
        raise TypeError(f"{name} must be a buffer, not {type(data).__name__}") from None
    if not view.c_contiguous:
        raise ValueError(f"{name} must be contiguous")
    if view.nbytes == 0:
        return b""
    return np.frombuffer(view.cast("B"), dtype=np.uint8)
