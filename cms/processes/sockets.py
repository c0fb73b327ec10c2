"""Private directories for unix sockets, whose paths have at most 107 bytes, and must be plain: what Valkey says of a
connection cannot be read with spaces or “=” in it, so no worker would start; for PostgreSQL a comma ends a path."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from cms.processes.errors import LaunchError

LONGEST_NAME = "/.s.PGSQL.5432.lock"
LIMIT = 107
PLAIN = "/._-"  # besides letters and digits


def socket_dir(data_dir: Path) -> Path:
    """A directory that only we can enter, always the same for one data directory: inside it where its path is
    short and plain, otherwise in the system's temporary directory."""
    inside = data_dir / "run"
    if _will_do(inside):
        inside.mkdir(mode=0o700, parents=True, exist_ok=True)
        return inside
    digest = hashlib.sha256(os.fsencode(str(data_dir))).hexdigest()[:12]
    outside = Path(tempfile.gettempdir()) / f"kokoon-{os.getuid()}-{digest}"
    if not _will_do(outside):
        outside = Path("/tmp") / outside.name  # noqa: S108 - made private below
    try:
        outside.mkdir(mode=0o700, exist_ok=True)
        found = outside.lstat()
    except OSError as error:
        raise LaunchError(f"Cannot make the directory {outside} for sockets: {error.strerror}.") from error
    # Anybody may write in /tmp: a directory that somebody else put there would give them our database.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise LaunchError(f"{outside} belongs to somebody else: remove it, or set TMPDIR to your own directory.")
    return outside


def _will_do(path: Path) -> bool:
    plain = all(letter.isalnum() or letter in PLAIN for letter in str(path))
    return plain and len(os.fsencode(str(path) + LONGEST_NAME)) <= LIMIT
