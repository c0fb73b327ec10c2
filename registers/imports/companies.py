"""A column of companies in an import: found by their names or made, and taken back with the import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform

from registers.imports.changes import Change
from registers.imports.guessing import COMPANY
from registers.models.company import Company, Employment, company_key
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow


class Companies:
    """Who of a chunk belongs where; two queries for those in the register, a few more to write."""

    def __init__(self, batch: Import, contacts: Sequence[Contact]) -> None:
        self.batch = batch
        self.known: dict[int, set[str]] = {}  # id of the contact → keys of companies
        places = Employment.objects.filter(contact__in=[contact.pk for contact in contacts if contact.pk])
        for contact, key in places.order_by().values_list("contact", "company__name_key"):
            self.known.setdefault(contact, set()).add(key)
        self.wanted: list[tuple[Any, str]] = []

    def note(self, change: Change, name: str | None, *, fill_only: bool) -> bool:
        """Whether the contact comes to a company by this row: not where they are in it, or in any with `fill_only`."""
        if not name:
            return False
        has = self.known.setdefault(change.contact.pk, set()) if change.contact.pk else set()
        if company_key(name) in has or (fill_only and has):
            return False
        has.add(company_key(name))
        change.after[COMPANY] = name
        self.wanted.append((change.contact, name))
        return True

    def write(self) -> None:
        """After the contacts are written, in the same transaction."""
        names: dict[str, str] = {}
        for _contact, name in self.wanted:
            names.setdefault(company_key(name), name)
        new = names.keys() - set(Company.objects.filter(name_key__in=list(names)).values_list("name_key", flat=True))
        Company.objects.bulk_create(
            [Company(name=names[key], made_by=self.batch) for key in sorted(new)], ignore_conflicts=True
        )
        ids = dict(Company.objects.filter(name_key__in=list(names)).values_list("name_key", "pk"))
        rows = [
            Employment(contact_id=contact.pk, company_id=ids[company_key(name)], made_by=self.batch)
            for contact, name in self.wanted
        ]
        people = [row.contact_id for row in rows]
        housed = set(Employment.objects.filter(contact__in=people).order_by().values_list("contact", flat=True))
        for row in rows:
            row.main = row.contact_id not in housed
            housed.add(row.contact_id)
        Employment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)


def new_companies(batch: Import) -> int:
    """How many companies a checked import would make."""
    if not any(entry["target"] == COMPANY for entry in batch.mapping):
        return 0
    rows = ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED)
    named = rows.annotate(company=KeyTextTransform(COMPANY, "values")).exclude(company=None)
    names = named.order_by().values_list("company", flat=True).distinct()
    keys = {company_key(name) for name in names}
    return len(keys - set(Company.objects.filter(name_key__in=list(keys)).values_list("name_key", flat=True)))


def forget_places(batch: Import, contacts: Sequence[Contact]) -> None:
    """The contacts do not belong any more where only this import had put them."""
    Employment.objects.filter(made_by=batch, contact__in=[contact.pk for contact in contacts]).delete()


def forget_companies(batch: Import) -> None:
    """Companies that the import made, and that are nobody's now, go with it."""
    places = Employment.objects.filter(company=OuterRef("pk"))
    Company.objects.filter(~Exists(places), made_by=batch).delete()
