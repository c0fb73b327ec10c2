"""What would not work any more without a group that somebody is about to delete."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from registers.models import Group
from registers.signals import about_to_go
from registers.texts import in_quotes
from sms.models import Keyword


@receiver(about_to_go, dispatch_uid="sms.keywords_need_their_group")
def name_keywords(rows: Any, **_kwargs: Any) -> str:
    """Keywords by which people join it or leave it: they go with it."""
    groups = [row.pk for row in rows if isinstance(row, Group)]
    words = in_quotes(Keyword.objects.filter(group__in=groups).order_by("word").values_list("word", flat=True))
    return _("Keywords of text messages that lead to it go with it: %(words)s.") % {"words": words} if words else ""
