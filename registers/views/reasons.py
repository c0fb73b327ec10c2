"""Why somebody is in the register and where their data are from: the vocabulary, and the chips on a contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from guards.ids import row_id
from organisations.models import Role
from organisations.views import FormView, OrganisationView
from registers.access import log_access
from registers.forms.reasons import ReasonsForm, SourceForm
from registers.models import Reason
from registers.reasons import VOCABULARIES, add_words, common_sources, give_reason, set_source, take_reason
from registers.views.base import HOME
from registers.views.contacts import ContactMixin


class ReasonsView(FormView):
    """The vocabulary, kept by the owners. POST with `start` takes in a set that stands ready."""

    required_role = Role.OWNER
    page_title = gettext_lazy("Reasons")
    header_icon = "tag"
    template_name = "registers/reasons.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": str(self.page_title)}]

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return ReasonsForm(data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"vocabularies": VOCABULARIES}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = next((known for known in VOCABULARIES if known.key == request.POST.get("start")), None)
        if chosen:
            add_words(map(str, chosen.names))
            messages.success(request, _("The words are there: change them as you speak of people."))
            return redirect("registers:reasons")
        return super().post(request, *args, **kwargs)

    def save(self, form: Any) -> str:
        form.save()
        messages.success(self.request, _("The reasons are saved."))
        return reverse("registers:reasons")


class ContactReasonView(ContactMixin, OrganisationView):
    """POST only: `give` or `take` a reason by its id."""

    in_part = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        contact = self.contact
        give = "give" in request.POST
        reason = Reason.objects.filter(pk=row_id(request.POST.get("give" if give else "take", ""))).first()
        if reason is None:
            messages.error(request, _("This reason is not there any more."))
        else:
            with transaction.atomic():
                act = give_reason if give else take_reason
                act(contacts=[contact.pk], reason=reason, source=_("by hand"))
                log_access(user=request.user, action="edit", subject=contact)
        return redirect(self.contact_url)


class SourceView(ContactMixin, FormView):
    """Where the data are from: one click on what is common in the register, or in one's own words."""

    in_part = True
    page_title = gettext_lazy("Source")
    header_icon = "tag"
    template_name = "registers/source.html"

    @cached_property
    def known(self) -> list[str]:
        return common_sources(self.register)

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return SourceForm(data, known=self.known, initial={"source": self.contact.source})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"known": self.known}

    @transaction.atomic
    def save(self, form: Any) -> str:
        set_source(contacts=[self.contact.pk], text=form.cleaned_data["source"], source=_("by hand"))
        log_access(user=self.request.user, action="edit", subject=self.contact, fields=["source"])
        return self.contact_url
