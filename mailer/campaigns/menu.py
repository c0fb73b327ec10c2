"""What campaigns add to the admin."""

from typing import Any

from wagtail import hooks

from mailer.campaigns.viewsets import CampaignViewSet, SenderViewSet


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [CampaignViewSet(), SenderViewSet()]
