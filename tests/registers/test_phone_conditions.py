"""A rule finds phone numbers as people of the country write them, whatever they are stored as."""

import pytest

from registers.books import create_register
from registers.contacts import save_contact
from registers.models import Contact
from registers.phones import beginnings
from registers.segments import compile_rule

NUMBERS = {"FI": ["040 123 4567", "09 123 456"], "DE": ["0351 123456", "0171 1234567"], "US": ["(212) 555-0123"]}


@pytest.fixture
def numbers(organisation):
    """A register of people whose numbers stand in the column of all contacts, and in two of its own."""

    def make(region):
        organisation.region = region
        organisation.save()
        register = create_register(
            name="Abroad", fields=[{"label": "Work", "type": "phone"}, {"label": "More", "type": "phones"}]
        )
        for number in NUMBERS[region]:
            values = {"last_name": number, "phone": number, "attributes.work": number, "attributes.more": number}
            save_contact(register=register, values=values, source="test")
        save_contact(register=register, values={"last_name": "none"}, source="test")
        return register

    return make


def found(register, column, op, value):
    rule = {"match": "all", "conditions": [{"column": column, "op": op, "value": value}]}
    people = Contact.objects.filter(compile_rule(rule, register), register=register)
    return sorted(people.values_list("last_name", flat=True))


@pytest.mark.parametrize(
    ("region", "cases"),
    [
        (
            "FI",
            [
                ("is", "+358 40 1234567", ["040 123 4567"]),
                ("is", "0401234567", ["040 123 4567"]),
                ("is_not", "040-1234567", ["09 123 456", "none"]),
                ("starts", "040", ["040 123 4567"]),
                ("starts", "0", ["040 123 4567", "09 123 456"]),
                ("starts", "00358 9", ["09 123 456"]),
                ("starts", "+35840", ["040 123 4567"]),
            ],
        ),
        (
            "DE",
            [
                ("is", "0351/123456", ["0351 123456"]),
                ("starts", "0171", ["0171 1234567"]),
                ("starts", "35", ["0351 123456"]),
            ],
        ),
        (
            "US",
            [
                ("is", "212-555-0123", ["(212) 555-0123"]),
                ("starts", "1 (212)", ["(212) 555-0123"]),
                ("starts", "212", ["(212) 555-0123"]),
            ],
        ),
    ],
)
def test_numbers_are_found_as_they_are_written(numbers, region, cases):
    register = numbers(region)
    for column in ("phone", "attributes.work", "attributes.more"):
        for op, value, who in cases:
            assert found(register, column, op, value) == who, (column, op, value)


def test_parts_and_several(numbers):
    register = numbers("FI")
    for column in ("phone", "attributes.work"):
        assert found(register, column, "contains", "123 45") == ["040 123 4567", "09 123 456"]
        assert found(register, column, "contains", "040") == ["040 123 4567"]
        assert found(register, column, "contains_not", "4567") == ["09 123 456", "none"]
        assert found(register, column, "any_of", ["09123456", "nonsense"]) == ["09 123 456"]
        assert found(register, column, "contains", "nonsense") == []


def test_a_column_holds_a_number_of_the_country_at_first(organisation):
    organisation.region = "DE"
    organisation.save()
    register = create_register(name="Club", fields=[{"label": "Office", "type": "phone", "default": "0351 123456"}])
    assert register.fields.get().default == "+49351123456"


def test_beginnings():
    assert beginnings("(0)40", "FI") == ["+35840", "+40"]
    assert beginnings("06 12", "IT") == ["+390612", "+0612"]
    assert beginnings("no", "FI") == beginnings("+", "FI") == beginnings("00", "FI") == []
    assert beginnings("12", "ZZ") == ["+12"]
