"""A small S3 server in this process: objects in memory, requests signed with AWS signature version 4 or refused."""

from __future__ import annotations

import email.utils
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET_KEY = "AKTESTTESTTEST", "hush/secret+key"
_PAGE = 2  # entries of a listing in one answer: lists are continued often


@dataclass
class Store:
    """`objects`: "bucket/name" -> content. `requests`: method and path of every request that was let in."""

    endpoint: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def put(self, key: str, content: bytes, *, at: int = 1_700_000_000) -> None:
        self.objects[key], self.changed[key] = content, at


@contextmanager
def serve() -> Iterator[Store]:
    """GET and HEAD of objects, HEAD of buckets, ListObjectsV2: what reading needs."""
    store = Store()
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    store.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    store: Store
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # one packet per answer
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        problem = _refusal(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        if problem:
            return self._error(403, problem)
        self.store.requests.append(f"{self.command} {self.path}")
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if not any(name.startswith(bucket + "/") for name in self.store.objects):
            return self._error(404, "NoSuchBucket")
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if key:
            return self._object(f"{bucket}/{key}")
        return self._answer(200, _listing(self.store, bucket, query).encode(), {"Content-Type": "application/xml"})

    do_HEAD = do_GET

    def _object(self, name: str) -> None:
        content = self.store.objects.get(name)
        if content is None:
            return self._error(404, "NoSuchKey")
        headers = {
            "ETag": f'"{hashlib.md5(content).hexdigest()}"',
            "Last-Modified": email.utils.formatdate(self.store.changed[name], usegmt=True),
            "Content-Type": "application/octet-stream",
        }
        wanted = self.headers.get("Range")
        if wanted is None:
            return self._answer(200, content, headers)
        first, last = wanted.removeprefix("bytes=").split("-")
        part = content[int(first) : int(last or len(content)) + 1]
        headers["Content-Range"] = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        return self._answer(206, part, headers)

    def _error(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>{ACCESS_KEY}</Message></Error>".encode()
        self._answer(status, body, {"Content-Type": "application/xml"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _listing(store: Store, bucket: str, query: dict[str, str]) -> str:
    prefix, delimiter, after = query.get("prefix", ""), query.get("delimiter", ""), query.get("continuation-token", "")
    names = sorted(name.removeprefix(bucket + "/") for name in store.objects if name.startswith(bucket + "/"))
    entries: dict[str, bool] = {}
    for name in names:
        if name.startswith(prefix):
            head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
            entries[prefix + head + delimiter if found else name] = bool(found)
    limit = min(int(query.get("max-keys", _PAGE)), _PAGE)
    left = [each for each in entries if each > after]
    page = left[:limit]
    text = "".join(_common(each) if entries[each] else _content(store, bucket, each) for each in page)
    more = len(left) > limit
    token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
    flag = "true" if more else "false"
    head = f"<Name>{bucket}</Name><KeyCount>{len(page)}</KeyCount><IsTruncated>{flag}</IsTruncated>{token}"
    return f'<?xml version="1.0"?><ListBucketResult>{head}{text}</ListBucketResult>'


def _common(prefix: str) -> str:
    return f"<CommonPrefixes><Prefix>{escape(prefix)}</Prefix></CommonPrefixes>"


def _content(store: Store, bucket: str, key: str) -> str:
    size = len(store.objects[f"{bucket}/{key}"])
    stamp = f"2023-11-14T22:13:{store.changed[f'{bucket}/{key}'] % 60:02}.000Z"
    return f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size><LastModified>{stamp}</LastModified></Contents>"


def _refusal(method: str, target: str, headers: dict[str, str]) -> str | None:
    """AWS Signature Version 4, "authenticating requests with the Authorization header"."""
    words = headers.get("authorization", "")
    if not words.startswith("AWS4-HMAC-SHA256 "):
        return "AccessDenied"
    given = dict(part.strip().split("=", 1) for part in words.split(" ", 1)[1].split(","))
    key, day, region, service, end = given["Credential"].split("/")
    if key != ACCESS_KEY:
        return "InvalidAccessKeyId"
    parts = urlsplit(target)
    query = "&".join(sorted(each if "=" in each else each + "=" for each in parts.query.split("&") if each))
    signed = given["SignedHeaders"].split(";")
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed)
    body = headers["x-amz-content-sha256"]
    canonical = "\n".join([method, parts.path, query, lines, given["SignedHeaders"], body])
    scope = f"{day}/{region}/{service}/{end}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest])
    secret = f"AWS4{SECRET_KEY}".encode()
    for word in (day, region, service, end):
        secret = hmac.digest(secret, word.encode(), "sha256")
    right = hmac.compare_digest(hmac.digest(secret, text.encode(), "sha256").hex(), given["Signature"])
    return None if right else "SignatureDoesNotMatch"
