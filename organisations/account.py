"""What somebody may choose in their account. Pages are not submitted to anybody here, so no letter tells of that."""

from typing import Any

from wagtail.admin.forms.account import NotificationPreferencesForm
from wagtail.admin.views.account import NotificationsSettingsPanel

OF_WORKFLOWS = ("submitted_notifications", "approved_notifications", "rejected_notifications")


def offer_letters_that_are_sent() -> None:
    NotificationsSettingsPanel.form_class = LettersForm


class LettersForm(NotificationPreferencesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OF_WORKFLOWS:
            self.fields.pop(name, None)
