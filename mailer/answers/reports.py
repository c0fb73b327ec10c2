"""A campaign in numbers: what became of each message, who opened, clicked and left, and when."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, DateTimeField, Exists, F, Func, Min, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from campaigns.models import Message
from mailer.models import EmailCampaign, EmailMessage, Link, MessageEvent

State = Message.State
Kind = MessageEvent.Kind
# How long a chart may be for each step; after that, months.
LONGEST = {"hour": timedelta(hours=48), "day": timedelta(days=60), "week": timedelta(weeks=60)}
_COUNTED = "SELECT kind, first, count(*) FROM ({firsts}) AS firsts GROUP BY kind, first"
AT_ONCE = timedelta(seconds=10)
APPLE_PRIVACY = "Mozilla/5.0"


@dataclass(frozen=True, slots=True)
class Figures:
    """Messages by what became of them; the last three count people, not times."""

    total: int
    queued: int
    accepted: int
    deferred: int
    unknown: int
    bounced: int
    suppressed: int
    cancelled: int
    seen: int  # opened or clicked, though no server has said that it took them
    opened: int
    clicked: int
    unsubscribed: int

    @property
    def done(self) -> int:
        return self.total - self.queued - self.deferred

    @property
    def arrived(self) -> int:
        """What opens and clicks are a share of."""
        return self.accepted + self.seen

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 100


# What the lists of people can show: key, label, which messages.
GROUPS: dict[str, tuple[Any, Q]] = {
    "all": (_("Everybody"), Q()),
    "queued": (_("Waiting"), Q(state__in=[State.QUEUED, *Message.LEASED])),
    "accepted": (_("Accepted"), Q(state__in=Message.HANDED_OVER)),
    "deferred": (_("To be tried again"), Q(state=State.DEFERRED)),
    "unknown": (_("Not known"), Q(state=State.UNKNOWN)),
    "bounced": (_("Bounced"), Q(state__in=Message.RETURNED)),
    "suppressed": (_("Not sent"), Q(state=State.SUPPRESSED)),
    "cancelled": (_("Cancelled"), Q(state=State.CANCELLED)),
    "opened": (_("Opened"), Q(pk__in=[])),
    "clicked": (_("Clicked"), Q(pk__in=[])),
    "unsubscribed": (_("Unsubscribed"), Q(pk__in=[])),
}
EVENT_GROUPS = {"opened": Kind.OPEN, "clicked": Kind.CLICK, "unsubscribed": Kind.UNSUBSCRIBE}


def bulk_messages(campaign: EmailCampaign) -> Any:
    """The campaign's messages; tests stand apart."""
    return EmailMessage.objects.filter(campaign=campaign, traffic=Message.Traffic.BULK)


def seen_all_the_same(messages: Any) -> Any:
    """Of a queryset of messages, those that have been opened or clicked, though no server has said that it took
    them."""
    return messages.filter(_seen())


def _seen() -> Q:
    events = MessageEvent.objects.filter(message=OuterRef("pk"), kind__in=[Kind.OPEN, Kind.CLICK])
    return Q(Exists(events), state__in=[State.UNKNOWN, State.REJECTED, State.DEFERRED])


def arrived(messages: Any) -> Any:
    """Of a queryset of messages, those that a server has taken, or that were seen all the same."""
    return messages.filter(Q(state__in=Message.HANDED_OVER) | _seen())


def undecided(messages: Any) -> Any:
    """Of a queryset of messages, those of which it is not known whether they arrived, and about which a person has to
    decide: what has been opened or clicked has arrived.
    """
    seen = MessageEvent.objects.filter(message=OuterRef("pk"))
    return messages.filter(~Exists(seen), state=State.UNKNOWN, settled_at=None)


def figures_of(campaign: EmailCampaign) -> Figures:
    """A campaign in numbers, tests left out; a fixed number of queries."""
    counted = bulk_messages(campaign).aggregate(
        total=Count("pk"),
        **{
            name: Count("pk", filter=condition)
            for name, (_label, condition) in GROUPS.items()
            if name not in EVENT_GROUPS and name != "all"
        },
    )
    events = MessageEvent.objects.filter(campaign=campaign).aggregate(
        **{name: Count("message", distinct=True, filter=Q(kind=kind)) for name, kind in EVENT_GROUPS.items()}
    )
    if events["unsubscribed"]:
        events["unsubscribed"] = _gone().filter(campaign=campaign).aggregate(n=Count("message", distinct=True))["n"]
    return Figures(**counted, **events, seen=seen_all_the_same(bulk_messages(campaign)).count())


def _gone() -> QuerySet[MessageEvent]:
    """Unsubscriptions that were not taken back through the same letter."""
    back = MessageEvent.objects.filter(message=OuterRef("message"), kind=Kind.RESUBSCRIBE, pk__gt=OuterRef("pk"))
    gone: QuerySet[MessageEvent] = MessageEvent.objects.filter(~Exists(back), kind=Kind.UNSUBSCRIBE)
    return gone


def opened_by_machines(campaign: EmailCampaign, opened: int) -> int:
    """Of the `opened` messages, how many only machines seem to have opened.

    Scanners open a letter within seconds of its arrival; Apple's Mail Privacy Protection fetches the pictures of every
    letter and calls itself just “Mozilla/5.0”. Gmail's proxy counts as a person: it fetches when somebody looks.
    """
    unhurried = Q(message__handed_at=None) | Q(at__gte=F("message__handed_at") + AT_ONCE)
    opens = MessageEvent.objects.filter(campaign=campaign, kind=Kind.OPEN)
    people = opens.filter(unhurried).exclude(user_agent=APPLE_PRIVACY).aggregate(n=Count("message", distinct=True))["n"]
    return max(opened - int(people), 0)


def people_of(campaign: EmailCampaign, group: str) -> QuerySet[EmailMessage]:
    """The messages behind a figure, with their contacts. Raises KeyError for a group that is none."""
    condition: Any = GROUPS[group][1]
    messages = bulk_messages(campaign).select_related("contact").defer("letter").order_by("address_key")
    if group in EVENT_GROUPS:
        events = _gone() if group == "unsubscribed" else MessageEvent.objects.filter(kind=EVENT_GROUPS[group])
        condition = Exists(events.filter(message=OuterRef("pk")))
    return messages.filter(condition)


def with_events(messages: QuerySet[EmailMessage]) -> Any:
    """Each message with when it was first opened, clicked and unsubscribed from."""
    return messages.annotate(
        **{f"{name}_at": Min("events__at", filter=Q(events__kind=kind)) for name, kind in EVENT_GROUPS.items()}
    )


def suppressed_by(campaign: EmailCampaign) -> dict[str, int]:
    """How many got nothing, by reason."""
    rows = bulk_messages(campaign).filter(state=State.SUPPRESSED).order_by().values_list("suppressed_by")
    return dict(rows.annotate(count=Count("pk")))


def links_of(campaign: EmailCampaign) -> list[Any]:
    """The letter's links with how many people clicked each, and how often."""
    clicks = MessageEvent.objects.filter(campaign=campaign, kind=Kind.CLICK).order_by().values_list("link")
    counted = clicks.annotate(people=Count("message", distinct=True), clicks=Count("pk"))
    found = {link: (people, times) for link, people, times in counted}
    links = list(Link.objects.filter(campaign=campaign))
    for link in links:
        link.people, link.clicks = found.get(link.pk, (0, 0))
    return links


@dataclass(frozen=True, slots=True)
class Bar:
    """People who opened and clicked for the first time in one step."""

    start: datetime
    opened: int
    clicked: int


@dataclass(frozen=True, slots=True)
class Timeline:
    step: str  # "hour", "day", "week" or "month"
    bars: list[Bar]

    @property
    def highest(self) -> int:
        return max((max(bar.opened, bar.clicked) for bar in self.bars), default=0)


def timeline_of(campaign: EmailCampaign, zone: ZoneInfo) -> Timeline:
    """First opens and clicks over time, all of them: by the hour in the first two days, then by longer steps."""
    firsts = _firsts(campaign)
    if not firsts:
        return Timeline("hour", [])
    moments = [moment for _kind, moment, _people in firsts]
    start = min([campaign.started_at or min(moments), *moments]).astimezone(zone)
    end = max(moments).astimezone(zone)
    step = next((step for step, longest in LONGEST.items() if end - start <= longest), "month")
    counts: Counter[tuple[str, datetime]] = Counter()
    for kind, moment, people in firsts:
        counts[kind, _floor(moment.astimezone(zone), step)] += people
    bars = [
        Bar(moment, counts[Kind.OPEN, moment], counts[Kind.CLICK, moment])
        for moment in _steps(_floor(start, step), end, step)
    ]
    return Timeline(step, bars)


def _firsts(campaign: EmailCampaign) -> list[tuple[str, datetime, int]]:
    """For each minute in which people opened or clicked for the first time: which of it, the minute, and how many."""
    events = MessageEvent.objects.filter(campaign=campaign, kind__in=(Kind.OPEN, Kind.CLICK)).order_by()
    minute = Func(Value("minute"), Min("at"), function="date_trunc", output_field=DateTimeField())
    firsts = events.values("message", "kind").annotate(first=minute).values_list("kind", "first")
    try:
        sql, params = firsts.query.sql_with_params()  # of those within reach
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        # Counted there: of half a million first times this brings a few thousand rows.
        cursor.execute(_COUNTED.format(firsts=sql), params)
        found: list[tuple[str, datetime, int]] = cursor.fetchall()
    return found


def _floor(moment: datetime, step: str) -> datetime:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if step == "hour":
        return hour
    day = hour.replace(hour=0)
    if step == "day":
        return day
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def _steps(start: datetime, end: datetime, step: str) -> Iterator[datetime]:
    while start <= end:
        yield start
        start = _floor(start + timedelta(days=31), step) if step == "month" else start + timedelta(**{f"{step}s": 1})
