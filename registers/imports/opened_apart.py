"""The process that `trial.try_book` starts: `python opened_apart.py PATH BYTES SECONDS`.

Nothing of ours is loaded here, for it is to be there at once.
"""

import resource
import sys
from contextlib import suppress
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook


def main(path: str, memory: int, seconds: int) -> None:
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_CORE, 0)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory runs out, nobody else is to go
    with suppress(CalamineError):  # which says what is wrong when the book is opened in earnest
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            for _row in book.get_sheet_by_name(name).iter_rows():
                pass


def limit(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
