"""Many things, some at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` things, as they come: `itertools.batched` of Python 3.12, but lists."""
    source = iter(things)
    while chunk := list(islice(source, size)):
        yield chunk
