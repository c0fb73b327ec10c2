"""Lists as other programs and other countries make them: their column names, and titles above them."""

import datetime as dt
from io import BytesIO

import pytest

from registers.columns import CORE_COLUMNS
from registers.imports.guessing import guess_mapping
from registers.imports.heads import count_titles
from registers.imports.parts import split_name
from registers.imports.reading import open_table
from registers.models import Contact
from tests.registers.importing import check, confirm, import_text, outcome, upload

# Name → where its values go; “-” for a column of its own, or none.
NAMES = {
    "French": {
        "Nom": "last_name",
        "Prénom": "first_name",
        "Adresse": "street",
        "Code postal": "postcode",
        "Ville": "city",
        "Pays": "country",
        "Courriel": "email",
        "Téléphone": "phone",
    },
    "Italian": {
        "Cognome": "last_name",
        "Nome": "first_name",
        "Indirizzo": "street",
        "CAP": "postcode",
        "Città": "city",
        "Nazione": "country",
        "Cellulare": "phone",
    },
    "Spanish": {
        "Nombre": "first_name",
        "Apellidos": "last_name",
        "Correo electrónico": "email",
        "Teléfono móvil": "phone",
        "País": "country",
    },
    "Dutch": {
        "Voornaam": "first_name",
        "Achternaam": "last_name",
        "Straat": "street",
        "Postcode": "postcode",
        "Woonplaats": "city",
        "E-mailadres": "email",
    },
    "Danish": {
        "Fornavn": "first_name",
        "Efternavn": "last_name",
        "Adresse": "street",
        "Postnr.": "postcode",
        "By": "city",
        "Fødselsdag": "birth_date",
    },
    "Norwegian": {
        "Etternavn": "last_name",
        "Fornavn": "first_name",
        "Gateadresse": "street",
        "Poststed": "city",
        "Mobiltelefon": "phone",
    },
    "Estonian": {
        "Eesnimi": "first_name",
        "Perekonnanimi": "last_name",
        "Linn": "city",
        "Postiindeks": "postcode",
        "Sünniaeg": "birth_date",
    },
    "Polish": {
        "Imię": "first_name",
        "Nazwisko": "last_name",
        "Ulica": "street",
        "Kod pocztowy": "postcode",
        "Miasto": "city",
        "Telefon": "phone",
    },
    "German": {
        "Name": "last_name",
        "Vorname": "first_name",
        "Straße und Hausnummer": "street",
        "PLZ": "postcode",
        "Telefon privat": "phone",
    },
    "Outlook": {
        "First Name": "first_name",
        "Last Name": "last_name",
        "Business Street": "street",
        "Business Postal Code": "postcode",
        "Business Country/Region": "country",
        "E-mail Address": "email",
        "E-mail Type": "-",
    },
    "Outlook in Sweden": {
        "Förnamn": "first_name",
        "Efternamn": "last_name",
        "Gatuadress, arbete": "street",
        "Ort, arbete": "city",
        "Postnummer, arbete": "postcode",
        "Mobiltelefon": "phone",
        "E-postadress": "email",
        "Typ av e-postadress": "-",
    },
    "Google": {
        "Given Name": "first_name",
        "Family Name": "last_name",
        "E-mail 1 - Type": "-",
        "E-mail 1 - Value": "email",
        "Phone 1 - Label": "-",
        "Phone 1 - Value": "phone",
        "Address 1 - Street": "street",
        "Address 1 - Postal Code": "postcode",
        "Organization 1 - Name": "company",
        "Organization 1 - Title": "-",
    },
    "Finnish, cut short": {
        "Suku- ja etunimi": "family_first",
        "Postinro ja -tmpk": "postcode_city",
        "Sahkoposti": "email",
    },
    "Dutch, cut short": {"Tussenv.": "name_prefix", "Achternaam": "last_name", "Relatienr.": "external_id"},
    "Spanish, without accents": {"Nº Socio": "external_id", "F. Nacimiento": "birth_date", "Direccion": "street"},
    "Japanese": {"氏名": "family_first", "メールアドレス": "email", "電話番号": "phone", "生年月日": "birth_date"},
    "others": {"Via e-mail": "-", "By whom": "-", "Place": "city", "Name": "first_name", "Surname": "last_name"},
}


@pytest.mark.parametrize("whose", NAMES)
def test_columns_are_known_by_name(whose):
    headers = list(NAMES[whose])
    found = [entry["target"] or "-" for entry in guess_mapping(headers, [], CORE_COLUMNS)]
    assert dict(zip(headers, found, strict=True)) == NAMES[whose]


def test_one_word_for_the_name_means_both_halves_where_it_holds_both():
    rows = [["Anna", "Anna Virtanen"], ["Bo", "Bo Ek"]]
    both = guess_mapping(["First name", "Name"], rows, CORE_COLUMNS)
    assert [entry["target"] for entry in both] == ["", "full_name"]
    halves = guess_mapping(["First name", "Name"], [["Anna", "Virtanen"], ["Bo", "Ek"]], CORE_COLUMNS)
    assert [entry["target"] for entry in halves] == ["first_name", "last_name"]


def test_a_postcode_with_its_town_is_taken_apart_whatever_it_is_called():
    rows = [["00100 Helsinki"], ["20101 Turku"]]
    assert [entry["target"] for entry in guess_mapping(["Postinumero"], rows, CORE_COLUMNS)] == ["postcode_city"]


@pytest.mark.parametrize("header", ["Nimi;Etunimi", "Koko nimi;Etunimi"])
@pytest.mark.django_db
def test_what_is_guessed_of_names_can_be_imported(register, header):
    import_text(register, f"{header};Sähköposti\nAnna Virtanen;Anna;anna@example.fi\n")
    assert Contact.objects.values_list("first_name", "last_name").get() == ("Anna", "Virtanen")


TITLED = "Jäsenluettelo 2026;;;;\n\nHenkilö;;;Yhteystiedot;\nSukunimi;Etunimi;Seura;Puhelin;Sähköposti\n"


@pytest.mark.django_db
def test_what_stands_above_the_column_names_is_left_out_and_named(register):
    text = TITLED + "Virtanen;Anna;Laulu;040 1234567;anna@example.fi\n;;;;rikki\n"
    batch = import_text(register, text)
    assert [entry["target"] for entry in batch.mapping] == ["last_name", "first_name", "new", "phone", "email"]
    assert batch.notes == [
        "What stands above the column names was left out: “Jäsenluettelo 2026 Henkilö Yhteystiedot”."
    ]
    assert Contact.objects.get().last_name == "Virtanen"
    assert [row.number for row in batch.rows.filter(status="rejected")] == [6]


def test_the_day_of_a_list_is_no_person():
    names, person = ["Etunimi", "Sukunimi", "Syntynyt"], ["Anna", "Virtanen", dt.date(1980, 2, 1)]
    assert count_titles([["Jäsenet"], [dt.date(2026, 1, 1)], [2026.0], names, person]) == 3
    assert count_titles([["anna@example.fi", 1.0], names]) == 0


@pytest.mark.parametrize(
    ("head", "names", "left_out"),
    [
        (
            "Nr;Namn;;Adress;;;Telefon;\n;Förnamn;Efternamn;Gata;Postnr;Ort;Hem;Mobil",
            "Nr;Förnamn;Efternamn;Gata;Postnr;Ort;Hem;Mobil",
            "Namn Adress Telefon",
        ),
        (
            "Lista\nNom;;Adresse;;Date\nNom;Prénom;Rue;Ville;Né le",
            "Nom;Prénom;Rue;Ville;Né le",
            "Lista Nom Adresse Date",
        ),
        ("Address;Address;Phone\nStreet;City;Mobile", "Street;City;Mobile", "Address Phone"),
        (
            "Email;First Name;Your details:;\n;;Name;Phone",
            "Email;First Name;Name;Phone",
            "Your details:",
        ),
        ("Nr;Person;;Contact\n;First name;Last name;E-mail", "Nr;First name;Last name;E-mail", "Person Contact"),
        (
            "First name;Last name;Best;Second;Third\nAnna;Ek;Email;Phone;Mobile",
            "First name;Last name;Best;Second;Third",
            "",
        ),
        ("Name;Email;A;B;C\nAnna Ek;;Email;Phone;Mobile", "Name;Email;A;B;C", ""),
        ("Name;City\nVille;Address", "Name;City", ""),
    ],
)
def test_names_of_columns_stand_below_those_of_their_groups(tmp_path, head, names, left_out):
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n{'x;' * names.count(';')}x\n")
    table = open_table(path, "csv")
    assert (table.headers, "“" + left_out + "”" in "".join(table.notes)) == (names.split(";"), bool(left_out))


@pytest.mark.parametrize(
    "lines",
    [
        "Anna;Virtanen;anna@example.fi\nBo;Ek;bo@example.fi",
        "Vezetéknév;Keresztnév;Város\nBo;Ek;bo@example.fi",
        "Puheenjohtaja;Sihteeri\nAino Aho;Matti Ek\nVille Virtanen;Linn Holm\nBo Ek;Eva Ek",
        "Jäsen;Yhteys\nAino Aho;050 1234567\nVille Virtanen;puh. 040 1234567\nBo Ek;",
    ],
)
@pytest.mark.django_db
def test_nothing_is_left_out_above_people_or_names_in_another_language(register, lines):
    batch = upload(register, BytesIO(f"{lines}\n".encode()))
    assert not any("left out" in note for note in batch.notes)


@pytest.mark.django_db
def test_cells_that_only_say_that_there_is_nothing_are_empty(register):
    batch = import_text(
        register,
        "Etunimi;Sähköposti;Puhelin;Syntymäaika;Paikkakunta\n"
        "Anna;anna@example.fi;-;N/A;-\nBo;bo@example.fi;ei ole;?;Oulu\n"
        "Cia;cia@example.fi;040 1234567 / 09 123456;1.2.1980;\nDan;dan@example.fi;;0-0-00;Kemi\n",
    )
    assert Contact.objects.order_by("pk").values_list("phone", "birth_date", "city")[::1] == [
        ("", None, "-"),
        ("", None, "Oulu"),
        ("+358401234567", dt.date(1980, 2, 1), ""),
        ("", None, "Kemi"),
    ]
    [remarked] = batch.rows.exclude(reasons=[])
    assert remarked.reasons == ["Phone: of several in the cell only “040 1234567” is taken over, not “09 123456”."]


@pytest.mark.django_db
def test_codes_of_countries_are_read_as_their_languages(register):
    import_text(register, "Kieli;Sähköposti\n" + "".join(f"{code};{code}@example.fi\n" for code in ("DK", "cz", "ua")))
    assert list(Contact.objects.order_by("pk").values_list("language", flat=True)) == ["da", "cs", "uk"]


def test_van_der_stays_with_the_last_name():
    whole = {
        "Jan van der Berg": ("Jan", "van der Berg"),
        "Maria de la Cruz": ("Maria", "de la Cruz"),
        "Juan García y López": ("Juan García y", "López"),
        "van der Berg": ("", "van der Berg"),
        "Vincent Van Gogh": ("Vincent Van", "Gogh"),
        "Bea O'Neil Ph.D.": ("Bea", "O'Neil Ph.D."),
        "Martin Luther King Jr.": ("Martin Luther", "King Jr."),
        "Martin van Buren Jr.": ("Martin", "van Buren Jr."),
        "Anna de la Cruz III MD": ("Anna", "de la Cruz III MD"),
        "Robert Downey, Jr.": ("Robert", "Downey, Jr."),
        "Khan Rahman, Md": ("Md", "Khan Rahman"),
        "Aino": ("Aino", ""),
    }
    assert {text: split_name(text) for text in whole} == whole
    family_first = {
        "van der Berg Jan Piet": ("Jan Piet", "van der Berg"),
        "Van der Berg Jan": ("Jan", "Van der Berg"),
        "Le Thi Hoa": ("Thi Hoa", "Le"),
        "Virtanen": ("", "Virtanen"),
    }
    assert {text: split_name(text, family_first=True) for text in family_first} == family_first


def test_a_title_is_no_first_name_and_nothing_of_a_name_is_lost():
    whole = {
        "Dr. Anna Berg": ("Dr. Anna", "Berg"),
        "Prof. Dr.-Ing. Max Müller": ("Prof. Dr.-Ing. Max", "Müller"),
        "Tkt Virtanen": ("", "Tkt Virtanen"),
        "Dr. van der Berg": ("", "Dr. van der Berg"),
        "Frau Dr. Maier": ("", "Frau Dr. Maier"),
        "Ing. Jan Novák, CSc.": ("Ing. Jan", "Novák, CSc."),
        "Müller, Prof. Dr.": ("", "Prof. Dr. Müller"),
        "Müller, Dr. Max": ("Dr. Max", "Müller"),
        "Anna Berg Dr.": ("Anna", "Berg Dr."),
        "Dr.": ("Dr.", ""),
        "Mag Berg": ("Mag", "Berg"),
        "Don Miss": ("Don", "Miss"),
        "Sir Mix": ("", "Sir Mix"),
        "M. Dupont": ("M.", "Dupont"),
        "H. C. Andersen": ("H. C.", "Andersen"),
        "Dr. h.c. Müller": ("", "Dr. h.c. Müller"),
        "Ing Wei Chen": ("Ing Wei", "Chen"),
    }
    assert {text: split_name(text) for text in whole} == whole
    family_first = {
        "Dr. Berg Anna": ("Anna", "Dr. Berg"),
        "Berg Dr. Anna": ("Dr. Anna", "Berg"),
        "Berg Dr.": ("", "Berg Dr."),
    }
    assert {text: split_name(text, family_first=True) for text in family_first} == family_first


ADDRESSES = {
    "a@example.fi; b@example.fi": "a@example.fi",
    "Anna <c@example.fi>, Bo <d@example.fi>": "c@example.fi",
    "e@example.fi\nf@example.fi": "e@example.fi",
    "g@example / h@example.fi": "h@example.fi",
    "I@example.fi <i@example.fi>": "i@example.fi",
    "j@example.fi": "j@example.fi",
    "MAILTO:m@example.fi.": "m@example.fi",
}


@pytest.mark.django_db
def test_of_several_addresses_in_a_cell_the_first_is_taken_and_the_others_are_said(register):
    lines = "".join(f'"{cell}"\n' for cell in ADDRESSES)
    batch = check(upload(register, BytesIO(f'Sähköposti\n{lines}"k@example; l@example"\n'.encode())))
    assert batch.mapping[0]["target"] == "email"
    dry = outcome(batch)
    confirm(batch)
    assert outcome(batch) == dry
    assert list(Contact.objects.order_by("pk").values_list("email", flat=True)) == list(ADDRESSES.values())
    said = [" ".join(reasons) for _number, _status, reasons in dry]
    assert [status for _number, status, _reasons in dry] == ["created"] * 7 + ["rejected"]
    assert said[0] == "E-mail: of several in the cell only “a@example.fi” is taken over, not “b@example.fi”."
    assert ["not “" in text for text in said] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    ("header", "cells", "target"),
    [
        ("Osallistuja", ["Aino Ek", "Onni Ek"], "full_name"),
        ("Mitglied", ["ja", "nein"], "new"),
        ("Member", ["Full", "Family member"], "new"),
        ("Member", ["Full member", "Full member"], "new"),
        ("Kund", ["Kund 17", "Kund 18"], "new"),
        ("Postadress", ["111 22 Stockholm", "222 33 LUND"], "postcode_city"),
        ("Postadress", ["Box 5", "Storgatan 1"], "new"),
    ],
)
def test_words_that_are_said_of_other_things_too_are_borne_out_by_the_cells(header, cells, target):
    rows = [["a@example.fi", cell] for cell in cells]
    assert guess_mapping(["E-mail", header], rows, CORE_COLUMNS)[1]["target"] == target
    named = [[*row, "Bo", "Ek"] for row in rows]
    found = guess_mapping(["E-mail", header, "Etunimi", "Sukunimi"], named, CORE_COLUMNS)[1]["target"]
    assert found == ("new" if target == "full_name" else target)
