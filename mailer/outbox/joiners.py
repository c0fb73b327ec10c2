"""Letters of automations to who joined a group: they are not for somebody who has left it before they leave."""

from collections import defaultdict
from collections.abc import Sequence

from campaigns.models import Message
from mailer.models import EmailMessage
from registers.models import Automation, AutomationRun, Group, GroupMembership

KIND = "automation"
LEFT = "left_group"


def unique_key(run: int) -> str:
    return f"{KIND}:{run}"


def purposes_of(rows: Sequence[EmailMessage]) -> dict[int, int]:
    """What letters of automations are for, by row id; the others, and those for nothing in particular, are left out."""
    letters = _letters(rows)
    runs = AutomationRun.objects.filter(pk__in=list(letters)).select_related("automation") if letters else ()
    purposes = {letters[run.pk].pk: run.automation.settings.get("purpose") for run in runs}
    return {pk: purpose for pk, purpose in purposes.items() if purpose}


def _letters(rows: Sequence[EmailMessage]) -> dict[int, EmailMessage]:
    """Those that automations send to people, by the run that has written them."""
    series = [row for row in rows if row.kind == KIND and row.traffic == Message.Traffic.BULK]
    return {int(row.unique_key.partition(":")[2]): row for row in series}


def who_left(rows: Sequence[EmailMessage]) -> dict[int, str]:
    """Which rows must not leave for that, and why. Who has moved to another group of the same branch has not left."""
    letters = _letters(rows)
    if not letters:
        return {}
    runs = AutomationRun.objects.filter(pk__in=list(letters))
    joined = runs.filter(automation__on=Automation.On.JOINED).select_related("automation__group")
    by_group: dict[Group, list[EmailMessage]] = defaultdict(list)
    for run in joined:
        by_group[run.automation.group].append(letters[run.pk])
    stopped: dict[int, str] = {}
    for group, some in by_group.items():
        members = GroupMembership.objects.filter(group__in=group.with_descendants())
        here = set(members.filter(contact__in=[row.contact_id for row in some]).values_list("contact", flat=True))
        stopped |= {row.pk: LEFT for row in some if row.contact_id not in here}
    return stopped
