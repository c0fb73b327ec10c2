"""Countries, languages, several phone numbers and money: in, shown, asked, filtered, merged and out again."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from registers.books import create_register
from registers.columns import columns_by_key
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.models import Contact, Segment
from registers.saved_views import choose_columns
from registers.segments import compile_rule
from registers.values import Reading, ValueMistake, read_value
from tests.registers.exporting import take
from tests.registers.importing import import_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    types = {"Home": "country", "Speaks": "language", "Numbers": "phones", "Fee": "money"}
    return create_register(name="World", fields=[{"label": label, "type": kind} for label, kind in types.items()])


@pytest.mark.parametrize(
    ("kind", "cell", "stored"),
    [
        ("country", "Suomi", "FI"),
        ("country", "sweden", "SE"),
        ("country", "DEU", "DE"),
        ("country", "Германия", "DE"),
        ("country", "England", "GB"),
        ("country", "fi", "FI"),
        ("language", "ruotsi", "sv"),
        ("language", "en-GB", "en"),
        ("language", "inarinsaame", "smn"),
        ("language", "FIN", "fi"),
        ("phones", "040 1234567; +358 50 7654321, 0401234567", ["+358401234567", "+358507654321"]),
        ("money", "12,5", "12.50 EUR"),
        ("money", "€ 1 200", "1200.00 EUR"),
        ("money", "1,234.50 USD", "1234.50 USD"),
        ("money", "100 kr", "100.00 SEK"),
        ("money", 99.9, "99.90 EUR"),
        ("money", 110.00000000000001, "110.00 EUR"),
        ("money", "-0", "0.00 EUR"),
        ("money", "500 JPY", "500 JPY"),
        ("money", "1.459 EUR", "1.459 EUR"),
    ],
)
def test_it_reads_what_people_write(kind, cell, stored):
    assert read_value(cell, kind, reading=Reading()) == stored


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("country", "Narnia"),
        ("country", "EU"),
        ("language", "Klingonish"),
        ("phones", "040 1234567, soon"),
        ("money", "twelve"),
        ("money", "12 EUR SEK"),
        ("money", "1.23456 EUR"),
        ("money", "10000000000000"),
        ("money", "12 XQX"),
    ],
)
def test_it_says_what_does_not_fit(kind, cell):
    with pytest.raises(ValueMistake):
        read_value(cell, kind)


def test_names_are_those_of_the_active_language(register):
    contact = save_contact(
        register=register, values={"home": "SE", "speaks": "de", "fee": "1234.5 EUR", "first_name": "A"}, source="test"
    )
    shown = {}
    for language in ("en", "fi"):
        with translation.override(language):
            columns = columns_by_key(register)
            shown[language] = [
                columns[f"attributes.{key}"].format(contact.attributes[key]) for key in ("home", "speaks")
            ]
            assert "€" in columns["attributes.fee"].format(contact.attributes["fee"])
    assert shown == {"en": ["Sweden", "German"], "fi": ["Ruotsi", "Saksa"]}


def test_the_language_of_a_contact_has_its_name_on_screens_and_leaves_by_its_code(editor, register):
    import_text(register, "First name;Language\nAino;ruotsi\nBo;sv\n")
    assert set(Contact.objects.values_list("language", flat=True)) == {"sv"}
    choose_columns(register=register, user=editor.user, columns=["language"])
    assert "Swedish" in editor.get(reverse("registers:contacts", args=[register.pk])).content.decode()
    contact = Contact.objects.get(first_name="Aino")
    assert "<dd>Swedish</dd>" in editor.get(reverse("registers:contact", args=[contact.pk])).content.decode()
    conditions = [{"column": "language", "op": "any_of", "value": ["sv", "FI"]}]
    conditions.append({"column": "language", "op": "contains", "value": "en"})
    Segment.objects.create(register=register, name="Nordic", rule={"match": "all", "conditions": conditions})
    listed = editor.get(reverse("registers:segments")).content.decode()
    assert "Language is one of Swedish, Finnish, and Language contains en" in listed
    for value, people in (("Swedish", 2), ("SV", 2), ("suomi", 0), ("Klingonish", 0)):
        asked = {"match": "all", "conditions": [{"column": "language", "op": "is", "value": value}]}
        assert Contact.objects.filter(compile_rule(asked, register)).count() == people, value
    with translation.override("fi"):
        column = columns_by_key(register)["language"]
        assert [column.show(value) for value in ("sv", "xx", None)] == ["Ruotsi", "xx", ""]
    wanted = {"columns": ["first_name", "language"]}
    _answer, table = take(editor, register, "table", {**wanted, "format": "csv"})
    assert table.decode("utf-8-sig").splitlines() == ["First name,Language", "Aino,sv", "Bo,sv"]
    _answer, letters = take(editor, register, "merge", {**wanted, "delimiter": ";"})
    assert letters.decode("utf-8-sig").splitlines()[1].endswith(";Aino;sv")


def test_northern_sami_becomes_swedish_neither_in_the_form_nor_in_a_table_that_comes_back(editor, register):
    import_text(register, "First name;Email;Language\nSunna;sunna@example.fi;Northern Sami\n")
    sunna = Contact.objects.get()
    form = reverse("registers:edit_contact", args=[sunna.pk])
    assert 'value="Northern Sami"' in editor.get(form).content.decode()
    editor.post(
        form, {"first_name": "Sunna", "email": "sunna@example.fi", "language": "Northern Sami", "city": "Utsjoki"}
    )
    _answer, table = take(editor, register, "table", {"columns": ["email", "language"], "format": "csv"})
    import_text(register, table.decode("utf-8-sig"))
    sunna.refresh_from_db()
    assert (sunna.city, sunna.language) == ("Utsjoki", "se")


def test_the_form_offers_countries_and_keeps_what_was_there(editor, register):
    url = reverse("registers:add_contact", args=[register.pk])
    page = editor.get(url).content.decode()
    assert '<option value="FI">Finland</option>' in page
    answer = editor.post(
        url,
        {
            "first_name": "Aino",
            "attributes.home": "FI",
            "attributes.speaks": "sv",
            "attributes.numbers": "040 123 4567, +46 70 123 45 67",
            "attributes.fee": "25",
        },
    )
    contact = Contact.objects.get()
    assert answer.status_code == 302
    assert contact.attributes == {
        "home": "FI", "speaks": "sv", "numbers": ["+358401234567", "+46701234567"], "fee": "25.00 EUR"
    }  # fmt: skip
    page = editor.get(reverse("registers:edit_contact", args=[contact.pk])).content.decode()
    assert 'value="+358401234567, +46701234567"' in page
    assert '<option value="FI" selected>' in page


def people(register):
    rows = [
        ("A", "FI", "040 1234567", "9 EUR"),
        ("B", "SE", "040 1234567; 050 7654321", "100 EUR"),
        ("C", "FI", "", "20 SEK"),
        ("D", "", "", ""),
    ]
    for name, home, numbers, fee in rows:
        values = {"first_name": name, "home": home, "numbers": numbers, "fee": fee}
        save_contact(register=register, values=values, source="test")


@pytest.mark.parametrize(
    ("column", "op", "value", "names"),
    [
        ("home", "any_of", ["FI"], "AC"),
        ("home", "none_of", ["FI"], "BD"),
        ("home", "empty", None, "D"),
        ("numbers", "is", "+358 50 765 4321", "B"),
        ("numbers", "is_not", "0507654321", "ACD"),
        ("numbers", "starts", "+35850", "B"),
        ("numbers", "filled", None, "AB"),
        ("fee", "gt", "10", "B"),
        ("fee", "gte", "9,00 €", "AB"),
        ("fee", "lt", "50 SEK", "C"),
        ("fee", "eq", "100", "B"),
        ("fee", "empty", None, "D"),
    ],
)
def test_segments_ask_each_type_in_its_own_way(register, column, op, value, names):
    people(register)
    condition = {"column": f"attributes.{column}", "op": op, "value": value}
    found = compile_rule({"match": "all", "conditions": [condition]}, register)
    rest = compile_rule({"match": "none", "conditions": [condition]}, register)

    def letters(query):
        return "".join(Contact.objects.filter(query).order_by("first_name").values_list("first_name", flat=True))

    assert letters(found) == names
    assert letters(rest) == "".join(name for name in "ABCD" if name not in names)


def test_an_amount_that_is_none_disturbs_no_segment(register):
    save_contact(register=register, values={"first_name": "A", "fee": "5"}, source="test")
    Contact.objects.create(register=register, first_name="B", attributes={"fee": "much"})
    rule = {"match": "all", "conditions": [{"column": "attributes.fee", "op": "lt", "value": "9"}]}
    assert [contact.first_name for contact in Contact.objects.filter(compile_rule(rule, register))] == ["A"]


def test_the_list_filters_by_country(editor, register):
    people(register)
    url = reverse("registers:contacts", args=[register.pk])
    assert [contact.first_name for contact in editor.get(url, {"is_home": "FI"}).context["object_list"]] == ["A", "C"]
    assert "Finland" in editor.get(url).content.decode()


def test_an_import_reads_and_an_export_writes_them(editor, register):
    batch = import_text(
        register, "Name;Home;Speaks;Numbers;Fee\nAino;Suomi;suomi;040 1234567/050 7654321;12,50\nBo;Narnia;;;\n"
    )
    contact = Contact.objects.get()
    assert contact.attributes == {
        "home": "FI", "speaks": "fi", "numbers": ["+358401234567", "+358507654321"], "fee": "12.50 EUR"
    }  # fmt: skip
    assert "not a country" in str(batch.rows.get(status="rejected").reasons)
    columns = columns_by_key(register)
    row = [columns[f"attributes.{key}"].plain(contact.attributes[key]) for key in ("home", "speaks", "numbers", "fee")]
    assert row == ["Finland", "Finnish", "+358401234567, +358507654321", "12.50 EUR"]


def test_a_merge_keeps_the_numbers_of_both(register):
    first = save_contact(register=register, values={"first_name": "A", "numbers": "0401234567"}, source="test")
    second = save_contact(register=register, values={"first_name": "A", "numbers": "0507654321"}, source="test")
    merge(keep=first.pk, contacts=[first.pk, second.pk])
    first.refresh_from_db()
    assert sorted(first.attributes["numbers"]) == ["+358401234567", "+358507654321"]


def test_a_wrong_value_is_refused_by_column(register):
    with pytest.raises(ValidationError) as refusal:
        save_contact(register=register, values={"first_name": "A", "home": "Narnia"}, source="test")
    assert "attributes.home" in refusal.value.message_dict
