"""Planned campaigns that would wait for a person without a group or a segment of their audience."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from mailer.models import EmailCampaign
from registers.signals import about_to_go
from registers.texts import in_quotes


@receiver(about_to_go, dispatch_uid="planned campaigns need their audience")
def name_who_waits(rows: Any, **_kwargs: Any) -> str:
    """Campaigns that lose recipients: those that are planned, then drafts and what else is not under way."""
    refs = {f"{row._meta.model_name}:{row.pk}" for row in rows}
    campaigns = EmailCampaign.objects.filter(state__in=EmailCampaign.NOT_STARTED).only("name", "audience", "state")
    asking = [
        each
        for each in campaigns.order_by("scheduled_at", "pk")
        if refs & {ref for part in each.audience.values() for ref in part}
    ]
    planned = in_quotes(each.name for each in asking if each.state == EmailCampaign.State.SCHEDULED)
    others = in_quotes(each.name for each in asking if each.state != EmailCampaign.State.SCHEDULED)
    sentences = [
        _("Planned campaigns wait for you then: %(names)s.") % {"names": planned} if planned else "",
        _("Campaigns that are not sent yet need another audience then: %(names)s.") % {"names": others}
        if others
        else "",
    ]
    return " ".join(filter(None, sentences))
