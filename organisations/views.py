"""The base of our own admin screens, and the switcher."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
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
from organisations.forms import SEEN, SeenField, refuse_unseen, uncut, what_stands_there
from organisations.middleware import SESSION_KEY
from organisations.models import Organisation, Role
from organisations.roles import has_role, organisations_of

UNIQUE_VIOLATION = "23505"  # SQLSTATE


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


class FormView(OrganisationTemplateView):
    """A form that stays with what was typed until it fits; `save` may still refuse with a ValidationError."""

    template_name = "wagtailadmin/generic/form.html"
    submit_label: Any = gettext_lazy("Save")
    form_is_multipart = False

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        raise NotImplementedError

    def save(self, form: Any) -> str:
        """Do what the form says and return the URL to go to."""
        raise NotImplementedError

    def open_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return self.get_form(data, files)

    def check(self, form: Any) -> None:
        """Raises ValidationError where what fits is to be looked at once more."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if "form" not in context:
            context["form"] = self.open_form()
        uncut(context["form"])
        context["submit_button_label"] = self.submit_label
        context["submit_button_active_label"] = _("Working…")
        context["form_is_multipart"] = self.form_is_multipart
        context["media"] = context["form"].media
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.open_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                with transaction.atomic():
                    self.check(form)
                    url = self.save(form)
                return redirect(url)
            except ValidationError as error:
                put_errors(form, error)
            except IntegrityError as error:
                if getattr(error.__cause__, "sqlstate", "") != UNIQUE_VIOLATION:
                    raise
                form.add_error(None, _("Somebody has saved the same a moment ago. Look at what is there now."))
        messages.validation_error(request, _("Nothing was saved yet: please look at what is marked below."), form)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ChangeFormView(FormView):
    """A form of what is there already: what somebody else has changed since it was opened is not changed back before
    that has been said."""

    def says(self, name: str) -> str:
        """What stands in a field now, where it can be said in a few words."""
        return ""

    def open_form(self, data: Any = None, files: Any = None) -> forms.Form:
        form = super().open_form(data, files)
        form.fields[SEEN] = SeenField()
        form.initial = {**form.initial, SEEN: what_stands_there(form)}
        return form

    def check(self, form: Any) -> None:
        refuse_unseen(form, self.says)
        del form.cleaned_data[SEEN]


def put_errors(form: forms.Form, error: ValidationError) -> None:
    """Show the errors of a write function beside the fields they are about, the rest above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


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
