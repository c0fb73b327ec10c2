"""People of all scripts leave the house: on paper as they are read, and in files that come back unchanged."""

import io

import pytest

from registers.books import add_field
from registers.contacts import save_contact
from registers.models import Contact
from registers.printing import fonts, scripts
from registers.printing.lists import write_list
from tests.registers.exporting import BASIS, HOME, pdf_text, take
from tests.registers.importing import check, outcome, upload

NAMES = [
    ("Maximiliana-Wilhelmina Kunigunde", "von und zu Hohenlohe-Schillingsfürst " * 2),
    ("Анна", "Достоевская"),
    ("Γιώργος", "Παπαδόπουλος"),
    ("محمد", "عبد الله"),
    ("שלום", "כהן (אב)"),
    ("小明", "王"),
    ("太郎", "やまだ"),
    ("민준", "김"),
    ("Anna 🎉", "Ek"),
    ("", "O'Neil; Smith, Jr."),
    ("Nguyễn", ""),
]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Anna Ek", "Anna Ek"),
        ("שלום", "םולש"),
        ("שלום כהן (12)", "(12) ןהכ םולש"),
        ("לאה 3/5 Aleph", "Aleph 3/5 האל"),
        ("Bo שלום Ek", "Bo םולש Ek"),
        ("Firma כהן (אב)", "Firma (בא) ןהכ"),
        ("Bo (שלום) Ek", "Bo (םולש) Ek"),
        ("محمد", "\ufeaa\ufee4\ufea4\ufee3"),
        ("الا", "\ufefb\ufe8d"),
        ("دار", "\ufead\ufe8d\ufea9"),
    ],
)
def test_what_runs_from_the_right_is_put_as_it_is_seen(text, seen):
    assert scripts.as_seen(text) == seen


def test_letters_are_taken_from_the_font_that_has_them():
    fonts.load()
    assert scripts.pieces("王 Ek 김", fonts.PLAIN) == [
        ("王", scripts.CHINESE),
        (" Ek ", fonts.PLAIN),
        ("김", scripts.KOREAN),
    ]
    assert scripts.pieces("山田さん", fonts.PLAIN) == [("山田さん", scripts.JAPANESE)]
    assert fonts.unprintable(["王小明", "김", "山田さん", "שלום", "محمد", "Ærø", "🎉"]) == 1
    assert fonts.width("王小", fonts.PLAIN, 10) == 20


@pytest.fixture
def world(register):
    add_field(register=register, label="Note", type="text", key="note")
    for at, (first, last) in enumerate(NAMES):
        more = {"email": f"p{at}@example.fi", "external_id": str(at), "attributes.note": f"“{first}”; ok"}
        save_contact(register=register, values={"first_name": first, "last_name": last, **more, **HOME}, source="t")
    return register


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("pdf", {"columns": ["first_name", "last_name"]}),
        ("labels", {"sheet": "L7160", "start": "1"}),
        ("badges", {"size": "A7", "under": "both"}),
    ],
)
def test_papers_hold_all_names_and_say_what_may_be_missing(world, editor, kind, chosen):
    _answer, body = take(editor, world, kind, {**chosen, **BASIS})
    text = "".join("".join(pdf_text(body)).split())
    arabic = "\ufee3\ufea4\ufee4\ufeaa"
    for name in ("Достоевская", "Παπαδόπουλος", "小明", "太郎", "민준", "שלום", arabic):
        assert name in text  # pypdf tells what runs from the right in the order in which it is read
    remarks = editor.get("/admin/").content.decode()
    assert "1 of them holds letters that no font of the file has" in remarks
    assert "3 of them hold Chinese, Japanese or Korean letters" in remarks


@pytest.mark.django_db
def test_tables_and_cards_come_back_as_they_were(world, editor):
    before = list(Contact.objects.order_by("pk").values())
    columns = [
        "external_id",
        "first_name",
        "last_name",
        "email",
        "street",
        "postcode",
        "city",
        "country",
        "attributes.note",
    ]
    for kind, chosen, name in [
        ("table", {"columns": columns, "format": "csv"}, "p.csv"),
        ("table", {"columns": columns, "format": "xlsx"}, "p.xlsx"),
        ("vcard", {"parts": ["email", "address"], "version": "3.0"}, "p.vcf"),
        ("vcard", {"parts": ["email", "address"], "version": "4.0"}, "p.vcf"),
    ]:
        _answer, body = take(editor, world, kind, chosen)
        batch = check(upload(world, io.BytesIO(body), name=name))
        assert [(status, why) for _number, status, why in outcome(batch)] == [("unchanged", [])] * len(NAMES)
    assert list(Contact.objects.order_by("pk").values()) == before


def test_words_stay_whole_where_a_page_has_room_for_them():
    headers = ["First name", "Last name", "Alternative spelling", "E-mail", "Street address", "Postcode", "Country"]
    long = ["Maximiliana-Wilhelmina", "zu Hohenlohe-Waldenburg", "", "m@example.com", "Katu " * 20, "00100", "Germany"]
    made = io.BytesIO()
    write_list(made, title="T", foot="", headers=headers * 2, rows=[[*long, *long]] * 9, sideways=True)
    text = pdf_text(made.getvalue())[0]
    assert all(word in text.split() for header in headers for word in header.split())
    assert "Germany" in text
    assert fonts.wrap("Hohenlohe-Schillingsfürst", fonts.PLAIN, 9, 90) == ["Hohenlohe-", "Schillingsfürst"]
