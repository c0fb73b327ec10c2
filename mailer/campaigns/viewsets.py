"""Campaigns and senders in the admin: lists, forms, and the addresses of all screens."""

from typing import Any

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from campaigns import limits
from campaigns.invitations import invitations_in_part
from campaigns.models import Message
from guards.ids import row_id
from mailer.answers import reports
from mailer.campaigns import again, automatic, counting, reporting, review, running, wording
from mailer.campaigns.base import campaign_url
from mailer.campaigns.forms import CampaignForm
from mailer.models import EmailCampaign, EmailMessage, EmailPage, Sender
from mailer.outbox.emails import ready_emails
from organisations import reach
from organisations.figures import number
from organisations.models import Role
from organisations.ownership import own_pages
from organisations.views import OrganisationView
from organisations.viewsets import OrganisationDeleteView, OrganisationViewSet
from registers.texts import in_quotes

NAME_LENGTH = EmailCampaign._meta.get_field("name").max_length


class StateColumn(Column):
    """The state in a word, and the number that goes with it."""

    cell_template_name = "mailer/campaigns/state_cell.html"

    def get_cell_context_data(self, instance: EmailCampaign, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        total, accepted = instance.total, instance.accepted  # type: ignore[attr-defined]
        nobody = instance.state == EmailCampaign.State.SENT and total and not accepted
        if nobody or instance.state in (*EmailCampaign.RUNNING, EmailCampaign.State.CANCELLED):
            context["number"] = _("%(done)s of %(total)s") % {
                "done": number(accepted),
                "total": number(total),
            }
        elif instance.state == EmailCampaign.State.SENT:
            context["number"] = wording.people(accepted) if total else _("nobody was in its audience")
        elif instance.state == EmailCampaign.State.BLOCKED:
            context["why"] = instance.problem.partition("\n")[0]
        return context


class CampaignIndexView(generic.IndexView):
    default_ordering = "-created_at"
    results_template_name = "mailer/campaigns/index_results.html"

    def get_base_queryset(self) -> Any:
        messages_of = EmailMessage.objects.filter(campaign=OuterRef("pk"), traffic=Message.Traffic.BULK)
        return (
            EmailCampaign.objects.defer("compiled")
            .select_related("page", "organisation")
            .annotate(total=counted(messages_of), accepted=counted(reports.arrived(messages_of)))
        )

    @cached_property
    def header_buttons(self) -> list[Any]:
        if reach.is_limited():
            return list(super().header_buttons)
        more = HeaderButton(_("Automatic e-mails"), url=campaign_url("automatic"), icon_name="mail", priority=1100)
        return [*super().header_buttons, more]

    @cached_property
    def columns(self) -> list[Column]:
        return [
            StateColumn("state", label=_("State")),
            TitleColumn("name", label=_("Name"), get_url=lambda row: campaign_url("show", row.pk), sort_key="name"),
            Column("page", label=_("E-mail")),
            Column("time", label=_("Time"), accessor=time_of, sort_key="scheduled_at"),
        ]


def counted(messages_of: Any) -> Coalesce:
    """How many messages: counted for the campaigns of the page that is shown, not for all there ever were."""
    count = messages_of.order_by().values("campaign").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def time_of(campaign: EmailCampaign) -> str:
    """When it was or will be sent, on the organisation's clocks."""
    moment = campaign.started_at or campaign.scheduled_at
    if moment is None:
        return ""
    return date_format(moment.astimezone(campaign.organisation.zone), "SHORT_DATETIME_FORMAT")


class FormMixin:
    """The form knows the organisation; afterwards the confirmation is shown."""

    request: HttpRequest
    object: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        return kwargs | {"organisation": self.request.organisation}  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"places": ", ".join(limits.places_of(context["form"].instance))}

    def get_success_url(self) -> str:
        return campaign_url("show", self.object.pk)

    def get_success_buttons(self) -> list[Any]:
        return []


class CampaignCreateView(FormMixin, generic.CreateView):
    template_name = "mailer/campaigns/form.html"
    page_title = gettext_lazy("New")
    page_subtitle = gettext_lazy("Campaign")

    def get_initial(self) -> dict[str, Any]:
        """What a screen that leads here has chosen already: `?page=7&invites_to=12&include=register:1&name=…`."""
        asked = self.request.GET
        chosen: dict[str, Any] = {
            "name": asked.get("name", "")[:NAME_LENGTH],
            "include": asked.getlist("include")[:100],
        }
        if asked.get("unopened"):
            sent = get_object_or_404(EmailCampaign.objects.defer("compiled"), pk=row_id(asked["unopened"]))
            chosen |= again.as_before(sent)
        if asked.get("page"):
            emails = ready_emails() if reach.is_limited() else EmailPage.objects.filter(pk__in=own_pages())
            page = get_object_or_404(emails, pk=row_id(asked["page"]))
            chosen["page"] = page
            chosen["name"] = chosen["name"] or page.title[:NAME_LENGTH]
        if asked.get("invites_to"):
            events = invitations_in_part() if reach.is_limited() else own_pages()
            chosen["invites_to"] = get_object_or_404(events, pk=row_id(asked["invites_to"]))
        return {**super().get_initial(), **chosen}

    def get_success_message(self, instance: Any) -> str:
        return _("Saved. Nothing is sent yet.")


class StartedMeanwhile(Exception):
    """The campaign began while somebody was changing or deleting it."""


def refuse_started(pk: int) -> None:
    """Lock the campaign, so that its start waits for this change or this for its start. Raises StartedMeanwhile."""
    if not EmailCampaign.objects.select_for_update().only("state").get(pk=pk).is_editable:
        raise StartedMeanwhile


class NotStartedMixin(View):
    """Of a campaign that has started there is nothing to change or delete."""

    started: Any = ""  # said of one that had started before
    started_meanwhile: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        campaign = EmailCampaign.objects.filter(pk=kwargs["pk"]).only("state").first()
        if campaign is not None and not campaign.is_editable:  # what does not exist is the view's to refuse
            return self._refuse(self.started)
        try:
            return super().dispatch(request, *args, **kwargs)
        except StartedMeanwhile:
            return self._refuse(self.started_meanwhile)

    def _refuse(self, words: Any) -> HttpResponse:
        messages.warning(self.request, words)
        return redirect(campaign_url("show", self.kwargs["pk"]))


class CampaignEditView(NotStartedMixin, FormMixin, generic.EditView):
    template_name = "mailer/campaigns/form.html"
    started = gettext_lazy("This campaign has started: it cannot be changed any more.")
    started_meanwhile = gettext_lazy("It was too late: sending has started. Nothing was changed.")
    was_planned = False

    def get_queryset(self) -> Any:
        return EmailCampaign.objects.defer("compiled")

    def save_instance(self) -> Any:
        with transaction.atomic():
            refuse_started(self.object.pk)
            self.was_planned = self.object.state == EmailCampaign.State.SCHEDULED
            return super().save_instance()

    def get_success_message(self) -> str:
        if self.was_planned:
            return _("Saved, and not planned any more: look at the numbers, then confirm it again.")
        return _("Saved. Nothing is sent yet.")


class CampaignDeleteView(NotStartedMixin, OrganisationDeleteView):
    """Only what has not started is deleted: the rest is the record of what people were sent."""

    started = gettext_lazy("This campaign has started. It stays as the record of what was sent.")
    started_meanwhile = gettext_lazy("It was too late: sending has started. Nothing was deleted.")

    def delete_action(self) -> None:
        with transaction.atomic():
            refuse_started(self.object.pk)
            super().delete_action()


class ShowView(OrganisationView):
    """A campaign's own page: the confirmation before it starts, the report from then on."""

    required_role = Role.VIEWER

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        campaign = EmailCampaign.objects.filter(pk=pk).only("state").first()
        started = campaign is not None and not campaign.is_editable
        view: Any = reporting.ReportView if started else review.ReviewView
        response: HttpResponseBase = view.as_view()(request, pk=pk)
        return response


class CampaignViewSet(OrganisationViewSet):
    model = EmailCampaign
    form_class = CampaignForm
    name = "campaigns"
    icon = "mail"
    menu_label = gettext_lazy("Campaigns")
    menu_order = 200
    add_to_admin_menu = True
    list_filter = ["state"]
    search_fields = ["name"]
    index_view_class = CampaignIndexView
    add_view_class = CampaignCreateView
    edit_view_class = CampaignEditView
    delete_view_class = CampaignDeleteView
    index_template_name = "mailer/campaigns/index.html"
    create_template_name = "mailer/campaigns/form.html"
    edit_template_name = "mailer/campaigns/form.html"
    index_results_template_name = "mailer/campaigns/index_results.html"

    def get_urlpatterns(self) -> list[Any]:
        people = "<int:pk>/people/<slug:group>/"
        return [
            *super().get_urlpatterns(),
            path("automatic/", automatic.AutomaticView.as_view(), name="automatic"),
            path("automatic/results/", automatic.AutomaticView.as_view(results_only=True), name="automatic_results"),
            path("automatic/<int:pk>/leave/", automatic.LeaveLetterView.as_view(), name="automatic_leave"),
            path("automatic/<int:pk>/resend/", automatic.ResendLetterView.as_view(), name="automatic_resend"),
            path("count/", counting.CountView.as_view(), name="count"),
            path("sizes/", counting.SizesView.as_view(), name="sizes"),
            path("<int:pk>/", ShowView.as_view(), name="show"),
            path("<int:pk>/confirm/", review.ConfirmView.as_view(), name="confirm"),
            path("<int:pk>/unplan/", review.UnplanView.as_view(), name="unplan"),
            path("<int:pk>/test/", review.TestView.as_view(), name="test"),
            path("<int:pk>/progress/", running.ProgressView.as_view(), name="progress"),
            path("<int:pk>/pause/", running.PauseView.as_view(), name="pause"),
            path("<int:pk>/resume/", running.ResumeView.as_view(), name="resume"),
            path("<int:pk>/cancel/", running.CancelView.as_view(), name="cancel"),
            path("<int:pk>/leave/", running.LeaveView.as_view(), name="leave"),
            path("<int:pk>/resend/", running.ResendView.as_view(), name="resend"),
            path(people, reporting.PeopleView.as_view(), name="people"),
            path(f"{people}export/", reporting.ExportView.as_view(), name="export"),
        ]


class SenderDeleteView(OrganisationDeleteView):
    @property
    def confirmation_message(self) -> str:
        waiting = EmailCampaign.objects.filter(sender=self.object, state=EmailCampaign.State.SCHEDULED)
        names = in_quotes(waiting.order_by("scheduled_at").values_list("name", flat=True))
        asks = str(super().confirmation_message)
        waits = _("Without this sender, planned campaigns will wait for you: %(names)s.") % {"names": names}
        return f"{waits} {asks}" if names else asks


class SenderViewSet(OrganisationViewSet):
    delete_view_class = SenderDeleteView
    model = Sender
    name = "senders"
    icon = "user"
    menu_label = gettext_lazy("Senders")
    menu_order = 210
    add_to_settings_menu = True
    form_fields = ["name", "email", "reply_to"]
    list_display = ["name", "email", "reply_to"]
    search_fields = ["name", "email"]
