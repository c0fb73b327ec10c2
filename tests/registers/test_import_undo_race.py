"""Something happens with a contact in the moment between the look at it and its deletion: it is kept."""

import threading

import pytest
from django.db import connection

from organisations import scope
from registers.imports import retracting
from registers.models import Contact, Import, Note
from tests.registers.importing import import_text
from tests.registers.test_import_undo import undo

pytestmark = pytest.mark.django_db(transaction=True)


def in_another_connection(act):
    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.parametrize("somebody_writes", [True, False])
def test_who_is_written_about_meanwhile_is_kept(register, settings, tmp_path, monkeypatch, somebody_writes):
    settings.PRIVATE_DIR = tmp_path
    batch = import_text(register, "email\na@example.fi\nb@example.fi\n")
    contact = Contact.objects.get(email="a@example.fi")
    delete, times = retracting.delete_contacts, []

    def write():
        with scope.organisation(register.organisation_id):
            Note.objects.create(contact_id=contact.pk, text="Called.")

    def deleting(ids):
        times.append(len(ids))
        if somebody_writes and len(times) == 1:
            in_another_connection(write)
        delete(ids)

    monkeypatch.setattr(retracting, "delete_contacts", deleting)
    batch = undo(batch)
    assert batch.undo == Import.Undo.DONE
    kept = ["a@example.fi"] if somebody_writes else []
    assert list(Contact.objects.values_list("email", flat=True)) == kept
    assert times == ([2, 1] if somebody_writes else [2])
    assert Note.objects.count() == len(kept)
