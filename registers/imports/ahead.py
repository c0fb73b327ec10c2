"""What takes a processor and no database, made by a process of its own while what came before it is worked on."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
# Forked, for then it has read what this process has: it begins at once, and knows files, columns and the language.
_FORK = multiprocessing.get_context("fork")


@contextmanager
def made_ahead(pieces: Iterable[T]) -> Iterator[Iterator[T]]:
    """Yields the pieces, each made while the one before is worked on; `pieces` must not use the database.

    What is raised there is raised here. The other process ends with the block, and where this one is killed.
    """
    ours, theirs = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_send, args=(pieces, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _received(ours)
    finally:
        ours.close()
        process.terminate()
        process.join()


def _received(ours: Connection) -> Iterator[T]:
    while True:
        try:
            pieces, error = ours.recv()
        except EOFError:
            raise RuntimeError("The process that reads ahead has ended.") from None
        if error:
            raise error
        if not pieces:
            return
        yield from pieces


def _send(pieces: Iterable[T], ours: Connection, theirs: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # to look through what was there before would copy all of it
    ours.close()  # or nobody would hear that the other end has gone
    borrowed = []  # of the process that forked: not to be used, and kept, for they say goodbye when they go
    for used in connections.all(initialized_only=True):
        borrowed.append(used.connection)
        used.connection = None
    try:
        for piece in pieces:
            theirs.send(([piece], None))
        theirs.send(([], None))
    except BrokenPipeError:
        pass
    except Exception as error:  # noqa: BLE001  it is raised where it is asked for
        theirs.send(([], error))
