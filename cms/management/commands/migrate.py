from typing import Any

from django.core.management.commands import migrate

from guards.migrating import stop_between_versions


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        stop_between_versions(using=options["database"])
        super().handle(*args, **options)
