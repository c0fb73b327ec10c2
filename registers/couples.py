"""Couples: two contacts of one register with one label on an envelope and one greeting in a letter.

A couple stands while both live. When one dies nothing needs to be done: label and greeting are the survivor's own
again, and should the death have been entered by mistake, the couple is there again with its correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from registers import activity
from registers.extras import Extra, register_extra
from registers.models.contact import Contact
from registers.models.couple import Couple, Partner
from registers.particulars import Particular, register_particular
from registers.signals import contacts_erased
from registers.texts import clean_line


@dataclass(frozen=True, slots=True)
class Pair:
    """A couple with its two people."""

    couple: Couple
    first: Contact
    second: Contact

    @property
    def stands(self) -> bool:
        return not (self.first.deceased or self.second.deceased)

    @property
    def label(self) -> str:
        """“Anna and Pekka Virtanen”, or what somebody has written instead."""
        return self.couple.label or self.default_label

    @property
    def greeting(self) -> str:
        """“Anna and Pekka”, or what somebody has written instead."""
        return self.couple.greeting or self.default_greeting

    @property
    def default_label(self) -> str:
        first, second = self.first, self.second
        same = first.last_name.casefold() == second.last_name.casefold()
        one = first.first_name if same and first.first_name and second.first_name else str(first)
        return self._together(one, str(second))

    @property
    def default_greeting(self) -> str:
        return self._together(*(contact.first_name or str(contact) for contact in (self.first, self.second)))

    def other(self, contact: Contact) -> Contact:
        return self.second if contact.pk == self.first.pk else self.first

    def _together(self, one: str, other: str) -> str:
        with override(self.couple.organisation.language):
            return _("%(one)s and %(other)s") % {"one": one, "other": other}


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one envelope, and for whom."""

    text: str
    greeting: str
    contacts: tuple[Contact, ...]


def pairs_of(contacts: Iterable[Contact | int]) -> dict[int, Pair]:
    """The couple of each of the contacts, by contact id, with one query; those in none are left out.

    A couple that does not stand any more is among them.
    """
    ids = [contact if isinstance(contact, int) else contact.pk for contact in contacts]
    if not ids:
        return {}
    couples = Partner.objects.filter(contact__in=ids).order_by().values("couple")
    rows = Partner.objects.filter(couple__in=couples).order_by("couple", "place")
    people: dict[int, list[Partner]] = {}
    for row in rows.select_related("couple__organisation", "contact"):
        people.setdefault(row.couple_id, []).append(row)
    pairs = [Pair(two[0].couple, two[0].contact, two[1].contact) for two in people.values() if len(two) == 2]
    return {contact.pk: pair for pair in pairs for contact in (pair.first, pair.second) if contact.pk in set(ids)}


def labels_for(contacts: Sequence[Contact]) -> list[Label]:
    """What stands on their envelopes, in the order of the contacts: a couple of whom both are among them once."""
    pairs = pairs_of(contacts)
    present = {contact.pk for contact in contacts}
    labels: list[Label] = []
    done: set[int] = set()
    for contact in contacts:
        pair = pairs.get(contact.pk)
        if contact.pk in done:
            continue
        if pair and pair.stands and present >= {pair.first.pk, pair.second.pk}:
            labels.append(Label(pair.label, pair.greeting, (pair.first, pair.second)))
            done |= {pair.first.pk, pair.second.pk}
        else:
            labels.append(Label(contact.full_name, contact.first_name or contact.full_name, (contact,)))
            done.add(contact.pk)
    return labels


@transaction.atomic
def make_couple(*, first: Contact, second: Contact, source: str = "") -> Couple:
    """Make two contacts of one register a couple. Raises ValidationError where that cannot be.

    A former couple of either of them whose other partner has died is forgotten.
    """
    if first.pk == second.pk or first.register_id != second.register_id:
        raise ValidationError(_("A couple is two people of the same register."))
    for contact in (first, second):
        if contact.deceased:
            raise ValidationError(_("%(name)s has died.") % {"name": contact})
    for pk, pair in pairs_of([first, second]).items():
        if pair.stands:
            names = {"name": first if pk == first.pk else second, "other": pair.other(Contact(pk=pk))}
            raise ValidationError(_("%(name)s is in a couple with %(other)s already.") % names)
        pair.couple.delete()
    try:
        with transaction.atomic():
            couple: Couple = Couple.objects.create(register_id=first.register_id)
            Partner.objects.create(couple=couple, contact=first, place=1)
            Partner.objects.create(couple=couple, contact=second, place=2)
    except IntegrityError:
        raise ValidationError(_("One of them has become part of another couple meanwhile.")) from None
    activity.record_many(contacts=[first, second], kind="coupled", source=source)
    return couple


def change_couple(*, couple: Couple, label: str, greeting: str) -> None:
    """Set what the couple is called; what is empty is made of their names."""
    couple.label, couple.greeting = clean_line(label)[:200], clean_line(greeting)[:200]
    couple.save(update_fields=["label", "greeting"])


@transaction.atomic
def dissolve_couple(*, couple: Couple, source: str = "") -> None:
    """Both are on their own again."""
    people = Contact.objects.filter(pk__in=Partner.objects.filter(couple=couple).values("contact"))
    activity.record_many(contacts=people, kind="uncoupled", source=source)
    couple.delete()


@receiver(contacts_erased, dispatch_uid="couples end with either of the two")
def forget_couples(contacts: Any, **_kwargs: Any) -> None:
    partners = Partner.unscoped.filter(contact__in=contacts.order_by().values("pk"))
    Couple.unscoped.filter(pk__in=list(partners.values_list("couple", flat=True))).delete()


def in_couples() -> Any:
    """The ids of contacts in a couple that stands, as a queryset."""
    broken = Partner.objects.filter(contact__deceased=True).order_by().values("couple")
    return Partner.objects.exclude(couple__in=broken).order_by().values("contact")


def _merge_values(contacts: Sequence[Contact]) -> Mapping[int, Mapping[str, str]]:
    values = {
        contact.pk: {"greeting": contact.first_name or contact.full_name, "couple_label": contact.full_name}
        for contact in contacts
    }
    for pk, pair in pairs_of(contacts).items():
        if pair.stands:
            values[pk] = {"greeting": pair.greeting, "couple_label": pair.label}
    return values


activity.register_kind("coupled", gettext_lazy("Became part of a couple"), "group")
activity.register_kind("uncoupled", gettext_lazy("No longer part of a couple"), "user")
register_particular(
    Particular(key="couple", label=gettext_lazy("Part of a couple"), people=lambda _op, _value: in_couples())
)
register_extra(
    Extra(
        fields={
            "greeting": gettext_lazy("Greeting (of both, for a couple)"),
            "couple_label": gettext_lazy("Whole name (of both, for a couple)"),
        },
        values=_merge_values,
    )
)
