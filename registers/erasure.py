"""Contacts that go with something larger are erased as well, so that packages above hear of every one; and what an
erased person leaves behind."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils.translation import ngettext

from registers.imports.sweeps import KEEP_FILES
from registers.models import Contact, Import, Register
from registers.signals import contacts_erased


@receiver(pre_delete, sender=Register, dispatch_uid="contacts go with their register")
def erase_contacts_of_register(instance: Register, **_kwargs: Any) -> None:
    contacts_erased.send(sender=Contact, contacts=Contact.unscoped.filter(register=instance))


@receiver(post_delete, sender=Import, dispatch_uid="files go with their imports")
def delete_imported_file(instance: Import, **_kwargs: Any) -> None:
    """An import that goes with its register, or with its organisation, leaves no file that nobody would know of."""
    if instance.stored_name:
        transaction.on_commit(partial(instance.path.unlink, missing_ok=True), robust=True)


def what_stays(register: Register) -> str:
    """A sentence for who erases: an imported file holds many people, and its undo needs it. "" where there is none."""
    if not Import.objects.filter(register=register, emptied_at=None).exclude(stored_name="").exists():
        return ""
    days = KEEP_FILES.days
    return ngettext(
        "Files that were imported here may still name them: each is deleted by itself %(days)s day after its import.",
        "Files that were imported here may still name them: each is deleted by itself %(days)s days after its import.",
        days,
    ) % {"days": days}
