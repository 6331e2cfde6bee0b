"""The web console: its built files, served to browsers from memory. It is a client of the API like any other.

Anybody may read the files: they are the same for all, and say nothing of this node. The page forbids itself every
script, style and address that is not this node's; styles that scripts make bear a nonce that each answer has anew.
Sources: OWASP ASVS 5.0 V3.2, V3.4, V3.7; W3C Content Security Policy Level 3; RFC 9110 section 8.8 and 12.5.3.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

BUILT = Path(__file__).parents[1] / "static"
PAGE = "/"
NONCE = "__TACIT_NONCE__"  # where the build leaves room for it
_HEAD = "<head>"
_DEMO = '<meta name="tacit-demo" content="true">'  # without it, the console takes no link of a demo
_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_PACKED = frozenset({".css", ".js", ".json", ".svg", ".txt"})
_READING = frozenset({"GET", "HEAD"})
_FOR_EVER = "public, max-age=31536000, immutable"  # the name changes with the content
_A_DAY = "public, max-age=86400"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
_UNBUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tacit</title></head><body>
<h1>The console is not built</h1>
<p>The node runs, and its API answers. Build the console with <code>make console</code>, then start the node again.</p>
<h1 lang="zh">控制台尚未构建</h1>
<p lang="zh">节点正在运行，接口可用。请执行 <code>make console</code> 构建控制台，然后重启节点。</p>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the console, plain and packed."""

    plain: bytes
    packed: bytes | None
    media: str
    etag: str
    cache: str


class Files:
    """All files of a build, read once; nothing else of the disk can be asked for."""

    def __init__(
        self, folder: Callable[[], Path | None] = lambda: None, is_demo: Callable[[], bool] = lambda: False
    ) -> None:
        self._folder, self._is_demo = folder, is_demo

    def serves(self, method: str, path: str) -> bool:
        """Whether anybody may send `method` to `path`: reading a file of the console."""
        return method in _READING and (path in (PAGE, "/index.html") or path in self.by_path)

    @cached_property
    def by_path(self) -> Mapping[str, File]:
        """Every file but the page itself, by the path under which it is asked for."""
        return dict(_files(self._folder() or BUILT))

    @cached_property
    def page(self) -> str:
        """The page, with NONCE where it goes; a demo's says so."""
        page = (self._folder() or BUILT) / "index.html"
        text = page.read_text(encoding="utf-8") if page.is_file() else _UNBUILT
        return text.replace(_HEAD, f"{_HEAD}{_DEMO}", 1) if self._is_demo() else text


class Console:
    """ASGI middleware, behind the check of host names: answers what `files` has, and hands on everything else."""

    def __init__(self, app: ASGIApp, files: Files) -> None:
        self._app, self._files = app, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http" or not self._files.serves(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        known = self._files.by_path.get(scope["path"])
        answer = _page(self._files.page) if known is None else _file(known, Headers(scope=scope))
        if scope["method"] == "HEAD":
            answer.body = b""  # its length stays said
        await answer(scope, receive, send)


def _page(text: str) -> Response:
    nonce = secrets.token_urlsafe(16)
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
    }
    return Response(text.replace(NONCE, nonce), media_type=_MEDIA[".html"], headers=headers)


def _file(file: File, asked: Headers) -> Response:
    headers = {"Cache-Control": file.cache, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.packed is not None and _takes_gzip(asked.get("accept-encoding", "")):
        return Response(file.packed, media_type=file.media, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.plain, media_type=file.media, headers=headers)


def _takes_gzip(header: str) -> bool:
    """Whether the client accepts gzip; a weight of 0 says that it does not."""
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _files(folder: Path) -> Iterator[tuple[str, File]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or path.suffix not in _MEDIA or name == "index.html" or name.startswith("."):
            continue
        plain = path.read_bytes()
        packed = path.with_name(f"{path.name}.gz")
        yield (
            f"/{name}",
            File(
                plain,
                _packed(plain, packed) if path.suffix in _PACKED else None,
                _MEDIA[path.suffix],
                f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
                _FOR_EVER if name.startswith("assets/") else _A_DAY,
            ),
        )


def _packed(plain: bytes, path: Path) -> bytes:
    """As the build left it, or made now for a build without."""
    return path.read_bytes() if path.is_file() else gzip.compress(plain, 6)
