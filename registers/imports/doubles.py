"""New people of a file who may be in the register already, under a key that was not asked for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from registers.imports.keys import Key
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow


def count_known_by_email(batch: Import) -> int:
    """How many of those whom the import would add have an e-mail address that somebody in the register has."""
    if batch.is_notes or Key.EMAIL in batch.match_keys or "email" not in {entry["target"] for entry in batch.mapping}:
        return 0
    address = Lower(KeyTextTransform("email", "values"))
    new = ImportRow.objects.filter(batch=batch, status=ImportRow.Status.CREATED).annotate(address=address)
    there = Contact.objects.filter(register=batch.register_id, email_key=OuterRef("address"))
    return new.filter(Exists(there)).count()
