"""Consent, given and withdrawn."""

from __future__ import annotations

from django.db import transaction

from registers import activity
from registers.models.consent import Consent, Purpose
from registers.models.contact import Contact


@transaction.atomic
def record_consent(
    *, contact: Contact, purpose: Purpose, channel: str, granted: bool, how: str, text: str = ""
) -> Consent:
    """Write down that `contact` gave or withdrew consent: `how` it came to us, and the `text` they agreed to.

    Nothing is suppressed here: consent is per purpose, suppression stops all bulk to an address.
    """
    consent: Consent = Consent.objects.create(
        contact=contact, purpose=purpose, channel=channel, granted=granted, how=how[:200], text=text
    )
    activity.record(
        contact=contact,
        kind="consent_granted" if granted else "consent_withdrawn",
        source=how,
        data={"purpose": purpose.name, "channel": channel},
    )
    return consent
