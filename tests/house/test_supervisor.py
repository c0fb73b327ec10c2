"""The supervisor restarts what dies, stops in order, and leaves nothing behind however it ends itself."""

import os
import signal
import subprocess
import sys

import pytest

from cms.processes.output import LOG_BYTES
from tests.kokoon import alive, eventually, family


@pytest.fixture
def household(tmp_path):
    log = tmp_path / "ended"
    log.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.house.household", log], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    process.log = log
    assert process.stdout.readline() == "ready\n"
    ready = [log.with_name(f"{log.name}-{name}") for name in ("server", "parent", "client")]
    eventually(lambda: all(file.exists() for file in ready) and "sleep 1000" in family(process.pid).values())
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()
    process.stdout.close()


def children_of(process) -> dict[str, int]:
    """The three children by name."""
    found = {}
    for pid, command in family(process.pid).items():
        for name in ("server", "parent", "client"):
            if f" {name} {process.log}" in command:
                found[name] = pid
    return found


def test_a_killed_child_comes_back(household):
    before = children_of(household)
    os.kill(before["client"], signal.SIGKILL)
    after = eventually(
        lambda: found if (found := children_of(household)).get("client") not in (None, before["client"]) else None
    )
    assert after["server"] == before["server"]
    assert household.stdout.readline() == "client was ended by SIGKILL; starting it again in 0.2 s.\n"


def test_one_that_finds_no_memory_to_start_is_tried_again_and_the_others_live_on(household):
    before = children_of(household)
    full = household.log.with_name("no-memory")
    full.touch()
    os.kill(before["client"], signal.SIGKILL)
    assert household.stdout.readline().startswith("client was ended by SIGKILL")
    assert household.stdout.readline() == "client does not start: [Errno 12] Cannot allocate memory\n"
    full.unlink()
    eventually(lambda: "client" in children_of(household))
    assert {**children_of(household), "client": 0} == {**before, "client": 0}


def test_of_one_that_does_not_speak_here_it_is_said_where_it_does(household):
    household.log.write_bytes(b"x" * LOG_BYTES + b"the reason")
    os.kill(children_of(household)["server"], signal.SIGKILL)
    assert household.stdout.readline().endswith(f"starting it again in 0.2 s. Why: see {household.log}.\n")
    # Two generations of it are kept.
    eventually(lambda: household.log.stat().st_size < LOG_BYTES)
    assert household.log.with_name("ended.1").read_bytes().endswith(b"the reason")


def test_what_a_killed_child_leaves_behind_goes_before_its_successor_comes(household):
    orphan = next(pid for pid, command in family(household.pid).items() if command == "sleep 1000")
    os.kill(children_of(household)["parent"], signal.SIGKILL)
    eventually(lambda: not alive({orphan}))


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_clients_before_the_servers_they_need(household, sig):
    everybody = family(household.pid)
    household.send_signal(sig)
    assert household.wait(10) == 0
    assert not alive(everybody)
    ended = household.log.read_text().split()
    assert sorted(ended[:2]) == ["client", "parent"]
    assert ended[2:] == ["server"]


def test_nothing_is_left_when_the_supervisor_is_killed(household):
    everybody = set(family(household.pid)) - {household.pid}
    assert len(everybody) == 4
    household.kill()
    eventually(lambda: not alive(everybody))
