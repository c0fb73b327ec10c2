"""The door for forms on other web sites: `/s/<page>/`."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sites.doors import hosted
from sites.models import SignUpPage
from sites.signups import doors


@csrf_exempt
@require_http_methods([*doors.SHOWN, "POST"])
def form(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """Whoever posts here has none of our cookies. It only asks for a mail, as our own form does."""
    page = get_object_or_404(SignUpPage.objects.live(), pk=page_id)
    if page.get_view_restrictions().exists():
        raise Http404
    hosted.enter(request, page)
    if request.method != "POST":
        return hosted.SeeOther(page.get_url(request) or "/")
    return doors.mail_link(request, page) if "link" in request.POST else doors.receive(request, page)
