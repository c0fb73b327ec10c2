"""What `tick` does for imports: wake those whose worker died, and delete files when they are no longer needed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from organisations.sweeps import for_each, sweep
from registers.imports.leases import WORKING
from registers.imports.running import wake_stranded
from registers.imports.uploading import empty_import
from registers.models.imports import Import

KEEP_FILES = timedelta(days=30)
KEEP_UNFINISHED = timedelta(days=7)


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def wake_stranded_imports() -> None:
    wake_stranded()


@sweep(every=timedelta(hours=1))
def delete_old_files() -> None:
    """Uploaded files, their rows and undo logs: after a month, or after a week where nothing was imported."""
    now = timezone.now()
    rest = Import.unscoped.filter(emptied_at=None).exclude(WORKING)
    finished = rest.filter(created_at__lt=now - KEEP_FILES)
    written = Q(state=Import.State.DONE) | Q(imported_to__gt=0)
    unfinished = rest.exclude(written).filter(created_at__lt=now - KEEP_UNFINISHED)
    _delete_orphans(before=(now - KEEP_UNFINISHED).timestamp())
    for_each(finished.union(unfinished), empty_import)


def _delete_orphans(*, before: float) -> None:
    """Lists of people whose import was never written down, because a process died in between."""
    old = []
    for path in (settings.PRIVATE_DIR / "imports").glob("*/*"):
        with suppress(FileNotFoundError):  # another tick may be at it as well
            if path.stat().st_mtime < before:
                old.append(path)
    known = set(
        Import.unscoped.filter(stored_name__in=[path.name for path in old]).values_list("stored_name", flat=True)
    )
    for path in old:
        if path.name not in known:
            path.unlink(missing_ok=True)
