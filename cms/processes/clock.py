"""What `manage.py tick` does: call the registered sweeps when they are due, whatever happens to them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from django import db
from redis.exceptions import RedisError

from guards.servers import in_a_line
from organisations.sweeps import Sweep

logger = logging.getLogger(__name__)

MINUTE = 60.0
LOOK_UP = 5.0  # seconds after which a sleeper looks at the clock again: it may have been set meanwhile
LONGEST_BACK_OFF = 30.0
SAME_AGAIN = 60.0  # seconds for which a failure that repeats itself is not logged again
SOON = 30.0  # seconds: what is due again within them keeps its connection, for a new one costs more than the look
AWAY = (db.OperationalError, db.InterfaceError, RedisError)


class Clock:
    """One thread per sweep: a slow one delays nobody, and no sweep ever runs twice at once in this process."""

    def __init__(self, sweeps: Iterable[Sweep], *, minute: float = MINUTE) -> None:
        self.stopping = threading.Event()
        self._minute = minute
        self._threads = [
            threading.Thread(target=self._repeat, args=(sweep,), name=f"sweep {sweep.name}", daemon=True)
            for sweep in sweeps
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> None:
        """Let running sweeps finish, for at most that long."""
        self.stopping.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _repeat(self, sweep: Sweep) -> None:
        try:
            self._run_when_due(sweep)
        finally:
            db.connections.close_all()

    def _run_when_due(self, sweep: Sweep) -> None:
        run = Runner(sweep)
        while not self.stopping.is_set():
            # At the start, too: something may have become due while nobody was looking.
            minute = self._current_minute()
            started = time.monotonic()
            retry_in = run()
            if retry_in is not None:
                self.stopping.wait(min(retry_in, self._until_next_minute()) if sweep.every is None else retry_in)
            elif sweep.every is None:
                self._wait_for_minute_after(minute)
            else:
                self.stopping.wait(max(0.0, started + sweep.every.total_seconds() - time.monotonic()))

    def _current_minute(self) -> int:
        return int(time.time() // self._minute)

    def _until_next_minute(self) -> float:
        return self._minute - time.time() % self._minute

    def _wait_for_minute_after(self, minute: int) -> None:
        while not self.stopping.is_set() and self._current_minute() == minute:
            self.stopping.wait(min(LOOK_UP, self._until_next_minute()))


class Runner:
    """Calls one sweep, survives it, and logs a failure that repeats itself only now and then."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._failures = 0
        self._last_failure = ""
        self._logged_at = 0.0

    def __call__(self) -> float | None:
        """Returns None after success, or the seconds after which to try again when a server was away."""
        db.close_old_connections()  # one that the server has dropped, too
        try:
            self._sweep.func()
        except AWAY as error:
            self._failures += 1
            if self._is_news(error):
                logger.warning("%s: %s; trying again.", self._sweep.name, in_a_line(error))
            return min(2.0 ** (self._failures - 1), LONGEST_BACK_OFF)
        except Exception as error:
            self._failures += 1
            if self._is_news(error):
                logger.exception("%s failed", self._sweep.name)
        else:
            if self._failures:
                logger.info("%s works again after %s failures.", self._sweep.name, self._failures)
            self._failures = 0
            self._last_failure = ""
        finally:
            if self._failures or self._sweep.every is None or self._sweep.every.total_seconds() > SOON:
                db.connections.close_all()
        return None

    def _is_news(self, error: Exception) -> bool:
        failure, now = repr(error), time.monotonic()
        if failure == self._last_failure and now - self._logged_at < SAME_AGAIN:
            return False
        self._last_failure, self._logged_at = failure, now
        return True
