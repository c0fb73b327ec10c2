"""Couples: choosing a partner within the register, naming the two, and parting them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column

from guards.ids import row_id
from organisations.models import Role
from organisations.views import ChangeFormView
from registers.access import log_access
from registers.couples import Pair, change_couple, dissolve_couple, in_couples, make_couple, pairs_of
from registers.models import Contact
from registers.views.base import DeletionView
from registers.views.contacts import ContactMixin
from registers.views.people import PeopleListView, StateColumn


class ChooseColumn(BaseColumn):
    """A button that makes the couple."""

    header_template_name = "registers/includes/plain_header.html"
    cell_template_name = "registers/includes/choose_cell.html"


class ChoosePartnerView(ContactMixin, PeopleListView):
    """Search the register; one click makes the couple."""

    required_role = Role.EDITOR
    header_icon = "group"
    page_title = gettext_lazy("Choose the partner")
    results_template_name = "registers/partner_results.html"

    def get_index_url(self) -> str:
        return reverse("registers:contact_partner", args=[self.contact.pk])

    def get_index_results_url(self) -> str:
        return reverse("registers:contact_partner_results", args=[self.contact.pk])

    @cached_property
    def columns(self) -> list[Any]:
        return [
            ChooseColumn("choose", label=_("Choose")),
            StateColumn("state", label=_("State")),
            Column("name", label=_("Name"), accessor=str),
            Column("email", label=_("E-mail")),
            Column("street", label=_("Street address")),
            Column("city", label=_("City")),
        ]

    def get_base_queryset(self) -> Any:
        others = Contact.objects.filter(register=self.register, deceased=False).exclude(pk=self.contact.pk)
        return others.exclude(pk__in=in_couples())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = Contact.objects.filter(register=self.register, pk=row_id(request.POST.get("partner", "")))
        partner = get_object_or_404(chosen)
        try:
            with transaction.atomic():
                make_couple(first=self.contact, second=partner, source=_("by hand"))
                log_access(user=request.user, action="edit", subject=self.contact, count=2)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(self.get_index_url())
        pair = pairs_of([self.contact])[self.contact.pk]
        messages.success(request, _("From now on they are “%(label)s”.") % {"label": pair.label})
        return redirect(self.contact_url)


class CoupleMixin(ContactMixin):
    """A view of the couple that a contact is in."""

    @cached_property
    def pair(self) -> Pair:
        pair = pairs_of([self.contact]).get(self.contact.pk)
        if pair is None:
            raise Http404
        return pair


class CoupleForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("Label"), max_length=200, required=False, help_text=gettext_lazy("For envelopes and lists.")
    )
    greeting = forms.CharField(
        label=gettext_lazy("Greeting"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What {{ greeting }} becomes in an e-mail to either of them."),
    )


class EditCoupleView(CoupleMixin, ChangeFormView):
    page_title = gettext_lazy("Couple")
    header_icon = "group"
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        couple = self.pair.couple
        form = CoupleForm(data, initial={"label": couple.label, "greeting": couple.greeting})
        form.fields["label"].widget.attrs["placeholder"] = self.pair.default_label
        form.fields["greeting"].widget.attrs["placeholder"] = self.pair.default_greeting
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lead = _("What you leave empty is made of their names, and follows when a name changes.")
        return super().get_context_data(**kwargs) | {"lead": lead}

    @transaction.atomic
    def save(self, form: Any) -> str:
        change_couple(couple=self.pair.couple, **form.cleaned_data)
        log_access(user=self.request.user, action="edit", subject=self.contact)
        messages.success(self.request, _("They are “%(label)s” now.") % {"label": self.pair.label})
        return self.contact_url


class DissolveCoupleView(CoupleMixin, DeletionView):
    page_title = gettext_lazy("Part a couple")
    header_icon = "group"

    def asked(self) -> dict[str, Any]:
        facts = {"label": self.pair.label, "greeting": self.pair.greeting}
        return {
            "question": _("Are they “%(label)s” no longer?") % facts,
            "consequence": _(
                "Both stay in the register, each on their own. The label and “%(greeting)s” are forgotten."
            )
            % facts,
            "act": _("Part them"),
            "back_url": self.contact_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            dissolve_couple(couple=self.pair.couple, source=_("by hand"))
            log_access(user=request.user, action="edit", subject=self.contact, count=2)
        messages.success(request, _("Each of them is on their own again."))
        return redirect(self.contact_url)
