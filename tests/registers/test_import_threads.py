"""Two threads write an import: the next chunk is written ahead, and committed in its turn."""

import threading
from collections import Counter
from io import BytesIO

import pytest

from registers.imports import running, writing
from registers.models import Activity, Contact, Import, ImportChange, ImportRow
from tests.registers.importing import check, confirm, outcome, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.takes(10)]
ROWS, CHUNK = 200, 50
FIRST, SECOND = 2, 2 + CHUNK  # numbers of the rows that begin the first two chunks
State = Import.State


@pytest.fixture
def checked(register, settings, tmp_path, monkeypatch):
    settings.PRIVATE_DIR = tmp_path
    monkeypatch.setattr(running, "CHUNK", CHUNK)
    return check(upload(register, file_of(range(ROWS))))


def file_of(numbers, city="Oulu"):
    lines = ["email;first_name;city", *(f"p{n}@example.fi;P{n};{city}" for n in numbers)]
    return BytesIO("\n".join(lines).encode())


def before(monkeypatch, act):
    """Let `act` be called with the number of the first row when a chunk is about to be written."""
    settle = running.settle

    def settle_then(batch, rows, columns, *, seen):
        settle(batch, rows, columns, seen=seen)
        if seen is None:
            act(rows[0].number)

    monkeypatch.setattr(running, "settle", settle_then)


def test_a_check_that_is_cancelled_stops(register, settings, tmp_path, monkeypatch):
    settings.PRIVATE_DIR = tmp_path
    monkeypatch.setattr(running, "CHUNK", CHUNK)
    settle, threads = running.settle, threading.active_count()

    def cancelling(batch, rows, columns, *, seen):
        settle(batch, rows, columns, seen=seen)
        if rows[0].number == SECOND:
            Import.objects.update(state=State.CANCELLED)

    monkeypatch.setattr(running, "settle", cancelling)
    batch = check(upload(register, file_of(range(ROWS))))
    assert batch.state == State.CANCELLED
    assert ImportRow.objects.count() <= CHUNK, "what stands behind the cancelled is not kept"
    assert threading.active_count() == threads


def assert_each_is_there_once(batch):
    assert batch.state == State.DONE
    assert batch.imported_to == ROWS + 1
    emails = Contact.objects.order_by("email").values_list("email", flat=True)
    assert list(emails) == sorted(f"p{n}@example.fi" for n in range(ROWS))
    assert ImportChange.objects.filter(batch=batch).count() == ROWS
    assert set(Counter(Activity.objects.values_list("contact", flat=True)).values()) == {1}


def test_the_next_chunk_is_written_while_one_is_in_hand(checked, monkeypatch):
    promised, written, threads = outcome(checked), threading.Event(), set()

    def wait_for_each_other(number):
        threads.add(threading.get_ident())
        if number == SECOND:
            assert not Contact.objects.filter(email="p0@example.fi").exists(), "the first is not committed yet"
            written.set()
        if number == FIRST:
            assert written.wait(30), "the second chunk is not written ahead"

    before(monkeypatch, wait_for_each_other)
    batch = confirm(checked)
    assert_each_is_there_once(batch)
    assert outcome(batch) == promised
    assert len(threads) == 2


def test_rows_about_somebody_again_wait_for_the_rows_before(register, checked, monkeypatch):
    numbers = [*range(CHUNK), *range(CHUNK // 2), *range(CHUNK, ROWS)]
    lines = file_of(numbers).getvalue().decode().split("\n")
    lines[CHUNK + 1] = "p0@example.fi;P0;Kemi"
    batch = check(upload(register, BytesIO("\n".join(lines).encode())))
    there = {}
    before(monkeypatch, lambda number: there.setdefault(number, Contact.objects.count()))
    batch = confirm(batch)
    assert there[SECOND] >= CHUNK, "the first chunk is committed before rows that repeat it are written"
    assert batch.count_rows() == {"created": ROWS, "repeated": CHUNK // 2}
    assert Contact.objects.get(email="p0@example.fi").city == "Kemi"
    assert Contact.objects.count() == ROWS


def test_what_is_written_ahead_gives_way_where_its_turn_does_not_come(checked, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.01)
    missed, wait = threading.Event(), writing.Turns.wait

    def tell(turns, start, *, seconds=None):
        try:
            wait(turns, start, seconds=seconds)
        except writing.TurnMissed:
            missed.set()
            raise

    monkeypatch.setattr(writing.Turns, "wait", tell)
    before(monkeypatch, lambda number: number != FIRST or missed.wait(30))
    batch = confirm(checked)
    assert missed.is_set()
    assert_each_is_there_once(batch)


def test_who_has_been_in_the_way_once_writes_no_more_ahead(checked, monkeypatch):
    """Two imports of the same people would stop each other for as long again with every chunk."""
    monkeypatch.setattr(writing, "PATIENCE", 0.01)
    gave_way, wait, write, later = threading.Event(), writing.Turns.wait, writing.Writer._write_once, []

    def tell(turns, start, *, seconds=None):
        if seconds is None:
            gave_way.set()
        wait(turns, start, seconds=seconds)

    def note(writer, start, chunk, outcomes, *, ahead):
        if gave_way.is_set():
            later.append(ahead)
        write(writer, start, chunk, outcomes, ahead=ahead)

    monkeypatch.setattr(writing.Turns, "wait", tell)
    monkeypatch.setattr(writing.Writer, "_write_once", note)
    before(monkeypatch, lambda number: number != FIRST or gave_way.wait(30))
    assert_each_is_there_once(confirm(checked))
    assert later == [False] * (ROWS // CHUNK - 1)


@pytest.mark.parametrize("failing", [FIRST, SECOND])
def test_a_failure_in_one_thread_stops_both_and_costs_nothing(checked, monkeypatch, failing):
    with monkeypatch.context() as broken:

        def fail(number):
            if number == failing:
                raise RuntimeError("the power is gone")

        before(broken, fail)
        with pytest.raises(RuntimeError, match="the power is gone"):
            confirm(checked)
    checked.refresh_from_db()
    assert checked.imported_to < failing
    assert Contact.objects.count() == failing - FIRST
    Import.objects.update(lease_until=None)
    running.run_import(checked.pk)
    checked.refresh_from_db()
    assert_each_is_there_once(checked)
