"""The base of our own admin screens, and the switcher."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from guards.ids import row_id
from organisations.middleware import SESSION_KEY
from organisations.models import Organisation, Role
from organisations.roles import has_role, organisations_of


class OrganisationView(View):
    """An admin view for one organisation: 404 without one, refused without `required_role` in it.

    Subclasses read rows through `Model.objects`, which sees the current organisation only.
    """

    required_role: str = Role.EDITOR
    organisation: Organisation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organisation: Organisation | None = getattr(request, "organisation", None)
        if organisation is None:
            raise Http404
        if not has_role(request.user, self.required_role):
            raise PermissionDenied
        self.organisation = organisation
        return super().dispatch(request, *args, **kwargs)


class OrganisationTemplateView(OrganisationView, WagtailAdminTemplateMixin, TemplateView):
    """The same with Wagtail's header, breadcrumbs and icons."""


class SwitchView(WagtailAdminTemplateMixin, TemplateView):
    """Choose the organisation to work in."""

    template_name = "organisations/switch.html"
    page_title = gettext_lazy("Choose an organisation")
    header_icon = "group"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["organisations"] = organisations_of(self.request.user)  # type: ignore[arg-type]
        return context

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = row_id(request.POST.get("organisation"))
        organisation = get_object_or_404(organisations_of(request.user), pk=chosen)  # type: ignore[arg-type]
        request.session[SESSION_KEY] = organisation.pk
        rotate_token(request)  # a form that is still open in another tab was meant for the former one: it is refused
        messages.success(request, _("You now work in %(name)s.") % {"name": organisation.name})
        target = request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            return redirect(target)
        return redirect("wagtailadmin_home")
