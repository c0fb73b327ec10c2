"""`make run` as a person meets it. The tests of this file share one Kokoon and follow each other."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cms.processes.layout import ROOT
from tests.kokoon import Kokoon, alive, eventually

pytestmark = [pytest.mark.processes, pytest.mark.takes(45)]


@pytest.fixture(scope="module")
def kokoon():
    folder = Path(tempfile.mkdtemp(prefix="kokoon-", dir="/tmp"))
    one = Kokoon(folder).start()
    one.query("CREATE TABLE kept (word text)")
    one.query("INSERT INTO kept VALUES ('yes')")
    yield one
    one.stop()
    shutil.rmtree(folder)


def answers(kokoon) -> bool:
    try:
        with urllib.request.urlopen(f"{kokoon.base_url}/healthz", timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def refused(kokoon) -> str:
    """What it prints when it does not start: one line at the end, no traceback."""
    return all_it_said(kokoon)[-1]


def all_it_said(kokoon) -> list[str]:
    output, _ = kokoon.spawn().communicate(timeout=60)
    assert kokoon.process.returncode == 1
    assert "Traceback" not in output
    return output.strip().splitlines()


def pid_of(kokoon, words: str) -> int | None:
    """The oldest process with these words in its command line."""
    return min((pid for pid, command in kokoon.pids().items() if words in command), default=None)


def test_it_says_where_it_is_and_how_to_log_in(kokoon):
    text = "\n".join(kokoon.output)
    assert f"Open    {kokoon.base_url}/admin/" in text
    assert "editor@demo.example" in text
    assert answers(kokoon)


def status(kokoon, path, **how) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(kokoon.base_url + path, **how), timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_visitor_does_not_say_where_kokoon_lies(kokoon):
    """With such headers a page would be reached by an address that a proxy before Kokoon does not know it by."""
    assert status(kokoon, "/elsewhere/healthz", headers={"SCRIPT_NAME": "/elsewhere"}) == 404


def test_a_health_check_by_head_leaves_no_line(kokoon):
    assert status(kokoon, "/healthz", method="HEAD") == 200
    assert status(kokoon, "/nobody-is-here", method="HEAD") == 404
    eventually(lambda: "Not Found: /nobody-is-here" in "\n".join(kokoon.output))
    assert "no-body response" not in "\n".join(kokoon.output)


def test_commands_can_join_it(kokoon):
    command = [sys.executable, "-m", "cms.processes.join", "--", "env"]
    joined = subprocess.run(command, cwd=ROOT, env=kokoon.env, capture_output=True, text=True, check=True).stdout
    for name in ("DATABASE_URL", "VALKEY_URL", "EMAIL_URL", "SECRET_KEY_FILE"):
        assert f"\n{name}=" in f"\n{joined}"


def test_its_secrets_are_for_its_owner_only(kokoon):
    for name in ("secret_key", "environment"):
        assert (kokoon.data_dir / name).stat().st_mode & 0o077 == 0


def test_a_second_one_on_the_same_data_is_refused(kokoon):
    assert f"Kokoon already runs from {kokoon.data_dir}" in refused(Kokoon(kokoon.data_dir))


def test_a_used_port_is_named_with_what_to_do(kokoon, tmp_path):
    port = kokoon.joined_env["PORT"]
    line = refused(Kokoon(tmp_path, PORT=port))
    assert line.startswith(f"Port {port} is in use")
    assert f"PORT={int(port) + 1} make run" in line


@pytest.mark.parametrize("port", ["http", "65536"])
def test_a_port_that_is_none_is_named(tmp_path, port):
    right = f"PORT must be a number from 1 to 65535, or 0 for any that is free, not '{port}'."
    assert refused(Kokoon(tmp_path, PORT=port)) == right


def test_a_data_directory_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").touch()
    assert "Cannot make the data directory" in refused(Kokoon(tmp_path / "file" / "data"))


def test_a_database_that_is_not_there_is_named(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://somebody:password@127.0.0.1:{closed.getsockname()[1]}/kokoon"
        line = refused(Kokoon(tmp_path, DATABASE_URL=url))
    assert line.startswith("DATABASE_URL: ")
    assert "refused" in line
    assert "password" not in line


@pytest.mark.parametrize(
    ("name", "url", "right"),
    [
        ("DATABASE_URL", "mysql://root:password@db/x", "postgresql://"),
        ("VALKEY_URL", "http://password@cache", "redis://"),
        ("EMAIL_URL", "imap://me:password@mail", "smtp://"),
        ("SMS_URL", "https://me:password@gateway", "elks://"),
    ],
)
def test_an_address_of_another_kind_is_refused_before_anything_starts(tmp_path, name, url, right):
    file = tmp_path / "url"
    file.write_text(url)
    for given in ({name: url}, {f"{name}_FILE": str(file)}):
        said = all_it_said(Kokoon(tmp_path, **given))
        assert len(said) == 1, "something was started before it was looked at"
        assert said[0].startswith(f"{name} must begin with {right}")
        assert url not in said[0]


def test_with_servers_of_ones_own_a_new_data_directory_will_do(tmp_path):
    own = {name: os.environ[name] for name in ("DATABASE_URL", "VALKEY_URL")}
    line = refused(Kokoon(tmp_path, **own, SECRET_KEY_FILE=str(tmp_path / "none")))
    assert "SECRET_KEY_FILE points to" in line


@pytest.mark.parametrize("url", ["smtp://", "smtp://me:password@mail:many", "smtp://me:pass/word@mail"])
def test_a_relay_that_cannot_be_read_is_refused_before_anything_starts(tmp_path, url):
    said = all_it_said(Kokoon(tmp_path, EMAIL_URL=url))
    assert len(said) == 1
    assert said[0].startswith("EMAIL_URL must name a host")
    assert "me:pass" not in said[0]


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("BASE_URL", "nonsense", "BASE_URL must be like https://kokoon.example.org, not 'nonsense'."),
        ("BASE_URL", "http://[::1", "BASE_URL must be like https://kokoon.example.org, not 'http://[::1'."),
        ("BEHIND_PROXY", "perhaps", "BEHIND_PROXY must be yes or no, not 'perhaps'."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not 'LOUD'."),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE must be like Europe/Helsinki, not 'Mars/Olympus'."),
        ("WEB_THREADS", "0", "WEB_THREADS must be a number from 1, not '0'."),
    ],
)
def test_a_bad_variable_is_refused_before_anything_starts(tmp_path, name, value, right):
    assert all_it_said(Kokoon(tmp_path, **{name: value})) == [right]


@pytest.mark.parametrize("password", ["pass/word", "p%@:/word"])
def test_a_port_or_host_of_valkey_that_is_a_part_of_its_password_is_not_quoted(tmp_path, password):
    line = refused(Kokoon(tmp_path, VALKEY_URL=f"redis://:{password}@cache:6379/0"))
    assert line.startswith("VALKEY_URL must name a host")
    assert password not in line


def test_a_host_that_is_somebody_elses_is_named(tmp_path):
    line = refused(Kokoon(tmp_path, HOST="192.0.2.1"))
    assert line.startswith("HOST=192.0.2.1 is not an address of this machine")


def test_what_somebody_else_has_left_in_the_data_directory_is_named(tmp_path):
    (tmp_path / "logs").touch()
    assert str(tmp_path / "logs") in refused(Kokoon(tmp_path))


@pytest.mark.parametrize("options", ["", "?nonsense=1"])
def test_a_valkey_that_is_not_there_or_an_option_that_it_has_not_is_named(tmp_path, options):
    url = f"unix://{tmp_path}/nobody.sock{options}"
    assert refused(Kokoon(tmp_path, VALKEY_URL=url)).startswith("VALKEY_URL: ")


def test_whatever_is_killed_comes_back(kokoon):
    parts = ("manage.py work", "manage.py tick", "cms.wsgi", "valkey-server", "/bin/postgres")
    before = {part: pid_of(kokoon, part) for part in parts}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(pid_of(kokoon, part) not in (None, before[part]) for part in parts), seconds=60)
    eventually(lambda: answers(kokoon), seconds=60)


def test_nothing_is_left_when_it_is_killed_and_it_starts_again_at_once_with_all_data(kokoon):
    everybody = set(kokoon.pids()) - {kokoon.process.pid}
    port = kokoon.joined_env["PORT"]
    kokoon.process.kill()
    kokoon.process.wait()
    with next(kokoon.data_dir.glob("valkey/appendonlydir/*.incr.aof")).open("ab") as file:
        file.write(b"\0" * 512)  # as a power cut leaves it
    kokoon.start(PORT=port)
    assert not alive(everybody)
    assert any("put aside" in line for line in kokoon.output)
    assert kokoon.query("SELECT word FROM kept") == [("yes",)]
    assert answers(kokoon)


def test_a_signal_stops_all_of_it(kokoon):
    everybody = kokoon.pids()
    assert kokoon.stop() == 0
    assert not alive(everybody)
    assert not (kokoon.data_dir / "environment").exists()
    assert kokoon.output[-1] == "Stopped."
