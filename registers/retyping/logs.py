"""What can still be taken back was written down with the former type: it follows the column to its new one.

Otherwise an import would find all its contacts changed by people, and a merge taken back would put values of the former
type into the column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from registers.columns import OWN
from registers.models import Contact, ImportChange, MergeRecord

# Changes values in place, None where it has nothing to change; its second argument is what stands before each key.
Move = Callable[[dict[str, Any], str], bool | None]


def move_imports(contacts: Sequence[Contact], move: Move) -> None:
    """In what imports have noted of these contacts."""
    noted = ImportChange.objects.filter(contact__in=contacts).select_for_update(no_key=True)
    moved = [change for change in noted if {move(change.after, OWN), move(change.before or {}, OWN)} != {None}]
    ImportChange.objects.bulk_update(moved, ["before", "after"], batch_size=500)


def move_merges(register_id: int, move: Move) -> None:
    """In what stands ready to take merges of a register back."""
    records = MergeRecord.objects.filter(register=register_id, undone_at=None).exclude(data={})
    for record in records.select_for_update(no_key=True):
        kept = record.data.get("kept", {})
        for row in (kept.get("before", {}), kept.get("after", {}), *record.data.get("merged", [])):
            move(row.get("attributes") or {}, "")
        for row in record.data.get("aside", {}).get(ImportChange._meta.label, []):
            move(row.get("before") or {}, OWN)
            move(row.get("after") or {}, OWN)
        record.save(update_fields=["data"])
