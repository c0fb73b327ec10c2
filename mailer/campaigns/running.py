"""After the start: how far it is, pause, resume, cancel, and sending again what is not known."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from campaigns import outbox, schedule
from guards.ids import row_id
from mailer.answers import reports
from mailer.campaigns import wording
from mailer.campaigns.base import CampaignView, campaign_url
from mailer.campaigns.review import SendingView
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox.sending import wake_campaign
from organisations.figures import number
from organisations.models import Role


class ProgressView(CampaignView):
    """Where the campaign stands, for the script on its page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        figures = reports.figures_of(self.campaign)
        return JsonResponse(
            {
                "state": self.campaign.state,
                "text": wording.progress(figures, self.campaign, self.organisation),
                "problem": self.campaign.problem,
                "percent": figures.percent,
                "figures": {name: number(getattr(figures, name)) for name in reports.GROUPS if name != "all"},
            }
        )


class PauseView(SendingView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if schedule.pause(campaign=self.campaign):
            messages.success(request, _("Paused. What is being handed over at this moment still goes."))
        return self.back()


class ResumeView(SendingView):
    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if schedule.resume(campaign=self.campaign):
            wake_campaign(self.campaign.pk)
            messages.success(request, _("It goes on."))
        return self.back()


class CancelView(SendingView):
    """Says in numbers what will not be sent, and then does not send it."""

    template_name = "mailer/campaigns/cancel.html"

    def get_step(self) -> str:
        return _("Cancel")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.campaign.state not in self.campaign.RUNNING:
            return self.back()
        figures = reports.figures_of(self.campaign)
        waiting = figures.queued + figures.deferred
        return self.render_to_response(
            self.get_context_data(waiting=wording.people(waiting), accepted=wording.people(figures.arrived))
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        count = schedule.cancel(campaign=self.campaign, messages=EmailMessage)
        if count is None:
            messages.warning(request, _("It was too late: everything has been sent."))
        else:
            messages.success(request, _("Cancelled. %(n)s will not get it.") % {"n": wording.people(count)})
        return self.back()


def chosen_unknown(campaign: EmailCampaign, chosen: str | None) -> Any:
    """The one that was chosen; else all that nobody has decided to leave."""
    rows = reports.bulk_messages(campaign).filter(state=EmailMessage.State.UNKNOWN)
    return rows.filter(pk=row_id(chosen)) if chosen else reports.undecided(rows)


def has_changed(rows: Any, request: HttpRequest) -> bool:
    """Whether there are more, or fewer, than the person saw (`seen`) who decides about all of them; tells them so."""
    seen = request.POST.get("seen")
    if seen is None or seen == str(rows.count()):
        return False
    messages.warning(request, _("Nothing was done: their number has changed since you looked. Look again."))
    return True


class ResendView(CampaignView):
    """Sends again what is not known: one message (`message`), or all. Only a person may decide that."""

    required_role = Role.SENDER
    template_name = "mailer/campaigns/resend.html"

    def get_step(self) -> str:
        return _("Send again")

    def rows(self, request: HttpRequest) -> Any:
        return chosen_unknown(self.campaign, request.GET.get("message") or request.POST.get("message"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.rows(self.request)
        count = rows.count()
        return super().get_context_data(**kwargs) | {
            "count": count,
            "people": wording.people(count),
            "only": rows.first() if count == 1 else None,
            "message": self.request.GET.get("message", ""),
            "why_not": wording.why_no_resend(self.campaign),
        }

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = self.rows(request)
        if has_changed(rows, request):
            return redirect(campaign_url("people", pk, "unknown"))
        count = schedule.send_again(campaign=self.campaign, unknown=rows)
        if count:
            wake_campaign(self.campaign.pk)
            messages.success(
                request,
                ngettext("%(n)s e-mail is sent again.", "%(n)s e-mails are sent again.", count) % {"n": number(count)},
            )
        else:
            why_not = wording.why_no_resend(self.campaign)
            messages.warning(request, why_not or _("There was nothing to send again."))
        return redirect(campaign_url("show", self.campaign.pk))


class LeaveView(SendingView):
    """Leaves what is not known as it is: one message (`message`), or all that are still open."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(campaign_url("people", self.campaign.pk, "unknown"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = chosen_unknown(self.campaign, request.POST.get("message"))
        count = 0 if has_changed(rows, request) else outbox.leave(rows, user=request.user)
        if count:
            messages.success(
                request,
                ngettext(
                    "%(n)s e-mail is left as it is: it stays not known, and is not sent again.",
                    "%(n)s e-mails are left as they are: they stay not known, and are not sent again.",
                    count,
                )
                % {"n": number(count)},
            )
        return redirect(campaign_url("people", self.campaign.pk, "unknown"))
