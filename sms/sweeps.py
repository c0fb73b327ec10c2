"""What `tick` does for text messages: it finds in the tables whatever nobody is working on."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from campaigns import outbox
from organisations.sweeps import sweep
from organisations.wake import wake_once
from sms.models import Inbound, SmsMessage
from sms.receiving import do_waiting
from sms.sending import send_answers


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def find_stray_text_messages() -> None:
    """What has come in and nobody does, expired leases, and answers that wait with nobody coming."""
    outbox.recover(SmsMessage)
    waiting = Inbound.unscoped.filter(outcome=Inbound.Outcome.WAITING)
    for organisation_id in waiting.order_by().values_list("organisation", flat=True).distinct():
        wake_once("urgent", do_waiting, organisation_id)
    for organisation_id in SmsMessage.waiting().order_by().values_list("organisation", flat=True).distinct():
        wake_once("urgent", send_answers, organisation_id)


@sweep(every=timedelta(days=1))
def forget_old_text_messages() -> None:
    """What strangers have sent goes; what our contacts have sent stands with them."""
    old = Inbound.unscoped.filter(contact=None, received_at__lt=timezone.now() - settings.KEEP_LETTERS)
    old.exclude(outcome=Inbound.Outcome.WAITING).delete()
