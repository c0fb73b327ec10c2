"""The conversation history: what was said, beside all that has happened."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from registers import activity
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.models import AccessLog, Contact, Note
from registers.notes import add_note
from registers.purposes import purpose_named, set_purposes
from registers.timeline import PAGE, timeline
from tests.registers.addresses import url


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo"}, source="test")


@pytest.fixture
def note(aino, editor):
    return add_note(contact=aino, text="Would sing alto", kind="phone", author=editor.user)


def shown(client, contact, **query):
    return client.get(url("contact", contact), query).content.decode()


def test_one_step_from_the_contact_page(aino, editor):
    assert "w-unsaved#confirm" in shown(editor, aino)  # or another button of the page would lose what is being written
    sent = {"text": "Rang about <b>tickets</b>\r\nand<script>alert(1)</script>", "kind": "phone"}
    page = editor.post(url("add_note", aino), sent, follow=True).content.decode()
    note = Note.objects.get()
    assert (note.kind, note.author, timezone.now() - note.at < dt.timedelta(minutes=1)) == ("phone", editor.user, True)
    assert "Phone call" in page
    assert "&lt;b&gt;tickets&lt;/b&gt;<br>and&lt;script&gt;" in page
    assert AccessLog.objects.filter(subject=f"contact:{aino.pk}", purpose="Note added").exists()


def test_times_are_those_of_the_organisations_clocks(aino, editor, organisation):
    organisation.time_zone = "Asia/Tokyo"
    organisation.save()
    editor.post(url("add_note", aino), {"text": "Met", "kind": "meeting", "at": "2026-01-05 09:30"})
    assert Note.objects.get().at == dt.datetime(2026, 1, 5, 0, 30, tzinfo=dt.UTC)
    assert "9:30" in shown(editor, aino).replace("09:30", "9:30")


@pytest.mark.parametrize(
    "wrong",
    [{"text": " \u200b "}, {"text": "x" * 20_001}, {"kind": "séance"}, {"at": "2099-01-01 10:00"}, {"at": "soon"}],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(aino, editor, wrong):
    answer = editor.post(url("add_note", aino), {"text": "We spoke", "kind": "phone", "at": "", **wrong})
    assert (answer.status_code, Note.objects.count()) == (422, 0)
    assert "text" in wrong or b"We spoke" in answer.content


@pytest.mark.parametrize(("door", "field"), [("add_note", "text"), ("edit_contact", "street")])
def test_what_is_pasted_and_too_long_arrives_and_is_shown_whole(aino, editor, door, field):
    # No browser cuts its end off, as they do where a field says how much fits.
    for page in (shown(editor, aino), editor.get(url(door, aino)).content.decode()):
        assert not re.search(rf'<(?:textarea|input)[^>]* name="{field}"[^>]* maxlength=', page)
    pasted = "x" * 20_001
    answer = editor.post(url(door, aino), {"kind": "phone", field: pasted})
    assert answer.status_code == 422
    assert pasted in answer.content.decode()
    assert "(it has 20001)" in answer.content.decode()


def test_notes_and_activities_stand_in_one_order(aino, editor):
    now = timezone.now() + dt.timedelta(minutes=1)
    for hours in range(PAGE):
        at = now - dt.timedelta(hours=2 * hours + 1)
        add_note(contact=aino, text=f"n{hours}", kind="other", author=editor.user, at=at)
        activity.record(contact=aino, kind="imported", at=at - dt.timedelta(hours=1))
    first, second, third = (timeline(aino, page=number) for number in (1, 2, 3))
    together = [*first.happenings, *second.happenings, *third.happenings]
    assert [row.at for row in together] == sorted((row.at for row in together), reverse=True)
    assert (len(together), first.has_older, second.has_older, third.has_older) == (2 * PAGE + 1, True, True, False)
    assert "?page=2" in shown(editor, aino)
    assert "n49" in shown(editor, aino, page=2)


@pytest.mark.parametrize("page", ["0", "-1", "x", "٢", "9" * 40, "\x00"])
def test_no_page_number_is_an_error(aino, editor, page):
    assert editor.get(url("contact", aino), {"page": page}).status_code == 200


def test_searching_the_notes(aino, note, editor, viewer):
    add_note(contact=aino, text="100 % sure_thing", kind="letter", author=editor.user)
    assert "Would sing alto" in shown(viewer, aino, q="ALTO sing")
    assert "Would sing alto" not in shown(viewer, aino, q="%")
    assert "sure_thing" in shown(viewer, aino, q="%")
    assert "No note of this contact has “&lt;i&gt;”" in shown(viewer, aino, q="<i>\x00")
    only = shown(viewer, aino, notes="1")
    assert "Would sing alto" in only
    assert "Added" not in only[only.index('id="timeline') :]


def test_its_author_and_the_owners_change_it_and_the_log_knows(aino, note, editor, owner, viewer):
    other = add_note(contact=aino, text="By the owner", kind="other", author=owner.user)
    assert editor.post(url("edit_note", other), {"text": "x", "kind": "other"}).status_code in (302, 403)
    assert editor.post(url("delete_note", other)).status_code in (302, 403)
    for act in ("edit_note", "delete_note"):
        assert viewer.get(url(act, note)).status_code in (302, 403)
        assert viewer.post(url(act, note), {"text": "x", "kind": "other"}).status_code in (302, 403)
    assert list(Note.objects.order_by("pk").values_list("text", flat=True)) == ["Would sing alto", "By the owner"]

    page = shown(editor, aino)
    assert url("edit_note", note) in page
    assert url("edit_note", other) not in page
    before = note.at
    editor.post(url("edit_note", note), {"text": "Would sing tenor", "kind": "meeting"})
    note.refresh_from_db()
    assert (note.text, note.kind, note.at) == ("Would sing tenor", "meeting", before)
    assert "changed on" in shown(editor, aino)
    assert b"Delete this note about Aino" in owner.get(url("delete_note", note)).content
    owner.post(url("delete_note", note))
    assert not Note.objects.filter(pk=note.pk).exists()
    told = list(AccessLog.objects.filter(user=owner.user, action="delete").values_list("purpose", flat=True))
    assert told == ["Note deleted"]


def test_an_author_who_may_only_look_now_changes_nothing(note, editor, organisation):
    editor.user.memberships.update(role="viewer")
    assert editor.post(url("delete_note", note)).status_code in (302, 403)
    assert Note.objects.exists()


def test_who_may_only_look_reads_and_writes_nothing(aino, note, viewer):
    page = shown(viewer, aino)
    assert "Would sing alto" in page
    assert "Write down a conversation" not in page
    assert viewer.post(url("add_note", aino), {"text": "x", "kind": "other"}).status_code in (302, 403)
    assert Note.objects.count() == 1


def test_it_is_in_no_list_and_not_anothers(aino, note, editor, stranger):
    assert b"Would sing alto" not in editor.get(url("contacts", aino.register)).content
    for act in ("edit_note", "delete_note"):
        assert stranger.get(url(act, note)).status_code == stranger.post(url(act, note)).status_code == 404


def test_it_follows_a_merge_and_comes_back(aino, bo, note, editor):
    add_note(contact=bo, text="Of Bo", kind="other", author=editor.user)
    before = list(Note.objects.order_by("pk").values())
    record = merge(keep=bo.pk, contacts=[aino.pk, bo.pk])
    assert set(Note.objects.values_list("contact", flat=True)) == {bo.pk}
    undo_merge(record=record)
    assert list(Note.objects.order_by("pk").values()) == before


def test_it_goes_with_the_person(aino, note):
    Contact.objects.filter(pk=aino.pk).delete()
    assert not Note.objects.exists()


def test_each_label_of_the_contact_page_is_of_one_box(aino, editor, register):
    set_purposes(register=register, rows=[{"purpose": purpose_named("Newsletter"), "legal_basis": "consent"}])
    page = shown(editor, aino)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert {name for name in ids if ids.count(name) > 1} == set()
    assert {"note_text", "consent_text"} <= set(ids)
