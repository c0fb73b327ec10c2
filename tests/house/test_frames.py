"""What is called has room: no call asks the system for memory, however deep it stands."""

from concurrent.futures import ThreadPoolExecutor
from resource import RUSAGE_THREAD, getrusage

from cms.processes.frames import with_room

CALLS = 300


def leaf(*values):
    return values


def pages_at(depth: int) -> int:
    """How many pages of memory are asked for by a loop of calls that stands as deep as that."""
    if depth:
        return pages_at(depth - 1)
    before = getrusage(RUSAGE_THREAD).ru_minflt
    for _call in range(CALLS):
        leaf()
    return getrusage(RUSAGE_THREAD).ru_minflt - before


@with_room
def most_pages() -> int:
    return max(map(pages_at, range(500)))


def test_no_depth_is_an_edge():
    with ThreadPoolExecutor(1) as pool:  # a thread begins with no room
        assert pool.submit(most_pages).result() < CALLS / 2 / 2
