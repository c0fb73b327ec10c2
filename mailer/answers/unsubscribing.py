"""Stopping campaigns for an address, and letting them come again."""

from django.utils.translation import gettext as _

from mailer.answers import tracking
from mailer.models import EmailCampaign, EmailMessage, MessageEvent
from mailer.outbox.aftermath import source_of
from registers import activity
from registers.consents import newest_by_address, record_consent
from registers.models import Channel, Purpose, SuppressionKind
from registers.suppression import lift_many, suppress_many, suppressed

Traffic = EmailMessage.Traffic
Kind = SuppressionKind


def is_unsubscribed(message: EmailMessage) -> bool:
    """Whether the address of a message has unsubscribed from campaigns, by whichever letter."""
    known = suppressed(organisation_id=message.organisation_id, channel=Channel.EMAIL, addresses=[message.address_key])
    return Kind.UNSUBSCRIBED in known.get(message.address_key, ())


def unsubscribe(message: EmailMessage, *, user_agent: str = "") -> bool:
    """No campaign reaches the message's address any more, nor the one that its recipient has had since. False when that
    was so already, or for a test letter."""
    if message.traffic == Traffic.TEST:
        return False
    _withdraw_consent(message)
    new = suppress_many(
        organisation_id=message.organisation_id,
        channel=Channel.EMAIL,
        addresses=_addresses(message),
        kind=Kind.UNSUBSCRIBED,
        source=source_of(message),
    )
    if new:
        tracking.record(message=message, kind=MessageEvent.Kind.UNSUBSCRIBE, user_agent=user_agent)
        if message.contact:
            activity.record(contact=message.contact, kind="unsubscribed", source=source_of(message))
    return new > 0


def resubscribe(message: EmailMessage, *, user_agent: str = "") -> bool:
    """Take an unsubscription back; a bounce, a complaint or a stop by hand stays."""
    if message.traffic == Traffic.TEST:
        return False
    ended = lift_many(
        organisation_id=message.organisation_id,
        channel=Channel.EMAIL,
        addresses=_addresses(message),
        kinds=[Kind.UNSUBSCRIBED],
        reason=_("The recipient subscribed again through a link in a letter."),
    )
    if ended:
        _give_consent_again(message)
        tracking.record(message=message, kind=MessageEvent.Kind.RESUBSCRIBE, user_agent=user_agent)
        if message.contact:
            activity.record(contact=message.contact, kind="resubscribed", source=source_of(message))
    return ended > 0


def _addresses(message: EmailMessage) -> set[str]:
    """That of the letter, and that of the person now: it may have been changed since, or merged away."""
    return {message.address_key, message.contact.email_key if message.contact else ""} - {""}


def _withdraw_consent(message: EmailMessage) -> None:
    """Who stops the letters for a purpose takes back the consent to it, also where the stop is lifted by hand later."""
    purpose = _purpose_of(message)
    if purpose and message.contact and _said(message, purpose) is not False:
        record_consent(
            contact=message.contact, purpose=purpose, channel=Channel.EMAIL, granted=False, how=_("unsubscribed")
        )


def _give_consent_again(message: EmailMessage) -> None:
    purpose = _purpose_of(message)
    if purpose and message.contact and _said(message, purpose) is False:
        record_consent(
            contact=message.contact, purpose=purpose, channel=Channel.EMAIL, granted=True, how=_("subscribed again")
        )


def _purpose_of(message: EmailMessage) -> Purpose | None:
    campaigns = EmailCampaign.objects.filter(pk=message.campaign_id)
    found: Purpose | None = Purpose.objects.filter(pk__in=campaigns.values("purpose")).first()
    return found


def _said(message: EmailMessage, purpose: Purpose) -> bool | None:
    address = message.address_key
    return newest_by_address([address], purpose_id=purpose.pk, channel=Channel.EMAIL).get(address)


def masked(address: str) -> str:
    """An address that its owner knows again and a person who was forwarded the letter does not learn."""
    if not address:  # the person was erased
        return "•••"
    local, _at, domain = address.rpartition("@")
    return f"{local[:2]}{'•' * max(3, len(local) - 2)}@{domain}"
