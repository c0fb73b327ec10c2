"""Whole names, and towns with their postcode: one column of the file that goes to two of the contact."""

import datetime as dt
import time
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from registers.columns import CORE_COLUMNS
from registers.imports.guessing import guess_mapping
from registers.imports.header_words import target_of
from registers.imports.parts import split_place
from registers.models import Contact
from tests.registers.importing import check, confirm, import_text, outcome, upload


@pytest.mark.parametrize(
    ("header", "cell", "name"),
    [
        ("ФИО", "Иванов Иван Петрович", ("Иван Петрович", "Иванов")),
        ("Sukunimi ja etunimi", "Korhonen Matti", ("Matti", "Korhonen")),
        ("Nom et prénom", "Dupont Aimée", ("Aimée", "Dupont")),
        ("Last, First", "Korhonen, Matti", ("Matti", "Korhonen")),
        ("Name (surname first)", "Korhonen Matti", ("Matti", "Korhonen")),
        ("Nach- und Vorname", "Groß Jürgen", ("Jürgen", "Groß")),
        ("Prénom et nom", "Aimée Dupont", ("Aimée", "Dupont")),
        ("Nimi", "Korhonen, Matti", ("Matti", "Korhonen")),
    ],
)
@pytest.mark.django_db
def test_the_family_name_comes_first_where_the_header_says_so(register, header, cell, name):
    import_text(register, f"{header};Sähköposti\n{cell};m@example.fi\n")
    assert Contact.objects.values_list("first_name", "last_name").get() == name
    assert target_of(header) == ("full_name" if header in ("Prénom et nom", "Nimi") else "family_first")


@pytest.mark.django_db
def test_it_comes_first_where_a_person_says_so(register):
    import_text(register, "Nimi;Sähköposti\nKorhonen Matti;m@example.fi\n", targets=["family_first", "email"])
    assert Contact.objects.values_list("first_name", "last_name").get() == ("Matti", "Korhonen")
    again = upload(register, BytesIO("Nimi;Sähköposti\nAho Aino;a@example.fi\n".encode()))
    assert [entry["target"] for entry in again.mapping] == ["family_first", "email"]


@pytest.mark.django_db
def test_what_is_too_long_for_a_name_is_said_and_not_cut(register):
    batch = import_text(register, f"Nimi;Sähköposti\nAino {'x' * 101};a@example.fi\n")
    assert "at most 100 fit" in batch.rows.get().reasons[0]


@pytest.mark.parametrize(
    "header",
    [
        *("PLZ/Ort", "PLZ, Wohnort (privat)", "Postcode and town", "Town / postcode", "Postinumero ja -toimipaikka"),
        *(
            "Postnr/Ort",
            "Postnummer og by",
            "Postnr. sted",
            "Postcode en plaats",
            "Code postal et ville",
            "CAP e città",
        ),
        *("Zip code & city", "Código postal y localidad", "Kod pocztowy i miasto", "Индекс и город", "Home ZIP/City"),
        *("City, State, ZIP", "Postnr + gemeente", "Cód. postal / localidade"),
    ],
)
def test_a_postcode_with_its_town_is_known_by_name(header):
    assert [entry["target"] for entry in guess_mapping([header], [], CORE_COLUMNS)] == ["postcode_city"]


@pytest.mark.parametrize(
    ("text", "postcode", "town"),
    [
        ("10115 Berlin", "10115", "Berlin"),
        ("D-10115 Berlin", "D-10115", "Berlin"),
        ("00100 Helsinki", "00100", "Helsinki"),
        ("111 22 Stockholm", "111 22", "Stockholm"),
        ("8000 Aarhus C", "8000", "Aarhus C"),
        ("1011 AB Amsterdam", "1011 AB", "Amsterdam"),
        ("5211AA 's-Hertogenbosch", "5211AA", "'s-Hertogenbosch"),
        ("2300 LA CHAUX-DE-FONDS", "2300", "LA CHAUX-DE-FONDS"),
        ("SW1A 1AA London", "SW1A 1AA", "London"),
        ("London, sw1a 1aa", "sw1a 1aa", "London"),
        ("Ottawa K1A 0B1", "K1A 0B1", "Ottawa"),
        ("New York, NY 10001-1234", "10001-1234", "New York, NY"),
        ("Rīga, LV-1050", "LV-1050", "Rīga"),
        ("00-001 Warszawa", "00-001", "Warszawa"),
        ("101000, Москва", "101000", "Москва"),
        ("75012 Paris 12", "75012", "Paris 12"),
        ("10115", "10115", ""),
        # Nothing is lost where there is no postcode to be seen.
        ("Berlin", "", "Berlin"),
        ("Paris 12", "", "Paris 12"),
        ("12 Berlin", "", "12 Berlin"),
        ("PL 12, 00101 Helsinki", "", "PL 12, 00101 Helsinki"),
        ("1234567 Berlin", "", "1234567 Berlin"),
    ],
)
def test_a_postcode_is_taken_from_its_town(text, postcode, town):
    assert split_place(text) == (postcode, town)


@pytest.mark.parametrize("text", [f"a{' -' * 16_000}", f"a{'-' * 32_000}", "1" * 32_000, "a 1000" * 5_000])
def test_what_is_no_town_takes_no_time(text):
    started = time.perf_counter()
    assert split_place(text) == ("", text)
    assert time.perf_counter() - started < 1


def test_the_letters_of_a_dutch_postcode_are_told_from_articles_by_the_country():
    assert split_place("1234 LE DELFT", country="NL") == ("1234 LE", "DELFT")
    assert split_place("1234 LE LOCLE", country="CH") == ("1234", "LE LOCLE")


@pytest.mark.django_db
def test_postcode_and_town_of_one_column_go_into_two(register):
    text = (
        "Vorname;PLZ/Ort;Land\nHans;10115 Berlin;Deutschland\nJan;1234 LE Delft;Nederland\nEva;Oulu;\n"
        f"Bo;00100;\nCia;00100 {'x' * 101};\n"
    )
    batch = import_text(register, text)
    assert [entry["target"] for entry in batch.mapping] == ["first_name", "postcode_city", "country"]
    assert Contact.objects.order_by("pk").values_list("postcode", "city")[::1] == [
        ("10115", "Berlin"),
        ("1234 LE", "Delft"),
        ("", "Oulu"),
        ("00100", ""),
    ]
    assert "at most 100 fit" in batch.rows.get(status="rejected").reasons[0]


@pytest.mark.parametrize(
    ("headers", "row", "targets"),
    [
        ("PLZ;Ort;PLZ/Ort", "10115;Berlin;10115 Berlin", ["postcode", "city", ""]),
        ("Ort;PLZ/Ort", "Berlin;10115 Berlin", ["", "postcode_city"]),
        ("Kotikunta;Postinumero ja -toimipaikka", "Espoo;33100 Tampere", ["new", "postcode_city"]),
        ("PLZ;Ort;Postfach PLZ;PLZ/Ort", "10115;Berlin;10117;10117 Bern", ["postcode", "city", "new", "new"]),
    ],
)
def test_they_are_taken_from_where_they_stand_alone(headers, row, targets):
    found = guess_mapping(headers.split(";"), [row.split(";")] * 6, CORE_COLUMNS)
    assert [entry["target"] for entry in found] == targets


DUTCH = (
    "Voornaam;Tussenvoegsel;Achternaam;Geboortedatum\nJan;van der;Berg;1.2.1980\nEva;-;Smit;1.2.1981\n"
    "Piet;de;De Vries;1.2.1982\nAnna; van  den ; Heuvel ;1.2.1983\n"
)


@pytest.mark.django_db
def test_what_stands_in_front_of_a_dutch_last_name_goes_there(register):
    batch = import_text(register, f"{DUTCH}Bo;van;;1.2.1984\nCia;van;{'x' * 98};1.2.1985\n", match_by="name_birth")
    assert [entry["target"] for entry in batch.mapping[:3]] == ["first_name", "name_prefix", "last_name"]
    assert list(Contact.objects.order_by("pk").values_list("last_name", flat=True)) == [
        "van der Berg",
        "Smit",
        "De Vries",
        "van den Heuvel",
    ]
    alone, too_long = batch.rows.filter(status="rejected").order_by("number")
    assert alone.reasons[0] == "Last name: there is only “van” of it."
    assert "at most 100 fit" in too_long.reasons[0]
    again = import_text(register, DUTCH, match_by="name_birth")
    assert again.counts == {"unchanged": 4}


@pytest.mark.parametrize(
    ("headers", "row", "targets"),
    [
        ("Vorname;Nachname;Namenszusatz", "Otto;Moltke;Graf von", ["first_name", "last_name", "name_prefix"]),
        ("Vorname;Nachname;Namenszusatz", "Otto;Moltke;jun.", ["first_name", "last_name", "new"]),
        ("Vorname;Nachname;Namenszusatz", "Otto;Moltke;", ["first_name", "last_name", "name_prefix"]),
        ("Naam;Tussenvoegsel", "Jan Berg;van", ["full_name", "new"]),
        ("Last name;First name;Name prefix", "Berg;Jan;Dr.", ["last_name", "first_name", "new"]),
    ],
)
def test_it_is_known_by_its_name_and_by_what_it_holds(headers, row, targets):
    found = guess_mapping(headers.split(";"), [row.split(";")], CORE_COLUMNS)
    assert [entry["target"] for entry in found] == targets


BORN = [
    ("Birth day;Birth month;Birth year", ["1;2;1980", "13;12;55", "1;2;"]),
    ("Geburtsjahr;Geburtsmonat;Geburtstag", ["1980;Februar;1", "1955;Dez.;13", "1980;;"]),
    ("Syntymävuosi;Kuukausi;Päivä", ["1980;helmikuu;1", "1955;12;13.", "1980;0;0"]),
    ("DOB - Year;DOB - Month;DOB - Day", ["1980;Feb;01", "1955;December;13", "1980;February;"]),
    ("Año de nacimiento;Mes;Día", ["1980;febrero;1", "1955;12;13", "1980;0;1"]),
]


@pytest.mark.parametrize(("head", "rows"), BORN)
@pytest.mark.django_db
def test_a_birthday_in_three_columns_is_put_together(register, head, rows):
    text = f"Name;{head}\n" + "".join(f"P {at};{row}\n" for at, row in enumerate(rows))
    batch = check(upload(register, BytesIO(text.encode())))
    assert sorted(entry["target"] for entry in batch.mapping[1:]) == ["birth_day", "birth_month", "birth_year"]
    dry = outcome(batch)
    assert outcome(confirm(batch)) == dry
    assert list(Contact.objects.order_by("pk").values_list("birth_date", flat=True)) == [
        dt.date(1980, 2, 1), dt.date(1955, 12, 13), None,
    ]  # fmt: skip
    assert dry[2][1] == "created"
    assert dry[2][2][0].startswith("Date of birth: there is only “")


@pytest.mark.django_db
def test_three_columns_of_a_day_are_guessed_only_where_they_say_what_day(register):
    batch = upload(register, BytesIO(b"Name;Birth year;Course;Day;Month\nAnna Ek;1980;Sewing;1;2\n"))
    assert [entry["target"] for entry in batch.mapping[1:]] == ["new"] * 4
    batch = upload(register, BytesIO(b"Name;Day;Month;Year\nAnna Ek;1;2;1980\n"))
    assert [entry["target"] for entry in batch.mapping[1:]] == ["new", "new", "new"]
    chosen = ["full_name", "birth_day", "birth_month", "birth_year"]
    for targets, words in (
        ([*chosen[:3], "new"], "needs three columns"),
        ([*chosen[:3], "birth_date"], "needs three columns"),
    ):
        with pytest.raises(ValidationError, match=words):
            check(batch, targets=targets)
    with pytest.raises(ValidationError, match="different rules"):
        check(batch, targets=chosen, rules=["", "fill", "", ""])
    batch = confirm(check(batch, targets=chosen, match_by="name_birth"))
    assert Contact.objects.get().birth_date == dt.date(1980, 2, 1)
    batch = upload(register, BytesIO(b"Name;Born;Birth year;Month;Day\nAnna Ek;1.2.1980;1980;2;1\n"))
    assert [entry["target"] for entry in batch.mapping][1:] == ["birth_date", "new", "new", "new"]
    with pytest.raises(ValidationError, match="not both"):
        check(batch, targets=["full_name", "birth_date", "birth_year", "birth_month", "birth_day"])
    batch = upload(register, BytesIO(b"Name;Birth year;Month;Day\nAnna Ek;1980;2;45\n"))
    assert [entry["target"] for entry in batch.mapping][1:] == ["new", "new", "new"]
