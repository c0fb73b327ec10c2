"""A real browser for the tests marked `browser`: Debian's Chromium, driven by Playwright."""

import shutil
from pathlib import Path

import pytest

NO_CHROMIUM = "no Chromium on this machine"
HOW_TO_INSTALL = "apt-get install chromium-headless-shell   (on Debian; or put a chromium or google-chrome on the PATH)"
# The first is Chromium without what surrounds a page, which nobody sees here: a third less work than all of it.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    # No script runs here for so long that it pays to compile it well, or to have another thread help.
    "--js-flags=--no-opt --no-maglev --single-threaded",
]
FAILURES = Path(__file__).resolve().parent.parent / ".data" / "test-failures"


def chromium() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


def pytest_collection_modifyitems(items):
    if chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter):
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(report.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} tests were skipped: {NO_CHROMIUM}. To run them:", red=True)
        terminalreporter.line(f"    {HOW_TO_INSTALL}", red=True)


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the tests of a file. No longer, because Playwright keeps an event loop running in this thread:
    Django takes that for asynchronous code and refuses to query, and `asyncio.run` is not possible."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chrome = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield chrome
        chrome.close()


@pytest.fixture
def page(browser, request):
    """A tab of its own profile. Leaves a picture in .data/test-failures when the test fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    tab = context.new_page()
    yield tab
    report = getattr(request.node, "call_report", None)
    if report is not None and report.failed:
        FAILURES.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=FAILURES / f"{request.node.name}.png", full_page=True)
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.call_report = report
    return report
