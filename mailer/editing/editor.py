"""What the page editor shows differently for an e-mail."""

from collections.abc import Iterator
from copy import copy
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import PublishMenuItem, UnpublishMenuItem
from wagtail.admin.rich_text.editors.draftail.features import ControlFeature
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry

from campaigns import wallclock
from mailer.editing.blocks import MERGE_FEATURE
from mailer.models import EmailCampaign, EmailIndexPage, EmailPage
from mailer.outbox.automations import SendEmail
from organisations.models import Role
from organisations.roles import has_role
from registers.models import Automation

WORDS = {PublishMenuItem: _("Save as ready"), UnpublishMenuItem: _("Take back to draft")}


@hooks.register("construct_page_action_menu")
def say_ready_instead_of_publish(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """An e-mail is not sent by publishing it, so the button does not read as if it were."""
    page: Page | None = context.get("page")
    kind = page.specific_class if page else None
    if kind is EmailPage or (page is None and context["parent_page"].specific_class is EmailIndexPage):
        for number, item in enumerate(menu_items):
            if type(item) in WORDS:
                menu_items[number] = copy(item)
                menu_items[number].label = WORDS[type(item)]


def name_planned(request: HttpRequest, campaign: EmailCampaign, words: str, **named: str) -> None:
    """Warn, in these words, that a planned campaign will wait, and lead to it."""
    button = messages.button(reverse("campaigns:show", args=[campaign.pk]), _("See the campaign"))
    messages.warning(request, words % {"name": campaign.name, **named}, buttons=[button])


@hooks.register("before_delete_page")
def tell_before_it_is_deleted(request: HttpRequest, page: Page) -> None:
    if request.method == "GET":
        tell_what_sends(request, page)


@hooks.register("after_unpublish_page")
def tell_what_sends(request: HttpRequest, *pages: Page) -> None:
    """Planned campaigns and automations would find no e-mail when it is their time."""
    ids = [page.pk for page in pages]
    planned = EmailCampaign.objects.filter(page__in=ids, state=EmailCampaign.State.SCHEDULED)
    for campaign in planned.select_related("organisation", "page").order_by("scheduled_at", "pk"):
        words = _("The campaign “%(name)s”, planned for %(when)s, sends “%(email)s”. Without it, it will wait for you.")
        when = wallclock.spoken(campaign.scheduled_at, campaign.organisation.zone) if campaign.scheduled_at else ""
        name_planned(request, campaign, str(words), when=when, email=campaign.page.title if campaign.page else "")
    automations = Automation.objects.filter(act=SendEmail.key, settings__page__in=ids, enabled=True)
    for automation in automations.select_related("group"):
        words = _("The automation “%(name)s” of the group “%(group)s” sends this e-mail, and could not without it.")
        messages.warning(request, words % {"name": automation.name, "group": automation.group.name})


def campaign_url(page: Page) -> str:
    """The form of a new campaign with this e-mail chosen."""
    return f"{reverse('campaigns:add')}?{urlencode({'page': page.pk})}"


@hooks.register("after_publish_page")
def lead_on_to_a_campaign(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What comes next for an e-mail that is ready is to send it; Wagtail's message would call it published."""
    if page.specific_class is not EmailPage:
        return None
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    messages.success(
        request,
        _("“%(title)s” is ready. Nothing is sent yet.") % {"title": page.title},
        buttons=[messages.button(campaign_url(page), _("Send it: new campaign")), messages.button(edit, _("Edit"))],
    )
    return redirect(
        get_valid_next_url_from_request(request) or reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    )


@hooks.register("register_page_listing_more_buttons")
def sending_button(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    if page.specific_class is EmailPage and page.live and has_role(user, Role.EDITOR):
        yield Button(_("Send it: new campaign"), campaign_url(page), icon_name="mail", priority=5)


@hooks.register("register_page_header_buttons")
def sending_header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    return sending_button(page, user, next_url)


@hooks.register("construct_page_listing_buttons")
def say_where_it_is_read(buttons: list[Any], page: Page, user: Any, context: Any = None) -> None:
    """“View live” says little of an e-mail: what is live of it is its version on the web."""
    if page.specific_class is EmailPage and page.live:
        name_link(buttons, page.url, _("Read it on the web"))


def name_link(buttons: list[Any], url: str | None, label: Any) -> None:
    """Give what leads to `url` another name, in the drop-downs of these buttons."""
    for item in [item for button in buttons for item in getattr(button, "dropdown_buttons", ())]:
        if url and item.url == url:
            item.label = label


@hooks.register("register_rich_text_features")
def register_merge_menu(features: FeatureRegistry) -> None:
    features.register_editor_plugin(
        "draftail",
        MERGE_FEATURE,
        ControlFeature({"type": MERGE_FEATURE}, js=["mailer/merge-fields-draftail.js"]),
    )
