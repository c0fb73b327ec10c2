from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class OrganisationsConfig(AppConfig):
    name = "organisations"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy  # noqa: PLC0415 - apps must be loaded first

        from organisations import checks, middleware  # noqa: F401, PLC0415
        from organisations.models import OrganisationModel  # noqa: PLC0415
        from organisations.permissions import OrganisationPermissionPolicy  # noqa: PLC0415
        from organisations.roots import ensure_roots  # noqa: PLC0415

        post_migrate.connect(ensure_roots, sender=self, dispatch_uid="roots")

        for model in apps.get_models():
            if issubclass(model, OrganisationModel):
                register_permission_policy(model, OrganisationPermissionPolicy(model))
