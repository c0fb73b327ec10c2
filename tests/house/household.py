"""A supervisor with three small children, for the tests of the supervisor: `python -m tests.house.household <log>`.

Each child makes the file <log>-<name> when it is ready, and writes its name into the log when it ends. `server` is of
the stage that is stopped last, and `parent` has a child of its own.
"""

import errno
import os
import subprocess
import sys
from pathlib import Path

from cms.processes import children
from cms.processes.output import say
from cms.processes.supervisor import Program, Supervisor

CHILD = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
grandchild = subprocess.Popen(["sleep", "1000"]) if sys.argv[1] == "parent" else None
try:
    open(f"{sys.argv[2]}-{sys.argv[1]}", "w").close()
    signal.pause()
finally:
    with open(sys.argv[2], "a") as log:
        log.write(sys.argv[1] + "\\n")
    if grandchild:
        grandchild.kill()
"""


def main() -> None:
    log = Path(sys.argv[1])
    supervisor = Supervisor(say)

    def program(name: str, stage: int) -> Program:
        def spawn() -> subprocess.Popen[bytes]:
            if log.with_name("no-memory").exists():
                raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
            return children.spawn([sys.executable, "-c", CHILD, name, log])

        return Program(name, spawn, stage, log=log if name == "server" else None)

    for name, stage in (("server", 0), ("parent", 1), ("client", 1)):
        supervisor.start(program(name, stage))
    say("ready")
    supervisor.watch()
    supervisor.stop()


if __name__ == "__main__":
    main()
