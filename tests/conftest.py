"""What every test may ask for. The servers are started by tests/servers.py, before Django reads its settings; the
browser by tests/browser.py."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from organisations import scope
from tests.cast import make_cast
from tests.database import copy_template, make_template
from tests.kokoon import Kokoon
from tests.stage import begins_with, stage, wanted_by


def pytest_configure():
    # Slow on purpose where passwords are worth something.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    # A test publishes and replies within the moment for which events are kept in memory.
    settings.EVENT_MEMORY_SECONDS = 0


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items):
    """Under xdist a file stays in one worker, with what it has started, and so do all that share one Kokoon."""
    for item in items:
        if "running_kokoon" in item.fixturenames or item.get_closest_marker("in_order"):
            item.add_marker(pytest.mark.xdist_group("running_kokoon"))
        elif item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(autouse=True)
def nobodys_scope():
    """A test that does not read a streamed answer to its end leaves its request, and what that had in scope, open."""
    scope.release()
    with scope.organisation(None):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = make_template()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    stage.show(wanted_by(item))


@pytest.fixture(scope="session")
def open_stage(django_db_setup, django_db_blocker):
    stage.open(django_db_blocker)
    yield
    stage.close()


@pytest.fixture
@begins_with(make_cast)
def cast(open_stage, db):
    """The people of two organisations, signed in."""
    return stage[make_cast].again() if make_cast in stage else make_cast()


@pytest.fixture(scope="session")
def running_kokoon():
    """All real processes, with the demonstration loaded: `base_url`, `manage(…)`, `query(…)`. Its database is a copy on
    the run's own server, for the start of an empty one is what tests/house/test_run.py shows."""
    folder = Path(tempfile.mkdtemp(prefix="kokoon-", dir="/tmp"))
    database = copy_template(f"kokoon_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    kokoon = Kokoon(folder, **({"DATABASE_URL": database} if database else {}))
    try:
        yield kokoon.start()
    finally:
        kokoon.stop()
        shutil.rmtree(folder, ignore_errors=True)
