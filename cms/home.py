"""The admin's home page: what goes out next, what came back, what needs me."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.components import Component

from mailer.answers import reports
from mailer.models import EmailCampaign, EmailMessage, MessageEvent
from mailer.outbox.transactional import kept_letters
from organisations import reach, scope
from organisations.figures import number
from organisations.models import Membership, Role
from organisations.roles import has_role
from registers.absences import today
from registers.access import log_access
from registers.birthdays import coming
from registers.contacts import describe_count
from registers.models import Automation, AutomationRun, Contact, FollowUp, Import, Register
from sites.dates import zone_name
from sites.events import over_at
from sites.models import Capacity, Registration, RsvpPage
from sites.moves import Move, open_move, untold
from sites.rounds import held_reminders
from sms.models import Inbound, SmsMessage

State = EmailCampaign.State

MOST = 6
LETTERS = Q(messages__traffic=EmailMessage.Traffic.BULK)  # tests stand apart
RECENT = timedelta(days=7)
NOT_OPEN = gettext_lazy(
    "Events and pages are not open to you, nor are campaigns that go to others, for you see a part of the people only. "
    "An owner of the organisation can change that."
)
REVIEWERS = gettext_lazy(
    "As a reviewer you see what is handed to you, and no registers, events or campaigns. "
    "An owner of the organisation can change that."
)


@dataclass(frozen=True)
class Item:
    title: str
    detail: str
    url: str | None


class HomePanel(Component):
    """The three lists; nothing where no organisation is in scope."""

    name = "home"
    order = 1
    template_name = "cms/home.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert parent_context is not None
        request: HttpRequest = parent_context["request"]
        if scope.current_or_none() is None:
            return {"request": request, "columns": []}
        if reach.is_limited():
            columns = columns_in_part(request.user)
            not_open = NOT_OPEN if has_role(request.user, Role.VIEWER) else REVIEWERS
            return {"request": request, "columns": columns, "not_open": not_open}
        birthdays = list(round_birthdays(request.user))
        follow_ups = list(your_follow_ups(request.user))
        needed = [*first_steps(request.user), *needs_you(request.user)][:MOST]
        return {
            "request": request,
            "columns": [
                {
                    "heading": gettext_lazy("Comes next"),
                    "items": list(goes_out_next())[:MOST],
                    "none": gettext_lazy("Nothing is scheduled."),
                },
                {
                    "heading": gettext_lazy("Came back in the last seven days"),
                    "items": list(came_back())[:MOST],
                    "none": gettext_lazy("No replies yet."),
                },
                {
                    "heading": gettext_lazy("Needs you"),
                    "items": needed,
                    "none": gettext_lazy("Nothing: all is well."),
                },
                *([{"heading": gettext_lazy("Your follow-ups"), "items": follow_ups}] if follow_ups else []),
                *([{"heading": gettext_lazy("Round birthdays"), "items": birthdays}] if birthdays else []),
            ],
        }


def first_steps(user: Any) -> Iterator[Item]:
    """What an organisation begins with that has nobody in its registers yet."""
    if not has_role(user, Role.EDITOR) or Contact.objects.exists():
        return
    detail = _("Make a register, and import a spreadsheet into it or add people one by one.")
    yield Item(_("Bring in your people"), detail, reverse("registers:index"))
    alone = Membership.objects.filter(organisation=scope.current()).count() == 1
    if alone and has_role(user, Role.OWNER):
        detail = _("They get a letter with a link to sign in, and may do what you choose.")
        yield Item(_("Invite your colleagues"), detail, reverse("organisations:add_member"))


def columns_in_part(user: Any) -> list[dict[str, Any]]:
    """For those who see some registers or groups only: these, and what of them needs somebody."""
    ahead = list(campaigns_ahead())[:MOST]
    needed = [*needy_campaigns(), *waiting_imports(user)][:MOST]
    birthdays, follow_ups = list(round_birthdays(user)), list(your_follow_ups(user))
    return [
        {
            "heading": gettext_lazy("Your people") if has_role(user, Role.VIEWER) else gettext_lazy("Handed to you"),
            "items": list(registers_in_reach()),
            "none": gettext_lazy("Nothing has been handed to you yet."),
        },
        *([{"heading": gettext_lazy("Comes next"), "items": ahead}] if ahead else []),
        *([{"heading": gettext_lazy("Needs you"), "items": needed}] if needed else []),
        *([{"heading": gettext_lazy("Your follow-ups"), "items": follow_ups}] if follow_ups else []),
        *([{"heading": gettext_lazy("Round birthdays"), "items": birthdays}] if birthdays else []),
    ]


def registers_in_reach() -> Iterator[Item]:
    people = dict(Contact.objects.order_by().values_list("register").annotate(count=Count("pk")))
    for register in Register.objects.all():
        count = describe_count(people.get(register.pk, 0))
        yield Item(register.name, count, reverse("registers:contacts", args=[register.pk]))


def campaigns_ahead() -> Iterator[Item]:
    sending = (
        EmailCampaign.objects.defer("compiled")
        .filter(state__in=EmailCampaign.RUNNING)
        .annotate(
            total=Count("messages", filter=LETTERS),
            left=Count("messages", filter=LETTERS & Q(messages__state__in=EmailMessage.OPEN)),
        )
    )
    for campaign in sending:
        done = _("%(done)d of %(total)d handed over") % {
            "done": campaign.total - campaign.left,
            "total": campaign.total,
        }
        yield Item(campaign.name, f"{campaign.get_state_display()} · {done}", page_of(campaign))
    planned = EmailCampaign.objects.defer("compiled").filter(state=State.SCHEDULED)
    for campaign in planned.order_by("scheduled_at")[:MOST]:
        yield Item(campaign.name, moment(campaign.scheduled_at), page_of(campaign))


def goes_out_next() -> Iterator[Item]:
    yield from campaigns_ahead()
    running = Capacity.objects.filter(cancelled_at=None).values("page")
    ahead = RsvpPage.objects.live().filter(pk__in=running).exclude(over_at(timezone.now()))
    for event in ahead.select_related("room").order_by("starts_at")[:MOST]:
        yield Item(event.title, f"{start(event)} · {seats(event.room)}", desk(event))


def came_back() -> Iterator[Item]:
    recent = Registration.objects.filter(updated_at__gte=timezone.now() - RECENT)
    replies = recent.values("page").annotate(count=Count("pk"), latest=Max("updated_at")).order_by("-latest")[:MOST]
    events = RsvpPage.objects.in_bulk([row["page"] for row in replies])
    for row in replies:
        event = events.get(row["page"])
        if event is None:
            continue  # deleted between the two queries
        count = ngettext("%(count)s reply", "%(count)s replies", row["count"]) % {"count": number(row["count"])}
        yield Item(event.title, f"{count} · {ago(row['latest'])}", desk(event))
    for campaign in (
        EmailCampaign.objects.defer("compiled")
        .filter(finished_at__gte=timezone.now() - RECENT)
        .order_by("-finished_at")[:MOST]
    ):
        opened = campaign.events.filter(kind=MessageEvent.Kind.OPEN).values("message").distinct().count()
        accepted = reports.arrived(reports.bulk_messages(campaign)).count()
        detail = _("nobody got it")
        if accepted:
            counts = {"accepted": number(accepted), "opened": number(opened)}
            detail = _("%(accepted)s sent, opened by %(opened)s") % counts
        yield Item(campaign.name, f"{detail} · {ago(campaign.finished_at)}", page_of(campaign))


def needy_campaigns() -> Iterator[Item]:
    campaigns = EmailCampaign.objects.defer("compiled")
    for campaign in campaigns.filter(state__in=(State.LATE, State.BLOCKED, State.PAUSED)):
        yield Item(campaign.name, campaign.problem or campaign.get_state_display(), page_of(campaign))
    unknown = reports.undecided(EmailMessage.objects.filter(campaign=OuterRef("pk")))
    counted = unknown.order_by().values("campaign").annotate(count=Count("pk")).values("count")
    # Not a join: that would read every message there has ever been.
    for campaign in campaigns.filter(Exists(unknown)).annotate(unknown=Subquery(counted)):
        yield Item(campaign.name, may_have_left(campaign.unknown), page_of(campaign))


def may_have_left(count: int) -> str:
    return ngettext(
        "%(count)s message may have left, or not: look, and decide whether to send it again.",
        "%(count)s messages may have left, or not: look, and decide whether to send them again.",
        count,
    ) % {"count": number(count)}


def needs_you(user: Any) -> Iterator[Item]:
    yield from needy_campaigns()
    doubtful = kept_letters().filter(state=EmailMessage.State.UNKNOWN, settled_at=None).count()
    if doubtful:
        url = reverse("campaigns:automatic") + "?state=unknown"
        yield Item(_("Automatic e-mails"), may_have_left(doubtful), url)
    if has_role(user, Role.EDITOR):
        for moved in moved_events():
            yield Item(moved.page.title, moved.sentence, reverse("events:tell_change", args=[moved.page.pk]))
        yield from failed_automations()
        yield from text_messages_in_doubt()
    if has_role(user, Role.SENDER):
        for event, due in held_reminders():
            words = _("The reminder to the unanswered was due on %(moment)s and has not been sent.")
            url = reverse("events:send_reminder", args=[event.pk])
            yield Item(event.title, words % {"moment": moment(due, event.zone)}, url)
    yield from waiting_imports(user)


def failed_automations() -> Iterator[Item]:
    """Of the last days: who has joined and got no letter, say, for it was not ready any more."""
    failed = AutomationRun.objects.filter(state=AutomationRun.State.FAILED, finished_at__gte=timezone.now() - RECENT)
    counted = failed.filter(automation=OuterRef("pk")).order_by().values("automation")
    counted = counted.annotate(count=Count("pk")).values("count")
    automations = Automation.objects.annotate(failed=Subquery(counted)).filter(failed__gt=0)
    for automation in automations.select_related("group").order_by("-pk")[:MOST]:
        detail = ngettext(
            "%(group)s: for %(count)s person it did not work.",
            "%(group)s: for %(count)s people it did not work.",
            automation.failed,
        )
        url = reverse("registers:group_runs", args=[automation.group_id]) + "?state=failed"
        yield Item(automation.name, detail % {"group": automation.group.name, "count": number(automation.failed)}, url)


def text_messages_in_doubt() -> Iterator[Item]:
    """What came in and could not be done, and answers of which nobody knows whether they left."""
    failed = Inbound.objects.filter(outcome=Inbound.Outcome.FAILED).count()
    if failed:
        words = ngettext("%(count)s message could not be done.", "%(count)s messages could not be done.", failed) % {
            "count": number(failed)
        }
        yield Item(_("Received text messages"), words, reverse("sms_received:index") + "?outcome=failed")
    held = SmsMessage.objects.filter(state__in=SmsMessage.WAITING).exclude(error="").order_by("-pk").first()
    if held is not None:
        words = _("They wait: %(why)s") % {"why": held.error}
        yield Item(_("Answers to text messages"), words, reverse("sms_received:index") + "?answer=waiting")
    doubtful = SmsMessage.objects.filter(state=SmsMessage.State.UNKNOWN, settled_at=None).count()
    if doubtful:
        yield Item(
            _("Answers to text messages"), may_have_left(doubtful), reverse("sms_received:index") + "?answer=doubt"
        )


def waiting_imports(user: Any) -> Iterator[Item]:
    if not has_role(user, Role.EDITOR):
        return
    for waiting in Import.objects.filter(state=Import.State.READY).order_by("-pk")[:MOST]:
        step, detail = "import_step", _("The import is checked and waits for your yes.")
        if waiting.is_change:
            step, detail = "change", _("The change is checked and waits for your yes.")
        yield Item(waiting.original_name, detail, reverse(f"registers:{step}", args=[waiting.pk]))


def round_birthdays(user: Any) -> Iterator[Item]:
    """Of important contacts, as far ahead as the organisation wants to be reminded."""
    birthdays = coming()[:MOST]
    if birthdays:
        log_access(user=user, action="list", subject="birthdays", count=len(birthdays))
    for birthday in birthdays:
        detail = _("%(age)d on %(when)s") % {"age": birthday.age, "when": date_format(birthday.on, "l j F")}
        yield Item(str(birthday.contact), detail, reverse("registers:contact", args=[birthday.contact.pk]))


def your_follow_ups(user: Any) -> Iterator[Item]:
    """What one is to do within a week; what is overdue stands first."""
    now = today()
    rows = FollowUp.objects.open().of(user).filter(due_on__lte=now + RECENT).select_related("contact")
    found = list(rows.order_by("due_on", "pk")[:MOST])
    if found:
        log_access(user=user, action="list", subject="follow-ups", count=len(found))
    for row in found:
        day = date_format(row.due_on, "l j F")
        when = _("overdue since %(day)s") if row.is_overdue(now) else _("by %(day)s")
        when = _("today") if row.due_on == now else when % {"day": day}
        yield Item(row.text, f"{row.contact} · {when}", reverse("registers:contact", args=[row.contact_id]))


def moved_events() -> Iterator[Move]:
    """Events whose guests have not been told of another time or place."""
    ahead = RsvpPage.objects.filter(pk__in=untold().values("page")).exclude(over_at(timezone.now()))
    for event in ahead.filter(room__cancelled_at=None).order_by("starts_at")[:MOST]:
        move = open_move(event)
        if move:
            yield move


def page_of(campaign: EmailCampaign) -> str:
    """Open to all who read this, whether they may change the campaign or not."""
    return reverse("campaigns:show", args=[campaign.pk])


def desk(event: RsvpPage) -> str:
    return reverse("events:event", args=[event.pk])


def seats(room: Capacity) -> str:
    if room.seats is None:
        return ngettext("%(count)s person confirmed", "%(count)s people confirmed", room.taken) % {
            "count": number(room.taken)
        }
    return _("%(taken)d of %(seats)d seats taken") % {"taken": room.taken, "seats": room.seats}


def start(event: RsvpPage) -> str:
    """On the event's own clock, as its guests read it."""
    if not event.time_zone:
        return moment(event.starts_at)
    return f"{moment(event.starts_at, event.zone)} ({zone_name(event.zone, event.starts_at)})"


def moment(at: Any, zone: Any = None) -> str:
    return date_format(timezone.localtime(at, zone), "l j F, H:i")


def ago(at: Any) -> str:
    if timezone.now() - at < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, depth=1)}
