"""Unique columns in an import: whose a value is in the register, and in the rows of the file so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from registers.columns import Column
from registers.imports.changes import Change
from registers.imports.rows import StagedRow
from registers.imports.ruling import Rules
from registers.models.imports import Import, ImportRow
from registers.unique import owners, unique_key

# (column name, key of the value) → (who it belongs to, number of the first such row)
Claims = dict[tuple[str, str], tuple[str, int]]


class UniqueColumns:
    """For one chunk of rows; `claims` go on from chunk to chunk of a dry run."""

    def __init__(
        self, batch: Import, columns: Iterable[Column], rows: Sequence[StagedRow], claims: Claims, rules: Rules
    ) -> None:
        self.columns = [column for column in columns if column.unique]
        self.claims = claims
        self.rules = rules
        wanted = {
            column.name: [row.values[column.key] for row in rows if column.key in row.values] for column in self.columns
        }
        self.owners = owners(batch.register_id, wanted)

    def conflict(self, row: StagedRow, change: Change | None) -> str:
        if not self.columns:
            return ""
        for column, key, value in self._written(row, change):
            owner = self.owners.get((column.name, key))
            if owner is not None and (change is None or owner != change.contact.pk):
                return _("%(column)s: another contact of the register has “%(value)s” already.") % {
                    "column": column.label,
                    "value": str(value)[:60],
                }
            who, number = self.claims.get((column.name, key), ("", 0))
            if who and who != _who(row):
                return _("%(column)s: “%(value)s” stands in row %(row)s already, for somebody else.") % {
                    "column": column.label,
                    "value": str(value)[:60],
                    "row": number,
                }
        return ""

    def claim(self, row: StagedRow, change: Change | None) -> None:
        if not self.columns:
            return
        for column, key, _value in self._written(row, change):
            self.claims.setdefault((column.name, key), (_who(row), row.number))

    def claim_earlier(self, batch: Import) -> None:
        """Take up again what a worker before this one has seen in the file."""
        if not self.columns:
            return
        earlier = ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED).order_by("number")
        for number, match_key, values in earlier.values_list("number", "match_key", "values").iterator(5_000):
            self.claim(StagedRow(number=number, match_key=match_key, values=values), None)

    def _written(self, row: StagedRow, change: Change | None) -> list[tuple[Column, str, Any]]:
        """The values of the row that would be written: where the register wins, not those of who has one."""
        return [
            (column, unique_key(row.values[column.key]), row.values[column.key])
            for column in self.columns
            if column.key in row.values
            and not (change is not None and self.rules.keeps(change.contact, column.key, column.stored(change.contact)))
        ]


def _who(row: StagedRow) -> str:
    return row.match_key or f"row {row.number}"
