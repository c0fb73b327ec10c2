"""The tools around the product: what they say when something is missing."""

import importlib.util
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cms.processes.layout import ROOT

pytestmark = pytest.mark.takes(10)

BOOTSTRAP = ROOT / "cms" / "processes" / "bootstrap.py"


def test_a_python_that_is_too_old_is_told_so_in_one_line(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit) as told:
        runpy.run_path(str(BOOTSTRAP), run_name="__main__")
    assert str(told.value).startswith("Kokoon needs Python 3.11 or newer, this is 3.9")
    assert "\n" not in str(told.value)


def test_a_python_without_venv_is_told_what_to_install(monkeypatch):
    bootstrap = runpy.run_path(str(BOOTSTRAP))
    find_spec = importlib.util.find_spec
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else find_spec(name))
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        bootstrap["_uv"](sys.executable)


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        ("#!/bin/sh\necho 0.000001", True),
        ("#!/bin/sh\necho 9", False),
        ("#!/bin/sh\necho no module named venv >&2; exit 1", False),
        ("#!/bin/sh\necho Welcome; echo 0.000001", False),
        ("\x7fELF of another processor", False),
    ],
)
def test_of_several_pythons_of_one_version_the_fastest_is_taken(tmp_path, monkeypatch, other, taken):
    python = tmp_path / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    python.write_text(f"{other}\n")
    python.chmod(0o755)
    bootstrap = runpy.run_path(str(BOOTSTRAP))
    find = shutil.which
    # Against this one alone, and once: those of this machine would take part in each round.
    monkeypatch.setattr("shutil.which", lambda name, path: find(name, path=path) if path == str(tmp_path) else None)
    monkeypatch.setitem(bootstrap["_fastest_python"].__globals__, "ROUNDS", 1)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    fastest = bootstrap["_fastest_python"]()
    assert (fastest == str(python.resolve())) is taken


def test_browser_tests_are_skipped_loudly_where_there_is_no_browser(tmp_path):
    without = ("-p", "no:cacheprovider", "-p", "no:django", "--noconftest")  # no need to load the product
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *without, "tests/house/needs_browser.py"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "BROWSER TESTS DID NOT RUN" in done.stdout
    assert "1 tests were skipped: no Chromium on this machine" in done.stdout
    assert "apt-get install chromium" in done.stdout


def test_scratch_servers_are_there_for_a_command_and_gone_after_it():
    script = 'test -S "$DATA_DIR/run/.s.PGSQL.5432" && test -S "$DATA_DIR/run/valkey.sock" && echo "$DATA_DIR"; exit 3'
    done = subprocess.run(
        [sys.executable, "-m", "cms.processes.scratch", "--", "sh", "-c", script],
        cwd=ROOT,
        env={
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "VALKEY_URL", "DATA_DIR")
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout.startswith("/tmp/kokoon-")
    assert not Path(done.stdout.strip()).exists()


def test_join_says_when_there_is_nothing_to_join(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cms.processes.join", "--", "true"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"No Kokoon runs from {tmp_path}: start it with make run.\n"
