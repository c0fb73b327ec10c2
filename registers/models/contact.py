from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from organisations.managers import OrganisationQuerySet, ScopedManager, UnscopedManager
from organisations.models import OrganisationModel, organisation_key
from organisations.reach import Within
from registers.addresses import address_key
from registers.constraints import SameOrganisation
from registers.fields import AnyOf, DerivedTextField
from registers.models.register import Register
from registers.reach import People
from registers.searching import search_condition
from registers.signals import contacts_erased
from registers.texts import plain, sort_key

if TYPE_CHECKING:
    from registers.models.group import Group

CHANNEL_COLUMNS = {"email": "email_key", "sms": "phone"}


# A number in E.164 or an e-mail address, and nothing beside it; migration 0018 has the same for PostgreSQL.
_ADDRESS = re.compile(r"\+[1-9][0-9]{4,14}\Z|[^\s@]{1,64}@[^\s@]{1,255}\Z")


def derive_email_key(contact: Contact) -> str:
    return address_key(contact.email)


def derive_sort_key(contact: Contact) -> str:
    return sort_key(contact.last_name, contact.first_name)


def derive_search_text(contact: Contact) -> str:
    """All that the search box looks through, folded once so that one trigram index answers it."""
    parts = (
        contact.first_name, contact.last_name, contact.first_name, contact.email, contact.phone, contact.external_id,
        contact.alternative_name, *_more_addresses(contact.attributes),
    )  # fmt: skip
    return " ".join([plain(part) for part in parts if part])


def _more_addresses(attributes: dict[str, Any]) -> list[str]:
    """Phone numbers and e-mail addresses in the register's own columns, known by their form."""
    found: list[str] = []
    for value in attributes.values():
        texts = value if isinstance(value, list) else (value,)
        found += [text for text in texts if isinstance(text, str) and _ADDRESS.match(text)]
    return found


def telephones_of(phone: str, attributes: dict[str, Any]) -> list[str]:
    """The numbers of a contact in E.164: the first one, and those in the register's own columns."""
    return [number for number in (phone, *_more_addresses(attributes)) if number.startswith("+")]


class ContactQuerySet(OrganisationQuerySet["Contact"]):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Erase these people, here and in what the packages above keep of them."""
        with transaction.atomic():
            contacts_erased.send(sender=self.model, contacts=self.all())
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def search(self, text: str) -> ContactQuerySet:
        """Contacts in whose names, e-mail address, phone numbers or external id every word of `text` occurs."""
        condition = search_condition(text)
        return self.none() if condition is None else self.filter(condition)

    def having_any(self, column: str, values: Collection[str]) -> ContactQuerySet:
        """Those in whose `column`, a text, stands one of `values`, none of which is empty."""
        # An index that leaves out the empty ones is of use to PostgreSQL only where this is said.
        return self.filter(AnyOf(models.F(column), list(values))).exclude(**{column: ""})

    def in_group(self, group: Group) -> ContactQuerySet:
        """Members of `group` and of the groups below it."""
        from registers.models.group import GroupMembership  # noqa: PLC0415  the group's table refers to this one

        # Unscoped, for group and contacts are in scope already: to ask once more keeps it from an index that has all.
        members = GroupMembership.unscoped.filter(group__in=group.with_descendants()).values("contact")
        return self.filter(pk__in=members)


class Contact(OrganisationModel):
    """One person in one register. Several contacts may share an address; an external id belongs to one."""

    organisation = organisation_key(implied=True)
    register = models.ForeignKey(
        Register,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="contacts",
        verbose_name=_("register"),
    )
    external_id = models.CharField(
        _("external id"), max_length=100, blank=True, help_text=_("A member or customer number from another system.")
    )
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    alternative_name = models.CharField(
        _("alternative spelling"),
        max_length=200,
        blank=True,
        default="",
        db_default="",  # the column is added to a table of millions without being written
        help_text=_("The name in another script, such as Айно Виртанен; it is found by either."),
    )
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = DerivedTextField(derive=derive_email_key)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    street = models.CharField(_("street address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    source = models.CharField(
        _("source"), max_length=120, blank=True, help_text=_("Where this person's data are from.")
    )
    deceased = models.BooleanField(_("deceased"), default=False)
    attributes = models.JSONField(_("own columns"), default=dict, blank=True)
    sort_key = DerivedTextField(derive=derive_sort_key, db_collation="C")
    search_text = DerivedTextField(derive=derive_search_text)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects: ClassVar[Any] = ScopedManager.from_queryset(ContactQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(ContactQuerySet)()

    within_reach: ClassVar[Within] = People("id", "register_id")

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["sort_key", "id"]
        indexes = [
            # With the organisation, for which every query asks: a page far down a list is found without the table.
            models.Index(fields=["register", "sort_key", "id"], include=["organisation"], name="contact_in_order"),
            models.Index(fields=["register", "phone"], name="contact_by_phone"),
            # As conditions compare it: Kemi is kemi.
            models.Index("register", Upper("city"), name="contact_by_town"),
            models.Index(fields=["organisation", "email_key", "register"], name="contact_by_mailbox"),
            # For counts that need not read the table: of a language or an age, in a group, with an e-mail address.
            # `organisation` is in it because every query asks for it.
            models.Index(
                "register",
                Upper("language"),
                "birth_date",
                include=["organisation", "id", "language", "email"],
                name="contact_facts",
            ),
            # Few of many: without it whoever asks for them reads the whole table.
            models.Index(fields=["register"], condition=models.Q(deceased=True), name="contact_deceased"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="contact_search"),
            GinIndex(OpClass("attributes", name="jsonb_path_ops"), name="contact_attributes"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "external_id"],
                condition=~models.Q(external_id=""),
                name="contact_external_id_once",
                violation_error_message=_("Another contact of this register has this external id."),
            ),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=r"^\+[1-9][0-9]{4,14}$"),
                name="contact_phone_e164",
                violation_error_message=_("Write the phone number with its country code, such as +358401234567."),
            ),
            # With the register: whether the people of a list of ids are of it is seen without the table.
            models.UniqueConstraint(
                fields=["id", "organisation"], include=["register"], name="contact_in_organisation"
            ),
            SameOrganisation(field="register", to="registers.Register", name="contact_register_organisation"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or self.phone or self.external_id or str(_("Contact without a name"))

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            contacts_erased.send(sender=Contact, contacts=Contact.unscoped.filter(pk=self.pk))
            return super().delete(*args, **kwargs)

    def address(self, channel: str) -> str:
        """The address for "email" or "sms" as it is compared: one spelling per person's address."""
        value: str = getattr(self, CHANNEL_COLUMNS[channel])
        return value
