"""Who is signed in: asked at the beginning of each request of the admin, so with few questions to the database."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from organisations.models import User
from organisations.roles import read_with_memberships

# As a queryset it would take several times longer to write than to run.
_GRANTED = """
    SELECT DISTINCT content.app_label || '.' || permission.codename
    FROM organisations_user_groups member
    JOIN auth_group_permissions granted ON granted.group_id = member.group_id
    JOIN auth_permission permission ON permission.id = granted.permission_id
    JOIN django_content_type content ON content.id = permission.content_type_id
    WHERE member.user_id = %s
"""


class TeamBackend(ModelBackend):
    """Django's own, by e-mail address and password. Permissions come from groups alone: Wagtail gives nobody others."""

    def get_user(self, user_id: Any) -> User | None:
        user = read_with_memberships(user_id)
        return user if user and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if user_obj.is_superuser or user_obj.is_anonymous or not user_obj.is_active or obj is not None:
            return super().get_group_permissions(user_obj, obj)
        if not hasattr(user_obj, "_group_perm_cache"):
            with connection.cursor() as cursor:
                cursor.execute(_GRANTED, [user_obj.pk])
                user_obj._group_perm_cache = {name for (name,) in cursor.fetchall()}
        granted: set[str] = user_obj._group_perm_cache
        return granted
