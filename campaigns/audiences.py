"""Whom a campaign is sent to: contacts from named sources, one per address, less those who are left out.

An audience is ``{"include": ["register:1", "segment:3"], "exclude": ["group:12"]}``. Each reference begins with the key
of its source; packages above register further sources in `AppConfig.ready()`.

For who sees a part of the organisation only, an audience is the part of it within reach. Whom it leaves out is looked
for among all.

Two rules: nobody at an address that is left out gets the message, whichever register it stands in; and where several
contacts share an address, the one that was added first (of those who live and are not on leave) gets it, with the
personal link.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.ids import row_id
from organisations import reach
from registers.absences import away
from registers.conditions import RuleMistake
from registers.models import Contact, Group, Register, Segment
from registers.models.contact import CHANNEL_COLUMNS
from registers.reach import sees_whole

Audience = Mapping[str, list[str]]


class AudienceSource(Protocol):
    """Where contacts of an audience come from. All it answers is of the organisation in scope."""

    key: str  # what its references begin with: "group"
    label: Any  # what its choices stand under

    def choices(self) -> list[tuple[str, str]]:
        """(reference, label) of all that may be chosen."""
        ...

    def contacts(self, ref: str) -> Any:
        """The contacts behind a reference, as a QuerySet; none where it is gone."""
        ...


OWN_SOURCES = ("register", "group", "segment")
_sources: dict[str, AudienceSource] = {}


def register_source(source: AudienceSource) -> None:
    """Offer a source to campaigns; packages above do this in `AppConfig.ready()`."""
    _sources[source.key] = source


def sources() -> list[AudienceSource]:
    """Registers, groups and segments first, then what other packages have brought."""
    return sorted(_sources.values(), key=lambda source: source.key not in OWN_SOURCES)


class RegisterSource:
    key = "register"
    label = gettext_lazy("Registers")

    def choices(self) -> list[tuple[str, str]]:
        return [(f"register:{register.pk}", self.name_of(register)) for register in Register.objects.order_by("name")]

    def name_of(self, register: Register) -> str:
        return register.name if sees_whole(register.pk) else _("%(name)s (in part)") % {"name": register.name}

    def contacts(self, ref: str) -> Any:
        return Contact.objects.filter(register=id_in(ref))


class GroupSource:
    key = "group"
    label = gettext_lazy("Groups")

    def choices(self) -> list[tuple[str, str]]:
        groups = (
            Group.objects.filter(register__leaving=False).select_related("register").order_by("register__name", "name")
        )
        return [(f"group:{group.pk}", f"{group.name} ({group.register.name})") for group in groups]

    def contacts(self, ref: str) -> Any:
        group = Group.objects.filter(pk=id_in(ref)).first()
        return Contact.objects.in_group(group) if group else Contact.objects.none()


class SegmentSource:
    key = "segment"
    label = gettext_lazy("Segments")

    def choices(self) -> list[tuple[str, str]]:
        segments = (
            Segment.objects.filter(register__leaving=False)
            .select_related("register")
            .order_by("register__name", "name")
        )
        return [(f"segment:{segment.pk}", f"{segment.name} ({segment.register.name})") for segment in segments]

    def contacts(self, ref: str) -> Any:
        segment = self._segment(ref)
        try:
            return segment.contacts() if segment else Contact.objects.none()
        except RuleMistake:
            return Contact.objects.none()  # `check_audience` lets nothing be sent to, or without, such a segment

    def problem(self, ref: str) -> str:
        """Why the segment cannot be followed: a group or column of its rule may be gone."""
        segment = self._segment(ref)
        try:
            if segment:
                segment.contacts()
        except RuleMistake as mistake:
            return _("The segment “%(name)s” cannot be used: %(why)s") % {"name": segment, "why": mistake}
        return ""

    def _segment(self, ref: str) -> Segment | None:
        found: Segment | None = Segment.objects.select_related("register").filter(pk=id_in(ref)).first()
        return found


def id_in(ref: str) -> int:
    """The id in a reference such as "group:12"; 0, which is nobody's, where there is none."""
    return row_id(ref.split(":")[1] if ":" in ref else "")


def contacts_of(ref: str) -> Any:
    """The contacts behind a reference of any source."""
    source = _sources.get(ref.partition(":")[0])
    return source.contacts(ref) if source else Contact.objects.none()


def check_audience(audience: Audience) -> None:
    """Raise ValidationError for a reference that nobody offers (forged, or deleted meanwhile), or a broken segment."""
    known = {ref for source in sources() for ref, _label in source.choices()}
    gone = [ref for refs in audience.values() for ref in refs if ref not in known]
    if gone:
        raise ValidationError(
            _("A part of the audience does not exist any more. Choose the audience again."), code="audience_gone"
        )
    segments = SegmentSource()
    chosen = [ref for refs in audience.values() for ref in refs if ref.startswith(f"{segments.key}:")]
    if problems := [problem for ref in chosen if (problem := segments.problem(ref))]:
        raise ValidationError(problems, code="segment_broken")


def offered(audience: Audience) -> Audience:
    """What of an audience is offered to who asks. Others are counted out among all people of the organisation: who may
    name what they do not see would learn from the number who of theirs is in it."""
    known = {ref for source in sources() for ref, _label in source.choices()}
    return {part: [ref for ref in refs if ref in known] for part, refs in audience.items()}


def included(audience: Audience) -> Any:
    """All contacts of an audience as chosen, with and without address, several at one address."""
    refs = audience.get("include", [])
    # Of one, as most are, without looking each up among all people once more: that took as long again.
    people = contacts_of(refs[0]) if len(refs) == 1 else Contact.objects.filter(_any(refs))
    return people.order_by()


def recipients(audience: Audience, *, channel: str = "email", on: dt.date | None = None) -> Any:
    """One contact per address, as a QuerySet ordered by address; `away` is who is on leave `on` that day, or today."""
    column = CHANNEL_COLUMNS[channel]
    people = at_addresses(audience, channel=channel, on=on)
    return people.order_by(column, "deceased", "away", "pk").distinct(column)


def at_addresses(audience: Audience, *, channel: str, on: dt.date | None) -> Any:
    """All who have an address that is not left out, in no order, with `away`; several may share one."""
    column = CHANNEL_COLUMNS[channel]
    people = included(audience).exclude(**{column: ""})
    left_out = audience.get("exclude", [])
    if left_out:
        with reach.lifted():
            anybody = _any(left_out)
        same_address = Contact.objects.filter(anybody, **{column: OuterRef(column)}).order_by()
        people = people.filter(~AmongAll(same_address) & ~anybody)
    return people.annotate(away=Exists(away(on).filter(contact=OuterRef("pk"))))


class AmongAll(Exists):
    """Whether there is such a row in the organisation, within reach or not."""

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        with reach.lifted():
            return super().as_sql(*args, **kwargs)


def _any(refs: Iterable[str]) -> Q:
    """Contacts behind any of the references. No reference means nobody."""
    condition = Q(pk__in=[])
    for ref in refs:
        condition |= Q(pk__in=contacts_of(ref).order_by().values("pk"))
    return condition
