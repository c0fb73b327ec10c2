"""What `tick` does for the installation as a whole."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from organisations import scope
from organisations.models import Organisation
from organisations.sweeps import sweep

logger = logging.getLogger(__name__)

PUBLISHING = 7_203_001  # an advisory lock of our own


@sweep(minutely=True)
def publish_scheduled_pages() -> None:
    """Publish and take down the pages whose time has come; one tick at a time.

    As Wagtail's `publish_scheduled` does, but each page in the scope of its organisation, whose register it names, and
    so that one which cannot be published keeps no other from it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PUBLISHING])
        if not cursor.fetchone()[0]:
            return
        now = timezone.now()
        for page in list(Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")):
            _for_its_organisation(
                page, partial(page.unpublish, set_expired=True, log_action="wagtail.unpublish.scheduled")
            )
        due = Revision.page_revisions.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
        for revision in due:
            page = Page.objects.get(pk=revision.object_id)
            _for_its_organisation(page, partial(revision.publish, log_action="wagtail.publish.scheduled"))


def _for_its_organisation(page: Page, act: Callable[[], object]) -> None:
    try:
        with transaction.atomic(), _scope_of(page):
            act()
    except Exception:
        logger.exception("Page %s could not be published or taken down at its time", page.pk)


def _scope_of(page: Page) -> AbstractContextManager[None]:
    try:
        return scope.organisation(Organisation.of_page(page).pk)
    except Organisation.DoesNotExist:
        return nullcontext()


@sweep(every=timedelta(days=1))
def forget_old_sessions() -> None:
    call_command("clearsessions", verbosity=0)
