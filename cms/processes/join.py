"""Run a command beside the Kokoon that runs from this data directory, with the same servers and secrets.

python -m cms.processes.join -- python manage.py shell
"""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
import sys

from cms.processes.layout import Layout


def running_environment(layout: Layout) -> dict[str, str] | None:
    """The environment variables that `make run` added for its children; None when it does not run."""
    try:
        with layout.lock.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError:  # held, as it should be
        try:
            words = shlex.split(layout.environment.read_text())
        except FileNotFoundError:  # held by one that is still starting
            return None
        return dict(word.split("=", 1) for word in words)
    return None


def main(words: list[str]) -> int:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        sys.stderr.write("usage: python -m cms.processes.join -- command …\n")
        return 2
    layout = Layout.from_environment()
    added = running_environment(layout)
    if added is None:
        sys.stderr.write(f"No Kokoon runs from {layout.data_dir}: start it with make run.\n")
        return 1
    return subprocess.run(command, env={**os.environ, **added}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
