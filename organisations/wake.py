"""Wake a worker. The queue only wakes: what there is to do stands in the database, and a sweep finds it."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUEUES = ("urgent", "default", "bulk")


def wake(queue: str, func: Callable[..., Any], *ids: Any) -> None:
    """Run `func(*ids)` in a worker once the current transaction is committed.

    `queue` is "urgent" (a person waits), "default" or "bulk". Where Valkey is away the call is lost and logged; a
    sweep must find the rows, so `func` takes ids, looks up what is due, and may run any number of times.
    """
    if queue not in QUEUES:
        raise ValueError(f"No queue {queue!r}.")
    transaction.on_commit(partial(_enqueue, queue, func, ids), robust=True)


def _enqueue(queue: str, func: Callable[..., Any], ids: tuple[Any, ...]) -> None:
    try:
        django_rq.get_queue(queue).enqueue(func, *ids, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        logger.warning("Could not wake %s: %s. The next sweep will find the work.", func.__name__, error)
