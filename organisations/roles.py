"""Who may do what in the organisation in scope."""

from typing import Any

from django.db.models import QuerySet

from organisations import reach, scope
from organisations.models import Membership, Organisation, Role, User

INCLUDES = {
    Role.OWNER: set(Role),
    Role.EDITOR: {Role.EDITOR, Role.SENDER, Role.VIEWER, Role.REVIEWER},
    Role.SENDER: {Role.SENDER, Role.VIEWER, Role.REVIEWER},
    Role.VIEWER: {Role.VIEWER, Role.REVIEWER},
    Role.REVIEWER: {Role.REVIEWER},
}


def memberships_of(user: Any) -> list[Membership]:
    """By the organisation's name. Read once per user object."""
    cached: list[Membership] | None = getattr(user, "_memberships_read", None)
    if cached is None:
        cached = user._memberships_read = list(_memberships(user.pk))
    return cached


def read_with_memberships(user_id: Any) -> User | None:
    """The user, together with their profile and memberships: one query, if they have any."""
    rows = list(_memberships(user_id).select_related("user__wagtail_userprofile"))
    if not rows:
        return User.objects.select_related("wagtail_userprofile").filter(pk=user_id).first()
    user: Any = rows[0].user
    user._memberships_read = rows
    return user


def _memberships(user_id: Any) -> QuerySet[Membership]:
    # Not its home page, collection and theme: few screens show one, and that took two thirds of the time.
    return Membership.objects.filter(user_id=user_id).order_by("organisation__name").select_related("organisation")


def roles_by_organisation(user: Any) -> dict[int, set[Role]]:
    """All that the user's memberships grant, by organisation id."""
    granted: dict[int, set[Role]] = {}
    for membership in memberships_of(user):
        granted.setdefault(membership.organisation_id, set()).update(INCLUDES[Role(membership.role)])
    return granted


def reach_of(user: Any, organisation_id: int) -> Any:
    """What the user may see of an organisation; None where that is everything."""
    if user.is_superuser:
        return None
    own = [membership for membership in memberships_of(user) if membership.organisation_id == organisation_id]
    if any(not membership.limited and membership.role != Role.REVIEWER for membership in own):
        return None
    return reach.places().load([membership.pk for membership in own if membership.role != Role.REVIEWER])


def may_see(user: Any, row: Any) -> bool:
    """Whether a row of an organisation is within the reach of somebody of its team: a letter tells nobody of others."""
    with reach.limited(reach_of(user, row.organisation_id)):
        return bool(type(row).objects.filter(pk=row.pk).exists())


def who_see_everything(organisation_id: int) -> QuerySet[User]:
    """The members of a team to whom a letter may tell of anybody in the organisation."""
    whole = Membership.objects.filter(organisation_id=organisation_id, limited=False).exclude(role=Role.REVIEWER)
    return User.objects.filter(pk__in=whole.values("user"), is_active=True)


def has_role(user: Any, role: str) -> bool:
    """Whether the user has `role`, or one that includes it, in the organisation in scope."""
    organisation_id = scope.current_or_none()
    if organisation_id is None or not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or role in roles_by_organisation(user).get(organisation_id, set())


def works_in_several(user: Any) -> bool:
    """Whether there is more than one organisation for the user to choose from."""
    return (Organisation.objects.count() if user.is_superuser else len(roles_by_organisation(user))) > 1


def organisations_of(user: User) -> Any:
    """The organisations that the user may work in; all for the operator."""
    if user.is_superuser:
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=roles_by_organisation(user))
