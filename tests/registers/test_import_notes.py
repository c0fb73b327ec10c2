"""A file of notes on people: into the conversation history, each once, and out again."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from registers.books import create_register
from registers.contacts import save_contact
from registers.imports import running
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Activity, Contact, ContactDocument, ImportChange, Note
from registers.notes import change_note
from tests.registers.importing import check, confirm, outcome, upload, work

FILE = (
    "Sähköposti;Nimi;Päivä;Miten;Mitä\n"
    "a@example.fi;Wrong Name;3.2.2024 13.45;Puhelu;Asked about the choir\n"
    "b@example.fi;;2024-02-04;meeting;Coffee\n"
    "nobody@example.fi;;2024-02-04;meeting;Coffee\n"
    "a@example.fi;;2024-02-05;;\n"
    "a@example.fi;;2150-01-01;;Later\n"
    "a@example.fi;;2024-02-05;pigeon;Coo\n"
    "a@example.fi;;31.31.2024;;Never\n"
    "A@Example.fi;;3.2.2024 13.45;phone call;Asked about the choir\n"
    "b@example.fi;;;;No day told\n"
)
TARGETS = ["email", "full_name", "note.at", "note.kind", "note.text"]
DONE = ["created", "created", *["rejected"] * 5, "repeated", "created"]


@pytest.fixture
def club(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    register = create_register(name="Club")
    for letter in "ab":
        values = {"email": f"{letter}@example.fi", "first_name": letter.upper(), "birth_date": "1980-01-01"}
        save_contact(register=register, values={**values, "last_name": "X"}, source="t")
    return register


def checked(club, text=FILE, **choices):
    return check(upload(club, io.BytesIO(text.encode())), **{"targets": TARGETS, "match_by": "email", **choices})


def statuses(batch):
    return [status for _number, status, _reasons in outcome(batch)]


def test_rows_become_notes_and_nothing_else_is_written(club):
    before = list(Contact.objects.order_by("pk").values())
    batch = checked(club)
    assert Note.objects.count() == 0
    dry = outcome(batch)
    assert statuses(batch) == DONE
    reasons = [" ".join(reasons) for _number, _status, reasons in dry]
    for at, said in ((2, "Nobody in the register"), (3, "no text"), (4, "future"), (5, "pigeon"), (6, "31.31.2024")):
        assert said in reasons[at]
    batch = confirm(batch)
    assert outcome(batch) == dry
    assert list(Contact.objects.order_by("pk").values()) == before
    assert not ImportChange.objects.exists()
    call, coffee, undated = Note.objects.order_by("pk")
    assert (call.contact.email, call.kind, call.text) == ("a@example.fi", "phone", "Asked about the choir")
    assert call.at == dt.datetime(2024, 2, 3, 13, 45, tzinfo=club.organisation.zone)
    assert (coffee.kind, coffee.at.astimezone(club.organisation.zone).isoformat()[:16]) == (
        "meeting",
        "2024-02-04T00:00",
    )
    assert (undated.kind, undated.at) == ("other", batch.created_at)


def test_the_same_file_again_adds_nothing(club):
    confirm(checked(club))
    again = checked(club)
    assert statuses(again) == ["unchanged" if status == "created" else status for status in DONE]
    confirm(again)
    assert Note.objects.count() == 3


@pytest.mark.parametrize("match_by", ["email", "email,name_birth"])
def test_a_killed_import_of_notes_goes_on_where_it_was(club, monkeypatch, match_by):
    monkeypatch.setattr(running, "CHUNK", 2)
    monkeypatch.setattr(running, "SECONDS_PER_JOB", -1.0)
    text = "email;first;last;born;text\n" + "".join(
        f"{'ab'[at % 2]}@example.fi;{'AB'[at % 2]};X;1980-01-01;text {at % 5}\n" for at in range(20)
    )
    targets = ["email", "first_name", "last_name", "birth_date", "note.text"]
    batch = checked(club, text, targets=targets, match_by=match_by)
    while batch.is_working:
        batch = work(batch)
    dry = outcome(batch)
    assert statuses(batch) == ["created"] * 10 + ["repeated"] * 10
    batch = confirm(batch)
    while batch.is_working:
        batch = work(batch)
    assert outcome(batch) == dry
    assert Note.objects.count() == 10


def test_people_are_found_by_name_and_birthday_too(club):
    text = "name;born;text\nX, A;1.1.1980;Hello\nX, A;2.2.1980;Not her\n"
    batch = checked(club, text, targets=["full_name", "birth_date", "note.text"], match_by="name_birth")
    assert statuses(confirm(batch)) == ["created", "rejected"]
    assert Note.objects.get().contact.email == "a@example.fi"


def test_undo_takes_them_out_but_for_those_worked_on_since(club, editor):
    batch = confirm(checked(club))
    activities = Activity.objects.count()
    call, coffee, _undated = Note.objects.order_by("pk")
    change_note(note=call, text="Asked about the band", kind="phone", at=None, user=None)
    ContactDocument.objects.create(contact=coffee.contact, note=coffee, name="x.pdf", size=1)
    batch = work(start_undo(batch=batch, user=None))
    assert batch.undo_counts == {"notes": 1, "notes_kept": 2}
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "Undo: delete 1 note" in page
    assert "2 notes stay" in page
    assert "A contact that the import has added" not in page
    assert "data-outcome" not in page, "it has touched no contact"
    work(confirm_undo(batch=batch, user=None))
    assert [note.text for note in Note.objects.order_by("pk")] == ["Asked about the band", "Coffee"]
    assert Activity.objects.count() == activities
    assert Contact.objects.count() == 2
    confirm(checked(club))
    assert Note.objects.filter(text="No day told").count() == 1


def test_what_is_missing_is_said(club):
    with pytest.raises(ValidationError, match="which column of the file holds what was said"):
        checked(club, targets=["email", "", "note.at", "", ""])
    with pytest.raises(ValidationError, match="choose by what the people"):
        checked(club, match_by="")
    with pytest.raises(ValidationError, match="More than one column of the file goes to: Note: what was said"):
        checked(club, targets=["email", "", "", "note.text", "note.text"])


def test_the_wizard_takes_notes(club, editor):
    batch = upload(club, io.BytesIO(FILE.encode()))
    url = reverse("registers:import_step", args=[batch.pk])
    assert "Note: what was said" in editor.get(url).content.decode()
    data = {"target": TARGETS, "type": ["text"] * 5, "match_by": "email", "rule": "overwrite", "mistakes": "reject"}
    editor.post(url, data)
    work(batch)
    page = editor.get(f"{url}?status=all").content.decode()
    assert "Add 3 notes" in page
    assert "The same note as row 2." in page
    editor.post(reverse("registers:import_confirm", args=[batch.pk]))
    work(batch)
    note = Note.objects.get(text="Coffee")
    story = editor.get(reverse("registers:contact", args=[note.contact_id])).content.decode()
    assert "Coffee" in story
    assert note.created_at <= timezone.now()
