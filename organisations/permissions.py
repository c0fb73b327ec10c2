"""Roles, told to Wagtail in its own terms."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from wagtail.permission_policies.base import BasePermissionPolicy

from organisations import scope
from organisations.models import Role, User
from organisations.roles import INCLUDES, has_role

DEFAULT_ROLES = {"view": Role.VIEWER, "choose": Role.VIEWER}


class OrganisationPermissionPolicy(BasePermissionPolicy):
    """A viewer looks, an editor changes; a model says otherwise in `permission_roles`."""

    def role_for(self, action: str) -> str:
        roles: dict[str, str] = self.model.permission_roles
        return roles.get(action) or DEFAULT_ROLES.get(action) or roles.get("change", Role.EDITOR)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return has_role(user, self.role_for(action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return instance.organisation_id == scope.current_or_none() and self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        rows = self.model._default_manager
        return rows.all() if self.user_has_any_permission(user, actions) else rows.none()

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        wanted = {self.role_for(action) for action in actions}
        roles = [role for role, included in INCLUDES.items() if wanted & included]
        member = Q(memberships__organisation_id=scope.current_or_none(), memberships__role__in=roles)
        return User.objects.filter(member | Q(is_superuser=True), is_active=True).distinct()
