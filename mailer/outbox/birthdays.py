"""A letter to the team: an important contact has a round birthday soon."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailer.models import EmailMessage
from mailer.outbox.erasure import forget_letters, letters_about
from mailer.outbox.transactional import queue_email
from mailer.rendering.letters import render_letter
from registers.addresses import address_key
from registers.models import FormerContact
from registers.signals import contacts_erased, round_birthday

KIND = "birthday"


@receiver(round_birthday, dispatch_uid="letters about round birthdays")
def tell_of_birthday(birthday: Any, users: list[Any], **_kwargs: Any) -> None:
    """One letter to each user, once in the year of the birthday."""
    contact = birthday.contact
    wanted = {f"{KIND}:{contact.pk}:{birthday.on.year}:{user.pk}": user for user in users if address_key(user.email)}
    known = set(EmailMessage.objects.filter(unique_key__in=list(wanted)).values_list("unique_key", flat=True))
    organisation = contact.organisation
    for key in wanted.keys() - known:
        with translation.override(organisation.language):
            values = {"who": str(contact), "age": str(birthday.age), "when": date_format(birthday.on, "l j F Y")}
            letter = render_letter(
                organisation=organisation,
                subject=_("{{ who }} turns {{ age }} on {{ when }}"),
                body_html=_("<p>{{ who }}, an important contact of yours, turns {{ age }} on {{ when }}.</p>"),
                values=values,
                button=(_("Open the contact"), settings.BASE_URL + reverse("registers:contact", args=[contact.pk])),
            )
        queue_email(to=wanted[key].email, kind=KIND, unique_key=key, letter=letter, organisation=organisation)


@receiver(contacts_erased, dispatch_uid="blank letters about the erased")
def blank_letters(contacts: Any, **_kwargs: Any) -> None:
    """They name somebody who is no recipient of theirs, be it from before they were merged with another contact."""
    forget_letters(letters_about(contacts, kind=KIND, apart=":"))
    merged = FormerContact.unscoped.filter(contact__in=contacts.order_by().values("pk"))
    forget_letters(letters_about(merged, kind=KIND, apart=":", by="former_id"))
