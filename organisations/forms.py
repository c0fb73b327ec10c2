from typing import Any

from django.db.models import QuerySet
from wagtail.admin.forms import WagtailAdminModelForm


class OrganisationModelForm(WagtailAdminModelForm):
    """Checks the constraints that name the organisation too, though it is never a field of the form."""

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()
        return exclusions - {"organisation"}


def the_only(rows: QuerySet[Any]) -> Any:
    """What a new form has chosen: nothing where there are several, for the wrong one is easily overlooked."""
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None
