"""Has this process been asked to stop? Long work asks between two steps, and ends where nothing is half done."""

from queue import SimpleQueue

_requests: SimpleQueue[None] = SimpleQueue()


def request() -> None:
    """Ask it to stop. A signal handler may call it, also in the middle of itself, as it may not an Event's `set`."""
    _requests.put(None)


def requested() -> bool:
    """Whether it has been asked to stop."""
    return not _requests.empty()
