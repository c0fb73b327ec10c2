"""The jobs that carry text messages to the gateway."""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import outbox
from campaigns.carrying import SILENT, Sorted, carry
from campaigns.outbox import Result
from campaigns.suppression import stopped_by
from campaigns.transport import Outcome, TransportError
from organisations import scope
from organisations.models import Organisation
from organisations.wake import job, wake
from registers import activity
from registers.models import Channel, Contact, SuppressionKind
from registers.suppression import suppress, suppressed
from sms.models import Inbound, SmsMessage
from sms.transports import Parcel, Transport, make_transport

logger = logging.getLogger(__name__)

JOB_SECONDS = 3
LATE = timedelta(days=1)  # after which nobody waits for an answer any more
TOO_LATE = "too_late"
State = SmsMessage.State


@job
def send_answers(organisation_id: int) -> None:
    """Send the text messages of an organisation that are due."""
    waiting = SmsMessage.waiting().filter(organisation_id=organisation_id)
    until = time.monotonic() + JOB_SECONDS
    retry = settings.DEFER_SECONDS / 4
    organisation = Organisation.objects.get(pk=organisation_id)
    with scope.organisation(organisation_id), translation.override(organisation.language):
        try:
            with closing(make_transport()) as transport:
                while time.monotonic() < until:
                    _leave_a_silent_gateway_alone()
                    token, rows = outbox.claim(waiting, limit=outbox.HAND_OVER)
                    if not rows:
                        return
                    carry(rows, token, Answers(), transport, until=until, retry=retry)
        except (TransportError, ImproperlyConfigured) as error:
            logger.warning("Text messages of organisation %d wait: %s", organisation_id, error)
            held = SmsMessage.unscoped.filter(organisation=organisation_id, state__in=SmsMessage.WAITING)
            held.update(error=str(error)[:400])  # until they leave: somebody may ask why they wait
            outbox.postpone(waiting, wait=retry)
            return
    if waiting.exists():
        wake("urgent", send_answers, organisation_id)


def _leave_a_silent_gateway_alone() -> None:
    """Answers come in ones and twos: raises TransportError where of the last ones to leave nobody knows what became."""
    newest = SmsMessage.unscoped.filter(handed_at__gt=Now() - timedelta(seconds=settings.DEFER_SECONDS))
    states = list(newest.order_by("-handed_at").values_list("state", flat=True)[:SILENT])
    if states == [State.UNKNOWN] * SILENT:
        raise TransportError(str(Answers.is_silent) % {"answer": _("it is asked again in a minute")})


class Answers:
    """What text messages have in common on their way to the gateway."""

    messages = SmsMessage
    is_silent = gettext_lazy("The gateway takes text messages and does not say what becomes of them (%(answer)s)")

    def sort(self, rows: Sequence[SmsMessage]) -> Sorted:
        """Ask once more who may be written to. An answer reaches who has stopped, but not who has stopped since, and
        nobody who does not wait for it any more."""
        phones = [row.address_key for row in rows]
        kinds = suppressed(organisation_id=rows[0].organisation_id, channel=Channel.SMS, addresses=phones)
        stops = Inbound.objects.filter(phone__in=phones, outcome=Inbound.Outcome.STOPPED).order_by()
        last_stop = dict(stops.values_list("phone").annotate(last=Max("pk")))
        stopped: dict[int, str] = {}
        for row in rows:
            found = kinds.get(row.address_key, ())
            reason = stopped_by(found, traffic=row.traffic, direct_answer=row.direct_answer)
            if not reason and last_stop.get(row.address_key, 0) > (row.answers_id or 0):
                reason = SuppressionKind.STOP
            if not reason and row.created_at < timezone.now() - LATE:
                reason = TOO_LATE
            if reason:
                stopped[row.pk] = reason
        return Sorted([row for row in rows if row.pk not in stopped], stopped)

    def parcel(self, row: SmsMessage) -> Parcel:
        if not (row.text and row.address):
            raise ValueError(_("There is no text."))
        return Parcel(row.originator, row.address, row.text)

    def refusal(self, error: ValueError) -> str:
        return _("No text message could be made: %(why)s") % {"why": error}

    def push(self, transport: Transport, parcel: Parcel) -> Outcome:
        return transport.push(originator=parcel.originator, recipient=parcel.recipient, text=parcel.text)

    def settled(self, rows: Mapping[int, Any], results: Mapping[int, Result]) -> None:
        for pk, result in results.items():
            row = rows[pk]
            if result.dead_address and result.state == State.REJECTED:
                suppress(
                    organisation_id=row.organisation_id,
                    channel=Channel.SMS,
                    address=row.address,
                    kind=SuppressionKind.HARD_BOUNCE,
                    source=f"text message:{row.pk}",
                )
            elif result.state == State.ACCEPTED:
                # Locked, and not taken from the row: somebody may be erasing the person at this moment.
                contact = Contact.objects.select_for_update(no_key=True).filter(pk=row.contact_id).first()
                if contact is not None:
                    activity.record(contact=contact, kind="sms.sent", source=row.originator, key=f"sms:{row.pk}")
