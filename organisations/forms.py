from wagtail.admin.forms import WagtailAdminModelForm


class OrganisationModelForm(WagtailAdminModelForm):
    """Checks the constraints that name the organisation too, though it is never a field of the form."""

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()
        return exclusions - {"organisation"}
