"""RQ's workers, as we run them: quick to notice a dead colleague, quick to stop, and never orphaned."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from typing import Any

import rq
from redis.exceptions import RedisError
from rq.job import Job
from rq.queue import Queue
from rq.worker_pool import WorkerPool

from cms.processes.children import die_with_parent
from cms.processes.frames import with_room
from guards.servers import check_valkey, in_a_line, server_trouble
from organisations import stopping

logger = logging.getLogger(__name__)

# Seconds. With RQ's own intervals the jobs of a killed worker come back after 13 minutes.
JOB_MONITORING_INTERVAL = 5
MAINTENANCE_INTERVAL = 15
WORKER_TTL = 30
# How long a job that is asked to stop may take to reach a good place.
JOB_GRACE = 8.0


class Worker(rq.Worker):
    """One worker process; it forks a process for each job, which RQ calls a horse."""

    log_result_lifespan = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {
            "job_monitoring_interval": JOB_MONITORING_INTERVAL,
            "maintenance_interval": MAINTENANCE_INTERVAL,
            "worker_ttl": WORKER_TTL,
            "log_job_description": False,
        }
        super().__init__(*args, **kwargs)

    def work(self, *args: Any, **kwargs: Any) -> bool:
        pool = multiprocessing.parent_process()
        if pool is not None and pool.pid is not None:
            die_with_parent(signal.SIGTERM, pool.pid)
        kwargs |= {"with_scheduler": False, "logging_level": "WARNING"}  # `tick` is the one that knows the time
        worked = False
        with suppress(RedisError):  # it has said so, and the pool starts another one when Valkey is well again
            worked = super().work(*args, **kwargs)
        return worked

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        error = exc_info[1] if len(exc_info) > 1 else None
        if error and server_trouble(error):
            logger.warning("%s has to wait, for PostgreSQL says: %s", job.func_name, in_a_line(error))
            return
        super().handle_exception(job, *exc_info)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        die_with_parent(signal.SIGTERM, self.pid or 0)
        with_room(super().main_work_horse)(job, queue)

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        heard, told = os.pipe()
        threading.Thread(target=_end_in_time, args=(heard,), daemon=True).start()
        signal.signal(signal.SIGTERM, lambda *_: _stop_job(told))

    def handle_warm_shutdown_request(self) -> None:
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)


def _stop_job(told: int) -> None:
    """Ask the job to stop. What it has handed over but not noted would be of unknown fate, so it gets some time.

    Takes no lock: the signal may come twice, and in the middle of whatever holds one.
    """
    if not stopping.requested():
        os.write(told, b".")
    stopping.request()


def _end_in_time(heard: int) -> None:
    os.read(heard, 1)
    time.sleep(JOB_GRACE)
    os.kill(os.getpid(), signal.SIGKILL)


class Pool(WorkerPool):
    """Workers for all queues, and one more that is there for the first queue alone: where every other worker is busy
    with a long batch, a confirmation still leaves at once."""

    _express_name = ""
    _valkey_is_away = False

    def start(self, *args: Any, **kwargs: Any) -> None:
        while not self._valkey_answers():
            time.sleep(1)
        super().start(*args, **kwargs)

    def check_workers(self, respawn: bool = True) -> None:
        # Without Valkey a worker ends as soon as it has started, once a second.
        super().check_workers(respawn and self._valkey_answers())

    def get_worker_process(self, name: str, *args: Any, **kwargs: Any) -> BaseProcess:
        names = self._queue_names
        if self._express_name not in self.worker_dict:
            self._express_name = name
            self._queue_names = names[:1]
        try:
            return super().get_worker_process(name, *args, **kwargs)
        finally:
            self._queue_names = names

    def _valkey_answers(self) -> bool:
        try:
            check_valkey(self.connection)
        except RedisError as error:
            if not self._valkey_is_away:
                logger.warning("Valkey is away, or takes nothing (%s); waiting for it.", error)
            self._valkey_is_away = True
            return False
        if self._valkey_is_away:
            logger.info("Valkey is well again.")
        self._valkey_is_away = False
        return True


def run_pool(*, queues: Sequence[Queue], workers: int) -> None:
    """Run `workers` workers and the express one until SIGTERM or SIGINT."""
    pool = Pool(queues, connection=queues[0].connection, num_workers=workers + 1, worker_class=Worker)
    pool.start(logging_level="WARNING")
