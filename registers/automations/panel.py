"""The automations of a group as its page shows them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from registers.automations.acts import act_of, acts
from registers.models.automation import Automation, AutomationRun
from registers.models.group import Group

State = AutomationRun.State


def panel_of(group: Group) -> list[dict[str, Any]]:
    """The automations of a group under their headings, each with what waits and what did not work."""
    rows = list(Automation.objects.filter(group=group))
    open_runs = AutomationRun.objects.filter(automation__in=rows, state__in=(State.WAITING, State.FAILED)).order_by()
    counts = {
        row.pop("automation"): row
        for row in open_runs.values("automation").annotate(
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
        )
    }
    offered = acts()
    for row in rows:
        act = act_of(row.act)
        row.may_change = act in offered
        row.icon = act.icon if act else "cog"
        row.waiting = counts.get(row.pk, {}).get("waiting", 0)
        row.failed = counts.get(row.pk, {}).get("failed", 0)
    return [{"on": on, "label": label, "rows": [r for r in rows if r.on == on]} for on, label in Automation.On.choices]
