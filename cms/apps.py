from django.apps import AppConfig

from cms.processes import starting


class CmsConfig(AppConfig):
    name = "cms"

    def ready(self) -> None:
        from cms import sweeps  # noqa: F401, PLC0415 - registers them

        starting.done()
