"""Jobs for the tests of the worker."""

import os
import time
from pathlib import Path

from organisations import stopping


def note(path: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")


def work_until_asked_to_stop(path: str) -> None:
    note(path)
    while not stopping.requested():
        time.sleep(0.02)
    note(path + ".stopped")


def never_stop(path: str) -> None:
    note(path)
    time.sleep(60)
