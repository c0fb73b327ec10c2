"""Where the machine fails an import: the disk is full, or the uploaded file is gone."""

import resource
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registers.models import Import
from tests.registers.importing import check, upload
from tests.registers.test_formatted_cells import excel

pytestmark = pytest.mark.django_db


@contextmanager
def little_space():
    """No file may grow beyond 20 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("in_memory", [1_000_000, 100])
def test_an_upload_for_which_there_is_no_space_says_so(register, editor, settings, in_memory):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = in_memory
    body = b"Email;Name\n" + b"".join(b"person%d@example.fi;Name\n" % at for at in range(3_000))
    url = reverse("registers:import", args=[register.pk])
    with little_space():
        answer = editor.post(url, {"file": SimpleUploadedFile("people.csv", body)})
    assert answer.status_code == 422
    assert "The disk of the server is full" in answer.content.decode()
    assert not Import.objects.exists()
    assert editor.post(url, {"file": SimpleUploadedFile("people.csv", body)}).status_code == 302


def test_an_upload_that_is_larger_than_any_says_so(register, editor, monkeypatch, settings):
    monkeypatch.setattr("guards.disk.MAX_TEXT_BYTES", 1_000)
    monkeypatch.setattr("guards.disk.THE_REST", 1_000)
    settings.DOCUMENT_MAX_MB = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    form = {"file": SimpleUploadedFile("people.csv", b"Email\n" + b"a" * 3_000)}
    answer = editor.post(reverse("registers:import", args=[register.pk]), form)
    assert answer.status_code == 422
    assert "This file is far too large" in answer.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("is_book", [True, False])
def test_the_page_of_the_columns_says_that_the_file_is_gone(register, editor, is_book):
    file = excel() if is_book else BytesIO(b"Email\na@example.fi\n")
    file.seek(0)
    batch = upload(register, file, name="people.xlsx" if is_book else "people.csv")
    batch.path.unlink()
    step = reverse("registers:import_step", args=[batch.pk])
    for answer in (editor.get(step), editor.post(step, {"anew": "1"}, follow=True)):
        assert "The uploaded file is gone. Upload it again." in answer.content.decode()
    editor.post(step, {"sheet": "other"}, follow=True)
    assert check(batch).error == "The uploaded file is gone. Upload it again."


def test_who_may_stand_there_twice_is_counted_once(register, editor):
    batch = check(upload(register, BytesIO(b"Member ID;Email\n1;a@example.fi\n")))
    step = reverse("registers:import_step", args=[batch.pk])
    editor.get(step)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        editor.get(step)
    assert not [query for query in queries if "email_key" in query["sql"]]
