"""Whatever stood in the register, the file and the edits since: undo restores the rest, to the byte."""

import io
import random

import pytest

from registers.books import create_register
from registers.columns import columns_by_key
from registers.contacts import save_contact
from registers.models import Contact
from tests.registers.importing import check, confirm, upload
from tests.registers.test_import_undo import undo

VALUES = {
    "first_name": ["", "Aino", "Åke", "O'Neil", "x" * 90],
    "city": ["", "Kemi", "Oulu", " Turku ", "北京"],
    "birth_date": ["", "1.2.1980", "1999-12-31"],
    "deceased": ["", "yes", "no"],
    "diet": ["", "vegan", "“none”", "0"],
    "points": ["", "0", "1", "1,5", "-3", "1e3"],
    "volunteer": ["", "yes", "no"],
    "likes": ["", "music", "music|food", "travel"],
}
HEADERS = ["first_name", "city", "birth_date", "kuollut", "diet", "points", "volunteer", "likes"]
FIELDS = [
    {"label": "diet"},
    {"label": "points", "type": "number"},
    {"label": "volunteer", "type": "yes_no"},
    {"label": "likes", "type": "multiple_choice", "options": ["music", "food", "travel"]},
]


def raw(contact):
    """What is stored, column by column."""
    names = ("first_name", "city", "birth_date", "deceased", "source", "phone", "language")
    return {name: getattr(contact, name) for name in names} | {f"@{k}": v for k, v in contact.attributes.items()}


def people():
    return {contact.email: raw(contact) for contact in Contact.objects.all()}


@pytest.mark.parametrize("seed", range(25))
def test_undo_restores_what_nobody_has_touched_since(organisation, settings, tmp_path, seed):
    settings.PRIVATE_DIR = tmp_path
    chance = random.Random(seed)
    register = create_register(name="R", fields=FIELDS)

    def some():
        return {key: chance.choice(values) for key, values in VALUES.items() if chance.random() < 0.7}

    for n in range(12):
        save_contact(register=register, values={"email": f"p{n}@example.fi", **some()}, source="t")
    before = people()
    lines = [";".join(["email", *HEADERS])]
    for _row in range(24):
        row = some()
        lines.append(";".join([f"p{chance.randint(0, 20)}@example.fi", *(row.get(key, "") for key in VALUES)]))
    file = io.BytesIO("\n".join(lines).encode())
    batch = check(upload(register, file), match_by="email", rule=chance.choice(["overwrite", "fill"]))
    batch = confirm(batch)
    imported = people()
    columns = columns_by_key(register)
    for contact in Contact.objects.all():
        if chance.random() < 0.4:
            key = chance.choice(list(VALUES))
            column = columns.get(key) or columns[f"attributes.{key}"]
            column.write(contact, column.parse(chance.choice(VALUES[key])))
            contact.save()
    edited = people()
    undo(batch)
    expected = {}
    for email, now in edited.items():
        if email in before:
            keys = set(before[email]) | set(imported[email]) | set(now)
            mixed = {
                # What the import has changed and nobody since goes back; everything else stays as it is.
                key: before[email].get(key, "gone")
                if now.get(key, "gone") == imported[email].get(key, "gone")
                else now.get(key, "gone")
                for key in keys
            }
            expected[email] = {key: value for key, value in mixed.items() if value != "gone"}
        elif now != imported[email]:
            expected[email] = now
    assert repr(sorted((k, sorted(v.items())) for k, v in people().items())) == repr(
        sorted((k, sorted(v.items())) for k, v in expected.items())
    )
