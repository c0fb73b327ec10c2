"""Why people are in a register, in words from a vocabulary that the owners keep; and where their data are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from registers import activity
from registers.conditions import Operator
from registers.models.contact import Contact
from registers.models.reason import ContactReason, Reason
from registers.models.register import Register
from registers.particulars import Particular, register_particular
from registers.texts import clean_line

NEWEST = 5_000  # contacts asked for the sources that are common now; a whole register would take too long
COMMON = 10


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Reasons to begin with."""

    key: str
    label: str | Promise
    names: tuple[str | Promise, ...]


VOCABULARIES = (
    Vocabulary(
        "association",
        gettext_lazy("Association"),
        (
            gettext_lazy("Member"),
            gettext_lazy("Former member"),
            gettext_lazy("Donor"),
            gettext_lazy("Volunteer"),
            gettext_lazy("Partner"),
            gettext_lazy("Press"),
        ),
    ),
    Vocabulary(
        "company",
        gettext_lazy("Company"),
        (
            gettext_lazy("Customer"),
            gettext_lazy("Former customer"),
            gettext_lazy("Prospect"),
            gettext_lazy("Supplier"),
            gettext_lazy("Partner"),
            gettext_lazy("Press"),
        ),
    ),
    Vocabulary(
        "public",
        gettext_lazy("Town or public office"),
        (
            gettext_lazy("Resident"),
            gettext_lazy("Elected official"),
            gettext_lazy("Authority"),
            gettext_lazy("Association’s contact"),
            gettext_lazy("Guest of honour"),
            gettext_lazy("Press"),
        ),
    ),
)


@transaction.atomic
def add_words(names: Iterable[str]) -> int:
    """Take words into the vocabulary; return how many are new. One that was retired comes back."""
    added = 0
    for name in filter(None, (clean_line(name)[:80] for name in names)):
        known = Reason.objects.filter(name__iexact=name).first()
        if known is None:
            Reason.objects.create(name=name)
            added += 1
        elif known.retired:
            known.retired = False
            known.save(update_fields=["retired"])
    return added


def reasons_of(contact: Contact) -> list[ContactReason]:
    """Why a contact is in the register."""
    return list(ContactReason.objects.filter(contact=contact).select_related("reason"))


def further_reasons(known: Sequence[ContactReason]) -> list[Reason]:
    """What may still be given to somebody who has these."""
    return list(Reason.objects.filter(retired=False).exclude(pk__in=[row.reason_id for row in known]))


@transaction.atomic
def give_reason(*, contacts: Iterable[int], reason: Reason, source: str = "") -> int:
    """Say of the contacts with these ids that this is why they are here; return of how many it is new."""
    without = Contact.objects.filter(pk__in=list(contacts)).exclude(pk__in=having(reason))
    chosen = list(without.only("pk", "organisation_id"))
    rows = [ContactReason(contact=contact, reason=reason) for contact in chosen]
    ContactReason.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    activity.record_many(contacts=chosen, kind="reason_given", source=source, data={"reason": reason.name})
    return len(chosen)


@transaction.atomic
def take_reason(*, contacts: Iterable[int], reason: Reason, source: str = "") -> int:
    """It is no reason any more for the contacts with these ids; return for how many it was."""
    rows = ContactReason.objects.filter(contact__in=list(contacts), reason=reason)
    chosen = list(Contact.objects.filter(pk__in=rows.values("contact")).only("pk", "organisation_id"))
    rows.delete()
    activity.record_many(contacts=chosen, kind="reason_taken", source=source, data={"reason": reason.name})
    return len(chosen)


def common_sources(register: Register) -> list[str]:
    """Where the data of those who came last are mostly from, the commonest first."""
    newest = Contact.objects.filter(register=register).order_by("-pk").values_list("source", flat=True)[:NEWEST]
    return [source for source, _count in Counter(source for source in newest if source).most_common(COMMON)]


@transaction.atomic
def set_source(*, contacts: Iterable[int], text: str, source: str = "") -> int:
    """Say where the data of the contacts with these ids are from; return of how many it was something else."""
    text = clean_line(text)[:120]
    others = Contact.objects.filter(pk__in=list(contacts)).exclude(source=text)
    chosen = list(others.select_for_update(no_key=True).order_by("pk").only("pk", "organisation_id"))
    Contact.objects.filter(pk__in=[contact.pk for contact in chosen]).update(source=text, updated_at=timezone.now())
    activity.record_many(contacts=chosen, kind="edited", source=source, data={"columns": ["source"]})
    return len(chosen)


def having(reason: Reason | int) -> Any:
    """The ids of the contacts whose reason it is, as a queryset."""
    return ContactReason.objects.filter(reason=reason).order_by().values("contact")


def _people(_op: str, value: str) -> Any:
    """Whose reason it is; with no value, who has any."""
    rows = ContactReason.objects.order_by()
    return (rows.filter(reason__name__iexact=value) if value else rows).values("contact")


def _names(_register: Register) -> Sequence[str]:
    return list(Reason.objects.filter(retired=False).values_list("name", flat=True))


activity.register_kind("reason_given", gettext_lazy("Reason added"), "tag")
activity.register_kind("reason_taken", gettext_lazy("Reason removed"), "tag")
register_particular(
    Particular(
        key="reason",
        label=gettext_lazy("Reason to be in the register"),
        people=_people,
        operators=(
            Operator("is", gettext_lazy("is"), "one"),
            Operator("not_is", gettext_lazy("is not"), "one"),
            Operator("any", gettext_lazy("is known"), "nothing"),
            Operator("none", gettext_lazy("is not known"), "nothing"),
        ),
        suggestions=lambda register: list(_names(register)),
    )
)
