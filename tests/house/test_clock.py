"""`manage.py tick`: on the minute, one run of a sweep at a time, and nothing that a sweep does stops the clock."""

import logging
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django import db

from cms.processes.clock import Clock
from cms.processes.layout import ROOT
from organisations.sweeps import Sweep
from tests.kokoon import eventually


def interval(func, seconds=0.05):
    return Sweep(name=func.__name__, func=func, every=timedelta(seconds=seconds), minutely=False)


def minutely(func):
    return Sweep(name=func.__name__, func=func, every=None, minutely=True)


@pytest.fixture
def run_clock():
    clocks = []

    def run(*sweeps, minute=60.0):
        clock = Clock(sweeps, minute=minute)
        clocks.append(clock)
        clock.start()
        return clock

    yield run
    for clock in clocks:
        clock.stop(seconds=5)


class Calls:
    """Counts calls, and lets a test wait for the n-th."""

    def __init__(self):
        self.times = []
        self.changed = threading.Condition()

    def note(self):
        with self.changed:
            self.times.append(time.time())
            self.changed.notify_all()

    def wait_for(self, count, seconds=10):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.times) >= count, seconds), f"{len(self.times)} of {count}"


def test_minutely_sweeps_start_within_a_tenth_of_a_second_of_the_full_minute(run_clock):
    calls = Calls()

    def due_campaigns():
        calls.note()

    run_clock(minutely(due_campaigns), minute=1.0)  # a "minute" of one second: the arithmetic is the same
    calls.wait_for(4)
    assert all(moment % 1.0 < 0.1 for moment in calls.times[1:4])
    assert len({int(moment) for moment in calls.times[1:4]}) == 3


def test_a_clock_that_starts_between_two_minutes_looks_at_once(run_clock):
    calls = Calls()

    def due_campaigns():
        calls.note()

    run_clock(minutely(due_campaigns), minute=3600.0)
    calls.wait_for(1, seconds=2)


def test_a_slow_sweep_delays_nobody(run_clock):
    calls, release = Calls(), threading.Event()

    def slow():
        release.wait(20)

    def quick():
        calls.note()

    try:
        run_clock(interval(slow), interval(quick))
        calls.wait_for(5)
    finally:
        release.set()


def test_one_sweep_never_runs_twice_at_once(run_clock):
    calls, running, overlaps = Calls(), threading.Lock(), []

    def slower_than_its_interval():
        if not running.acquire(blocking=False):
            overlaps.append(1)
            return
        time.sleep(0.02)
        running.release()
        calls.note()

    run_clock(interval(slower_than_its_interval, seconds=0.001))
    calls.wait_for(10)
    assert not overlaps


def test_a_failing_sweep_is_logged_once_and_stops_neither_itself_nor_others(run_clock, caplog):
    failing, working = Calls(), Calls()

    def fails():
        failing.note()
        raise ValueError("a mistake")

    def works():
        working.note()

    with caplog.at_level(logging.INFO):
        run_clock(interval(fails), interval(works))
        failing.wait_for(4)
        working.wait_for(4)
    records = [record for record in caplog.records if "fails" in record.getMessage()]
    assert len(records) == 1
    assert "a mistake" in records[0].exc_text


def test_a_sweep_waits_for_a_database_that_is_away_and_says_so_once(run_clock, caplog):
    calls = Calls()

    def needs_the_database():
        calls.note()
        if len(calls.times) < 3:
            raise db.OperationalError("connection refused")

    with caplog.at_level(logging.INFO):
        clock = run_clock(interval(needs_the_database))
        calls.wait_for(4)
        clock.stop(seconds=5)
    messages = [record.getMessage() for record in caplog.records if "needs_the_database" in record.getMessage()]
    assert messages == [
        "needs_the_database: connection refused; trying again.",
        "needs_the_database works again after 2 failures.",
    ]
    pauses = [later - earlier for earlier, later in zip(calls.times, calls.times[1:], strict=False)]
    assert pauses[0] > 0.9  # backs off
    assert pauses[1] > 1.9


@pytest.mark.django_db(transaction=True)
def test_a_sweep_keeps_its_connection_until_the_server_drops_it(run_clock):
    pids = []
    calls = Calls()

    def asks():
        with db.connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        calls.note()

    clock = run_clock(interval(asks))
    calls.wait_for(3)
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pids[0]])
    calls.wait_for(len(calls.times) + 3)
    assert len(set(pids)) == 2
    clock.stop(seconds=5)

    def gone():
        with db.connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pids[-1]])
            return cursor.fetchone() is None

    eventually(gone)


def test_the_clock_lets_a_running_sweep_finish_when_it_is_stopped():
    started, finished = threading.Event(), threading.Event()

    def takes_a_while():
        started.set()
        time.sleep(0.3)
        finished.set()

    clock = Clock([interval(takes_a_while, seconds=60)])
    clock.start()
    assert started.wait(5)
    clock.stop(seconds=5)
    assert finished.is_set()


TOLD_AGAIN_AND_AGAIN = """
import os, signal, time
import django
django.setup()
from cms.management.commands import tick

class Clock:
    def __init__(self, sweeps):
        pass
    def start(self):
        os.write(says, b".")
    def stop(self, seconds):
        pass

tick.Clock = Clock
for _time in range(20):
    said, says = os.pipe()
    clock = os.fork()
    if not clock:
        tick.Command().handle()
        os._exit(0)
    os.read(said, 1)
    until = time.monotonic() + 10
    while os.waitpid(clock, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.kill(clock, signal.SIGKILL)
            raise SystemExit("It waits for itself.")
        os.kill(clock, signal.SIGTERM)
        os.kill(clock, signal.SIGINT)  # in the middle of the other
"""


def test_who_is_told_to_stop_again_and_again_stops():
    done = subprocess.run([sys.executable, "-c", TOLD_AGAIN_AND_AGAIN], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
