"""Lists as programs write them that people keep their contacts, members, customers and replies in."""

import datetime as dt
from io import BytesIO

import pytest

from registers.books import create_register
from registers.imports.header_words import target_of
from registers.imports.parts import split_name
from registers.models import Contact
from tests.registers.importing import import_text, upload

# Without the columns that are empty everywhere.
LISTS = {
    "Outlook": (
        "First Name,Last Name,E-mail Address,Home Phone,Mobile Phone,Birthday,Home Street,Home Country/Region\n"
        "John,Smith,john@x.com,,(425) 882-8080,1/23/1975,1 Main St,United States\n"
        "Jane,Smith,jane@x.com,,,0/0/00,1 Main St,United States\n"
    ),
    "Shopify": (
        "Customer ID,First Name,Last Name,Email,Default Address Address1,Default Address City,"
        "Default Address Country Code,Default Address Zip,Phone\n"
        "'7023456789012,Sam,Lee,sam@x.ca,1 King St,Toronto,CA,'M5H 1A1,'+14165550123\n"
    ),
    "Zoom": (
        'Registration Report\nReport Generated:,"Mar 5, 2024 10:12 AM"\nTopic,Webinar ID,Scheduled Time,# Cancelled\n'
        '"Spring",812 3456 7890,"Mar 4, 2024 06:00 PM",1\nAttendee Details\n'
        '"First Name","Last Name","Email","Approval Status","City"\n"Nora","Holm","nora@x.no","approved","Oslo",\n'
    ),
    "Forms": "Timestamp,Your name,Your email,Puhelinnumerosi\n2024/03/05 10:11:12,Tiina Aalto,t@x.fi,040 555 1234\n",
    "Stripe": "id,Email,Name\ncus_A,y@x.jp,山田 太郎\n",
}
PEOPLE = {
    "Outlook": {
        "email": "john@x.com", "phone": "+14258828080", "birth_date": dt.date(1975, 1, 23), "street": "1 Main St",
        "country": "United States",
    },
    "Shopify": {
        "external_id": "7023456789012", "street": "1 King St", "city": "Toronto", "country": "CA",
        "postcode": "M5H 1A1", "phone": "+14165550123",
    },
    "Zoom": {"first_name": "Nora", "last_name": "Holm", "email": "nora@x.no", "city": "Oslo"},
    "Forms": {"first_name": "Tiina", "last_name": "Aalto", "email": "t@x.fi", "phone": "+358405551234"},
    "Stripe": {"external_id": "cus_A", "first_name": "太郎", "last_name": "山田"},
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("whose", LISTS)
def test_what_they_hold_is_found(register, whose):
    import_text(register, LISTS[whose])
    assert Contact.objects.values(*PEOPLE[whose]).earliest("pk") == PEOPLE[whose]


@pytest.mark.django_db
def test_delivery_that_is_disabled_is_a_no(register):
    batch = upload(
        register, BytesIO(b"Email,Email delivery disabled,Membership disabled\na@x.us,yes,no\nb@x.us,no,yes\n")
    )
    assert [entry["target"] for entry in batch.mapping] == ["email", "stop.email", "new"]


@pytest.mark.django_db
def test_what_states_know_people_by_is_left_out_unless_somebody_chooses_it(register):
    batch = upload(register, BytesIO("Nimi;Henkilötunnus;E-mail\nA A;010180-123A;a@x.fi\n".encode()))
    assert [entry["target"] for entry in batch.mapping] == ["full_name", "", "email"]
    assert batch.notes[0].startswith("Left out unless you choose otherwise: Henkilötunnus.")
    own = create_register(name="Own", fields=[{"label": "Henkilötunnus", "type": "text"}])
    batch = upload(own, BytesIO("Nimi;Henkilötunnus;E-mail\nA A;010180-123A;a@x.fi\n".encode()))
    assert (batch.mapping[1]["target"], batch.notes) == ("attributes.henkilotunnus", [])


@pytest.mark.parametrize(
    ("name", "halves"),
    [
        ("山田 太郎", ("太郎", "山田")),
        ("김 철수", ("철수", "김")),
        ("李伟", ("", "李伟")),
        ("マリア シルバ", ("マリア", "シルバ")),
    ],
)
def test_in_east_asia_the_family_comes_first(name, halves):
    assert split_name(name) == halves


ELSEWHERE = {
    "Czech": "Jméno;Příjmení;E-mail;Telefon;Ulice;PSČ;Město;Datum narození",
    "Croatian": "Ime;Prezime;E-pošta;Mobitel;Adresa;Poštanski broj;Grad;Datum rođenja",
    "Lithuanian": "Vardas;Pavardė;El. paštas;Tel. nr.;Gatvė;Pašto kodas;Miestas;Gimimo data",
    "Turkish": "Ad;Soyad;E-posta;Cep telefonu;Adres;Posta kodu;Şehir;Doğum tarihi",
    "Greek": "Όνομα;Επώνυμο;Email;Τηλέφωνο;Οδός;ΤΚ;Πόλη;Ημερομηνία γέννησης",
    "Ukrainian": "Ім'я;Прізвище;Електронна пошта;Телефон;Вулиця;Індекс;Місто;Дата народження",
    "Hebrew": "שם פרטי;שם משפחה;דוא״ל;טלפון;רחוב;מיקוד;עיר;תאריך לידה",
    "Indonesian": "Nama depan;Nama belakang;Surel;No. HP;Alamat;Kode pos;Kota;Tanggal lahir",
}
COLUMNS = ["first_name", "last_name", "email", "phone", "street", "postcode", "city", "birth_date"]


@pytest.mark.parametrize("language", ELSEWHERE)
def test_columns_are_known_in_languages_elsewhere(language):
    assert [target_of(header) for header in ELSEWHERE[language].split(";")] == COLUMNS


@pytest.mark.parametrize(
    ("header", "target"),
    [("Név", "family_first"), ("姓名", "family_first"), ("이름", "family_first"), ("الاسم", "full_name")],
)
def test_whole_names_begin_with_the_family_where_people_write_them_so(header, target):
    assert target_of(header) == target
