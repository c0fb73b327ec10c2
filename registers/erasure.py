"""Contacts that go with something larger are erased as well, so that packages above hear of every one."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from registers.models import Contact, Register
from registers.signals import contacts_erased


@receiver(pre_delete, sender=Register, dispatch_uid="contacts go with their register")
def erase_contacts_of_register(instance: Register, **_kwargs: Any) -> None:
    contacts_erased.send(sender=Contact, contacts=Contact.unscoped.filter(register=instance))
