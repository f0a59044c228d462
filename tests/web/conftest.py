"""One server and one browser for each file of tests; what kills its server starts one of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from clerk_app.client.hall import HallClient
from support.browser import KIOSK_FLAGS, browser
from support.kiosks import sample_records
from support.server import ServerProcess, clerk_at, server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def clerk(running: ServerProcess) -> Iterator[HallClient]:
    """Somebody at window 12, with the sample catalogue published."""
    client, _ = clerk_at(running)
    client.publish_catalogue(sample_records())
    yield client
    client.close()


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """Ends with the file: while it lives, its event loop is the thread's own."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chrome(driver: Playwright, running: ServerProcess) -> Iterator[Browser]:
    with browser(driver, running, *KIOSK_FLAGS) as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A browser and real processes on a busy machine: what never comes is told by the waiting itself.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: the folder that ``CLERK_PICTURES`` names, so that somebody can look at them."""
    named = os.environ.get("CLERK_PICTURES")
    if not named:
        return tmp_path_factory.mktemp("pictures")
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
