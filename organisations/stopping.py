"""Has this process been asked to stop? Long work asks between two steps, and ends where nothing is half done."""

import threading

_requested = threading.Event()


def request() -> None:
    """Ask it to stop; may be called by a signal handler."""
    _requested.set()


def requested() -> bool:
    """Whether it has been asked to stop."""
    return _requested.is_set()
