"""Where a person is sent after a reply."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from sites.events import ensure_notices
from sites.models.notices import NOT_SAVED, NoticePage

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


def notice_for(page: "RsvpPage", kind: str) -> NoticePage:
    """The event's notice of this kind, as an editor wrote it; an unsaved one with the first text if it is gone."""
    found: NoticePage | None = NoticePage.objects.child_of(page).filter(kind=kind).first()
    return found or ensure_notices(page=page, save=False)[kind]


def not_saved() -> str:
    return _("The reply you have just sent was not saved.")


def refusal_url(page: "RsvpPage", kind: str, *, base: str) -> str:
    """Where a reply that was not taken leads: the notice, which then says that nothing was saved."""
    return f"{notice_url(page, kind, base=base)}?{NOT_SAVED}"


def notice_url(page: "RsvpPage", kind: str, *, base: str) -> str:
    """The public address of a notice under the event's own (`base`); it says nothing about who reads it."""
    return f"{base}{page.notice_slugs.get(kind) or ensure_notices(page=page)[kind].slug}/"
