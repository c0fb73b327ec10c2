"""Automatic e-mails and tests: what became of each, and sending again what is not known."""

from abc import ABC, abstractmethod
from typing import Any

import django_filters
from django.conf import settings
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.base import BaseListingView

from campaigns import outbox
from mailer.campaigns.base import campaign_url
from mailer.campaigns.reporting import PER_PAGE, left_by, reason_of
from mailer.models import EmailMessage
from mailer.outbox.kinds import label_of
from mailer.outbox.transactional import kept_letters, send_letter_again
from organisations.models import Role
from organisations.roles import has_role
from organisations.views import OrganisationView
from registers.access import log_access, register_list

register_list("automatic e-mails", gettext_lazy("Automatic e-mails"))


class StateColumn(Column):
    """The state, why it is so, and the button where a person has to decide."""

    cell_template_name = "mailer/campaigns/automatic_cell.html"

    def get_cell_context_data(self, instance: EmailMessage, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        unknown = instance.state == EmailMessage.State.UNKNOWN
        return context | {
            # What the server said as it took the letter is no news.
            "reason": "" if instance.state == EmailMessage.State.ACCEPTED else reason_of(instance),
            "may_resend": unknown and has_role(request.user, Role.SENDER),
            "may_leave": unknown and not instance.settled_at,
            "left_by": left_by(instance),
            "csrf_token": get_token(request),
        }


class StateFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=EmailMessage.State.choices)

    class Meta:
        model = EmailMessage
        fields: list[str] = []


class AutomaticView(OrganisationView, BaseListingView):
    """What was sent to single people by itself, with its state; the newest first."""

    required_role = Role.VIEWER
    page_title = gettext_lazy("Automatic e-mails")
    header_icon = "mail"
    template_name = "mailer/campaigns/automatic.html"
    results_template_name = "mailer/campaigns/automatic_results.html"
    index_url_name = "campaigns:automatic"
    index_results_url_name = "campaigns:automatic_results"
    default_ordering = "-created_at"
    filterset_class = StateFilterSet
    is_searchable = True
    search_fields = ["address"]
    paginate_by = PER_PAGE
    verbose_name_plural = gettext_lazy("automatic e-mails")
    columns = [
        StateColumn("state", label=gettext_lazy("State")),
        Column("address", label=gettext_lazy("To")),
        Column("kind", label=gettext_lazy("Kind"), accessor=lambda row: label_of(row.kind)),
        Column("subject", label=gettext_lazy("Subject")),
        DateColumn("created_at", label=gettext_lazy("When"), sort_key="created_at"),
    ]

    def get_base_queryset(self) -> Any:
        # Not the letter itself: it may hold attachments.
        letters = kept_letters().annotate(subject=KeyTextTransform("subject", "letter")).defer("letter")
        return letters.select_related("settled_by")

    def get_valid_orderings(self) -> list[str]:
        return ["created_at", "-created_at"]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items()[:-1],
            {"url": campaign_url("index"), "label": _("Campaigns")},
            {"url": "", "label": _("Automatic e-mails")},
        ]

    @cached_property
    def no_results_message(self) -> str:
        if self.is_searching or self.is_filtering:
            return _("No automatic e-mail matches.")
        return _("Nothing yet: confirmations and reminders of events, and tests to yourself, are listed here.")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        shown = len(context["object_list"])
        if shown:
            log_access(
                user=self.request.user,
                action="list",
                subject="automatic e-mails",
                count=shown,
                fields=["email", "subject", "state"],
            )
        return context | {"days": settings.KEEP_LETTERS.days}


class LetterActView(OrganisationView, ABC):
    """What only a person may decide of a letter that is not known."""

    required_role = Role.SENDER

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(kept_letters(), pk=pk)  # nobody learns what is there
        return redirect(campaign_url("automatic"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.act(get_object_or_404(kept_letters(), pk=pk))
        return redirect(campaign_url("automatic"))

    @abstractmethod
    def act(self, row: EmailMessage) -> None:
        """Do it, and tell the person."""


class ResendLetterView(LetterActView):
    def act(self, row: EmailMessage) -> None:
        if send_letter_again(message=row):
            messages.success(self.request, _("It is sent again to %(to)s.") % {"to": row.address})
        else:
            messages.warning(self.request, _("There was nothing to send again."))


class LeaveLetterView(LetterActView):
    def act(self, row: EmailMessage) -> None:
        if outbox.leave(kept_letters().filter(pk=row.pk), user=self.request.user):
            messages.success(self.request, _("The e-mail to %(to)s is left as it is.") % {"to": row.address})
