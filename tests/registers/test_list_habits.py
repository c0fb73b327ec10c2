"""What programs of other countries and trades put into lists: sums below, guarded cells, two ways to write a day."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from guards.uploads import UploadError
from registers.columns import CORE_COLUMNS
from registers.contacts import save_contact
from registers.imports.guessing import guess_mapping
from registers.imports.parts import with_house
from registers.imports.strays import why_no_person
from registers.models import Contact, ImportRow
from tests.registers.importing import check, confirm, import_text, outcome, upload, work

pytestmark = pytest.mark.django_db


def attributes():
    return [contact.attributes for contact in Contact.objects.order_by("pk")]


def read_in(region, register, cells, kind):
    """What stands in a new column of that type after the import by an organisation of that country."""
    register.organisation.region = region
    register.organisation.save()
    lines = "".join(f"p{at}@example.com;{cell}\n" for at, cell in enumerate(cells))
    import_text(register, f"Email;Amount\n{lines}", types=["email", kind])
    return [each["amount"] for each in attributes()]


REPORT = """Contact ID,First Name,Last Name,Phone
A1,Al,Total,
A2,Bea,,
Contact ID,First Name,Last Name,Phone
A3,Cy,Young,
Totaal,,3,
"Grand Totals (3 records)"
"Confidential Information - Do Not Distribute"
"Helping Hands Foundation"
"""


def test_what_stands_below_a_report_is_nobody(register):
    batch = import_text(register, REPORT)
    assert [contact.external_id for contact in Contact.objects.order_by("pk")] == ["A1", "A2", "A3"]
    assert batch.mapping[0]["samples"] == ["A1", "A2", "A3"]
    reasons = {number: " ".join(why) for number, status, why in outcome(batch) if status == "rejected"}
    assert list(reasons) == [4, 6, 7, 8, 9]
    assert "once more" in reasons[4]
    assert "is a sum" in reasons[6]
    assert "is a sum" in reasons[7]
    assert "stands alone" in reasons[9]


def test_names_alone_are_people_all_the_same(register):
    import_text(register, "Nimi;Katu;Kunta\nAino Maria Virtanen;;\nSumma Summarum;;\nYht;Tie 1;Kemi\n", match_by="")
    assert Contact.objects.count() == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Suma;Rao;", ""),
        ("sum;yi;", ""),
        ("Sum;Yi;1984", ""),
        ("Total;500;EUR", "is a sum"),
        ("Total;;", "is a sum"),
        ("María del Carmen García López;;", ""),
        ("Karl K:son;;", ""),
        ("CONFIDENTIAL INFORMATION - DO NOT DISTRIBUTE;;", "stands alone"),
        ("Updated: May;;", "stands alone"),
        ("Only members who have paid;;", "stands alone"),
        ("Helsingin ryhmä;;", "stands alone"),
        ("Närståendegruppen i Vasa;;", "stands alone"),
        ("Anna ja Pekka;;", ""),
        ("Minna Gruppe-Osastonen;;", ""),
    ],
)
def test_people_are_told_from_sums_and_remarks(row, said):
    found = why_no_person(row.split(";"), ["First name", "Last name", "Born"], known=["first_name"])
    assert said in found if said else not found


@pytest.mark.parametrize(
    ("region", "cells", "amounts"),
    [
        ("FI", ["$1,200", "$75"], ["1200.00 USD", "75.00 USD"]),
        ("ES", ["1.250 €", "3,5 €"], ["1250.00 EUR", "3.50 EUR"]),
        ("FI", ["12.345 EUR", "12.50 EUR"], ["12.345 EUR", "12.50 EUR"]),  # as it is exported
        ("FI", ["1.250 KWD", "1.250 €"], ["1.250 KWD", "1250.00 EUR"]),
        ("KW", ["1,250", "12.500"], ["1.250 KWD", "12.500 KWD"]),
        ("KW", ["1,250.500", "1,250"], ["1250.500 KWD", "1250.000 KWD"]),
    ],
)
def test_thousands_of_money_are_no_cents(register, region, cells, amounts):
    assert read_in(region, register, cells, "money") == amounts


@pytest.mark.parametrize(
    ("region", "cells", "numbers"),
    [
        ("US", ["1,200", "7"], [1200, 7]),
        ("FI", ["1,200", "7"], [1.2, 7]),
        ("DE", ["1.200", "7"], [1200, 7]),
        ("DE", ["1.200", "7.5"], [1.2, 7.5]),
        ("FI", ["1,200", "1,234,567"], [1200, 1234567]),
    ],
)
def test_a_column_tells_what_stands_between_its_thousands(register, region, cells, numbers):
    assert read_in(region, register, cells, "number") == numbers


@pytest.mark.parametrize(
    ("region", "rows", "orders"),
    [
        ("FI", [["3/4/1980", "12/31/2020"]], ["mdy", "mdy"]),  # as the other column tells
        ("US", [["3/4/1980", ""]], ["mdy", "mdy"]),
        ("US", [["3-4-1980", "31-12-2020"]], ["dmy", "dmy"]),
        ("FI", [["3/4/1980", ""]], ["dmy", "dmy"]),
        ("FI", [["13/4/1980", "12/31/2020"]], ["dmy", "mdy"]),
        ("FR", [["01/09/1984", "06-45-78-12-34"]], ["dmy", "dmy"]),  # a phone number
        ("FR", [["01/09/1984", "12-31-20"], ["05/09/1975", "A 1"], ["", "A 2"]], ["dmy", "dmy"]),  # not days, as a rule
        ("FI", [["12.31.1980", "3.4.2020"]], ["mdy", "dmy"]),  # with points only where it cannot be otherwise
        ("US", [["3.4.1980", "31.12.2020"], ["3/4/2020", ""]], ["dmy", "dmy"]),
        ("US", [["12/31/1980", ""], ["11/30/1980", ""], ["13/2/1980", ""]], ["mdy", "mdy"]),  # a mistyped one
        ("HU", [["80-02-01", "05-02-03"], ["05-02-03", ""]], ["ymd", "ymd"]),
        ("FI", [["80-02-01", "5/2/03"]], ["ymd", "dmy"]),
        ("FI", [["31-02-05", "3/4/1980"], ["85-12-24", "13/2/1980"]], ["ymd", "dmy"]),
    ],
)
def test_day_or_month_first_as_the_file_or_the_country_has_it(region, rows, orders):
    found = guess_mapping(["Born", "Gift"], rows, CORE_COLUMNS, region=region)
    assert [entry["date_order"] for entry in found] == orders


def test_it_says_where_the_month_is_read_first_and_takes_another_word_for_it(register, editor):
    batch = upload(register, BytesIO(b"Email;Born\na@example.fi;12/31/1980\n"))
    step = reverse("registers:import_step", args=[batch.pk])
    shown = editor.get(step).context
    assert shown["said"] == ["Days such as “12/31/1980” are read with the month first."]
    assert [row["day"] for row in shown["rows"]] == ["", "12/31/1980"]
    batch = upload(register, BytesIO(b"Email;Born;Due\na@example.fi;3/4/1980;4/5/2026\n"))
    step = reverse("registers:import_step", args=[batch.pk])
    assert not editor.get(step).context["said"]
    chosen = {"target": ["email", "birth_date", "new"], "type": ["text", "date", "date"], "match_by": "email"}
    editor.post(step, {**chosen, "rule": "overwrite", "mistakes": "reject", "order-1": "mdy", "order-2": "ydm"})
    confirm(work(batch))
    assert Contact.objects.values_list("birth_date", "attributes").get() == (dt.date(1980, 3, 4), {"due": "2026-05-04"})
    for day, orders in (("5/6/1990", ["mdy", "dmy"]), ("31/12/1990", ["dmy", "dmy"])):  # as chosen, if it does not tell
        batch = upload(register, BytesIO(f"Email;Born;Due\nb@example.fi;{day};1/2/2027\n".encode()))
        assert [entry["date_order"] for entry in batch.mapping[1:]] == orders


def test_years_of_two_digits_may_come_first(register):
    lines = "".join(f"p{at}@example.com;{day}\n" for at, day in enumerate(["80-02-01", "05/02/03", "3.4.1981"]))
    import_text(register, f"Email;Born\n{lines}p8@example.com;85-12-24\n")
    born = Contact.objects.order_by("pk").values_list("birth_date", flat=True)
    assert list(born) == [dt.date(1980, 2, 1), dt.date(2005, 2, 3), dt.date(1981, 4, 3), dt.date(1985, 12, 24)]


def test_american_days_with_points_are_read_where_all_are_written_so(register):
    import_text(register, "Email;Born\na@example.com;12.31.1980\nb@example.com;3.4.1981\n")
    born = Contact.objects.order_by("pk").values_list("birth_date", flat=True)
    assert list(born) == [dt.date(1980, 12, 31), dt.date(1981, 3, 4)]


def test_a_long_name_in_small_letters_is_one_where_no_remark_begins(register):
    import_text(register, "Nº;Nombre completo;Ciudad\n;maría del carmen garcía lópez;\n;made by the office today;\n")
    assert Contact.objects.count() == 2
    import_text(register, "Nombre completo;Ciudad;Nº\nlist made by the office;;\n")
    assert Contact.objects.count() == 2


def test_an_american_list_is_read_to_the_stored_day(register):
    register.organisation.region = "US"
    register.organisation.save()
    days = [f"{month}/{month + 15}/1980" for month in range(1, 11)]
    import_text(
        register,
        "Email;Date of birth;Joined\n" + "".join(f"p{at}@example.com;{day};{day}\n" for at, day in enumerate(days)),
    )
    stored = [dt.date(1980, month, month + 15) for month in range(1, 11)]
    assert list(Contact.objects.order_by("pk").values_list("birth_date", flat=True)) == stored
    assert attributes() == [{"joined": day.isoformat()} for day in stored]


def test_what_guards_a_cell_is_no_part_of_it(register):
    text = 'Email,Ref,Note,Last name\na@example.fi,="00123",\'- one,\'t Hof\nb@example.fi,"=""7""",\'=1+1,\'x\'\n'
    import_text(register, text, types=["email", "text", "text", "text"])
    assert attributes() == [{"ref": "00123", "note": "- one"}, {"ref": "7", "note": "=1+1"}]
    assert list(Contact.objects.order_by("pk").values_list("last_name", flat=True)) == ["'t Hof", "'x'"]


ERRORS = "#PUUTTUU! #VIITTAUS! #JAKO/0! #N/A #NV #WERT! #NAME? #SAKNAS! #GETTING_DATA #¿NOMBRE? Err:502".split()


def test_what_programs_show_of_an_error_is_nothing(register):
    rows = "".join(f"p{at}@example.fi;{error};{error}\n" for at, error in enumerate(ERRORS))
    batch = import_text(
        register, f"Email;Last name;Note\n{rows}q@example.fi;Err;see #N/A\n", types=["email", "", "text"]
    )
    assert {(status, *reasons) for _number, status, reasons in outcome(batch)} == {("created",)}
    *people, last = Contact.objects.order_by("pk").values_list("last_name", "attributes")
    assert people == [("", {})] * len(ERRORS)
    assert last == ("Err", {"note": "see #N/A"})
    page = "".join(f"<tr><td>{text}<td>{text}@example.fi" for text in ("Ann", "#NIMI?"))
    batch = upload(register, BytesIO(f"<html><table><tr><th>Name<th>Email{page}</table>".encode()), name="a.xls")
    assert batch.mapping[0]["samples"] == ["Ann"]


def test_a_quotation_mark_that_is_never_closed_swallows_nobody(register):
    with pytest.raises(UploadError, match="From row 3 on"):
        upload(register, BytesIO(b'Name;Email\nA;a@example.fi\nB;"b@example.fi\nC;c@example.fi\nD;d@example.fi\n'))
    assert upload(register, BytesIO(b'Name;Email;Note\nA;a@example.fi;"two\nlines"')).total == 1


def test_an_extension_is_left_out_aloud(register, editor):
    register.organisation.region = "US"
    register.organisation.save()
    text = "Email,Phone\na@example.com,(617) 555-0123 x45\nb@example.com,(617) 555-0124\nbad,\n"
    batch = check(upload(register, BytesIO(text.encode())))
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "1 row goes in with a remark" in page
    seen = editor.get(reverse("registers:import_step", args=[batch.pk]) + "?status=remarked").content.decode()
    assert "the extension 45 of" in seen
    assert "b@example.com" not in seen
    confirm(batch)
    assert list(Contact.objects.order_by("pk").values_list("phone", flat=True)) == ["+16175550123", "+16175550124"]


def test_words_beside_a_number_are_left_out_aloud(register):
    lines = ["Anna;040 1234567 (äiti)", "Bo;Liisa: +358 50 123 4567", "Cia;040 1234567 klo 17 jälkeen", "Di;0401234567"]
    dry = outcome(import_text(register, "\n".join(["Etunimi;Puhelin", *lines, ""]), match_by="name_phone"))
    assert [row[1] for row in dry] == ["created", "created", "rejected", "created"]
    assert dry[0][2] == ["Phone: “äiti” beside the number is not kept."]
    phones = Contact.objects.order_by("first_name").values_list("phone", flat=True)
    assert list(phones) == ["+358401234567", "+358501234567", "+358401234567"]


@pytest.mark.parametrize("language", ["en", "fi"])
def test_the_file_of_corrections_makes_no_columns_of_its_own(register, editor, language):
    batch = import_text(register, "Email;Diet\nbad;vegan\n")
    body = b"".join(editor.get(reverse("registers:import_rejects", args=[batch.pk]) + "?format=csv"))
    with translation.override(language):  # of a colleague
        again = upload(register, BytesIO(body.replace(b"bad,", b"good@example.fi,") + b"worse,vegan,3,why\n"))
    again = confirm(check(again))
    once_more = b"".join(editor.get(reverse("registers:import_rejects", args=[again.pk]) + "?format=csv"))
    assert once_more.splitlines()[0].count(b",") == 3
    assert [entry["target"] for entry in again.mapping[-2:]] == ["", ""]
    assert attributes() == [{"diet": "vegan"}]


def test_it_says_who_would_stand_there_twice(register, editor):
    save_contact(register=register, values={"first_name": "Bo", "email": "Bo@example.fi"}, source="reply")
    text = "Member ID;First name;Email\n1;Bo;bo@Example.fi\n2;Al;al@example.fi\n"
    batch = check(upload(register, BytesIO(text.encode())))
    said = "1 of the new contacts has an e-mail address that somebody in the register has already"
    step = reverse("registers:import_step", args=[batch.pk])
    assert said in editor.get(step).content.decode()
    batch = check(batch, match_by="external_id,email")
    assert said not in editor.get(step).content.decode()
    assert "called as somebody" not in editor.get(step).content.decode()
    assert sorted(ImportRow.objects.filter(batch=batch).values_list("status", flat=True)) == ["created", "updated"]


def test_it_says_who_is_called_alike_where_nobody_is_looked_for(register, editor):
    save_contact(register=register, values={"first_name": "Bo"}, source="reply")
    batch = check(upload(register, BytesIO(b"First name;Last name;Town\nBo;;Kemi\nAl;;Oulu\nBo;Ek;Oulu\n")))
    said = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "1 of the new contacts is called as somebody in the register is" in said


@pytest.mark.parametrize(
    ("region", "header", "row", "street"),
    [
        ("NL", "Straat;Huisnr.;Toevoeging", "Dorpsstraat;12;a", "Dorpsstraat 12a"),
        ("NL", "Straat;Huisnummer;Toev.", "Plein 1940;1;bis", "Plein 1940 1 bis"),
        ("DE", "Straße;Hausnummer;X", "Am Markt 7;7;", "Am Markt 7"),
        ("FR", "Street;House number;X", "rue de la Paix;3;", "3 rue de la Paix"),
        ("NL", "Straat;Huisnr.;X", "Dorpsstraat;;", "Dorpsstraat"),
    ],
)
def test_the_number_of_a_house_goes_with_its_street(register, region, header, row, street):
    register.organisation.region = region
    register.organisation.save()
    import_text(register, f"Email;{header}\na@example.com;{row}\n")
    assert Contact.objects.values_list("street", flat=True).get() == street


@pytest.mark.parametrize(
    ("country", "street", "number", "addition", "whole"),
    [
        ("NL", "Keizersgracht", "112", "2", "Keizersgracht 112 2"),
        ("NL", "Keizersgracht", "112-2", "2", "Keizersgracht 112-2"),
        ("NL", "Dorpsstraat", "12a", "A", "Dorpsstraat 12a"),
        ("NL", "Dorpsstraat 1", "1", "a", "Dorpsstraat 1a"),
        ("NL", "Dorpsstraat 1 A", "1", "a", "Dorpsstraat 1 A"),
        ("DE", "Straße des 17. Juni", "17", "", "Straße des 17. Juni 17"),
        ("FR", "rue du 8 mai 1945", "8", "", "8 rue du 8 mai 1945"),
        ("FR", "8, rue de la Paix", "8", "", "8, rue de la Paix"),
        ("FR", "8 rue de la Paix", "8", "bis", "8 bis rue de la Paix"),
        ("US", "42 Street", "42", "", "42 42 Street"),
        ("US", "42 Broadway", "42", "", "42 Broadway"),
        ("US", "Avenue 5", "5", "", "5 Avenue 5"),
    ],
)
def test_a_number_is_added_where_the_street_does_not_have_it(country, street, number, addition, whole):
    assert with_house(street, number, addition, country=country) == whole


def test_a_number_without_a_street_is_said_and_a_column_without_one_stays_a_column(register):
    batch = import_text(register, "Email;Straat;Huisnr.\na@example.com;;12\nb@example.com;Kade;1\n")
    assert outcome(batch)[0][2] == ["Street address: there is only “12” of it."]
    batch = upload(register, BytesIO(b"Email;Huisnr.\na@example.com;12\n"))
    assert [entry["target"] for entry in batch.mapping] == ["email", "new"]
    with pytest.raises(ValidationError, match="goes with the street"):
        check(batch, targets=["email", "house_number"])


WITHOUT_YEAR = [
    "12.5.", "--05-12", "05-12", "--0512", "12/5", "12 May", "May 12th", "12. toukokuuta", "5月12日",
    "12.5.????", "1604-05-12", "12.05.0000", "12 de mayo",
]  # fmt: skip


def test_a_birthday_without_its_year_is_left_out_aloud_and_nobody_with_it(register):
    days = ["0001-01-01", *WITHOUT_YEAR, *["1.2.1980"] * 14]
    rows = "".join(f"p{at}@example.com;{day}\n" for at, day in enumerate(days))
    batch = import_text(register, f"Email;Born\n{rows}")
    assert {status for _number, status, _reasons in outcome(batch)} == {"created"}
    said = [f"Date of birth: “{day}” is a day without its year, so it is not taken over." for day in WITHOUT_YEAR]
    assert [reason for _number, _status, reasons in outcome(batch) for reason in reasons] == said
    assert Contact.objects.exclude(birth_date=None).count() == 14


def test_a_year_of_birth_alone_is_left_out_aloud(register):
    rows = "".join(
        f"p{at}@example.com;{day}\n" for at, day in enumerate(["1.2.1980", "1999", "5/1980", "2.2.1981", "1980-05"])
    )
    batch = import_text(register, f"Email;Born\n{rows}c@example.com;3.2.1980\n")
    assert [reason for _number, _status, reasons in outcome(batch) for reason in reasons] == [
        f"Date of birth: “{text}” is a year without its day, so it is not taken over."
        for text in ("1999", "5/1980", "1980-05")
    ]
    assert Contact.objects.count() == 6


def test_birthdays_that_all_lack_their_year_are_a_column_of_texts(register):
    batch = import_text(register, "Email;Birthday\na@example.com;12.5.\nb@example.com;3.7.\nc@example.com;-\n")
    assert [(entry["target"], entry["type"]) for entry in batch.mapping] == [("email", "email"), ("new", "text")]


@pytest.mark.parametrize(
    ("people", "target"),
    [
        ("Ek Anna anna.ek@a.fi;Berg Bo berg@x.fi;Ås Éva eva_as@b.fi", "family_first"),
        ("Ek Anna anna.ek@a.fi;Berg Bo bo.berg@a.fi", "full_name"),  # all of one house
        ("Ek Anna anna.ek@a.fi;Berg Bo bo.berg@b.fi;Eva Ås eva.as@c.fi", "full_name"),
        ("Anna Ek ek.anna@a.fi;Bo Berg bo.berg@b.fi", "full_name"),
    ],
)
def test_addresses_tell_where_names_begin_with_the_family(people, target):
    rows = [person.rsplit(" ", 1) for person in people.split(";")]
    assert guess_mapping(["Name", "E-mail"], rows, CORE_COLUMNS)[0]["target"] == target
