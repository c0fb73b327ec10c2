"""A letter to whoever is responsible: a follow-up is due."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mailer.outbox.erasure import forget_letters, letters_kept
from mailer.outbox.transactional import queue_email
from mailer.rendering.letters import render_letter
from registers.addresses import address_key
from registers.models import FollowUp
from registers.signals import follow_up_due

KIND = "follow_up"
WORDS_IN_SUBJECT = 80


@receiver(follow_up_due, dispatch_uid="letters about follow-ups")
def tell_of_follow_up(follow_up: FollowUp, users: list[Any], **_kwargs: Any) -> None:
    """One letter to each user for each day that it has been due on."""
    organisation = follow_up.organisation
    url = settings.BASE_URL + reverse("registers:contact", args=[follow_up.contact_id])
    for user in users:
        if not address_key(user.email):
            continue
        with translation.override(organisation.language):
            values = {
                "what": follow_up.text,
                "short": Truncator(follow_up.text).chars(WORDS_IN_SUBJECT),
                "who": str(follow_up.contact),
            }
            letter = render_letter(
                organisation=organisation,
                subject=_("{{ who }}: {{ short }}"),
                body_html=_("<p>You wanted to follow this up:</p><p>{{ what }}</p>"),
                values=values,
                facts=[
                    (_("Contact"), str(follow_up.contact)),
                    (_("By"), date_format(follow_up.due_on, "l j F Y")),
                ],
                button=(_("Open the contact"), url),
            )
        key = f"{KIND}:{follow_up.pk}:{follow_up.due_on}:{user.pk}"
        queue_email(to=user.email, kind=KIND, unique_key=key, letter=letter, organisation=organisation)


@receiver(pre_delete, sender=FollowUp, dispatch_uid="blank letters about deleted follow-ups")
def blank_letters(instance: FollowUp, **_kwargs: Any) -> None:
    """They name somebody who is no recipient of theirs, and who may be about to be erased."""
    letters = letters_kept(KIND).filter(organisation=instance.organisation_id)
    forget_letters(letters.filter(unique_key__startswith=f"{KIND}:{instance.pk}:"))
