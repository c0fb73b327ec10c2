"""Spreadsheets and what stands in their cells are understood as their makers meant them."""

import datetime as dt

import pytest
from openpyxl import Workbook

from guards.uploads import UploadError
from registers.addresses import address_key, phone_key
from registers.books import option_rows
from registers.columns import CORE_COLUMNS
from registers.imports.guessed_types import guess_type
from registers.imports.guessing import guess_mapping
from registers.imports.reading import MAX_COLUMNS, open_table, read_rows
from registers.imports.text_tables import text_format
from registers.imports.web_tables import LONGEST
from registers.phones import plain_number
from registers.texts import clean_line, sort_key
from registers.values import Option, Reading, ValueMistake, option_code, read_value
from tests.registers.importing import DATA


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("Etunimi;Kaupunki\nPäivi;Jyväskylä\nÅke;Malmö\n", "cp1252", "cp1252"),
        ("Etunimi;Kaupunki\nPäivi;Jyväskylä\n", "utf-8", "utf-8"),
        ("Etunimi;Kaupunki\nPäivi;Jyväskylä\n", "utf-8-sig", "utf-8-sig"),
        ("Etunimi;Kaupunki\nPäivi;Jyväskylä\n", "utf-16", "utf-16"),
        ("Etunimi;Kaupunki\nPäivi;Jyväskylä\n" * 9, "utf-16-be", "utf-16-be"),
        ("Имя;Фамилия\nАнисим;Ларионова\nВасилий;Петров\n" * 3, "cp1251", "cp1251"),
    ],
)
def test_the_encoding_is_found(tmp_path, text, encoding, expected):
    path = tmp_path / "x"
    path.write_bytes(text.encode(encoding))
    assert text_format(path).encoding == expected
    table = open_table(path, "csv")
    assert table.headers == text.split("\n")[0].split(";")
    assert next(read_rows(path, "csv", table)).cells == text.split("\n")[1].split(";")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    path = tmp_path / "x"
    rows = [["name", "city, country; region", "n"], ["Aino | Bo", 'said "hi"', "1"], ["line\nbreak", "x", "2"]]
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path.write_text("\n".join(lines))
    table = open_table(path, "csv")
    assert table.headers == rows[0]
    assert [row.cells for row in read_rows(path, "csv", table)] == rows[1:]


def test_a_sep_line_is_no_header(tmp_path):
    path = tmp_path / "x"
    path.write_text("sep=;\na;b\n1;2\n")
    table = open_table(path, "csv")
    assert (table.headers, [row.number for row in read_rows(path, "csv", table)]) == (["a", "b"], [3])


@pytest.mark.parametrize("row", [";" * (LONGEST + 1), '"\n";' * (LONGEST // 4)], ids=["one line", "many lines"])
@pytest.mark.parametrize(("before", "number"), [("", 1), ("name;email\nAino;a@example.fi\n", 3)])
def test_a_row_is_not_taken_apart_into_gigabytes(tmp_path, row, before, number):
    file = tmp_path / "people.csv"
    file.write_text(f"{before}{row}\nBo;b@example.fi\n")
    with pytest.raises(UploadError, match=f"Row {number} is too long"):
        list(read_rows(file, "csv", open_table(file, "csv")))


def test_a_row_may_be_as_full_as_a_spreadsheet_program_lets_it_be(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(";".join("n" * MAX_COLUMNS) + "\n" + ";".join(["x" * 32_000] * MAX_COLUMNS) + "\n")
    assert [len(row.cells) for row in read_rows(file, "csv", open_table(file, "csv"))] == [MAX_COLUMNS]


LIST = [["Name", "E-mail"], ["Anna Ek", "anna@example.fi"]]
SHEETS = [
    ([[["Members of the club"], ["See the next sheet"]], LIST], 1),
    ([[["Row Labels", "Count of Email", "Sum of Fee"], ["Espoo", 3, 75], ["Oulu", 1, 25]], LIST], 1),
    ([[["Név", "Cím"], ["Bo Ek", "bo@example.hu"], ["Al Ek", "al@example.hu"]], LIST], 0),
    ([[["Osallistuja", "Ruoka"], ["Bo Ek", "vegaani"]], LIST], 0),
    ([[["Fruit"], ["Apple"]], [["Price"], [5]]], 0),
]


@pytest.mark.parametrize(("sheets", "at"), SHEETS)
def test_of_several_sheets_the_first_with_a_list_of_people_is_read(tmp_path, sheets, at):
    book = Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert open_table(tmp_path / "a.xlsx", "xlsx").sheet == f"Sheet {at}"


def test_row_numbers_are_those_of_the_spreadsheet():
    table = open_table(DATA / "members.xlsx", "xlsx")
    rows = list(read_rows(DATA / "members.xlsx", "xlsx", table))
    assert (len(rows), rows[0].number, rows[-1].number) == (5060, 2, 5061)


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("040-2679195", "phone", "+358402679195"), ("00358451840841", "phone", "+358451840841"),
        ("+358 (0)40 267 9195", "phone", "+358402679195"), (402679195.0, "phone", "+358402679195"),
        (358402679195.0, "phone", "+358402679195"), ("+46 70 123 45 67", "phone", "+46701234567"),
        ("18.12.1986", "date", "1986-12-18"), ("1986-12-18", "date", "1986-12-18"),
        ("18/12/1986", "date", "1986-12-18"),
        ("1986/12/18", "date", "1986-12-18"), ("19861218", "date", "1986-12-18"), (31764.0, "date", "1986-12-18"),
        ("18.12.86", "date", "1986-12-18"), ("1.2.05", "date", "2005-02-01"),
        ("1986-12-18 00:00:00", "date", "1986-12-18"), (dt.datetime(1986, 12, 18, tzinfo=dt.UTC), "date", "1986-12-18"),
        (dt.date(1986, 12, 18), "date", "1986-12-18"), ("18 Dec 1986", "date", "1986-12-18"),
        ("Dec 18th, 1986", "date", "1986-12-18"), ("18-dec-86", "date", "1986-12-18"),
        ("18 de diciembre de 1986", "date", "1986-12-18"), ("18 déc. 1986", "date", "1986-12-18"),
        ("18. joulukuuta 1986 klo 10.05", "date", "1986-12-18"), ("18.12.1986 klo 10:05", "date", "1986-12-18"),
        ("Thursday, December 18, 1986", "date", "1986-12-18"), ("1986年12月18日", "date", "1986-12-18"),
        ("1986.12.18.", "date", "1986-12-18"), ("1986. 12. 18.", "date", "1986-12-18"),
        ("1986. december 18.", "date", "1986-12-18"), ("18. prosince 1986", "date", "1986-12-18"),
        ("18 Aralık 1986", "date", "1986-12-18"), ("1986년 12월 18일", "date", "1986-12-18"),
        ("昭和61年12月18日", "date", "1986-12-18"), ("令和元年5月1日", "date", "2019-05-01"),
        ("75,-", "number", 75), ("€ 75,-", "money", "75.00 EUR"), ("-$20.50", "money", "-20.50 USD"),
        ("($20.50)", "money", "-20.50 USD"), ("oui", "yes_no", True), ("Não", "yes_no", False),
        ("36 775,18", "number", 36775.18), ("36\u00a0775,18", "number", 36775.18), ("36.775,18", "number", 36775.18),
        ("36,775.18", "number", 36775.18), ("1,234,567", "number", 1234567), ("−5", "number", -5),
        ("12 €", "number", 12),
        (3729.0, "text", "3729"), (0.5, "number", 0.5), ("007", "text", "007"), (True, "yes_no", True),
        ("Kyllä", "yes_no", True), ("nej", "yes_no", False), ("x", "yes_no", True), ("Нет", "yes_no", False),
        ("Aino <aino@example.fi>", "email", "aino@example.fi"), (" aino@example.fi ", "email", "aino@example.fi"),
        ("example.fi", "url", "https://example.fi"), ("  a\x00\u202eb\u200b  c ", "text", "ab c"), ("", "number", None),
        ("  ", "date", None), ("a\r\nb", "long_text", "a\nb"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_it_was_meant(cell, kind, value):
    assert read_value(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("09 123", "phone", "not a phone number"), ("31.2.2020", "date", "not a day in the calendar"),
        ("eilen", "date", "not a date"), ("5 Vegan 2020", "date", "not a date"),
        ("--03-05", "date", "without its year"), ("24.12.", "date", "without its year"),
        ("-$-5", "money", "not an amount"), ("1.1.0001", "date", "not a likely date"),
        ("viisi", "number", "not a number"),
        ("1e40010115", "number", "can be kept"), (float("inf"), "date", "not a date"),
        ("1e999", "number", "cannot|can be kept|not a number"), ("ehkä", "yes_no", "neither yes nor no"),
        ("a at b.fi", "email", "not an e-mail address"), ("a@@b.fi", "email", "not an e-mail address"),
        ("a@b.fi; c@d.fi", "email", "more than one"),
        ("linnéa@example.fi", "email", "“é”, which cannot stand"), ("x" * 256, "text", "at most 255"),
        ("javascript:alert(1)", "url", "not a web address"), ("\ufffd", "text", "could not be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(cell, kind, words):
    with pytest.raises(ValueMistake, match=words):
        read_value(cell, kind)


def test_month_first_where_the_column_says_so():
    for text in ("12/18/1986", "12-18-86"):
        assert read_value(text, "date", reading=Reading(date_order="mdy")) == "1986-12-18"


def test_the_number_of_a_cell_has_no_thousands():
    assert read_value(12.375, "money", reading=Reading(thousands=",.")) == "12.375 EUR"


def test_choices_are_found_by_label_in_any_case_and_kept_apart():
    options = (Option("18", "18"), Option("18-plus", "18+"), Option("ruoka-viini", "ruoka & viini"))
    assert read_value("18+", "choice", options=options) == "18-plus"
    assert read_value(18.0, "choice", options=options) == "18"
    assert read_value("RUOKA & VIINI; 18", "multiple_choice", options=options) == ["ruoka-viini", "18"]
    more = (*options, Option("x-y", "x, y"), Option("y", "y"))
    assert read_value("18, x, y, 18+, Y", "multiple_choice", options=more) == ["18", "x-y", "18-plus", "y"]
    with pytest.raises(ValueMistake, match="not among the choices"):
        read_value("muu", "choice", options=options)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.12.2026", "11.2.2026"), ("1/12", "11/2"), ("1,5 km", "15 km"), ("1,5", "1–5"), ("10:15", "10-15"),
        ("-5", "5"), ("A−", "A"), ("Sixty letters alike " * 3, "Sixty letters alike " * 4),
    ],
)  # fmt: skip
def test_choices_that_differ_in_a_sign_are_two(one, other):
    rows = [Option(**row) for row in option_rows([one, other])]
    assert [row.label for row in rows] == [one.strip(), other.strip()]
    for row in rows:
        assert read_value(row.label.upper(), "choice", options=rows) == row.code
    with pytest.raises(ValueMistake, match="not among the choices"):
        read_value(other, "choice", options=rows[:1])


def test_a_choice_keeps_its_code_and_is_read_in_any_spelling():
    former = Option("15-km", "1.5 km")  # as codes were made once
    assert [row["code"] for row in option_rows(["1.5 km", "15 km"], known=[former])] == ["15-km", "15-km-2"]
    assert read_value("1,5 KM", "choice", options=[former]) == "15-km"
    with pytest.raises(ValueMistake, match="not among the choices"):
        read_value("15 km", "choice", options=[former])
    assert option_code("18–25") == option_code("18-25") == "18-25"


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        (
            ["Förnamn", "Efternamn", "E-post", "Mobil", "Ort", "Postnr"],
            ["first_name", "last_name", "email", "phone", "city", "postcode"],
        ),
        (
            ["Vorname", "Nachname", "E-Mail", "Telefon", "PLZ", "Wohnort"],
            ["first_name", "last_name", "email", "phone", "postcode", "city"],
        ),
        (
            ["Имя", "Фамилия", "Электронная почта", "Телефон", "Город"],
            ["first_name", "last_name", "email", "phone", "city"],
        ),
        (["Nimi", "Sähköpostiosoite", "GSM"], ["full_name", "email", "phone"]),
        (
            ["Customer ID", "First Name", "Surname", "Date of birth"],
            ["external_id", "first_name", "last_name", "birth_date"],
        ),
        (["Email", "Email 2"], ["email", ""]),
    ],
)
def test_headers_are_known_in_five_languages(headers, targets):
    assert [entry["target"] for entry in guess_mapping(headers, [], CORE_COLUMNS)] == targets


def test_values_outvote_a_name():
    rows = [[f"Katu {n}", f"p{n}@example.fi"] for n in range(20)]
    assert [entry["target"] for entry in guess_mapping(["Mail", "X"], rows, CORE_COLUMNS)] == ["new", "email"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a, b", "b", "c, a", "a, c, b"] * 5, "multiple_choice"),
        (["red", "blue"] * 10, "choice"),
        (["x", "", "X"] * 3, "yes_no"),
        (["yes", ""] * 3, "text"),
        (["1,5", "2"] * 5, "number"),
        (["00100", "00200"] * 2, "text"),
        (["kyllä", "ei"] * 5, "yes_no"),
        (["1.2.2020", "3.4.2021"], "date"),
        (["R2.1.2", "S3.4.5"], "text"),
        (["-$5", "($1,000.00)"], "money"),
        (["R$ 1.250,00", "50,00", "100", "75"], "money"),
        (["a\nb"], "long_text"),
        ([], "text"),
        (["+358401234567"] * 3, "phone"),
    ],
)
def test_the_type_of_a_new_column_is_guessed(values, kind):
    assert guess_type([value for value in values if value]) == kind


def test_two_numbers_in_a_cell_are_none_of_more_than_fifteen_digits():
    assert phone_key("040 1234567 / 09 123", "DE") == phone_key("0401234567 09123", "DE") == ""
    assert plain_number("0401234567 09123", "DE") == ""


def test_keys_make_equal_what_is_the_same():
    assert address_key("ÄITI@EXAMPLE.FI") == ""
    assert address_key("a@ÄITI.fi") == address_key("a@xn--iti-pla.fi") != ""
    assert address_key("a@straße.de") == "a@xn--strae-oqa.de" != address_key("a@strasse.de")
    assert address_key("ａ@example.fi") == "a@example.fi"
    assert phone_key("+1 202 555 0123") == "+12025550123"
    assert clean_line("A\u0308iti") == "Äiti"
    assert sort_key("Z") < sort_key("Å") < sort_key("Ä") < sort_key("Ö")
