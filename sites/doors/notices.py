"""Where a person is sent after a reply."""

from typing import TYPE_CHECKING

from sites.events import ensure_notices
from sites.models.notices import NoticePage

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


def notice_for(page: "RsvpPage", kind: str) -> NoticePage:
    """The event's notice of this kind, as an editor wrote it; an unsaved one with the first text if it is gone."""
    found: NoticePage | None = NoticePage.objects.child_of(page).filter(kind=kind).first()
    return found or ensure_notices(page=page, save=False)[kind]


def notice_url(page: "RsvpPage", kind: str, *, base: str) -> str:
    """The public address of a notice under the event's own (`base`); it says nothing about who reads it."""
    return f"{base}{page.notice_slugs.get(kind) or ensure_notices(page=page)[kind].slug}/"
