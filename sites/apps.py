from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "sites"

    def ready(self) -> None:
        from campaigns.audiences import register_source  # noqa: PLC0415 - apps must be loaded first
        from sites import rounds, signals  # noqa: F401, PLC0415
        from sites.audiences import EventSource  # noqa: PLC0415

        register_source(EventSource())
