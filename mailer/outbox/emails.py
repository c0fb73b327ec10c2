"""The e-mails that may be sent."""

from typing import Any

from django.db.models import Q

from mailer.models import EmailPage
from organisations import reach
from organisations.ownership import own_pages
from registers.models import Register


def ready_emails() -> Any:
    """The organisation's e-mails that are saved as ready; for who sees a part only, none of a register beyond."""
    emails = EmailPage.objects.live().filter(pk__in=own_pages().values("pk")).order_by("title")
    if reach.is_limited():
        emails = emails.filter(Q(register=None) | Q(register__in=Register.objects.values("pk")))
    return emails
