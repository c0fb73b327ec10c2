"""The base of every admin list of an organisation's rows."""

from typing import Any

from django.forms import ModelForm
from django.utils.functional import cached_property
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

    With a `form_class` it shows that plain form, for what may be chosen depends on the organisation; else the panels.
    """

    form_class: type[ModelForm[Any]] | None = None

    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = OrganisationDeleteView
    base_form_class = OrganisationModelForm

    def get_form_class(self, for_update: bool = False) -> Any:
        return self.form_class or super().get_form_class(for_update)

    @cached_property
    def _edit_handler(self) -> Any:
        return None if self.form_class else super()._edit_handler
