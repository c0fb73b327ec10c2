"""A change of a column's type is no change of what people said: what came before it can still be taken back."""

from io import BytesIO

import pytest

from registers.books import create_register
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Contact, Field
from registers.retyping.changing import change_type, run_type_change
from tests.registers.importing import check, confirm, upload, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="R", fields=[{"label": "Joined"}])


@pytest.fixture
def add(register):
    def add(number, **values):
        return save_contact(register=register, values={"external_id": number} | values, source="test")

    return add


def change(register, kind):
    field = Field.objects.get(register=register, key="joined")
    run_type_change(change_type(field=field, type=kind, user=None).pk)


def undo(batch):
    return work(confirm_undo(batch=work(start_undo(batch=batch, user=None)), user=None))


def own():
    return dict(Contact.objects.order_by("pk").values_list("external_id", "attributes"))


def test_what_an_import_added_is_still_its_own(register, add):
    batch = confirm(check(upload(register, BytesIO(b"external id;Joined\n1;1.2.2020\n2;soon\n3;\n4;3.4.2021\n"))))
    change(register, "date")
    four = Contact.objects.get(external_id="4")
    save_contact(register=register, contact=four, values={"joined": "5.6.2022"}, source="test")
    undo(batch)
    assert own() == {"4": {"joined": "2022-06-05", "joined_before": "3.4.2021"}}


def test_what_an_import_wrote_over_comes_back_as_the_column_has_it_now(register, add):
    for number, joined in (("1", "1.1.2019"), ("2", "soon"), ("3", "2.1.2019"), ("4", "")):
        add(number, joined=joined)
    lines = b"external id;Joined\n1;1.2.2020\n2;2.2.2020\n3;later\n4;3.2.2020\n"
    batch = confirm(check(upload(register, BytesIO(lines))))
    change(register, "date")
    undo(batch)
    assert own() == {
        "1": {"joined": "2019-01-01", "joined_before": "1.1.2019"},
        "2": {"joined_before": "soon"},
        "3": {"joined_before": "2.1.2019"},
        "4": {},
    }


@pytest.mark.parametrize("wanted", ["date", "multiple_choice", "yes_no"])
def test_a_merge_taken_back_leaves_nothing_of_the_former_type(register, add, wanted):
    kept, other = add("1", joined="1.2.2020"), add("2", joined="3.4.2021")
    record = merge(keep=kept.pk, contacts=[kept.pk, other.pk])
    change(register, wanted)
    assert undo_merge(record=record) == []
    choices = [None, ["3-point-4-point-2021"]]
    new = {"date": ["2020-02-01", "2021-04-03"], "multiple_choice": choices, "yes_no": [None] * 2}
    found = [(values.get("joined"), values.get("joined_before")) for values in own().values()]
    assert found == list(zip(new[wanted], ["1.2.2020", "3.4.2021"], strict=True))
