"""The accounts of those who work here, and the letter that tells them."""

import secrets
import smtplib
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from organisations.models import Organisation, User


def get_or_create_user(*, email: str, first_name: str = "", last_name: str = "") -> User:
    """The user who signs in with this address.

    A new account gets a password that nobody knows, so that “Forgotten password?” works for it from the first day.
    """
    user = User.objects.filter(email__iexact=email).first()
    return user or User.objects.create_user(
        email, secrets.token_urlsafe(40), first_name=first_name, last_name=last_name
    )


def send_invitation(*, user: User, organisation: Organisation, invited_by: Any) -> bool:
    """Tell somebody that they belong to the team; False where no mail can leave.

    Who has never signed in gets a link that sets a password, and another each time they are added.
    """
    context = {"user": user, "organisation": organisation, "invited_by": invited_by, "link": way_in(user)}
    try:
        send_mail(
            subject=_("Your account at %(name)s") % {"name": organisation.name},
            message=render_to_string("organisations/invitation.txt", context),
            from_email=None,
            recipient_list=[user.email],
        )
    except (OSError, smtplib.SMTPException, ImproperlyConfigured):
        return False
    return True


def way_in(user: User) -> str:
    """Where they sign in; who never has chooses a password there."""
    path = reverse("wagtailadmin_login")
    if not user.last_login:
        word = {
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        }
        path = reverse("wagtailadmin_password_reset_confirm", kwargs=word)
    return settings.BASE_URL + path


def is_new_here(user: User) -> bool:
    """Whether nobody but this one team can have a part in the account: its owner may see the link that opens it."""
    return not (user.last_login or user.is_superuser) and user.memberships.count() == 1
