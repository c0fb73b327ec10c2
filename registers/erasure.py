"""Contacts that go with something larger are erased as well, so that packages above hear of every one; and what an
erased person leaves behind."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils.translation import ngettext

from organisations.figures import number
from registers.consents import count_withdrawn
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


_remains: list[Callable[[Sequence[int]], str]] = []


def register_remains(say: Callable[[Sequence[int]], str]) -> None:
    """`say` has a sentence on what would stay in its package of the contacts with these ids, or ""."""
    _remains.append(say)


def what_stays(register: Register, contacts: Sequence[int]) -> str:
    """For who erases: what will still hold a place, or name people, and what is forgotten that had better not be. ""
    where there is nothing to say."""
    said = [_withdrawals_that_go(contacts), *(say(contacts) for say in _remains), _files_that_stay(register)]
    return " ".join(filter(None, said))


def _withdrawals_that_go(contacts: Sequence[int]) -> str:
    """A stop is kept by address, but a consent, given or withdrawn, hangs on the person."""
    count = count_withdrawn(contacts)
    if not count:
        return ""
    return ngettext(
        "%(count)s contact has withdrawn a consent, and that is forgotten as well: stop the address first, under “Not "
        "to be written to”, if nobody is to write to it should it come in again.",
        "%(count)s contacts have withdrawn a consent, and that is forgotten as well: stop their addresses first, under "
        "“Not to be written to”, if nobody is to write to them should they come in again.",
        count,
    ) % {"count": number(count)}


def _files_that_stay(register: Register) -> str:
    """An imported file holds many people, and its undo needs it."""
    if not Import.objects.filter(register=register, emptied_at=None).exclude(stored_name="").exists():
        return ""
    days = KEEP_FILES.days
    return ngettext(
        "Files that were imported here may still name them: each is deleted by itself %(days)s day after its import.",
        "Files that were imported here may still name them: each is deleted by itself %(days)s days after its import.",
        days,
    ) % {"days": days}
