"""What campaigns add to the admin."""

from typing import Any

from wagtail import hooks

from mailer.campaigns.viewsets import CampaignViewSet, SenderViewSet
from organisations import reach

# What works for those who see some registers or groups only; tests/organisations/test_reach.py asks all of it.
OPEN_TO_LIMITED = (
    "index index_results add edit delete count sizes show confirm unplan test progress pause resume cancel leave "
    "resend people export"
).split()
reach.open_routes(*(f"campaigns:{name}" for name in OPEN_TO_LIMITED))


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [CampaignViewSet(), SenderViewSet()]
