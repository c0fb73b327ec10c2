"""A workbook is opened by a process of its own before it is opened by ours.

The parser of workbooks is native code: a damaged or forged file makes it wait for ever, ask for more memory than there
is, or end its process, and all that this has under way. What it reads once it reads again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from guards.uploads import MEBIBYTE
from registers.imports.damage import damaged

MOST_MEMORY = 3 * 1024 * MEBIBYTE  # room for `guards.uploads.MAX_CELLS` and what stands in them
SECONDS = 5  # of a processor, for the smallest
SECONDS_PER_MEBIBYTE = 10  # packed
MOST_SECONDS = 120
_PROGRAM = Path(__file__).with_name("opened_apart.py")


def try_book(path: Path) -> None:
    """Raises UploadError where the parser fails on a workbook otherwise than by saying so."""
    seconds = min(SECONDS + SECONDS_PER_MEBIBYTE * path.stat().st_size // MEBIBYTE, MOST_SECONDS)
    command = [sys.executable, "-I", str(_PROGRAM), str(path), str(MOST_MEMORY), str(seconds)]
    silent = subprocess.DEVNULL
    try:
        done = subprocess.run(  # noqa: S603  of ours alone
            command, stdin=silent, stdout=silent, stderr=silent, timeout=4 * seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise damaged() from error
    if done.returncode:
        raise damaged()
