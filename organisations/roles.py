"""Who may do what in the organisation in scope."""

from typing import Any

from organisations import scope
from organisations.models import Membership, Organisation, Role, User

INCLUDES = {
    Role.OWNER: set(Role),
    Role.EDITOR: {Role.EDITOR, Role.SENDER, Role.VIEWER},
    Role.SENDER: {Role.SENDER, Role.VIEWER},
    Role.VIEWER: {Role.VIEWER},
}


def roles_by_organisation(user: Any) -> dict[int, set[Role]]:
    """All that the user's memberships grant, by organisation id; read once per user object."""
    cached: dict[int, set[Role]] | None = getattr(user, "_roles_by_organisation", None)
    if cached is None:
        cached = {}
        for organisation_id, role in Membership.objects.filter(user_id=user.pk).values_list("organisation_id", "role"):
            cached.setdefault(organisation_id, set()).update(INCLUDES[Role(role)])
        user._roles_by_organisation = cached
    return cached


def has_role(user: Any, role: str) -> bool:
    """Whether the user has `role`, or one that includes it, in the organisation in scope."""
    organisation_id = scope.current_or_none()
    if organisation_id is None or not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or role in roles_by_organisation(user).get(organisation_id, set())


def organisations_of(user: User) -> Any:
    """The organisations that the user may work in; all for the operator."""
    if user.is_superuser:
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=roles_by_organisation(user))
