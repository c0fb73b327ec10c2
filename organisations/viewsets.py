"""The base of every admin list of an organisation's rows."""

from typing import Any

from django.forms import ModelForm, modelform_factory
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet

from organisations.forms import OrganisationModelForm


class OrganisationDeleteView(DeleteView):
    """Without “referenced 0 times”: what is in no reference index cannot say."""

    def get_usage_url(self) -> None:
        return None


class OrganisationViewSet(ModelViewSet):
    """Wagtail's ModelViewSet for an OrganisationModel: 404 for foreign ids (the model's default manager is scoped),
    roles as permissions (registered for every OrganisationModel at start-up), no reference index (it would cost half
    of the write speed), no copying of people.

    With a `form_class` it shows that plain form, for what may be chosen depends on the organisation; else one of its
    `form_fields`.
    """

    form_class: type[ModelForm[Any]] | None = None

    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = OrganisationDeleteView

    def get_form_class(self, for_update: bool = False) -> Any:
        return self.form_class or modelform_factory(
            self.model,
            form=OrganisationModelForm,
            fields=self.get_form_fields(),
            formfield_callback=self.formfield_for_dbfield,
        )

    def get_edit_handler(self) -> None:
        """No panels: they would leave out what a form hides."""
