"""What a merge did, written down so that it can be taken back.

As JSON, with model labels ("registers.Activity") as keys:

* `kept` {"id", "before", "after"}: the columns of the contact that stays; `merged`: the rows of those that went
* `moved` {"label.field": {id of the merged contact: [ids of rows]}}: rows that now point at the one that stays
* `aside` {label: [rows]}: rows that could not be moved, because the one that stays has such a row already
* `changed` {label: {id: {"before", "after"}}}: columns of other rows that were written
* `added` {label: [ids]}: rows that the merge itself made
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from registers.duplicates.rows import Row, all_rows, delete_rows, label_of, links_to, read_rows, write_columns


class Ledger:
    def __init__(self, data: dict[str, Any] | None = None) -> None:
        data = data or {}
        self.kept: dict[str, Any] = data.get("kept", {})
        self.merged: list[Row] = data.get("merged", [])
        self.moved: dict[str, dict[str, list[int]]] = data.get("moved", {})
        self.aside: dict[str, list[Row]] = data.get("aside", {})
        self.changed: dict[str, dict[str, dict[str, Row]]] = data.get("changed", {})
        self.added: dict[str, list[int]] = data.get("added", {})
        self.notes: list[str] = []  # sentences for whoever takes the merge back; not kept

    def as_json(self) -> dict[str, Any]:
        return {
            "kept": self.kept,
            "merged": self.merged,
            "moved": self.moved,
            "aside": self.aside,
            "changed": self.changed,
            "added": self.added,
        }

    def set_aside(self, model: type[models.Model], pks: Iterable[int]) -> None:
        """Take rows out of their table until the merge is taken back, with the rows that hang on them."""
        pks = list(pks)
        if not pks:
            return
        for link in links_to(model):
            hanging = list(all_rows(link.model).filter(**{f"{link.field.name}__in": pks}).values_list("pk", flat=True))
            if link.field.null:
                for pk in hanging:
                    self.change(link.model, pk, {link.field.column: None})
            else:
                self.set_aside(link.model, hanging)
        self.aside.setdefault(label_of(model), []).extend(read_rows(model, pks))
        delete_rows(model, pks)

    def change(self, model: type[models.Model], pk: int, values: Row) -> None:
        """Write columns of a row, values as they stand in JSON, and remember what they were and are."""
        (before,) = read_rows(model, [pk])
        write_columns(model, pk, values)
        (after,) = read_rows(model, [pk])
        entry = self.changed.setdefault(label_of(model), {}).setdefault(
            str(pk), {"before": {name: before[name] for name in values}, "after": {}}
        )
        entry["after"] |= {name: after[name] for name in values}
        entry["before"] = {name: before[name] for name in values} | entry["before"]

    def add(self, row: models.Model) -> None:
        """Remember a row that the merge made."""
        self.added.setdefault(label_of(type(row)), []).append(row.pk)

    def move(self, model: type[models.Model], field: str, contact: int, pks: Iterable[int]) -> None:
        """Remember rows that pointed at the merged `contact`."""
        if pks := list(pks):
            self.moved.setdefault(f"{label_of(model)}.{field}", {}).setdefault(str(contact), []).extend(pks)
