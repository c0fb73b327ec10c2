"""What a colleague has saved since somebody opened the same form is not written over before they are told."""

import datetime as dt

import pytest
from django.utils import timezone

from registers.appointments import make_appointment
from registers.automations.keeping import save_automation
from registers.contacts import save_contact
from registers.couples import make_couple
from registers.followups import make_follow_up
from registers.models import Company, Group, Purpose
from registers.notes import add_note
from tests.forms import opened
from tests.registers.addresses import url


def a_group(register, aino, user):
    return "edit_group", Group.objects.create(register=register, name="Altos"), "name"


def a_note(register, aino, user):
    return "edit_note", add_note(contact=aino, text="Sings alto", kind="phone", author=user), "text"


def an_appointment(register, aino, user):
    row = make_appointment(contact=aino, title="Audition", starts_at=timezone.now(), user=user)
    return "edit_appointment", row, "title"


def a_follow_up(register, aino, user):
    day = timezone.localdate() + dt.timedelta(days=3)
    row = make_follow_up(contact=aino, text="Ring again", due_on=day, responsible=user, user=user)
    return "edit_follow_up", row, "text"


def a_purpose(register, aino, user):
    return "purpose", Purpose.objects.create(name="Newsletter"), "name"


def a_company(register, aino, user):
    return "edit_company", Company.objects.create(name="Kirjakauppa Oy"), "name"


def an_automation(register, aino, user):
    group, other = (Group.objects.create(register=register, name=name) for name in ("Altos", "All"))
    values = {"group": other}
    return "edit_automation", save_automation(group=group, on="joined", act="add_to_group", values=values), "name"


def a_couple(register, aino, user):
    make_couple(first=aino, second=save_contact(register=register, values={"first_name": "Bo"}, source="test"))
    return "contact_couple", aino, "greeting"


MAKERS = [a_group, a_note, an_appointment, a_follow_up, a_purpose, a_company, an_automation, a_couple]


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_said_and_then_written(register, aino, editor, make):
    name, row, field = make(register, aino, editor.user)
    address = url(name, row)
    mine = opened(editor, address)
    assert editor.post(address, mine | {field: "Theirs"}).status_code == 302
    answer = editor.post(address, mine | {field: "Mine"})
    assert answer.status_code == 422
    assert "Somebody has changed this since you opened it, and nothing is saved yet." in answer.text
    assert opened(editor, address)[field] == "Theirs"
    again = mine | {field: "Mine", "seen": answer.context["form"]["seen"].value()}
    assert editor.post(address, again).status_code == 302
    assert opened(editor, address)[field] == "Mine"
