"""What has come in, and what became of each."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from organisations.models import Role
from organisations.views import OrganisationView
from registers.access import register_list
from registers.models import Contact
from registers.views.people import AboutPeople, PersonColumn
from sms.answering import leave_answer, send_again
from sms.models import Inbound, SmsMessage
from sms.receiving import do_again, leave_undone, said_more, telephone

register_list("text messages", gettext_lazy("Text messages"))
ANSWERS = [
    ("waiting", gettext_lazy("Waiting")),
    ("doubt", gettext_lazy("May have left or not")),
    ("refused", gettext_lazy("Refused")),
    ("none", gettext_lazy("None")),
]


class InboundFilter(WagtailFilterSet):
    outcome = ChoiceFilter(label=gettext_lazy("What became of it"), choices=Inbound.Outcome.choices)
    answer = ChoiceFilter(label=gettext_lazy("Answer"), choices=ANSWERS, method="filter_answer")

    def filter_answer(self, rows: Any, _name: str, wanted: str) -> Any:
        if wanted == "none":
            return rows.filter(answer=None)
        if wanted == "waiting":
            return rows.filter(answer__state__in=SmsMessage.WAITING)
        if wanted == "doubt":
            return rows.filter(answer__state=SmsMessage.State.UNKNOWN, answer__settled_at=None)
        return rows.filter(answer__state=SmsMessage.State.REJECTED)

    class Meta:
        model = Inbound
        fields = ["outcome"]


class OutcomeColumn(Column):
    """What became of it, and of the answer; with a button where somebody has to do something."""

    cell_template_name = "sms/outcome_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        answer = getattr(instance, "answer", None)
        failed = instance.outcome == Inbound.Outcome.FAILED
        request = parent_context["request"]
        return context | {
            "inbound": instance,
            "answer": answer,
            "failed": failed,
            "again": failed and not instance.has_said_more,
            "doubtful": answer is not None and answer.state == SmsMessage.State.UNKNOWN and not answer.settled_at,
            "csrf_token": get_token(request),
            "shown": request.GET.urlencode(),
        }


class ReceivedView(OrganisationView, AboutPeople):
    required_role = Role.EDITOR
    logged_as = "text messages"
    page_title = gettext_lazy("Received")
    header_icon = "download"
    template_name = "sms/received.html"
    results_template_name = "sms/received_results.html"
    index_url_name = "sms_received:index"
    index_results_url_name = "sms_received:index_results"
    filterset_class = InboundFilter
    is_searchable = True
    search_fields = ["text", "phone", "sender"]
    default_ordering = "-pk"
    paginate_by = 50
    verbose_name_plural = gettext_lazy("messages")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            PersonColumn("who", label=_("From"), accessor=who_sent, get_url=where_they_are),
            OutcomeColumn("outcome", label=_("What became of it")),
            Column("text", label=_("Text"), classname="sms-text"),
            Column("number", label=_("To")),
            DateColumn("received_at", label=_("Received")),
        ]

    def get_base_queryset(self) -> Any:
        answers = Prefetch("answer", queryset=SmsMessage.objects.all())
        rows = Inbound.objects.select_related("number", "contact", "keyword").prefetch_related(answers)
        return rows.annotate(has_said_more=said_more())

    def search_queryset(self, queryset: Any) -> Any:
        """By the words, by who is shown as the sender, and by a telephone however it is written."""
        found = super().search_queryset(queryset)
        if not self.is_searching:
            return found
        senders = Q(contact__in=Contact.objects.search(self.search_query).order_by().values("pk"))
        if phone := telephone(self.search_query, region=self.organisation.region):
            senders |= Q(phone=phone)
        return found | queryset.filter(senders)

    def get_valid_orderings(self) -> list[str]:
        return ["-pk"]


def who_sent(inbound: Inbound) -> str:
    known = str(inbound.contact) if inbound.contact else inbound.phone or inbound.sender
    return known or (_("No sender") if inbound.text else _("Erased"))


def where_they_are(inbound: Inbound) -> str | None:
    return reverse("registers:contact", args=[inbound.contact_id]) if inbound.contact_id else None


def _to_the_list(request: HttpRequest) -> HttpResponse:
    """The list as it was: with its filters, on its page."""
    return redirect(f"{reverse('sms_received:index')}?{QueryDict(request.POST.get('shown', '')).urlencode()}")


class AgainView(OrganisationView):
    """POST tries once more what could not be done, or with `leave` leaves it undone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        inbound = get_object_or_404(Inbound, pk=pk)
        if "leave" in request.POST:
            leave_undone(inbound=inbound)
            messages.success(request, _("It is left undone; nobody is asked about it any more."))
        elif do_again(inbound=inbound):
            messages.success(request, _("It is tried once more."))
        else:
            messages.info(request, _("Nothing was done: it has been tried already, or its telephone has said more."))
        return _to_the_list(request)


class SettleView(OrganisationView):
    """POST with `act`: an answer that may have left or not is sent again ("resend"), or left at that ("leave")."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        inbound = get_object_or_404(Inbound, pk=pk)
        if request.POST.get("act") == "resend" and send_again(inbound=inbound):
            messages.success(request, _("The answer is sent again."))
        elif request.POST.get("act") == "leave" and leave_answer(inbound=inbound, user=request.user):
            messages.success(request, _("It stays as it is; nobody is asked about it any more."))
        else:
            messages.info(request, _("Somebody has settled it already."))
        return _to_the_list(request)
