"""The console's files: who may read them, under which headers, and that they hide nothing of the API."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import httpx
import pytest

from access_world import AccessWorld
from tacit.node.api.console import Files

PAGE = '<meta property="csp-nonce" nonce="__TACIT_NONCE__"><script src="./assets/index-1.js" nonce="__TACIT_NONCE__">'

DEMO = '<head><meta name="tacit-demo" content="true">'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build as Vite leaves it; one file comes packed."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "assets").mkdir()
    (folder / ".vite").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / ".vite" / "manifest.json").write_text("{}")
    (folder / "assets" / "index-1.js").write_text("const tacit = 1;\n" * 100)
    (folder / "assets" / "index-1.js.gz").write_bytes(gzip.compress(b"const tacit = 1;\n" * 100))
    (folder / "assets" / "theme-2.css").write_text(":root{}")
    (folder.parent / "secret.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def world(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AccessWorld:
    return AccessWorld(tmp_path_factory.mktemp("console"), console=built)


def ask(world: AccessWorld, path: str, method: str = "GET", host: str = "", **headers: str) -> httpx.Response:
    browser = world.browser(url=host) if host else world.browser()
    return browser.request(method, browser.base_url.copy_with(raw_path=path.encode()), headers=headers)


def test_the_page_is_answered_to_anybody_under_a_policy(world: AccessWorld) -> None:
    told = ask(world, "/")
    assert told.status_code == 200 and told.headers["content-type"] == "text/html; charset=utf-8"
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["cross-origin-opener-policy"] == "same-origin"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in told.headers["permissions-policy"]
    policy = dict(part.strip().partition(" ")[::2] for part in told.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in told.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]{22})'", policy["style-src"])
    assert nonce is not None and told.text.count(f'nonce="{nonce[1]}"') == 2 and "__TACIT" not in told.text


def test_each_page_has_a_nonce_of_its_own(world: AccessWorld) -> None:
    assert len({ask(world, path).text for path in ("/", "/", "/index.html", "/index.html")}) == 4


def test_assets_are_kept_for_ever_and_packed(world: AccessWorld) -> None:
    told = ask(world, "/assets/index-1.js", **{"Accept-Encoding": "br, gzip"})
    assert told.headers["content-encoding"] == "gzip" and told.text.startswith("const tacit")
    assert told.headers["content-type"] == "text/javascript; charset=utf-8"
    assert told.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert told.headers["vary"] == "Accept-Encoding"
    again = ask(world, "/assets/index-1.js", **{"If-None-Match": told.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    plain = ask(world, "/assets/index-1.js", **{"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in plain.headers and plain.content == told.content
    assert ask(world, "/assets/theme-2.css", **{"Accept-Encoding": "gzip"}).text == ":root{}"
    assert ask(world, "/favicon.svg").headers["cache-control"] == "public, max-age=86400"


def test_head_is_answered_without_a_body(world: AccessWorld) -> None:
    told = ask(world, "/assets/theme-2.css", "HEAD", **{"Accept-Encoding": "identity"})
    assert told.status_code == 200 and told.content == b"" and told.headers["content-length"] == "7"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/none.js",
        "/assets/../../secret.json",
        "/assets/%2e%2e/%2e%2e/secret.json",
        "/secret.json",
        "/.vite/manifest.json",
        "/assets/index-1.js.gz",
        "//assets/index-1.js",
        "/docs",
        "/api",
        "/api/v1/jobs",
        "/api/v1/index.html",
    ],
)
def test_nothing_else_is_open(world: AccessWorld, path: str) -> None:
    told = ask(world, path)
    assert told.status_code == 401 and told.json()["code"] == "auth.token_wrong"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading_is_open(world: AccessWorld, method: str) -> None:
    assert ask(world, "/", method).status_code == 401


def test_the_api_answers_as_before(world: AccessWorld) -> None:
    assert world.local.get("/nothing").json()["code"] == "request.unknown_endpoint"
    assert world.local.put("/health").status_code == 405
    assert world.local.get("/health").headers["content-security-policy"].startswith("default-src 'none'; frame")


def test_another_host_name_gets_no_page(world: AccessWorld) -> None:
    told = ask(world, "/", host="http://evil.example")
    assert told.status_code == 403 and told.json()["code"] == "access.host_unknown"


def test_a_node_without_a_console_says_how_to_build_it(tmp_path: Path) -> None:
    world = AccessWorld(tmp_path, console=tmp_path)
    told = ask(world, "/")
    assert told.status_code == 200 and "make console" in told.text and "控制台" in told.text
    world.close()


def test_only_the_page_of_a_demo_says_that_it_is_one(tmp_path: Path) -> None:
    """A console that is not told so takes no link of a demo."""
    for told in ({}, {"demo": False}, {"demo": True}):
        world = AccessWorld(tmp_path, **told)
        assert (DEMO in ask(world, "/").text) is told.get("demo", False)
        world.close()


def test_files_are_read_once(built: Path) -> None:
    files = Files(lambda: built)
    assert files.serves("GET", "/assets/index-1.js") and not files.serves("GET", "/assets/late.js")
    (built / "assets" / "late.js").write_text("late")
    assert not files.serves("GET", "/assets/late.js") and not files.serves("POST", "/")
    (built / "assets" / "late.js").unlink()


def test_the_built_page_names_its_files_by_relative_addresses() -> None:
    """So that it works under any path of a proxy."""
    files = Files()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', files.page)
    assert all(not address.startswith("/") and ":" not in address for address in addresses)
    assert all(f"/{address.removeprefix('./')}" in files.by_path for address in addresses)
