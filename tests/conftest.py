"""What every test may ask for. The servers are started by tests/servers.py, before Django reads its settings; the
browser by tests/browser.py."""

import gc
import os

import django_rq
import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings
from django.db import connections
from django.template.base import Template
from django.template.defaulttags import CsrfTokenNode
from django.test import TransactionTestCase
from xdist.scheduler import LoadFileScheduling

from cms.processes.frames import with_room
from organisations import scope
from tests.cast import make_cast
from tests.database import Migrated, make_template
from tests.stage import begins_with, stage, wanted_by

run_with_room = with_room(runtestprotocol)
JOURNEY = "tests/journey/"


# A machine with much else to do is no fault of what is tried.
hypothesis.settings.register_profile("kokoon", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("kokoon")


def pytest_configure():
    # Slow on purpose where passwords are worth something.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    # A test publishes and replies within the moment for which events are kept in memory.
    settings.EVENT_MEMORY_SECONDS = 0


def pytest_collection_modifyitems(items):
    """The longest first, so that all workers are done at about the same time.

    Within a file those that begin with the same follow each other, and it is made once for all of them.
    """

    def turn(item):
        marker = item.get_closest_marker("takes")
        seconds = marker.args[0] if marker else 0
        return -seconds, item.path, [maker.__name__ for maker in wanted_by(item)]

    items.sort(key=turn)


def pytest_collection_finish():
    """What has been imported stays: it is not looked through for garbage again and again."""
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """As pytest's own, with the room that requests and jobs have."""
    names = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**names)
    run_with_room(item, nextitem=nextitem)
    item.ihook.pytest_runtest_logfinish(**names)
    return True


class ByFile(LoadFileScheduling):
    """A file stays in one worker, with what it has started, and so do those that share one running Kokoon."""

    def _split_scope(self, nodeid):
        return JOURNEY if nodeid.startswith(JOURNEY) else super()._split_scope(nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Each worker begins with other files: what one has rewritten for pytest, the others find ready."""
    report = yield
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and isinstance(collector, pytest.Directory):
        workers = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        first = len(report.result) * int(worker.removeprefix("gw")) // workers
        report.result = [*report.result[first:], *report.result[:first]]
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def whole_pages(django_test_environment):
    """A test may ask what a page was made from. Django also notes it for each of the eighty parts of a page."""
    noted = Template._render

    def render(template, context):
        return noted(template, context) if context.template is template else template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def whole_forms():
    """The test client is not asked for the token without which a browser’s form is refused."""
    noted = CsrfTokenNode.render

    def render(node, context):
        assert context.get("csrf_token"), "This form has no token: hand `csrf_token` on to where it stands."
        return noted(node, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CsrfTokenNode, "render", render)
        yield


@pytest.fixture(autouse=True)
def nobodys_scope():
    """A test that does not read a streamed answer to its end leaves its request, and what that had in scope, open."""
    scope.release()
    with scope.nobody():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = make_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    if not connections["default"].settings_dict["TEST"]["TEMPLATE"]:
        yield None  # somebody else's server, which may not let us
        return
    with django_db_blocker.unblock():
        migrated = Migrated()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: migrated.restore())
        yield migrated


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    stage.show(wanted_by(item))


@pytest.fixture(scope="session")
def open_stage(django_db_setup, django_db_blocker):
    stage.open(django_db_blocker, django_db_setup)
    yield
    stage.close()


@pytest.fixture
@begins_with(make_cast)
def cast(open_stage, db):
    """The people of two organisations, signed in."""
    return stage.have(make_cast).again()


@pytest.fixture
def swept(django_capture_on_commit_callbacks):
    """Does what a sweep wakes workers of a queue for; returns how many jobs that was."""

    def work(sweep, name):
        queue = django_rq.get_queue(name)
        queue.empty()
        with django_capture_on_commit_callbacks(execute=True):
            sweep()
        jobs = queue.jobs
        queue.empty()
        for job in jobs:
            job.func(*job.args)
        return len(jobs)

    return work
