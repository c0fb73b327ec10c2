"""What follows from a message's fate: dead addresses are not written to again, and the contact's timeline knows."""

from collections.abc import Mapping

from django.db import connection, transaction

from campaigns import schedule
from campaigns.models import Message
from campaigns.outbox import Result
from mailer.models import EmailCampaign, EmailMessage
from registers import activity
from registers.models import Activity, Channel, Contact, SuppressionKind
from registers.suppression import suppress

State = Message.State

_SENT = """
INSERT INTO {activity} (organisation_id, contact_id, kind, at, source, key, data)
SELECT organisation_id, contact_id, 'email_sent', COALESCE(handed_at, now()), %s, 'email:' || id, '{{}}'::jsonb
FROM {message}
WHERE campaign_id = %s AND traffic = 'bulk' AND contact_id IS NOT NULL
  AND state IN ('accepted', 'delivered', 'bounced', 'complained')
ON CONFLICT DO NOTHING
"""


def settled(rows: Mapping[int, EmailMessage], results: Mapping[int, Result]) -> None:
    """To be called in the transaction that writes the results."""
    for pk, result in results.items():
        row = rows[pk]
        if result.dead_address and result.state == State.REJECTED:
            suppress(
                organisation_id=row.organisation_id,
                channel=Channel.EMAIL,
                address=row.address,
                kind=SuppressionKind.HARD_BOUNCE,
                source=source_of(row),
            )
            _note(row, "email_bounced", {"answer": result.error[:200]})
        elif result.state == State.ACCEPTED and row.campaign_id is None:  # a campaign's are noted at its end
            _note(row, "email_sent", {"kind": row.kind})


@transaction.atomic
def finish_campaign(campaign_id: int) -> bool:
    """Close a campaign that has nothing left to send, and tell the timelines of all recipients, in one statement."""
    if not schedule.finish(EmailCampaign.unscoped.filter(pk=campaign_id), EmailMessage):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            _SENT.format(activity=Activity._meta.db_table, message=EmailMessage._meta.db_table),
            [f"campaign:{campaign_id}", campaign_id],
        )
    return True


def source_of(row: EmailMessage) -> str:
    """What timelines and stops name as the source: "campaign:12", or "message:345" of a single letter."""
    return f"campaign:{row.campaign_id}" if row.campaign_id else f"message:{row.pk}"


def _note(row: EmailMessage, kind: str, data: dict[str, str]) -> None:
    # Locked, and not taken from the row: somebody may be erasing the person at this moment.
    contact = Contact.objects.select_for_update(no_key=True).filter(pk=row.contact_id).first()
    if contact is not None:
        prefix = "email" if kind == "email_sent" else kind
        activity.record(contact=contact, kind=kind, source=source_of(row), key=f"{prefix}:{row.pk}", data=data)
