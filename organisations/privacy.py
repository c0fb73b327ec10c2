"""Who may see a hosted page: everybody, or whoever knows its password.

Visitors have no accounts. Wagtail's other choices mean the teams of all organisations, and name these to each.
"""

from typing import Any

from django.contrib.auth.models import Group
from wagtail.admin.forms.pages import PageViewRestrictionForm
from wagtail.admin.views.page_privacy import SetPrivacyView
from wagtail.models import PageViewRestriction


def offer_a_password_only() -> None:
    SetPrivacyView.form_class = PrivacyForm


class PrivacyForm(PageViewRestrictionForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {PageViewRestriction.NONE, PageViewRestriction.PASSWORD, self.initial.get("restriction_type")}
        kinds: Any = self.fields["restriction_type"]
        kinds.choices = [choice for choice in kinds.choices if choice[0] in kept]
        groups: Any = self.fields["groups"]
        groups.queryset = self.instance.groups.all() if self.instance.pk else Group.objects.none()
