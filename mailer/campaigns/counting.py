"""What the script on the form of a campaign asks for: how many people may be chosen, and how many are."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from campaigns import audiences, headcount, limits
from guards.ids import row_id
from mailer.campaigns import wording
from mailer.models import EmailCampaign
from organisations import reach
from organisations.figures import number
from organisations.models import Role
from organisations.views import OrganisationView

MOST = 100  # references that are looked at in one request


class SizesView(OrganisationView):
    """How many addresses are behind each choice. The form does not wait for it: there may be many, and large ones."""

    required_role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.getlist("ref")[:MOST]
        with limits.eyes_on(_campaign(request)):
            offered = audiences.offered({"include": asked})["include"]
            return JsonResponse({"sizes": {ref: number(_addresses(ref)) for ref in offered}})


class CountView(OrganisationView):
    """How many people an audience is."""

    required_role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        audience: audiences.Audience = {part: request.GET.getlist(part)[:MOST] for part in ("include", "exclude")}
        if not audience["include"]:
            return JsonResponse({"sentence": _("Nobody is chosen yet.")})
        purpose = row_id(request.GET.get("purpose", "")) or None
        with limits.eyes_on(_campaign(request)):
            if reach.is_limited():
                audience = audiences.offered(audience)
            count = headcount.count(audience, purpose_id=purpose)
        total = _("%(n)s will get it.") % {"n": wording.people(count.sendable)}
        return JsonResponse({"sentence": f"{total} {wording.who_does_not(count)}".strip()})


def _campaign(request: HttpRequest) -> EmailCampaign:
    """The one that the form is of; a new one is within the reach of whoever makes it."""
    known = EmailCampaign.objects.filter(pk=row_id(request.GET.get("campaign", ""))).only("reach").first()
    return known or EmailCampaign()


def _addresses(ref: str) -> int:
    people = audiences.contacts_of(ref).exclude(email_key="").order_by()
    count: int = people.values("email_key").distinct().count()
    return count
