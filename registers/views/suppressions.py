"""Who must not be written to: numbers, a look-up by address, and lifting by an owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from organisations.figures import number
from organisations.models import Role
from organisations.roles import has_role
from organisations.views import OrganisationTemplateView
from registers import activity
from registers.access import log_access
from registers.addresses import address_key, phone_key
from registers.models import Channel, Contact, Suppression, SuppressionKind
from registers.models.contact import CHANNEL_COLUMNS
from registers.suppression import lift, suppress, suppressed

SAID_TO = 20  # contacts at one address in whose histories it stands


class LookUpForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("E-mail address or phone number"), max_length=254)

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        text = values.get("address", "")
        if "@" in text:
            values["channel"], values["key"] = Channel.EMAIL, address_key(text)
        else:
            values["channel"], values["key"] = Channel.SMS, phone_key(text, self.region)
        if text and not values["key"]:
            raise ValidationError(_("This is neither an e-mail address nor a phone number."))
        return values


class SuppressionView(OrganisationTemplateView):
    required_role = Role.VIEWER
    template_name = "registers/suppressions.html"
    page_title = gettext_lazy("Not to be written to")
    header_icon = "no-view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rows = Suppression.objects.filter(lifted_at=None).order_by("channel", "kind").values_list("channel", "kind")
        context["numbers"] = [
            (Channel(channel).label, SuppressionKind(kind).label, count)
            for channel, kind, count in rows.annotate(count=Count("pk"))
        ]
        context.setdefault("form", LookUpForm(region=self.organisation.region))
        context["is_owner"] = has_role(self.request.user, Role.OWNER)
        context["is_editor"] = has_role(self.request.user, Role.EDITOR)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LookUpForm(request.POST, region=self.organisation.region)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        address, channel = form.cleaned_data["key"], form.cleaned_data["channel"]
        act = request.POST.get("act", "")
        if act == "lift":
            return self.lift(request, channel, address)
        if act == "stop":
            return self.stop(request, channel, address)
        kinds = suppressed(organisation_id=self.organisation.pk, channel=channel, addresses=[address])
        log_access(user=request.user, action="view", subject="suppression")
        labels = [SuppressionKind(kind).label for kind in sorted(kinds.get(address, ()))]
        return self.render_to_response(self.get_context_data(form=form, address=address, labels=labels, asked=True))

    def lift(self, request: HttpRequest, channel: str, address: str) -> HttpResponse:
        if not has_role(request.user, Role.OWNER):
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, _("Say why this address may be written to again."))
            return redirect("registers:suppressions")
        count = lift(
            organisation_id=self.organisation.pk,
            channel=channel,
            address=address,
            reason=reason,
            user=request.user,  # type: ignore[arg-type]
        )
        theirs = Contact.objects.filter(**{CHANNEL_COLUMNS[channel]: address})[:SAID_TO]
        activity.record_many(contacts=theirs, kind="suppression_lifted", source=reason)
        log_access(user=request.user, action="edit", subject="suppression", count=count, purpose=reason)
        text = ngettext("%(count)s stop is lifted.", "%(count)s stops are lifted.", count) % {"count": number(count)}
        messages.success(request, text)
        return redirect("registers:suppressions")

    def stop(self, request: HttpRequest, channel: str, address: str) -> HttpResponse:
        if not has_role(request.user, Role.EDITOR):
            raise PermissionDenied
        new = suppress(
            organisation_id=self.organisation.pk,
            channel=channel,
            address=address,
            kind=SuppressionKind.MANUAL,
            source=_("by hand"),
        )
        theirs = Contact.objects.filter(**{CHANNEL_COLUMNS[channel]: address})[: SAID_TO if new else 0]
        activity.record_many(contacts=theirs, kind="suppressed", source=_("by hand"))
        log_access(user=request.user, action="edit", subject="suppression")
        messages.success(request, _("No campaign will be sent to this address."))
        return redirect("registers:suppressions")
