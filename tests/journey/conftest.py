"""One editor at one desk for the whole journey; its steps are tests, and those after a failed one are not tried."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import FAILURES
from tests.database import copy_template
from tests.journey.mailbox import Mailbox
from tests.journey.replies import Guest
from tests.kokoon import Kokoon

SLOW_MACHINE = 30_000
# What is called reduced motion, for what jQuery moves: a click would wait until it stands still.
JUMP = "addEventListener('DOMContentLoaded', () => { if (window.jQuery) jQuery.fx.off = true; })"
expect.set_options(timeout=SLOW_MACHINE)


@dataclass
class Journey:
    """What the steps share: who does it, where, and what the former steps have made."""

    kokoon: Kokoon
    desk: Page  # the editor's tab
    mailbox: Mailbox
    folder: Path  # for downloads
    open_tab: Callable[[], Page]  # a visitor's own browser
    made: dict[str, str] = field(default_factory=dict)
    _visitor: list[Page] = field(default_factory=list)
    mails_before: int = field(init=False)  # those of the demonstration are as many again

    def __post_init__(self) -> None:
        self.mails_before = self.mailbox.newest()

    def visitor(self) -> Page:
        """The tab of somebody outside, without any cookie of ours."""
        if not self._visitor:
            self._visitor.append(self.open_tab())
        return self._visitor[0]

    @property
    def public_page(self) -> str:
        [(path,)] = self.kokoon.query("SELECT url_path FROM wagtailcore_page WHERE id = %s", int(self.made["event"]))
        return f"{self.kokoon.base_url}{path}"

    def beside(self, web_address: str) -> str:
        """The page of another event of the house."""
        return urljoin(self.public_page, f"../{web_address}/")

    @property
    def all_invited(self) -> list[Guest]:
        rows = self.kokoon.query(
            "SELECT first_name, last_name, email FROM mailer_emailmessage m JOIN registers_contact c"
            " ON c.id = contact_id JOIN mailer_emailcampaign k ON k.id = campaign_id"
            " WHERE k.name = %s AND traffic = 'bulk' ORDER BY m.id",
            self.made["campaign"],
        )
        return [Guest(*row) for row in rows]

    def invited(self, number: int, **how: Any) -> Guest:
        return replace(self.all_invited[number], **how)


@pytest.fixture(scope="package")
def running_kokoon():
    """All real processes, with the demonstration loaded: `base_url`, `manage(…)`, `query(…)`. Its database is a copy on
    the run's own server, for the start of an empty one is what tests/house/test_run.py shows."""
    folder = Path(tempfile.mkdtemp(prefix="kokoon-", dir="/tmp"))
    database = copy_template(folder.name.replace("-", "_"))
    # Each worker takes its time over the first of each screen; there is nobody here but the editor and a visitor.
    kokoon = Kokoon(folder, WEB_WORKERS="2", **({"DATABASE_URL": database} if database else {}))
    try:
        yield kokoon.start()
    finally:
        kokoon.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[list[Page]]:
    opened: list[Page] = []
    yield opened
    for tab in opened:
        tab.context.close()


@pytest.fixture(scope="module")
def open_tab(browser: Browser, tabs: list[Page]) -> Callable[[], Page]:
    def open_one() -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(SLOW_MACHINE)
        context.add_init_script(JUMP)
        tabs.append(context.new_page())
        return tabs[-1]

    return open_one


@pytest.fixture(scope="module")
def journey(running_kokoon, open_tab, tmp_path_factory) -> Journey:
    desk = open_tab()
    return Journey(
        kokoon=running_kokoon,
        desk=desk,
        mailbox=Mailbox(running_kokoon, desk),
        folder=tmp_path_factory.mktemp("downloads"),
        open_tab=open_tab,
    )


@pytest.fixture(autouse=True)
def picture_of_failure(request, tabs) -> Iterator[None]:
    yield
    report = getattr(request.node, "call_report", None)
    if report is not None and report.failed:
        FAILURES.mkdir(parents=True, exist_ok=True)
        for number, tab in enumerate(tabs, start=1):
            tab.screenshot(path=FAILURES / f"{request.node.name}-{number}.png", full_page=True)


def pytest_runtest_makereport(item, call):
    if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception) and item.cls is not None:
        item.cls.failed_step = getattr(item.cls, "failed_step", None) or item.name


def pytest_runtest_setup(item):
    failed = getattr(item.cls, "failed_step", None) if item.get_closest_marker("in_order") else None
    if failed:
        pytest.skip(f"{failed} failed before")
