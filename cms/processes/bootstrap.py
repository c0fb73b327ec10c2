"""Builds .venv from uv.lock with whatever python3 there is: `python3 cms/processes/bootstrap.py [--dev]`.

The Makefile runs it before everything else; it returns at once when nothing has changed. Nothing newer than f-strings
may stand above the look at the version, so that an old Python gets as far as being told that it is too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is where it is said
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.exit(f"Kokoon needs Python 3.11 or newer, this is {found}: install one, or name it: make PYTHON=python3.12 run")

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = (ROOT / ".venv").resolve()  # it may be a link to one that several checkouts share
LOCK = ROOT / "uv.lock"


def main(words: list[str]) -> None:
    groups = "dev" if "--dev" in words else "run"
    # One at a time: `make -j check test` would build twice in one place.
    with LOCK.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read() + sys.version.encode()).hexdigest()
        if any(_stamp(done).exists() and _stamp(done).read_text() == wanted for done in {groups, "dev"}):
            return
        if not os.access(ROOT, os.W_OK):
            sys.exit(f"Cannot write to {ROOT}: make a copy of Kokoon that belongs to you.")
        sys.stdout.write("Installing packages (the first time takes a minute or two) …\n")
        sys.stdout.flush()
        # Compiled here and once: five processes start at the same time, and each takes three times as long without.
        command = [_uv(), "sync", "--frozen", "--inexact", "--compile-bytecode", "--python", sys.executable]
        command += [] if groups == "dev" else ["--no-dev"]
        command += [] if sys.stderr.isatty() else ["--quiet"]  # a list of all packages is no progress
        if subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode != 0:
            sys.exit("The packages could not be installed: the reason stands above. Is there a way to the internet?")
        _stamp(groups).write_text(wanted)


def _stamp(groups: str) -> Path:
    return VENV / f".kokoon-{groups}"


def _environment() -> dict[str, str]:
    env = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    env.pop("VIRTUAL_ENV", None)  # somebody's own, which uv would warn about
    if not os.access(os.path.expanduser("~"), os.W_OK):  # a user without a home, as containers have them
        env |= {"UV_CACHE_DIR": str(VENV / "uv-cache"), "PIP_NO_CACHE_DIR": "1"}
    return env


def _uv() -> str:
    """uv, wherever it is; otherwise pip brings it into the environment."""
    found = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if found:
        return found
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        sys.exit("python3 cannot make environments here. Install that, and try again: apt-get install python3-venv")
    python = VENV / "bin" / "python"
    steps = [
        [sys.executable, "-m", "venv", str(VENV)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
    ]
    for step in steps:
        if subprocess.run(step, cwd=ROOT, env=_environment(), check=False).returncode != 0:
            sys.exit("uv could not be installed: the reason stands above. Is there a way to the internet?")
    return str(VENV / "bin" / "uv")


if __name__ == "__main__":
    main(sys.argv[1:])
