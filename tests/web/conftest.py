"""One Chromium, and three real nodes with users and data: a hospital, a lab and a notary."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from chairs import Chairs, Desk

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none", "--force-color-profile=srgb"]
PATIENCE_MS = 10_000  # of what a page is to show; whoever runs other tests beside these has slow pages

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/web/" in str(item.path):
            item.add_marker(pytest.mark.web)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "The console's tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def chairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chairs]:
    """Paired nodes with data and a user who may do everything at each."""
    made = Chairs(tmp_path_factory.mktemp("chairs"))
    yield made
    made.close()


@pytest.fixture
def desk(chromium: Browser, chairs: Chairs) -> Iterator[Desk]:
    """Opens pages for people; in the end nothing may have gone wrong in any of them."""
    made = Desk(chromium, chairs)
    yield made
    made.close()
