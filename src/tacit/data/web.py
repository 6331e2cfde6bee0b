"""Files of a web server, opened like files of this machine: streamed, and bounded in size and time."""

from __future__ import annotations

import http.client
import io
import secrets
import tempfile
import time
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tacit.data.storage import UNKNOWN, StoredFile
from tacit.data.website import OPTIONS, Site
from tacit.errors import DataError

__all__ = ["OPTIONS", "web_file"]

_BLOCK = 1 << 20


def web_file(url: str, options: Mapping[str, Any]) -> StoredFile:
    """The file at an http:// or https:// address. Nothing of its content is fetched where the server tells its size.

    Raises DataError dataset.unreachable, dataset.access_denied, dataset.unreadable, dataset.too_large,
    dataset.tls_failed, dataset.redirected; RefusedError dataset.address_private; ParameterError
    dataset.option_invalid, dataset.credentials_missing; FileNotFoundError.
    """
    site = Site(url, options)
    size, version, ranges = _probed(site)
    if size is not None and size > site.max_bytes:
        raise _too_large(site.max_bytes)
    opener = _Opener(site, None if version.startswith(UNKNOWN) else version, ranges=ranges)
    if size is None:
        size = opener.counted(url)
    return StoredFile(opener, url, size, version)


def _probed(site: Site) -> tuple[int | None, str, bool]:
    """Size, version, and whether ranges can be asked for; a server without HEAD is asked by a GET that is not read."""
    for method in ("HEAD", "GET"):
        with site.ask(method) as answer:
            if answer.status == 200:
                size = _size(answer)
                ranges = (answer.getheader("Accept-Ranges") or "").strip().lower() == "bytes"
                return size, _version(answer), ranges and size is not None and method == "HEAD"
    raise _broken("no answer to a GET")


class _Opener:
    """Opens the file of a site from the beginning, or anywhere."""

    def __init__(self, site: Site, version: str | None, *, ranges: bool) -> None:
        self._site, self._version, self._ranges = site, version, ranges

    def open_input_stream(self, path: str) -> pa.NativeFile:
        return pa.PythonFile(_Body(self._site, self._version), mode="r")

    def open_input_file(self, path: str) -> pa.NativeFile:
        """By ranges where the server has them; else a nameless file in the folder for temporary files holds it."""
        if self._ranges:
            return pa.PythonFile(_Ranges(self._site, self._version), mode="r")
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the file around it
        with _Body(self._site, self._version) as body:
            while block := body.read(_BLOCK):
                copy.write(block)
        copy.seek(0)
        return pa.PythonFile(copy, mode="r")

    def counted(self, path: str) -> int:
        """Bytes of a file whose server does not tell: read through once."""
        count = 0
        with _Body(self._site, self._version) as body:
            while block := body.read(_BLOCK):
                count += len(block)
        return count


class _Body(io.RawIOBase):
    """What one GET gives, bounded in size and time."""

    def __init__(self, site: Site, version: str | None) -> None:
        super().__init__()
        self._limit, self._until = site.max_bytes, time.monotonic() + site.seconds
        self._asked = site.ask("GET")
        self._answer = self._asked.__enter__()
        self._left = _size(self._answer)
        self._count = 0
        try:
            _check_version(self._answer, version)
        except BaseException:
            self.close()
            raise

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """As of a raw stream: at most `size` bytes, none at the end."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        if time.monotonic() > self._until:
            raise _broken("it took too long")
        try:
            block = self._answer.read(size)
        except (OSError, http.client.HTTPException):
            raise _broken("the line broke") from None
        self._count += len(block)
        if self._count > self._limit:
            raise _too_large(self._limit)
        if size and not block and self._left is not None and self._count != self._left:
            raise _broken("fewer bytes than announced")
        return block

    def readinto(self, buffer: Any) -> int:
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._asked.__exit__(None, None, None)
        super().close()


class _Ranges(io.RawIOBase):
    """Any part of a file, by requests for ranges of bytes (RFC 9110, 14)."""

    def __init__(self, site: Site, version: str | None) -> None:
        super().__init__()
        self._site, self._version, self._place = site, version, 0
        with site.ask("HEAD") as answer:
            _check_version(answer, version)
            self._size = _size(answer) or 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def size(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """Exactly `size` bytes, fewer at the end of the file only."""
        end = self._size if size < 0 else min(self._size, self._place + size)
        if end <= self._place:
            return b""
        wanted = {"Range": f"bytes={self._place}-{end - 1}"}
        with self._site.ask("GET", wanted) as answer:
            _check_version(answer, self._version)
            try:
                block = answer.read(end - self._place)
            except (OSError, http.client.HTTPException):
                raise _broken("the line broke") from None
        if len(block) != end - self._place:
            raise _broken("fewer bytes than asked for")
        self._place = end
        return block

    def readinto(self, buffer: Any) -> int:
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def _size(answer: http.client.HTTPResponse) -> int | None:
    found = answer.getheader("Content-Length")
    return int(found) if found is not None and found.isdecimal() and len(found) < 20 else None


def _version(answer: http.client.HTTPResponse) -> str:
    """A strong ETag; else time and size; else something new each time."""
    tag, changed = answer.getheader("ETag"), answer.getheader("Last-Modified")
    if tag is not None and not tag.startswith("W/"):
        return f"etag:{tag}"
    if changed is not None and _size(answer) is not None:
        return f"time:{changed}.{_size(answer)}"
    return f"{UNKNOWN}{secrets.token_hex(8)}"


def _check_version(answer: http.client.HTTPResponse, version: str | None) -> None:
    if version is None or not version.startswith("etag:"):
        return
    if _version(answer) != version:
        raise _broken("the file changed meanwhile")


def _broken(found: str) -> DataError:
    return DataError("dataset.unreadable", "The dataset could not be read to its end from the web server.", found=found)


def _too_large(limit: int) -> DataError:
    return DataError(
        "dataset.too_large",
        "The file of the dataset is larger than may be fetched.",
        expected=f"at most {limit} bytes",
        hint="Raise the option `max_bytes`, or put the file where this machine reads it directly.",
    )
