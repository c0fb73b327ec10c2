"""The launchers of the embedded servers: what an earlier run left lying about does not stop the next one."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import redis

from cms.processes.errors import LaunchError
from cms.processes.identity import Identity
from cms.processes.output import copy_lines, reason
from cms.processes.postgres import Postgres
from cms.processes.sockets import LIMIT, LONGEST_NAME, socket_dir
from cms.processes.valkey import Valkey
from tests.kokoon import alive, eventually, family


@pytest.fixture(scope="module")
def folder():
    """Of nobody's other than ours, and with a name that no server takes for its sockets."""
    path = Path(tempfile.mkdtemp(prefix="minä, a=b ", dir="/tmp"))
    yield path
    shutil.rmtree(path)
    shutil.rmtree(socket_dir(path))


@pytest.fixture
def postgres(folder):
    server = Postgres(folder, socket_dir(folder), durable=False)
    yield server
    server.stop()


@pytest.fixture
def valkey(folder):
    server = Valkey(folder, socket_dir(folder))
    yield server
    server.stop()


def start(server):
    server.spawn()
    server.wait_until_ready()
    return server


def server_pid(postgres) -> int:
    return int((postgres.cluster / "postmaster.pid").read_text().split()[0])


def test_postgres_leaves_with_whoever_started_it(folder, postgres):
    """Also while its files are made for the first time: the next start finds nobody at them."""
    shutil.rmtree(postgres.cluster, ignore_errors=True)
    code = (
        "import time; from pathlib import Path; from cms.processes.postgres import Postgres;"
        f"server = Postgres(Path({str(folder)!r}), Path({str(postgres.sockets)!r}), durable=False);"
        "server.spawn(); server.wait_until_ready(); print(server.process.pid, flush=True); time.sleep(1000)"
    )
    launcher = subprocess.Popen([sys.executable, "-c", code])
    making = eventually(lambda: {pid for pid, words in family(launcher.pid).items() if "/initdb" in words})
    for pid in making:
        os.kill(pid, signal.SIGSTOP)  # or it would soon be through by itself
    launcher.kill()
    launcher.wait()
    eventually(lambda: not alive(making))
    launcher = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(launcher.stdout.readline())
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    eventually(lambda: not alive({pid}))


def test_postgres_keeps_its_data_from_one_start_to_the_next(postgres):
    start(postgres).make_database()
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('yes')")
    postgres.stop()
    start(postgres).make_database()
    with psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("yes",)


def test_postgres_starts_over_the_pid_file_of_a_dead_server(postgres):
    start(postgres)
    postgres.process.kill()
    postgres.process.wait()
    assert (postgres.cluster / "postmaster.pid").exists()
    start(postgres)


def test_postgres_starts_when_its_old_pid_is_somebody_elses_by_now(postgres):
    stranger = subprocess.Popen(["sleep", "1000"])
    try:
        (postgres.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.cluster}\n")
        start(postgres)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_postgres_stops_an_old_server_that_is_still_on_its_files(postgres, folder):
    start(postgres)
    old = server_pid(postgres)
    with psycopg.connect(postgres.url("postgres")):  # an open session does not keep it
        successor = Postgres(folder, postgres.sockets, durable=False)
        start(successor)
    try:
        assert server_pid(successor) != old
        assert not alive({old})
    finally:
        successor.stop()


def test_a_cluster_of_another_version_is_named(postgres):
    start(postgres)
    postgres.stop()
    version = postgres.cluster / "PG_VERSION"
    version.write_text("17\n")
    try:
        with pytest.raises(LaunchError, match="made by PostgreSQL 17, and this is 18"):
            postgres.spawn()
    finally:
        version.write_text("18\n")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_postgres_runs_as_nobody_where_root_may_not_make_a_namespace(monkeypatch):
    folder = Path(tempfile.mkdtemp(prefix="kokoon-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr("cms.processes.identity.shutil.which", lambda _: None)
    server = Postgres(folder, socket_dir(folder), durable=False)
    try:
        assert server.identity == Identity(user=65534)
        start(server).make_database()
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_root_is_told_what_to_do_where_nothing_works(monkeypatch, tmp_path):
    tmp_path.chmod(0o700)
    monkeypatch.setattr("cms.processes.identity.shutil.which", lambda _: None)
    with pytest.raises(LaunchError, match="Start Kokoon as an ordinary user, or set DATABASE_URL"):
        Postgres(tmp_path, socket_dir(tmp_path)).spawn()


def test_valkey_keeps_its_data_from_one_start_to_the_next(valkey):
    start(valkey)
    redis.Redis.from_url(valkey.url()).set("word", "kept")
    valkey.stop()
    start(valkey)
    assert redis.Redis.from_url(valkey.url()).get("word") == b"kept"


def test_lines_that_find_no_space_on_the_disk_are_shown_all_the_same(capfd):
    shown: list[str] = []
    with tempfile.TemporaryFile() as said:
        said.write(b"one\ntwo\n")
        said.seek(0)
        copy_lines(said, log=Path("/dev/full"), show=shown.append).join()
    assert shown == ["one", "two"]
    out, err = capfd.readouterr()
    assert (out, err) == ("/dev/full cannot be written: No space left on device\n", "")


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (
            "Traceback (most recent call last):\n  File\nbooks.errors.Refused: permission denied\nLINE 1:\n  ^\n",
            "Refused: permission denied",
        ),
        (
            "FATAL:  No space left on device\nPANIC:  cannot abort transaction 1\ninitdb: removing …\n",
            "FATAL:  No space",
        ),
        ("FATAL:  lock file exists\nFATAL:  the database system is starting up\nLOG:  …\n", "FATAL:  lock file exists"),
        ("A line\nCommandError: This database is newer.\n", "CommandError: This database is newer."),
        ("\n", "no reason given"),
    ],
)
def test_why_a_program_ended_is_found_in_its_log(tmp_path, log, why):
    file = tmp_path / "log"
    file.write_text(log)
    assert reason(file).startswith(why)


def test_a_log_that_found_no_space_has_a_reason_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "log").touch()
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=0))
    assert reason(tmp_path / "log") == "the disk is full"


def test_valkey_stops_an_old_server_that_is_still_on_its_files(valkey, folder):
    start(valkey)
    old = valkey.process.pid
    successor = start(Valkey(folder, valkey.sockets))
    try:
        assert not alive({old})
        assert redis.Redis.from_url(successor.url()).client_info()["addr"], "RQ asks for it before a worker starts"
    finally:
        successor.stop()


def test_sockets_of_a_deep_directory_are_kept_in_a_short_private_one(tmp_path):
    deep = tmp_path / ("d" * 100)
    sockets = socket_dir(deep)
    try:
        assert len(os.fsencode(f"{sockets}{LONGEST_NAME}")) <= LIMIT
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert sockets == socket_dir(deep)
    finally:
        sockets.rmdir()


def test_sockets_are_not_put_where_others_may_read(tmp_path):
    deep = tmp_path / ("d" * 100)
    sockets = socket_dir(deep)
    sockets.chmod(0o755)
    try:
        with pytest.raises(LaunchError, match="belongs to somebody else"):
            socket_dir(deep)
    finally:
        sockets.rmdir()
