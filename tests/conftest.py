"""What every test may ask for. The servers are started by tests/servers.py, before Django reads its settings; the
browser by tests/browser.py."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.kokoon import Kokoon


def pytest_collection_modifyitems(items):
    for item in items:
        if "running_kokoon" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("running_kokoon"))  # one of them is enough for a run


@pytest.fixture(scope="session")
def running_kokoon():
    """All real processes, with the demonstration loaded: `base_url`, `manage(…)`, `query(…)`."""
    folder = Path(tempfile.mkdtemp(prefix="kokoon-", dir="/tmp"))
    kokoon = Kokoon(folder)
    try:
        yield kokoon.start()
    finally:
        kokoon.stop()
        shutil.rmtree(folder, ignore_errors=True)
