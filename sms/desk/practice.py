"""The practice telephone: send a text message as anybody would, and read the answer. Nothing leaves the machine."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from organisations.models import Role
from organisations.roles import has_role
from organisations.views import FormView
from registers.access import log_access
from sms.desk.forms import PracticeForm
from sms.models import Inbound, ShortNumber, SmsMessage
from sms.receiving import receive, telephone
from sms.transports import is_practice

SHOWN = 40  # messages of a conversation


class PracticeView(FormView):
    """404 where text messages leave by a gateway."""

    page_title = gettext_lazy("Practice telephone")
    header_icon = "mobile-alt"
    template_name = "sms/practice.html"
    submit_label = gettext_lazy("Send")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_practice():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def phone(self) -> str:
        return telephone(self.request.GET.get("from", ""), region=self.organisation.region)

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        initial = {"sender": self.phone(), "number": self.request.GET.get("to")}
        return PracticeForm(data, region=self.organisation.region, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        phone = self.phone()
        conversation = conversation_with(phone) if phone else []
        if conversation:
            log_access(user=self.request.user, action="list", subject="text messages", count=len(conversation))
        context = super().get_context_data(**kwargs)
        waiting = any(row.outcome == Inbound.Outcome.WAITING for row in conversation if isinstance(row, Inbound))
        return context | {
            "waiting": waiting,
            "phone": phone,
            "conversation": conversation,
            "has_number": ShortNumber.objects.exists(),
            "may_add_number": has_role(self.request.user, Role.OWNER),
        }

    def save(self, form: Any) -> str:
        number = form.cleaned_data["number"]
        phone = form.cleaned_data["sender"]
        receive(number=number, provider_id=uuid4().hex, sender=phone, text=form.cleaned_data["text"])
        return f"{reverse('sms_practice:index')}?{urlencode({'from': phone, 'to': number.pk})}"


def conversation_with(phone: str) -> list[Any]:
    """What a telephone has sent and was sent, the oldest first: rows of Inbound and SmsMessage."""
    sent = Inbound.objects.filter(phone=phone).select_related("number")[:SHOWN]
    got = SmsMessage.objects.filter(address_key=phone).order_by("-pk")[:SHOWN]
    return sorted(chain(sent, got), key=lambda row: row.created_at if isinstance(row, SmsMessage) else row.received_at)
