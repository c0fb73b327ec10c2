"""Workbooks that would end or hang the process that opens them are refused like any other that is damaged."""

import io
import re
import struct
import zipfile

import pytest

from guards.uploads import UploadError
from registers.imports import trial
from registers.models import Import
from tests.registers.importing import open_document, upload
from tests.registers.test_formatted_cells import libre, old_excel

pytestmark = pytest.mark.django_db


def test_a_cell_so_far_away_that_no_memory_would_do(register):
    whole = old_excel().getvalue()
    cell = struct.pack("<HHHHH", 0x0203, 14, 2, 3, 3)  # in the second row of people
    assert whole.count(cell) == 1
    far = whole.replace(cell, struct.pack("<HHHHH", 0x0203, 14, 0xFFFF, 0xFFFF, 3))
    with pytest.raises(UploadError, match="damaged"):
        upload(register, io.BytesIO(far), name="people.xls")
    assert not Import.objects.exists()


def test_a_table_without_its_end(register, monkeypatch):
    monkeypatch.setattr(trial, "SECONDS", 1)
    with zipfile.ZipFile(libre()) as book:
        content = book.read("content.xml").decode()
    assert "</table:table>" in content
    with pytest.raises(UploadError, match="damaged"):
        upload(register, open_document(re.sub("</table:table>.*", "", content)), name="people.ods")
