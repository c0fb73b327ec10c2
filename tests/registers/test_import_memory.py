"""The next file with the same headers comes mapped as the last one was."""

from io import BytesIO

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.models import Import, RememberedMapping
from tests.registers.importing import check, confirm, upload


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path


FILE = b"Mail;Given;Town;Shoe;Junk\na@example.fi;Aino;Kemi;38;x\n"


def targets(batch):
    return {entry["header"]: entry["target"] for entry in batch.mapping}


def bring(register, editor, content=FILE, **changes):
    batch = check(upload(register, BytesIO(content), user=editor.user), **changes)
    return confirm(batch)


def page(client, batch):
    return " ".join(client.get(reverse("registers:import_step", args=[batch.pk])).content.decode().split())


def remembered(register, editor):
    chosen = ["email", "first_name", "city", "new", ""]
    types = ["email", "text", "text", "number", "text"]
    return bring(register, editor, targets=chosen, types=types, match_by="email", rule="fill", mistakes="skip")


def test_the_same_headers_in_another_order_are_mapped_as_before(register, editor, viewer):
    first = upload(register, BytesIO(FILE))
    assert targets(first)["Given"] == "new"
    assert "Guess anew" not in page(editor, first)
    remembered(register, editor)
    batch = upload(register, BytesIO(b"Junk;Shoe;TOWN;Given;Mail\n1;39;Oulu;Bo;b@example.fi\n"), user=viewer.user)
    assert targets(batch) == {
        "Junk": "", "Shoe": "attributes.shoe", "TOWN": "city", "Given": "first_name", "Mail": "email",
    }  # fmt: skip
    assert (batch.match_by, batch.rule, batch.mistakes) == ("email", "fill", "skip")
    assert f"by {editor.user}" in page(editor, batch)
    assert "the same columns" in page(editor, batch)


def test_guessing_anew_forgets_it_for_this_file(register, editor):
    remembered(register, editor)
    batch = upload(register, BytesIO(FILE))
    editor.post(reverse("registers:import_step", args=[batch.pk]), {"anew": "1"})
    batch.refresh_from_db()
    assert targets(batch)["Given"] == "new"
    assert batch.recalled_from is None
    assert "Guess anew" not in page(editor, batch)
    assert upload(register, BytesIO(FILE)).recalled_from is not None


def test_nearly_the_same_headers_are_mapped_as_far_as_they_go(register, editor):
    remembered(register, editor)
    batch = upload(register, BytesIO(b"Mail;Given;Town;Shoe;Surname\na@example.fi;Aino;Kemi;38;Virtanen\n"))
    assert targets(batch)["Given"] == "first_name"
    assert targets(batch)["Surname"] == "last_name"
    assert "nearly the same columns" in page(editor, batch)
    other = upload(register, BytesIO(b"Mail;Given;A;B\na@example.fi;Aino;Kemi;38\n"))
    assert other.recalled_from is None


def test_no_column_is_given_twice(register, editor):
    bring(register, editor, b"Mail;Given;X;Y\na@example.fi;Aino;1;2\n", targets=["email", "city", "", ""])
    batch = upload(register, BytesIO(b"Mail;Given;X;Y;City\na@example.fi;Aino;1;2;Kemi\n"))
    assert targets(batch) == {"Mail": "email", "Given": "city", "X": "", "Y": "", "City": "new"}


def test_columns_whose_names_differ_in_a_sign_are_told_apart(register, editor):
    bring(register, editor, b"Mail;Fee;Fee %\na@example.fi;12;5\n")
    again = {"Mail": "email", "Fee": "attributes.fee", "Fee %": "attributes.fee_2"}
    assert targets(upload(register, BytesIO(b"Mail;Fee %;Fee\na@example.fi;12;5\n"))) == again
    other = targets(upload(register, BytesIO(b"Fee;Fee %;A;B;Mail;C\n1;2;3;4;a@example.fi;6\n")))
    assert (other["Fee"], other["Fee %"]) == ("attributes.fee", "attributes.fee_2")


def test_a_column_that_is_gone_is_guessed(register, editor):
    remembered(register, editor)
    register.fields.filter(key="shoe").update(retired=True)
    assert targets(upload(register, BytesIO(FILE)))["Shoe"] == "new"


def test_only_what_was_confirmed_is_remembered_and_once(register, editor):
    check(upload(register, BytesIO(FILE)))
    assert not RememberedMapping.objects.exists()
    remembered(register, editor)
    bring(register, editor)
    assert RememberedMapping.objects.get().rule == "overwrite"


def test_a_file_without_headers_is_not_remembered(register, editor):
    bring(register, editor, b"aino@example.fi;Aino\n")
    assert not RememberedMapping.objects.exists()
    assert upload(register, BytesIO(b"Oulu;bo@example.fi\n")).recalled_from is None


def test_it_stays_within_its_register_and_after_the_files_are_deleted(register, editor):
    from registers.imports.uploading import empty_import

    for batch in [remembered(register, editor)]:
        empty_import(batch)
    assert targets(upload(register, BytesIO(FILE)))["Given"] == "first_name"
    assert upload(create_register(name="Others"), BytesIO(FILE)).recalled_from is None
    Import.objects.all().delete()
    assert RememberedMapping.objects.exists()
