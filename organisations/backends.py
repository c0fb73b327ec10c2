"""Who is signed in: asked at the beginning of each request of the admin, so with few questions to the database."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from organisations.models import User
from organisations.roles import read_with_memberships


class TeamBackend(ModelBackend):
    """Django's own, by e-mail address and password. Permissions come from groups alone: Wagtail gives nobody others."""

    def get_user(self, user_id: Any) -> User | None:
        user = read_with_memberships(user_id)
        return user if user and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()
