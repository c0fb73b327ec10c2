"""`manage.py work`: real workers on the real queue."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import django_rq
import pytest
import redis
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, DiskFull
from rq.job import Job

from cms.processes.layout import ROOT
from cms.processes.worker import Worker
from organisations.wake import QUEUES
from tests.house import jobs
from tests.kokoon import alive, eventually, family

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def pool():
    """The command itself, with one worker for all queues and the express one."""
    connection = django_rq.get_connection("urgent")
    connection.flushdb()
    process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env={**os.environ, "WORKERS": "1"})
    eventually(lambda: len(Worker.all(connection=connection)) == 2, seconds=60)
    yield process
    if process.poll() is None:
        process.terminate()
        process.wait(30)


def enqueue(queue, func, path, **options):
    return django_rq.get_queue(queue).enqueue(func, str(path), result_ttl=0, **options)


def lines(path: Path) -> list[int]:
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def test_a_worker_looks_after_its_colleagues_often(pool):
    worker = Worker([django_rq.get_queue(name) for name in QUEUES])
    assert worker.job_monitoring_interval == 5
    assert worker.maintenance_interval == 15
    assert worker.worker_ttl == 30


def test_a_database_that_is_away_is_a_line_and_no_traceback(caplog):
    worker = Worker([django_rq.get_queue("bulk")])
    job = Job.create(jobs.note, connection=worker.connection)
    worker.handle_exception(
        job, OperationalError, OperationalError("connection refused\n\tIs the server running?"), None
    )
    assert [record.getMessage() for record in caplog.records] == [
        "tests.house.jobs.note has to wait, for PostgreSQL says: connection refused Is the server running?"
    ]
    worker.handle_exception(job, DiskFull, DiskFull("could not extend file"), None)  # as a COPY raises it
    assert caplog.messages[1:] == ["tests.house.jobs.note has to wait, for PostgreSQL says: could not extend file"]
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = DeadlockDetected()
    worker.handle_exception(job, OperationalError, deadlock, None)
    assert "exception raised while executing" in caplog.text


def test_a_worker_whose_valkey_is_away_ends_without_a_traceback(pool, monkeypatch):
    def away(*_args, **_kwargs):
        raise redis.ConnectionError("connection refused")

    monkeypatch.setattr("rq.Worker.work", away)
    assert Worker([django_rq.get_queue("bulk")]).work() is False


def test_jobs_of_every_queue_are_done(pool, tmp_path):
    for queue in QUEUES:
        enqueue(queue, jobs.note, tmp_path / queue)
    for queue in QUEUES:
        eventually(lambda: lines(tmp_path / queue))  # noqa: B023


def test_urgent_work_is_done_while_every_worker_is_busy_with_bulk(pool, tmp_path):
    enqueue("bulk", jobs.work_until_asked_to_stop, tmp_path / "bulk")
    horse = eventually(lambda: lines(tmp_path / "bulk"))[0]
    enqueue("urgent", jobs.note, tmp_path / "urgent")
    eventually(lambda: lines(tmp_path / "urgent"))
    assert alive({horse})
    os.kill(horse, signal.SIGTERM)
    eventually(lambda: lines(tmp_path / "bulk.stopped"))


def test_a_killed_worker_comes_back_and_its_job_gets_to_stop_cleanly(pool, tmp_path):
    enqueue("default", jobs.work_until_asked_to_stop, tmp_path / "first")
    horse = eventually(lambda: lines(tmp_path / "first"))[0]
    worker = next(pid for pid in family(pool.pid) if horse in family(pid) and pid not in (pool.pid, horse))
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: lines(tmp_path / "first.stopped"))
    eventually(lambda: not alive({horse}))
    enqueue("default", jobs.note, tmp_path / "second")
    eventually(lambda: lines(tmp_path / "second"))


def test_workers_go_on_after_valkey_was_flushed(pool, tmp_path):
    enqueue("default", jobs.work_until_asked_to_stop, tmp_path / "first")
    horse = eventually(lambda: lines(tmp_path / "first"))[0]
    django_rq.get_connection("default").flushdb()
    os.kill(horse, signal.SIGTERM)
    eventually(lambda: not alive({horse}))
    enqueue("default", jobs.note, tmp_path / "second")
    eventually(lambda: lines(tmp_path / "second"))


def test_nothing_is_left_when_the_pool_is_killed(pool, tmp_path):  # the last one: the others need it
    enqueue("bulk", jobs.work_until_asked_to_stop, tmp_path / "job")
    eventually(lambda: lines(tmp_path / "job"))
    everybody = set(family(pool.pid)) - {pool.pid}
    assert len(everybody) == 3
    pool.kill()
    pool.wait()
    eventually(lambda: not alive(everybody))
    assert lines(tmp_path / "job.stopped")
