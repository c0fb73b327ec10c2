"""The import wizard through HTTP: what an editor does, and every file that is not what it should be."""

import csv
import io
import os
import zipfile

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from registers.imports.running import run_import
from registers.imports.uploading import Choices, start_check
from registers.models import Contact, Export, Import, ImportRow
from tests.registers.importing import DATA


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return tmp_path


def send(client, register, content, name="people.csv"):
    url = reverse("registers:import", args=[register.pk])
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def step(batch, name="import_step"):
    return reverse(f"registers:{name}", args=[batch.pk])


def mapping(batch, **changes):
    return {
        "target": [entry["target"] for entry in batch.mapping],
        "type": [entry["type"] for entry in batch.mapping],
        "match_by": batch.match_by,
        "rule": "overwrite",
        "mistakes": "reject",
        **changes,
    }


def workbook(*rows):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("People")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    return target.getvalue()


def bomb():
    target = io.BytesIO(workbook(["email"], ["a@example.fi"]))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"0" * 50_000_000)
    return target.getvalue()


def test_from_the_file_to_the_report(register, editor):
    answer = send(editor, register, (DATA / "some-members.xlsx").read_bytes(), "members.xlsx")
    batch = Import.objects.get()
    assert answer.url == step(batch)
    page = editor.get(step(batch)).content.decode()
    assert "What do the columns of these 500 rows mean?" in page
    assert "karoliina.jauhiainen2729@firma.example" in page
    assert "Whole name (last name first)" in page
    answer = editor.post(step(batch), mapping(batch))
    assert answer.status_code == 302
    page = editor.get(step(batch)).content.decode()
    assert "nothing is saved yet" in page
    state = editor.get(step(batch, "import_progress")).json()["state"]
    assert f'data-state="{state}"' in page  # its script loads the page again as soon as they differ
    run_import(batch.pk)
    page = editor.get(step(batch)).content.decode()
    counts = batch.count_rows()
    assert "This is what would happen" in page
    assert f"Import {counts['created']} contacts" in page
    assert "is not an e-mail address" in page
    assert not Contact.objects.exists()
    editor.post(step(batch, "import_confirm"))
    run_import(batch.pk)
    page = editor.get(step(batch)).content.decode()
    assert "This is what happened" in page
    assert Contact.objects.count() == counts["created"]
    assert batch.count_rows() == counts
    # A second click on the button changes nothing.
    editor.post(step(batch, "import_confirm"))
    editor.post(step(batch), mapping(batch))
    batch.refresh_from_db()
    assert batch.state == "done"
    remarked = ImportRow.objects.filter(batch=batch).exclude(reasons=[]).exclude(status="rejected").count()
    assert remarked
    rejects = b"".join(editor.get(step(batch, "import_rejects"), {"format": "xlsx"}))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(rejects)).get_sheet_by_index(0).to_python()
    assert len(rows) == counts["rejected"] + remarked + 1
    assert rows[0][-1] == "Why it was left out"
    rejects = b"".join(editor.get(step(batch, "import_rejects"), {"format": "csv"})).decode("utf-8-sig")
    assert set(Export.objects.values_list("purpose", "count", "subject").distinct()) == {
        ("corrections", counts["rejected"] + remarked, f"{batch.register.name} – {batch.original_name}")
    }
    table = list(csv.reader(io.StringIO(rejects)))
    assert len(table) == counts["rejected"] + remarked + 1
    assert not any(cell.startswith("=") for row in table for cell in row)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("people.xlsx", b"", "0 bytes"),
        ("people.xlsx", b"%PDF-1.7 nothing", "not a spreadsheet"),
        ("people.csv", bytes(range(256)) * 9, "not a spreadsheet"),
        ("people.xlsx", workbook(["a"], ["b"])[:-40], "damaged"),
        ("people.xlsx", bomb(), "unpacks to far more"),
        ("people.csv", ";".join(f"c{n}" for n in range(200)).encode() + b"\n" + b";".join([b"1"] * 200), "200 columns"),
        ("people.xlsx", workbook([f"c{n}" for n in range(200)], ["x"] * 200), "200 columns"),
        ("people.csv", b"\n\n  \n", "nothing in this sheet"),
        ("people.csv", b"email;name\n", "no rows below"),
        ("people.xlsx", b"Hello", "a text and no Excel file"),
        ("people.XLS", b"Dear board,\n\nwe shall meet on Monday.\nYours, Anna\n", "a text and no Excel file"),
        ("people.ods", b"What we know\nNot much\n", "a text and no OpenDocument file"),
        ("people.csv", b'email,name\na@example.fi,"' + b"x" * 1_100_000, "never closed"),
        ("people.xls", b"<!DOCTYPE html><form>Log in</form><table><tr><td></table>", "web page without a table"),
    ],
)
def test_a_bad_file_is_told_beside_the_field(register, editor, private, name, content, words):
    answer = send(editor, register, content, name)
    assert answer.status_code == 422
    errors = answer.context["form"].errors["file"]
    assert words in str(errors)
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert not Import.objects.exists()
    assert not [path for path in private.rglob("*") if path.is_file()]


def test_a_workbook_whose_cells_stand_nowhere_is_told_and_not_kept(register, editor, private):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["Email"], ["a@b.fi"]))) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="A1"', b'r="A0"'))
    response = send(editor, register, target.getvalue(), "people.xlsx")
    assert "damaged" in response.content.decode()
    assert not [path for path in private.rglob("*") if path.is_file()]


def test_without_a_file_the_form_says_what_to_do(register, editor):
    assert "Choose the file first" in editor.post(reverse("registers:import", args=[register.pk])).content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"email;name\na@example.fi;A\n",
        b"Epost\tHund\nx\ty\n",
        b"Hundar\n\nHund\tRas\tTik\nx\ty\tz\nu\tv\tw\n",
        b"a@example.fi\nb@example.fi\n",
    ],
)
def test_a_list_of_text_is_read_though_it_is_called_a_workbook(register, editor, content):
    assert send(editor, register, content, "people.xlsx").status_code == 302
    assert Import.objects.get().kind == "csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("zeros", [2, 5_000])
def test_zero_bytes_in_a_text_are_left_out_and_told(register, editor, encoding, zeros):
    text = "email;name\na@example.fi;Aino Äijälä\nb@example.fi;Bo\0 Ek\n"
    assert send(editor, register, text.encode(encoding) + b"\0" * zeros).status_code == 302
    batch = Import.objects.get()
    assert "zero bytes" in editor.get(step(batch)).content.decode()
    assert batch.total == 2
    assert batch.mapping[1]["samples"] == ["Aino Äijälä", "Bo Ek"]


def test_doubled_and_missing_headers_are_named_and_told(register, editor):
    send(editor, register, b"email,name,,name\na@example.fi,x,y,z\n")
    page = editor.get(step(Import.objects.get())).content.decode()
    assert "These columns have no name: C." in page
    assert "name (2)" in page


def test_a_file_without_headers_keeps_its_first_person(register, editor):
    send(editor, register, b"aino@example.fi,Aino\nbo@example.fi,Bo\n")
    batch = Import.objects.get()
    assert batch.total == 2
    assert [entry["header"] for entry in batch.mapping] == ["A", "B"]
    assert batch.mapping[0]["target"] == "email"


def test_formulas_give_their_values_and_dangerous_names_stay_text(register, editor):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Email", "Etunimi", "Turnover"])
        sheet.write_string(1, 0, "a@example.fi")
        sheet.write_string(1, 1, '=HYPERLINK("http://evil.example","x")')
        sheet.write_formula(1, 2, "=1+1", None, 2)
    send(editor, register, target.getvalue(), "f.xlsx")
    batch = Import.objects.get()
    editor.post(step(batch), mapping(batch))
    run_import(batch.pk)
    editor.post(step(batch, "import_confirm"))
    run_import(batch.pk)
    contact = Contact.objects.get()
    assert contact.first_name == '=HYPERLINK("http://evil.example","x")'
    assert contact.attributes["turnover"] == 2


def test_endless_cells_and_ragged_rows_are_left_out_with_their_reason(register, editor):
    long = "x" * 32_000
    send(editor, register, f"email,first_name\na@example.fi,{long}\nb@example.fi,Bo,extra\nc@example.fi\n".encode())
    batch = Import.objects.get()
    editor.post(step(batch), mapping(batch))
    run_import(batch.pk)
    rows = dict(ImportRow.objects.values_list("number", "reasons"))
    assert "32000 characters long; at most 255 fit" in rows[2][0]
    assert "The row has 3 cells, the table 2 columns" in rows[3][0]
    assert rows[4] == []
    assert editor.get(step(batch)).status_code == 200


def test_broken_letters_are_not_imported_silently(register, editor):
    lines = [f"Päivi {n};p{n}@example.fi".encode() for n in range(300)] + [b"Rikkin\xe4inen;r@example.fi"]
    send(editor, register, b"Etunimi;Email\n" + b"\n".join(lines))
    batch = Import.objects.get()
    editor.post(step(batch), mapping(batch))
    run_import(batch.pk)
    assert batch.count_rows() == {"created": 300, "rejected": 1}
    assert "could not be read" in ImportRow.objects.get(status="rejected").reasons[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"target": ["email", "email", ""]}, "More than one column"),
        ({"target": ["", "", ""]}, "No column of the file is to be imported"),
        ({"target": ["email", "full_name", "first_name"]}, "Choose either the whole name"),
        ({"target": ["email", "full_name", "family_first"]}, "Choose either the whole name"),
        ({"target": ["email", "name_prefix", "full_name"]}, "Something goes in front of the last name"),
        ({"target": ["email", "name_prefix", "last_name"], "column_rule": ["", "fill", ""]}, "have different rules"),
        ({"target": ["email", "postcode_city", "city"]}, "Choose either postcode and city"),
        ({"target": ["email", "attributes.forged", ""]}, "There is no column"),
        ({"target": ["email"]}, "do not fit together"),
        ({"match_by": "phone"}, "no column of the file goes there"),
        ({"match_by": "pk"}, "Choose how people are matched"),
        ({"rule": "destroy"}, "Choose how people are matched"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_told(register, editor, changes, words):
    send(editor, register, b"email,a,b\nx@example.fi,1,2\n")
    batch = Import.objects.get()
    answer = editor.post(step(batch), mapping(batch, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == "uploaded"


def test_columns_chosen_in_another_window_do_not_stop_a_running_import(register, editor):
    send(editor, register, b"email;first name\naino@example.fi;Aino\n")
    stale = Import.objects.get()
    Import.objects.update(state=Import.State.IMPORTING)
    choices = {key: value for key, value in mapping(stale).items() if key not in ("target", "type")}
    with pytest.raises(ValidationError, match="already been started"):
        start_check(
            batch=stale,
            choices=Choices(targets=mapping(stale)["target"], types=mapping(stale)["type"], **choices),
        )
    assert Import.objects.get().state == Import.State.IMPORTING


def test_another_sheet_of_the_same_file(register, editor):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, address in (("First", "a@example.fi"), ("Second", "b@example.fi")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Email", "Nimi"])
            sheet.write_row(1, 0, [address, "Aino"])
    send(editor, register, target.getvalue(), "two.xlsx")
    batch = Import.objects.get()
    assert b"Take this sheet" in editor.get(step(batch)).content
    editor.post(step(batch), {"sheet": "Second"})
    batch.refresh_from_db()
    assert batch.mapping[0]["samples"] == ["b@example.fi"]


def test_cancelling_before_anything_is_written(register, editor):
    send(editor, register, b"email\nx@example.fi\n")
    batch = Import.objects.get()
    editor.post(step(batch), mapping(batch))
    run_import(batch.pk)
    editor.post(step(batch, "import_cancel"))
    editor.post(step(batch, "import_confirm"))
    run_import(batch.pk)
    assert not Contact.objects.exists()


def test_old_files_are_deleted_and_the_numbers_stay(register, editor, private):
    from registers.imports.sweeps import delete_old_files

    send(editor, register, b"email\nx@example.fi\n")
    batch = Import.objects.get()
    editor.post(step(batch), mapping(batch))
    run_import(batch.pk)
    editor.post(step(batch, "import_confirm"))
    run_import(batch.pk)
    # Without a row that tells of it, as where a process died in between.
    orphan, new = batch.path.with_name("orphan.csv"), batch.path.with_name("new.csv")
    for path in (orphan, new):
        path.touch()
    for path in (orphan, batch.path):
        os.utime(path, (0, 0))
    gone = batch.path.with_name("gone.csv")  # listed, and not there any more, as where another tick was faster
    gone.symlink_to("nowhere")
    delete_old_files()
    gone.unlink()
    assert sorted(batch.path.parent.iterdir()) == sorted([batch.path, new])
    Import.objects.update(created_at="2020-01-01T00:00:00Z")
    delete_old_files()
    delete_old_files()
    assert not batch.path.exists()
    assert not ImportRow.objects.exists()
    assert editor.get(step(batch)).context["counts"] == {"created": 1}
    assert Contact.objects.count() == 1
