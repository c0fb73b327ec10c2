"""The undo of an import through HTTP: the button, the numbers, the confirmation, what came of it, and who may."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from registers.contacts import save_contact
from registers.imports.running import run_import
from registers.imports.sweeps import delete_old_files
from registers.models import Contact, Import, ImportChange
from tests.registers.importing import check, confirm, upload

NAMES = ("import_undo", "import_undo_confirm", "import_undo_drop", "import_undo_columns")


@pytest.fixture
def batch(register, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    save_contact(register=register, values={"email": "a@example.fi", "city": "Kemi"}, source="t")
    file = io.BytesIO(b"email,city,Shoes\na@example.fi,Oulu,41\nb@example.fi,Turku,42\nc@example.fi,Lahti,43\n")
    return confirm(check(upload(register, file)))


def step(batch, name="import_step"):
    return reverse(f"registers:{name}", args=[batch.pk])


def test_from_the_button_to_what_came_of_it(batch, editor, register):
    save_contact(register=register, values={"email": "c@example.fi", "city": "Vaasa"}, source="t")
    assert "Undo this import" in editor.get(step(batch)).content.decode()
    assert editor.post(step(batch, "import_undo")).url == step(batch)
    editor.post(step(batch, "import_undo"))
    page = editor.get(step(batch)).content.decode()
    assert "nothing is changed yet" in page
    progress = editor.get(step(batch, "import_progress")).json()
    assert (progress["state"], progress["text"]) == ("undo_checking", "0 of 3 contacts")
    run_import(batch.pk)
    page = editor.get(step(batch)).content.decode()
    assert "Undo: delete 1 contact, restore 1 contact" in page
    assert "1 contact would be kept" in page
    assert "c@example.fi" in page
    assert "Shoes" in page
    for _click in range(2):
        editor.post(step(batch, "import_undo_confirm"))
    run_import(batch.pk)
    editor.post(step(batch, "import_undo_confirm"))
    assert dict(Contact.objects.values_list("email", "city")) == {"a@example.fi": "Kemi", "c@example.fi": "Vaasa"}
    page = editor.get(step(batch)).content.decode()
    assert "This import has been undone" in page
    assert "1 contact was kept" in page
    rows = editor.get(step(batch), {"rows": 1}).content.decode()
    assert "Undo this import" not in rows
    assert "Undone" in editor.get(reverse("registers:imports", args=[register.pk])).content.decode()
    assert (
        "Import undone"
        in editor.get(
            reverse("registers:contact", args=[Contact.objects.get(email="a@example.fi").pk])
        ).content.decode()
    )


def test_columns_left_empty_are_offered_for_retirement(batch, editor, register):
    editor.post(step(batch, "import_undo_columns"))
    assert not register.fields.get(key="shoes").retired, "nothing has been undone yet"
    editor.post(step(batch, "import_undo"))
    run_import(batch.pk)
    editor.post(step(batch, "import_undo_confirm"))
    run_import(batch.pk)
    assert "Retire 1 column" in editor.get(step(batch)).content.decode()
    editor.post(step(batch, "import_undo_columns"))
    assert register.fields.get(key="shoes").retired
    assert "Retire 1 column" not in editor.get(step(batch)).content.decode()


def test_one_may_think_again(batch, editor):
    editor.post(step(batch, "import_undo"))
    editor.post(step(batch, "import_undo_drop"))
    run_import(batch.pk)
    batch.refresh_from_db()
    assert batch.undo == Import.Undo.NO
    assert Contact.objects.count() == 3
    assert "Undo this import" in editor.get(step(batch)).content.decode()


def test_nothing_is_undone_that_nobody_has_looked_at(batch, editor):
    answer = editor.post(step(batch, "import_undo_confirm"), follow=True)
    assert "Look first at what the undo would do" in answer.content.decode()
    run_import(batch.pk)
    assert Contact.objects.count() == 3


def test_after_a_month_it_is_too_late(batch, editor):
    Import.objects.update(created_at=timezone.now() - dt.timedelta(days=31))
    delete_old_files()
    assert not ImportChange.objects.exists()
    page = editor.get(step(batch)).content.decode()
    assert "too late to undo" in page
    assert "Undo this import" not in page
    answer = editor.post(step(batch, "import_undo"), follow=True)
    assert "It is too late" in answer.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_only_editors_of_the_organisation_and_only_by_a_button(batch, editor, viewer, stranger, name):
    assert editor.get(step(batch, name)).status_code == 405
    assert viewer.post(step(batch, name)).status_code in (302, 403)
    assert stranger.post(step(batch, name)).status_code == 404
    assert stranger.post(reverse(f"registers:{name}", args=[99_999_999])).status_code == 404
    batch.refresh_from_db()
    assert batch.undo == Import.Undo.NO
