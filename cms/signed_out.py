"""A form that is sent after its writer's session has ended: what was typed comes along through the sign-in."""

from collections.abc import Callable
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from wagtail.admin.views.account import LoginView

from organisations.middleware import current_organisation, is_admin

KEPT = "kept"  # in the form of the sign-in: the form that was not sent, signed
SALT = "cms.signed_out"
HOURS = 12  # that it is kept for: from one working day to no other


class SignedOutMiddleware:
    """Asks who sent a form of the admin to sign in, on a page that carries the form; files are chosen once more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.method == "POST" and is_admin(request) and not request.user.is_authenticated
        response = self.get_response(request)
        if not (sent and _asks_to_sign_in(response)):
            return response
        if not request.accepts("text/html"):
            # To Wagtail, which saves by itself, as it says why it cannot; it has no word for this.
            says = _("Signed out: save now, then sign in.")
            return JsonResponse({"success": False, "error_code": "locked", "error_message": says}, status=400)
        if request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
            return KeepingLoginView(request=request).ask(request)
        return response


def _asks_to_sign_in(response: HttpResponseBase) -> bool:
    # Where to go on after it is named, unlike after signing out.
    return response.status_code == 302 and response["Location"].startswith(f"{reverse('wagtailadmin_login')}?next=")


def _is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name


class KeepingLoginView(LoginView):
    """Signing in; then the form that was not sent, where there is one, with a button that sends it."""

    def ask(self, request: HttpRequest) -> HttpResponse:
        self.setup(request)
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        kept = {
            "path": request.get_full_path(),
            "fields": [(name, value) for name, value in fields if not _is_secret(name)],
            "has_files": bool(request.FILES),
        }
        context = self.get_context_data(
            form=self.get_form_class()(request),
            next=request.get_full_path(),
            kept=signing.dumps(kept, salt=SALT, compress=True),
        )
        response = render(request, self.template_name, context)
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{KEPT: self.request.POST.get(KEPT, ""), **kwargs})

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        try:
            kept = signing.loads(self.request.POST.get(KEPT, ""), salt=SALT, max_age=HOURS * 3_600)
        except signing.BadSignature:
            return response
        return render(self.request, "cms/kept.html", {**kept, "organisation": current_organisation(self.request)})
