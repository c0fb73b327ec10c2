"""Making and changing automations, and trying again what did not work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from registers.automations.acts import act_of, act_to_choose
from registers.automations.running import wake_runs
from registers.models.automation import Automation, AutomationRun
from registers.models.group import Group
from registers.texts import clean_line

State = AutomationRun.State


@transaction.atomic
def save_automation(
    *,
    group: Group,
    on: str,
    act: str,
    values: Mapping[str, Any],
    name: str = "",
    enabled: bool = True,
    user: Any = None,
    automation: Automation | None = None,
) -> Automation:
    """Make an automation of `group`, or change the one that is given. `values` is what the act's fields hold.

    Raises ValidationError by field; also where automations would lead round in a circle.
    """
    found = act_to_choose(act)
    if found is None:
        raise ValidationError(_("There is no such act."))
    settings = found.clean(values, group)
    # Two that are saved at the same time must not close a circle between them.
    Group.objects.select_for_update(no_key=True).filter(register=group.register_id).order_by("pk").first()
    automation = automation or Automation(group=group, act=act, created_by=user)
    automation.on, automation.settings, automation.enabled = on, settings, enabled
    automation.name = (clean_line(name) or found.describe(settings, group))[:150]
    if enabled:
        _check_circle(automation)
    automation.save()
    return automation


@transaction.atomic
def switch(*, automation: Automation, enabled: bool) -> None:
    """Switch it on or off. Raises ValidationError where switching it on would close a circle."""
    automation.enabled = enabled
    if enabled:
        _check_circle(automation)
    automation.save(update_fields=["enabled"])


def _check_circle(automation: Automation) -> None:
    """Follow what this one leads to, from automation to automation; nothing may lead back here."""
    others = Automation.objects.filter(group__register=automation.group.register_id, enabled=True)
    by_event: dict[tuple[int, str], list[Automation]] = {}
    for other in others.exclude(pk=automation.pk):
        by_event.setdefault((other.group_id, other.on), []).append(other)
    start = (automation.group_id, automation.on)
    paths = [[automation]]
    seen = set()
    while paths:
        path = paths.pop()
        act = act_of(path[-1].act)
        event = act.leads_to(path[-1].settings) if act else None
        if event == start:
            raise ValidationError(
                _("This would go round in a circle: %(path)s, and so on without end. Nothing was saved.")
                % {"path": ", ".join(_step(step) for step in path)}
            )
        if event is not None and event not in seen:
            seen.add(event)
            paths += [[*path, following] for following in by_event.get(event, [])]


def _step(automation: Automation) -> str:
    facts = {"group": automation.group.name, "name": automation.name}
    if automation.on == Automation.On.LEFT:
        return _("leaving “%(group)s” → %(name)s") % facts
    return _("joining “%(group)s” → %(name)s") % facts


@transaction.atomic
def try_again(*, group: Group, run: int | None = None) -> int:
    """Let runs of the group's automations that did not work wait once more, one or all; return how many."""
    failed = AutomationRun.objects.filter(automation__group=group, state=State.FAILED)
    if run is not None:
        failed = failed.filter(pk=run)
    count: int = failed.update(state=State.WAITING, outcome="", finished_at=None)
    if count:
        wake_runs(group.organisation_id)
    return count
