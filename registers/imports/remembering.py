"""The mapping of a file, remembered for the next one with the same headers, or nearly the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone

from registers.columns import OWN
from registers.imports.parts import ADDED_TO, BIRTH_PARTS, parts_of
from registers.imports.spelling import day_of
from registers.imports.targets import NEW, SKIP
from registers.models.imports import Import
from registers.models.mapping import RememberedMapping
from registers.models.register import Register
from registers.texts import fold

NEARLY = 0.6  # of all headers of both files
LOOKED_AT = 200  # mappings, the newest ones
KEPT = ("target", "type", "rule", "consent", "stop", "known_only")
ORDER = "date_order"


def remember(batch: Import, *, user: Any) -> None:
    """Keep what a person has confirmed. Columns that were new have been made by now."""
    headers = [entry["header"] for entry in batch.mapping]
    if not batch.has_headers or not headers:
        return
    targets = {}
    for name, entry in zip(_names(headers), batch.mapping, strict=True):
        target = f"{OWN}{entry['key']}" if entry["target"] == NEW else entry["target"]
        kept = {key: entry[key] for key in KEPT if key in entry} | {"target": target}
        if "consent" in kept:
            kept["consent"] = {**kept["consent"], "day": ""}  # of this file only
        if day_of(entry):
            kept[ORDER] = entry[ORDER]
        targets[name] = kept
    RememberedMapping.objects.update_or_create(
        register=batch.register,
        headers_key=_key(headers),
        defaults={
            "headers": sorted(targets),
            "targets": targets,
            "match_by": batch.match_by,
            "rule": batch.rule,
            "mistakes": batch.mistakes,
            "used_at": timezone.now(),
            "used_by": user or batch.created_by,
        },
    )


def recall(register: Register, headers: Sequence[str]) -> RememberedMapping | None:
    """What is remembered of these headers, or else of those most like them."""
    known = RememberedMapping.objects.filter(register=register)
    if same := known.filter(headers_key=_key(headers)).select_related("used_by").first():
        found: RememberedMapping = same
        return found
    wanted = set(_names(headers))
    best, likeness = None, 0.0
    for memory in known.select_related("used_by")[:LOOKED_AT]:
        theirs = set(memory.headers)
        if len(wanted & theirs) > likeness * len(wanted | theirs):
            best, likeness = memory, len(wanted & theirs) / len(wanted | theirs)
    return best if likeness >= NEARLY else None


def is_same(memory: RememberedMapping, batch: Import) -> bool:
    return bool(memory.headers_key == _key([entry["header"] for entry in batch.mapping]))


def follow(batch: Import, memory: RememberedMapping, *, targets: Collection[str]) -> None:
    """Map the columns as remembered, as far as there still are such `targets`; the others stay as they were guessed."""
    recalled = []
    for name, entry in zip(_names([entry["header"] for entry in batch.mapping]), batch.mapping, strict=True):
        known = memory.targets.get(name)
        if known and known["target"] in {SKIP, *targets}:
            entry |= {key: known[key] for key in KEPT if key in known}
            if ORDER in known and not entry["order_told"]:
                entry[ORDER] = known[ORDER]
            recalled.append(entry)
    headers = {entry["header"] for entry in batch.mapping}
    for entry in recalled:
        if "consent" in entry and entry["consent"]["since"] not in headers:
            entry["consent"] = {**entry["consent"], "since": ""}
    taken = {part for entry in recalled for part in parts_of(entry["target"])} - {SKIP, NEW}
    for entry in batch.mapping:
        if entry not in recalled and taken.intersection(parts_of(entry["target"])):
            entry["target"] = NEW if entry["samples"] else SKIP
    mapped = {entry["target"] for entry in batch.mapping}
    for entry in batch.mapping:
        is_torn = entry["target"] in BIRTH_PARTS and not mapped.issuperset(BIRTH_PARTS)
        if is_torn or ADDED_TO.get(entry["target"], entry["target"]) not in mapped:
            entry["target"] = NEW if entry["samples"] else SKIP
    batch.recalled_from = memory
    batch.rule, batch.mistakes = memory.rule, memory.mistakes


def _key(headers: Sequence[str]) -> str:
    folded = sorted({_folded(header) for header in headers})
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()


def _names(headers: Sequence[str]) -> list[str]:
    """By what each of them is remembered: folded, but for those that would be the same, as “Fee” and “Fee %”."""
    folded = [_folded(header) for header in headers]
    return [name if folded.count(name) == 1 else header for name, header in zip(folded, headers, strict=True)]


def _folded(header: str) -> str:
    return fold(header) or header
