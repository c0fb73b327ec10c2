"""What of several contacts becomes of one: rows that only point at a person move; some need thought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from registers.couples import pairs_of
from registers.duplicates.ledger import Ledger
from registers.duplicates.rows import Link, all_rows, links_to, repoint
from registers.models import Consent, Contact, Couple, GroupMembership, ImportChange, NotSame, SuppressionKind
from registers.suppression import said_no_elsewhere, suppress, suppressions_of


def unite_memberships(*, kept: Contact, merged: Sequence[Contact], ledger: Ledger) -> None:
    """A group that several are in has one member of them, since the earliest day."""
    everybody = [kept.pk, *(contact.pk for contact in merged)]
    rows = GroupMembership.objects.filter(contact__in=everybody).order_by("added_at", "pk")
    by_group: dict[int, list[GroupMembership]] = {}
    for row in rows.select_for_update():
        by_group.setdefault(row.group_id, []).append(row)
    for members in by_group.values():
        stays = next((row for row in members if row.contact_id == kept.pk), members[0])
        ledger.set_aside(GroupMembership, [row.pk for row in members if row is not stays])
        if members[0] is not stays:
            (earliest,) = (row for row in ledger.aside["registers.GroupMembership"] if row["id"] == members[0].pk)
            ledger.change(GroupMembership, stays.pk, {"added_at": earliest["added_at"]})


def unite_consents(*, kept: Contact, merged: Sequence[Contact], ledger: Ledger) -> None:
    """Every act moves; where one of them had withdrawn what counts as granted now, an act says that it is withdrawn."""
    acts = Consent.objects.filter(contact__in=[kept, *merged]).order_by("at", "pk")
    latest: dict[tuple[int, str], dict[int, Consent]] = {}
    for act in acts:
        latest.setdefault((act.purpose_id, act.channel), {}).pop(act.contact_id, None)
        latest[act.purpose_id, act.channel][act.contact_id] = act  # at the end: the newest of all stands last
    for (purpose_id, channel), by_contact in latest.items():
        newest = list(by_contact.values())
        # An import writes down what was said long ago: the last row need not be the newest act, and both are asked.
        counting = (newest[-1], max(newest, key=lambda act: act.pk))
        if any(act.granted for act in counting) and not all(act.granted for act in newest):
            ledger.add(
                Consent.objects.create(
                    contact=kept,
                    purpose_id=purpose_id,
                    channel=channel,
                    granted=False,
                    how=_("Contacts merged: of two answers the stricter holds"),
                )
            )


def unite_stops(*, kept: Contact, former: Mapping[str, Collection[str]], ledger: Ledger) -> None:
    """Who asked at one of their addresses not to be written to is not written to at the one that stays, either.

    `former` are the addresses of all of them, by channel, as they were before the merge.
    """
    organisation = kept.organisation_id
    for channel, addresses in former.items():
        address = kept.address(channel)
        if said_no_elsewhere(organisation_id=organisation, channel=channel, address=address, others=addresses):
            suppress(
                organisation_id=organisation,
                channel=channel,
                address=address,
                kind=SuppressionKind.ELSEWHERE,  # of its own: what is said at this address later outlives the undo
                source=_("Contacts merged: of two answers the stricter holds"),
            )
            made = suppressions_of(organisation_id=organisation, channel=channel, address=address)
            ledger.add(next(row for row in made if row.kind == SuppressionKind.ELSEWHERE and row.lifted_at is None))


def unite_not_same(*, kept: Contact, merged: Sequence[Contact], ledger: Ledger) -> None:
    """Who was told apart from one of them is told apart from the one that stays."""
    gone = {contact.pk for contact in merged}
    rows = list(NotSame.objects.filter(models.Q(low__in=gone) | models.Q(high__in=gone)))
    others = {row.high_id if row.low_id in gone else row.low_id for row in rows} - gone - {kept.pk}
    ledger.set_aside(NotSame, [row.pk for row in rows])
    for other in sorted(others):
        low, high = sorted((kept.pk, other))
        row, made = NotSame.objects.get_or_create(low_id=low, high_id=high)
        if made:
            ledger.add(row)


def unite_couples(*, kept: Contact, merged: Sequence[Contact], ledger: Ledger) -> None:
    """Of several couples one remains: one that stands before one that does not, then that of the one that stays."""
    everybody = [kept.pk, *(contact.pk for contact in merged)]
    pairs = pairs_of(everybody)
    couples = {pair.couple.pk: (not pair.stands, pk != kept.pk, pair.couple.pk) for pk, pair in pairs.items()}
    within = {pair.couple.pk for pk, pair in pairs.items() if {pair.first.pk, pair.second.pk} <= set(everybody)}
    possible = sorted(couples.keys() - within, key=lambda pk: couples[pk])
    ledger.set_aside(Couple, sorted(within | set(possible[1:])))


def set_imports_aside(*, kept: Contact, merged: Sequence[Contact], ledger: Ledger) -> None:
    """Undoing an import leaves people alone who were merged since: it would take others' data with its own."""
    changes = ImportChange.objects.filter(contact__in=[kept, *merged])
    ledger.set_aside(ImportChange, changes.order_by("pk").values_list("pk", flat=True))
    placed = GroupMembership.objects.filter(contact__in=[kept, *merged]).exclude(made_by=None)
    for pk in placed.order_by("pk").values_list("pk", flat=True):
        ledger.change(GroupMembership, pk, {"made_by_id": None})


def move_everything(*, kept: Contact, merged: Sequence[Contact], ledger: Ledger) -> None:
    """Let each row of any table that points at a merged contact point at the one that stays.

    A row that a unique constraint forbids the one that stays to have twice is set aside.
    """
    gone = [contact.pk for contact in merged]
    for link in links_to(Contact):
        if link.model is NotSame:
            continue
        column = link.field.attname
        rows = all_rows(link.model).filter(**{f"{column}__in": gone}).order_by("pk").select_for_update()
        found = list(rows.values_list("pk", column))
        if not found:
            continue
        doubled = _doubled(link, kept=kept.pk, gone=gone)
        ledger.set_aside(link.model, doubled)
        for contact in gone:
            pks = [pk for pk, owner in found if owner == contact and pk not in doubled]
            if link.model is Contact and kept.pk in pks:
                # The one that stays was linked to the one that went: nobody is linked to themselves.
                pks.remove(kept.pk)
                repoint(link, pks=[kept.pk], old=contact, new=None)
            if pks:
                repoint(link, pks=pks, old=contact, new=kept.pk)
                ledger.move(link.model, link.field.name, contact, pks)


def _doubled(link: Link, *, kept: int, gone: Sequence[int]) -> set[int]:
    """The rows that would break a unique constraint if they pointed at `kept`; of several the first stays."""
    doubled: set[int] = set()
    everybody = [kept, *gone]
    for names, condition in _unique_with(link):
        others = [name for name in names if name != link.field.name]
        rows = all_rows(link.model).filter(**{f"{link.field.attname}__in": everybody})
        if condition is not None:
            rows = rows.filter(condition)
        found = sorted(
            rows.values_list("pk", link.field.attname, *others), key=lambda row: (everybody.index(row[1]), row[0])
        )
        seen: set[tuple[Any, ...]] = set()
        for pk, _owner, *rest in found:
            key = tuple(rest)
            if pk in doubled or None in key:
                continue
            if key in seen:
                doubled.add(pk)
            seen.add(key)
    return doubled


def _unique_with(link: Link) -> Iterable[tuple[tuple[str, ...], models.Q | None]]:
    """The unique constraints of the model that the foreign key has part in: (names of fields, condition)."""
    meta = link.model._meta
    if link.field.unique:
        yield (link.field.name,), None
    for names in meta.unique_together:
        if link.field.name in names:
            yield tuple(names), None
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and link.field.name in constraint.fields:
            yield tuple(constraint.fields), constraint.condition
