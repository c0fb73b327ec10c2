"""Whether it is of use to ask people for a reply at some moment, as campaigns ask (`campaigns.invitations`)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail.models import Page

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


def why_not_now(page: "RsvpPage", at: datetime) -> str:
    """What keeps the links from leading to a reply; a campaign may be planned for after the page is published."""
    if page.room_now and page.room_now.cancelled_at:
        says = _("“%(event)s” is cancelled, and this e-mail asks for replies to it. Choose another event or e-mail.")
        return says % {"event": page.title}
    return not_public(page, at)


def not_public(page: Page, at: datetime) -> str:
    """That the links to a page would lead nowhere at that moment; '' where they do not."""
    if page.live or page.revisions.filter(approved_go_live_at__lte=at).exists():
        return ""
    says = _("“%(event)s” is not published: the link to it would lead nowhere. Publish it first.")
    return says % {"event": page.title}


def remark(page: "RsvpPage", at: datetime) -> str:
    """What does not keep it back, for those who have replied may be written to for their own sake."""
    if page.opens_at and at < page.opens_at:
        says = _("Replies to “%(event)s” open on %(opens)s, after this has left.")
    elif at >= page.timetable.closes_at:
        says = _("Replies to “%(event)s” are closed by then: people can see their reply, but not say yes any more.")
    else:
        return ""
    return says % {"event": page.title, "opens": page.opens}
