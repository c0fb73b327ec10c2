"""Who PostgreSQL runs as: it refuses to be root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cms.processes.errors import LaunchError

NOBODY = 65534


@dataclass(frozen=True)
class Identity:
    """How to start a program: words to put before its own, and the user id to change to first."""

    prefix: tuple[str, ...] = ()
    user: int | None = None

    def own(self, path: Path) -> None:
        """Give `path` to whoever the program will run as."""
        if self.user is not None:
            os.chown(path, self.user, self.user)


def unprivileged(*, binary: Path, cluster: Path) -> Identity:
    """An identity that is not root for running `binary` on the files in `cluster`.

    Root stays root for the kernel's file rights but looks like nobody to PostgreSQL, in a user namespace of
    its own: that works in root's home, too. Where namespaces are forbidden (many containers) we become
    nobody for good.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    namespace = Identity(prefix=("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"))
    if os.getuid() != 0:
        if owner not in (None, os.getuid()):
            raise LaunchError(f"{cluster} belongs to another user (id {owner}): start Kokoon as that user.")
        # A user id without a name, as containers have them, is refused by PostgreSQL's initdb.
        return Identity() if _has_name(os.getuid()) or not _runs(namespace, binary) else namespace
    if owner not in (None, 0, NOBODY):
        raise LaunchError(f"{cluster} belongs to user id {owner}: start Kokoon as that user, not as root.")
    if owner != NOBODY and shutil.which("unshare") and _runs(namespace, binary):
        return namespace
    nobody = Identity(user=NOBODY)
    if owner != 0 and _runs(nobody, binary) and _reaches(nobody, cluster.parent):
        return nobody
    raise LaunchError(
        "PostgreSQL does not run as root, and here root may neither make a user namespace nor let the user"
        f" nobody reach {cluster.parent}. Start Kokoon as an ordinary user, or set DATABASE_URL to a server"
        " of your own."
    )


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _runs(identity: Identity, binary: Path) -> bool:
    return _succeeds(identity, str(binary), "--version")


def _reaches(identity: Identity, folder: Path) -> bool:
    return _succeeds(identity, "test", "-x", str(folder))


def _succeeds(identity: Identity, *command: str) -> bool:
    try:
        done = subprocess.run(
            [*identity.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=identity.user,
            group=identity.user,
            extra_groups=None if identity.user is None else [],
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
