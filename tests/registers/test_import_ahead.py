"""A large file is read in a process of its own, ahead of what is made of its rows."""

import multiprocessing
import os
import signal
from io import BytesIO

import pytest
from django.db import connection

from guards.uploads import UploadError
from registers.imports import reading, running
from registers.imports.ahead import made_ahead
from registers.models import Import, ImportRow
from tests.registers.importing import DATA, check, outcome, upload

LISTS = ["some-members.xlsx", "members-latin1-semicolon.csv"]
State = Import.State


@pytest.fixture
def large(settings, tmp_path, monkeypatch):
    settings.PRIVATE_DIR = tmp_path
    monkeypatch.setattr(running, "LARGE", 0)
    monkeypatch.setattr(running, "CHUNK", 100)


def staged(batch):
    return list(ImportRow.objects.filter(batch=batch).values_list("cells", "values", "match_key").order_by("number"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", LISTS)
def test_it_gives_what_reading_in_one_process_gives(register, large, monkeypatch, name):
    ahead = check(upload(register, DATA / name))
    monkeypatch.setattr(running, "LARGE", 10**9)
    alone = check(upload(register, DATA / name))
    assert outcome(ahead) == outcome(alone)
    assert staged(ahead) == staged(alone)
    assert ahead.found_options == alone.found_options
    assert not multiprocessing.active_children()


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_with_the_file_is_said(register, large, monkeypatch):
    def torn(*_args):
        raise UploadError("This file is torn.")
        yield

    batch = upload(register, BytesIO(b"email\na@example.fi\n"))
    monkeypatch.setattr(running, "read_rows", torn)
    batch = check(batch)
    assert (batch.state, batch.error) == (State.FAILED, "This file is torn.")


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_is_killed_costs_nothing(register, large, monkeypatch):
    def killed(*args):
        for row in reading.read_rows(*args):
            if row.number == 900:
                os.kill(os.getpid(), signal.SIGKILL)
            yield row

    lines = ["email", *(f"p{n}@example.fi" for n in range(1_000))]
    batch = upload(register, BytesIO("\n".join(lines).encode()))
    monkeypatch.setattr(running, "read_rows", killed)
    with pytest.raises(RuntimeError, match="has ended"):
        check(batch)
    monkeypatch.setattr(running, "read_rows", reading.read_rows)
    batch.refresh_from_db()
    assert (batch.state, batch.checked_to) == (State.CHECKING, 801)
    Import.objects.update(lease_token=None, lease_until=None)
    running.run_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.total) == (State.READY, 1_000)


@pytest.mark.django_db
def test_its_connection_is_not_the_one_of_who_waits():
    def backends():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            yield cursor.fetchone()

    with made_ahead(backends()) as found:
        (theirs,) = found
    (ours,) = backends()
    assert theirs != ours


def test_it_ends_with_who_takes_no_more():
    def for_ever():
        while True:
            yield "piece"

    with made_ahead(for_ever()) as pieces:
        assert next(pieces) == "piece"
    assert not multiprocessing.active_children()
