"""What the screens of one campaign share."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from mailer.models import EmailCampaign
from organisations.models import Role
from organisations.views import OrganisationTemplateView
from registers.access import register_subject

for _word in ("", "campaign"):
    register_subject(EmailCampaign, "campaigns:show", word=_word, defer=["compiled", "reach"])


def campaign_url(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=args)


class CampaignView(OrganisationTemplateView):
    """A screen of one campaign of the organisation: 404 for any other."""

    required_role = Role.VIEWER
    header_icon = "mail"

    @cached_property
    def campaign(self) -> EmailCampaign:
        rows = EmailCampaign.objects.select_related("organisation", "page", "sender", "invites_to").defer("compiled")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.campaign.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [
            *super().get_breadcrumbs_items(),
            {"url": campaign_url("index"), "label": _("Campaigns")},
            {"url": campaign_url("show", self.campaign.pk), "label": self.campaign.name},
        ]
        step = self.get_step()
        return [*items, {"url": "", "label": step}] if step else items

    def get_step(self) -> str:
        """What this screen is beneath the campaign; '' for the campaign's own."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["campaign"] = self.campaign
        return context
