"""Contacts are written through one function, found by any part of a name or number, and never cross the wall."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from organisations import scope
from registers import activity
from registers.contacts import save_contact
from registers.memberships import add_to_group, remove_from_group
from registers.models import Activity, Contact, Group, GroupMembership, Register


def save(register, **values):
    return save_contact(register=register, values=values, source="test")


def test_it_keeps_one_spelling_of_each_value(register):
    contact = save(
        register, first_name="  Åsa\u200b ", email="Asa@EXAMPLE.fi", phone="040-2679195", birth_date="18.12.1986",
        gender="Nainen", interests="lapset, Ruoka & Viini", turnover="36 775,18", volunteer="kyllä",
    )  # fmt: skip
    contact.refresh_from_db()
    assert (contact.first_name, contact.email, contact.email_key) == ("Åsa", "Asa@EXAMPLE.fi", "asa@example.fi")
    assert contact.phone == "+358402679195"
    assert contact.birth_date.isoformat() == "1986-12-18"
    assert contact.attributes == {
        "gender": "nainen", "interests": ["lapset", "ruoka-viini"], "turnover": 36775.18, "volunteer": True,
    }  # fmt: skip


def test_no_and_nought_are_answers(register):
    contact = save(register, first_name="Åsa", turnover="0", volunteer="no")
    assert contact.attributes == {"turnover": 0, "volunteer": False}
    later = save_contact(register=register, values={"deceased": "no", "city": ""}, source="test", contact=contact)
    assert Activity.objects.filter(contact=later).count() == 1


def test_the_same_address_is_the_same_person_and_nothing_is_erased(register):
    first = save(register, first_name="Aino", email="aino@example.fi", gender="nainen")
    again = save(register, first_name="", last_name="Niemi", email="AINO@example.fi")
    assert again.pk == first.pk
    again.refresh_from_db()
    assert (again.first_name, again.last_name, again.attributes) == ("Aino", "Niemi", {"gender": "nainen"})
    assert list(Activity.objects.filter(contact=first).values_list("kind", flat=True)) == ["edited", "added"]


def test_another_member_with_the_same_address_stays_another(register):
    first = save(register, external_id="1", email="koti@example.fi")
    second = save(register, external_id="2", email="koti@example.fi")
    assert first.pk != second.pk


def test_each_mistake_is_told_by_column(register):
    with pytest.raises(ValidationError) as caught:
        save(register, email="x at y", phone="09 123", gender="muu", nonsense="1")
    assert set(caught.value.message_dict) == {"email", "phone", "attributes.gender", "attributes.nonsense"}
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vir", 1),
        ("VIRTANEN aino", 1),
        ("0402679", 1),
        ("3584026", 1),
        ("aino@", 1),
        ("M-7", 1),
        ("nobody", 0),
        ("%", 0),
        ("vir\x00", 1),
    ],
)
def test_search_finds_any_part(register, text, found):
    save(
        register,
        first_name="Aino",
        last_name="Virtanen",
        email="aino@example.fi",
        phone="0402679195",
        external_id="M-7",
    )
    assert Contact.objects.search(text).count() == found


def test_names_are_ordered_as_in_a_finnish_phone_book(register):
    for name in ("Öberg", "Zeta", "Äijö", "Åberg", "ahola", "Ämmä", "Émil", "Eno"):
        save(register, last_name=name)
    names = list(Contact.objects.values_list("last_name", flat=True))
    assert names == ["ahola", "Émil", "Eno", "Zeta", "Åberg", "Äijö", "Ämmä", "Öberg"]


def test_a_contact_cannot_point_across_the_wall(register, other_organisation):
    with scope.organisation(other_organisation.pk):
        contact = Contact(register_id=register.pk, organisation_id=other_organisation.pk)
        contact.save()
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        contact.delete()


def test_a_stranger_sees_nothing(register, other_organisation):
    save(register, first_name="Aino")
    with scope.organisation(other_organisation.pk):
        assert not Contact.objects.exists()
        assert not Register.objects.exists()


def test_an_external_id_belongs_to_one(register):
    save(register, external_id="7")
    second = save(register, external_id="8")
    with pytest.raises(ValidationError, match="external id"):
        save_contact(register=register, values={"external_id": "7"}, source="test", contact=second)


def test_groups_contain_the_groups_below_them(register):
    top = Group.objects.create(register=register, name="Board")
    below = Group.objects.create(register=register, name="Chair", parent=top)
    contact = save(register, first_name="Aino")
    assert add_to_group(group=below, contacts=[contact.pk]) == 1
    assert add_to_group(group=below, contacts=[contact.pk]) == 0
    assert list(Contact.objects.in_group(top)) == [contact]
    assert remove_from_group(group=below, contacts=[contact.pk]) == 1
    assert not GroupMembership.objects.exists()


def test_the_same_receipt_is_one_activity(register):
    contact = save(register, first_name="Aino")
    assert activity.record(contact=contact, kind="opened", key="receipt-1")
    assert not activity.record(contact=contact, kind="opened", key="receipt-1")
    assert activity.record(contact=contact, kind="opened")
