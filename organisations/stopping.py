"""Has this process been asked to stop? Long work asks between two steps, and ends where nothing is half done."""

_requested = False


def request() -> None:
    """Ask it to stop. A signal handler may call it: it takes no lock, which the interrupted thread might hold."""
    global _requested  # noqa: PLW0603 - one flag for the process
    _requested = True


def requested() -> bool:
    """Whether it has been asked to stop."""
    return _requested
