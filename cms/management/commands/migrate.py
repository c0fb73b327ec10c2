from functools import cache
from typing import Any

from django.apps import apps
from django.core.management.commands import migrate

from guards.migrating import stop_between_versions


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        stop_between_versions(using=options["database"])
        # Django forgets this whenever it builds a model of a former version, and reads all models to find it again.
        apps.get_swappable_settings_name = cache(apps.get_swappable_settings_name)  # type: ignore[method-assign]
        super().handle(*args, **options)
