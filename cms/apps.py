from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"

    def ready(self) -> None:
        from cms import sweeps  # noqa: F401, PLC0415 - registers them
