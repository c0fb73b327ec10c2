"""Where a contact is that was merged with another."""

from __future__ import annotations

from registers.models import Contact, FormerContact


def present_id(contact_id: int) -> int:
    """The id under which the contact is known now: its own, or that of the one it was merged with.

    A personal link that was sent before the merge opens the one that stayed; after the merge has been taken back it
    opens its own contact again.
    """
    found = FormerContact.objects.filter(former_id=contact_id).values_list("contact_id", flat=True).first()
    return found or contact_id


def present_contact(contact: Contact) -> Contact:
    """`contact` itself, or the one it has been merged with since it was read."""
    if Contact.objects.filter(pk=contact.pk).exists():
        return contact
    found: Contact | None = Contact.objects.filter(pk=present_id(contact.pk)).first()
    return found or contact
