"""People known by several keys: each finds whom the ones before did not, and where they disagree the row says so."""

import io
import random

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.contacts import save_contact
from registers.imports import running
from registers.imports.uploading import confirm_import
from registers.models import Contact, Import
from tests.registers.importing import check, confirm, outcome, upload, work
from tests.registers.test_import_undo import state, undo


@pytest.fixture
def people(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="People", fields=[{"label": "Diet"}])


def add(register, **values):
    return save_contact(register=register, values=values, source="t", match_email=False)


def run(register, keys, *lines, **choices):
    """Dry run and real run, which must say the same; the rows as (status, reason)."""
    batch = check(upload(register, io.BytesIO("\n".join(lines).encode())), match_by=keys, **choices)
    assert batch.state == Import.State.READY
    promised = outcome(batch)
    batch = confirm(batch)
    assert outcome(batch) == promised
    return [(status, " ".join(reasons)) for _number, status, reasons in promised]


def test_each_key_finds_whom_the_ones_before_did_not(people):
    one = add(people, external_id="1", email="a@example.fi")
    two = add(people, email="b@example.fi")
    three = add(people, first_name="Äijä", last_name="Öhman", birth_date="1.2.1980")
    lines = (
        "member no;email;first name;last name;birth date;city",
        "1;new@example.fi;;;;Kemi",
        "2;b@example.fi;;;;Oulu",
        "3;;äijä;ÖHMAN;1980-02-01;Turku",
        "4;d@example.fi;Äijä;Öhman;1981-02-01;Vaasa",
    )
    rows = run(people, "external_id,email,name_birth", *lines)
    assert [status for status, _why in rows] == ["updated", "updated", "updated", "created"]
    for contact, expected in ((one, ("Kemi", "1")), (two, ("Oulu", "2")), (three, ("Turku", "3"))):
        contact.refresh_from_db()
        assert (contact.city, contact.external_id) == expected


def test_two_keys_that_mean_two_contacts_leave_the_row_out(people):
    add(people, external_id="1", email="a@example.fi")
    add(people, external_id="2", email="b@example.fi")
    add(people, phone="+358401234567")
    lines = ("id;email;phone;city", "1;b@example.fi;;Kemi", "1;;040 1234567;Kemi", "2;b@example.fi;;Oulu")
    rows = run(people, "external_id,email,phone", *lines)
    assert [status for status, _why in rows] == ["rejected", "rejected", "updated"]
    assert rows[0][1] == "The external id belongs to one contact, the e-mail address to another."
    assert rows[1][1] == "The external id belongs to one contact, the phone number to another."


def test_a_name_and_birthday_of_two_contacts_say_nothing(people):
    for _twice in range(2):
        add(people, first_name="Aino", last_name="Virtanen", birth_date="1.2.1980")
    known = add(people, first_name="Aino", last_name="Virtanen", birth_date="1.2.1980", email="a@example.fi")
    lines = (
        "email;first name;last name;birth date;city",
        ";Aino;Virtanen;1.2.1980;Kemi",
        "a@example.fi;Aino;Virtanen;1.2.1980;Oulu",
        ";Aino;;1.2.1980;Kemi",
    )
    rows = run(people, "name_birth,email", *lines)
    assert [status for status, _why in rows] == ["rejected", "updated", "rejected"]
    assert rows[0][1] == "3 contacts have this name and date of birth."
    assert rows[2][1].startswith("There is nothing of what people are matched by")
    known.refresh_from_db()
    assert known.city == "Oulu"


def test_another_member_at_the_same_address_is_somebody_else(people):
    add(people, external_id="7", email="home@example.fi", first_name="Aino")
    lines = ("id;email;first name", "8;home@example.fi;Bo", "9;home@example.fi;Cy", "8;home@example.fi;Bosse")
    rows = run(people, "external_id,email", *lines, targets=["external_id", "email", "first_name"])
    assert [status for status, _why in rows] == ["created", "created", "repeated"]
    assert sorted(Contact.objects.values_list("external_id", "first_name")) == [
        ("7", "Aino"),
        ("8", "Bosse"),
        ("9", "Cy"),
    ]


def test_rows_about_somebody_new_find_one_another(people, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    lines = (
        "id;email;phone;city",
        "1;a@example.fi;;Kemi",
        ";b@example.fi;0401234567;",
        ";a@example.fi;0407654321;Oulu",
        ";x@example.fi;0407654321;Turku",
        "not;an address;;",
        ";b@example.fi;0407654321;Vaasa",
        "1;;;Lahti",
    )
    rows = run(people, "external_id,email,phone", *lines)
    statuses = ["created", "created", "repeated", "repeated", "rejected", "rejected", "repeated"]
    assert [status for status, _why in rows] == statuses
    assert sorted(Contact.objects.values_list("email", "phone", "city")) == [
        ("b@example.fi", "+358401234567", ""), ("x@example.fi", "+358407654321", "Lahti"),
    ]  # fmt: skip


def test_who_comes_or_goes_between_check_and_import(people):
    gone = add(people, email="gone@example.fi")
    lines = ("id;email;city", ";gone@example.fi;Kemi", ";come@example.fi;Oulu", "5;clash@example.fi;Oulu")
    batch = check(upload(people, io.BytesIO("\n".join(lines).encode())), match_by="external_id,email")
    gone.delete()
    come = add(people, email="come@example.fi")
    add(people, external_id="5", email="other@example.fi")
    add(people, email="clash@example.fi")
    batch = confirm(batch)
    assert [row[1] for row in outcome(batch)] == ["rejected", "updated", "rejected"]
    come.refresh_from_db()
    assert come.city == "Oulu"


def test_a_killed_worker_goes_on_with_whom_it_has_seen(people, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    monkeypatch.setattr(running, "SECONDS_PER_JOB", -1)
    lines = [
        "id;email;city",
        "1;a@example.fi;",
        "2;b@example.fi;",
        ";a@example.fi;Kemi",
        ";b@example.fi;Oulu",
        "1;b@example.fi;",
    ]
    batch = check(upload(people, io.BytesIO("\n".join(lines).encode())), match_by="external_id,email")
    for _job in range(6):
        batch = work(batch)
    assert [row[1] for row in outcome(batch)] == ["created", "created", "repeated", "repeated", "rejected"]
    confirm_import(batch=batch)
    for _job in range(6):
        batch = work(batch)
    assert batch.state == Import.State.DONE
    assert sorted(Contact.objects.values_list("external_id", "city")) == [("1", "Kemi"), ("2", "Oulu")]


@pytest.mark.parametrize("seed", range(12))
def test_the_dry_run_is_what_happens_and_undo_takes_it_back(people, monkeypatch, seed):
    monkeypatch.setattr(running, "CHUNK", 5)
    chance = random.Random(seed)

    def person():
        return {
            "external_id": chance.choice(["", "", "1", "2", "3", "4"]),
            "email": chance.choice(["", "a@example.fi", "b@example.fi", "c@example.fi", "d@example.fi"]),
            "phone": chance.choice(["", "", "+358401234567", "+358407654321"]),
            "first_name": chance.choice(["", "Aino", "Bo"]),
            "last_name": chance.choice(["", "Virtanen"]),
            "birth_date": chance.choice(["", "1980-02-01"]),
            "city": chance.choice(["", "Kemi", "Oulu"]),
        }

    for _contact in range(6):
        values = person()
        if not Contact.objects.filter(external_id=values["external_id"] or "-").exists():
            add(people, **values)
    before = state()
    keys = chance.sample(
        ["external_id", "email", "phone", "name_birth", "name_email", "name_phone"], chance.randint(2, 4)
    )
    lines = [";".join(person()), *(";".join(person().values()) for _row in range(24))]
    rule = chance.choice(["overwrite", "fill", "newer"])
    file = io.BytesIO("\n".join(lines).encode())
    batch = check(upload(people, file), targets=list(person()), match_by=",".join(keys), rule=rule)
    promised = outcome(batch)
    batch = confirm(batch)
    assert outcome(batch) == promised
    assert Contact.objects.count() - len(before) == batch.count_rows().get("created", 0)
    undo(batch)
    assert state() == before


def test_the_page_keeps_the_order_of_ticking(people, editor):
    batch = upload(people, io.BytesIO(b"id;email;phone\n1;a@example.fi;\n"))
    step = reverse("registers:import_step", args=[batch.pk])
    page = editor.get(step)
    assert [(key, chosen) for key, _label, chosen in page.context["match_choices"]] == [
        ("external_id", True), ("email", False), ("phone", False), ("name_birth", False),
        ("name_email", False), ("name_phone", False), ("name_street", False),
    ]  # fmt: skip
    form = {
        "target": [entry["target"] for entry in batch.mapping],
        "type": [entry["type"] for entry in batch.mapping],
        "match_by": ["email", "external_id"],
        "rule": "overwrite",
        "mistakes": "reject",
    }
    assert editor.post(step, {**form, "match_by": ["email", "name_birth"]}).status_code == 422
    assert editor.post(step, form).status_code == 302
    batch = work(batch)
    assert batch.match_by == "email,external_id"
    page = editor.get(f"{step}?columns=1")
    assert [key for key, _label, _chosen in page.context["match_choices"]][:2] == ["email", "external_id"]


def test_somebody_added_by_hand_since_the_check_is_met_by_all_their_rows(people):
    lines = ("first name;last name;birth date;city", *(f"Aino;Virta;1.2.1980;{city}" for city in ("Kemi", "Oulu")))
    batch = check(upload(people, io.BytesIO("\n".join(lines).encode())), match_by="name_birth")
    assert [row[1] for row in outcome(batch)] == ["created", "repeated"]
    known = add(people, first_name="Aino", last_name="Virta", birth_date="1.2.1980")
    confirm(batch)
    known.refresh_from_db()
    assert (known.city, Contact.objects.count()) == ("Oulu", 1)


@pytest.mark.parametrize("chunk", [1, 2])
def test_somebody_whose_first_row_is_left_out_after_all_is_added_once(people, monkeypatch, chunk):
    """Their number is taken between check and import; the rows after it are still about one person."""
    monkeypatch.setattr(running, "CHUNK", chunk)
    lines = [
        "external_id,email,phone",
        "7,a@example.fi,040 1234567",
        ",a@example.fi,",
        ",,040 1234567",
        ",,040 1234567",
    ]
    file = io.BytesIO("\n".join(lines).encode())
    batch = check(upload(people, file), match_by="email,phone")
    assert [status for _number, status, _reasons in outcome(batch)] == ["created", *["repeated"] * 3]
    taken = add(people, external_id="7", first_name="Somebody")
    batch = confirm(batch)
    assert outcome(batch)[0][1] == "rejected"
    made = Contact.objects.exclude(pk=taken.pk).get()
    assert (made.email, made.phone) == ("a@example.fi", "+358401234567")


def test_it_says_where_somebody_by_another_name_has_the_address(people, editor):
    add(people, first_name="Anna", last_name="Ek", email="koti@x.fi")
    batch = check(upload(people, io.BytesIO(b"Name,Email\nBo Ek,koti@x.fi\nCy Ek,koti@x.fi\n")))
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).text
    assert "2 of the new contacts have an e-mail address under which somebody by another name" in page


def test_it_says_who_may_be_the_same_with_a_new_address(people, editor):
    add(people, first_name="Anna", last_name="Ek", email="old@x.fi", phone="+358401234567", street="Katu 1")
    add(people, first_name="Bo", last_name="Ek", email="bo@x.fi", street="Katu 1", birth_date="1950-01-01")
    lines = [
        "First name;Last name;Email;Phone;Street;Born",
        "Anna;Ek;new@x.fi;040 1234567;;",
        "Bo;Ek;son@x.fi;;Katu 1;1980-01-01",
        "Bo;Ek;bo@x.fi;;Katu 2;1950-01-01",
        "Cy;Ek;cy@x.fi;;Katu 1;",
    ]
    batch = check(upload(people, io.BytesIO("\n".join(lines).encode())), match_by="email")
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).text
    assert "1 of the new contacts has the name and the birthday, phone number or street" in page
    assert [status for _number, status, _reasons in outcome(batch)] == ["created", "created", "updated", "created"]
    whole = b"Name;Email;Osoite\nAnna Ek;third@x.fi;Katu 1, 00100 Helsinki\n"
    batch = check(upload(people, io.BytesIO(whole)), match_by="email")
    assert editor.get(reverse("registers:import_step", args=[batch.pk])).context["look_alikes"] == 1


def test_who_has_nothing_but_a_name_is_known_by_it_and_by_the_street(people):
    lines = [
        "Sukunimi;Etunimi;Katuosoite;Sähköposti",
        "Ek;Anna;Katu 1;anna@x.fi",
        "Ek;Bo;Katu 1;",
        "Berg;Cia;;",
        "Berg;Cia;Tie 2;",
        "Dahl;Di;;di@x.fi",
        "Dahl;Di;;",
        "Ek;Anna;Katu 1;",
    ]
    first = upload(people, io.BytesIO("\n".join(lines).encode()))
    assert first.match_by == "email,name_street"
    rows = run(people, first.match_by, *lines)
    assert [status for status, _why in rows] == ["created"] * 6 + ["repeated"]
    bo = Contact.objects.get(first_name="Bo")
    save_contact(register=people, contact=bo, values={"email": "bo@x.fi"}, source="t")
    rows = run(people, first.match_by, *lines)
    assert [status for status, _why in rows] == ["unchanged"] * 6 + ["repeated"]
    add(people, first_name="Cia", last_name="Berg")
    rows = run(people, first.match_by, lines[0], "Berg;Cia;;", "Berg;;;", ";;Katu 1;")
    assert [status for status, _why in rows] == ["rejected", "created", "rejected"]
    assert rows[0][1] == "2 contacts have this name, and nothing tells which is meant."
