from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from organisations.managers import ScopedManager, UnscopedManager
from organisations.models import OrganisationModel


@register()
def scoped_by_default(**_kwargs: Any) -> list[CheckMessage]:
    """A model of an organisation whose default manager sees all of them would leak through every list and chooser."""
    return [
        Error("The default manager must be a ScopedManager.", obj=model, id="organisations.E001")
        for model in apps.get_models()
        if issubclass(model, OrganisationModel)
        and not (isinstance(model._default_manager, ScopedManager) and isinstance(model.unscoped, UnscopedManager))
    ]
