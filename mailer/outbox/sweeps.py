"""What `tick` does for e-mail: it finds in the tables whatever nobody is working on."""

from datetime import timedelta

import django_rq
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from redis.exceptions import RedisError

from campaigns import outbox, pace, schedule
from campaigns.models import Message
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox import aftermath
from mailer.outbox.erasure import empty_old_letters
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import (
    PARALLEL,
    send_series,
    send_singles,
    waiting_series,
    waiting_singles,
    wake_campaign,
)
from organisations.sweeps import for_each, sweep
from organisations.wake import wake

BACKLOG = 50  # jobs; where the workers are behind, waking them once more helps nobody


@sweep(minutely=True)
def start_due_campaigns() -> None:
    """At each full minute: what is planned for it starts; what is too late waits for a person."""
    schedule.set_late_aside(EmailCampaign)
    for campaign_id in schedule.due(EmailCampaign):
        wake("urgent", start_campaign, campaign_id)


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def find_stray_messages() -> None:
    """Every few seconds: expired leases, rows that wait with nobody coming, campaigns that are through."""
    outbox.recover(EmailMessage)
    start_due_campaigns()
    _catch_up()
    _wake_for_campaigns()
    _wake_for_singles()
    _finish_campaigns()


@sweep(every=timedelta(days=1))
def forget_old_letters() -> None:
    empty_old_letters()


def _catch_up() -> None:
    waiting = EmailMessage.unscoped.filter(
        campaign=OuterRef("pk"), traffic=Message.Traffic.BULK, state__in=Message.WAITING
    )
    ended = EmailCampaign.unscoped.filter(Exists(waiting), state__in=EmailCampaign.ENDED)
    found = list(ended.values_list("pk", flat=True))
    if found:
        schedule.catch_up(EmailCampaign.unscoped.filter(pk__in=found), EmailMessage)


def _finish_campaigns() -> None:
    sending = EmailCampaign.unscoped.filter(state=EmailCampaign.State.SENDING)
    for_each(sending.values_list("pk", flat=True), aftermath.finish_campaign)


def _wake_for_campaigns() -> None:
    if _backlog("bulk") > BACKLOG:
        return
    waiting = EmailMessage.waiting().filter(campaign=OuterRef("pk"), traffic=Message.Traffic.BULK)
    for campaign_id in EmailCampaign.unscoped.filter(pace.may_go(), Exists(waiting)).values_list("pk", flat=True):
        leases = EmailMessage.unscoped.filter(campaign=campaign_id, state__in=Message.LEASED, lease_until__gt=Now())
        if leases.values("lease_token").distinct().count() < PARALLEL:
            wake_campaign(campaign_id)


def _wake_for_singles() -> None:
    for queue, waiting, send in (("urgent", waiting_singles(), send_singles), ("bulk", waiting_series(), send_series)):
        if _backlog(queue) > BACKLOG:
            continue
        for organisation_id in waiting.order_by().values_list("organisation", flat=True).distinct():
            wake(queue, send, organisation_id)


def _backlog(queue: str) -> int:
    try:
        return int(django_rq.get_queue(queue).count)
    except RedisError:
        return 0
