"""Wake a worker. The queue only wakes: what there is to do stands in the database, and a sweep finds it."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, ParamSpec, TypeVar

import django_rq
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis import Redis
from redis.exceptions import RedisError

from organisations import scope

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

QUEUES = ("urgent", "default", "bulk")
WAITS_AT_MOST = 10  # seconds for which a job that waits stands for later calls, should it get lost
SAME_AGAIN = 60.0  # seconds for which it is not said again that nobody wakes: each sweep tries for all that is due


def job(func: Callable[P, T]) -> Callable[P, T]:
    """What workers run: it stands for no organisation, wherever it is called, until it has looked up whose row it is
    about."""
    return scope.nobody()(func)


def wake(queue: str, func: Callable[..., Any], *ids: Any) -> None:
    """Run `func(*ids)` in a worker once the current transaction is committed.

    `queue` is "urgent" (a person waits), "default" or "bulk". Where Valkey is away the call is lost and logged; a
    sweep must find the rows, so `func` takes ids, looks up what is due, and may run any number of times.
    """
    _check(queue)
    transaction.on_commit(partial(_enqueue, queue, func, ids), robust=True)


def wake_once(queue: str, func: Callable[..., Any], *ids: Any) -> None:
    """As `wake`, but a call that still waits in the queue stands for this one too: hundreds of rows, one job."""
    _check(queue)
    transaction.on_commit(partial(_enqueue_once, queue, func, ids), robust=True)


def run_once(key: str, func: Callable[..., Any], *ids: Any) -> None:
    """The job of `wake_once`: from here on a new call is a new job, for `func` may miss what is committed later."""
    cache.delete(key)
    func(*ids)


def _check(queue: str) -> None:
    if queue not in QUEUES:
        raise ValueError(f"No queue {queue!r}.")


def _enqueue_once(queue: str, func: Callable[..., Any], ids: tuple[Any, ...]) -> None:
    key = f"wake:{func.__module__}.{func.__qualname__}:{','.join(map(str, ids))}"
    if cache.add(key, True, WAITS_AT_MOST):
        _enqueue(queue, run_once, (key, func, *ids))


def _enqueue(queue: str, func: Callable[..., Any], ids: tuple[Any, ...]) -> None:
    try:
        connection = _connection(settings.RQ_QUEUES[queue]["URL"])
        django_rq.get_queue(queue, connection=connection).enqueue(func, *ids, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        words = str(error).rstrip(".")
        _nobody_wakes.warn(
            "Could not wake %s: Valkey says: %s. The sweeps will find all such work.", func.__name__, words
        )


class _Seldom:
    """A warning of this process that is not said again for a while."""

    silent_until = 0.0

    def warn(self, text: str, *words: str) -> None:
        if time.monotonic() >= self.silent_until:
            self.silent_until = time.monotonic() + SAME_AGAIN
            logger.warning(text, *words)


_nobody_wakes = _Seldom()


@lru_cache(maxsize=4)
def _connection(url: str) -> Redis:
    """One pool for the process; django-rq would connect anew for every job."""
    return Redis.from_url(url)
