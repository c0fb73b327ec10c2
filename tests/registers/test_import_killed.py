"""A worker process that imports is killed with `kill -9` again and again: each row is written exactly once."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from io import BytesIO

import pytest
from django.db import connection
from django.utils import timezone

from registers.contacts import save_contact
from registers.imports import running
from registers.imports.uploading import confirm_import, start_check
from registers.models import Activity, Contact, Import, ImportChange, ImportRow
from tests.registers.importing import guesses, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.takes(12)]
ROWS, KNOWN, KILLS = 3_000, 300, 10
State = Import.State


def work(import_id):
    """A worker at the job, in a process of its own as RQ's worker forks one."""
    connection.close()  # each process has one of its own
    worker = multiprocessing.get_context("fork").Process(target=running.run_import, args=(import_id,))
    worker.start()
    return worker


def moment_to_kill(worker, import_id, rng):
    """Let it get on by a chunk at least, and then a little more; False where it is through by then."""
    before = cursor(import_id)
    while worker.is_alive() and cursor(import_id) == before:
        time.sleep(0.002)
    worker.join(rng.uniform(0, 0.06))
    return worker.is_alive()


def cursor(import_id):
    return Import.unscoped.values_list("checked_to", "imported_to", "state").get(pk=import_id)


def its_lease_runs_out(import_id):
    """Some seconds pass; what the database still does for the dead is waited for by whoever comes next."""
    Import.unscoped.filter(pk=import_id).update(lease_until=timezone.now())


def test_a_worker_killed_ten_times_writes_each_row_once(organisation, register, settings, tmp_path, monkeypatch):
    settings.PRIVATE_DIR = tmp_path
    monkeypatch.setattr(running, "CHUNK", 60)
    rng = random.Random(11)
    for n in range(KNOWN):
        save_contact(register=register, values={"email": f"p{n * 7}@example.fi", "city": "Kemi"}, source="test")
    lines = ["email;first_name;city", *(f"p{n}@example.fi;P{n};Oulu" for n in range(ROWS))]
    batch = upload(register, BytesIO("\n".join(lines).encode()))
    batch = start_check(batch=batch, choices=guesses(batch))
    killed = Counter()
    while batch.state != State.DONE:
        if batch.state == State.READY:
            batch = confirm_import(batch=batch)
        worker = work(batch.pk)
        # Four of the kills while it checks, the others while it writes.
        wanted = 4 if batch.state == State.CHECKING else KILLS
        if killed.total() < wanted and moment_to_kill(worker, batch.pk, rng):
            os.kill(worker.pid, signal.SIGKILL)
            killed[batch.state] += 1
        worker.join()
        its_lease_runs_out(batch.pk)
        batch.refresh_from_db()
    assert killed == {State.CHECKING: 4, State.IMPORTING: KILLS - 4}
    rows = ImportRow.objects.filter(batch=batch)
    assert list(rows.order_by("number").values_list("number", flat=True)) == list(range(2, ROWS + 2))
    assert Counter(rows.values_list("status", flat=True)) == {"created": ROWS - KNOWN, "updated": KNOWN}
    people = Contact.objects.filter(register=register)
    assert sorted(people.values_list("email", "first_name", "city")) == sorted(
        (f"p{n}@example.fi", f"P{n}", "Oulu") for n in range(ROWS)
    )
    assert ImportChange.objects.filter(batch=batch).count() == ROWS
    noted = Counter(Activity.objects.filter(kind="imported").values_list("contact", flat=True))
    assert len(noted) == ROWS
    assert set(noted.values()) == {1}
