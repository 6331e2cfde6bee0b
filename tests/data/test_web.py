"""Datasets of a web server of this process: what is read, what is bounded, and where the reader does not go."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import server_certificate
from tacit.data.addresses import is_public
from tacit.data.sampling import sample
from tacit.data.sources import describe, digest, guessed_format, read_table, stamp
from tacit.errors import TacitError

CSV = b"id,x\n1,2\n2,3\n"
INSIDE = {"private_addresses": "yes"}


@dataclass
class Site:
    """`answers`: path → (status, headers, body). `asked`: method and path of every request, with what was let in."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    ranges: bool = True
    heads: bool = True

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Length": str(len(body)), **named}, body)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        self.site.asked.append((self.command, self.path, self.headers.get("Authorization")))
        status, headers, body = self.site.answers.get(self.path, (404, {"Content-Length": "0"}, b""))
        if self.command == "HEAD" and not self.site.heads:
            status, headers, body = 405, {"Content-Length": "0"}, b""
        wanted = self.headers.get("Range")
        if wanted and status == 200 and self.site.ranges:
            first, last = map(int, wanted.removeprefix("bytes=").split("-"))
            body, status = body[first : last + 1], 206
            headers = {**headers, "Content-Length": str(len(body))}
        self.send_response(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        if self.site.ranges:
            self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": found}))
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Web:
    path: str
    format: str = "csv"
    options: dict[str, Any] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=lambda: INSIDE)
    name: str = "people"


def _code(call: Callable[[], object]) -> str:
    with pytest.raises(TacitError) as caught:
        call()
    assert "hush" not in str(caught.value.as_dict())
    return caught.value.code


def test_a_csv_and_its_stamp(site: Site) -> None:
    site.put("/a.csv", CSV, ETag='"one"')
    source = Web(site.url("/a.csv"))
    assert read_table(source).to_pylist() == [{"id": 1, "x": 2}, {"id": 2, "x": 3}]
    assert describe(source).size_bytes == len(CSV)
    assert stamp(source) == 'etag:"one"' and guessed_format(source.path, {}, INSIDE) == "csv"
    site.put("/a.csv", CSV + b"3,4\n", ETag='"two"')
    assert stamp(source) == 'etag:"two"' and read_table(source).num_rows == 3


def test_without_a_tag_time_and_size_count_and_without_both_only_reading_tells(site: Site) -> None:
    site.put("/a.csv", CSV, Last_Modified="Tue, 14 Nov 2023 22:13:20 GMT")
    assert str(stamp(Web(site.url("/a.csv")))).startswith("time:Tue")
    site.put("/a.csv", CSV, ETag='W/"weak"')
    assert stamp(Web(site.url("/a.csv"))) is None
    assert digest(Web(site.url("/a.csv"))) == digest(Web(site.url("/a.csv")))


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_stored_formats_with_and_without_ranges(site: Site, ranges: bool, kind: str) -> None:
    table, sink = pa.table({"x": list(range(5000)), "t": ["a", None] * 2500}), pa.BufferOutputStream()
    if kind == "parquet":
        pq.write_table(table, sink, row_group_size=100)
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=100)
    site.ranges = ranges
    site.put(f"/a.{kind}", sink.getvalue().to_pybytes(), ETag='"1"')
    source = Web(site.url(f"/a.{kind}"), kind)
    assert read_table(source).to_pydict() == table.to_pydict()
    assert sample(source, 50, 1).table.num_rows == 50


@pytest.mark.parametrize("length", [True, False])
def test_servers_without_head_or_length(site: Site, length: bool) -> None:
    site.heads = False
    site.put("/a.csv", CSV, **({} if length else {"Content_Length": ""}))
    assert describe(Web(site.url("/a.csv"))).size_bytes == len(CSV)
    assert read_table(Web(site.url("/a.csv"))).num_rows == 2


def test_credentials_go_to_the_server_only(site: Site) -> None:
    site.put("/a.csv", CSV)
    read_table(Web(site.url("/a.csv"), access={**INSIDE, "token": "hush"}))
    assert {each[2] for each in site.asked} == {"Bearer hush"}
    site.asked.clear()
    read_table(Web(site.url("/a.csv"), options={"user": "li"}, access={**INSIDE, "password": "hush"}))
    assert {each[2] for each in site.asked} == {"Basic " + base64.b64encode(b"li:hush").decode()}
    from_environment = Web(site.url("/a.csv"), options={"token_env": "HOME"})
    assert _code(lambda: read_table(from_environment)) == "dataset.option_invalid"  # it could go to any server
    wrong = Web(site.url("/a.csv"), access={**INSIDE, "token": "hush\r\nHost: x"})
    assert _code(lambda: read_table(wrong)) == "dataset.option_invalid"


def test_addresses_that_are_not_public_are_not_asked(site: Site) -> None:
    site.put("/a.csv", CSV)
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
        source = Web(f"http://{host}:{site.port}/a.csv", access={})
        assert _code(lambda source=source: read_table(source)) == "dataset.address_private"
    assert not site.asked
    stubborn = Web(site.url("/a.csv"), options={"private_addresses": "yes"}, access={})
    assert _code(lambda: read_table(stubborn)) == "dataset.option_invalid"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:a00:1::", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_redirects_stay_on_their_server(site: Site) -> None:
    site.put("/b.csv", CSV)
    site.put("/a.csv", b"", 302, Location="/b.csv")
    assert read_table(Web(site.url("/a.csv"))).num_rows == 2
    for target in (
        "http://example.invalid/b.csv",
        f"https://127.0.0.1:{site.port}/b.csv",
        "//[::1/x",
        "",
        "file:///etc",
    ):
        site.put("/a.csv", b"", 302, Location=target)
        assert _code(lambda: read_table(Web(site.url("/a.csv")))) == "dataset.redirected"
    site.put("/a.csv", b"", 301, Location="/a.csv")
    assert _code(lambda: read_table(Web(site.url("/a.csv")))) == "dataset.redirected"


def test_sizes_are_bounded_whatever_the_server_says(site: Site) -> None:
    site.put("/a.csv", CSV)
    assert _code(lambda: read_table(Web(site.url("/a.csv"), options={"max_bytes": 5}))) == "dataset.too_large"
    site.put("/a.csv", CSV, Content_Length="")
    assert _code(lambda: read_table(Web(site.url("/a.csv"), options={"max_bytes": 5}))) == "dataset.too_large"
    assert _code(lambda: read_table(Web(site.url("/a.csv"), options={"max_bytes": "5"}))) == "dataset.option_invalid"
    assert _code(lambda: read_table(Web(site.url("/a.csv"), options={"timeout_s": 1e-9}))) == "dataset.unreadable"


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (401, {}, "dataset.access_denied"),
        (404, {}, "dataset.not_found"),
        (500, {}, "dataset.unreadable"),
        (200, {"Content_Encoding": "gzip"}, "dataset.unreadable"),
        (200, {"Content_Length": "99"}, "dataset.unreadable"),
    ],
)
def test_answers_that_are_no_dataset(site: Site, status: int, headers: dict[str, str], code: str) -> None:
    site.put("/a.csv", CSV, status, **headers)
    assert _code(lambda: read_table(Web(site.url("/a.csv")))) == code


def test_over_tls(site: Site, tmp_path: Path) -> None:
    certificate, key = server_certificate.write(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    site.put("/a.csv", CSV)
    place = f"https://127.0.0.1:{server.server_address[1]}/a.csv"
    try:
        assert read_table(Web(place, options={"ca": str(certificate)})).num_rows == 2
        assert _code(lambda: read_table(Web(place))) == "dataset.tls_failed"
        elsewhere = Web(place.replace("127.0.0.1", "localhost"), options={"ca": str(certificate)})
        assert _code(lambda: read_table(elsewhere)) == "dataset.tls_failed"
        assert _code(lambda: read_table(Web(place, options={"ca": "/nowhere"}))) == "dataset.option_invalid"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_odd_addresses(site: Site) -> None:
    site.put("/%E7%94%B2%20a.csv?y=%C3%A9", CSV)
    assert read_table(Web(site.url("/甲 a.csv?y=é"))).num_rows == 2
    for place in ("http://127.0.0.1:99999/a.csv", "http://:80/a.csv", "https://.x/a.csv", "http://a..b/a.csv"):
        assert _code(lambda place=place: read_table(Web(place))) in ("dataset.unreachable", "dataset.url_unknown")


def test_nobody_listens_and_no_tls(site: Site) -> None:
    assert _code(lambda: read_table(Web("http://127.0.0.1:1/a.csv"))) == "dataset.unreachable"
    assert _code(lambda: read_table(Web("http://nowhere.invalid/a.csv"))) == "dataset.unreachable"
    assert _code(lambda: read_table(Web(f"https://127.0.0.1:{site.port}/a.csv"))) == "dataset.tls_failed"
