"""Important contacts, and their round birthdays."""

import datetime as dt

import pytest
from django.urls import reverse

from mailer.models import EmailMessage
from mailer.outbox.sending import send_singles
from mailer.transports.memory import MemoryTransport
from registers.absences import today
from registers.birthdays import birthday_in, coming, people_to_tell, remind_of_birthdays
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.models import BirthdayPlan, Contact, Segment, Star
from registers.stars import remove_star, set_star
from tests.registers.addresses import url


def born(age, days=5):
    """The date of birth of somebody who turns so old in so many days."""
    on = today() + dt.timedelta(days=days)
    return birthday_in(on.year - age, on) if (on.month, on.day) != (2, 29) else dt.date(on.year - age, 2, 28)


@pytest.fixture
def aino(register):
    values = {"first_name": "Aino", "last_name": "Ek", "birth_date": born(60)}
    return save_contact(register=register, values=values, source="test")


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo", "birth_date": born(50, 9)}, source="test")


def ages():
    return [(birthday.contact.first_name, birthday.age) for birthday in coming()]


def letters():
    return sorted(EmailMessage.objects.filter(kind="birthday").values_list("address", flat=True))


def test_only_round_ones_of_important_contacts_who_live(aino, bo, register):
    odd = save_contact(register=register, values={"first_name": "Odd", "birth_date": born(61)}, source="test")
    young = save_contact(register=register, values={"first_name": "Young", "birth_date": born(40)}, source="test")
    late = save_contact(register=register, values={"first_name": "Late", "birth_date": born(60, 20)}, source="test")
    unknown = save_contact(register=register, values={"first_name": "Unknown"}, source="test")
    for contact in (bo, odd, young, late, unknown):
        set_star(contact=contact, responsible=None)
    assert ages() == [("Bo", 50)]
    set_star(contact=aino, responsible=None)
    assert ages() == [("Aino", 60), ("Bo", 50)]
    save_contact(register=register, contact=bo, values={"deceased": True}, source="test")
    assert ages() == [("Aino", 60)]
    remove_star(contact=aino)
    assert ages() == []


def test_the_ages_and_days_are_the_organisations_choice(aino, bo, organisation):
    for contact in (aino, bo):
        set_star(contact=contact, responsible=None)
    chosen = BirthdayPlan.objects.create(first_age=60, every=5, days_ahead=5)
    assert ages() == [("Aino", 60)]
    chosen.days_ahead = 4
    chosen.save()
    assert ages() == []


@pytest.mark.parametrize(("year", "day"), [(2026, 28), (2028, 29), (2100, 28)])
def test_the_twenty_ninth_of_february(year, day):
    assert birthday_in(year, dt.date(1976, 2, 29)) == dt.date(year, 2, day)


def test_whoever_is_responsible_gets_one_letter(aino, editor, owner, settings):
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    set_star(contact=aino, responsible=editor.user)
    remind_of_birthdays()
    remind_of_birthdays()
    assert letters() == ["editor@example.fi"]
    send_singles(aino.organisation_id)
    (sent,) = MemoryTransport.outbox
    assert b"Aino Ek turns 60 on" in sent.content
    assert url("contact", aino).encode() in sent.content.replace(b"=\n", b"").replace(b"=\r\n", b"")


def test_where_nobody_is_responsible_the_owners_are_told(aino, editor, owner):
    set_star(contact=aino, responsible=editor.user)
    editor.user.memberships.all().delete()
    (birthday,) = coming()
    assert people_to_tell(birthday) == [owner.user]
    remind_of_birthdays()
    assert letters() == ["owner@example.fi"]


def test_no_letter_where_none_is_wanted(aino, owner):
    set_star(contact=aino, responsible=owner.user)
    BirthdayPlan.objects.create(by_email=False)
    remind_of_birthdays()
    assert letters() == []


def test_a_letter_does_not_outlive_the_person_it_names(aino, bo, owner, register):
    twin = save_contact(register=register, values={"first_name": "Twin", "birth_date": born(60)}, source="test")
    for contact in (aino, bo, twin):
        set_star(contact=contact, responsible=owner.user)
    remind_of_birthdays()
    merge(keep=aino.pk, contacts=[aino.pk, twin.pk])
    Contact.objects.filter(pk=aino.pk).delete()
    gone = EmailMessage.objects.filter(kind="birthday").exclude(unique_key__contains=f":{bo.pk}:")
    other = EmailMessage.objects.get(unique_key__contains=f":{bo.pk}:")
    assert [(row.letter, row.state, row.suppressed_by) for row in gone] == [({}, "suppressed", "erased")] * 2
    assert "Bo" in other.letter["subject"]
    assert other.state == "queued"


def test_a_click_makes_important_and_another_takes_it_back(aino, editor, owner):
    page = editor.post(url("star", aino), {"mine": 1}, follow=True).content.decode()
    assert Star.objects.get().responsible == editor.user
    assert "No longer important" in page
    listed = editor.get(url("contacts", aino.register), {"has": "important"}).content.decode()
    assert "Important contact" in listed
    editor.post(url("star", aino), {"responsible": owner.user.pk})
    assert Star.objects.get().responsible == owner.user
    editor.post(url("remove_star", aino))
    assert not Star.objects.exists()


def test_nobody_from_elsewhere_can_be_responsible(aino, editor, stranger):
    assert editor.post(url("star", aino), {"responsible": stranger.user.pk}).status_code == 422
    assert not Star.objects.exists()


def test_the_screen_of_birthdays_and_the_first_page(aino, editor, viewer):
    assert b"None. Mark contacts" in editor.get(url("birthdays")).content
    set_star(contact=aino, responsible=editor.user)
    assert "Aino Ek" in viewer.get(url("birthdays")).content.decode()
    assert "Aino Ek" in viewer.get(reverse("wagtailadmin_home")).content.decode()
    values = {"first_age": 18, "every": 1, "days_ahead": 30, "by_email": "on"}
    assert viewer.post(url("birthdays"), values).status_code in (302, 403)
    assert not BirthdayPlan.objects.exists()
    assert editor.post(url("birthdays"), {**values, "every": 0}).status_code == 422
    editor.post(url("birthdays"), values)
    editor.post(url("birthdays"), {**values, "every": 2})
    assert BirthdayPlan.objects.get().every == 2


def test_a_stranger_sees_no_birthday(aino, editor, stranger):
    set_star(contact=aino, responsible=editor.user)
    for page in (url("birthdays"), reverse("wagtailadmin_home")):
        assert "Aino Ek" not in stranger.get(page).content.decode()


def test_a_segment_asks_for_it(aino, bo, register):
    set_star(contact=aino, responsible=None)
    rule = {"match": "all", "conditions": [{"column": "about:important", "op": "no"}]}
    assert list(Segment(register=register, rule=rule).contacts()) == [bo]


@pytest.mark.parametrize("both", [False, True])
def test_it_follows_a_merge_and_comes_back(aino, bo, owner, both):
    set_star(contact=bo, responsible=owner.user)
    if both:
        set_star(contact=aino, responsible=None)
    before = list(Star.objects.order_by("pk").values())
    record = merge(keep=aino.pk, contacts=[aino.pk, bo.pk])
    assert Star.objects.get().contact_id == aino.pk
    undo_merge(record=record)
    assert list(Star.objects.order_by("pk").values()) == before
