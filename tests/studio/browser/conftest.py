"""A running studio, a browser, and pages that record every request they make. Skipped where one of them cannot be had."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
pytest.importorskip("fastapi", reason="the studio's service is not installed: pip install impasto[studio]")

EXAMPLES = Path(__file__).parents[3] / "examples"
PATIENCE = 180_000
"""Milliseconds that anything may take: the machine may be busy."""
SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio with an empty gallery and one worker."""
    port, folder = free_port(), tmp_path_factory.mktemp("studio")
    log = (folder / "log.txt").open("wb")
    command = [sys.executable, "-m", "impasto", "studio", "--no-browser", "--data", str(folder / "data"), "--port", str(port)]
    server = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/health", server, folder / "log.txt")
        yield address
    finally:
        server.terminate()
        server.wait(60)
        log.close()


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the studio ended with {server.returncode}: {log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"the studio did not answer: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, or the one that IMPASTO_CHROMIUM names."""
    path = os.environ.get("IMPASTO_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium: apt-get install chromium, or name one in IMPASTO_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, studio: str) -> Iterator[Any]:
    """open_page(**context settings) -> a page with the studio. In the end none has asked anybody else, or raised an error."""
    contexts, foreign, errors = [], [], []

    def opened(**settings: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 820}, **settings})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith((studio, "blob:", "data:")) or foreign.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: "Content Security Policy" in message.text and errors.append(message.text))
        page.goto(studio)
        page.wait_for_selector("#ledge [data-style]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert foreign == []
    assert errors == []


@pytest.fixture
def page(open_page: Any) -> Any:
    """The studio on a desk."""
    return open_page()


@pytest.fixture
def painted_page(page: Any) -> Any:
    """The studio with a photo and its preview on the wall."""
    hang(page, "cat.jpg")
    return page


def hang(page: Any, photo: str) -> None:
    """Chooses a photo of the examples and waits for its preview."""
    page.set_input_files("#photo-file", EXAMPLES / "photos" / photo)
    page.wait_for_selector("#sketch:not([hidden])")


def until(page: Any, expression: str, argument: Any = None) -> None:
    """Waits until the expression is true. Playwright's wait_for_function evaluates in the page, whose policy forbids it."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(expression, argument):
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(30)


def set_slider(page: Any, selector: str, value: float) -> None:
    """Moves a slider as a hand does: its input event is heard."""
    page.locator(selector).fill(str(value))


def choose_small(page: Any, iterations: int) -> None:
    """The smallest painting that the page offers."""
    if not page.locator("#advanced").evaluate("details => details.open"):
        page.click("#advanced summary")
    page.locator("input[name=size][value='256']").check()
    set_slider(page, "#iterations", iterations)
