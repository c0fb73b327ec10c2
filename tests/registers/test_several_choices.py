"""Several of several choices, where some of them are called alike: what is ticked, and no other, is what is kept."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.models import Contact
from tests.registers.importing import import_text

LABELS = ["A", "B", "AB", "1", "2", "1-2", "🟣", "blue, dark", "dark", "blue"]


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="Donors", fields=[{"label": "Kinds", "type": "multiple_choice", "options": LABELS}])


@pytest.fixture
def codes(register):
    return {option.label: option.code for option in register.fields.get().option_list}


@pytest.mark.parametrize(
    "ticked", [["A", "B"], ["1", "2"], ["A", "🟣"], ["🟣"], ["A", "B", "AB"], ["dark", "blue, dark"]]
)
def test_the_form_keeps_what_is_ticked(editor, register, codes, ticked):
    address = reverse("registers:add_contact", args=[register.pk])
    kinds = [codes[label] for label in ticked]
    assert editor.post(address, {"first_name": "Aino", "attributes.kinds": kinds}).status_code == 302
    assert sorted(Contact.objects.get().attributes["kinds"]) == sorted(kinds)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("A, B", ["A", "B"]),
        ("1|2", ["1", "2"]),
        ("A, 🟣", ["A", "🟣"]),
        ("ab", ["AB"]),
        ("blue, dark", ["blue, dark"]),
        ("blue dark, 🟣", ["blue, dark", "🟣"]),
        ("Blue,  Dark; A", ["blue, dark", "A"]),
    ],
)
def test_a_cell_of_a_file_means_the_choices_that_stand_in_it(register, codes, cell, meant):
    import_text(register, f"name\tKinds\nAino\t{cell}")
    assert sorted(Contact.objects.get().attributes["kinds"]) == sorted(codes[label] for label in meant)
