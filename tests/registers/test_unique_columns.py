"""A column that is unique: nobody gets what somebody else has, whichever way it comes into the register."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from registers import contacts as writing
from registers.books import add_field, change_field, create_register
from registers.contacts import delete_contacts, save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Contact, UniqueValue
from tests.registers.importing import check, confirm, import_text, outcome, upload, work

pytestmark = pytest.mark.django_db
CARD = "attributes.card"


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="R", fields=[{"label": "Card", "unique": True}, {"label": "Town"}])


def add(register, name, card, **values):
    return save_contact(register=register, values={"first_name": name, "card": card, **values}, source="test")


def kept():
    """{value: first name} as the table of unique values has it."""
    names = dict(Contact.objects.values_list("pk", "first_name"))
    return {key: names[contact] for key, contact in UniqueValue.objects.values_list("value_key", "contact_id")}


def test_a_value_that_somebody_has_is_refused(register):
    add(register, "A", "X1")
    with pytest.raises(ValidationError) as refusal:
        add(register, "B", "x1")
    assert CARD in refusal.value.message_dict
    assert kept() == {"x1": "A"}


def test_the_form_says_so_at_the_column(editor, register):
    add(register, "A", "X1")
    url = reverse("registers:add_contact", args=[register.pk])
    answer = editor.post(url, {"first_name": "B", CARD: "X1"})
    assert "Another contact of this register has this already." in answer.content.decode()
    assert Contact.objects.count() == 1


def test_who_comes_second_in_a_race_is_told(register, monkeypatch):
    """Both have looked before either has written."""
    add(register, "A", "X1")
    looks = [{}]
    look = writing.clashes
    monkeypatch.setattr(writing, "clashes", lambda *args, **more: looks.pop() if looks else look(*args, **more))
    with pytest.raises(ValidationError):
        add(register, "B", "X1")
    assert not looks


def test_no_writer_can_forget_it(register, organisation):
    add(register, "A", "X1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.bulk_create([Contact(register=register, first_name="B", attributes={"card": "X1"})])
    other = create_register(name="Other", fields=[{"label": "Card", "unique": True}])
    add(other, "C", "X1")


def test_a_value_that_is_given_up_is_free(register):
    first = add(register, "A", "X1")
    save_contact(register=register, values={"card": ""}, source="test", contact=first)
    second = add(register, "B", "X1")
    assert kept() == {"x1": "B"}
    delete_contacts(register=register, contacts=[second.pk])
    save_contact(register=register, values={"card": "X1"}, source="test", contact=first)
    assert kept() == {"x1": "A"}


def test_long_values_are_compared_whole(register):
    add(register, "A", "x" * 250)
    add(register, "B", "x" * 249 + "y")
    with pytest.raises(ValidationError):
        add(register, "C", "X" * 250)


CLASHES = """external id;First name;Card;Town
1;New;N1;Kemi
2;Other;N1;Kemi
3;Thief;X1;Kemi
1;New;N1;Oulu
4;Empty;;Kemi
5;Empty too;;Kemi
"""


def test_an_import_leaves_out_what_clashes_and_its_dry_run_says_where(register):
    add(register, "A", "X1")
    batch = check(upload(register, file_of(CLASHES)))
    dry = outcome(batch)
    assert [(number, status) for number, status, _reasons in dry] == [
        (2, "created"), (3, "rejected"), (4, "rejected"), (5, "repeated"), (6, "created"), (7, "created")
    ]  # fmt: skip
    assert dry[1][2] == ["Card: “N1” stands in row 2 already, for somebody else."]
    assert dry[2][2] == ["Card: another contact of the register has “X1” already."]
    assert outcome(confirm(batch)) == dry
    assert kept() == {"x1": "A", "n1": "New"}


def test_what_was_taken_after_the_dry_run_is_left_out_then(register):
    batch = check(upload(register, file_of("external id;First name;Card\n1;New;N1\n")))
    add(register, "Quick", "N1")
    assert [status for _number, status, _reasons in outcome(confirm(batch))] == ["rejected"]
    assert kept() == {"n1": "Quick"}


def test_where_the_register_wins_a_value_that_is_not_written_clashes_with_nobody(register):
    add(register, "A", "X1", external_id="1")
    add(register, "B", "X2", external_id="2")
    import_text(register, "external id;Card;Town\n1;X2;Kemi\n", rule="fill")
    assert Contact.objects.get(external_id="1").attributes == {"card": "X1", "town": "Kemi"}


def test_undo_of_an_import_frees_what_it_wrote_and_leaves_what_was_taken_since(register):
    first = add(register, "A", "X1", external_id="1")
    batch = import_text(register, "external id;First name;Card\n1;A;X9\n2;New;N1\n")
    assert kept() == {"x9": "A", "n1": "New"}
    add(register, "Quick", "X1")
    work(start_undo(batch=batch, user=None))
    batch.refresh_from_db()
    work(confirm_undo(batch=batch, user=None))
    first.refresh_from_db()
    assert first.attributes == {"card": "X9"}
    assert kept() == {"x9": "A", "x1": "Quick"}


def test_merge_and_its_undo_keep_it_true(register):
    one, two = add(register, "A", "X1"), add(register, "B", "X2")
    record = merge(keep=one.pk, contacts=[one.pk, two.pk], choices={CARD: two.pk})
    assert list(kept()) == ["x2"]
    add(register, "Quick", "X1")
    notes = undo_merge(record=record)
    assert kept() == {"x1": "Quick", "x2": "B"}
    assert notes == ["Changed since the merge, and left as it is now: Card."]


def test_merge_then_undo_equals_the_start(register):
    one, two = add(register, "A", "X1"), add(register, "B", "X2")
    record = merge(keep=one.pk, contacts=[one.pk, two.pk], choices={CARD: two.pk})
    undo_merge(record=record)
    assert kept() == {"x1": "A", "x2": "B"}


def test_a_column_with_doubles_cannot_be_made_unique(editor, register):
    for name in "ABC":
        add(register, name, "", town="Kemi")
    field = register.fields.get(key="town")
    with pytest.raises(ValidationError) as refusal:
        change_field(field=field, label="Town", unique=True)
    assert "“Kemi” (3 ×)" in str(refusal.value)
    Contact.objects.filter(first_name__in="BC").update(attributes={})
    change_field(field=field, label="Town", unique=True)
    assert "kemi" in kept()
    change_field(field=field, label="Town", unique=False)
    add(register, "D", "", town="Kemi")


def test_only_some_types_can_be_unique(register):
    assert add_field(register=register, label="Yes", type="yes_no", unique=True).unique is False


def file_of(text):
    from io import BytesIO

    return BytesIO(text.encode())
