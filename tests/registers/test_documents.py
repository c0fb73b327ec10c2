"""Documents about contacts: what is taken, who may open it, how much room there is, and that nothing stays behind."""

import datetime as dt
import io
import os
import zipfile
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from organisations import scope
from organisations.models import Organisation
from registers import documents
from registers.absences import today
from registers.appointments import make_appointment
from registers.contacts import save_contact
from registers.documents import add_document, private_files, remove_orphans, space
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.followups import make_follow_up
from registers.models import AccessLog, Contact, ContactDocument
from registers.notes import add_note, delete_note
from tests.registers.addresses import url

PDF = b"%PDF-1.7\n% a letter"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    options = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": options}


@pytest.fixture
def aino(register):
    return save_contact(register=register, values={"first_name": "Aino"}, source="test")


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo"}, source="test")


@pytest.fixture
def letter(aino, editor):
    return keep(aino, user=editor.user)


def file(name="letter.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="text/html")


def keep(contact, *, user=None, **more):
    with transaction.atomic():
        return add_document(contact=contact, file=file(), user=user, **more)


def kept():
    files = private_files()
    folders = files.listdir("documents")[0] if files.exists("documents") else []
    return sorted(
        f"documents/{folder}/{name}" for folder in folders for name in files.listdir(f"documents/{folder}")[1]
    )


def packed(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # as if made in 1980: the same each time
    return buffer.getvalue()


PARTS = {"[Content_Types].xml": "x", "word/document.xml": "x"}
DOCX = packed(**PARTS)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = packed(mimetype="application/vnd.oasis.opendocument.text")


def torn():
    """An archive in order, but for the compressed bytes of what says its kind."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        start, size = 30 + len("mimetype"), archive.getinfo("mimetype").compress_size
    content = buffer.getvalue()
    return content[:start] + b"\xff" * size + content[start + size :]


@pytest.mark.parametrize(
    ("name", "content", "becomes", "content_type"),
    [
        ("Letter.PDF", PDF, "Letter.pdf", "application/pdf"),
        ("scan.jpeg", b"\xff\xd8\xff\xe0x", "scan.jpg", "image/jpeg"),
        ("virus.exe", b"\x89PNG\r\n\x1a\nx", "virus.exe.png", "image/png"),
        ("page.html", PDF, "page.html.pdf", "application/pdf"),
        ("C:\\temp\\plan.docx", DOCX, "plan.docx", WORD),
        ("plan.odt", ODT, "plan.odt", "application/vnd.oasis.opendocument.text"),
        ("old.doc", bytes.fromhex("d0cf11e0a1b11ae1") + b"x", "old.doc", "application/msword"),
        ("Ääni\u202e.txt", "moi €".encode(), "Ääni.txt", "text/plain"),
        ("x" * 300 + ".pdf", PDF, "x" * 146 + ".pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_what_it_is_is_read_from_its_bytes(aino, editor, viewer, name, content, becomes, content_type):
    answer = editor.post(url("add_document", aino), {"file": file(name, content)}, follow=True)
    document = ContactDocument.objects.get()
    assert (document.name, document.content_type, document.size) == (becomes, content_type, len(content))
    assert becomes in answer.content.decode()
    assert "letter" not in document.stored_name.lower()
    opened = viewer.get(url("document", document))
    assert b"".join(opened.streaming_content) == content
    assert opened["Content-Type"] == content_type
    assert opened["Content-Disposition"].startswith("attachment; filename")
    assert (opened["X-Content-Type-Options"], opened["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )
    assert AccessLog.objects.filter(action="export", subject=f"contact:{aino.pk}", user=viewer.user).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.pdf", b"", "empty"),
        ("page.html", b"<html><script>alert(1)</script>", "cannot be kept"),
        ("page.txt", b" \n<svg onload=alert(1)>", "cannot be kept"),
        ("picture.svg", b"<svg/>", "cannot be kept"),
        ("run.exe", b"MZ\x90\x00", "cannot be kept"),
        ("run.txt", b"MZ\x90\x00", "cannot be kept"),
        ("setup.msi", bytes.fromhex("d0cf11e0a1b11ae1"), "cannot be kept"),
        ("files.zip", packed(a="b"), "cannot be kept"),
        ("broken.docx", DOCX[:40], "damaged"),
        ("torn.odt", torn(), "damaged"),
        ("plan.docx", packed(**PARTS, **{"word/vbaProject.bin": "x"}), "macros"),
        ("big.pdf", PDF + b"x" * (1 << 20), "at most"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_said_and_leaves_nothing(aino, editor, settings, name, content, said):
    settings.DOCUMENT_MAX_MB = 1
    answer = editor.post(url("add_document", aino), {"file": file(name, content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (ContactDocument.objects.count(), kept()) == (0, [])


def test_it_hangs_on_a_note_an_appointment_or_a_follow_up(aino, bo, editor):
    note = add_note(contact=aino, text="Spoke", kind="phone", author=editor.user)
    parents = {
        "note": note,
        "appointment": make_appointment(contact=aino, title="Lunch", starts_at=timezone.now(), user=editor.user),
        "follow_up": make_follow_up(contact=aino, text="Ring", due_on=today(), responsible=None, user=editor.user),
    }
    for name, row in parents.items():
        editor.post(f"{url('add_document', aino)}?{name}={row.pk}", {"file": file(f"{name}.pdf")})
        assert getattr(ContactDocument.objects.get(name=f"{name}.pdf"), name) == row
        for wrong in (f"{url('add_document', bo)}?{name}={row.pk}", f"{url('add_document', aino)}?{name}=9{'0' * 40}"):
            assert editor.post(wrong, {"file": file()}).status_code == 404
    page = editor.get(url("contact", aino)).content.decode()
    assert [page.count(f">{name}.pdf<") for name in parents] == [1, 1, 1]
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactDocument.objects.create(contact=aino, name="x", stored_name="x", size=1, **parents)
    delete_note(note=note, user=editor.user)
    assert "note.pdf" in editor.get(url("contact", aino)).content.decode()


def test_who_may_only_look_opens_and_changes_nothing(aino, letter, viewer, stranger):
    assert "letter.pdf" in viewer.get(url("contact", aino)).content.decode()
    assert viewer.get(url("document", letter)).status_code == 200
    for name, row in (("add_document", aino), ("delete_document", letter)):
        assert viewer.post(url(name, row), {"file": file()}).status_code in (302, 403)
        assert stranger.post(url(name, row), {"file": file()}).status_code == 404
    assert stranger.get(url("document", letter)).status_code == 404
    assert ContactDocument.objects.count() == len(kept()) == 1


def test_deleting_it_deletes_the_file_once_that_is_certain(aino, letter, editor, django_capture_on_commit_callbacks):
    assert "Delete “letter.pdf”" in editor.get(url("delete_document", letter)).content.decode()
    with django_capture_on_commit_callbacks() as to_do:
        editor.post(url("delete_document", letter))
    assert (ContactDocument.objects.count(), len(kept())) == (0, 1)
    for act in to_do:
        act()
    assert kept() == []
    assert editor.get(url("document", letter)).status_code == 404


@pytest.mark.parametrize("how", ["contact", "register", "all"])
def test_the_files_go_with_the_person(aino, bo, letter, editor, how, django_capture_on_commit_callbacks):
    merge(keep=bo.pk, contacts=[aino.pk, bo.pk])
    with django_capture_on_commit_callbacks(execute=True):
        {
            "contact": lambda: Contact.objects.filter(pk=bo.pk).delete(),
            "register": bo.register.delete,
            "all": lambda: ContactDocument.objects.all().delete(),
        }[how]()
    assert (ContactDocument.objects.count(), kept()) == (0, [])


def test_it_follows_a_merge_and_comes_back_with_what_was_added_since(aino, bo, letter, editor):
    note = add_note(contact=aino, text="Spoke", kind="phone", author=editor.user)
    before = list(ContactDocument.objects.order_by("pk").values())
    record = merge(keep=bo.pk, contacts=[aino.pk, bo.pk])
    letter.refresh_from_db()
    assert letter.contact_id == bo.pk
    note.refresh_from_db()
    later = keep(note.contact, user=editor.user, note=note)
    undo_merge(record=record)
    assert list(ContactDocument.objects.exclude(pk=later.pk).values()) == before
    later.refresh_from_db()
    assert later.contact_id == aino.pk
    assert len(kept()) == 2


def test_the_space_is_shown_and_not_gone_beyond(aino, letter, editor, organisation, settings):
    organisation.document_space = 1
    organisation.save()
    assert (space().used, space().limit) == (len(PDF), 1 << 20)
    page = editor.get(url("contact", aino)).content.decode()
    assert "1.0\xa0MB of 1.0\xa0MB free" in page
    assert "1.0\xa0MB free" in editor.get(url("add_document", aino)).content.decode()
    exactly = PDF + b"x" * (space().free - len(PDF))
    refused = editor.post(url("add_document", aino), {"file": file(content=exactly + b"x")})
    assert refused.status_code == 422
    assert "There is room for" in refused.content.decode()
    editor.post(url("add_document", aino), {"file": file(content=exactly)})
    assert (space().free, len(kept())) == (0, 2)
    settings.DOCUMENT_SPACE_MB = 3
    Organisation.objects.update(document_space=None)
    assert space().limit == 3 << 20


def test_only_the_operator_gives_space(owner, organisation):
    form = {"name": "K", "language": "en", "time_zone": "Europe/Helsinki", "region": "FI", "theme-accent": "#2f5d50"}
    settings_url = reverse("organisations:settings")
    owner.post(settings_url, {**form, "document_space": 9})
    organisation.refresh_from_db()
    assert (organisation.name, organisation.document_space) == ("K", None)
    owner.user.is_superuser = True
    owner.user.save()
    assert b"document_space" in owner.get(settings_url).content
    owner.post(settings_url, {**form, "document_space": 9})
    organisation.refresh_from_db()
    assert organisation.document_space == 9


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_two_at_once_do_not_share_the_last_room(aino, organisation, monkeypatch, settings, locked):
    settings.DOCUMENT_SPACE_MB = 1
    both = Barrier(2)

    def count():
        found = used()
        with suppress(BrokenBarrierError):
            both.wait(1)  # without the lock both stand here, having counted the same
        return found

    used = documents.used_bytes
    monkeypatch.setattr(documents, "used_bytes", count)
    if not locked:
        monkeypatch.setattr(documents, "lock_space", lambda: None)

    def upload():
        try:
            with scope.organisation(organisation.pk):
                add_document(contact=aino, file=file(content=PDF + b"x" * 600_000), user=None)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    refused = []
    threads = [Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = 1 if locked else 2
    assert (ContactDocument.objects.count(), len(kept()), len(refused)) == (expected, expected, 2 - expected)


def test_files_that_nobody_wrote_down_are_removed_in_time(letter, organisation):
    files = private_files()
    old, new = (files.save(f"documents/{organisation.pk}/{name}", ContentFile(b"x")) for name in ("old", "new"))
    long_ago = (timezone.now() - dt.timedelta(days=3)).timestamp()
    for name in (old, letter.stored_name):
        os.utime(files.path(name), (long_ago, long_ago))
    gone = f"documents/{organisation.pk}/gone"  # listed, and not there any more, as where another tick was faster
    os.symlink("nowhere", files.path(gone))
    remove_orphans()
    files.delete(gone)
    assert kept() == sorted([letter.stored_name, new])


def test_a_file_that_is_lost_is_not_there(letter, viewer):
    private_files().delete(letter.stored_name)
    assert viewer.get(url("document", letter)).status_code == 404


def test_a_name_has_its_quotation_marks(aino, editor):
    # As browsers send them (HTML, multipart/form-data encoding algorithm).
    page = editor.post(url("add_document", aino), {"file": file("The %22draft%22.pdf")}, follow=True).content.decode()
    document = ContactDocument.objects.get()
    assert document.name == 'The "draft".pdf'
    assert "The &quot;draft&quot;.pdf" in page
    assert r'filename="The \"draft\".pdf"' in editor.get(url("document", document))["Content-Disposition"]
