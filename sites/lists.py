"""In which guest lists somebody stands."""

from __future__ import annotations

import datetime as dt

from registers.models import Contact
from sites.models import Registration


def guest_lists_with(contact: Contact) -> dict[str, dt.datetime]:
    """Since when, by what the access log calls the event."""
    replies = Registration.objects.filter(contact=contact)
    return {f"event:{page}": at for page, at in replies.values_list("page", "created_at")}
