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


def who_left(rows: Sequence[EmailMessage]) -> dict[int, str]:
    """Which rows must not leave for that, and why. Who has moved to another group of the same branch has not left."""
    letters = {row.unique_key: row for row in rows if row.kind == KIND and row.traffic == Message.Traffic.BULK}
    if not letters:
        return {}
    runs = AutomationRun.objects.filter(pk__in=[int(key.partition(":")[2]) for key in letters])
    joined = runs.filter(automation__on=Automation.On.JOINED).select_related("automation__group")
    by_group: dict[Group, list[EmailMessage]] = defaultdict(list)
    for run in joined:
        by_group[run.automation.group].append(letters[unique_key(run.pk)])
    stopped: dict[int, str] = {}
    for group, some in by_group.items():
        members = GroupMembership.objects.filter(group__in=group.with_descendants())
        here = set(members.filter(contact__in=[row.contact_id for row in some]).values_list("contact", flat=True))
        stopped |= {row.pk: LEFT for row in some if row.contact_id not in here}
    return stopped
