"""What is kept, and what is said, when pages are deleted, moved or taken down in the admin."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page

from mailer.models import EmailIndexPage
from sites.invited import planned
from sites.models import HomePage, NoticePage, Registration, RsvpPage

# The organisation has one of each, and all it has hangs below them: without them it could make nothing new.
HOLDERS = (HomePage, EmailIndexPage)


def events_at(page: Page) -> QuerySet[Any]:
    """The events that end with a page: itself, or those below it."""
    events: QuerySet[Any] = RsvpPage.objects.descendant_of(page, inclusive=True)
    return events


@hooks.register("before_delete_page")
@hooks.register("before_unpublish_page")
@hooks.register("before_move_page")
@hooks.register("before_copy_page")
def keep_notices(request: HttpRequest, page: Page, *_destination: Any) -> HttpResponse | None:
    """A notice belongs to its event: it lives, moves and goes with it."""
    if page.specific_class is NoticePage:
        messages.warning(
            request, _("A notice belongs to its event and stays with it. You can change its words, though.")
        )
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_delete_page", order=-1)
@hooks.register("before_move_page", order=-1)
@hooks.register("before_copy_page", order=-1)
def keep_holders(request: HttpRequest, page: Page, *_destination: Any) -> HttpResponse | None:
    """The operator, who clears up after an organisation, may."""
    if page.specific_class in HOLDERS and not getattr(request.user, "is_superuser", False):
        messages.warning(request, _("“%(title)s” stays: everything hangs below it.") % {"title": page.title})
        return redirect("wagtailadmin_explore", page.pk)
    return None


@hooks.register("before_bulk_action")
def keep_them_among_many(
    request: HttpRequest, action_type: str, objects: Sequence[Any], _action: Any
) -> HttpResponse | None:
    """The same where several are ticked: then all stay, for what was meant is not clear."""
    for page in objects if action_type in ("delete", "move", "unpublish") else ():
        if isinstance(page, Page):
            kept = keep_notices(request, page)
            if kept is None and action_type != "unpublish":
                kept = keep_holders(request, page)
            if kept is not None:
                return kept
    return None


@hooks.register("before_delete_page")
def tell_what_goes_with_it(request: HttpRequest, page: Page) -> None:
    """Deleting an event deletes what people have answered; cancelling it keeps that, and tells them."""
    events = events_at(page)
    if request.method != "GET" or not (count := Registration.objects.filter(page__in=events).count()):
        return
    replies = ngettext("%(count)d reply is deleted", "%(count)d replies are deleted", count) % {"count": count}
    if page.specific_class is RsvpPage:
        says = _(
            "%(replies)s with this event, and nobody is told. To call it off and tell everybody, cancel it instead."
        )
        desk = reverse("events:event", args=[page.pk])
    else:
        says = _("%(replies)s with the events below this page, and nobody is told.")
        desk = reverse("events:index")
    button = messages.button(desk, _("Replies and invitations"))
    messages.warning(request, says % {"replies": replies}, buttons=[button])


@hooks.register("after_unpublish_page")
def tell_which_campaigns_wait(request: HttpRequest, page: Page) -> None:
    """Invitations that are planned would find no event when it is their time."""
    tell_of_campaigns(request, events_at(page).filter(live=False))


@hooks.register("before_delete_page")
def tell_which_campaigns_would_wait(request: HttpRequest, page: Page) -> None:
    """Taking a page down can be taken back; this cannot, so it is said before."""
    if request.method == "GET":
        tell_of_campaigns(request, events_at(page))


def tell_of_campaigns(request: HttpRequest, events: QuerySet[Any]) -> None:
    words = _(
        "The campaign “%(name)s”, planned for %(when)s, invites to “%(event)s”. Without it, it will wait for you."
    )
    for campaign, when in planned(events):
        button = messages.button(reverse("campaigns:show", args=[campaign.pk]), _("See the campaign"))
        named = {"name": campaign.name, "when": when, "event": campaign.invites_to.title if campaign.invites_to else ""}
        messages.warning(request, words % named, buttons=[button])
