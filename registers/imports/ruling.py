"""Which of two values stays, that of the register or that of the file: one rule for all columns, or one for each.

“The newer wins” takes a value in the register for the newer one if a person wrote it here (by hand, or by answering
a form) after the day that the file is from; the timeline tells when, and which columns. What came with other
imports is no newer than their files, of which nothing is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from registers.columns import OWN
from registers.imports.parts import parts_of
from registers.imports.targets import NEW
from registers.models.activity import Activity
from registers.models.imports import Import

Rule = Import.Rule
BY_HAND = ("added", "edited")
TOLD = 50  # columns that the timeline tells of at most: more were changed where it tells of so many


class Rules:
    """For one chunk: `contacts` are the ids of those whom its rows mean, and who are in the register."""

    def __init__(self, batch: Import, contacts: Iterable[int]) -> None:
        self.default = batch.rule
        self.of_column = _of_columns(batch)
        self.overwrites = self.default == Rule.OVERWRITE and not self.of_column
        asked = Rule.NEWER in (self.default, *self.of_column.values())
        self.written = _written_since(batch, contacts) if asked else {}

    def of(self, key: str) -> str:
        return self.of_column.get(key, self.default)

    def keeps(self, contact: Any, key: str, now: Any) -> bool:
        """Whether what the contact has, `now`, is not written over."""
        if self.overwrites:
            return False
        rule = self.of(key)
        if rule == Rule.FILL:
            return now is not None and (now is not False or key.startswith(OWN))
        if rule == Rule.NEWER:
            columns = self.written.get(contact.pk, ())
            return key in columns or len(columns) >= TOLD
        return False


def _of_columns(batch: Import) -> dict[str, str]:
    rules: dict[str, str] = {}
    for entry in batch.mapping:
        if rule := entry.get("rule"):
            target = f"attributes.{entry['key']}" if entry["target"] == NEW else entry["target"]
            for key in parts_of(target):
                rules[key] = rule
    return rules


def _written_since(batch: Import, contacts: Iterable[int]) -> dict[int, set[str]]:
    """The columns that people have written after the day of the file, by contact."""
    ids = [pk for pk in contacts if pk]
    if batch.as_of is None or not ids:
        return {}
    day_after = dt.datetime.combine(batch.as_of + dt.timedelta(days=1), dt.time(), batch.organisation.zone)
    since = Activity.objects.filter(contact__in=ids, kind__in=BY_HAND, at__gte=day_after).order_by()
    written: dict[int, set[str]] = {}
    for pk, data in since.values_list("contact", "data"):
        written.setdefault(pk, set()).update(data.get("columns", ()))
    return written
