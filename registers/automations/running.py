"""The work: runs that wait are done a batch at a time, and each batch is one transaction.

All that an act does stands in the database, so it is there if, and only if, the run says that it is done. The lock on
the row is the lease: a killed worker gives it back, and two workers never have the same row.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from organisations import scope, stopping
from organisations.models import Organisation
from organisations.sweeps import sweep
from organisations.wake import job, wake, wake_once
from registers.automations.acts import Act, ActFailed, Outcome, act_of
from registers.models.automation import Automation, AutomationRun

logger = logging.getLogger(__name__)

JOB_SECONDS = 10.0
FORGOTTEN_AT_ONCE = 10_000
State = AutomationRun.State


def wake_runs(organisation_id: int) -> None:
    """Have a worker do what waits in an organisation, once the transaction is committed."""
    wake_once("default", run_waiting, organisation_id)


@job
def run_waiting(organisation_id: int) -> None:
    """Do what waits in an organisation, as much as fits into one job. Safe to call at any time, twice at once."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        return
    until = time.monotonic() + JOB_SECONDS
    with scope.organisation(organisation_id), translation.override(organisation.language):
        while time.monotonic() < until and not stopping.requested():
            if not run_batch():
                return
    wake("default", run_waiting, organisation_id)


@transaction.atomic
def run_batch() -> int:
    """Do some runs of the automation that waits longest; return how many. Raises OperationalError on a deadlock."""
    # What leaving sets off waits for what joining did, and the other way round: who joins, leaves and joins again is a
    # member in the end.
    earlier = AutomationRun.objects.waiting().filter(contact=OuterRef("contact"), pk__lt=OuterRef("pk"))
    earlier = earlier.filter(automation__group=OuterRef("automation__group"))
    waiting = AutomationRun.objects.waiting().filter(
        ~Exists(earlier.exclude(automation__on=OuterRef("automation__on")))
    )
    waiting = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    first = waiting.first()
    if first is None:
        return 0
    automation = Automation.objects.select_related("group__register__organisation").get(pk=first.automation_id)
    act = act_of(automation.act)
    runs = list(waiting.filter(automation=automation)[: act.batch if act else 100])
    if not automation.enabled:
        outcomes = dict.fromkeys([run.pk for run in runs], Outcome(_("The automation was switched off"), State.SKIPPED))
    elif act is None:
        outcomes = dict.fromkeys([run.pk for run in runs], Outcome(_("Nobody knows how to do this"), State.FAILED))
    else:
        outcomes = _perform(act, automation, runs)
    groups: dict[Outcome, list[int]] = {}
    for pk, outcome in outcomes.items():
        groups.setdefault(outcome, []).append(pk)
    for outcome, pks in groups.items():
        AutomationRun.objects.finish(pks, state=outcome.state, outcome=outcome.text)
    return len(runs)


def _perform(act: Act, automation: Automation, runs: Sequence[AutomationRun]) -> dict[int, Outcome]:
    try:
        with transaction.atomic():
            return act.perform(automation, runs)
    except ActFailed as error:
        return dict.fromkeys([run.pk for run in runs], Outcome(str(error), State.FAILED))
    except OperationalError:
        raise  # a deadlock, say: all of it is tried again
    except Exception:
        # Whatever it was, it must not keep all others waiting for ever: whoever it is about is found out, and shown.
        if len(runs) > 1:
            return {pk: outcome for run in runs for pk, outcome in _perform(act, automation, [run]).items()}
        logger.exception("Run %d of automation %d did not work.", runs[0].pk, automation.pk)
        return {runs[0].pk: Outcome(_("Something unexpected went wrong; it stands in the log."), State.FAILED)}


def call_off(runs: Any) -> None:
    """Let nothing more come of the runs of a queryset, for the joining or leaving that they are of is taken back."""
    says = {"state": State.SKIPPED, "outcome": _("Taken back before it happened")}
    runs.waiting().update(**says, finished_at=timezone.now())
    begun: dict[str, list[int]] = {}
    for key, pk in runs.filter(state=State.DONE).order_by().values_list("automation__act", "pk"):
        begun.setdefault(key, []).append(pk)
    for key, pks in begun.items():
        if act := act_of(key):
            AutomationRun.objects.finish(act.keep_back(pks), **says)


@sweep(every=timedelta(days=1))
def forget_old_runs() -> None:
    """Reads the whole log once a day, so that no index for it has to be kept by each joining and leaving."""
    old = AutomationRun.unscoped.filter(at__lt=timezone.now() - AutomationRun.KEEP).exclude(state=State.WAITING)
    pks = list(old.order_by().values_list("pk", flat=True))
    for at in range(0, len(pks), FORGOTTEN_AT_ONCE):
        # One that was tried again meanwhile waits: it is asked for once more.
        old.filter(pk__in=pks[at : at + FORGOTTEN_AT_ONCE]).delete()


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def find_waiting_runs() -> None:
    """Wake a worker for those that nobody came for."""
    forgotten = AutomationRun.unscoped.waiting().filter(
        at__lt=timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS)
    )
    for organisation_id in list(forgotten.order_by().values_list("organisation", flat=True).distinct()):
        wake_runs(organisation_id)
