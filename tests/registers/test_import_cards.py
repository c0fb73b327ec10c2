"""Address books as vCards: each card is a row, whatever wrote it and however torn it is."""

import base64
import io

import pytest

from guards.uploads import SpreadsheetKind, UploadError, check_spreadsheet
from registers.books import create_register
from registers.contacts import save_contact
from registers.exports.cards import card
from registers.imports.reading import open_table, read_rows
from registers.models import Contact, ImportRow
from tests.registers.importing import check, confirm, outcome, upload

AINO = """BEGIN:VCARD
VERSION:3.0
N:Virtanen;Aino;Maria;Dr.;
FN:Dr. Aino Maria Virtanen
item1.EMAIL;TYPE=INTERNET:aino@home.example
EMAIL;TYPE=INTERNET,PREF:aino@mylly.example
TEL;TYPE=HOME:09 6123 4567
TEL;TYPE=CELL:040 123 4567
TEL;TYPE=WORK,FAX:09 6123 4568
ADR;TYPE=WORK:;;Tehdaskatu 1;Oulu;;90100;Finland
ADR;TYPE=HOME,PREF:;as. 3;Mannerheimintie 1\\, A;Helsinki;;00100;Suomi
ORG:Mylly Oy;Myynti
TITLE:Johtaja
BDAY:19800229
NOTE:Loves long notes that were folded by the program\\, after
  so many letters;\\nwith a second line
CATEGORIES:board,choir
END:VCARD
"""
OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=A4kel=C3=A4;Tyt=
ti
TEL;CELL;PREF:+358 41 123 4567
PHOTO;ENCODING=BASE64;JPEG:
{photo}

note;quoted-printable:R=E4ksy
END:VCARD
"""
NEW = """begin:vcard
VERSION:4.0
FN:Bo Öst
TEL;VALUE=uri;TYPE="voice,cell":tel:+358-42-123-4567;ext=1
BDAY:--0302
LANG;PREF=1:sv
PHOTO:data:image/jpeg;base64,{photo}
end:vcard
"""


@pytest.fixture
def book(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="Address book")


def people_in(path):
    table = open_table(path, "vcf")
    rows = [
        {header: cell for header, cell in zip(table.headers, row.cells, strict=False) if cell}
        for row in read_rows(path, "vcf", table)
    ]
    return table, rows


def file_of(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "people.vcf"
    path.write_bytes(text.encode(encoding))
    return path


def photo(size):
    lines = base64.encodebytes(b"\x89" * size).decode()
    return lines.rstrip("\n")


def test_a_card_becomes_a_row_with_the_best_address_and_number_first(tmp_path):
    _table, rows = people_in(file_of(tmp_path, AINO))
    assert rows == [
        {
            "First name": "Aino Maria", "Last name": "Virtanen", "Name prefix": "Dr.",
            "E-mail": "aino@mylly.example", "E-mail 2": "aino@home.example",
            "Phone": "040 123 4567", "Other phones": "09 6123 4567, 09 6123 4568",
            "Street address": "Mannerheimintie 1, A, as. 3", "Postcode": "00100", "City": "Helsinki",
            "Country": "Suomi", "Other addresses": "Tehdaskatu 1, 90100 Oulu, Finland",
            "Company": "Mylly Oy", "Department": "Myynti", "Job title": "Johtaja",
            "Date of birth": "1980-02-29", "Categories": "board, choir",
            "Notes": "Loves long notes that were folded by the program, after so many letters;\nwith a second line",
        }
    ]  # fmt: skip


def test_old_and_new_versions_and_huge_photos(tmp_path):
    text = OLD.format(photo=photo(3_000_000)) + NEW.format(photo="A" * 3_000_000)
    table, rows = people_in(file_of(tmp_path, text))
    assert "PHOTO" not in str(table.headers)
    assert rows[0] == {"First name": "Tytti", "Last name": "Mäkelä", "Phone": "+358 41 123 4567", "Notes": "Räksy"}
    assert rows[1] == {
        "First name": "Bo", "Last name": "Öst", "Phone": "+358-42-123-4567 x1", "Birthday without year": "2.3.",
        "Language": "sv",
    }  # fmt: skip


def test_labels_that_people_have_made_up_and_what_they_prefer(tmp_path):
    text = (
        "BEGIN:VCARD\nVERSION:2.1\nN:Ek;Bo\nTEL;X-Mökki:015 123456\nURL:https://bo.example\n"
        "TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=C3=96):015 123457\nURL:https://ek.example\nEND:VCARD\n"
        f"BEGIN:VCARD\nVERSION:4.0\nN:Ek;Ada\nEMAIL;TYPE=work;PREF={'9' * 5_000}:w@example.fi\n"
        "EMAIL;PREF=1:h@example.fi\nEND:VCARD\n"
    )
    assert people_in(file_of(tmp_path, text))[1] == [
        {
            "First name": "Bo", "Last name": "Ek", "Phone": "015 123456", "Other phones": "015 123457",
            "Website": "https://bo.example", "Other websites": "https://ek.example",
        },
        {"First name": "Ada", "Last name": "Ek", "E-mail": "h@example.fi", "E-mail 2": "w@example.fi"},
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_whatever_the_encoding_and_the_ends_of_lines(tmp_path, encoding, ends):
    text = "BEGIN:VCARD\nVERSION:3.0\nN:Mäkelä;Åke;;;\nNOTE:Hyvää päivää\nEND:VCARD\n"
    _table, rows = people_in(file_of(tmp_path, text.replace("\n", ends), encoding))
    assert rows == [{"First name": "Åke", "Last name": "Mäkelä", "Notes": "Hyvää päivää"}]


def test_an_assistant_within_a_card_is_nobody_of_the_list(tmp_path):
    text = "BEGIN:VCARD\nN:A;B\nAGENT:\nBEGIN:VCARD\nN:X;Y\nEND:VCARD\nNICKNAME:Bea\nEND:VCARD\n"
    assert people_in(file_of(tmp_path, text))[1] == [{"First name": "B", "Last name": "A", "Nickname": "Bea"}]


def test_a_file_without_cards_is_refused_with_a_reason(book):
    for content in (b"Etunimi;Sukunimi\nAino;Virtanen\n", b"END:VCARD\n", b"\xff\xfe\xfa\xfb" * 9):
        with pytest.raises(UploadError, match="no card in this file"):
            upload(book, io.BytesIO(content), name="people.vcf")


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b"\r\n "])
def test_cards_are_known_by_what_they_hold_whatever_the_name(head):
    assert check_spreadsheet(io.BytesIO(head + b"begin:vcard\r\nN:A"), name="x.txt") is SpreadsheetKind.CARDS
    assert check_spreadsheet(io.BytesIO("BEGIN:VCARD\n".encode("utf-16")), name="x") is SpreadsheetKind.CARDS


def test_torn_cards_and_lists_are_left_out_with_row_and_reason_and_the_rest_goes_in(book):
    text = (
        "BEGIN:VCARD\nN:Torn;One\nEMAIL:torn@example.fi\n"
        "BEGIN:VCARD\nN:Good;One\nEMAIL:good@example.fi\nEND:VCARD\n"
        "BEGIN:VCARD\nN:Bad;Line\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=KLINGON:=C3\nEMAIL:bad@example.fi\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Choir\nEMAIL:choir@example.fi\nX-ADDRESSBOOKSERVER-KIND:group\nEND:VCARD\n"
        "BEGIN:VCARD\nEND:VCARD\n"
        "BEGIN:VCARD\nN:Last;One\nEMAIL:last@exam"
    )
    batch = check(upload(book, io.BytesIO(text.encode()), name="book.vcf"))
    assert batch.total == 6
    dry = outcome(batch)
    assert [(number, status) for number, status, _reasons in dry] == [
        (1, "rejected"), (2, "created"), (3, "rejected"), (4, "rejected"), (5, "rejected"), (6, "rejected"),
    ]  # fmt: skip
    assert "torn" in dry[0][2][0]
    assert "NOTE" in dry[2][2][0]
    assert "list of people" in dry[3][2][0]
    assert "torn" in " ".join(dry[5][2])
    batch = confirm(batch)
    assert outcome(batch) == dry
    assert [contact.email for contact in Contact.objects.all()] == ["good@example.fi"]
    assert ImportRow.objects.get(batch=batch, number=1).cells[:3] == ["One", "Torn", "torn@example.fi"]


def test_birthdays_without_year_are_no_dates_of_birth(book):
    batch = upload(book, io.BytesIO(b"BEGIN:VCARD\nN:Ek;Bo\nBDAY:--0305\nEND:VCARD\n"), name="book.vcf")
    assert [(entry["target"], entry["type"]) for entry in batch.mapping][-1] == ("new", "text")


def test_what_is_not_read_of_a_card_is_said(book):
    more = f"PHOTO;ENCODING=b:{photo(200_000)}\nANNIVERSARY:20000101\nX-ABDATE:\nUID:7\nX-FILE-AS:Bo\nHOBBY:chess\n"
    cards = AINO + NEW.format(photo="A").replace("end:vcard", f"{more}END:VCARD")
    batch = check(upload(book, io.BytesIO(cards.encode()), name="b.vcf"))
    dry = outcome(batch)
    assert dry == [
        (1, "created", []),
        (
            2,
            "created",
            [
                "Phone: the extension 1 of “+358-42-123-4567 x1” is not kept.",
                "Of the card this is not read: picture, anniversary, HOBBY.",
            ],
        ),
    ]
    assert outcome(confirm(batch)) == dry


def test_who_has_only_a_number_is_matched_by_it(book):
    save_contact(register=book, values={"first_name": "Bo", "phone": "+358421234567"}, source="t")
    batch = check(upload(book, io.BytesIO((AINO + NEW.format(photo="A")).encode()), name="book.vcf"))
    assert batch.match_by == "email,phone"
    assert [status for _number, status, _reasons in outcome(batch)] == ["created", "updated"]


def test_what_we_export_comes_back_as_it_was(book):
    values = {
        "first_name": "Aino, née; X", "last_name": "Mäkelä", "email": "aino@example.fi", "phone": "+358401234567",
        "street": "Katu 1", "postcode": "00100", "city": "Helsinki", "birth_date": "1980-02-29",
    }  # fmt: skip
    aino = save_contact(register=book, values=values, source="t")
    parts = ("email", "phone", "address", "birth_date")
    text = "".join(card(aino, places=(), parts=parts, version=version) for version in ("3.0", "4.0"))
    batch = check(upload(book, io.BytesIO(text.encode()), name="contacts.vcf"))
    assert [entry["target"] for entry in batch.mapping] == [
        "first_name", "last_name", "email", "phone", "street", "postcode", "city", "birth_date",
    ]  # fmt: skip
    assert {status for _number, status, _reasons in outcome(batch)} == {"unchanged", "repeated"}
