"""A throw-away PostgreSQL and Valkey, for tests, benchmarks and trying things out.

    python -m cms.processes.scratch -- python manage.py shell

runs the command with DATABASE_URL, VALKEY_URL, DATA_DIR and SECRET_KEY set, and removes everything
afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cms.processes.errors import LaunchError
from cms.processes.postgres import Postgres
from cms.processes.sockets import socket_dir
from cms.processes.valkey import Valkey


@contextmanager
def scratch_servers(given: Mapping[str, str] = os.environ, *, durable: bool = False) -> Iterator[dict[str, str]]:
    """Start what `given` does not name already; yields the environment variables to add to it.

    `durable=True` writes to the disk as a real installation would: for benchmarks.
    """
    with ExitStack() as stack:
        # Not tempfile.gettempdir(): TMPDIR may be deep, and the socket's path must be short.
        folder = Path(tempfile.mkdtemp(prefix="kokoon-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        sockets = socket_dir(folder)
        added = {"DATA_DIR": str(folder), "MEDIA_ROOT": str(folder / "media")}
        added["SECRET_KEY"] = "scratch-" + "0" * 50
        if "VALKEY_URL" not in given:
            valkey = Valkey(folder, sockets)
            stack.callback(valkey.stop)
            valkey.spawn()
            valkey.wait_until_ready()
            added["VALKEY_URL"] = valkey.url()
        if "DATABASE_URL" not in given:
            postgres = Postgres(folder, sockets, durable=durable)
            stack.callback(postgres.stop)
            postgres.spawn()
            postgres.wait_until_ready()
            postgres.make_database()
            added["DATABASE_URL"] = postgres.url()
        yield {name: value for name, value in added.items() if name not in given}


def main(words: list[str]) -> int:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        sys.stderr.write("usage: python -m cms.processes.scratch -- command …\n")
        return 2
    try:
        with scratch_servers() as added:
            return subprocess.run(command, env={**os.environ, **added}, check=False).returncode
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
