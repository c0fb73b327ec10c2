"""The name in another script: a column like the others, found by the search, guessed in imports."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.contacts import save_contact
from registers.models import Contact
from tests.registers.importing import import_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="R", fields=[{"label": "Numbers", "type": "phones"}])


def found(register, text):
    return [contact.first_name for contact in Contact.objects.filter(register=register).search(text)]


def test_people_are_found_by_either_spelling(editor, register):
    url = reverse("registers:add_contact", args=[register.pk])
    data = {"first_name": "Aino", "last_name": "Virtanen", "alternative_name": "Айно Виртанен"}
    assert editor.post(url, data).status_code == 302
    save_contact(register=register, values={"first_name": "Bo"}, source="test")
    assert found(register, "виртанен") == found(register, "virta") == ["Aino"]
    contact = Contact.objects.get(first_name="Aino")
    assert "Айно Виртанен" in editor.get(reverse("registers:contact", args=[contact.pk])).content.decode()


def test_people_are_found_by_their_other_numbers(register):
    values = {"first_name": "Aino", "numbers": "040 1234567, 050 7654321"}
    save_contact(register=register, values=values, source="test")
    assert found(register, "0507654321") == found(register, "+358401234567") == ["Aino"]


@pytest.mark.parametrize(
    "header", ["Имя кириллицей", "Nimi kyrillisin kirjaimin", "Alternative spelling", "Cyrillic name"]
)
def test_an_import_knows_the_column(register, header):
    import_text(register, f"First name;{header}\nAino;Айно\n")
    assert Contact.objects.get().alternative_name == "Айно"
    assert found(register, "айно") == ["Aino"]
