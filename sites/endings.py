"""What is kept, and what is said, when pages are deleted, moved or taken down in the admin."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction
from wagtail.admin.views.pages.bulk_actions.unpublish import UnpublishBulkAction
from wagtail.models import Page

from mailer.editing.editor import name_planned, tell_what_sends
from mailer.models import EmailIndexPage
from organisations.figures import number
from sites.invited import planned
from sites.models import HomePage, NoticePage, Registration, RsvpPage, SignUpPage

# The organisation has one of each, and all it has hangs below them: without them it could make nothing new.
HOLDERS = (HomePage, EmailIndexPage)


def ending_with(*pages: Page, model: type[Page] = Page) -> QuerySet[Any]:
    """What ends with these pages: themselves, and what hangs below them."""
    found: QuerySet[Any] = model.objects.filter(reduce(or_, (Q(path__startswith=page.path) for page in pages)))
    return found


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
    """Taking a page down can be taken back; this cannot, so it is said before."""
    if request.method == "GET":
        tell_of_the_loss(request, page)


@hooks.register("register_bulk_action", order=1)
class DeletePages(DeleteBulkAction):
    """Wagtail's, where several are ticked, with the same words before."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pages, _others = self.get_actionable_objects()
        if pages:
            tell_of_the_loss(request, *pages)
            tell_what_sends(request, *pages)
        return super().get(request, *args, **kwargs)


@hooks.register("register_bulk_action", order=1)
class UnpublishPages(UnpublishBulkAction):
    """The same where several are taken down; of one, `confirm_unpublish.html` says it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pages, _others = self.get_actionable_objects()
        ids = [page.pk for page in pages]
        for event in RsvpPage.objects.live().filter(pk__in=ids):
            messages.warning(request, f"{event.title}: {dead_links(event)}")
        tell_of_sign_ups(request, SignUpPage.objects.live().filter(pk__in=ids))
        closing = closes_below(*pages)
        if closing:
            messages.warning(request, closing)
        return super().get(request, *args, **kwargs)


def dead_links(page: Page) -> str:
    """What taking an event down would mean for those who have its links; empty for another page."""
    if not isinstance(page, RsvpPage) or not page.live:
        return ""
    count = Registration.objects.filter(page=page).count()
    says = _("Until it is published again nobody can reply, and the links that people have been mailed lead nowhere.")
    if count:
        says += " " + ngettext(
            "%(count)s person has replied and is not told: to call the event off, cancel it instead.",
            "%(count)s people have replied and are not told: to call the event off, cancel it instead.",
            count,
        ) % {"count": number(count)}
    return says


def closes_below(*pages: Page) -> str:
    """What taking their subpages down as well would mean for people; empty where it means nothing."""
    return " ".join(filter(None, (events_below(*pages), sign_ups_below(*pages))))


def events_below(*pages: Page) -> str:
    count = how_many_below(*pages, model=RsvpPage)
    if not count:
        return ""
    return ngettext(
        "If you unpublish the subpages too, %(count)s event closes: nobody can reply to it then, "
        "and the links that people have been mailed lead nowhere.",
        "If you unpublish the subpages too, %(count)s events close: nobody can reply to them then, "
        "and the links that people have been mailed lead nowhere.",
        count,
    ) % {"count": number(count)}


def sign_ups_below(*pages: Page) -> str:
    count = how_many_below(*pages, model=SignUpPage)
    if not count:
        return ""
    return ngettext(
        "If you unpublish the subpages too, %(count)s sign-up page closes: nobody signs up there then, "
        "and the links to their own details that people have been mailed lead nowhere.",
        "If you unpublish the subpages too, %(count)s sign-up pages close: nobody signs up there then, "
        "and the links to their own details that people have been mailed lead nowhere.",
        count,
    ) % {"count": number(count)}


def how_many_below(*pages: Page, model: type[Page]) -> int:
    """The published ones of a kind that hang below these pages."""
    if not pages:
        return 0
    below = ending_with(*pages, model=model).filter(live=True).exclude(pk__in=[page.pk for page in pages])
    return int(below.count())


def tell_of_the_loss(request: HttpRequest, *pages: Page) -> None:
    tell_of_replies(request, *pages)
    tell_of_sign_ups(request, ending_with(*pages, model=SignUpPage))
    tell_of_campaigns(request, ending_with(*pages))


def tell_of_replies(request: HttpRequest, *pages: Page) -> None:
    """Deleting an event deletes what people have answered; cancelling it keeps that, and tells them."""
    count = Registration.objects.filter(page__in=ending_with(*pages, model=RsvpPage)).count()
    if not count:
        return
    replies = ngettext("%(count)s reply is deleted", "%(count)s replies are deleted", count) % {"count": number(count)}
    if len(pages) == 1 and pages[0].specific_class is RsvpPage:
        says = _(
            "%(replies)s with this event, and nobody is told. To call it off and tell everybody, cancel it instead."
        )
        desk = reverse("events:event", args=[pages[0].pk])
    else:
        says = _("%(replies)s with the events that go with this, and nobody is told.")
        desk = reverse("events:index")
    button = messages.button(desk, _("Replies and invitations"))
    messages.warning(request, says % {"replies": replies}, buttons=[button])


def tell_of_sign_ups(request: HttpRequest, sign_ups: QuerySet[Any]) -> None:
    """What people have been mailed, or see on other web sites, leads nowhere without its page."""
    for page in sign_ups.order_by("path"):
        messages.warning(request, page.without_it)


@hooks.register("after_unpublish_page")
def tell_which_campaigns_wait(request: HttpRequest, page: Page) -> None:
    """Invitations that are planned would find no event when it is their time."""
    tell_of_campaigns(request, ending_with(page).filter(live=False))


def tell_of_campaigns(request: HttpRequest, pages: QuerySet[Any]) -> None:
    words = _(
        "The campaign “%(name)s”, planned for %(when)s, invites to “%(event)s”. Without it, it will wait for you."
    )
    for campaign, when in planned(pages):
        event = campaign.invites_to.title if campaign.invites_to else ""
        name_planned(request, campaign, words, when=when, event=event)
