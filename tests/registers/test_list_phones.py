"""Phone numbers in lists: told from other numbers, and read as those of the country that people live in."""

from io import BytesIO

import pytest

from registers.addresses import phone_key, phone_key_abroad
from registers.columns import CORE_COLUMNS
from registers.contacts import save_contact
from registers.imports.guessing import guess_mapping
from registers.models import Contact
from tests.registers.importing import import_text, upload


def test_a_second_number_or_postcode_is_none_that_one_adds_up():
    headers = ["Puhelin", "Puhelin 2", "Postinumero", "Postinumero (työ)"]
    rows = [["0401234567", "501234567", "00100", "20100"]] * 6
    types = [entry["type"] for entry in guess_mapping(headers, rows, CORE_COLUMNS) if entry["target"] == "new"]
    assert types == ["phone", "text"]


# As they are written at home, without country code.
NUMBERS = {
    "DE": ["030 123456", "(089) 12 34 56-0", "0351/1234567", "0171 1234567", "0221-123456", "040 1234567"],
    "NL": ["020 123 4567", "06-12345678", "010-1234567", "(030) 123 45 67", "0612345678", "070 123 45 67"],
    "FR": ["01 23 45 67 89", "06.12.34.56.78", "0612345678", "04 91 12 34 56", "05-61-12-34-56", "07 12 34 56 78"],
    "US": ["(212) 555-0123", "212-555-0123", "1-650-253-0000", "650.253.0000", "(415) 555 2671", "202-555-0147"],
    "NO": ["912 34 567", "22 12 34 56", "41 23 45 67", "900 12 345", "55 12 34 56", "982 34 567"],
    "ES": ["612 345 678", "91 123 45 67", "93 123 45 67", "655 123 456", "912 345 678", "634 567 890"],
}


@pytest.mark.parametrize("region", NUMBERS)
def test_phones_are_told_by_their_numbers_in_the_country_of_the_organisation(region):
    rows = [[number, number] for number in NUMBERS[region]]
    found = guess_mapping(["A", "B"], rows, CORE_COLUMNS, region=region)
    assert [(entry["target"], entry["type"]) for entry in found] == [("phone", "phone"), ("new", "phone")]


@pytest.mark.parametrize("region", NUMBERS)
def test_they_are_told_by_the_country_in_the_row_as_well(region):
    rows = [[number, region] for number in NUMBERS[region]]
    found = guess_mapping(["A", "Country"], rows, CORE_COLUMNS, region="FI")
    assert [entry["target"] for entry in found] == ["phone", "country"]
    assert guess_mapping(["A"], rows, CORE_COLUMNS, region="GR")[0]["type"] != "phone"


@pytest.mark.parametrize("region", NUMBERS)
def test_amounts_and_years_are_no_phones(region):
    amounts = ["12 345 678", "98 765 432", "2 345 678", "45 678 901", "61 234 567", "22 333 444"]
    degrees = ["59.913868", "60.391262", "63.430515", "58.969975", "69.649205", "61.115271"]
    seasons = [f"{year}-{year + 1}" for year in range(2010, 2016)]
    rows = list(zip(amounts, degrees, seasons, strict=True))
    types = [entry["type"] for entry in guess_mapping(["A", "B", "C"], rows, CORE_COLUMNS, region=region)]
    assert types == ["number", "number", "text"]


@pytest.mark.django_db
def test_an_import_guesses_phones_by_the_country_of_the_organisation(register):
    register.organisation.region = "US"
    register.organisation.save()
    text = "First name;A;Phone;Phone (work)\n" + "".join(f"Jan;{n};{n};6502530000\n" for n in NUMBERS["US"])
    mapping = upload(register, BytesIO(text.encode())).mapping
    found = [(entry["target"], entry["type"]) for entry in mapping[1:]]
    assert found == [("new", "phone"), ("phone", "phone"), ("new", "phone")]


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("0351 123456", "DE", "+49351123456"),  # a number at home as well, of another town
        ("0171/1234567", "DE", "+491711234567"),
        ("912 34 567", "NO", "+4791234567"),
        ("040 1234567", "SE", "+358401234567"),  # moved, and kept the mobile: there it would be one of Malmö
        ("070-123 45 67", "SE", "+46701234567"),
        ("+358 40 123 4567", "DE", "+358401234567"),
        ("no number", "DE", ""),
    ],
)
def test_numbers_without_country_code_are_of_the_country_people_live_in(text, country, number):
    assert phone_key_abroad(text, country=country, home="FI") == number


@pytest.mark.django_db
def test_an_import_reads_phones_by_the_country_in_the_row(register):
    text = (
        "Etunimi;Maa;Puhelin;Työpuhelin\nHans;Deutschland ;0351 123456;0171/1234567\n"
        "Kari;Norge;912 34 567;\nAnna;Suomi;040 1234567;09 123 456\nBo;;050 1234567;\n"
    )
    batch = import_text(register, text, types=["text", "text", "phone", "phone"])
    [work] = [f"attributes.{entry['key']}" for entry in batch.mapping if entry["target"] == "new"]
    found = Contact.objects.order_by("pk").values_list("phone", "attributes")
    assert [(phone, more.get(work.removeprefix("attributes."), "")) for phone, more in found] == [
        ("+49351123456", "+491711234567"),
        ("+4791234567", ""),
        ("+358401234567", "+3589123456"),
        ("+358501234567", ""),
    ]


@pytest.mark.django_db
def test_so_does_the_form_of_a_contact(register):
    values = {"first_name": "Hans", "country": "Germany", "phone": "0351 123456"}
    contact = save_contact(register=register, values=values, source="test")
    assert contact.phone == "+49351123456"
    save_contact(register=register, values={"phone": "0171 1234567"}, source="test", contact=contact)
    assert Contact.objects.get().phone == "+491711234567"
    save_contact(register=register, values={"phone": "0351 123456", "country": ""}, source="test", contact=contact)
    assert Contact.objects.get().phone == "+358351123456"


def test_an_american_number_is_no_mobile_of_somebody_else():
    assert phone_key("(425) 882-8080", "FI") == phone_key("425-882-8080", "DE") == ""
    assert phone_key("(425) 882-8080", "US") == "+14258828080"
    assert phone_key("(050) 123-4567", "FI") == "+358501234567"
    assert phone_key_abroad("401234567", country="SE", home="FI") == "+358401234567"
    assert phone_key("401234567", "FI") == "+358401234567"  # without the zero, as spreadsheets leave it out
    assert phone_key_abroad("4258828080", country="US", home="FI") == "+14258828080"
