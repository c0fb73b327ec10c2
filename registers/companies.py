"""Companies and who belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations import reach
from registers import activity
from registers.columns import OWN
from registers.conditions import Operator
from registers.extras import Extra, register_extra
from registers.models.company import Company, Employment, company_key
from registers.models.contact import Contact
from registers.models.register import Field, Register
from registers.models.segment import Segment
from registers.particulars import ABOUT, Particular, register_particular
from registers.texts import clean_line, plain
from registers.values import MAX_COMPANY, ColumnType

SUGGESTED = 500
LIKE = 20
MAX_NAME = MAX_COMPANY
MAX_ROLE = 120
# What of a company may be merged beside its name.
_DATA = {
    "business_id": gettext_lazy("Company: business id"),
    "email": gettext_lazy("Company: e-mail"),
    "phone": gettext_lazy("Company: phone"),
    "street": gettext_lazy("Company: street address"),
    "postcode": gettext_lazy("Company: postcode"),
    "city": gettext_lazy("Company: city"),
    "country": gettext_lazy("Company: country"),
}


def find_or_make_company(*, name: str) -> Company:
    """The company of this name, in whatever case it is written; a new one where there is none."""
    name = clean_line(name)
    if not name or len(name) > MAX_NAME:
        raise ValidationError(
            {"company": _("Write the name of the company, in %(limit)s characters at most.") % {"limit": MAX_NAME}}
        )
    company: Company
    company, _made = Company.objects.get_or_create(name_key=company_key(name), defaults={"name": name})
    return company


@transaction.atomic
def employ(*, contact: Contact, company: Company, role: str = "", main: bool = False, source: str = "") -> Employment:
    """Let a contact belong to a company, or change as what. The first company of a contact is the main one."""
    known = Employment.objects.select_for_update(no_key=True).filter(contact=contact)
    main = main or not known.exclude(company=company).exists()
    if main:
        known.exclude(company=company).update(main=False)
    place: Employment
    place, made = Employment.objects.update_or_create(
        contact=contact, company=company, defaults={"role": clean_line(role)[:MAX_ROLE], "main": main}
    )
    if made:
        activity.record(contact=contact, kind="employed", source=source, data={"company": company.name})
    return place


@transaction.atomic
def end_employment(*, place: Employment, source: str = "") -> None:
    """The contact does not belong to the company any more; the oldest of its others becomes the main one."""
    data = {"company": place.company.name}
    activity.record(contact=place.contact, kind="unemployed", source=source, data=data)
    place.delete()
    rest = list(Employment.objects.filter(contact=place.contact_id))
    if rest and not rest[0].main:
        Employment.objects.filter(pk=rest[0].pk).update(main=True)


def places_of(contacts: Iterable[Contact]) -> Mapping[int, list[Employment]]:
    """The companies of contacts with their roles, by contact id, the main one first; one query."""
    ids = [contact.pk for contact in contacts]
    found: dict[int, list[Employment]] = {}
    for place in Employment.objects.filter(contact__in=ids).select_related("company") if ids else ():
        found.setdefault(place.contact_id, []).append(place)
    return found


def company_names(register: Register | None = None) -> list[str]:
    """Names to offer while somebody types."""
    return list(Company.objects.values_list("name", flat=True)[:SUGGESTED])


def companies_like(text: str) -> list[str]:
    """Names in which the text occurs, whatever the accents: those that begin with it first."""
    wanted = plain(clean_line(text))
    # Some thousand names of one organisation: looked through faster than an index of folded names is kept.
    found = [name for name in Company.objects.values_list("name", flat=True) if wanted in plain(name)]
    return sorted(found, key=lambda name: not plain(name).startswith(wanted))[:LIKE]


@reach.lifted()
@transaction.atomic
def rename_in_segments(*, old: str, new: str) -> int:
    """Let the segments that ask for a company by its name go on finding its people; return how many they are."""
    keys: dict[int, set[str]] = {}
    for register, key in Field.objects.filter(type=ColumnType.COMPANY).values_list("register", "key"):
        keys.setdefault(register, {f"{ABOUT}company"}).add(f"{OWN}{key}")
    changed = 0
    for segment in Segment.objects.order_by("pk").select_for_update():
        asked = keys.get(segment.register_id, {f"{ABOUT}company"})
        rule = _renamed(segment.rule, asked, company_key(old), new)
        if rule != segment.rule:
            segment.rule = rule
            segment.save(update_fields=["rule", "updated_at"])
            changed += 1
    return changed


def _renamed(part: Any, asked: Collection[str], old: str, new: str) -> Any:
    """A rule, or a condition of one, with the new name. What asks for a part of a name stays as it is."""
    if not isinstance(part, dict):
        return part
    if isinstance(part.get("conditions"), list):
        return {**part, "conditions": [_renamed(each, asked, old, new) for each in part["conditions"]]}
    value = part.get("value")
    if part.get("column") not in asked or "contains" in str(part.get("op")) or value is None:
        return part
    named = [new if company_key(str(each)) == old else each for each in (value if isinstance(value, list) else [value])]
    return {**part, "value": named if isinstance(value, list) else named[0]}


_TEXT = (
    Operator("is", gettext_lazy("is"), "one"),
    Operator("not_is", gettext_lazy("is not"), "one"),
    Operator("contains", gettext_lazy("contains"), "one"),
    Operator("not_contains", gettext_lazy("does not contain"), "one"),
    Operator("filled", gettext_lazy("is filled in"), "nothing"),
    Operator("not_filled", gettext_lazy("is empty"), "nothing"),
)


def _places_with(column: str) -> Any:
    """For a particular: who has a place in a company of which this column fits."""

    def people(op: str, value: str) -> Any:
        how = {"is": Q(**{f"{column}__iexact": value}), "contains": Q(**{f"{column}__icontains": value})}
        fits = how.get(op.removeprefix("not_"), ~Q(**{column: ""}))
        return Employment.objects.filter(fits).order_by().values("contact")

    return people


def _merge_values(contacts: Sequence[Contact]) -> Mapping[int, Mapping[str, str]]:
    values = {}
    for pk, places in places_of(contacts).items():
        company = places[0].company
        data = {f"company.{name}": str(getattr(company, name)) for name in _DATA}
        values[pk] = {"company": company.name, "company.role": places[0].role, **data}
    return values


activity.register_kind("employed", gettext_lazy("Joined company"), "site")
activity.register_kind("unemployed", gettext_lazy("Left company"), "site")
register_particular(
    Particular(
        key="company",
        label=gettext_lazy("Company"),
        people=_places_with("company__name"),
        operators=_TEXT,
        suggestions=company_names,
    )
)
register_particular(
    Particular(key="role", label=gettext_lazy("Role in a company"), people=_places_with("role"), operators=_TEXT)
)
register_extra(
    Extra(
        fields={
            "company": gettext_lazy("Company"),
            "company.role": gettext_lazy("Role in the company"),
            **{f"company.{name}": label for name, label in _DATA.items()},
        },
        values=_merge_values,
    )
)
