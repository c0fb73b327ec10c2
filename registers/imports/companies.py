"""A column of companies in an import: found by their names or made, and taken back with the import; and one of what
people are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from registers.columns import Column
from registers.company_columns import company_columns, named_in_columns, spelt, spelt_or_made
from registers.fields import AnyOf
from registers.imports.changes import ROLE_IN, Change
from registers.imports.parts import COMPANY, ROLE
from registers.imports.rows import StagedRow, columns_of, reject
from registers.imports.ruling import Rule, Rules
from registers.models.company import Company, Employment, company_key
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow


@dataclass(slots=True)
class Place:
    pk: int | None  # of the Employment, if there is one yet
    role: str


class Companies:
    """Who of a chunk belongs where; two queries for those in the register, a few more to write."""

    def __init__(self, batch: Import, contacts: Sequence[Contact]) -> None:
        self.batch = batch
        self.known: dict[int | str, dict[str, Place]] = {}  # id of the contact → places by the keys of their companies
        places = Employment.objects.filter(contact__in=[contact.pk for contact in contacts if contact.pk])
        for contact, key, *place in places.order_by().values_list("contact", "company__name_key", "pk", "role"):
            self.known.setdefault(contact, {})[key] = Place(*place)
        self.wanted: list[tuple[Any, str, Place]] = []
        self.roles: dict[int, str] = {}  # of places that are there

    def note(self, change: Change, values: Mapping[str, Any], rules: Rules) -> bool:
        """Whether the contact comes to a company by a row with these values, or to another role in it.

        Whom the rule only fills up comes to none where they are in one, and to no role where they have one.
        """
        name, role = values.get(COMPANY), values.get(ROLE, "")
        if not name:
            return False
        has = self.known.setdefault(change.contact.pk or f"new {id(change)}", {})
        place = has.get(company_key(name))
        if place is None:
            if has and rules.of(COMPANY) == Rule.FILL:
                return False
            place = has[company_key(name)] = Place(None, role)
            change.after[COMPANY] = name
            self.wanted.append((change.contact, name, place))
            return True
        if not role or role == place.role or rules.keeps(change.contact, ROLE, place.role or None):
            return False
        if place.pk is not None:
            key = f"{ROLE_IN}{place.pk}"
            if change.before is not None and key not in change.after:
                change.before[key] = place.role
            change.after[key] = self.roles[place.pk] = role
        place.role = role
        return True

    def write(self) -> None:
        """After the contacts are written, in the same transaction."""
        names: dict[str, str] = {}
        for _contact, name, _place in self.wanted:
            names.setdefault(company_key(name), name)
        new = names.keys() - set(Company.objects.filter(name_key__in=list(names)).values_list("name_key", flat=True))
        Company.objects.bulk_create(
            [Company(name=names[key], made_by=self.batch) for key in sorted(new)], ignore_conflicts=True
        )
        ids = dict(Company.objects.filter(name_key__in=list(names)).values_list("name_key", "pk"))
        rows = [
            Employment(contact_id=contact.pk, company_id=ids[company_key(name)], role=place.role, made_by=self.batch)
            for contact, name, place in self.wanted
        ]
        people = [row.contact_id for row in rows]
        housed = set(Employment.objects.filter(contact__in=people).order_by().values_list("contact", flat=True))
        for row in rows:
            row.main = row.contact_id not in housed
            housed.add(row.contact_id)
        Employment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
        _write_roles(self.roles)


def spell_companies(
    batch: Import, rows: Sequence[StagedRow], columns: Sequence[Column | str | None], *, write: bool
) -> None:
    """Let the companies in the rows be called as they are. With `write` those that are not known are made, but
    for those that people come to; where an import takes only known ones, others are mistakes."""
    labels = {column.key: str(column.label) for column in company_columns(columns)}
    own = set(labels)
    if COMPANY in columns:
        labels[COMPANY] = _("Company")
    if not labels:
        return
    named = [(row, key) for row in rows for key in labels if row.values.get(key)]
    spelling = spelt((row.values[key] for row, key in named), made_by=batch)
    known_only = takes_known_only(batch)
    if write and not known_only:
        spelling |= spelt_or_made((row.values[key] for row, key in named if key in own), made_by=batch)
    for row, key in named:
        name = row.values[key]
        if name in spelling or not known_only:
            row.values[key] = spelling.get(name, name)
            continue
        del row.values[key]
        reason = _("%(column)s: there is no company “%(name)s”.") % {"column": labels[key], "name": name[:60]}
        if reason not in row.reasons:
            row.reasons = [*row.reasons, reason]
        if batch.mistakes == Import.Mistakes.REJECT:
            reject(row)


def takes_known_only(batch: Import) -> bool:
    return any(entry.get("known_only") for entry in batch.mapping)


def new_companies(batch: Import) -> int:
    """How many companies a checked import would make."""
    keys = [column.key for column in company_columns(columns_of(batch))]
    keys += [COMPANY for entry in batch.mapping if entry["target"] == COMPANY]
    rows = ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED)
    names: set[str] = set()
    for key in keys:
        named = rows.annotate(company=KeyTextTransform(key, "values")).exclude(company=None)
        names.update(named.order_by().values_list("company", flat=True).distinct())
    known = spelt(names)
    return len({company_key(name) for name in names if name not in known})


def forget_places(batch: Import, contacts: Sequence[int]) -> None:
    """The contacts with these ids do not belong any more where only this import had put them."""
    Employment.objects.filter(AnyOf(F("contact_id"), contacts), made_by=batch).delete()


def roles_now(keys: Iterable[str]) -> dict[str, str]:
    """By such keys of what an import has changed, the roles that stand there; those of places that are gone are left
    out."""
    places = Employment.objects.filter(pk__in=[int(key.removeprefix(ROLE_IN)) for key in keys])
    return {f"{ROLE_IN}{pk}": role for pk, role in places.order_by().values_list("pk", "role")}


def put_roles_back(former: Mapping[str, str]) -> None:
    _write_roles({int(key.removeprefix(ROLE_IN)): role for key, role in former.items()})


def _write_roles(roles: Mapping[int, str]) -> None:
    places = [Employment(pk=pk, role=role) for pk, role in sorted(roles.items())]
    Employment.objects.bulk_update(places, ["role"], batch_size=1_000)


def forget_companies(batch: Import) -> None:
    """Companies that the import made, and that are nobody's now, go with it."""
    places = Employment.objects.filter(company=OuterRef("pk"))
    made = Company.objects.filter(~Exists(places), made_by=batch)
    if made.exists():
        made.exclude(name_key__in=named_in_columns()).delete()
