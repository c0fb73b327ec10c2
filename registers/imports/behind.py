"""Work that goes on in a second thread, one piece after the other, while the next is prepared."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, connections

Work = Callable[[], None]


@contextmanager
def one_behind() -> Iterator[Callable[[Work], None]]:
    """Yields a function to hand work to: it returns once what was handed over before is done, and raises what that
    has raised. At the end all is done. Each piece has a transaction of its own; within one, nothing runs beside it.
    """
    if connection.in_atomic_block:
        yield lambda work: work()
        return
    context = contextvars.copy_context()
    pending: Future[None] | None = None

    def hand_over(work: Work) -> None:
        nonlocal pending
        if pending is not None:
            pending.result()
        pending = thread.submit(context.run, work)

    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            yield hand_over
            if pending is not None:
                pending.result()
        finally:
            thread.submit(connections.close_all)
