"""What somebody may choose in their account. Pages are not submitted to anybody here, so no letter tells of that."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms.account import LocalePreferencesForm, NotificationPreferencesForm
from wagtail.admin.views.account import LocaleSettingsPanel, NotificationsSettingsPanel

from organisations import scope
from organisations.models import Organisation

OF_WORKFLOWS = ("submitted_notifications", "approved_notifications", "rejected_notifications")


def offer_letters_that_are_sent() -> None:
    NotificationsSettingsPanel.form_class = LettersForm


def offer_the_organisations_zone() -> None:
    LocaleSettingsPanel.form_class = ZoneForm


class LettersForm(NotificationPreferencesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OF_WORKFLOWS:
            self.fields.pop(name, None)


class ZoneForm(LocalePreferencesForm):
    """Who chooses no time zone has that of the organisation (`organisations.middleware`), not the server's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["current_time_zone"]
        none = _("Use the organisation’s time zone")
        zone.choices = [(value, label if value else none) for value, label in zone.choices]
        organisation = Organisation.objects.filter(pk=scope.current_or_none()).first()
        if organisation:
            zone.widget.attrs["data-w-locale-server-time-zone-param"] = organisation.time_zone
