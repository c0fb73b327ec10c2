"""Documents about contacts: private files, counted against the organisation's space.

A file is written before its row and deleted after its row is gone, so that a row always has a file. What a killed
process leaves behind is a file without a row, which a sweep removes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from guards.documents import check_document, fitting_name
from guards.uploads import UploadError
from organisations import reach, scope
from organisations.models import Organisation
from organisations.sweeps import sweep
from registers.access import log_access
from registers.models.contact import Contact
from registers.models.document import ContactDocument
from registers.signals import contacts_unmerged
from registers.texts import clean_line

FOLDER = "documents"
ORPHAN_AFTER = dt.timedelta(hours=24)  # longer than any upload takes
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Space:
    """In bytes."""

    used: int
    limit: int

    @property
    def free(self) -> int:
        return max(self.limit - self.used, 0)

    @property
    def free_shown(self) -> int:
        """The same for people, to whom 1024.0 MB of 1.0 GB would be a riddle."""
        return self.limit if self.free > self.limit * 0.999 else self.free


def private_files() -> Storage:
    """Where documents are kept: nothing serves these files but the view that logs who opens one."""
    return storages["private"]


def used_bytes() -> int:
    """What the documents of the organisation in scope take up: counted, never remembered."""
    return int(ContactDocument.objects.order_by().aggregate(total=models.Sum("size"))["total"] or 0)


@reach.lifted()
def space() -> Space:
    """That of the organisation in scope, whoever asks."""
    own = Organisation.objects.values_list("document_space", flat=True).get(pk=scope.current())
    return Space(used_bytes(), MEBIBYTE * (settings.DOCUMENT_SPACE_MB if own is None else own))


def add_document(*, contact: Contact, file: UploadedFile[Any], user: Any, **parent: Any) -> ContactDocument:
    """Keep a file with a contact; `parent` is one of note=, appointment=, follow_up= of the contact, or nothing.

    Raises ValidationError where the file is not taken, or there is no room for it; then nothing is kept.
    """
    raw = clean_line((file.name or "").replace("%22", '"'))  # so browsers send quotation marks in names
    try:
        kind = check_document(file, name=raw, max_bytes=settings.DOCUMENT_MAX_MB * MEBIBYTE)
    except UploadError as error:
        raise ValidationError({"file": str(error)}) from error
    files, size = private_files(), file.size or 0
    stored = files.save(f"{FOLDER}/{contact.organisation_id}/{uuid.uuid4().hex}", file)
    try:
        with transaction.atomic():
            lock_space()
            _check_room(size)
            document: ContactDocument = ContactDocument.objects.create(
                contact=contact, name=fitting_name(raw, kind), stored_name=stored, content_type=kind.content_type,
                size=size, added_by=user, **parent,
            )  # fmt: skip
            log_access(user=user, action="edit", subject=contact, purpose=_("Document added"))
    except BaseException:  # whatever it is: a private file must not stay behind without a row that tells of it
        files.delete(stored)
        raise
    return document


def lock_space() -> None:
    """Two who upload at once are counted one after the other."""
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=scope.current())


def _check_room(size: int) -> None:
    room = space()
    if size > room.free and reach.is_limited():  # how much all others keep is not theirs to know
        raise ValidationError({"file": _("There is no room for this file any more. Ask an owner of the organisation.")})
    if size > room.free:
        text = _(
            "There is room for %(free)s more, and this file has %(size)s. Delete documents that nobody needs any more, "
            "or ask whoever runs Kokoon for more space."
        )
        raise ValidationError({"file": text % {"free": filesizeformat(room.free), "size": filesizeformat(size)}})


def attach_files(documents: Iterable[ContactDocument], rows: Iterable[Any]) -> list[ContactDocument]:
    """Give each of the rows its `files`; return those that belong to none of these."""
    shown = {}
    for row in rows:
        row.files = []
        shown[type(row), row.pk] = row
    loose: list[ContactDocument] = []
    for document in documents:
        parents = ((model, getattr(document, f"{name}_id")) for name, model in ContactDocument.PARENTS.items())
        found = next((shown[key] for key in parents if key in shown), None)
        (loose if found is None else found.files).append(document)
    return loose


@transaction.atomic
def delete_document(*, document: ContactDocument, user: Any) -> None:
    log_access(user=user, action="delete", subject=document.contact, purpose=_("Document deleted"))
    document.delete()


@receiver(post_delete, sender=ContactDocument, dispatch_uid="files go with their documents")
def delete_file(instance: ContactDocument, **_kwargs: Any) -> None:
    stored = instance.stored_name
    transaction.on_commit(lambda: private_files().delete(stored), robust=True)


@receiver(contacts_unmerged, dispatch_uid="documents follow what they belong to")
def follow_parents(kept: Contact, restored: Sequence[Contact], **_kwargs: Any) -> None:
    """One that was added since the merge goes to whom its note, appointment or follow-up belongs again."""
    rows = ContactDocument.objects.filter(contact__in=[kept, *restored])
    for name, parents in ContactDocument.PARENTS.items():
        strayed = rows.filter(**{f"{name}__isnull": False}).exclude(**{f"{name}__contact": models.F("contact")})
        owner = parents.objects.filter(pk=models.OuterRef(name)).values("contact")[:1]  # type: ignore[attr-defined]
        strayed.update(contact=models.Subquery(owner))


@sweep(every=dt.timedelta(hours=6))
def remove_orphans() -> None:
    """Files whose document was never written down, because a process died in between."""
    files, before = private_files(), timezone.now() - ORPHAN_AFTER
    if not files.exists(FOLDER):
        return
    for folder in files.listdir(FOLDER)[0]:
        names = [f"{FOLDER}/{folder}/{name}" for name in files.listdir(f"{FOLDER}/{folder}")[1]]
        for start in range(0, len(names), 1_000):
            some = names[start : start + 1_000]
            known = set(ContactDocument.unscoped.filter(stored_name__in=some).values_list("stored_name", flat=True))
            for name in some:
                with suppress(FileNotFoundError):  # another tick may be at it as well
                    if name not in known and files.get_modified_time(name) < before:
                        files.delete(name)
