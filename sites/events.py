"""What comes into being with an event."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from organisations import scope
from organisations.models import Organisation
from sites.defaults import default_notices, missing_messages
from sites.models.notices import NoticePage
from sites.models.replies import FormVersion
from sites.models.seats import Capacity

if TYPE_CHECKING:
    from sites.models.answered import AnsweredPage
    from sites.models.rsvp import RsvpPage


def over_at(moment: datetime) -> Q:
    """Which events are over: one of several days is not, while it goes on."""
    return Q(ends_at__lt=moment) | Q(ends_at=None, starts_at__lt=moment)


@transaction.atomic
def equip_event(*, page: "RsvpPage") -> None:
    """Give a new event its seats, its notices and its mails; harmless when it has them."""
    organisation = Organisation.of_page(page)
    with scope.organisation(organisation.pk):
        capacity_of(page)
        if not page.equipped:
            with translation.override(organisation.language):
                ensure_notices(page=page)
                page.messages.add(*missing_messages(page))
            page.equipped = True
            type(page).objects.filter(pk=page.pk).update(equipped=True)


def capacity_of(page: "RsvpPage") -> Capacity:
    """The event's counters, made when they are missing."""
    capacity: Capacity = Capacity.objects.get_or_create(
        page_id=page.pk, defaults={"seats": page.capacity, "ceiling": page.capacity}
    )[0]
    return capacity


def version_of(page: "AnsweredPage") -> FormVersion:
    """The version of the form as it is published now; made when it is new."""
    definition = page.definition
    version: FormVersion = FormVersion.objects.get_or_create(
        page_id=page.pk, digest=definition.digest(), defaults={"definition_json": definition.as_json()}
    )[0]
    return version


def ensure_notices(*, page: "RsvpPage", save: bool = True) -> dict[str, NoticePage]:
    """The event's notices by kind. Missing ones are made with their first text, published as their event is.

    With `save` off nothing is written: missing ones are as they would be.
    """
    present: dict[str, NoticePage] = {notice.kind: notice for notice in NoticePage.objects.child_of(page)}
    taken = set(page.get_children().values_list("slug", flat=True))
    for kind, notice in default_notices().items():
        stored = present.get(kind)
        if stored is not None:
            if save and not stored.live:
                stored.live = True
                stored.save(update_fields=["live"])
            continue
        slug = notice.slug if notice.slug not in taken else f"{notice.slug}-{page.pk}"
        present[kind] = NoticePage(
            title=notice.title, draft_title=notice.title, slug=slug, kind=kind, body=notice.body, locale=page.locale
        )
        if save:
            page.add_child(instance=present[kind])
    return present
