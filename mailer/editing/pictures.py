"""Pictures of e-mails are made in their sizes when an e-mail is ready, not when the first recipient looks."""

import logging
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.images.models import SourceImageIOError
from wagtail.signals import page_published

from mailer.editing.previews import measure
from mailer.models import EmailPage
from mailer.rendering.look import LOGO_SPEC
from mailer.rendering.pages import CompileError
from organisations import scope
from organisations.models import Organisation, Theme
from organisations.pictures import prepare

logger = logging.getLogger(__name__)


@receiver(page_published, sender=EmailPage, dispatch_uid="pictures of an e-mail")
def prepare_pictures(instance: EmailPage, **_kwargs: Any) -> None:
    """Compiling asks for every picture in the size of its column."""
    organisation = Organisation.of_page(instance)
    with scope.organisation(organisation.pk):
        try:
            measure(instance, organisation=organisation)
        except (CompileError, SourceImageIOError) as error:
            logger.warning("The pictures of e-mail %d could not be made: %s", instance.pk, error)


@receiver(post_save, sender=Theme, dispatch_uid="the logo in e-mails")
def prepare_logo(instance: Theme, raw: bool = False, **_kwargs: Any) -> None:
    if not raw:
        prepare(instance.logo, [LOGO_SPEC])
