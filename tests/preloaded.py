"""Commands of manage.py that start at once: forked from a process that has loaded Kokoon, instead of loading it anew.

For tests that start and kill many of them. They are processes like others, with their own connections and children.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress

from cms.processes import starting
from cms.processes.children import die_with_parent
from cms.processes.layout import ROOT
from tests.kokoon import alive, eventually, family


class Preloaded:
    """What they are all forked from; as a context, it ends with them."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", __name__]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> "Preloaded":
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.communicate(timeout=10)

    def start(self, command: str) -> int:
        """Its process id."""
        print(command, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())


def kill(pid: int) -> None:
    """`kill -9` for the process and everything it has started."""
    for each in family(pid):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    eventually(lambda: not alive({pid}))


def main() -> None:
    import django
    from django.core.management import call_command

    starting.begin()
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    parent = os.getpid()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            die_with_parent(signal.SIGKILL, parent)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # ours is for process ids
            call_command(line.strip())
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
