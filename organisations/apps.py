from django.apps import AppConfig, apps


class OrganisationsConfig(AppConfig):
    name = "organisations"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy  # noqa: PLC0415 - apps must be loaded first

        from organisations import checks, middleware  # noqa: F401, PLC0415
        from organisations.models import OrganisationModel  # noqa: PLC0415
        from organisations.permissions import OrganisationPermissionPolicy  # noqa: PLC0415

        for model in apps.get_models():
            if issubclass(model, OrganisationModel):
                register_permission_policy(model, OrganisationPermissionPolicy(model))
