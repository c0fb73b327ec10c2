"""An import does exactly what its dry run has shown, once per row, whatever happens to its worker."""

import csv
import errno
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from guards.uploads import UploadError
from registers.books import create_register
from registers.companies import places_of
from registers.contacts import save_contact
from registers.imports import running
from registers.imports.sweeps import wake_stranded_imports
from registers.imports.uploading import cancel_import, confirm_import, start_check
from registers.models import Activity, Contact, Import, ImportRow
from registers.views.imports import progress_of
from tests.registers.importing import DATA, check, confirm, guesses, outcome, upload, work

pytestmark = pytest.mark.takes(20)

FILES = ["some-members.xlsx", "members-latin1-semicolon.csv", "crm-export-utf8-bom.csv", "cyrillic-tab-utf16.txt"]


@pytest.fixture
def empty(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="Empty")


def table(*lines):
    return io.BytesIO("\n".join(lines).encode())


@pytest.mark.parametrize(
    ("name", "mistakes"), [*((name, "reject") for name in FILES), ("crm-export-utf8-bom.csv", "skip")]
)
def test_the_dry_run_is_what_happens(empty, name, mistakes):
    batch = check(upload(empty, DATA / name), mistakes=mistakes)
    assert batch.state == Import.State.READY
    promised, counts = outcome(batch), batch.count_rows()
    assert not Contact.objects.exists()
    assert not empty.fields.exists()
    batch = confirm(batch)
    assert batch.state == Import.State.DONE
    assert outcome(batch) == promised
    assert Contact.objects.count() == counts["created"]
    assert sum(counts.values()) == batch.total


@pytest.mark.parametrize("name", FILES[1:])
def test_the_same_file_again_changes_nothing(empty, name):
    confirm(check(upload(empty, DATA / name)))
    before = [{**row, "updated_at": None} for row in Contact.objects.values()]
    again = check(upload(empty, DATA / name))
    counts = again.count_rows()
    assert set(counts) <= {"unchanged", "updated", "repeated", "rejected"}
    # Where two rows about one person contradict each other, the first is written, and then the second again.
    assert counts.get("updated", 0) <= counts.get("repeated", 0)
    confirm(again)
    assert again.count_rows() == counts
    assert [{**row, "updated_at": None} for row in Contact.objects.values()] == before


def test_people_are_found_by_whatever_signs_their_ids_hold(empty):
    ids = ["a\\b", "q'q", "{1,2}", "NULL", "null", "%s", "å;ä", "\\N", "\\"]
    lines = [["external id", "last name"], *([key, f"Name {at}"] for at, key in enumerate(ids)), ['d"q', "Name"]]
    text = io.StringIO()
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_MINIMAL).writerows(lines)
    file = text.getvalue().encode()
    confirm(check(upload(empty, io.BytesIO(file)), match_by="external_id"))
    assert set(Contact.objects.values_list("external_id", flat=True)) == {*ids, 'd"q'}
    again = check(upload(empty, io.BytesIO(file)), match_by="external_id")
    assert again.count_rows() == {"unchanged": len(ids) + 1}


def test_five_thousand_messy_members(empty):
    batch = check(upload(empty, DATA / "members.xlsx"))
    promised = outcome(batch)
    batch = confirm(batch)
    assert outcome(batch) == promised
    counts = batch.count_rows()
    assert counts["created"] + counts["repeated"] + counts["rejected"] == 5060
    assert 4_700 < counts["created"] < 5_000
    contact = Contact.objects.get(external_id="3729")
    assert (contact.phone, contact.postcode, contact.birth_date.isoformat()) == ("+358402679195", "56030", "1986-12-18")
    assert [str(place.company) for place in places_of([contact])[contact.pk]] == ["Leino Sallinen Tmi"]
    assert (contact.attributes["sukupuoli"], contact.attributes["kiinnostukset"]) == ("nainen", ["teknologia"])
    labels = {field.label: field.type for field in empty.fields.all()}
    assert labels == {"Sukupuoli": "choice", "Kiinnostukset": "multiple_choice"}
    assert "ruoka & viini" in [option["label"] for option in empty.fields.get(key="kiinnostukset").options]
    assert Contact.objects.filter(first_name='=HYPERLINK("http://evil.example","x")').exists()
    reasons = " ".join(str(row.reasons) for row in ImportRow.objects.filter(batch=batch, status="rejected"))
    assert " at kunta.example” is not an e-mail address" in reasons
    assert any(
        "of several in the cell" in " ".join(why) for _number, status, why in outcome(batch) if status == "created"
    )
    assert "“09 123” is not a phone number" in reasons


def test_a_later_row_is_written_over_an_earlier_one_and_counted_once(empty):
    lines = ("email,city,first_name", "a@example.fi,Kemi,Aino", "A@example.fi,Oulu,", "b@example.fi,Kemi,Bo")
    batch = confirm(check(upload(empty, table(*lines))))
    assert [row[:2] for row in outcome(batch)] == [(2, "created"), (3, "repeated"), (4, "created")]
    assert ImportRow.objects.get(number=3).repeats == 2
    contact = Contact.objects.get(email_key="a@example.fi")
    assert (contact.city, contact.first_name) == ("Oulu", "Aino")
    assert Activity.objects.filter(contact=contact, kind="imported").count() == 1


def test_a_row_after_a_rejected_one_about_the_same_person_is_new(empty):
    save_contact(register=empty, values={"external_id": "7"}, source="test")
    lines = ("email,external id,first_name", "a@example.fi,7,Aino", "a@example.fi,8,Aino")
    batch = check(upload(empty, table(*lines)), match_by="email")
    promised = outcome(batch)
    assert [row[1] for row in promised] == ["rejected", "created"]
    assert outcome(confirm(batch)) == promised


def test_filling_only_what_is_empty(empty):
    save_contact(register=empty, values={"email": "a@example.fi", "city": "Kemi"}, source="test")
    lines = ("email,city,first_name", "a@example.fi,Oulu,Aino")
    confirm(check(upload(empty, table(*lines)), rule="fill"))
    contact = Contact.objects.get()
    assert (contact.city, contact.first_name) == ("Kemi", "Aino")


def test_an_empty_cell_erases_nothing(empty):
    save_contact(register=empty, values={"email": "a@example.fi", "city": "Kemi"}, source="test")
    confirm(check(upload(empty, table("email,city,first_name", "a@example.fi,,Aino"))))
    assert Contact.objects.get().city == "Kemi"


def test_a_mistake_may_cost_only_its_value(empty):
    lines = ("first_name,email,phone", "Aino,a@example.fi,09 123")
    batch = confirm(check(upload(empty, table(*lines)), mistakes="skip"))
    assert [(row[1], len(row[2])) for row in outcome(batch)] == [("created", 1)]
    assert Contact.objects.get().phone == ""


def test_an_external_id_stays_with_its_owner(empty):
    save_contact(register=empty, values={"external_id": "7", "email": "b@example.fi"}, source="test")
    lines = ("email,external id", "a@example.fi,7", "b@example.fi,7", "c@example.fi,9", "d@example.fi,9")
    batch = check(upload(empty, table(*lines)), match_by="email")
    assert [row[1] for row in outcome(batch)] == ["rejected", "unchanged", "created", "rejected"]
    promised = outcome(batch)
    assert outcome(confirm(batch)) == promised


def test_a_required_column_is_required(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    register = create_register(name="R", fields=[{"label": "Diet", "required": True}])
    batch = check(upload(register, table("email,Diet", "a@example.fi,", "b@example.fi,vegan")))
    assert [(row[1], row[2]) for row in outcome(batch)] == [
        ("rejected", ["Required, but empty: Diet."]),
        ("created", []),
    ]


def test_a_list_that_finds_no_room_on_the_disk_leaves_nothing(empty, tmp_path):
    class TooLarge(io.BytesIO):
        def read(self, size=-1):
            if size == 1 << 20:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().read(size)

    with pytest.raises(UploadError, match="disk of the server is full"):
        upload(empty, TooLarge(b"email\na@example.fi\n"), name="people.csv")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_killed_worker_costs_nothing(empty, monkeypatch, swept):
    """The worker dies in the middle of the third chunk; whoever comes next continues there."""
    monkeypatch.setattr(running, "CHUNK", 50)
    batch = check(upload(empty, DATA / "cyrillic-tab-utf16.txt"))
    promised = outcome(batch)
    settle, calls = running.settle, []

    def dying(*args, **kwargs):
        settle(*args, **kwargs)
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "settle", dying)
    confirm_import(batch=batch)
    with pytest.raises(KeyboardInterrupt):
        running.run_import(batch.pk)
    assert Contact.objects.count() == 100
    batch.refresh_from_db()
    assert progress_of(batch)["text"] == "100 of 200 rows"
    running.run_import(batch.pk)
    assert Contact.objects.count() == 100, "the lease of the dead worker holds"
    assert running.wake_stranded() == 0
    Import.objects.update(lease_until="2020-01-01T00:00:00Z")
    assert running.wake_stranded() == 1
    assert running.wake_stranded() == 0, "once per lease"
    Import.objects.update(lease_until=timezone.now() + timedelta(hours=1), lease_token=uuid4())
    assert swept(wake_stranded_imports, "default") == 1, "the clock was put back by an hour"
    batch.refresh_from_db()
    assert batch.state == Import.State.DONE
    assert Contact.objects.count() == 200
    assert Activity.objects.count() == 200
    assert outcome(batch) == promised


def test_a_killed_check_continues_and_finds_the_same(empty, monkeypatch):
    whole = outcome(check(upload(empty, DATA / "crm-export-utf8-bom.csv")))
    monkeypatch.setattr(running, "CHUNK", 300)
    copy, calls = running._copy, []

    def dying(*args):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        copy(*args)

    monkeypatch.setattr(running, "_copy", dying)
    batch = upload(empty, DATA / "crm-export-utf8-bom.csv")
    start_check(batch=batch, choices=guesses(batch))
    with pytest.raises(KeyboardInterrupt):
        running.run_import(batch.pk)
    Import.objects.update(lease_until=None)
    assert outcome(work(batch)) == whole


def test_a_job_ends_in_time_and_the_next_goes_on(empty, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 50)
    monkeypatch.setattr(running, "SECONDS_PER_JOB", 0)
    batch = upload(empty, DATA / "cyrillic-tab-utf16.txt")
    start_check(batch=batch, choices=guesses(batch))
    for _job in range(10):
        batch = work(batch)
    assert batch.state == Import.State.READY
    assert ImportRow.objects.count() == 200


def test_a_cancelled_import_stops_and_keeps_what_is_written(empty, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 50)
    batch = check(upload(empty, DATA / "cyrillic-tab-utf16.txt"))
    settle, calls = running.settle, []

    def cancelling(*args, **kwargs):
        settle(*args, **kwargs)
        calls.append(1)
        if len(calls) == 2:
            Import.objects.update(state=Import.State.CANCELLED)

    monkeypatch.setattr(running, "settle", cancelling)
    batch = confirm(batch)
    assert batch.state == Import.State.CANCELLED
    assert 50 <= Contact.objects.count() <= 100
    assert cancel_import(batch=batch) == 0


def test_an_external_id_taken_meanwhile_is_left_out_and_said(empty):
    batch = check(upload(empty, table("email,external id", "a@example.fi,7", "b@example.fi,8")), match_by="email")
    save_contact(register=empty, values={"external_id": "7"}, source="test")
    batch = confirm(batch)
    assert [row[1] for row in outcome(batch)] == ["rejected", "created"]


def test_whole_names_are_taken_apart(empty):
    lines = ("Nimi;Sähköposti", "Aino Maria Virtanen;a@example.fi", '"Niemi, Bo";b@example.fi')
    confirm(check(upload(empty, table(*lines))))
    names = list(Contact.objects.order_by("email").values_list("first_name", "last_name"))
    assert names == [("Aino Maria", "Virtanen"), ("Bo", "Niemi")]
