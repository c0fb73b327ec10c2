"""What the import tests share: upload a file, take the guesses, run the worker's job."""

import zipfile
from io import BytesIO
from pathlib import Path

from registers.imports.running import run_import
from registers.imports.uploading import Choices, confirm_import, start_check, start_import
from registers.models import Import, ImportRow

DATA = Path(__file__).parents[1] / "data"


def upload(register, file, user=None, name="people.csv"):
    if isinstance(file, Path):
        name = file.name
        with file.open("rb") as opened:
            return start_import(register=register, file=opened, name=name, user=user)
    return start_import(register=register, file=file, name=name, user=user)


def guesses(batch, **changes):
    return Choices(
        **{
            "targets": [entry["target"] for entry in batch.mapping],
            "types": [entry["type"] for entry in batch.mapping],
            "match_by": batch.match_by,
            "rule": Import.Rule.OVERWRITE,
            "mistakes": Import.Mistakes.REJECT,
            **changes,
        }
    )


def check(batch, **changes):
    batch = start_check(batch=batch, choices=guesses(batch, **changes))
    return work(batch)


def work(batch):
    run_import(batch.pk)
    batch.refresh_from_db()
    return batch


def confirm(batch):
    return work(confirm_import(batch=batch))


def outcome(batch):
    """(row number, status, reasons) of every row: what must be the same in the dry run and afterwards."""
    return list(ImportRow.objects.filter(batch=batch).values_list("number", "status", "reasons"))


def import_text(register, text, **choices):
    """A whole import of a file with this text, by its guesses."""
    return confirm(check(upload(register, BytesIO(text.encode())), **choices))


def open_document(content):
    """A workbook of LibreOffice, with this as its content.xml."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr("content.xml", content)
        book.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return file
