"""The jobs that carry messages to the mail server. Each is short, and wakes the next while there is work."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns import outbox, pace
from campaigns.carrying import carry
from campaigns.models import Message
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox import aftermath
from mailer.outbox.parcels import CampaignLetters, MissingAddress, SingleLetters
from mailer.transports import TransportError, make_transport, setup_problem
from organisations import scope, stopping
from organisations.wake import job, wake

logger = logging.getLogger(__name__)

# Short, so that a worker that is sending soon looks whether somebody waits for something more urgent.
JOB_SECONDS = 3
PARALLEL = 4  # jobs of one campaign at a time
Traffic = Message.Traffic


def wake_campaign(campaign_id: int) -> None:
    """Wake as many workers as the campaign can use."""
    waiting = EmailMessage.waiting().filter(campaign_id=campaign_id, traffic=Traffic.BULK)
    rows = waiting[: outbox.CLAIM * PARALLEL].count()
    for _job in range(max(1, -(-rows // outbox.CLAIM))):
        wake("bulk", send_campaign, campaign_id)


@job
def send_campaign(campaign_id: int) -> None:
    """Send a part of a running campaign. Any number of workers may do so at once."""
    running = EmailCampaign.unscoped.filter(pace.may_go(), pk=campaign_id)
    campaign = running.select_related("organisation", "invites_to").first()
    if campaign is None:
        return
    waiting = EmailMessage.waiting().filter(campaign_id=campaign_id, traffic=Traffic.BULK)
    with scope.organisation(campaign.organisation_id), translation.override(campaign.organisation.language):
        try:
            _send_part(campaign, running, waiting)
        except TransportError as error:
            _server_trouble(campaign, error)
        except ImproperlyConfigured:
            pace.stop(campaign, setup_problem())
        except MissingAddress as error:
            logger.warning("Campaign %d lacks the address %s.", campaign_id, error)
            pace.stop(campaign, _("The page that this campaign invites to is gone, so no personal link can be made."))
        aftermath.finish_campaign(campaign_id)
    if running.exists() and waiting.exists():
        wake("bulk", send_campaign, campaign_id)


@job
def send_singles(organisation_id: int) -> None:
    """Send the automatic and test messages of an organisation that are due."""
    _send_letters(organisation_id, waiting_singles(), queue="urgent", again=send_singles)


@job
def send_series(organisation_id: int) -> None:
    """Send what automations have written to people who did not ask for it: never before what somebody waits for."""
    _send_letters(organisation_id, waiting_series(), queue="bulk", again=send_series)


def waiting_singles() -> Any:
    """Automatic and test letters that may leave now, of all organisations."""
    return EmailMessage.waiting().exclude(traffic=Traffic.BULK)


def waiting_series() -> Any:
    """What automations have written, and may leave now, of all organisations."""
    return EmailMessage.waiting().filter(traffic=Traffic.BULK, campaign=None)


def _send_letters(organisation_id: int, waiting: Any, *, queue: str, again: Callable[[int], None]) -> None:
    waiting = waiting.filter(organisation_id=organisation_id)
    rows_with_sender = waiting.select_related("organisation", "sender")
    until = time.monotonic() + JOB_SECONDS
    retry = settings.DEFER_SECONDS / 4
    with scope.organisation(organisation_id):
        try:
            with closing(make_transport()) as transport:
                while time.monotonic() < until:
                    token, rows = outbox.claim(rows_with_sender, limit=outbox.HAND_OVER)
                    if not rows:
                        return
                    carry(rows, token, SingleLetters(), transport, until=until, retry=retry)
        except (TransportError, ImproperlyConfigured) as error:
            logger.warning("Automatic messages of organisation %d wait: %s", organisation_id, error)
            outbox.postpone(waiting, wait=retry)
            return
    if waiting.exists():
        wake(queue, again, organisation_id)


def _send_part(campaign: EmailCampaign, running: Any, waiting: Any) -> None:
    until = time.monotonic() + JOB_SECONDS
    letters = CampaignLetters(campaign)
    with closing(make_transport()) as transport:
        while time.monotonic() < until and not stopping.requested() and running.exists():
            token, rows = outbox.claim(waiting)
            if not rows:
                return
            tally = carry(rows, token, letters, transport, until=until, may_go=running.exists)
            campaign.refresh_from_db(fields=["held_steps"])
            pace.after_batch(campaign, tried=tally.tried, deferred=tally.deferred)


def _server_trouble(campaign: EmailCampaign, error: TransportError) -> None:
    """No recipient is to blame: wait and say so; or stop, where only a person can help."""
    logger.warning("Campaign %d waits: %s", campaign.pk, error)
    campaign.refresh_from_db(fields=["held_steps"])
    if error.permanent:
        pace.stop(campaign, _("%(what)s Sending has stopped; resume it when this is mended.") % {"what": f"{error}."})
    else:
        pace.server_away(campaign, f"{error}.")
