"""Which value stays: the register's, the file's or the newer one, for all columns or for each."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from registers.books import create_register
from registers.contacts import save_contact
from registers.models import Activity, Contact
from tests.registers.importing import check, confirm, import_text, outcome, upload

TODAY = timezone.localdate()
FILE = "email;city;first name;diet\na@example.fi;Oulu;Aino;vegan\n"


@pytest.fixture
def people(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="People", fields=[{"label": "Diet"}])


@pytest.fixture
def aino(people):
    contact = save_contact(
        register=people, values={"email": "a@example.fi", "city": "Kemi", "diet": "none"}, source="t"
    )
    Activity.objects.filter(contact=contact).update(at=timezone.now() - dt.timedelta(days=90))
    return contact


def test_no_is_an_answer(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    fields = [{"label": "Letters", "type": "yes_no", "default": "yes"}, {"label": "Paid", "type": "yes_no"}]
    people = create_register(name="Asked", fields=fields)
    text = "email;letters;paid;deceased\na@example.fi;no;ei;no\n"
    import_text(people, text)
    contact = Contact.objects.get()
    assert contact.attributes == {"letters": False, "paid": False}
    batch = import_text(people, text)
    assert batch.count_rows()["unchanged"] == 1
    import_text(people, "email;letters;paid\na@example.fi;yes;yes\n", rule="fill")
    contact.refresh_from_db()
    assert contact.attributes == {"letters": False, "paid": False}


def days_ago(days):
    return (TODAY - dt.timedelta(days=days)).isoformat()


def edit(contact, days, **values):
    save_contact(register=contact.register, values=values, source="t", contact=contact)
    newest = Activity.objects.filter(contact=contact, kind="edited").order_by("-pk").first()
    Activity.objects.filter(pk=newest.pk).update(at=timezone.now() - dt.timedelta(days=days))


def values():
    contact = Contact.objects.get()
    return contact.city, contact.first_name, contact.attributes.get("diet")


def test_what_people_wrote_after_the_day_of_the_list_stays(people, aino):
    edit(aino, 3, city="Rovaniemi")
    import_text(people, FILE, rule="newer", as_of=days_ago(10))
    assert values() == ("Rovaniemi", "Aino", "vegan")


def test_what_they_wrote_before_it_or_on_it_is_written_over(people, aino):
    edit(aino, 3, city="Rovaniemi")
    import_text(people, FILE, rule="newer", as_of=days_ago(2))
    assert values() == ("Oulu", "Aino", "vegan")


def test_what_they_emptied_stays_empty(people, aino):
    edit(aino, 1, city="")
    import_text(people, FILE, rule="newer", as_of=days_ago(5))
    assert values()[0] == ""


def test_a_contact_added_by_hand_since_is_newer_in_what_was_written(people):
    save_contact(register=people, values={"email": "a@example.fi", "city": "Kemi"}, source="t")
    import_text(people, FILE, rule="newer", as_of=days_ago(5))
    assert values() == ("Kemi", "Aino", "vegan")


def test_another_import_is_no_hand(people):
    import_text(people, FILE.replace("Oulu", "Turku"))
    import_text(people, FILE, rule="newer", as_of=days_ago(5))
    assert values()[0] == "Oulu"


def test_a_column_may_have_a_rule_of_its_own(people, aino):
    edit(aino, 3, diet="meat")
    rules = ["", "fill", "", "newer"]
    batch = check(upload(people, io.BytesIO(FILE.encode())), rules=rules, as_of=days_ago(10))
    promised = outcome(batch)
    assert outcome(confirm(batch)) == promised
    assert values() == ("Kemi", "Aino", "meat")


def test_the_day_is_today_unless_said_and_never_to_come(people):
    batch = check(upload(people, io.BytesIO(FILE.encode())), rule="newer")
    assert batch.as_of == TODAY
    assert check(upload(people, io.BytesIO(FILE.encode())), as_of=days_ago(2)).as_of is None
    for day in (days_ago(-1), "the other day"):
        with pytest.raises(ValidationError, match="list"):
            check(upload(people, io.BytesIO(FILE.encode())), rule="newer", as_of=day)


def test_the_page_takes_them(people, aino, editor):
    batch = upload(people, io.BytesIO(FILE.encode()))
    step = reverse("registers:import_step", args=[batch.pk])
    form = {
        "target": [entry["target"] for entry in batch.mapping],
        "type": [entry["type"] for entry in batch.mapping],
        "match_by": "email",
        "rule": "newer",
        "mistakes": "reject",
        "as_of": days_ago(4),
    }
    page = editor.post(step, {**form, "column_rule": ["", "destroy", "", ""]})
    assert page.status_code == 422
    assert f'value="{days_ago(4)}"' in page.content.decode()
    editor.post(step, {**form, "column_rule": ["", "fill", "", "newer"]})
    batch.refresh_from_db()
    assert batch.as_of.isoformat() == days_ago(4)
    assert [entry["rule"] for entry in batch.mapping] == ["", "fill", "", ""]
