"""Columns that hold a company: the name, as the company is called.

A company's name is there once in an organisation, so the name says which one is meant, and everything that handles
columns (segments, exports, merges, undo) handles these. The company itself, with its address and its people, is the
one that `registers.companies` knows; who belongs to it in a role stands there, and has nothing to do with columns.

A company that is called otherwise from now on is called so in the columns too. One that is deleted leaves its name
there, as a text that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from organisations import reach, scope
from registers.columns import Column
from registers.models.company import Company, company_key
from registers.models.contact import Contact
from registers.models.register import Field
from registers.texts import plain
from registers.values import ColumnType


def company_columns(columns: Iterable[Any]) -> list[Column]:
    return [column for column in columns if isinstance(column, Column) and column.type == ColumnType.COMPANY]


@reach.lifted()
def spelt(names: Iterable[str], *, made_by: Any = None) -> dict[str, str]:
    """Each of the names that a company is known by, as it is spelt there; one unlike it in accents only, too.

    Not so those that the import `made_by` has made: two names in one file are two companies, however far apart.
    """
    wanted = {name: company_key(name) for name in names if name}
    if not wanted:
        return {}
    rows = Company.objects.filter(name_key__in=set(wanted.values()))
    known = dict(rows.order_by().values_list("name_key", "name"))
    found = {name: known[key] for name, key in wanted.items() if key in known}
    if len(found) < len(wanted):
        bare: dict[str, list[str]] = {}
        # Not all of them, for this is asked for each chunk of an import: a name without accents is its own key.
        possible = Q(name_key__regex=r"[^ -~]") | Q(name_key__in={plain(wanted[name]) for name in wanted})
        others = Company.objects.filter(possible)
        if made_by is not None:
            others = others.exclude(made_by=made_by)
        for name in others.order_by().values_list("name", flat=True):
            bare.setdefault(plain(name), []).append(name)
        for name in wanted.keys() - found.keys():
            if len(alike := bare.get(plain(wanted[name]), [])) == 1:
                found[name] = alike[0]
    return found


@reach.lifted()
def spelt_or_made(names: Iterable[str], *, made_by: Any = None) -> dict[str, str]:
    """The same, for all of the names: companies that are not known are made. They are not taken for one another's
    misspelling, but for case."""
    wanted = [name for name in dict.fromkeys(names) if name]
    found = spelt(wanted, made_by=made_by)
    new: dict[str, str] = {}
    for name in wanted:
        if name not in found:
            new.setdefault(company_key(name), name)
    if new:
        companies = [Company(name=new[key], made_by=made_by) for key in sorted(new)]
        Company.objects.bulk_create(companies, ignore_conflicts=True)
        # Somebody else may have made one of them at the same time, and spelt it otherwise.
        made = dict(Company.objects.filter(name_key__in=new).order_by().values_list("name_key", "name"))
        found |= {name: made.get(company_key(name), name) for name in wanted if name not in found}
    return found


def spell_values(columns: Iterable[Column], values: dict[str, Any], *, make: bool = True) -> None:
    """Let the companies in `values` (by column key) be called as they are; those not known are made, or stay texts."""
    keys = [column.key for column in company_columns(columns) if values.get(column.key)]
    if keys:
        names = {values[key] for key in keys}
        spelling = spelt_or_made(names) if make else spelt(names)
        values.update({key: spelling.get(values[key], values[key]) for key in keys})


class CompanyLinks:
    """The pages of the companies that these names mean, as far as one may see them; one query."""

    def __init__(self, names: Iterable[Any]) -> None:
        keys = {company_key(name) for name in names if isinstance(name, str) and name}
        self.ids: dict[str, int] = (
            dict(Company.objects.filter(name_key__in=keys).order_by().values_list("name_key", "pk")) if keys else {}
        )

    def show(self, name: Any) -> str:
        """The name, leading to its company where there is one."""
        company = self.ids.get(company_key(name)) if isinstance(name, str) else None
        if company is None:
            return str(name or "")
        return format_html('<a href="{}">{}</a>', reverse("registers:company", args=[company]), name)


def links_in(columns: Sequence[Column], contacts: Iterable[Contact]) -> CompanyLinks:
    """Those of all companies that the `columns` of these contacts name; no query where none of them holds companies."""
    companies = company_columns(columns)
    return CompanyLinks(column.value(contact) for contact in (contacts if companies else ()) for column in companies)


def _fields() -> Iterator[Field]:
    """All columns of companies in the organisation, with their registers; retired ones may be brought back."""
    yield from Field.objects.filter(type=ColumnType.COMPANY).select_related("register").order_by("register", "pk")


def columns_naming(company: Company) -> list[tuple[Field, int]]:
    """Which columns name the company, and how many contacts have it there, as far as one may see them."""
    found = []
    for field in _fields():
        # As it is called, to the letter: the index of the values answers it.
        people = Contact.objects.filter(register=field.register_id, attributes__contains={field.key: company.name})
        if not field.retired and (count := people.count()):
            found.append((field, count))
    return found


@reach.lifted()
def rename_in_columns(*, old: str, new: str) -> int:
    """Let everybody who has a company in a column have it under its new name; return how many columns of people."""
    changed = 0
    for field in _fields():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registers_contact SET "
                "attributes = jsonb_set(attributes, ARRAY[%(key)s]::text[], to_jsonb(%(new)s::text)), "
                "updated_at = %(now)s WHERE organisation_id = %(organisation)s AND register_id = %(register)s "
                "AND attributes ? %(key)s AND upper(attributes ->> %(key)s) = upper(%(old)s) "
                "AND attributes ->> %(key)s <> %(new)s",
                {
                    "key": field.key,
                    "new": new,
                    "old": old,
                    "now": timezone.now(),
                    "organisation": scope.current(),
                    "register": field.register_id,
                },
            )
            changed += cursor.rowcount
        if isinstance(field.default, str) and company_key(field.default) == company_key(old):
            Field.objects.filter(pk=field.pk).update(default=new)
    return changed


@reach.lifted()
def named_in_columns() -> set[str]:
    """The keys of all companies that any column names, with what it holds at first."""
    keys: set[str] = set()
    for field in _fields():
        rows = Contact.objects.filter(register=field.register_id, attributes__has_key=field.key).order_by()
        names = rows.values_list(KeyTextTransform(field.key, "attributes"), flat=True).distinct()
        keys.update(company_key(name) for name in (*names, field.default) if isinstance(name, str) and name)
    return keys


def deleted_sentence(company: Company) -> str:
    """What becomes of the columns that name a company when it is deleted; "" where none does."""
    naming = columns_naming(company)
    if not naming:
        return ""
    where = ", ".join(f"“{field.label}” ({field.register}): {count}" for field, count in naming)
    return _("Columns that name it keep its name, as a text that leads nowhere: %(where)s.") % {"where": where}
