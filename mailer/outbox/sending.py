"""The jobs that carry messages to the mail server. Each is short, and wakes the next while there is work."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns import outbox, pace
from campaigns.models import Message
from campaigns.outbox import Result
from guards.chunks import in_chunks
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox import aftermath
from mailer.outbox.parcels import CampaignLetters, MissingAddress, Parcel, SingleLetters, Sorted, unmailable
from mailer.transports import Fate, Outcome, Transport, TransportError, make_transport, setup_problem
from organisations import scope, stopping
from organisations.wake import wake

logger = logging.getLogger(__name__)

# Short, so that a worker that is sending soon looks whether somebody waits for something more urgent.
JOB_SECONDS = 3
PARALLEL = 4  # jobs of one campaign at a time
# After so many letters in a row of which the mail server does not say what becomes, no more are handed to it for now.
SILENT = 3
RECONNECT = 0.5  # seconds between two tries to reach a database that restarts: it tells nobody when it is back
Traffic = Message.Traffic


class Letters(Protocol):
    def sort(self, rows: Sequence[EmailMessage]) -> Sorted: ...
    def parcel(self, row: EmailMessage) -> Parcel: ...


@dataclass
class Tally:
    tried: int = 0
    deferred: int = 0


def wake_campaign(campaign_id: int) -> None:
    """Wake as many workers as the campaign can use."""
    waiting = EmailMessage.waiting().filter(campaign_id=campaign_id, traffic=Traffic.BULK)
    rows = waiting[: outbox.CLAIM * PARALLEL].count()
    for _job in range(max(1, -(-rows // outbox.CLAIM))):
        wake("bulk", send_campaign, campaign_id)


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


def send_singles(organisation_id: int) -> None:
    """Send the automatic and test messages of an organisation that are due."""
    _send_letters(organisation_id, waiting_singles(), queue="urgent", again=send_singles)


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


def carry(
    rows: Sequence[EmailMessage],
    token: UUID,
    letters: Letters,
    transport: Transport,
    *,
    until: float,
    may_go: Callable[[], bool] = lambda: True,
    retry: float = 0,
) -> Tally:
    """Hand a claimed batch over, a few rows at a time, and give back what was not begun by `until` (monotonic).

    `may_go` is asked again before each few. Raises TransportError when the server is away: what has surely not left is
    due again after `retry` seconds.
    """
    batch = Batch(token=token, rows={row.pk: row for row in rows}, transport=transport)
    wait = 0.0
    try:
        sorted_rows = letters.sort(rows)
        outbox.suppress(EmailMessage, token=token, reasons=sorted_rows.stopped)
        if sorted_rows.ready:
            transport.open()
        for few in in_chunks(sorted_rows.ready, outbox.HAND_OVER):
            if time.monotonic() > until or stopping.requested() or not may_go():
                break
            parcels, errors = _pack(few, letters)
            with transaction.atomic():  # one commit: what became of the last few, and that these are leaving
                batch.settle()
                outbox.refuse(EmailMessage, token=token, errors=errors)
                going = outbox.hand_off(EmailMessage, token=token, ids=list(parcels))
            batch.done = {}  # not before: what is rolled back has to be written down again
            batch.push({pk: parcel for pk, parcel in parcels.items() if pk in going})
            if batch.back:
                break
    except TransportError:
        wait = retry
        raise
    finally:
        batch.end(wait=wait)
    return batch.tally


@dataclass
class Batch:
    """A claimed batch on its way; `done` is what is known and not yet written."""

    token: UUID
    rows: dict[int, EmailMessage]
    transport: Transport
    done: dict[int, Result] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)  # marked as leaving, and of which no byte has left
    tally: Tally = field(default_factory=Tally)
    silent: int = 0  # unanswered ones in a row

    def settle(self) -> None:
        if self.done:
            attempts = {pk: self.rows[pk].attempts for pk in self.done}
            outbox.settle(EmailMessage, token=self.token, results=self.done, attempts=attempts)
            aftermath.settled(self.rows, self.done)

    def end(self, *, wait: float) -> None:
        """Write down what is known, and give back what was not begun. A database that restarts is waited for: what the
        mail server has answered, and what it was not given, nobody else knows."""
        until = time.monotonic() + settings.LEASE_SECONDS / 2
        while True:
            try:
                with transaction.atomic():
                    self.settle()
                    outbox.recall(EmailMessage, token=self.token, ids=self.back, wait=wait)
                    outbox.release(EmailMessage, token=self.token, wait=wait)
            except (OperationalError, InterfaceError):
                if not (self.done or self.back) or time.monotonic() > until:
                    raise
                connection.close()
                time.sleep(RECONNECT)
            else:
                self.done, self.back = {}, []
                return

    def push(self, parcels: dict[int, Parcel]) -> None:
        """Hand over rows that are marked as leaving. The one that is on the line is in neither list: where something
        breaks that nobody has foreseen, it becomes unknown, and is not sent again."""
        self.back = list(parcels)
        # Half a lease is for the answers that are still to be written down.
        until = time.monotonic() + settings.LEASE_SECONDS / 2
        while self.back and time.monotonic() < until and not stopping.requested():
            pk = self.back.pop(0)
            parcel = parcels[pk]
            try:
                outcome = self.transport.push(
                    return_path=parcel.return_path, recipient=parcel.recipient, content=parcel.content
                )
            except TransportError:
                self.back.append(pk)  # it has surely not left
                raise
            self.done[pk] = Result(outcome.fate, outcome.code, outcome.answer, dead_address=outcome.dead_address)
            self.tally.tried += 1
            self.tally.deferred += outcome.fate is Fate.DEFERRED
            self._note_silence(outcome)

    def _note_silence(self, outcome: Outcome) -> None:
        self.silent = self.silent + 1 if outcome.fate is Fate.UNKNOWN else 0
        if self.silent >= SILENT:
            raise TransportError(
                _("The mail server takes letters and does not say what becomes of them (%(answer)s)")
                % {"answer": outcome.answer}
            )


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


def _pack(rows: Sequence[EmailMessage], letters: Letters) -> tuple[dict[int, Parcel], dict[int, str]]:
    """The rows as parcels, and why there is none for some."""
    parcels: dict[int, Parcel] = {}
    errors: dict[int, str] = {}
    for row in rows:
        try:
            parcels[row.pk] = letters.parcel(row)
        except ValueError as error:  # MailboxError is one
            errors[row.pk] = unmailable(error)
    return parcels, errors


def _server_trouble(campaign: EmailCampaign, error: TransportError) -> None:
    """No recipient is to blame: wait and say so; or stop, where only a person can help."""
    logger.warning("Campaign %d waits: %s", campaign.pk, error)
    campaign.refresh_from_db(fields=["held_steps"])
    if error.permanent:
        pace.stop(campaign, _("%(what)s Sending has stopped; resume it when this is mended.") % {"what": f"{error}."})
    else:
        pace.server_away(campaign, f"{error}.")
