"""Where an organisation's e-mails hang in the page tree."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import override

from mailer.models import EmailIndexPage
from organisations.models import Organisation
from organisations.signals import organisation_created


def create_email_index(*, organisation: Organisation) -> EmailIndexPage | None:
    """The page that holds the organisation's e-mails, made if need be; None while it has no home page."""
    home = Organisation.objects.select_related("home_page").get(pk=organisation.pk).home_page
    if home is None:
        return None
    index: EmailIndexPage | None = EmailIndexPage.objects.child_of(home).first()
    if index is None:
        with override(organisation.language):
            index = home.add_child(instance=EmailIndexPage(title=_("E-mails"), slug="mail"))
    return index


# `sites` stands before `mailer` in INSTALLED_APPS and so hears first: the home page is there by now.
@receiver(organisation_created, dispatch_uid="email index")
def index_for_new_organisation(organisation: Organisation, **_kwargs: Any) -> None:
    create_email_index(organisation=organisation)
