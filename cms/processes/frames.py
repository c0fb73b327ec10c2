"""Room for the frames of Python's calls, in one piece.

CPython keeps the frames of a thread in pieces of 16 KiB, asks the system for the next one when one is full, and gives
it back as soon as it is empty (`push_chunk` and `_PyThreadState_PopFrame` in Python/pystate.c, 3.11 and later). A loop
that stands at the edge of a piece does that with each call: a page of the admin, some hundred calls deep, spent up
to a quarter of its time on it. A frame that would not fit gets a larger piece, with room for all that it calls.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Words. A little more than half a mebibyte, so that its piece is a whole one. What nobody writes to costs no memory.
_ROOM = 70_000


def with_room(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, whose frame asks for so much room that its calls share one piece with it."""

    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=_ROOM)
    return wraps(function)(roomy)
