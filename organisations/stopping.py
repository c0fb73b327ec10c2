"""Has this process been asked to stop? Long work asks between two steps, and ends where nothing is half done."""

import threading

_requested = threading.Event()


def request() -> None:
    _requested.set()


def requested() -> bool:
    return _requested.is_set()
