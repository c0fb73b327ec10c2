"""Planned campaigns that would wait for a person without a group or a segment of their audience."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from mailer.models import EmailCampaign
from registers.signals import about_to_go
from registers.texts import in_quotes


@receiver(about_to_go, dispatch_uid="planned campaigns need their audience")
def name_who_waits(rows: Any, **_kwargs: Any) -> str:
    refs = {f"{row._meta.model_name}:{row.pk}" for row in rows}
    planned = EmailCampaign.objects.filter(state=EmailCampaign.State.SCHEDULED).only("name", "audience")
    planned = planned.order_by("scheduled_at")
    names = in_quotes(each.name for each in planned if refs & {ref for part in each.audience.values() for ref in part})
    return _("Planned campaigns wait for you then: %(names)s.") % {"names": names} if names else ""
