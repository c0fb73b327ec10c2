"""Tests of a campaign before it starts: to oneself, or to a few addresses that one types."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.suppression import stopped_among
from mailer.models import EmailCampaign, EmailMessage
from organisations import reach, scope
from registers.addresses import address_key
from registers.models import Channel
from registers.texts import clean_line

MOST = 5
TYPED = "test_to"  # in the session: what was typed last, right or wrong


def addresses_in(text: str, user: Any) -> dict[str, str]:
    """What somebody has typed, by address key; their own address where that is nothing. Raises ValidationError.

    Who sees a part of the organisation only writes to nobody else. Their own address gets it whatever it has stopped,
    others are spared what they have stopped.
    """
    own = address_key(user.email)
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()] or [user.email]
    found = {address_key(part): clean_line(part) for part in parts}
    if "" in found:
        raise ValidationError(_("“%(text)s” is no e-mail address.") % {"text": found[""]})
    if len(found) > MOST:
        raise ValidationError(_("A test goes to %(most)d addresses at most.") % {"most": MOST})
    others = [key for key in found if key != own]
    if others and reach.is_limited():
        raise ValidationError(_("You see a part of the people only: a test goes to your own address."))
    stopped = stopped_among(others, organisation_id=scope.current(), channel=Channel.EMAIL)
    if stopped:
        names = ", ".join(found[key] for key in found if key in stopped)
        raise ValidationError(_("This address must not be written to: %(names)s") % {"names": names})
    return found


def tests_of(campaign: EmailCampaign, user: Any) -> list[EmailMessage]:
    """The newest; of who sees a part only, those to themselves."""
    own = {"address_key": address_key(user.email)} if reach.is_limited() else {}
    with reach.lifted():
        tests = EmailMessage.objects.filter(campaign=campaign, traffic=EmailMessage.Traffic.TEST, **own)
        return list(tests.defer("letter").order_by("-pk")[:MOST])
