"""The door of a page that only those see who know its password."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from wagtail.forms import PasswordViewRestrictionForm
from wagtail.models import Page
from wagtail.views import authenticate_with_password

from guards.limits import over_limit
from organisations.models import Organisation
from sites.doors import hosted

TRIES = "20/5m"


def door(request: HttpRequest, page_view_restriction_id: int, page_id: int) -> HttpResponseBase:
    """Wagtail's door, in the look and language of the organisation, for so many wrong tries from one network."""
    page = get_object_or_404(Page.objects.live(), pk=page_id)
    restriction = page.get_view_restrictions().filter(pk=page_view_restriction_id).first()
    if restriction is None:
        raise Http404
    try:
        hosted.enter(request, page)
    except Organisation.DoesNotExist:
        raise Http404 from None
    tried = PasswordViewRestrictionForm(request.POST, instance=restriction)
    group = f"page-password-{restriction.pk}"
    if request.method == "POST" and over_limit(request, group=group, rate=TRIES, counts=not tried.is_valid()):
        again = PasswordViewRestrictionForm(
            instance=restriction, initial={"return_url": request.POST.get("return_url", "")}
        )
        says = _("Too many tries from here. Please wait five minutes.")
        context = {"page": page, "form": again, "action_url": request.path, "says": says}
        return hosted.page(request, "sites/password.html", context, status=429)
    response: HttpResponseBase = authenticate_with_password(request, page_view_restriction_id, page_id)
    return response
