"""Waking a worker: after the commit, once while it waits, and without a word where Valkey is away."""

import django_rq
import pytest
from django.core.cache import cache
from django.db import transaction
from rq import SimpleWorker

from organisations.wake import wake, wake_once

pytestmark = pytest.mark.django_db(transaction=True)

done: list[int] = []


def note(number: int) -> None:
    done.append(number)


@pytest.fixture(autouse=True)
def empty_queue():
    done.clear()
    cache.clear()
    queue = django_rq.get_queue("urgent")
    queue.empty()
    return queue


def work(queue) -> None:
    SimpleWorker([queue], connection=queue.connection).work(burst=True)


def test_nothing_is_woken_before_the_commit(empty_queue):
    with transaction.atomic():
        wake("urgent", note, 1)
        assert len(empty_queue) == 0
    assert len(empty_queue) == 1


def test_what_is_rolled_back_wakes_nobody(empty_queue):
    with transaction.atomic():
        wake_once("urgent", note, 1)
        transaction.set_rollback(True)
    assert len(empty_queue) == 0


def test_a_waiting_call_stands_for_the_next_ones(empty_queue):
    for _call in range(5):
        wake_once("urgent", note, 1)
    wake_once("urgent", note, 2)
    assert len(empty_queue) == 2
    work(empty_queue)
    assert sorted(done) == [1, 2]
    wake_once("urgent", note, 1)
    assert len(empty_queue) == 1


def test_a_missing_valkey_is_no_error_and_said_once(settings, monkeypatch, caplog):
    monkeypatch.setattr("organisations.wake._nobody_wakes.silent_until", 0.0)
    away = "unix:///nowhere/valkey.sock"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}
    settings.RQ_QUEUES = {name: {"URL": away} for name in settings.RQ_QUEUES}
    wake("urgent", note, 1)
    wake_once("urgent", note, 1)
    assert len([record for record in caplog.records if "Could not wake note" in record.getMessage()]) == 1
