"""Builds .venv from uv.lock with whatever python3 there is.

`python3 cms/processes/bootstrap.py [--dev] [--this-python]`: the Makefile runs it before everything else; it returns at
once when nothing has changed. Of several Pythons of the same version the fastest is taken, unless --this-python says
that one was chosen by name. Nothing newer than f-strings may stand above the look at the version, so that an old Python
gets as far as being told that it is too old.
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
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = (ROOT / ".venv").resolve()  # it may be a link to one that several checkouts share
LOCK = ROOT / "uv.lock"

# Pythons of one version differ by a quarter and more: those that people compile themselves are rarely optimised by
# profile, as those of Linux distributions are. Objects, calls and names are what a web application lives by.
NEEDED = "import ctypes, ensurepip, ssl, venv"
RACE = """
import time
class Sum:
    def __init__(self, number):
        self.number = number
    def plus(self, other):
        return Sum(self.number + other.number)
    @property
    def words(self):
        return f"{self.number}-{id(self)}".split("-")
def lap():
    began = time.perf_counter()
    total = Sum(0)
    for number in range(5_000):
        total = total.plus(Sum(number))
        total.words
    return time.perf_counter() - began
print(min(lap() for _ in range(3)))
"""
ROUNDS = 11  # of each against this one: where others share the machine, its speed doubles and halves within a second
CLEARLY = 0.9  # another Python has to be so much faster than the given one


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
        python = sys.executable if "--this-python" in words else _fastest_python()
        command = [_uv(python), "sync", "--frozen", "--inexact", "--compile-bytecode", "--python", python]
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


def _fastest_python() -> str:
    """This Python, or another one here of the same version that is clearly faster and can make environments."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folders = [*os.get_exec_path(), "/usr/local/bin", "/usr/bin"]
    others = {os.path.realpath(found) for folder in folders if (found := shutil.which(name, path=folder))}
    this = os.path.realpath(sys.executable)
    able = [python for python in sorted({this, *others}) if _lap(python, NEEDED + RACE) < float("inf")]
    if this not in able:
        return able[0] if able else sys.executable
    rivals = [python for python in able if python != this]
    shares = {python: median(_lap(python) / _lap(this) for _round in range(ROUNDS)) for python in rivals}
    fastest = min(shares, key=lambda python: shares[python], default=this)
    return fastest if shares.get(fastest, 1) < CLEARLY else sys.executable


def _lap(python: str, program: str = RACE) -> float:
    """Seconds; without end where it does not run, says something else, or lacks what the program needs."""
    try:
        run = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True, check=True, timeout=20)
        return float(run.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return float("inf")


def _uv(python: str) -> str:
    """uv, wherever it is; otherwise pip brings it into the environment, which `python` then makes."""
    found = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if found:
        return found
    able = all(importlib.util.find_spec(name) for name in ("ensurepip", "venv"))
    if python == sys.executable and not able:
        sys.exit("python3 cannot make environments here. Install that, and try again: apt-get install python3-venv")
    steps = [
        [python, "-m", "venv", str(VENV)],
        [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
    ]
    for step in steps:
        if subprocess.run(step, cwd=ROOT, env=_environment(), check=False).returncode != 0:
            sys.exit("uv could not be installed: the reason stands above. Is there a way to the internet?")
    return str(VENV / "bin" / "uv")


if __name__ == "__main__":
    main(sys.argv[1:])
