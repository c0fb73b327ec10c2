"""Letters about comments on a page go to those who may change it now.

Wagtail writes to whoever once asked for them or took part, whether they still belong to the team or not.
"""

from collections.abc import Iterable
from typing import Any

from wagtail.admin.views.pages import edit

_send = edit.send_notification


def write_to_editors_only() -> None:
    edit.send_notification = send_notification


def send_notification(users: Iterable[Any], notification: str, context: dict[str, Any]) -> Any:
    page = context["page"]
    return _send([user for user in users if page.permissions_for_user(user).can_edit()], notification, context)
