"""pytest plugin (`-p tests.servers`): PostgreSQL and Valkey for one test run.

A plugin rather than a conftest, because pytest-django reads the settings before it reads any conftest.
DATABASE_URL and VALKEY_URL that are set already are used as they are. With xdist the servers are started
once, by the controller; each worker gets a database of its own from pytest-django and a Valkey database of
its own here.
"""

import os
import re
from contextlib import ExitStack

import pytest

from cms.processes.errors import LaunchError
from cms.processes.scratch import scratch_servers

VALKEY_DATABASES = 16

# What the whole run shares, so that `running_kokoon` can leave it out of its own environment.
started: dict[str, str] = {}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    options = early_config.known_args_namespace
    if options.help or options.version:
        return (yield)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["VALKEY_URL"] = _own_valkey_database(os.environ["VALKEY_URL"], number)
        return (yield)
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    try:
        started.update(stack.enter_context(scratch_servers()))
    except LaunchError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(started)
    try:
        return (yield)
    except BaseException:
        stack.close()  # broken settings, say: pytest will not come to its clean-up
        raise


def _own_valkey_database(url: str, number: int) -> str:
    if number >= VALKEY_DATABASES:
        raise pytest.UsageError(f"Valkey has {VALKEY_DATABASES} databases: use fewer xdist workers.")
    if re.search(r"\bdb=\d+", url):
        return re.sub(r"\bdb=\d+", f"db={number}", url)
    return f"{url}{'&' if '?' in url else '?'}db={number}"
