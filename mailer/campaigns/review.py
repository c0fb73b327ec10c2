"""Before the start: the confirmation in exact numbers, the test, and the button that sends."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.widgets.button import HeaderButton

from campaigns import audiences, limits, schedule, wallclock
from campaigns.headcount import Headcount
from campaigns.headcount import count as count_people
from guards.seen import fingerprint
from mailer.campaigns import trying, wording
from mailer.campaigns.base import CampaignView, campaign_url
from mailer.models import EmailCampaign
from mailer.outbox.freezing import NotReady, compile_letter, from_identity, prepare, remarks, start_campaign
from mailer.outbox.transactional import queue_test
from mailer.rendering.urls import page_url
from organisations import reach
from organisations.models import Role
from organisations.roles import has_role
from organisations.wake import wake

State = EmailCampaign.State


class ReviewView(CampaignView):
    """What will happen, before it does."""

    template_name = "mailer/campaigns/review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = self.campaign
        user: Any = self.request.user
        context = super().get_context_data(**kwargs)
        problems, compiled = problems_of(campaign)
        count = headcount(campaign) if campaign.audience.get("include") else None
        if count is not None and not count.sendable:
            problems.append(
                _("Nobody would get it: everybody in the audience is left out, unsubscribed or without address.")
            )
        if campaign.scheduled_at and campaign.scheduled_at <= timezone.now() and campaign.state == State.DRAFT:
            problems.append(_("The time that was chosen has passed. Choose a new one, or send it now."))
        may_send = has_role(user, Role.SENDER)
        waits = not may_send and campaign.state != State.SCHEDULED  # for somebody else
        verdict = wording.who_gets_it(count, campaign, self.organisation) if count else ""
        find = AdminURLFinder(user)
        context |= {
            # The worker takes it up at any moment: the page waits for that, and becomes the report.
            "is_starting": campaign.state == State.SCHEDULED
            and campaign.scheduled_at is not None
            and campaign.scheduled_at <= timezone.now(),
            "problems": problems,
            # As it was due, less what is said anyway.
            "held_back_by": "\n".join(line for line in campaign.problem.split("\n") if line not in problems),
            "count": count,
            "who_gets_it": wording.who_would_get_it(count) if count and waits else verdict,
            "waits_for_others": waits and not problems,
            "who_would_get_it": wording.who_would_get_it(count) if count and problems else "",
            "who_does_not": wording.who_does_not(count) if count else "",
            "remarks": [
                *wording.unfinished(compiled),
                *remarks(campaign, compiled),
                *(wording.further_remarks(count, campaign, self.organisation) if count else []),
            ],
            "places": ", ".join(limits.places_of(campaign)),
            "people": wording.people(count.sendable) if count else "",
            "identity": from_identity(campaign) if campaign.sender else None,
            "size_kb": round(compiled.size / 1000) if compiled else None,
            "tests": trying.tests_of(campaign, user),
            "test_to": self.request.session.get(trying.TYPED) or user.email,
            "tests_others": not reach.is_limited(),
            # Where the user may go there; else to what everybody may read.
            "page_url": find.get_edit_url(campaign.page) if campaign.page else None,
            "web_url": page_url(campaign.page) if campaign.page and campaign.page.live else None,
            "may_edit": has_role(user, Role.EDITOR),
            "may_send": may_send,
            "audience": audience_labels(campaign),
            "seen": stamp(campaign, count.sendable if count else 0),
        }
        return context

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not has_role(self.request.user, Role.EDITOR):
            return []
        return [HeaderButton(_("Edit"), url=campaign_url("edit", self.campaign.pk), icon_name="edit")]


def headcount(campaign: EmailCampaign) -> Headcount:
    """The audience in numbers as they will be on the day of the campaign: a leave may have ended by then."""
    at = campaign.scheduled_at
    with limits.eyes_on(campaign):
        return count_people(
            campaign.audience,
            on=max(at, timezone.now()).astimezone(campaign.organisation.zone).date() if at else None,
            purpose_id=campaign.purpose_id,
        )


def problems_of(campaign: EmailCampaign) -> tuple[list[str], Any]:
    """All that keeps the campaign from being sent, in words; and the letter, where there is one."""
    try:
        return [], prepare(campaign)
    except NotReady as error:
        return list(error.problems), None


def stamp(campaign: EmailCampaign, people: int) -> str:
    """Stands for what a confirmation is about: what changes it must be looked at again."""
    revision = campaign.page.live_revision_id if campaign.page else None
    return fingerprint(
        campaign.audience,
        campaign.sender_id,
        campaign.invites_to_id,
        campaign.purpose_id,
        revision,
        people,
        campaign.scheduled_at,
    )


def audience_labels(campaign: EmailCampaign) -> dict[str, list[str]]:
    """The names of what is included and left out."""
    with limits.eyes_on(campaign):
        labels = {ref: label for source in audiences.sources() for ref, label in source.choices()}
    return {
        part: [labels.get(ref, _("(deleted)")) for ref in campaign.audience.get(part, [])]
        for part in ("include", "exclude")
    }


class SendingView(CampaignView):
    """An act on a campaign that is on its way out. Asked for with GET it shows the campaign."""

    required_role = Role.SENDER

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.back()

    def back(self) -> HttpResponse:
        return redirect(campaign_url("show", self.campaign.pk))


class ConfirmView(SendingView):
    """Sends it now (`now`), or at the time that was chosen."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.campaign
        if not campaign.is_editable:
            messages.warning(request, _("This campaign had been started already."))
            return self.back()
        problems, _letter = problems_of(campaign)
        now = "now" in request.POST or campaign.scheduled_at is None
        if not now and campaign.scheduled_at and campaign.scheduled_at <= timezone.now():
            problems.append(_("The time that was chosen has passed. Choose a new one, or send it now."))
        with limits.eyes_on(campaign):
            if not problems and not audiences.recipients(campaign.audience).exists():
                problems.append(_("Nobody would get it."))
        if problems:
            messages.error(request, _("Nothing was sent: %(why)s") % {"why": " ".join(problems)})
            return self.back()
        # Without it nobody has looked at the numbers at all.
        people = headcount(campaign).sendable
        at = timezone.now() if now else campaign.scheduled_at
        assert at is not None
        with transaction.atomic():
            # Counting takes its time, and nobody waits for it: locked is only what was counted, if it still stands.
            locked = EmailCampaign.objects.select_for_update(no_key=True, of=("self",)).defer("compiled")
            campaign = get_object_or_404(locked.select_related("page"), pk=pk)
            changed = request.POST.get("seen") != stamp(campaign, people)
            planned = not changed and schedule.plan(campaign=campaign, at=at, by=request.user)
        if changed:
            messages.warning(
                request,
                _("Nothing was sent: the campaign or its numbers have changed since you looked. Here they are."),
            )
        elif not planned:
            messages.warning(request, _("This campaign had been started already."))
        elif now:
            wake("urgent", start_campaign, campaign.pk)
            messages.success(request, _("It is on its way. This page shows how far it is; you may leave it."))
        else:
            messages.success(
                request,
                _("It will be sent on %(when)s.") % {"when": wallclock.spoken(at, self.organisation.zone)},
            )
        return self.back()


class UnplanView(SendingView):
    """Back to a draft."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if schedule.unplan(campaign=self.campaign):
            messages.success(request, _("It is a draft again and will not be sent."))
        else:
            messages.warning(request, _("It was too late: sending has started. You can pause it here."))
        return self.back()


class TestView(SendingView):
    """A test to oneself or the addresses that were typed (`to`), of the newest version, published or not."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = self.campaign
        user: Any = request.user
        request.session[trying.TYPED] = request.POST.get("to", "").strip()[:1_000]
        if campaign.page is None:
            messages.error(request, _("Choose the e-mail first."))
            return self.back()
        page = campaign.page.get_latest_revision_as_object()
        try:
            to = trying.addresses_in(request.session[trying.TYPED], user)
            letter = compile_letter(campaign, page)
        except (NotReady, ValidationError) as error:
            why = error.problems if isinstance(error, NotReady) else error.messages
            messages.error(request, _("The test was not sent: %(why)s") % {"why": " ".join(why)})
            return self.back()
        with transaction.atomic():
            for address in to.values():
                queue_test(campaign=campaign, letter=letter, user=user, to=address, from_name=page.sender_name)
        messages.success(request, _("A test is on its way to %(to)s.") % {"to": ", ".join(to.values())})
        return self.back()
